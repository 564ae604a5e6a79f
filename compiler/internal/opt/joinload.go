package opt

import (
	"github.com/helios-stream/helios/ir"
)

// loadSmallerSide reads the smaller side of a join of two inputs that end to its end first, so
// that nothing of the other is kept.
func loadSmallerSide(c *Ctx, n ir.Node) (ir.Node, bool) {
	x, ok := n.(*ir.Join)
	if !ok || !joinsWhole(x) {
		return n, false
	}
	l, r := c.Rows(x.Left)*float64(ir.RowBytes(x.Left.Schema())), c.Rows(x.Right)*float64(ir.RowBytes(x.Right.Schema()))
	switch x.Type {
	case ir.LeftJoin, ir.SemiJoin, ir.AntiJoin:
	case ir.RightJoin:
		x = sidesTurned(x)
	case ir.InnerJoin:
		if l < r {
			x = sidesTurned(x)
		}
	default:
		return n, false
	}
	m := *x
	m.Kind, m.AtEnd, m.AnyOrder = ir.LookupJoin, false, true
	return &m, true
}

// joinsWhole reports whether x is a regular join of two inputs that end, which gives its rows then.
// With AtEnd alone they need not: a run that is stopped shows what is left of rows that never end,
// of which neither side can be read first.
func joinsWhole(x *ir.Join) bool {
	return x.Kind == ir.RegularJoin && x.AtEnd && x.Left.Props().Bounded && x.Right.Props().Bounded
}

// sidesTurned is x with its sides in each other's place, with the same columns.
func sidesTurned(x *ir.Join) *ir.Join {
	lw, rw := len(x.Left.Schema().Cols), len(x.Right.Schema().Cols)
	move := func(i int) int {
		if i < lw {
			return i + rw
		}
		return i - lw
	}
	m := *x
	m.Left, m.Right, m.LeftKeys, m.RightKeys, m.LeftName, m.RightName = x.Right, x.Left, x.RightKeys, x.LeftKeys, x.RightName, x.LeftName
	if x.Type == ir.RightJoin {
		m.Type = ir.LeftJoin
	}
	m.Cols = make([]int, len(x.Cols))
	for i, c := range x.Cols {
		m.Cols[i] = move(c)
	}
	if x.Cond != nil {
		m.Cond = ir.Rewrite(x.Cond, func(e ir.Expr) ir.Expr {
			ref, ok := e.(*ir.ColRef)
			if !ok {
				return e
			}
			r := *ref
			r.Index = move(ref.Index)
			return &r
		})
	}
	return &m
}
