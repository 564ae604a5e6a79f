package opt

import "github.com/helios-stream/helios/ir"

// mapExprs applies f to the expressions of one node and returns n itself where
// none changed.
func mapExprs(n ir.Node, f func(ir.Expr) ir.Expr) (ir.Node, bool) {
	switch x := n.(type) {
	case *ir.Filter:
		if p := f(x.Pred); p != x.Pred {
			return &ir.Filter{Input: x.Input, Pred: p}, true
		}
	case *ir.Project:
		if exprs, changed := mapList(x.Exprs, f); changed {
			c := *x
			c.Exprs = exprs
			return &c, true
		}
	case *ir.Values:
		return mapValues(x, f)
	case *ir.Aggregate:
		if aggs, changed := mapAggs(x.Aggs, f); changed {
			c := *x
			c.Aggs = aggs
			return &c, true
		}
	case *ir.Over:
		if calls, changed := mapOverCalls(x.Calls, f); changed {
			c := *x
			c.Calls = calls
			return &c, true
		}
	case *ir.WindowAgg:
		if aggs, changed := mapAggs(x.Aggs, f); changed {
			c := *x
			c.Aggs = aggs
			return &c, true
		}
	}
	return n, false
}

func mapList(in []ir.Expr, f func(ir.Expr) ir.Expr) ([]ir.Expr, bool) {
	changed := false
	out := make([]ir.Expr, len(in))
	for i, e := range in {
		out[i] = f(e)
		changed = changed || out[i] != e
	}
	return out, changed
}

func mapValues(x *ir.Values, f func(ir.Expr) ir.Expr) (ir.Node, bool) {
	changed := false
	c := *x
	c.Rows = make([][]ir.Expr, len(x.Rows))
	for i, row := range x.Rows {
		fresh, rowChanged := mapList(row, f)
		c.Rows[i] = fresh
		changed = changed || rowChanged
	}
	if !changed {
		return x, false
	}
	return &c, true
}

func mapAggs(in []ir.AggCall, f func(ir.Expr) ir.Expr) ([]ir.AggCall, bool) {
	changed := false
	out := make([]ir.AggCall, len(in))
	for i, a := range in {
		out[i] = a.MapExprs(func(e ir.Expr) ir.Expr {
			fresh := f(e)
			changed = changed || fresh != e
			return fresh
		})
	}
	return out, changed
}

// isLeaf reports whether e costs nothing to compute twice.
func isLeaf(e ir.Expr) bool {
	switch e.(type) {
	case *ir.ColRef, *ir.Const:
		return true
	}
	return false
}

// size is the number of parts of e, e included.
func size(e ir.Expr) int {
	n := 0
	ir.WalkExpr(e, func(ir.Expr) bool { n++; return true })
	return n
}

// substitutedSize is size(ir.Substitute(e, exprs)), without building it.
func substitutedSize(e ir.Expr, exprs []ir.Expr) int {
	n := 0
	ir.WalkExpr(e, func(x ir.Expr) bool {
		if c, ok := x.(*ir.ColRef); ok {
			n += size(exprs[c.Index])
		} else {
			n++
		}
		return true
	})
	return n
}

func anyVolatile(exprs []ir.Expr) bool {
	for _, e := range exprs {
		if ir.IsVolatile(e) {
			return true
		}
	}
	return false
}
