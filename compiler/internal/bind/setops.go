package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// rowSets binds UNION, INTERSECT and EXCEPT. The latter two count for each row how often
// either side has it: groups of the union of both.
func (b *binder) rowSets(x *ast.SetOp) *relation {
	parts := []ast.QueryBody{x.L, x.R}
	l, r := b.body(x.L), b.body(x.R)
	if l == nil || r == nil {
		return nil
	}
	if x.Op == "UNION" {
		u := b.unionAll(x.Op, []*relation{l, r}, parts)
		if u == nil {
			return nil
		}
		return b.distinctRows(u, x.Op, x.Span())
	}
	n := len(l.schema().Cols)
	// Unified before the sides are told apart, so that messages count the query's columns.
	if b.unionAll(x.Op, []*relation{l, r}, parts) == nil {
		return nil
	}
	both := b.unionAll(x.Op, []*relation{withSide(l, 0), withSide(r, 1)}, parts)
	both = b.settle(both)
	counts := b.sideCounts(both, x, n)
	if counts == nil {
		return nil
	}
	left, right := column(counts.node, n), column(counts.node, n+1)
	out := counts.node
	switch {
	case x.Op == "INTERSECT" && x.All:
		out = repeated(out, &ir.Call{Fn: "LEAST", Args: []ir.Expr{left, right}, T: ir.TBigInt}, n)
	case x.Op == "INTERSECT":
		out = &ir.Filter{Input: out, Pred: and(compare(">", left, 0), compare(">", right, 0))}
	case x.All:
		out = repeated(out, &ir.Call{Fn: "-", Args: []ir.Expr{left, right}, T: ir.TBigInt}, n)
	default:
		out = &ir.Filter{Input: out, Pred: and(compare(">", left, 0), compare("=", right, 0))}
	}
	names := columnNames(l.schema())
	return &relation{node: project(out, passOn(out.Schema())[:n], names), at: l.at}
}

// withSide adds a column that says which side a row is from.
func withSide(r *relation, side int64) *relation {
	exprs := append(passOn(r.schema()), &ir.Const{V: side, T: ir.TBigInt})
	return &relation{node: project(r.node, exprs, append(columnNames(r.schema()), "$side")), at: r.at}
}

// sideCounts groups by the first n columns and counts the rows of each side.
func (b *binder) sideCounts(both *relation, x *ast.SetOp, n int) *relation {
	in := both.node.Schema()
	if !b.comparable(in.Select(identity(n)), both, x.Op, x.Span()) {
		return nil
	}
	agg := &ir.Aggregate{Input: both.node, Keys: identity(n), StartKey: -1, EndKey: -1, P: ir.NoProps}
	for side := range int64(2) {
		agg.Aggs = append(agg.Aggs, ir.AggCall{Fn: "COUNT", T: ir.TBigInt, Name: []string{"$left", "$right"}[side], Filter: compare("=", column(both.node, n), side)})
	}
	agg.S = in.Select(agg.Keys)
	for _, a := range agg.Aggs {
		agg.S.Cols = append(agg.S.Cols, ir.Column{Name: a.Name, Type: a.T, NotNull: true})
	}
	b.emission(agg, 0)
	agg.P.Bounded = both.node.Props().Bounded
	agg.P.Updating = !agg.AtEnd
	b.stateAt(agg, x.Span())
	return &relation{node: agg, at: both.at}
}

// comparable refuses rows that cannot be told apart.
func (b *binder) comparable(s *ir.Schema, r *relation, op string, at diag.Span) bool {
	for i, c := range s.Cols {
		if !b.groupable(c.Type, r.place(i, at), op) {
			return false
		}
	}
	return true
}

// repeated gives each row of n as often as times says, which may be less than 0.
func repeated(n ir.Node, times ir.Expr, cols int) ir.Node {
	s := n.Schema()
	p := project(n, append(passOn(s)[:cols], times), append(columnNames(s)[:cols], "$times"))
	return &ir.Repeat{Input: p, S: p.S.Select(identity(cols)), P: projectProps(&p.P, passOn(p.S)[:cols])}
}

func column(n ir.Node, i int) ir.Expr {
	c := n.Schema().Cols[i]
	return &ir.ColRef{Index: i, Name: c.Name, T: c.Type}
}

func compare(op string, x ir.Expr, v int64) ir.Expr {
	return &ir.Call{Fn: op, Args: []ir.Expr{x, &ir.Const{V: v, T: ir.TBigInt}}, T: ir.TBoolean}
}

func and(a, c ir.Expr) ir.Expr {
	return &ir.Call{Fn: "AND", Args: []ir.Expr{a, c}, T: ir.TBoolean}
}
