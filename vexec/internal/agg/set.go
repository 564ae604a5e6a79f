package agg

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Set is the aggregates of one operator for the groups of one Grouper. Aggregates
// of one column share cells where they can, and those of distinct values their values.
//
// There is no way to free one group. Whoever keeps groups for long makes a new pair of
// Grouper and Set from the groups that live (Keys, State, Intern, Grow, Merge) once those
// that are gone are most of all: it costs each group a constant.
type Set struct {
	calls  []ir.AggCall
	types  [][]*ir.Type // AggStates
	accs   []acc
	of     []int // by call: position in accs; of a call with values its place in sets
	first  []int // by acc: the first call that has it
	sets   []*valueSet
	part   []int   // by call: which part of its valueSet it is; -1: it has none
	kin    [][]int // by valueSet: the calls of its parts
	at     []int   // by call: its first state column
	merged []int   // calls whose state columns are merged: those of the others say the same
	width  int     // state columns
	g      gather
	rows   rowScratch
	union  []int32
	wanted []bool // by physical row
}

// NewSet returns the aggregates of the calls, with memory reserved from mem (nil:
// not counted).
func NewSet(calls []ir.AggCall, mem *vexec.Account) (*Set, error) {
	s := &Set{calls: calls, types: ir.AggStates(calls), of: make([]int, len(calls)), at: make([]int, len(calls)), part: make([]int, len(calls))}
	sets := ir.ValueSets(calls)
	for i := range calls {
		s.at[i] = s.width
		s.width += len(s.types[i])
		s.part[i] = -1
		switch {
		case sets[i] >= 0:
			if err := s.addPart(i, sets[i], held{mem: mem}); err != nil {
				return nil, err
			}
			continue
		case !hasState(calls, i):
			s.merged = append(s.merged, i)
		}
		if j := sharedWith(calls, i); j >= 0 {
			s.of[i] = s.of[j]
			continue
		}
		a, err := newAcc(&calls[i], held{mem: mem})
		if err != nil {
			return nil, err
		}
		if fused(calls, i) {
			a = &intStats{held: held{mem: mem}}
		}
		s.of[i] = len(s.accs)
		s.accs, s.first = append(s.accs, a), append(s.first, i)
	}
	for _, v := range s.sets {
		v.begin()
	}
	return s, nil
}

// addPart makes call i a part of the set of values of the call first.
func (s *Set) addPart(i, first int, h held) error {
	c := &s.calls[i]
	if first == i {
		v, err := newValueSet(c, h)
		if err != nil {
			return err
		}
		s.of[i] = len(s.sets)
		s.sets, s.kin = append(s.sets, v), append(s.kin, nil)
	}
	s.of[i] = s.of[first]
	v := s.sets[s.of[i]]
	p, err := newPart(c, v, held{mem: h.mem})
	if err != nil {
		return err
	}
	s.part[i] = len(v.parts)
	v.parts, s.kin[s.of[i]] = append(v.parts, p), append(s.kin[s.of[i]], i)
	return nil
}

// newPart returns what a call makes of the values of v.
func newPart(c *ir.AggCall, v *valueSet, h held) (part, error) {
	switch c.Fn {
	case "MIN", "MAX":
		return &heapPart{set: v, at: len(v.parts), less: c.Fn == "MIN", held: h}, nil
	case "COLLECT", "ARRAY_AGG", "STRING_AGG":
		return newListPart(c, v), nil
	case "APPROX_COUNT_DISTINCT":
		return &inner{&countAcc{held: h}}, nil
	}
	a, err := newAcc(c, h)
	return &inner{a}, err
}

// Grow makes room for n groups, and reserves what the rows since the last Grow have come
// to take. Only it fails: with a *vexec.MemoryError, after which the set is as before.
func (s *Set) Grow(n int) error {
	for _, a := range s.accs {
		if err := a.grow(n); err != nil {
			return err
		}
	}
	for _, v := range s.sets {
		if err := v.grow(n); err != nil {
			return err
		}
	}
	return nil
}

// Input is what the aggregates take of a batch.
type Input struct {
	Args [][]*vexec.Vec // by call: the columns of its ValueArgs; none for COUNT(*)
	Pass [][]int32      // by call with a Filter: the selected rows that pass it; never nil
	// Ord is the place of each physical row in the order of arrival (vexec.Batch.Ord). nil:
	// rows come in the order in which they are given to the set.
	Ord []uint64
}

// Update takes the selected rows of a batch of n (sel nil: all), whose groups
// Intern wrote to ids and Grow made room for.
func (s *Set) Update(in *Input, ids []uint32, sel []int32, n int) {
	s.g.begin(in.Ord)
	defer s.g.end(n)
	for i, a := range s.accs {
		call := s.first[i]
		a.update(&s.g, in.Args[call], ids, s.rowsOf(in, call, sel), n)
	}
	s.addValues(in, ids, sel, n, 1)
}

