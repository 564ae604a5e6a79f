package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pruneOver keeps the calls that are needed, and at least one: it may drop late rows.
func pruneOver(x *ir.Over, need []bool) (ir.Node, []int) {
	width := len(x.Input.Schema().Cols)
	wanted := slices.Clone(need[width:])
	if !slices.Contains(wanted, true) {
		wanted[0] = true
	}
	below := and(need[:width], x.Partition...)
	for _, k := range x.Order {
		below[k.Col] = true
	}
	if !ir.HasArrival(x.Input) { // the other columns order what is equal
		for i := range below {
			below[i] = true
		}
	}
	calls, callTo := keep(x.Calls, wanted)
	useAggs(ir.OverCalls(calls), below)
	in, to := prune(x.Input, below, x.ByTime())
	if in == x.Input && len(calls) == len(x.Calls) {
		return x, identity(len(need))
	}
	return overOf(x, in, to, calls, callTo)
}

// overOf is x with some of its calls over another form of its input.
func overOf(x *ir.Over, in ir.Node, to []int, calls []ir.OverCall, callTo []int) (*ir.Over, []int) {
	c := *x
	c.Input, c.Partition, c.Order = in, moveCols(x.Partition, to), moveOrder(x.Order, to)
	c.Calls, _ = mapOverCalls(calls, func(e ir.Expr) ir.Expr { return ir.Shift(e, to) })
	inCols := in.Schema().Cols
	c.S = ir.NewSchema(slices.Clone(inCols)...)
	out := slices.Clone(to)
	width := len(to)
	for i, at := range callTo {
		if at < 0 {
			out = append(out, -1)
			continue
		}
		out = append(out, len(inCols)+at)
		c.S.Cols = append(c.S.Cols, x.S.Cols[width+i])
	}
	c.P = moveProps(x.P, out)
	return &c, out
}

func moveOrder(order []ir.SortKey, to []int) []ir.SortKey {
	out := slices.Clone(order)
	for i := range out {
		out[i].Col = to[out[i].Col]
	}
	return out
}

func mapOverCalls(calls []ir.OverCall, f func(ir.Expr) ir.Expr) ([]ir.OverCall, bool) {
	aggs, changed := mapAggs(ir.OverCalls(calls), f)
	out := slices.Clone(calls)
	for i := range out {
		out[i].AggCall = aggs[i]
	}
	return out, changed
}

// splitOver hands on the fields of its input.
func splitOver(x *ir.Over) split {
	in := splitNode(x.Input)
	c, to := overOf(x, in.node, in.to, x.Calls, identity(len(x.Calls)))
	c.Calls, _ = mapOverCalls(x.Calls, in.expr)
	return split{node: c, to: to, fields: in.fields}
}
