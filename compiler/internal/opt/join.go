package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pruneJoin keeps the columns of both sides that the join looks at or that are needed above.
func pruneJoin(x *ir.Join, need []bool, eventTime bool) (ir.Node, []int) {
	cols, to := keep(x.Cols, need)
	lw, rw := len(x.Left.Schema().Cols), len(x.Right.Schema().Cols)
	below := make([]bool, lw+rw)
	for _, c := range cols {
		below[c] = true
	}
	if x.Cond != nil {
		ir.UsedColumns(x.Cond, below)
	}
	for i := range x.LeftKeys {
		below[x.LeftKeys[i]], below[lw+x.RightKeys[i]] = true, true
	}
	if x.Time != nil {
		below[x.Time.Left], below[lw+x.Time.Right] = true, true
	}
	beside := x.Kind == ir.LookupJoin || x.Kind == ir.ByKeyJoin // the left side's rows go on as they are
	timed := x.Kind == ir.IntervalJoin || x.Kind == ir.WindowJoin || x.Kind == ir.TemporalJoin
	left, leftTo := prune(x.Left, below[:lw], timed || beside && eventTime)
	right, rightTo := prune(x.Right, below[lw:], timed)
	if left == x.Left && right == x.Right && len(cols) == len(x.Cols) {
		return x, to
	}
	c := joinOver(x, left, leftTo, right, rightTo)
	c.Cols, _ = keep(c.Cols, need)
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = moveProps(x.P, to)
	if beside {
		c.P = propsOver(c.P, left)
	}
	return c, to
}

// joinOver is x over other sides, which have its columns at the places leftTo and rightTo.
func joinOver(x *ir.Join, left ir.Node, leftTo []int, right ir.Node, rightTo []int) *ir.Join {
	width := len(left.Schema().Cols)
	to := slices.Clone(leftTo)
	for _, c := range rightTo {
		if c >= 0 {
			c += width
		}
		to = append(to, c)
	}
	c := *x
	c.Left, c.Right = left, right
	c.LeftKeys, c.RightKeys = moveCols(x.LeftKeys, leftTo), moveCols(x.RightKeys, rightTo)
	c.LeftEnd, c.RightEnd = moveCol(x.LeftEnd, leftTo), moveCol(x.RightEnd, rightTo)
	if x.Cond != nil {
		c.Cond = ir.Shift(x.Cond, to)
	}
	if x.Time != nil {
		t := *x.Time
		t.Left, t.Right = leftTo[t.Left], rightTo[t.Right]
		c.Time = &t
	}
	c.Cols = make([]int, len(x.Cols))
	for i, col := range x.Cols {
		c.Cols[i] = to[col]
	}
	return &c
}

// splitJoin splits the ROWs within each side.
func splitJoin(x *ir.Join) split {
	l, r := splitNode(x.Left), splitNode(x.Right)
	out := asIs(x)
	out.node = x.WithInputs([]ir.Node{l.alike(nil, x.Left.Schema()), r.alike(nil, x.Right.Schema())})
	return out
}

// emptyJoin reports whether a join gives no rows as a side has none.
func emptyJoin(x *ir.Join) bool {
	left, right := isEmpty(x.Left), isEmpty(x.Right)
	switch x.Type {
	case ir.InnerJoin, ir.SemiJoin:
		return left || right
	case ir.LeftJoin, ir.AntiJoin:
		return left
	case ir.RightJoin:
		return right
	}
	return left && right
}
