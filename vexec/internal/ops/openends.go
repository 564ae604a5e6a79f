package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// openEnds are the groups of windows that are open, by the ends of these.
type openEnds struct {
	ends []int64 // sorted
	of   map[int64][]uint32
}

// put adds a group.
func (o *openEnds) put(end int64, id uint32) {
	ids, known := o.of[end]
	if !known {
		at, _ := slices.BinarySearch(o.ends, end)
		o.ends = slices.Insert(o.ends, at, end)
	}
	o.of[end] = append(ids, id)
}

// between lists the ends above from, up to to. The list is valid until the next change.
func (o *openEnds) between(from, to ir.Micros) []int64 {
	lo, hi := o.upTo(from), o.upTo(to)
	return o.ends[min(lo, hi):hi]
}

// upTo is how many ends there are up to wm.
func (o *openEnds) upTo(wm ir.Micros) int {
	if wm == ir.MinMicros {
		return 0
	}
	at, found := slices.BinarySearch(o.ends, int64(wm))
	if found {
		at++
	}
	return at
}

// take takes out the groups of windows that end up to wm.
func (o *openEnds) take(wm ir.Micros) (ids []uint32) {
	n := o.upTo(wm)
	for _, end := range o.ends[:n] {
		ids = append(ids, o.of[end]...)
		delete(o.of, end)
	}
	o.ends = slices.Delete(o.ends, 0, n)
	return ids
}

// anew forgets all.
func (o *openEnds) anew() {
	o.ends = o.ends[:0]
	clear(o.of)
}
