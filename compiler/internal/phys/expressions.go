package phys

import "github.com/helios-stream/helios/ir"

// ShareExpressions: what one operator of a chain has computed, those above it take
// from a column instead of computing it again. Only a part that the lower operator has
// computed for every row that leaves it is handed on, so no evaluation is added: none
// that could fail, and none that costs. The columns end at the next projection or
// aggregate, so what leaves the chain is what left it before.

// chain is the operators of a stage while it is found out what they hand on.
type chain struct {
	ops   []ir.PhysOp
	extra [][]handed // by operator
}

// handed is an expression that an operator adds as a column.
type handed struct {
	e  ir.Expr   // over the columns that the operator takes
	as []ir.Expr // the same over those that it gives: what operators above call it
}

// shareExpressions rewrites the operators of a stage, which reads rows of the schema in.
// Nothing is handed on to an operator that keeps rows: what it keeps would depend on what
// else is in the stage.
func shareExpressions(s *ir.Stage, in *ir.Schema) {
	from := 0
	for i, op := range s.Ops {
		if keepsRows(op) {
			shareWithin(s.Ops[from:i], in)
			from, in = i+1, op.OutSchema()
		}
	}
	shareWithin(s.Ops[from:], in)
}

// keepsRows reports whether rows are in an operator's state.
func keepsRows(op ir.PhysOp) bool {
	switch x := op.(type) {
	case *ir.WindowTVFOp:
		return x.Window.Keyed()
	case *ir.WindowAggOp:
		return x.Window.Kind == ir.CountRows
	case *ir.JoinOp, *ir.LookupOp, *ir.ByKeyOp, *ir.TemporalOp, *ir.UnnestOp:
		return true
	}
	return false
}

// shareWithin rewrites operators that follow one another.
func shareWithin(ops []ir.PhysOp, in *ir.Schema) {
	last := -1 // the last operator that ends extra columns
	for i, op := range ops {
		switch op.(type) {
		case *ir.ProjectOp, *ir.WindowAggOp, *ir.AttachedAggOp, *ir.GroupAggOp:
			last = i
		}
	}
	c := &chain{ops: ops, extra: make([][]handed, len(ops))}
	for i := last; i > 0; i-- {
		for _, e := range opExprs(ops[i]) {
			ir.WalkExpr(e, func(part ir.Expr) bool { return !c.shares(i-1, part) })
		}
	}
	for _, e := range c.extra {
		if len(e) > 0 {
			copy(ops, c.rewrite(in))
			return
		}
	}
}

// opExprs are what an operator computes of the rows that it takes.
func opExprs(op ir.PhysOp) []ir.Expr {
	switch x := op.(type) {
	case *ir.FilterOp:
		return []ir.Expr{x.Pred}
	case *ir.ProjectOp:
		return x.Exprs
	case *ir.WindowAggOp:
		if x.Phase != ir.Final {
			return ir.AggExprs(x.Aggs)
		}
	case *ir.GroupAggOp:
		if x.Phase != ir.Final {
			return ir.AggExprs(x.Aggs)
		}
	case *ir.AttachedAggOp:
		return ir.AggExprs(x.Aggs)
	}
	return nil
}

// maxShared is the most parts that an expression may have to be looked for: below
// projections it grows by theirs.
const maxShared = 128

// shares makes operator i, or one below it, hand e on, which is over the columns that
// i gives. false: none has computed it, or it is not worth it.
func (c *chain) shares(i int, e ir.Expr) bool {
	return isWork(e) && !ir.IsVolatile(e) && c.supply(i, e)
}

func (c *chain) supply(i int, e ir.Expr) bool {
	if i < 0 || e.Type().Kind == ir.Null {
		return false
	}
	same := func(part ir.Expr) bool { return ir.EqualExpr(part, e) }
	switch x := c.ops[i].(type) {
	case *ir.FilterOp:
		if c.supply(i-1, e) {
			return true
		}
		if !computedWhere(x.Pred, true, same) {
			return false
		}
		c.handOn(i, e, e)
		return true
	case *ir.ProjectOp:
		return c.supplyProjected(i, x, e)
	case *ir.WatermarkOp, *ir.LimitOp:
		return c.supply(i-1, e)
	case *ir.WindowTVFOp:
		width := len(x.Out.Cols) - windowCols
		return ir.RefersOnly(e, func(col int) bool { return col < width }) && c.supply(i-1, e)
	}
	return false
}

// windowCols is how many columns a window function adds.
const windowCols = 3

func (c *chain) supplyProjected(i int, x *ir.ProjectOp, e ir.Expr) bool {
	if substitutedSize(e, x.Exprs) > maxShared {
		return false
	}
	below := ir.Substitute(e, x.Exprs)
	if ir.IsVolatile(below) {
		return false
	}
	found := c.supply(i-1, below)
	for _, out := range x.Exprs {
		found = found || computed(out, func(part ir.Expr) bool { return ir.EqualExpr(part, below) })
	}
	if found {
		c.handOn(i, below, e)
	}
	return found
}

// substitutedSize counts the parts of e with columns replaced by exprs.
func substitutedSize(e ir.Expr, exprs []ir.Expr) int {
	n := 0
	ir.WalkExpr(e, func(part ir.Expr) bool {
		n++
		if col, ok := part.(*ir.ColRef); ok {
			ir.WalkExpr(exprs[col.Index], func(ir.Expr) bool { n++; return n <= maxShared })
		}
		return n <= maxShared
	})
	return n
}

// handOn adds e, called as above the operator, to what operator i hands on.
func (c *chain) handOn(i int, e, as ir.Expr) {
	for k := range c.extra[i] {
		h := &c.extra[i][k]
		if ir.EqualExpr(h.e, e) {
			h.as = append(h.as, as)
			return
		}
	}
	c.extra[i] = append(c.extra[i], handed{e, []ir.Expr{as}})
}
