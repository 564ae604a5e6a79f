package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// plainSelect is a query that is one SELECT of rows, without groups, limit or windows.
func (b *binder) plainSelect(q *ast.Query) (*ast.Select, bool) {
	x, ok := q.Body.(*ast.Select)
	plain := ok && len(q.With) == 0 && q.Limit == nil && q.Offset == nil && x.From != nil && len(x.GroupBy) == 0 && x.Having == nil && x.Qualify == nil && x.Emit == nil
	if !plain {
		return nil, false
	}
	return x, !slices.ContainsFunc(x.Items, func(it *ast.SelectItem) bool {
		return it.Expr != nil && (b.containsAggregate(it.Expr) || containsOver(it.Expr))
	})
}

func containsOver(e ast.Node) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		c, ok := n.(*ast.Call)
		found = found || ok && c.Over != nil
		return !found
	})
	return found
}

// correlated binds a SELECT that may name columns of the rows around it.
func (b *binder) correlated(x *ast.Select, q inQuery, outer *scope, j *joining) ([]ir.Expr, bool) {
	s := b.correlatedRows(x, outer, j)
	if s == nil {
		return nil, false
	}
	if q.exists() {
		return nil, true
	}
	if !b.comparesWith(q, len(x.Items)) {
		return nil, false
	}
	items := make([]ir.Expr, len(x.Items))
	for i, it := range x.Items {
		e := (&exprBinder{b: b, scope: s, noAggs: "IN (query)"}).bind(it.Expr)
		if e == nil {
			return nil, false
		}
		items[i] = settleNull(e)
	}
	return items, true
}

// correlatedRows binds FROM and WHERE of a SELECT that may name columns of the rows around it: its
// rows become the right side of j, and conditions on both those of j. It returns what the columns of
// the right side are called; nil: reported.
func (b *binder) correlatedRows(x *ast.Select, outer *scope, j *joining) *scope {
	c := conditionsOf(x.Where)
	var around []ast.Expr
	in, s := b.fromPlain(x, func(s *scope) (own []ast.Expr) {
		for _, e := range c.plain {
			if isAround(e, s, outer) {
				around = append(around, e)
			} else {
				own = append(own, e)
			}
		}
		return own
	})
	if in == nil {
		return nil
	}
	if in = b.scalarColumns(x, c.scalars, in, s); in == nil {
		return nil
	}
	if p := b.conjunction(x, c.scalars, s); p != nil {
		in = &relation{node: b.filtered(in.node, p), at: in.at}
	}
	for _, inner := range c.queries {
		if in = b.semiJoin(x, in, s, inner); in == nil {
			return nil
		}
	}
	j.right = in.node
	both := bothScopes(s, outer, j.width())
	eb := &exprBinder{b: b, scope: both, noAggs: "WHERE"}
	for _, e := range around {
		p := eb.condition(e, "WHERE")
		if p == nil {
			return nil
		}
		j.conds = append(j.conds, ir.Conjuncts(p)...)
	}
	return s
}

// isAround reports whether a condition in a query names a column of the rows around it: one
// that its own tables do not have.
func isAround(e ast.Expr, own, outer *scope) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		c, ok := n.(*ast.ColumnRef)
		if !ok || found {
			return !found
		}
		first := c.Parts[0].Name
		if own.hasTable(first) && len(c.Parts) > 1 || len(own.find("", first)) > 0 {
			return true
		}
		found = len(c.Parts) > 1 && outer.hasTable(first) || len(outer.find("", first)) > 0
		return !found
	})
	return found
}

// bothScopes is the columns of a query's tables, and where these have none of the name those
// of the rows around it, of which there are width.
func bothScopes(own, outer *scope, width int) *scope {
	both := &scope{what: own.what, joined: true}
	for _, c := range own.cols {
		c.index += width
		both.cols = append(both.cols, c)
	}
	for _, c := range outer.cols {
		if c.table != "" && own.hasTable(c.table) {
			continue
		}
		c.hidden = c.hidden || len(own.find("", c.col.Name)) > 0
		both.cols = append(both.cols, c)
	}
	return both
}
