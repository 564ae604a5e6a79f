package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// queryStatement binds a query whose rows go to the client.
func (b *binder) queryStatement(x *ast.QueryStmt) {
	b.querying[x.Span().File] = true
	b.shows = len(x.Query.OrderBy) == 0 // else what is left at the end is asked for
	r := b.outermost(x.Query)
	b.shows = false
	if r == nil {
		return
	}
	if !b.remainingOvers(r.node, x.Query.Span()) {
		return
	}
	r = b.withChanges(b.settle(r))
	b.growingState(r.node, x.Query.Span())
	b.out.Logical.Sinks = append(b.out.Logical.Sinks, &ir.Sink{Input: r.node, Title: b.title(x), At: b.sources.Pos(x.Span())})
}

// maxTitle is the most characters of a query that stand above its rows.
const maxTitle = 72

// shown is a statement's text without the values of secret options in its hints.
func (b *binder) shown(x ast.Statement) string {
	at, from := x.Span(), 0
	text, out := b.sources.Text(at), ""
	for _, h := range hintsOf(x) {
		for _, a := range h.Args {
			if o := a.Option; o != nil && o.Value.At.File == at.File {
				start, end := o.Value.At.Start-at.Start, o.Value.At.End-at.Start
				value := "'***'"
				if !b.isSecret(o.Key.S) {
					value = ir.HideSecretParts(text[start:end])
				}
				out, from = out+text[from:start]+value, end
			}
		}
	}
	return out + text[from:]
}

// title is a statement's text on one line.
func (b *binder) title(x ast.Statement) string {
	text := []rune(strings.Join(strings.Fields(b.shown(x)), " "))
	if len(text) > maxTitle {
		return string(text[:maxTitle-3]) + "..."
	}
	return string(text)
}

// query binds a query; nil: it is poison.
func (b *binder) query(q *ast.Query) *relation { return b.withCTEs(q, false) }

// outermost is query for the one of a statement, whose order reaches the sink.
func (b *binder) outermost(q *ast.Query) *relation { return b.withCTEs(q, true) }

func (b *binder) withCTEs(q *ast.Query, outermost bool) *relation {
	if len(q.With) > 0 {
		b.ctes = append(b.ctes, map[string]*relation{})
		defer func() { b.ctes = b.ctes[:len(b.ctes)-1] }()
		for _, c := range q.With {
			b.with(c)
		}
	}
	switch inner, isQuery := q.Body.(*ast.Query); {
	case len(q.OrderBy) > 0:
		return b.ordered(q, outermost)
	case isQuery && outermost && q.Limit == nil && q.Offset == nil:
		return b.outermost(inner)
	}
	return b.limit(q, b.body(q.Body))
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
		b.err(diag.ColumnCount, names[0].Span().To(names[len(names)-1].Span()), "its columns: "+listed(columnNames(s))+"; name every one, or none", "%s is given %s, its query has %s", what, count(len(names), "column name"), count(len(s.Cols), "column"))
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
	return &relation{node: b.coerce(r.node, types), at: r.at}
}

// coerce casts the columns of n to the given types, inside of a projection that
// makes them where there is one.
func (b *binder) coerce(n ir.Node, types []*ir.Type) ir.Node {
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
		return project(x.Input, b.castAll(x.Exprs, types), columnNames(s))
	case *ir.Values:
		c := *x
		c.S = retyped(s, types)
		c.Rows = make([][]ir.Expr, len(x.Rows))
		for i, row := range x.Rows {
			c.Rows[i] = b.castAll(row, types)
		}
		return &c
	case *ir.Union:
		in := make([]ir.Node, len(x.In))
		for i, k := range x.In {
			in[i] = b.coerce(k, types)
		}
		return unionOf(in)
	case *ir.Limit:
		return x.WithInputs([]ir.Node{b.coerce(x.Input, types)})
	case *ir.Sort:
		return x.WithInputs([]ir.Node{b.coerce(x.Input, types)})
	}
	return project(n, b.castAll(passOn(s), types), columnNames(s))
}

func (b *binder) castAll(exprs []ir.Expr, types []*ir.Type) []ir.Expr {
	out := make([]ir.Expr, len(exprs))
	for i, e := range exprs {
		out[i] = b.castTo(e, types[i])
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
			b.err(diag.ColumnCount, row.Span(), "give every row as many values; NULL stands for one that is missing",
				"row %d of VALUES has %s, the first row has %d", i+1, count(len(row.Exprs), "value"), len(x.Rows[0].Exprs))
			good = false
			continue
		}
		exprs := make([]ir.Expr, len(row.Exprs))
		for j, e := range row.Exprs {
			exprs[j] = eb.open(e)
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
		v.Rows[i] = b.castAll(v.Rows[i], types)
	}
	r.node = v
	return r
}

func (b *binder) commonColumn(x *ast.Values, rows [][]ir.Expr, j int) *ir.Type {
	t := rows[0][j].Type()
	for i, row := range rows[1:] {
		c := ir.CommonType(t, row[j].Type())
		if c == nil {
			b.err(diag.WrongType, x.Rows[i+1].Exprs[j].Span(), b.castEither(x.Rows[i+1].Exprs[j], row[j].Type(), t), "column %d of VALUES is %s in the rows before and %s here", j+1, t, row[j].Type())
			return nil
		}
		t = c
	}
	if isOpen(t) {
		return closed(t, nil)
	}
	return t
}