// Retract takes rows back, as Update takes them: it is the exact inverse of Update, but
// for what floats promise (floatBackSum). All calls must have Retracts. A row may be taken
// back before it comes: what counts is what has come and gone when results are asked for.
func (s *Set) Retract(in *Input, ids []uint32, sel []int32, n int) {
	s.g.begin(in.Ord)
	defer s.g.end(n)
	for i, a := range s.accs {
		call := s.first[i]
		a.(reverser).retract(&s.g, in.Args[call], ids, s.rowsOf(in, call, sel), n)
	}
	s.addValues(in, ids, sel, n, -1)
}

func (s *Set) rowsOf(in *Input, call int, sel []int32) []int32 {
	if s.calls[call].Filter != nil {
		return in.Pass[call]
	}
	return sel
}

// addValues gives the rows to the sets of values, or takes them back: first the rows of
// all calls of a set together, whose values are looked up once.
func (s *Set) addValues(in *Input, ids []uint32, sel []int32, n int, sign int64) {
	for i, v := range s.sets {
		all := s.rows.rows(s.unionOf(in, s.kin[i], sel, n), n)
		if len(all) == 0 {
			continue
		}
		args := in.Args[s.kin[i][0]]
		v.intern(args, ids, all, n)
		for p, call := range s.kin[i] {
			rows := all
			if s.calls[call].Filter != nil {
				rows = in.Pass[call]
			}
			v.add(&s.g, p, args, ids, rows, n, sign)
		}
	}
}

// unionOf is the rows that any of some calls takes.
func (s *Set) unionOf(in *Input, calls []int, sel []int32, n int) []int32 {
	for _, c := range calls {
		if s.calls[c].Filter == nil {
			return sel
		}
	}
	if len(calls) == 1 {
		return in.Pass[calls[0]]
	}
	s.wanted = grown(s.wanted, n)
	clear(s.wanted)
	for _, c := range calls {
		for _, r := range in.Pass[c] {
			s.wanted[r] = true
		}
	}
	if s.union == nil {
		s.union = make([]int32, 0, n) // never nil, which is all rows
	}
	s.union = s.union[:0]
	for r, w := range s.wanted {
		if w {
			s.union = append(s.union, int32(r))
		}
	}
	return s.union
}

// StateWidth is how many columns State writes.
func (s *Set) StateWidth() int { return s.width }

// Merge takes the selected rows of states, columns as State wrote them. With Retracts a
// state may be that of rows taken back more often than given.
func (s *Set) Merge(state []vexec.Vec, ids []uint32, sel []int32, n int) {
	for _, i := range s.merged {
		s.accs[s.of[i]].merge(&s.calls[i], &s.g, s.columns(state, i), ids, sel, n)
	}
	for k, v := range s.sets {
		v.merge(&s.g, s.columns(state, s.kin[k][0]), ids, sel, n)
	}
}

// columns are the state columns of call i.
func (s *Set) columns(state []vexec.Vec, i int) []vexec.Vec {
	return state[s.at[i] : s.at[i]+len(s.types[i])]
}

// State writes the states of the given groups, the columns of ir.AggStates of each
// call in turn. It disturbs nothing.
func (s *Set) State(ids []uint32, out []vexec.Vec) {
	for i := range s.calls {
		cols := s.columns(out, i)
		for c := range cols {
			cols[c].Reset(s.types[i][c], len(ids))
		}
		switch {
		case s.part[i] < 0:
			s.accs[s.of[i]].state(&s.calls[i], ids, cols)
		case s.part[i] == 0:
			s.sets[s.of[i]].state(ids, cols)
		}
	}
}

// Final writes the results of the given groups, a vector for each call. A row
// whose result is a row error is NULL there, and fail is called with its position
// and a reason in the user's words. It disturbs nothing.
func (s *Set) Final(ids []uint32, out []vexec.Vec, fail func(row int, reason string)) {
	for i := range s.calls {
		c := &s.calls[i]
		out[i].Reset(c.T, len(ids))
		failed := func(row int, reason string) { fail(row, whyFailed(c, reason)) }
		if p := s.part[i]; p >= 0 {
			s.sets[s.of[i]].parts[p].final(c, ids, &out[i], failed)
		} else {
			s.accs[s.of[i]].final(c, ids, &out[i], failed)
		}
	}
}

// whyFailed is the reason of a row error, with the place in the query.
func whyFailed(c *ir.AggCall, reason string) string {
	at := ""
	if c.At.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d: ", c.At.File, c.At.Line, c.At.Col)
	}
	if reason != "" {
		return fmt.Sprintf("%s%s in %s", at, reason, c)
	}
	return fmt.Sprintf("%s%s is out of the range of %s", at, c, c.T)
}

// Bytes is the memory held.
func (s *Set) Bytes() int64 {
	n := int64(0)
	for _, a := range s.accs {
		n += a.bytes()
	}
	for _, v := range s.sets {
		n += v.bytes()
	}
	return n
}

// Reset forgets all groups and keeps memory for about as many.
func (s *Set) Reset() {
	for _, a := range s.accs {
		a.reset()
	}
	for _, v := range s.sets {
		v.reset()
	}
}

// Release gives the memory back to the account; see Grouper.Release.
func (s *Set) Release() {
	for _, a := range s.accs {
		a.release()
	}
	for _, v := range s.sets {
		v.release()
	}
}
