package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pruneRank leaves the number out where nothing needs it: then only rows that enter or
// leave change the result.
func pruneRank(x *ir.Rank, need []bool) (ir.Node, []int) {
	width := len(x.Input.Schema().Cols)
	below := and(need[:width], x.Partition...)
	for _, k := range x.Order {
		below[k.Col] = true
	}
	arrival := ir.HasArrival(x.Input)
	if !arrival { // the other columns order what is equal
		for i := range below {
			below[i] = true
		}
	}
	number := x.Number && need[width]
	in, to := prune(x.Input, below, x.Windowed())
	if in == x.Input && number == x.Number {
		return x, identity(len(need))
	}
	return rankOf(x, in, to, number)
}

// rankOf is x over another form of its input.
func rankOf(x *ir.Rank, in ir.Node, to []int, number bool) (*ir.Rank, []int) {
	c := *x
	c.Input, c.Partition, c.Order, c.Number = in, moveCols(x.Partition, to), moveOrder(x.Order, to), number
	inCols := in.Schema().Cols
	c.S = ir.NewSchema(slices.Clone(inCols)...)
	out := slices.Clone(to)
	if x.Number {
		out = append(out, -1)
	}
	if number {
		out[len(out)-1] = len(inCols)
		c.S.Cols = append(c.S.Cols, x.S.Cols[len(x.S.Cols)-1])
	}
	c.P = moveProps(x.P, out)
	return &c, out
}

// splitRank hands on the fields of its input.
func splitRank(x *ir.Rank) split {
	in := splitNode(x.Input)
	c, to := rankOf(x, in.node, in.to, x.Number)
	return split{node: c, to: to, fields: in.fields}
}
