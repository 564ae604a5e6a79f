package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// countedAgg is an aggregate over COUNT_WINDOW. Its windows are told apart by what they
// are, not by their times, so it is made in one with them. Conditions between, which decide
// what counts of a window and not which rows it has, become filters of the aggregates, and
// those on windows and keys stand above.
func (g *grouping) countedAgg(x *ast.Select, tvf *ir.WindowTVF) (ir.Node, bool) {
	at := g.place(x)
	if g.sets != nil {
		g.b.err(diag.BadGrouping, at, "group by window_start, window_end and the columns of PARTITION BY, and aggregate the results by grouping sets in a query above", "windows of COUNT_WINDOW are grouped by the columns that they are partitioned by, not by grouping sets")
		return nil, false
	}
	_, cols, _ := windowBelow(g.in.node)
	in := *g
	in.keys = slices.Clone(g.keys)
	for i, k := range in.keys {
		in.keys[i] = ir.Substitute(k, cols)
	}
	agg := &ir.WindowAgg{Input: tvf.Input, TimeCol: tvf.TimeCol, Window: tvf.Window, Keys: tvf.Keys, S: &ir.Schema{}, P: ir.NoProps}
	agg.P.Bounded = tvf.P.Bounded
	if i, ok := in.keyColumns(agg, tvf); !ok {
		g.b.err(diag.NoWindow, g.at[i], "add it to PARTITION BY of COUNT_WINDOW", "windows of COUNT_WINDOW are grouped by the columns that they are partitioned by, and `%s` is none of them", exprName(g.keys[i]))
		return nil, false
	}
	for i, k := range g.keys {
		agg.S.Cols[i].Name = exprName(k)
	}
	rows, groups, ok := countedConds(g.in.node, tvf, in.keys)
	for _, c := range g.aggs {
		c = c.MapExprs(func(e ir.Expr) ir.Expr { return ir.Substitute(e, cols) })
		ok = ok && !slices.ContainsFunc(c.Exprs(), func(e ir.Expr) bool { return !ofRow(tvf, e) })
		if len(rows) > 0 {
			both := slices.Clone(rows)
			if c.Filter != nil {
				both = append(both, c.Filter)
			}
			c.Filter = ir.And(both)
		}
		agg.Aggs = append(agg.Aggs, c)
	}
	if !ok {
		g.b.later(at, "an aggregate over COUNT_WINDOW that looks at windows in its arguments, at windows and rows in one condition, or at what may fail or change in between",
			"name window_start and window_end as they are, filter and compute in a sub-query that COUNT_WINDOW reads, or use FILTER (WHERE ...)")
		return nil, false
	}
	if len(rows) > 0 { // a window without a row that counts gives nothing
		left := len(g.keys) + len(agg.Aggs)
		agg.Aggs = append(agg.Aggs, ir.AggCall{Fn: "COUNT", Filter: ir.And(rows), T: ir.TBigInt, Name: "rows"})
		groups = append(groups, &ir.Call{Fn: ">", Args: []ir.Expr{&ir.ColRef{Index: left, Name: "rows", T: ir.TBigInt}, &ir.Const{V: int64(0), T: ir.TBigInt}}, T: ir.TBoolean})
	}
	for i := range agg.Aggs {
		agg.Out = append(agg.Out, ir.WindowOut{Kind: ir.OutAgg, Index: i})
		agg.S.Cols = append(agg.S.Cols, aggColumn(&agg.Aggs[i]))
	}
	g.b.stateAt(agg, at)
	if len(groups) > 0 {
		return &ir.Filter{Input: agg, Pred: ir.And(groups)}, true
	}
	return agg, true
}

// countedConds takes apart the conditions between COUNT_WINDOW and n: those on rows, over
// the input of the windows, and those on keys of groups, over the columns of the keys.
// False: there is one on both, or a column between that may fail or differ by the moment.
func countedConds(n ir.Node, tvf *ir.WindowTVF, keys []ir.Expr) (rows, groups []ir.Expr, ok bool) {
	switch x := n.(type) {
	case *ir.Project:
		for _, e := range x.Exprs {
			if ir.MayFail(e) || ir.IsVolatile(e) {
				return nil, nil, false
			}
		}
		return countedConds(x.Input, tvf, keys)
	case *ir.Filter:
		if rows, groups, ok = countedConds(x.Input, tvf, keys); !ok {
			return nil, nil, false
		}
		_, cols, _ := windowBelow(x.Input)
		for _, c := range ir.Conjuncts(ir.Substitute(x.Pred, cols)) {
			if ir.IsVolatile(c) {
				return nil, nil, false
			}
			if ofRow(tvf, c) {
				rows = append(rows, c)
				continue
			}
			c, ok = overKeys(c, keys)
			if !ok {
				return nil, nil, false
			}
			groups = append(groups, c)
		}
	}
	return rows, groups, true
}

// overKeys is a condition over the columns of keys; false: it looks at others, too.
func overKeys(c ir.Expr, keys []ir.Expr) (ir.Expr, bool) {
	known := true
	out := ir.Rewrite(c, func(e ir.Expr) ir.Expr {
		ref, isCol := e.(*ir.ColRef)
		if !isCol {
			return e
		}
		for i, k := range keys {
			if key, isKey := k.(*ir.ColRef); isKey && key.Index == ref.Index {
				return &ir.ColRef{Index: i, Name: ref.Name, T: ref.T}
			}
		}
		known = false
		return e
	})
	return out, known
}
