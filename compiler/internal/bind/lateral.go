package bind

import (
	"slices"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// lateral is LATERAL (SELECT ...) on the right side of a join: expressions over the row of the
// left side, and of an element of a list of its where the query is over UNNEST.
type lateral struct {
	outer *joinTree // the left side of the join
	where []ir.Expr
	exprs []ir.Expr
}

const lateralQuery = "LATERAL (SELECT ...)"

// joinLateral binds l [LEFT] JOIN LATERAL (SELECT ...); nil: it is poison.
func (b *binder) joinLateral(l *joinTree, x *ast.Join, d *ast.DerivedTable) *joinTree {
	q := b.lateralSelect(d.Query)
	switch {
	case q == nil:
		b.err(diag.NotSupported, d.Span(), "leave LATERAL out and say in ON what the rows have in common; of a list of the row: GROUP BY above CROSS JOIN UNNEST(...), or functions such as CARDINALITY and ARRAY_SORT",
			"LATERAL takes a SELECT of plain expressions, over UNNEST of a list or without FROM")
		return nil
	case l == nil || !b.unnestKind(x, lateralQuery):
		return nil
	case q.Where != nil && x.Kind == ast.JoinLeft:
		b.err(diag.NotSupported, q.Where.Span(), "write CASE WHEN the condition is true THEN ... END in SELECT; or CROSS JOIN, which leaves the row out",
			"LEFT JOIN LATERAL takes no WHERE: it would have to keep a row whose elements are all left out")
		return nil
	}
	over := b.lateralFrom(l, x, q)
	if over == nil {
		return nil
	}
	t := &joinTree{left: over, lateral: &lateral{outer: l}, kind: x.Kind, at: x.OpAt.Span(), names: slices.Clone(l.names), width: over.width}
	if d.Alias != nil {
		t.name, t.at = d.Alias.Name.Name, d.Span()
	}
	if !b.lateralItems(t, q, d) || !b.distinctNames(l, &joinTree{rel: &relation{}, name: t.name, at: d.Span()}) || !b.unnestOn(t, x, lateralQuery) {
		return nil
	}
	return t
}

// lateralSelect is a query that has a row for each row that its FROM has, if that; nil: it is none.
func (b *binder) lateralSelect(q *ast.Query) *ast.Select {
	if len(q.With) > 0 || len(q.OrderBy) > 0 || q.Limit != nil || q.Offset != nil {
		return nil
	}
	if inner, ok := q.Body.(*ast.Query); ok {
		return b.lateralSelect(inner)
	}
	s, ok := q.Body.(*ast.Select)
	if !ok || s.Distinct || len(s.GroupBy) > 0 || s.Having != nil || len(s.Windows) > 0 || s.Qualify != nil || s.Emit != nil {
		return nil
	}
	if _, over := s.From.(*ast.Unnest); s.From != nil && !over {
		return nil
	}
	for _, it := range s.Items {
		if it.Expr != nil && (b.containsAggregate(it.Expr) || containsOver(it.Expr)) {
			return nil
		}
	}
	return s
}

// lateralFrom is the left side, and where the query is over UNNEST its elements, whose number
// says in an outer join whether there is one.
func (b *binder) lateralFrom(l *joinTree, x *ast.Join, q *ast.Select) *joinTree {
	u, ok := q.From.(*ast.Unnest)
	if !ok {
		return l
	}
	t := b.unnestOf(l, u)
	if t == nil {
		return nil
	}
	t.kind, t.unnest.outer = ast.JoinCross, x.Kind == ast.JoinLeft
	if t.unnest.outer && !u.Ordinality {
		t.unnest.parts = append(slices.Clip(t.unnest.parts), ir.Column{Name: ir.OrdinalityColumn, Type: ir.TBigInt})
		t.width++
	}
	return t
}

// lateralItems binds WHERE and what the query selects. A name is that of an element before it
// is one of the left side.
func (b *binder) lateralItems(t *joinTree, q *ast.Select, d *ast.DerivedTable) bool {
	all := t.left.scope()
	inner := &scope{what: "UNNEST"}
	if t.left.unnest != nil {
		inner.cols = slices.Clone(all.cols[len(t.left.left.names):])
		for i := range t.left.left.names {
			all.cols[i].hidden = all.cols[i].hidden || len(inner.find("", all.cols[i].col.Name)) > 0
		}
	}
	eb := &exprBinder{b: b, scope: all, noAggs: "LATERAL"}
	if q.Where != nil {
		c := eb.condition(q.Where, "WHERE")
		if c == nil {
			return false
		}
		t.lateral.where = ir.Conjuncts(c)
	}
	if q.From == nil {
		if i := slices.IndexFunc(q.Items, func(it *ast.SelectItem) bool { return it.Star }); i >= 0 {
			b.err(diag.Syntax, q.Items[i].Span(), "name the columns", "`*` stands for the columns of FROM, and there is none")
			return false
		}
	}
	items, ok := b.items(q, inner)
	if !ok {
		return false
	}
	names := make([]string, len(items))
	for i, it := range items {
		e := eb.item(it)
		if e == nil {
			return false
		}
		names[i] = it.name
		t.lateral.exprs = append(t.lateral.exprs, t.left.ofElement(e))
	}
	return b.lateralNames(t, names, d)
}

// ofElement is e where there is an element, and NULL elsewhere.
func (t *joinTree) ofElement(e ir.Expr) ir.Expr {
	if t.unnest == nil || !t.unnest.outer {
		return e
	}
	number := &ir.ColRef{Index: t.width - 1, Name: ir.OrdinalityColumn, T: ir.TBigInt}
	there := &ir.Call{Fn: "IS NOT NULL", Args: []ir.Expr{number}, T: ir.TBoolean}
	return &ir.Case{Whens: []ir.When{{Cond: there, Then: e}}, T: e.Type()}
}

// lateralNames calls the columns what the query or its alias does.
func (b *binder) lateralNames(t *joinTree, names []string, d *ast.DerivedTable) bool {
	s := &ir.Schema{}
	for i, e := range t.lateral.exprs {
		s.Cols = append(s.Cols, ir.Column{Name: names[i], Type: e.Type()})
	}
	r := &relation{node: &ir.Values{S: s, P: ir.NoProps}}
	if d.Alias != nil {
		if r = b.renamed(r, d.Alias.Cols, "`"+t.name+"`"); r == nil {
			return false
		}
	}
	for _, c := range r.schema().Cols {
		t.names = append(t.names, scopeCol{table: t.name, col: c, index: t.width})
		t.width++
	}
	return true
}

// computed makes the nodes of LATERAL over a left side, as joined does. WHERE is asked before
// anything is computed.
func (b *binder) computed(t *joinTree, above []ir.Expr) (n ir.Node, rest []ir.Expr, ok bool) {
	below, rest := t.left.divideAlone(append(slices.Clone(above), t.on...))
	left, conds, ok := b.joined(t.left, below)
	if !ok {
		return nil, nil, false
	}
	if conds = append(conds, t.lateral.where...); len(conds) > 0 {
		left = b.filtered(left, ir.And(conds))
	}
	s := left.Schema()
	exprs, names := passOn(s), columnNames(s)
	for i, e := range t.lateral.exprs {
		exprs, names = append(exprs, e), append(names, t.names[len(t.names)-len(t.lateral.exprs)+i].col.Name)
	}
	return project(left, exprs, names), rest, true
}

// divideAlone takes the conditions that may be those of joins in the tree, which is the only
// side that there is.
func (t *joinTree) divideAlone(conds []ir.Expr) (below, rest []ir.Expr) {
	for _, c := range conds {
		if !ir.IsVolatile(c) && t.relates(c) {
			below = append(below, c)
		} else {
			rest = append(rest, c)
		}
	}
	return below, rest
}
