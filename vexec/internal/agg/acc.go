package agg

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// acc is one aggregate for all groups: a column of cells by group id.
type acc interface {
	// grow makes room for n groups; new ones are empty. Of all methods only this one fails.
	grow(n int) error
	// update takes the rows of sel (nil: all of n), where the argument v may be NULL.
	// ids is by physical row. v is nil for COUNT(*).
	update(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int)
	// merge takes states as state wrote them for the call.
	merge(call *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int)
	// state writes the columns of ir.AggState for a call. Strings point into the acc.
	state(call *ir.AggCall, ids []uint32, out []vexec.Vec)
	// final writes the results of a call with these groups. Rows whose result does
	// not exist are given to fail and are NULL.
	final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail func(row int))
	bytes() int64
	// reset forgets all groups and keeps the memory.
	reset()
	release()
}

// Set is the aggregates of one operator for the groups of one Grouper. Aggregates
// of one column share cells where they can.
type Set struct {
	calls  []ir.AggCall
	types  [][]*ir.Type // AggState of each call
	accs   []acc
	of     []int // by call: position in accs
	first  []int // by acc: the first call that has it
	at     []int // by call: its first state column
	merged []int // calls whose state columns are merged: those of the others say the same
	width  int   // state columns
	g      gather
}

// NewSet returns the aggregates of the calls, with memory reserved from mem (nil:
// not counted).
func NewSet(calls []ir.AggCall, mem *vexec.Account) (*Set, error) {
	s := &Set{calls: calls, of: make([]int, len(calls)), at: make([]int, len(calls))}
	for i := range calls {
		s.at[i] = s.width
		s.types = append(s.types, ir.AggState(&calls[i]))
		s.width += len(s.types[i])
		if !hasState(calls, i) {
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
	return s, nil
}

func isSum(c *ir.AggCall) bool { return c.Fn == "SUM" || c.Fn == "AVG" }

// sameRows reports whether two calls see the same values of one argument.
func sameRows(a, b *ir.AggCall) bool {
	return len(a.Args) == 1 && len(b.Args) == 1 && a.Filter == nil && b.Filter == nil && sameExpr(a.Args[0], b.Args[0])
}

// fused reports whether call i is kept in intStats: it is of a BIGINT column of
// which there is a SUM or AVG, and a MIN or MAX.
func fused(calls []ir.AggCall, i int) bool {
	sum, extreme := false, false
	for j := range calls {
		if c := &calls[j]; sameRows(&calls[i], c) {
			sum, extreme = sum || isSum(c), extreme || c.Fn == "MIN" || c.Fn == "MAX"
		}
	}
	return sum && extreme && calls[i].Args[0].Type().Kind == ir.BigInt
}

// sharedWith returns the first call before i whose cells it can use, or -1.
func sharedWith(calls []ir.AggCall, i int) int {
	all := fused(calls, i)
	for j := range i {
		if a, b := &calls[i], &calls[j]; sameRows(a, b) && (all || isSum(a) && isSum(b)) {
			return j
		}
	}
	return -1
}

// hasState reports whether the state of call i stands in that of another: AVG's in
// SUM's of the same values, and where cells are fused COUNT's too.
func hasState(calls []ir.AggCall, i int) bool {
	a := &calls[i]
	all := fused(calls, i)
	if all && a.Fn == "COUNT" {
		return true
	}
	for j := range i {
		if b := &calls[j]; sameRows(a, b) && (isSum(a) && isSum(b) || all && a.Fn == b.Fn) {
			return true
		}
	}
	return false
}

// sameExpr reports whether a and b are the same column, or the same cast of it.
func sameExpr(a, b ir.Expr) bool {
	switch x := a.(type) {
	case *ir.ColRef:
		y, ok := b.(*ir.ColRef)
		return ok && x.Index == y.Index
	case *ir.Cast:
		y, ok := b.(*ir.Cast)
		return ok && x.Try == y.Try && x.T.Equal(y.T) && sameExpr(x.X, y.X)
	}
	return false
}

func newAcc(c *ir.AggCall, h held) (acc, error) {
	if c.Distinct && c.Fn != "MIN" && c.Fn != "MAX" {
		return nil, fmt.Errorf("%s: DISTINCT is not supported in %s; leave it out, or group by the value first", c, c.Fn)
	}
	switch c.Fn {
	case "COUNT":
		return &countAcc{held: h}, nil
	case "SUM", "AVG":
		switch t := c.Args[0].Type(); {
		case t.Kind == ir.BigInt:
			return &intSum{held: h}, nil
		case t.Kind.IsFloat():
			return &floatSum{held: h}, nil
		case t.Kind == ir.Decimal:
			return &decSum{held: h}, nil
		}
	case "MIN", "MAX":
		t := c.Args[0].Type()
		switch less := c.Fn == "MIN"; {
		case oneWord(t.Kind):
			return newExtreme(t, less, h), nil
		case t.Kind == ir.Decimal:
			return &decExtreme{typ: t, less: less, held: h}, nil
		case t.Kind.IsText():
			return &textExtreme{typ: t, less: less, held: h}, nil
		}
	}
	return nil, fmt.Errorf("%s: the aggregate %s does not exist for these arguments", c, c.Fn)
}

// Grow makes room for n groups. Only it fails: with a *vexec.MemoryError, after
// which the set is as before.
func (s *Set) Grow(n int) error {
	for _, a := range s.accs {
		if err := a.grow(n); err != nil {
			return err
		}
	}
	return nil
}

// Update takes the selected rows of a batch of n (sel nil: all), whose groups
// Intern wrote to ids and Grow made room for. args is the argument of each call
// (nil for COUNT(*)); filtered replaces sel for the calls that have a Filter.
func (s *Set) Update(args []*vexec.Vec, filtered [][]int32, ids []uint32, sel []int32, n int) {
	for i, a := range s.accs {
		call := s.first[i]
		rows := sel
		if s.calls[call].Filter != nil {
			rows = filtered[call]
		}
		a.update(&s.g, args[call], ids, rows, n)
	}
}

// StateWidth is how many columns State writes.
func (s *Set) StateWidth() int { return s.width }

// Merge takes the selected rows of states, columns as State wrote them.
func (s *Set) Merge(state []vexec.Vec, ids []uint32, sel []int32, n int) {
	for _, i := range s.merged {
		s.accs[s.of[i]].merge(&s.calls[i], &s.g, state[s.at[i]:s.at[i]+len(s.types[i])], ids, sel, n)
	}
}

// State writes the states of the given groups, the columns of ir.AggState of each
// call in turn. It disturbs nothing.
func (s *Set) State(ids []uint32, out []vexec.Vec) {
	for i := range s.calls {
		cols := out[s.at[i] : s.at[i]+len(s.types[i])]
		for c := range cols {
			cols[c].Reset(s.types[i][c], len(ids))
		}
		s.accs[s.of[i]].state(&s.calls[i], ids, cols)
	}
}

// Final writes the results of the given groups, a vector for each call. A row
// whose result is a row error is NULL there, and fail is called with its position
// and a reason in the user's words. It disturbs nothing.
func (s *Set) Final(ids []uint32, out []vexec.Vec, fail func(row int, reason string)) {
	for i := range s.calls {
		c := &s.calls[i]
		out[i].Reset(c.T, len(ids))
		s.accs[s.of[i]].final(c, ids, &out[i], func(row int) { fail(row, outOfRange(c)) })
	}
}

func outOfRange(c *ir.AggCall) string {
	at := ""
	if c.At.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d: ", c.At.File, c.At.Line, c.At.Col)
	}
	return fmt.Sprintf("%s%s is out of the range of %s", at, c, c.T)
}

// Bytes is the memory held.
func (s *Set) Bytes() int64 {
	n := int64(0)
	for _, a := range s.accs {
		n += a.bytes()
	}
	return n
}

// Reset forgets all groups and keeps memory for about as many.
func (s *Set) Reset() {
	for _, a := range s.accs {
		a.reset()
	}
}

// Release gives the memory back to the account; see Grouper.Release.
func (s *Set) Release() {
	for _, a := range s.accs {
		a.release()
	}
}

// oneGroup returns the group that all ids are of.
func oneGroup(ids []uint32) (uint32, bool) {
	if len(ids) == 0 {
		return 0, false
	}
	first := ids[0]
	for _, id := range ids {
		if id != first {
			return 0, false
		}
	}
	return first, true
}

// nullWhere makes the rows NULL whose group is empty.
func nullWhere(v *vexec.Vec, ids []uint32, empty func(id uint32) bool) {
	for i, id := range ids {
		if empty(id) {
			v.SetNull(i, len(ids))
		}
	}
}
