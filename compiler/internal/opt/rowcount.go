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
		return c.Rows(x.Input) * selectivity(x.Pred)
	case *ir.Limit:
		if bound, ok := x.Bound(); ok {
			return math.Min(c.Rows(x.Input), float64(bound))
		}
	case *ir.Aggregate:
		return c.groups(x.Input, len(x.Keys))
	case *ir.WindowAgg:
		return c.groups(x.Input, len(x.Keys)+1)
	case *ir.Rank:
		if x.To < math.MaxInt32 {
			return math.Min(c.Rows(x.Input), c.groups(x.Input, len(x.Partition))*float64(x.To))
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
func (c *Ctx) groups(in ir.Node, keys int) float64 {
	rows := c.Rows(in)
	if keys == 0 {
		return 1
	}
	return math.Max(1, rows/10)
}

// joinRows is about how many rows a join gives: keys are taken for those of the smaller side.
func (c *Ctx) joinRows(x *ir.Join) float64 {
	l, r := c.Rows(x.Left), c.Rows(x.Right)
	if x.Single {
		return l
	}
	pairs := l * r
	if len(x.LeftKeys) > 0 {
		pairs = math.Max(l, r)
	}
	if x.Cond != nil {
		pairs *= selectivity(x.Cond)
	}
	switch x.Type {
	case ir.LeftJoin:
		return math.Max(pairs, l)
	case ir.SemiJoin, ir.AntiJoin:
		return l / 2
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
