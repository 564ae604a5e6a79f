package agg

import (
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// fillGroups writes one group for the selected rows.
func fillGroups(sel []int32, n int, ids []uint32, group uint32) {
	if sel == nil {
		for i := range ids[:n] {
			ids[i] = group
		}
		return
	}
	for _, r := range sel {
		ids[r] = group
	}
}

// Finder implements Grouper.
func (g *noKey) Finder() Finder { return g }

// Find implements Finder.
func (g *noKey) Find(_ []vexec.Vec, sel []int32, n int, ids []uint32) {
	group := uint32(0)
	if g.groups == 0 {
		group = NoGroup
	}
	fillGroups(sel, n, ids, group)
}

// wordFinder finds keys of one word.
type wordFinder struct {
	g      *wordGrouper
	rows   rowScratch
	words  [chunkRows]uint64
	hashes [chunkRows]uint64
	slots  [chunkRows]wordSlot
	misses []int32
}

// Finder implements Grouper.
func (g *wordGrouper) Finder() Finder { return &wordFinder{g: g} }

// Find implements Finder.
func (f *wordFinder) Find(keys []vexec.Vec, sel []int32, n int, ids []uint32) {
	v := &keys[0]
	rows, nulls := f.rows.split(v, f.rows.rows(sel, n))
	for _, r := range nulls {
		ids[r] = f.g.null
	}
	if len(f.g.slots) == 0 {
		fillGroups(rows, 0, ids, NoGroup)
		return
	}
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		readWords(v, part, f.words[:])
		f.findWords(part, ids)
	}
}

// findWords reads all first slots before it looks at any, so that the loads overlap. Most keys
// stand there, or nothing does.
func (f *wordFinder) findWords(rows []int32, ids []uint32) {
	words, hashes, first := f.words[:len(rows)], f.hashes[:len(rows)], f.slots[:len(rows)]
	slots := f.g.slots
	mask := uint64(len(slots) - 1)
	for j, w := range words {
		hashes[j] = kernels.HashInt(w) & mask
	}
	for j, p := range hashes {
		first[j] = slots[p&mask]
	}
	misses := f.misses[:0]
	for j, w := range words {
		s := &first[j]
		ids[rows[j]] = s.id - 1 // of a free one NoGroup
		if s.key != w && s.id != 0 {
			misses = append(misses, int32(j))
		}
	}
	f.misses = misses
	for _, j := range misses {
		w := words[j]
		p := (hashes[j] + 1) & mask
		for slots[p].key != w && slots[p].id != 0 {
			p = (p + 1) & mask
		}
		ids[rows[j]] = slots[p].id - 1
	}
}

// rowFinder finds keys of several columns.
type rowFinder struct {
	rowEncoder
	g      *rowGrouper
	rows   rowScratch
	misses []int32
}

// Finder implements Grouper.
func (g *rowGrouper) Finder() Finder {
	f := &rowFinder{g: g}
	f.cols, f.width = append([]rowCol(nil), g.cols...), g.width
	return f
}

// Find implements Finder.
func (f *rowFinder) Find(keys []vexec.Vec, sel []int32, n int, ids []uint32) {
	rows := f.rows.rows(sel, n)
	if f.g.count == 0 {
		fillGroups(rows, 0, ids, NoGroup)
		return
	}
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		f.findPart(keys, part, ids)
	}
}

func (f *rowFinder) findPart(keys []vexec.Vec, rows []int32, ids []uint32) {
	f.encode(keys, rows)
	misses := f.misses[:0]
	slots := f.g.slots
	mask := uint32(len(slots) - 1)
	for j, r := range rows {
		h := salt(f.hashes[j])
		s := slots[h&mask]
		ids[r] = s.id() // of a free one NoGroup
		if s != 0 && (s.salt() != h || !f.g.equal(s.id(), f.row(j), f.cols)) {
			misses = append(misses, int32(j))
		}
	}
	f.misses = misses
	for _, j := range misses {
		ids[rows[j]] = f.after(f.row(int(j)), salt(f.hashes[j]))
	}
}

// after looks behind the first slot.
func (f *rowFinder) after(key []uint64, hash uint32) uint32 {
	mask := uint32(len(f.g.slots) - 1)
	for p := (hash + 1) & mask; ; p = (p + 1) & mask {
		s := f.g.slots[p]
		if s == 0 || s.salt() == hash && f.g.equal(s.id(), key, f.cols) {
			return s.id()
		}
	}
}
