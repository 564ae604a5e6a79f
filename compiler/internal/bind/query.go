package bind

import (
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// queryStatement binds a query whose rows go to the client.
func (b *binder) queryStatement(x *ast.QueryStmt) {
	r := b.query(x.Query)
	if r == nil {
		return
	}
	r = b.settle(r)
	b.out.Logical.Sinks = append(b.out.Logical.Sinks, &ir.Sink{Input: r.node, Title: b.title(x), At: b.sources.Pos(x.Span())})
}

// maxTitle is the most characters of a query that stand above its rows.
const maxTitle = 72

// title is a query's text on one line.
func (b *binder) title(x *ast.QueryStmt) string {
	text := []rune(strings.Join(strings.Fields(b.sources.Text(x.Span())), " "))
	if len(text) > maxTitle {
		return string(text[:maxTitle-3]) + "..."
	}
	return string(text)
}

// query binds a query; nil: it is poison.
func (b *binder) query(q *ast.Query) *relation {
	if len(q.With) > 0 {
		b.ctes = append(b.ctes, map[string]*relation{})
		defer func() { b.ctes = b.ctes[:len(b.ctes)-1] }()
		for _, c := range q.With {
			b.with(c)
		}
	}
	if len(q.OrderBy) > 0 {
		b.later(q.OrderBy[0].Span(), "ORDER BY", "")
	}
	if q.Limit != nil {
		b.later(q.Limit.Span(), "LIMIT", "")
	}
	if q.Offset != nil {
		b.later(q.Offset.Span(), "OFFSET", "")
	}
	return b.body(q.Body)
}

// with binds one query of a WITH. A wrong one is nil in the map: poison.
func (b *binder) with(c *ast.CTE) {
	here := b.ctes[len(b.ctes)-1]
	if _, twice := here[c.Name.Name]; twice {
		b.err(diag.AlreadyExists, c.Name.Span(), "", "WITH names `%s` twice", c.Name.Name)
		return
	}
	r := b.query(c.Query)
	if r != nil {
		r = b.renamed(b.settle(r), c.Cols, "`"+c.Name.Name+"`")
	}
	here[c.Name.Name] = r
}

func (b *binder) body(q ast.QueryBody) *relation {
	switch x := q.(type) {
	case *ast.Select:
		return b.selectQuery(x)
	case *ast.Values:
		return b.values(x)
	case *ast.SetOp:
		return b.setOp(x)
	case *ast.Query:
		return b.query(x)
	}
	b.later(q.Span(), "this query", "")
	return nil
}

// renamed gives a relation's columns the names of a list, if there is one.
func (b *binder) renamed(r *relation, names []ast.Ident, what string) *relation {
	if len(names) == 0 {
		return r
	}
	s := r.schema()
	if len(names) != len(s.Cols) {
		b.err(diag.ColumnCount, names[0].Span(), "", "%s is given %d column names, its query has %d columns", what, len(names), len(s.Cols))
		return nil
	}
	seen := map[string]bool{}
	exprs, list := passOn(s), make([]string, len(names))
	for i, n := range names {
		if seen[n.Name] {
			b.err(diag.AlreadyExists, n.Span(), "", "%s has two columns `%s`", what, n.Name)
			return nil
		}
		seen[n.Name] = true
		list[i] = n.Name
	}
	return &relation{node: rename(r.node, exprs, list), at: r.at}
}

// passOn is a reference to each column.
func passOn(s *ir.Schema) []ir.Expr {
	out := make([]ir.Expr, len(s.Cols))
	for i, c := range s.Cols {
		out[i] = &ir.ColRef{Index: i, Name: c.Name, T: c.Type}
	}
	return out
}

// settle gives columns that are a bare NULL a type: text.
func (b *binder) settle(r *relation) *relation {
	types := make([]*ir.Type, len(r.schema().Cols))
	for i, c := range r.schema().Cols {
		types[i] = c.Type
		if c.Type.Kind == ir.Null {
			types[i] = ir.TVarchar
		}
	}
	return &relation{node: coerce(r.node, types), at: r.at}
}

// coerce casts the columns of n to the given types, inside of a projection that
// makes them where there is one.
func coerce(n ir.Node, types []*ir.Type) ir.Node {
	s := n.Schema()
	same := true
	for i, c := range s.Cols {
		same = same && c.Type.Equal(types[i])
	}
	if same {
		return n
	}
	switch x := n.(type) {
	case *ir.Project:
		return project(x.Input, castAll(x.Exprs, types), columnNames(s))
	case *ir.Values:
		c := *x
		c.S = retyped(s, types)
		c.Rows = make([][]ir.Expr, len(x.Rows))
		for i, row := range x.Rows {
			c.Rows[i] = castAll(row, types)
		}
		return &c
	case *ir.Union:
		in := make([]ir.Node, len(x.In))
		for i, k := range x.In {
			in[i] = coerce(k, types)
		}
		return unionOf(in)
	}
	return project(n, castAll(passOn(s), types), columnNames(s))
}

func castAll(exprs []ir.Expr, types []*ir.Type) []ir.Expr {
	out := make([]ir.Expr, len(exprs))
	for i, e := range exprs {
		out[i] = castTo(e, types[i])
	}
	return out
}

func retyped(s *ir.Schema, types []*ir.Type) *ir.Schema {
	out := &ir.Schema{Cols: make([]ir.Column, len(types))}
	for i, c := range s.Cols {
		c.Type = types[i]
		out.Cols[i] = c
	}
	return out
}

// values binds VALUES. The columns are called as unnamed expressions are.
func (b *binder) values(x *ast.Values) *relation {
	eb := &exprBinder{b: b, scope: &scope{what: "VALUES"}, noAggs: "VALUES"}
	v := &ir.Values{S: &ir.Schema{}, P: ir.NoProps}
	v.P.Bounded = true
	r := &relation{}
	good := true
	for i, row := range x.Rows {
		if len(row.Exprs) != len(x.Rows[0].Exprs) {
			b.err(diag.ColumnCount, row.Span(), "", "row %d of VALUES has %d values, the first row has %d", i+1, len(row.Exprs), len(x.Rows[0].Exprs))
			good = false
			continue
		}
		exprs := make([]ir.Expr, len(row.Exprs))
		for j, e := range row.Exprs {
			exprs[j] = eb.bind(e)
			good = good && exprs[j] != nil
			if i == 0 {
				r.at = append(r.at, e.Span())
			}
		}
		v.Rows = append(v.Rows, exprs)
	}
	if !good {
		return nil
	}
	types := make([]*ir.Type, len(x.Rows[0].Exprs))
	for j := range types {
		types[j] = b.commonColumn(x, v.Rows, j)
		if types[j] == nil {
			return nil
		}
		v.S.Cols = append(v.S.Cols, ir.Column{Name: unnamed(j), Type: types[j]})
	}
	for i := range v.Rows {
		v.Rows[i] = castAll(v.Rows[i], types)
	}
	r.node = v
	return r
}

func (b *binder) commonColumn(x *ast.Values, rows [][]ir.Expr, j int) *ir.Type {
	t := rows[0][j].Type()
	for i, row := range rows[1:] {
		c := ir.CommonType(t, row[j].Type())
		if c == nil {
			b.err(diag.WrongType, x.Rows[i+1].Exprs[j].Span(), "CAST it", "column %d of VALUES is %s in the rows before and %s here", j+1, t, row[j].Type())
			return nil
		}
		t = c
	}
	return t
}

// unnamed is the name of an expression that has none.
func unnamed(i int) string { return "EXPR$" + strconv.Itoa(i) }

// setOp binds UNION ALL; other set operations come later.
func (b *binder) setOp(x *ast.SetOp) *relation {
	if x.Op != "UNION" || !x.All {
		hint := ""
		if x.Op == "UNION" {
			hint = "UNION ALL keeps duplicates and is supported"
		}
		name := x.Op
		if x.All {
			name += " ALL"
		}
		b.later(x.Span(), name, hint)
		return nil
	}
	l, r := b.body(x.L), b.body(x.R)
	if l == nil || r == nil {
		return nil
	}
	return b.unionAll(l, r, x)
}

func (b *binder) unionAll(l, r *relation, x *ast.SetOp) *relation {
	ls, rs := l.schema(), r.schema()
	if len(ls.Cols) != len(rs.Cols) {
		b.err(diag.ColumnCount, x.R.Span(), "", "the sides of UNION ALL have %d and %d columns", len(ls.Cols), len(rs.Cols))
		return nil
	}
	types := make([]*ir.Type, len(ls.Cols))
	for i := range types {
		a, c := ls.Cols[i].Type, rs.Cols[i].Type
		if a.Kind == ir.Invalid || c.Kind == ir.Invalid {
			types[i] = tInvalid
			continue
		}
		if types[i] = ir.CommonType(a, c); types[i] == nil {
			b.err(diag.WrongType, r.place(i, x.R.Span()), "CAST one of them", "column %d of UNION ALL (`%s`) is %s on the left and %s on the right", i+1, ls.Cols[i].Name, a, c)
			return nil
		}
	}
	left, right := coerce(l.node, types), coerce(r.node, types)
	var in []ir.Node
	if u, ok := left.(*ir.Union); ok {
		in = append(in, u.In...)
	} else {
		in = append(in, left)
	}
	return &relation{node: unionOf(append(in, right)), at: l.at}
}

// unionOf makes a union of inputs of the same types. A property that all have in
// the same column stays.
func unionOf(in []ir.Node) *ir.Union {
	u := &ir.Union{In: in, P: *in[0].Props(), S: &ir.Schema{}}
	u.S.Cols = append(u.S.Cols, in[0].Schema().Cols...)
	for _, n := range in[1:] {
		p := n.Props()
		u.P.Bounded = u.P.Bounded && p.Bounded
		both(&u.P.TimeCol, p.TimeCol)
		both(&u.P.WindowStart, p.WindowStart)
		both(&u.P.WindowEnd, p.WindowEnd)
		both(&u.P.WindowTime, p.WindowTime)
		for i := range u.S.Cols {
			u.S.Cols[i].NotNull = u.S.Cols[i].NotNull && n.Schema().Cols[i].NotNull
		}
	}
	return u
}

func both(a *int, b int) {
	if *a != b {
		*a = -1
	}
}
