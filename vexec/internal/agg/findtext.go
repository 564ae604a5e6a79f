package agg

import (
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// textFinder finds keys of one string.
type textFinder struct {
	g      *textGrouper
	rows   rowScratch
	hashes [chunkRows]uint32
	misses []int32
	dict   dictRows
}

// Finder implements Grouper.
func (g *textGrouper) Finder() Finder { return &textFinder{g: g} }

// Find implements Finder.
func (f *textFinder) Find(keys []vexec.Vec, sel []int32, n int, ids []uint32) {
	v := &keys[0]
	rows, nulls := f.rows.split(v, f.rows.rows(sel, n))
	for _, r := range nulls {
		ids[r] = f.g.null
	}
	switch {
	case len(rows) == 0:
	case len(f.g.slots) == 0:
		fillGroups(rows, 0, ids, NoGroup)
	case v.Enc == vexec.Const:
		var one [1]uint32
		f.findViews(v, []int32{0}, one[:])
		fillGroups(rows, 0, ids, one[0])
	case v.Enc == vexec.Dict:
		entries := f.dict.wanted(v, rows)
		f.findViews(v.Dict, entries, f.dict.found)
		f.dict.spread(v, rows, ids)
	default:
		f.findViews(v, rows, ids)
	}
}

// findViews finds the rows of a vector that holds the views itself: all first slots, then
// the misses.
func (f *textFinder) findViews(v *vexec.Vec, rows []int32, ids []uint32) {
	views, slots := v.Views(), f.g.slots
	mask := uint32(len(slots) - 1)
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		for j, r := range part {
			f.hashes[j] = salt(kernels.HashInt(kernels.StringWord(&views[r], v.Bufs)))
		}
		misses := f.misses[:0]
		for j, r := range part {
			h := f.hashes[j]
			s := slots[h&mask]
			ids[r] = s.id() // of a free one NoGroup
			if s != 0 && (s.salt() != h || !f.g.equal(s.id(), &views[r], v.Bufs)) {
				misses = append(misses, int32(j))
			}
		}
		f.misses = misses
		for _, j := range misses {
			r := part[j]
			ids[r] = f.after(&views[r], v.Bufs, f.hashes[j])
		}
	}
}

// after looks behind the first slot.
func (f *textFinder) after(v *vexec.View, bufs [][]byte, hash uint32) uint32 {
	mask := uint32(len(f.g.slots) - 1)
	for p := (hash + 1) & mask; ; p = (p + 1) & mask {
		s := f.g.slots[p]
		if s == 0 || s.salt() == hash && f.g.equal(s.id(), v, bufs) {
			return s.id()
		}
	}
}

// dictRows looks each entry of a dictionary up once for the rows that name it.
type dictRows struct {
	seen    []bool // by entry: it is in entries
	entries []int32
	found   []uint32 // by entry: its group
}

// wanted lists the entries that rows name.
func (d *dictRows) wanted(v *vexec.Vec, rows []int32) []int32 {
	codes, n := v.Codes(), len(v.Dict.Views())
	d.found, d.entries = grown(d.found, n), d.entries[:0]
	if n > 4*len(rows) { // going over the dictionary would cost more than looking up twice
		for _, r := range rows {
			d.entries = append(d.entries, codes[r])
		}
		return d.entries
	}
	d.seen = grown(d.seen, n)
	clear(d.seen)
	for _, r := range rows {
		if c := codes[r]; !d.seen[c] {
			d.seen[c] = true
			d.entries = append(d.entries, c)
		}
	}
	return d.entries
}

// spread writes the groups of the entries to the rows.
func (d *dictRows) spread(v *vexec.Vec, rows []int32, ids []uint32) {
	codes := v.Codes()
	for _, r := range rows {
		ids[r] = d.found[codes[r]]
	}
}
