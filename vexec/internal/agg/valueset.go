package agg

import (
	"fmt"

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
	types []*ir.Type
	words wording
	pairs pairTable
	parts []part

	word   []uint64 // by entry; of NULL 0
	group  []uint32 // by entry, with nullGroup for NULL
	next   []uint32 // by entry: the next one of its group
	first  []uint32 // by group; noGroup: none
	mask   []uint64
	counts [][]int64 // by part
	sparse int       // entries at which dead ones are looked for
	held   held

	rows    rowScratch
	cols    []vexec.Vec
	entries []uint32 // by physical row
	some    []int32
	groups  [chunkRows]uint32
	wordBuf [chunkRows]uint64
	found   [chunkRows]uint32
	lists   elements
}

// nullGroup marks the group of an entry that is NULL.
const nullGroup = 1 << 31

// part is what one call makes of the values of a valueSet.
type part interface {
	// enter and leave take the rows of a batch whose values have become values of the
	// part, and ceased to be. entries is by physical row.
	enter(g *gather, args []*vexec.Vec, ids []uint32, rows []int32, n int, entries []uint32)
	leave(g *gather, args []*vexec.Vec, ids []uint32, rows []int32, n int, entries []uint32)
	grow(n int) error
	final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail func(row int))
	// moved says that entry i is now number to[i]; noGroup: it is gone.
	moved(to []uint32)
	bytes() int64
	reset()
	release()
}

func newValueSet(c *ir.AggCall, h held) (*valueSet, error) {
	s := &valueSet{held: h}
	for _, a := range c.ValueArgs() {
		s.types = append(s.types, a.Type())
	}
	s.cols = make([]vexec.Vec, len(s.types))
	if c.Retracts {
		s.counts = [][]int64{}
	}
	var err error
	if s.words, err = newWording(s.types); err != nil {
		return nil, fmt.Errorf("%s: values of type %s cannot be told apart yet", c, s.types[0])
	}
	return s, nil
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
	size := int64(room)*4 + s.pairs.bytes() + s.words.bytes() + int64(cap(s.word))*(8+4+4)
	size += int64(cap(s.mask))*8 + int64(len(s.counts)*cap(s.word))*8
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

// intern writes the entries of the rows to s.entries.
func (s *valueSet) intern(args []*vexec.Vec, ids []uint32, rows []int32, n int) {
	s.entries = grown(s.entries, n)
	for i, v := range args {
		s.cols[i] = *v
	}
	values, nulls := rows, []int32(nil)
	if len(args) == 1 {
		values, nulls = s.rows.split(args[0], rows)
	}
	for len(values) > 0 {
		part := values[:min(len(values), chunkRows)]
		values = values[len(part):]
		s.words.words(s.cols, part, s.wordBuf[:])
		for j, r := range part {
			s.groups[j] = ids[r]
		}
		s.internWords(part)
	}
	for len(nulls) > 0 {
		part := nulls[:min(len(nulls), chunkRows)]
		nulls = nulls[len(part):]
		for j, r := range part {
			s.groups[j], s.wordBuf[j] = ids[r]|nullGroup, 0
		}
		s.internWords(part)
	}
}

func (s *valueSet) internWords(rows []int32) {
	s.pairs.intern(s.groups[:len(rows)], s.wordBuf[:len(rows)], s.found[:], s.addEntry)
	for j, r := range rows {
		s.entries[r] = s.found[j]
	}
}

// addEntry links a new entry to its group.
func (s *valueSet) addEntry(group uint32, word uint64) {
	e, id := uint32(len(s.word)), group&^nullGroup
	s.word, s.group = append(s.word, word), append(s.group, group)
	s.next = append(s.next, s.first[id])
	s.first[id] = e
	if s.counts == nil {
		s.mask = append(s.mask, 0)
	}
	for p := range s.counts {
		s.counts[p] = append(s.counts[p], 0)
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

// readEntries writes the values of entries to out.
func (s *valueSet) readEntries(entries []uint32, out []vexec.Vec) {
	words := make([]uint64, len(entries))
	for i, e := range entries {
		words[i] = s.word[e]
	}
	s.words.read(words, out)
	for i, e := range entries {
		if s.group[e]&nullGroup != 0 {
			out[0].SetNull(i, len(entries))
		}
	}
}
