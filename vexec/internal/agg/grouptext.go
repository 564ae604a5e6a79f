package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// textGrouper groups by one string. A slot holds half of the hash, which keeps
// most comparisons of different strings away, and the group.
type textGrouper struct {
	typ   *ir.Type
	slots saltTable
	views []vexec.View // by group; that of NULL is the zero view
	bytes arena
	null  uint32
	held  held

	rows   rowScratch
	hashes [chunkRows]uint32
	misses []int32
	dict   dictRows
}

func (g *textGrouper) Intern(keys []vexec.Vec, sel []int32, n int, ids []uint32) error {
	v := &keys[0]
	rows, nulls := g.rows.split(v, g.rows.rows(sel, n))
	if len(nulls) > 0 {
		if err := g.internNull(nulls, ids); err != nil {
			return err
		}
	}
	switch {
	case len(rows) == 0:
		return nil
	case v.Enc == vexec.Const:
		return g.internConst(v, rows, ids)
	case v.Enc == vexec.Dict:
		return g.internDict(v, rows, ids)
	}
	return g.internViews(v, rows, ids)
}

func (g *textGrouper) internNull(nulls []int32, ids []uint32) error {
	if g.null == noGroup {
		if err := g.room(); err != nil {
			return err
		}
		g.null = uint32(len(g.views))
		g.views = append(g.views, vexec.View{})
	}
	for _, r := range nulls {
		ids[r] = g.null
	}
	return nil
}

func (g *textGrouper) internConst(v *vexec.Vec, rows []int32, ids []uint32) error {
	var one [1]uint32
	if err := g.internViews(v, []int32{0}, one[:]); err != nil {
		return err
	}
	for _, r := range rows {
		ids[r] = one[0]
	}
	return nil
}

// internDict looks up each entry that the rows name once, and maps their codes.
func (g *textGrouper) internDict(v *vexec.Vec, rows []int32, ids []uint32) error {
	entries := g.dict.wanted(v, rows)
	if err := g.internViews(v.Dict, entries, g.dict.found); err != nil {
		return err
	}
	g.dict.spread(v, rows, ids)
	return nil
}

// internViews writes the groups of the rows of a vector that holds the views
// itself: all first slots, then the misses.
func (g *textGrouper) internViews(v *vexec.Vec, rows []int32, ids []uint32) error {
	views := v.Views()
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		if err := g.room(); err != nil {
			return err
		}
		for j, r := range part {
			g.hashes[j] = salt(kernels.HashInt(kernels.StringWord(&views[r], v.Bufs)))
		}
		misses := g.misses[:0]
		for j, r := range part {
			if id, ok := g.slots.first(g.hashes[j]); ok && g.equal(id, &views[r], v.Bufs) {
				ids[r] = id
			} else {
				misses = append(misses, int32(j))
			}
		}
		g.misses = misses
		for _, j := range misses {
			id, err := g.intern(&views[part[j]], v.Bufs, g.hashes[j])
			if err != nil {
				return err
			}
			ids[part[j]] = id
		}
	}
	return nil
}

func (g *textGrouper) equal(id uint32, v *vexec.View, bufs [][]byte) bool {
	return sameText(&g.views[id], g.bytes.bufs, v, bufs)
}

// sameText reports whether two views are of the same string.
func sameText(k *vexec.View, kbufs [][]byte, v *vexec.View, bufs [][]byte) bool {
	return k.Lo == v.Lo && (k.Hi == v.Hi && k.IsInline() ||
		!k.IsInline() && string(kernels.Bytes(k, kbufs)) == string(kernels.Bytes(v, bufs)))
}

func (g *textGrouper) intern(v *vexec.View, bufs [][]byte, hash uint32) (uint32, error) {
	mask := uint32(len(g.slots) - 1)
	for p := hash & mask; ; p = (p + 1) & mask {
		s := g.slots[p]
		if s == 0 {
			id := uint32(len(g.views))
			g.slots[p] = slotOf(hash, id)
			own := *v
			if !own.IsInline() {
				own = g.bytes.put(kernels.Bytes(v, bufs), own.Lo)
			}
			g.views = append(g.views, own)
			return id, g.room()
		}
		if s.salt() == hash && g.equal(s.id(), v, bufs) {
			return s.id(), nil
		}
	}
}

// room keeps at least half of the slots free and room for one more key, and
// reserves what the arena has grown by.
func (g *textGrouper) room() error {
	n := len(g.slots)
	if 2*len(g.views) >= n {
		n = max(firstSlots, 2*n)
	}
	return g.resize(n)
}

// Reserve implements Grouper.
func (g *textGrouper) Reserve(groups int) {
	if n := slotsFor(groups); n > len(g.slots) {
		_ = g.resize(n) // it grows later where it can
	}
}

// resize has n slots, at least as many as there are, and the views of half as many groups.
func (g *textGrouper) resize(n int) error {
	if err := g.held.set(int64(n)*8 + int64(n/2)*16 + g.bytes.bytes); err != nil {
		return err
	}
	if n > len(g.slots) {
		g.slots = g.slots.grow(n)
		g.views = append(make([]vexec.View, 0, n/2), g.views...)
	}
	return nil
}

func (g *textGrouper) Groups() int { return len(g.views) }

func (g *textGrouper) Keys(ids []uint32, out []vexec.Vec) {
	v := &out[0]
	v.Reset(g.typ, len(ids))
	g.bytes.lend(v)
	to := v.Views()
	for i, id := range ids {
		to[i] = g.views[id]
	}
	markNull(v, ids, g.null)
}

func (g *textGrouper) Bytes() int64 { return g.held.bytes }
func (g *textGrouper) Release()     { g.held.release() }

func (g *textGrouper) Reset() {
	if tooLarge(len(g.slots), len(g.views)) {
		g.slots, g.views = nil, nil
	}
	clear(g.slots)
	g.views, g.null = g.views[:0], noGroup
	g.bytes.reset()
	_ = g.held.set(int64(len(g.slots))*8 + int64(cap(g.views))*16 + g.bytes.bytes) // never more than before
}
