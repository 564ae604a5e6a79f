package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// wordGrouper groups by one key of at most eight bytes. The key stands in the
// slot: a hit costs one cache line.
type wordGrouper struct {
	typ   *ir.Type
	slots []wordSlot
	keys  []uint64 // by group; that of NULL is 0
	null  uint32   // the group of NULL, or noGroup
	held  held

	rows   rowScratch
	words  [chunkRows]uint64
	hashes [chunkRows]uint64
	misses []int32
}

type wordSlot struct {
	key uint64
	id  uint32 // group + 1; 0: free
}

const wordSlotBytes = 16

func (g *wordGrouper) Intern(keys []vexec.Vec, sel []int32, n int, ids []uint32) error {
	v := &keys[0]
	rows, nulls := g.rows.split(v, g.rows.rows(sel, n))
	if len(nulls) > 0 {
		if err := g.internNull(nulls, ids); err != nil {
			return err
		}
	}
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		readWords(v, part, g.words[:])
		if err := g.internWords(part, ids); err != nil {
			return err
		}
	}
	return nil
}

func (g *wordGrouper) internNull(nulls []int32, ids []uint32) error {
	if g.null == noGroup {
		if err := g.room(); err != nil {
			return err
		}
		g.null = uint32(len(g.keys))
		g.keys = append(g.keys, 0)
	}
	for _, r := range nulls {
		ids[r] = g.null
	}
	return nil
}

// internWords looks all words up in their first slot, so that the loads overlap,
// and then goes on with those that were not there.
func (g *wordGrouper) internWords(rows []int32, ids []uint32) error {
	if err := g.room(); err != nil {
		return err
	}
	words, hashes := g.words[:len(rows)], g.hashes[:len(rows)]
	for j, w := range words {
		hashes[j] = kernels.HashInt(w)
	}
	misses := g.misses[:0]
	slots := g.slots
	mask := uint64(len(slots) - 1)
	for j, w := range words {
		s := &slots[hashes[j]&mask]
		if s.key == w && s.id != 0 {
			ids[rows[j]] = s.id - 1
		} else {
			misses = append(misses, int32(j))
		}
	}
	g.misses = misses
	for _, j := range misses {
		id, err := g.intern(words[j], hashes[j])
		if err != nil {
			return err
		}
		ids[rows[j]] = id
	}
	return nil
}

func (g *wordGrouper) intern(w, hash uint64) (uint32, error) {
	mask := uint64(len(g.slots) - 1)
	for p := hash & mask; ; p = (p + 1) & mask {
		s := &g.slots[p]
		if s.id == 0 {
			id := uint32(len(g.keys))
			*s = wordSlot{key: w, id: id + 1}
			g.keys = append(g.keys, w)
			return id, g.room()
		}
		if s.key == w {
			return s.id - 1, nil
		}
	}
}

// room keeps at least half of the slots free, and room for one more key.
func (g *wordGrouper) room() error {
	if 2*len(g.keys) < len(g.slots) {
		return nil
	}
	return g.resize(max(firstSlots, 2*len(g.slots)))
}

// Reserve implements Grouper.
func (g *wordGrouper) Reserve(groups int) {
	if n := slotsFor(groups); n > len(g.slots) {
		_ = g.resize(n) // it grows later where it can
	}
}

func (g *wordGrouper) resize(n int) error {
	if err := g.held.set(int64(n)*wordSlotBytes + int64(n/2)*8); err != nil {
		return err
	}
	old := g.slots
	g.slots = make([]wordSlot, n)
	g.keys = append(make([]uint64, 0, n/2), g.keys...)
	mask := uint64(n - 1)
	for _, s := range old {
		if s.id == 0 {
			continue
		}
		p := kernels.HashInt(s.key) & mask
		for g.slots[p].id != 0 {
			p = (p + 1) & mask
		}
		g.slots[p] = s
	}
	return nil
}

func (g *wordGrouper) Groups() int { return len(g.keys) }

func (g *wordGrouper) Keys(ids []uint32, out []vexec.Vec) {
	v := &out[0]
	v.Reset(g.typ, len(ids))
	if g.typ.Kind.Width() == 8 && !g.typ.Kind.IsFloat() {
		to := v.Int64s()
		for i, id := range ids {
			to[i] = int64(g.keys[id])
		}
	} else {
		for i, id := range ids {
			putWord(v, i, g.keys[id])
		}
	}
	markNull(v, ids, g.null)
}

// markNull makes the rows of the group null NULL.
func markNull(v *vexec.Vec, ids []uint32, null uint32) {
	if null == noGroup {
		return
	}
	for i, id := range ids {
		if id == null {
			v.SetNull(i, len(ids))
		}
	}
}

func (g *wordGrouper) Bytes() int64 { return g.held.bytes }
func (g *wordGrouper) Release()     { g.held.release() }

func (g *wordGrouper) Reset() {
	if tooLarge(len(g.slots), len(g.keys)) {
		g.slots, g.keys = nil, nil
		g.held.release()
	}
	clear(g.slots)
	g.keys, g.null = g.keys[:0], noGroup
}

// tooLarge reports whether a table should not be kept for the next pane: it is
// mostly empty, and clearing it would cost more than growing a new one.
func tooLarge(slots, groups int) bool { return slots > 64*(groups+firstSlots) }
