package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pruneUnnest keeps the list, and the columns that are needed above.
func pruneUnnest(x *ir.Unnest, need []bool, eventTime bool) (ir.Node, []int) {
	width := len(x.Input.Schema().Cols)
	cols, to := keep(x.Cols, need)
	below := make([]bool, width)
	below[x.Col] = true
	for _, c := range cols {
		if c < width {
			below[c] = true
		}
	}
	in, inTo := prune(x.Input, below, eventTime)
	if in == x.Input && len(cols) == len(x.Cols) {
		return x, to
	}
	c := unnestOver(x, in, inTo)
	c.Cols, _ = keep(c.Cols, need)
	c.S = &ir.Schema{}
	c.S.Cols, _ = keep(x.S.Cols, need)
	c.P = propsOver(moveProps(x.P, to), in)
	return c, to
}

// unnestOver is x over in, which has its columns at the places to.
func unnestOver(x *ir.Unnest, in ir.Node, to []int) *ir.Unnest {
	c := *x
	was, width := len(to), len(in.Schema().Cols)
	c.Input, c.Col = in, to[x.Col]
	c.Cols = make([]int, len(x.Cols))
	for i, col := range x.Cols {
		if col < was {
			c.Cols[i] = to[col]
		} else {
			c.Cols[i] = col - was + width
		}
	}
	return &c
}

// splitUnnest gives the fields of ROWs that go through beside these.
func splitUnnest(x *ir.Unnest) split {
	in := splitNode(x.Input)
	c := unnestOver(x, in.node, in.to)
	out := split{node: c, to: identity(len(x.Cols))}
	c.S = &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	for _, f := range in.fields {
		if at := slices.Index(x.Cols, f.col); at >= 0 {
			out.fields = append(out.fields, field{col: at, path: f.path, at: len(c.Cols)})
			c.Cols, c.S.Cols = append(c.Cols, f.at), append(c.S.Cols, in.node.Schema().Cols[f.at])
		}
	}
	return out
}

// pushFilterBelowUnnest filters rows before they are repeated for the elements of a list, by
// conditions on their own columns. One that may fail is asked of rows alone that have elements.
func pushFilterBelowUnnest(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	x, ok := f.Input.(*ir.Unnest)
	if !ok {
		return n, false
	}
	width := len(x.Input.Schema().Cols)
	move, stay := splitPred(f.Pred, func(c ir.Expr) bool {
		return !ir.MayFail(c) && !ir.IsVolatile(c) && ir.RefersOnly(c, func(col int) bool { return x.Cols[col] < width }) &&
			!ir.RefersOnly(c, func(int) bool { return false })
	})
	if len(move) == 0 {
		return n, false
	}
	for i, c := range move {
		move[i] = ir.Shift(c, x.Cols)
	}
	return filterOver(x.WithInputs([]ir.Node{filterOver(x.Input, move)}), stay), true
}