// unnamed is the name of an expression that has none.
func unnamed(i int) string { return "EXPR$" + strconv.Itoa(i) }

// setOp binds a chain of UNION ALL as one, and other set operations by two (setops.go).
func (b *binder) setOp(x *ast.SetOp) *relation {
	if x.Op != "UNION" || !x.All {
		return b.rowSets(x)
	}
	parts := unionParts(x)
	in := make([]*relation, len(parts))
	ok := true
	for i, p := range parts {
		if in[i] = b.body(p); in[i] == nil {
			ok = false
		}
	}
	if !ok {
		return nil
	}
	return b.unionAll("UNION ALL", in, parts)
}

// unionParts are the inputs of a chain of UNION ALL.
func unionParts(x *ast.SetOp) []ast.QueryBody {
	var parts []ast.QueryBody
	var body ast.QueryBody = x
	for {
		op, ok := body.(*ast.SetOp)
		if !ok || op.Op != "UNION" || !op.All {
			parts = append(parts, body)
			slices.Reverse(parts)
			return parts
		}
		parts = append(parts, op.R)
		body = op.L
	}
}

// maxLeaves is the most tables that a query may read, each as often as it is named,
// also through views.
const maxLeaves = 1000

func (b *binder) unionAll(op string, in []*relation, parts []ast.QueryBody) *relation {
	first := in[0].schema()
	types := make([]*ir.Type, len(first.Cols))
	for i, c := range first.Cols {
		types[i] = c.Type
	}
	for k, r := range in[1:] {
		if !b.unify(op, types, first, r, parts[0], parts[k+1]) {
			return nil
		}
	}
	leaves := 0
	for _, r := range in {
		leaves += b.leaves(r.node)
	}
	if !b.fewEnough(leaves, parts[0].Span().To(parts[len(parts)-1].Span())) {
		return nil
	}
	nodes := make([]ir.Node, 0, len(in))
	for _, r := range in {
		n := b.coerce(r.node, types)
		if u, ok := n.(*ir.Union); ok {
			nodes = append(nodes, u.In...)
		} else {
			nodes = append(nodes, n)
		}
	}
	u := unionOf(nodes)
	u.S = u.S.Select(identity(len(types)))
	for i, c := range first.Cols {
		u.S.Cols[i].Name = c.Name
	}
	return &relation{node: u, at: in[0].at}
}

// fewEnough refuses a query that reads too many tables.
func (b *binder) fewEnough(leaves int, at diag.Span) bool {
	if leaves > maxLeaves {
		b.err(diag.TooDeep, at, "", "the query reads %d tables; it may read %d", leaves, maxLeaves)
	}
	return leaves <= maxLeaves
}

// unify widens types of the operation op to what the columns of r need; false: reported.
func (b *binder) unify(op string, types []*ir.Type, first *ir.Schema, r *relation, firstPart, part ast.QueryBody) bool {
	s := r.schema()
	if len(s.Cols) != len(types) {
		b.unionCount(op, first, r, firstPart, part)
		return false
	}
	for i, c := range s.Cols {
		if types[i].Kind == ir.Invalid || c.Type.Kind == ir.Invalid {
			types[i] = tInvalid
			continue
		}
		common := ir.CommonType(types[i], c.Type)
		if common == nil {
			b.err(diag.WrongType, r.place(i, part.Span()), castAny(b.writtenAt(r.place(i, part.Span()), "..."), c.Type, types[i]),
				"column %d of %s (`%s`) is %s before and %s here", i+1, op, first.Cols[i].Name, types[i], c.Type)
			return false
		}
		types[i] = common
	}
	return true
}

// unionCount reports parts of UNION ALL with different numbers of columns, at the one
// that lacks some.
func (b *binder) unionCount(op string, first *ir.Schema, r *relation, firstPart, part ast.QueryBody) {
	short, long, s := part, firstPart, r.schema()
	lacks, has := s, first
	if len(s.Cols) > len(first.Cols) {
		short, long, lacks, has = firstPart, part, first, s
	}
	missing := columnNames(has)[len(lacks.Cols):]
	b.err(diag.ColumnCount, short.Span(), "select a value for "+listed(missing)+" here, too (NULL stands for none), or leave it out of the other part",
		"this part of %s has %s, the other has %d", op, count(len(lacks.Cols), "column"), len(has.Cols))
	b.relate(long.Span(), "the other part: %s", listed(columnNames(has)))
}

// leaves is how many tables n reads, each as often as it stands in the tree. Parts
// that are shared, as views are, are counted once and remembered.
func (b *binder) leaves(n ir.Node) int {
	if known, ok := b.leafCount[n]; ok {
		return known
	}
	in := n.Inputs()
	count := 0
	for _, k := range in {
		count += b.leaves(k)
	}
	if len(in) == 0 {
		count = 1
	}
	b.leafCount[n] = count
	return count
}

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// unionOf makes a union of inputs of the same types. A property that all have in
// the same column stays.
func unionOf(in []ir.Node) *ir.Union {
	u := &ir.Union{In: in, P: *in[0].Props(), S: &ir.Schema{}}
	u.S.Cols = append(u.S.Cols, in[0].Schema().Cols...)
	for _, n := range in[1:] {
		p := n.Props()
		u.P.Bounded = u.P.Bounded && p.Bounded
		u.P.Updating = u.P.Updating || p.Updating
		both(&u.P.TimeCol, p.TimeCol)
		both(&u.P.OtherTime, p.OtherTime)
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
