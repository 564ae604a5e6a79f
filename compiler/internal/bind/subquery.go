package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// conditions are those of a WHERE, which all have to be true.
type conditions struct {
	plain   []ast.Expr // over the columns of FROM
	scalars []ast.Expr // that use a query as a value
	queries []inQuery  // IN (query) and EXISTS (query)
}

// inQuery is x [NOT] IN (query), (x, y) [NOT] IN (query), or [NOT] EXISTS (query), which compares nothing.
type inQuery struct {
	xs    []ast.Expr
	query *ast.Query
	not   bool
	at    diag.Span
}

func (q *inQuery) exists() bool { return len(q.xs) == 0 }

// conditionsOf sorts the conditions of a WHERE.
func conditionsOf(e ast.Expr) conditions {
	var c conditions
	var add func(e ast.Expr)
	add = func(e ast.Expr) {
		if x, ok := e.(*ast.Binary); ok && x.Op == "AND" {
			add(x.L)
			add(x.R)
		} else if q, ok := inQueryOf(e); ok {
			c.queries = append(c.queries, q)
		} else if len(queriesIn(e)) > 0 {
			c.scalars = append(c.scalars, e)
		} else {
			c.plain = append(c.plain, e)
		}
	}
	if e != nil {
		add(e)
	}
	return c
}

func inQueryOf(e ast.Expr) (q inQuery, ok bool) {
	switch x := e.(type) {
	case *ast.Unary:
		if x.Op == "NOT" {
			q, ok = inQueryOf(x.X)
			q.not = !q.not
			return q, ok
		}
	case *ast.In:
		q = inQuery{xs: []ast.Expr{x.X}, query: x.Query, not: x.Not, at: x.Span()}
		if row, ok := x.X.(*ast.RowExpr); ok {
			q.xs = row.Items
		}
		return q, x.Query != nil
	case *ast.Exists:
		return inQuery{query: x.Query, at: x.Span()}, true
	}
	return q, false
}

// queriesIn are the queries that are values in e, but for those within them; what one of them
// compares with stands before it.
func queriesIn(e ast.Node) []ast.Expr {
	var out []ast.Expr
	ast.Walk(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Subquery, *ast.Exists:
			out = append(out, x.(ast.Expr))
			return false
		case *ast.In:
			if x.Query != nil {
				out = append(append(out, queriesIn(x.X)...), x)
				return false
			}
		case *ast.Query:
			return false
		}
		return true
	})
	return out
}

// fromWhere binds FROM and WHERE, and gives what the columns are called.
func (b *binder) fromWhere(x *ast.Select) (*relation, *scope) {
	c := conditionsOf(x.Where)
	in, s := b.fromPlain(x, func(*scope) []ast.Expr { return c.plain })
	if in = b.scalarColumns(x, c.scalars, in, s); in == nil {
		return nil, nil
	}
	if len(c.scalars) > 0 {
		if p := b.conjunction(x, c.scalars, s); p != nil {
			in = &relation{node: b.filtered(in.node, p), at: in.at}
		}
	}
	for _, q := range c.queries {
		if in = b.semiJoin(x, in, s, q); in == nil {
			return nil, nil
		}
	}
	return in, s
}

// conjunction binds conditions of WHERE; nil: there are none, or one is poison.
func (b *binder) conjunction(x *ast.Select, list []ast.Expr, s *scope) ir.Expr {
	var out []ir.Expr
	where := *s
	where.hidden, where.hiding = aliasPlaces(x), "WHERE"
	eb := &exprBinder{b: b, scope: &where, noAggs: "WHERE"}
	for _, e := range list {
		if p := eb.condition(e, "WHERE"); p != nil {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return ir.And(out)
}

// scalarColumns adds to the rows of in, which are called as s says, a column for each query that
// is a value in the SELECT.
func (b *binder) scalarColumns(x *ast.Select, where []ast.Expr, in *relation, s *scope) *relation {
	if in == nil {
		return nil
	}
	b.around = append(b.around, s)
	defer func() { b.around = b.around[:len(b.around)-1] }()
	var queries []ast.Expr
	for _, e := range where {
		queries = append(queries, queriesIn(e)...)
	}
	queries = append(queries, selectedQueries(x)...)
	for _, q := range queries {
		if sub, ok := q.(*ast.Subquery); ok {
			in = b.scalarColumn(sub, in, s)
		} else {
			in = b.memberColumn(q, in, s)
		}
		if in == nil {
			return nil
		}
	}
	return in
}

// selectedQueries are the queries that are values in SELECT, HAVING and QUALIFY.
func selectedQueries(x *ast.Select) []ast.Expr {
	var out []ast.Expr
	for _, it := range x.Items {
		if it.Expr != nil {
			out = append(out, queriesIn(it.Expr)...)
		}
	}
	for _, e := range []ast.Expr{x.Having, x.Qualify} {
		if e != nil {
			out = append(out, queriesIn(e)...)
		}
	}
	return out
}

// scalarColumn joins the one row of a query to all rows of in, or to each of them its own.
func (b *binder) scalarColumn(q *ast.Subquery, in *relation, s *scope) *relation {
	if x := b.aggregateOver(q.Query, s); x != nil {
		return b.aggregateColumn(q, x, in, s)
	}
	r := b.atOnce(func() *relation { return b.query(q.Query) })
	if r == nil {
		return nil
	}
	r = b.settle(r)
	cols := r.schema().Cols
	if len(cols) != 1 {
		b.err(diag.ColumnCount, q.Span(), "select the one column that is meant", "a query that is a value gives one column, and this one gives %d", len(cols))
		return nil
	}
	if p := r.node.Props(); !p.Bounded || p.Updating {
		b.err(diag.BadArgument, q.Span(), "read a table that ends (a file), or join with the query",
			"a query that is a value is read to its end before the first row, and this one does not end")
		return nil
	}
	j := &joining{b: b, at: q.Span(), typ: ir.LeftJoin, left: in.node, right: r.node, single: true}
	n := j.node()
	at := len(n.Schema().Cols) - 1
	b.setScalar(q, &ir.ColRef{Index: at, Name: cols[0].Name, T: cols[0].Type})
	return &relation{node: n, at: in.at, declared: in.declared}
}

// setScalar enters the column of a query that is one value for all rows.
func (b *binder) setScalar(q *ast.Subquery, c *ir.ColRef) {
	if b.scalars == nil {
		b.scalars = map[*ast.Subquery]*ir.ColRef{}
	}
	b.scalars[q] = c
}

// atOnce binds what is read before the rows that it is for: where it ends its results do not
// change, whatever the query around it is to show.
func (b *binder) atOnce(bind func() *relation) *relation {
	shows := b.shows
	b.shows = false
	defer func() { b.shows = shows }()
	return bind()
}

// scalar is the column of a query that is a value; nil: reported.
func (eb *exprBinder) scalar(x *ast.Subquery) ir.Expr {
	c := eb.b.scalars[x]
	if c == nil && eb.b.members[x] != nil {
		return eb.member(x, "")
	}
	if c == nil {
		eb.b.later(x.Span(), "a query as a value here", "put it in SELECT or WHERE of a query of its own")
		return nil
	}
	ref := *c
	if eb.group != nil {
		eb.group.refs[&ref] = x.Span()
	}
	return &ref
}
