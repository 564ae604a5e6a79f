package bind

import (
	"slices"

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

// inValues binds what IN compares; false: reported.
func (b *binder) inValues(q inQuery, s *scope, where string) ([]ir.Expr, bool) {
	out, ok := (&exprBinder{b: b, scope: s, noAggs: where}).bindAll(q.xs)
	for i := range out {
		if ok {
			out[i] = settleNull(out[i])
		}
	}
	return out, ok
}

// semiJoin keeps the rows of in that IN (query) or EXISTS (query) is true of.
func (b *binder) semiJoin(x *ast.Select, in *relation, s *scope, q inQuery) *relation {
	typ := ir.SemiJoin
	if q.not {
		typ = ir.AntiJoin
	}
	values, ok := b.inValues(q, s, "WHERE")
	if !ok {
		return nil
	}
	j := &joining{b: b, at: q.at, typ: typ, left: in.node, crossed: q.exists()}
	items, ok := b.subRows(q, s, j)
	if !ok {
		return nil
	}
	var n ir.Node
	switch {
	case q.exists():
		n = j.node()
	case len(values) == 1 && b.mayMeetNull(j, q, values, items) && len(j.conds) == 0 && j.right.Props().Bounded && !j.right.Props().Updating:
		n = b.notInNulls(j, q, values[0], items[0])
	case b.membership(j, q, values, items):
		n = j.node()
	}
	if n == nil {
		return nil
	}
	return &relation{node: n, at: in.at, declared: in.declared}
}

// subRows binds the query of IN or EXISTS as the right side of j. It returns what IN compares
// with, over that side; of EXISTS it is nothing. A plain SELECT may use columns of the rows around
// it, and its conditions on them are those of the join. False: reported.
func (b *binder) subRows(q inQuery, outer *scope, j *joining) ([]ir.Expr, bool) {
	if x, ok := b.plainSelect(q.query); ok && (q.exists() || !hasStar(x)) {
		return b.correlated(x, q, outer, j)
	}
	b.around = append(b.around, outer)
	r := b.atOnce(func() *relation { return b.query(q.query) })
	b.around = b.around[:len(b.around)-1]
	if r == nil {
		return nil, false
	}
	r = b.settle(r)
	j.right = r.node
	if q.exists() {
		return nil, true
	}
	return passOn(r.schema()), b.comparesWith(q, len(r.schema().Cols))
}

// comparesWith refuses a query of more or fewer columns than IN compares.
func (b *binder) comparesWith(q inQuery, cols int) bool {
	switch n := len(q.xs); {
	case n == cols:
		return true
	case n == 1:
		b.err(diag.ColumnCount, q.query.Span(), "select the one column that is meant", "IN compares with one column, and the query gives %d", cols)
	default:
		b.err(diag.ColumnCount, q.query.Span(), "select a column for each", "IN compares %d values, and the query gives %d", n, cols)
	}
	return false
}

func hasStar(x *ast.Select) bool {
	return slices.ContainsFunc(x.Items, func(it *ast.SelectItem) bool { return it.Star })
}

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

// membership adds to j that values, of the left side, are or are not among those of items.
func (b *binder) membership(j *joining, q inQuery, values, items []ir.Expr) bool {
	mayMeetNull := b.mayMeetNull(j, q, values, items)
	width := j.width()
	var equal []ir.Expr
	for i, value := range values {
		common := b.inCommon(q, value, items[i])
		if common == nil {
			return false
		}
		x, y := b.castTo(value, common), b.castTo(moveColumns(items[i], width), common)
		equal = append(equal, &ir.Call{Fn: "=", Args: []ir.Expr{x, y}, T: ir.TBoolean})
	}
	if mayMeetNull {
		if keys, _ := j.equalities(); len(keys) == 0 {
			j.crossed = true
			b.warn(diag.JoinWithoutKey, q.at, "write NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b = t.b), where NULL equals nothing; or declare the columns NOT NULL",
				"NOT IN of values that may be NULL: each row is compared with every row of the query, in one task")
		}
		equal = []ir.Expr{&ir.Call{Fn: "IS NOT FALSE", Args: []ir.Expr{ir.And(equal)}, T: ir.TBoolean}}
	}
	j.conds = append(j.conds, equal...)
	return true
}

// inCommon is the type that IN compares two values in; nil: reported.
func (b *binder) inCommon(q inQuery, value, item ir.Expr) *ir.Type {
	common := ir.CommonType(value.Type(), item.Type())
	if common == nil {
		b.err(diag.WrongType, q.at, "CAST one of them", "%s cannot be compared with %s", value.Type(), item.Type())
	}
	return common
}

// mayMeetNull reports whether NOT IN may compare with NULL, which makes it neither true nor false.
func (b *binder) mayMeetNull(j *joining, q inQuery, values, items []ir.Expr) bool {
	return q.not && mayBeNull(values, j.left.Schema(), items, j.right.Schema())
}

// mayBeNull reports whether one of the values or of the items may be NULL.
func mayBeNull(values []ir.Expr, of *ir.Schema, items []ir.Expr, in *ir.Schema) bool {
	return slices.ContainsFunc(values, func(e ir.Expr) bool { return !neverNull(e, of) }) ||
		slices.ContainsFunc(items, func(e ir.Expr) bool { return !neverNull(e, in) })
}

// notInNulls is NOT IN over a query that ends: with two counts of its rows, all and those that
// are not NULL, it is a join by key. It is true where there are no rows at all, or else none
// that is NULL or equal, and the value is not NULL.
func (b *binder) notInNulls(j *joining, q inQuery, value, item ir.Expr) ir.Node {
	agg := &ir.Aggregate{Input: project(j.right, []ir.Expr{item}, []string{"$in"}), AtEnd: true, StartKey: -1, EndKey: -1, P: ir.NoProps}
	agg.P.Bounded = true
	agg.S = &ir.Schema{}
	for i, name := range []string{"$all", "$known"} {
		call := ir.AggCall{Fn: "COUNT", T: ir.TBigInt, Name: name}
		if i == 1 {
			call.Args = []ir.Expr{column(agg.Input, 0)}
		}
		agg.Aggs = append(agg.Aggs, call)
		agg.S.Cols = append(agg.S.Cols, ir.Column{Name: name, Type: ir.TBigInt, NotNull: true})
	}
	width := j.width()
	counted := (&joining{b: b, at: j.at, typ: ir.LeftJoin, left: j.left, right: agg, single: true}).node()
	all, known := column(counted, width), column(counted, width+1)
	none := compare("=", all, 0)
	nothingNull := and(&ir.Call{Fn: "IS NOT NULL", Args: []ir.Expr{value}, T: ir.TBoolean}, &ir.Call{Fn: "=", Args: []ir.Expr{all, known}, T: ir.TBoolean})
	j.left = &ir.Filter{Input: counted, Pred: &ir.Call{Fn: "OR", Args: []ir.Expr{none, nothingNull}, T: ir.TBoolean}}
	plain := q
	plain.not = false // what NULL would do is done
	if !b.membership(j, plain, []ir.Expr{value}, []ir.Expr{item}) {
		return nil
	}
	n := j.node()
	return project(n, passOn(n.Schema())[:width], columnNames(n.Schema())[:width])
}
