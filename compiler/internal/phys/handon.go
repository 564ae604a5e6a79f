package phys

import "github.com/helios-stream/helios/ir"

// between is what stands between two operators of a chain.
type between struct {
	schema *ir.Schema
	to     []int // where the columns are that were there without anything handed on
	handed []column
}

// column is an expression over the columns that were there, and where it is now.
type column struct {
	e  ir.Expr
	at int
}

// asIs is the rows of the schema, without anything handed on.
func asIs(s *ir.Schema) *between {
	b := &between{schema: s, to: make([]int, len(s.Cols))}
	for i := range b.to {
		b.to[i] = i
	}
	return b
}

// rewrite returns the operators with what they hand on and take, for rows of the schema in.
func (c *chain) rewrite(in *ir.Schema) []ir.PhysOp {
	out := make([]ir.PhysOp, len(c.ops))
	b := asIs(in)
	for i, op := range c.ops {
		out[i], b = b.rewrite(op, c.extra[i])
	}
	return out
}

// rewrite returns op over b, handing on extra, and what it gives.
func (b *between) rewrite(op ir.PhysOp, extra []handed) (ir.PhysOp, *between) {
	switch x := op.(type) {
	case *ir.FilterOp:
		n := *x
		n.Pred, n.Extra = b.expr(x.Pred), b.extra(extra)
		next := *b
		next.add(extra)
		n.Out = next.schema
		return &n, &next
	case *ir.ProjectOp:
		n := *x
		n.Exprs, n.Extra = b.exprs(x.Exprs), b.extra(extra)
		next := asIs(x.Out)
		next.add(extra)
		n.Out = next.schema
		return &n, next
	case *ir.WatermarkOp:
		n := *x
		n.TimeCol, n.Out = b.to[x.TimeCol], b.schema
		return &n, b
	case *ir.ProcTimeOp:
		n := *x
		n.TimeCol, n.Out = b.to[x.TimeCol], b.schema
		return &n, b
	case *ir.LateOp:
		n := *x
		n.TimeCol, n.Keys, n.Out = b.to[x.TimeCol], b.columns(x.Keys), b.schema
		return &n, b
	case *ir.ExpandOp:
		n := *x
		n.Keys, n.Out = b.columns(x.Keys), ir.ExpandSchema(b.schema, b.columns(x.Keys))
		return &n, b.behind(n.Out, len(x.Keys)+1)
	case *ir.LimitOp:
		n := *x
		n.Out = b.schema
		return &n, b
	case *ir.WindowTVFOp:
		return b.window(x)
	case *ir.WindowAggOp:
		if x.Phase == ir.Final {
			return x, asIs(x.Out)
		}
		n := *x
		n.In, n.TimeCol, n.Keys, n.Aggs = b.schema, b.timeCol(x.TimeCol), b.columns(x.Keys), b.aggs(x.Aggs)
		return &n, asIs(x.Out)
	case *ir.GroupAggOp:
		if x.Phase == ir.Final {
			return x, asIs(x.Out)
		}
		n := *x
		n.In, n.Keys, n.Aggs = b.schema, b.columns(x.Keys), b.aggs(x.Aggs)
		return &n, asIs(x.Out)
	case *ir.AttachedAggOp:
		n := *x
		n.In, n.StartCol, n.EndCol = b.schema, b.to[x.StartCol], b.to[x.EndCol]
		n.Keys, n.Aggs = b.columns(x.Keys), b.aggs(x.Aggs)
		return &n, asIs(x.Out)
	}
	return op, asIs(op.OutSchema())
}

// window is rewrite for a window function, whose columns go behind all others.
func (b *between) window(x *ir.WindowTVFOp) (ir.PhysOp, *between) {
	n := *x
	n.TimeCol, n.Keys = b.timeCol(x.TimeCol), b.columns(x.Keys)
	width, own := len(b.schema.Cols), x.Out.Cols[len(x.Out.Cols)-windowCols:]
	n.Out = &ir.Schema{Cols: append(b.schema.Cols[:width:width], own...)}
	return &n, b.behind(n.Out, len(own))
}

// behind is b with own columns of an operator behind all others.
func (b *between) behind(out *ir.Schema, own int) *between {
	next := &between{schema: out, to: b.to[:len(b.to):len(b.to)], handed: b.handed}
	for i := range own {
		next.to = append(next.to, len(out.Cols)-own+i)
	}
	return next
}

// timeCol is where a time column is; -1: there is none.
func (b *between) timeCol(col int) int {
	if col < 0 {
		return -1
	}
	return b.to[col]
}

// add puts columns for what is handed on behind the others.
func (b *between) add(extra []handed) {
	cols := b.schema.Cols[:len(b.schema.Cols):len(b.schema.Cols)]
	b.handed = b.handed[:len(b.handed):len(b.handed)]
	for _, h := range extra {
		for _, as := range h.as {
			b.handed = append(b.handed, column{as, len(cols)})
		}
		cols = append(cols, ir.Column{Name: h.e.String(), Type: h.e.Type(), Extra: true})
	}
	if len(extra) > 0 {
		b.schema = &ir.Schema{Cols: cols}
	}
}

// expr is e over b's columns. What is handed on keeps its text, for errors and plans.
func (b *between) expr(e ir.Expr) ir.Expr {
	for _, h := range b.handed {
		if ir.EqualExpr(h.e, e) {
			return &ir.ColRef{Index: h.at, Name: e.String(), T: e.Type()}
		}
	}
	if col, ok := e.(*ir.ColRef); ok {
		if b.to[col.Index] == col.Index {
			return e
		}
		return &ir.ColRef{Index: b.to[col.Index], Name: col.Name, T: col.T}
	}
	parts := ir.Children(e)
	if len(parts) == 0 {
		return e
	}
	return ir.WithChildren(e, b.exprs(parts))
}

func (b *between) exprs(list []ir.Expr) []ir.Expr {
	out := make([]ir.Expr, len(list))
	for i, e := range list {
		out[i] = b.expr(e)
	}
	return out
}

func (b *between) extra(list []handed) []ir.Expr {
	var out []ir.Expr
	for _, h := range list {
		out = append(out, b.expr(h.e))
	}
	return out
}

func (b *between) columns(list []int) []int {
	out := make([]int, len(list))
	for i, c := range list {
		out[i] = b.to[c]
	}
	return out
}

func (b *between) aggs(list []ir.AggCall) []ir.AggCall {
	out := make([]ir.AggCall, len(list))
	for i, a := range list {
		out[i] = a.MapExprs(b.expr)
	}
	return out
}
