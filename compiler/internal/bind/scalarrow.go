package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// aggregateOver is a query that is one row of aggregates, whose WHERE may name columns of the rows
// around it; nil: it is another one.
func (b *binder) aggregateOver(q *ast.Query, outer *scope) *ast.Select {
	x, ok := q.Body.(*ast.Select)
	one := ok && len(q.With) == 0 && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil && x.From != nil && len(x.GroupBy) == 0 &&
		x.Having == nil && x.Qualify == nil && x.Emit == nil && !x.Distinct && len(x.Items) == 1 && !x.Items[0].Star
	if !one || !namesOuter(x, outer) || !b.containsAggregate(x.Items[0].Expr) || containsOver(x.Items[0].Expr) {
		return nil
	}
	return x
}

// namesOuter reports whether a WHERE may name columns of the rows around.
func namesOuter(x *ast.Select, outer *scope) bool {
	found := false
	if x.Where != nil {
		ast.Walk(x.Where, func(n ast.Node) bool {
			if c, ok := n.(*ast.ColumnRef); ok {
				first := c.Parts[0].Name
				found = found || len(c.Parts) > 1 && outer.hasTable(first) || len(outer.find("", first)) > 0
			}
			return !found
		})
	}
	return found
}

// aggregateColumn joins to each row of in the aggregates of the rows of a query that belong to it:
// grouped by what relates them, each has one partner or none.
func (b *binder) aggregateColumn(q *ast.Subquery, x *ast.Select, in *relation, s *scope) *relation {
	j := &joining{b: b, at: q.Span(), typ: ir.LeftJoin, left: in.node}
	own := b.correlatedRows(x, s, j)
	if own == nil || !b.endsFirst(j, "a query that is a value is read to its end before the first row, and this one does not end", "read a table that ends (a file), or join with the query") {
		return nil
	}
	keys, outer, ok := b.related(j)
	if !ok {
		return nil
	}
	for _, k := range keys {
		if !b.groupable(k.right.Type(), q.Span(), "a query that is a value") {
			return nil
		}
	}
	g := &grouping{b: b, in: &relation{node: j.right}, refs: map[*ir.ColRef]diag.Span{}}
	value := (&exprBinder{b: b, scope: own, group: g}).bind(x.Items[0].Expr)
	if value == nil {
		return nil
	}
	if value = g.above(value); value == nil {
		return nil
	}
	for i := range g.aggs {
		g.aggs[i].Name = valueColumn
	}
	m := &member{b: b, at: q.Span(), node: in.node, right: j.right, keys: keys}
	parts := m.group(keys, g.aggs)
	for i := range parts {
		parts[i] = g.ofRow(i, parts[i], len(keys) > 0, outer)
	}
	value = ir.Rewrite(value, func(e ir.Expr) ir.Expr {
		if c, ok := e.(*ir.ColRef); ok && c.Index >= aggBase {
			return parts[c.Index-aggBase]
		}
		return e
	})
	if len(keys) == 0 && outer == nil {
		m.node, value = withColumn(m.node, settleNull(value)) // which names none of the rows around
		b.setScalar(q, value.(*ir.ColRef))
	} else {
		b.setMember(q, settleNull(value))
	}
	return &relation{node: m.node, at: in.at, declared: in.declared}
}

// withColumn is n with one column more, and a reference to it.
func withColumn(n ir.Node, e ir.Expr) (ir.Node, ir.Expr) {
	if c, ok := e.(*ir.ColRef); ok {
		return n, c
	}
	s := n.Schema()
	p := project(n, append(passOn(s), e), append(columnNames(s), valueColumn))
	return p, column(p, len(s.Cols))
}

// ofRow is the aggregate i of the rows that belong to one, in the column c: that of no rows where
// there is no group, or where outer is not true.
func (g *grouping) ofRow(i int, c ir.Expr, mayLack bool, outer ir.Expr) ir.Expr {
	a := &g.aggs[i]
	empty := &ir.Const{T: a.T}
	if aggColumn(a).NotNull { // counts
		empty.V = int64(0)
		if mayLack {
			c = &ir.Call{Fn: "COALESCE", Args: []ir.Expr{c, empty}, T: a.T}
		}
	}
	if outer != nil {
		c = &ir.Case{Whens: []ir.When{{Cond: outer, Then: c}}, Else: empty, T: a.T}
	}
	return c
}
