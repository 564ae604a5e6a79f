package opt

import (
	"math"

	"github.com/helios-stream/helios/ir"
)

// unknownRows is how many rows a table is taken for that nobody knows anything of.
const unknownRows = 1e6

// Rows is about how many rows n gives. It is a guess to choose plans by, and nothing else.
func (c *Ctx) Rows(n ir.Node) float64 {
	switch x := n.(type) {
	case *ir.Scan:
		if x.Table.Rows > 0 {
			return float64(x.Table.Rows)
		}
		return unknownRows
	case *ir.Values:
		return float64(len(x.Rows))
	case *ir.Filter:
		return math.Max(c.Rows(x.Input)*c.filtered(x.Input, x.Pred), 1)
	case *ir.Limit:
		if bound, ok := x.Bound(); ok {
			return math.Min(c.Rows(x.Input), float64(bound))
		}
	case *ir.Aggregate:
		return c.groups(x.Input, x.Keys)
	case *ir.WindowAgg:
		return math.Max(1, c.Rows(x.Input)/10)
	case *ir.Rank:
		if x.To < math.MaxInt32 {
			return math.Min(c.Rows(x.Input), c.groups(x.Input, x.Partition)*float64(x.To))
		}
	case *ir.Union:
		sum := 0.0
		for _, in := range x.In {
			sum += c.Rows(in)
		}
		return sum
	case *ir.Join:
		return c.joinRows(x)
	}
	if in := ir.OnlyInput(n); in != nil {
		return c.Rows(in)
	}
	return unknownRows
}

// groups is about how many groups rows fall into.
func (c *Ctx) groups(in ir.Node, keys []int) float64 {
	if len(keys) == 0 {
		return 1
	}
	rows := c.Rows(in)
	if v := c.values(in, keys); v.distinct > 0 {
		return math.Max(1, math.Min(rows, v.distinct))
	}
	return math.Max(1, rows/10)
}

// joinRows is about how many rows a join gives.
func (c *Ctx) joinRows(x *ir.Join) float64 {
	l, r := c.Rows(x.Left), c.Rows(x.Right)
	if x.Single || x.Kind == ir.ByKeyJoin {
		return l
	}
	pairs := l * r
	if len(x.LeftKeys) > 0 {
		pairs *= meeting([]values{c.values(x.Left, x.LeftKeys), c.values(x.Right, x.RightKeys)})
	}
	if x.Cond != nil {
		pairs *= selectivity(x.Cond)
	}
	if x.Kind == ir.IntervalJoin {
		span := math.Max(c.spanOf(x.Left, x.Time.Left), c.spanOf(x.Right, x.Time.Right))
		if span == 0 {
			span = unknownSpan
		}
		pairs *= shareOf(x.Time.Hi-x.Time.Lo, span)
	}
	pairs = math.Max(pairs, 1)
	switch x.Type {
	case ir.LeftJoin:
		return math.Max(pairs, l)
	case ir.RightJoin:
		return math.Max(pairs, r)
	case ir.FullJoin:
		return math.Max(pairs, math.Max(l, r))
	case ir.SemiJoin:
		return math.Min(l, pairs)
	case ir.AntiJoin:
		return math.Max(l/2, l-pairs)
	}
	return pairs
}

// selectivity is about which part of the rows a condition is true of.
func selectivity(pred ir.Expr) float64 {
	part := 1.0
	for _, c := range ir.Conjuncts(pred) {
		part *= selectivityOf(c)
	}
	return math.Max(part, 1e-6)
}

func selectivityOf(e ir.Expr) float64 {
	switch x := e.(type) {
	case *ir.InList:
		return math.Min(0.05*float64(len(x.Values)), 0.5)
	case *ir.Call:
		switch x.Fn {
		case "=":
			return 0.05
		case "<", "<=", ">", ">=":
			return 0.33
		case "LIKE":
			return 0.1
		case "OR":
			return math.Min(selectivityOf(x.Args[0])+selectivityOf(x.Args[1]), 1)
		case "IS NOT NULL":
			return 0.95
		}
	}
	return 0.5
}

// filtered is about which part of the rows of in a condition is true of: of an equality with
// a constant one of the values that the column has.
func (c *Ctx) filtered(in ir.Node, pred ir.Expr) float64 {
	part := 1.0
	for _, cond := range ir.Conjuncts(pred) {
		if col, ok := fixedColumn(cond); ok {
			if v := c.values(in, []int{col}); v.distinct > 0 {
				part /= v.distinct
				continue
			}
		}
		part *= selectivityOf(cond)
	}
	return part
}

// fixedColumn is the column that a condition wants to be equal to a constant.
func fixedColumn(e ir.Expr) (col int, ok bool) {
	x, isCall := e.(*ir.Call)
	if !isCall || x.Fn != "=" {
		return 0, false
	}
	a, b := x.Args[0], x.Args[1]
	if _, isConst := a.(*ir.Const); isConst {
		a, b = b, a
	}
	ref, isRef := a.(*ir.ColRef)
	if _, isConst := b.(*ir.Const); !isRef || !isConst {
		return 0, false
	}
	return ref.Index, true
}

// noteRows has joins say about how many rows they give, where all tables that they read say so.
func noteRows(c *Ctx, l *ir.Logical) *ir.Logical {
	out := *l
	out.Sinks = make([]*ir.Sink, len(l.Sinks))
	for i, s := range l.Sinks {
		out.Sinks[i] = ir.RewriteNode(s, func(n ir.Node) ir.Node {
			x, ok := n.(*ir.Join)
			if !ok || !sized(x) {
				return n
			}
			rows := int64(math.Min(c.Rows(x), 1e18))
			if rows == x.Rows {
				return n
			}
			m := *x
			m.Rows = rows
			return &m
		}).(*ir.Sink)
	}
	return &out
}

// sized reports whether all tables below n say how many rows they have.
func sized(n ir.Node) bool {
	if s, ok := n.(*ir.Scan); ok && s.Table.Rows == 0 {
		return false
	}
	for _, in := range n.Inputs() {
		if !sized(in) {
			return false
		}
	}
	return true
}
