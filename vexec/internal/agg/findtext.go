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
	slots  [chunkRows]saltSlot
	keys   [chunkRows]vexec.View
	maybe  [chunkRows]int32
	misses []int32
	dict   dictRows
	warm   byte
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
	views := v.Views()
	for len(rows) > 0 {
		part := rows[:min(len(rows), chunkRows)]
		rows = rows[len(part):]
		for j, r := range part {
			f.hashes[j] = salt(kernels.HashInt(kernels.StringWord(&views[r], v.Bufs)))
		}
		f.misses = f.misses[:0]
		maybe := f.firstSlots(part, ids)
		f.load(maybe)
		for i, j := range maybe {
			if r := part[j]; !sameText(&f.keys[i], f.g.bytes.bufs, &views[r], v.Bufs) {
				f.misses = append(f.misses, j)
			}
		}
		for _, j := range f.misses {
			r := part[j]
			ids[r] = f.after(&views[r], v.Bufs, f.hashes[j])
		}
	}
}

// firstSlots writes the groups in the first slots of the rows, and lists the rows whose group it
// may be. Those for which it is not are misses. All slots are read before one is looked at, so that
// the loads overlap.
func (f *textFinder) firstSlots(part []int32, ids []uint32) (maybe []int32) {
	hashes, first, slots := f.hashes[:len(part)], f.slots[:len(part)], f.g.slots
	mask := uint32(len(slots) - 1)
	for j, h := range hashes {
		first[j] = slots[h&mask]
	}
	maybe = f.maybe[:0]
	for j, s := range first {
		ids[part[j]] = s.id() // of a free one NoGroup
		switch {
		case s == 0:
		case s.salt() == hashes[j]:
			maybe = append(maybe, int32(j))
		default:
			f.misses = append(f.misses, int32(j))
		}
	}
	return maybe
}

// load reads the keys of the groups that may be those of some rows, and touches the bytes of long
// ones: the loads overlap, and comparing them waits for none.
func (f *textFinder) load(maybe []int32) {
	keys, views, bufs := f.keys[:len(maybe)], f.g.views, f.g.bytes.bufs
	for i, j := range maybe {
		keys[i] = views[f.slots[j].id()]
	}
	warm := f.warm
	for i := range keys {
		if k := &keys[i]; !k.IsInline() {
			warm ^= bufs[k.Buf()][k.Off()]
		}
	}
	f.warm = warm // so that it is not left out
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
