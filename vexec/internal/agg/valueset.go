package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// valueSet is the distinct values of some arguments by group, for all calls that are
// about them: COUNT(DISTINCT x), SUM(DISTINCT x) FILTER (...), COLLECT(x), and MIN(x)
// where rows are taken back. A value of a group is an entry; each call has a part, which
// hears when an entry becomes one of its values and when it ceases to be.
//
// Where no call's rows are taken back, mask has a bit for each part that has met the
// entry. Else counts has, by part, how often it was given less how often it was taken
// back: an entry is a value of the part while that is positive. So rows may be taken back
// before they come.
type valueSet struct {
	entryTable
	parts  []part
	mask   []uint64  // by entry
	counts [][]int64 // by part
	sparse int       // entries at which dead ones are looked for
	held   held
	some   []int32
	lists  elements
}

// part is what one call makes of the values of a valueSet.
type part interface {
	// enter and leave take the rows of a batch whose values have become values of the
	// part, and ceased to be. entries is by physical row.
	enter(g *gather, args []*vexec.Vec, ids []uint32, rows []int32, n int, entries []uint32)
	leave(g *gather, args []*vexec.Vec, ids []uint32, rows []int32, n int, entries []uint32)
	grow(n int) error
	final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed)
	// moved says that entry i is now number to[i]; noGroup: it is gone.
	moved(to []uint32)
	bytes() int64
	reset()
	release()
}

func newValueSet(c *ir.AggCall, h held) (*valueSet, error) {
	s := &valueSet{held: h}
	if c.Retracts {
		s.counts = [][]int64{}
	}
	var err error
	s.entryTable, err = newEntryTable(c)
	return s, err
}

// begin makes room for the counts once all parts are there.
func (s *valueSet) begin() {
	if s.counts != nil {
		s.counts = make([][]int64, len(s.parts))
	}
}

// live reports whether entry e is a value of part p.
func (s *valueSet) live(p int, e uint32) bool {
	if s.counts != nil {
		return s.counts[p][e] > 0
	}
	return s.mask[e]>>p&1 != 0
}

// grow makes room for n groups and accounts for what the entries have come to take.
// Entries that no part has any more are dropped once they are most of all.
func (s *valueSet) grow(n int) error {
	s.compact()
	room := cap(s.first)
	if n > room {
		room = max(n, 2*room, 16)
	}
	size := int64(room)*4 + s.entryTable.bytes() + int64(cap(s.mask))*8 + int64(len(s.counts)*cap(s.word))*8
	if err := s.held.set(size); err != nil {
		return err
	}
	var uncounted held
	s.first, _ = growCells(s.first, n, 4, &uncounted, noGroup)
	for _, p := range s.parts {
		if err := p.grow(n); err != nil {
			return err
		}
	}
	return nil
}

// intern finds the entries of the rows, as find does, and makes room for new ones.
func (s *valueSet) intern(args []*vexec.Vec, ids []uint32, rows []int32, n int) {
	s.find(args, ids, rows, n)
	fresh := len(s.word)
	if s.counts == nil {
		s.mask = append(s.mask, make([]uint64, fresh-len(s.mask))...)
	}
	for p := range s.counts {
		s.counts[p] = append(s.counts[p], make([]int64, fresh-len(s.counts[p]))...)
	}
}

// add gives the rows of part p, whose entries are known, to the part (sign 1), or takes
// them back (-1).
func (s *valueSet) add(g *gather, p int, args []*vexec.Vec, ids []uint32, rows []int32, n int, sign int64) {
	changed := s.some[:0]
	if changed == nil {
		changed = make([]int32, 0, len(rows)) // never nil, which as a selection is all rows
	}
	if s.counts == nil {
		bit := uint64(1) << p
		for _, r := range rows {
			if m := &s.mask[s.entries[r]]; *m&bit == 0 {
				*m |= bit
				changed = append(changed, r)
			}
		}
	} else {
		counts, edge := s.counts[p], (1+sign)/2 // the count that it has where it enters, or leaves
		for _, r := range rows {
			c := &counts[s.entries[r]]
			if *c += sign; *c == edge {
				changed = append(changed, r)
			}
		}
	}
	s.some = changed
	switch {
	case len(changed) == 0:
	case sign > 0:
		s.parts[p].enter(g, args, ids, changed, n, s.entries)
	default:
		s.parts[p].leave(g, args, ids, changed, n, s.entries)
	}
}

// members lists the entries of a group that are values of part p.
func (s *valueSet) members(p int, id uint32, to []uint32) []uint32 {
	for e := s.first[id]; e != noGroup; e = s.next[e] {
		if s.live(p, e) {
			to = append(to, e)
		}
	}
	return to
}
