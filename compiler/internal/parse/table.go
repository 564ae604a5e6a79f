package parse

import (
	"fmt"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// tables reads what follows FROM: joins and commas.
func (p *parser) tables() ast.TableExpr {
	start := p.tok
	left := p.joins()
	for n := 0; p.tok.is(","); n++ {
		p.chain(n)
		comma := p.tok
		p.next()
		right := p.joins()
		left = &ast.Join{Place: p.from(start), Kind: ast.JoinCross, OpAt: ast.Place{At: p.spanOf(comma)}, L: left, R: right}
	}
	return left
}

func (p *parser) chain(n int) {
	if n >= maxChain {
		p.failAt(diag.TooDeep, p.here(), fmt.Sprintf("more than %d tables are joined here", maxChain), "split the query with CREATE VIEW")
	}
}

// joins reads a table and the joins behind it, from left to right.
func (p *parser) joins() ast.TableExpr {
	start := p.tok
	left := p.table()
	for n := 0; ; n++ {
		op := p.tok
		kind, natural, ok := p.joinKind()
		if !ok {
			return left
		}
		p.chain(n)
		j := &ast.Join{Kind: kind, Natural: natural, OpAt: p.from(op), L: left, R: p.table()}
		p.joinCondition(j)
		j.Place = p.from(start)
		left = j
	}
}

// joinKind takes [NATURAL] [kind] JOIN where it is next.
func (p *parser) joinKind() (kind ast.JoinKind, natural, ok bool) {
	start := p.at
	natural = p.accept("NATURAL")
	kind = ast.JoinInner
	switch {
	case p.tok.is("JOIN"), p.accept("INNER"):
	case p.accept("CROSS"):
		kind = ast.JoinCross
	case p.tok.is("LEFT"), p.tok.is("RIGHT"), p.tok.is("FULL"):
		kind = ast.JoinKind(p.tok.word)
		p.next()
		switch {
		case kind == ast.JoinLeft && p.accept("SEMI"):
			kind = ast.JoinSemi
		case kind == ast.JoinLeft && p.accept("ANTI"):
			kind = ast.JoinAnti
		default:
			p.accept("OUTER")
		}
	case p.accept("SEMI"):
		kind = ast.JoinSemi
	case p.accept("ANTI"):
		kind = ast.JoinAnti
	default:
		if p.at > start {
			p.failExpected("JOIN", "JOIN", "INNER", "LEFT")
		}
		return "", false, false
	}
	p.expect("JOIN")
	return kind, natural, true
}

func (p *parser) joinCondition(j *ast.Join) {
	switch {
	case j.Kind == ast.JoinCross || j.Natural:
		if p.tok.is("ON") || p.tok.is("USING") {
			p.failAt(diag.Syntax, p.here(), "this join takes no condition", "write JOIN ... ON")
		}
	case p.accept("ON"):
		j.On = p.expr()
	case p.accept("USING"):
		j.Using = p.idents("the list of join columns", "a column name")
	default:
		p.failExpected("ON and a condition for the join", "ON", "USING")
	}
}

// table reads one table with its alias.
func (p *parser) table() ast.TableExpr {
	p.nested()
	defer func() { p.depth-- }()
	start := p.tok
	lateral := p.tok.is("LATERAL") && (p.peek(1).is("(") || p.peek(1).is("TABLE") || p.peek(1).kind == tokWord && p.peek(2).is("("))
	if lateral {
		p.next()
	}
	switch {
	case p.tok.is("TABLE"):
		return p.tableKeyword(start, lateral)
	case p.tok.is("UNNEST") && p.peek(1).is("("):
		return p.unnest()
	case p.tok.is("("):
		return p.parenTable(start, lateral)
	case p.isName() && p.peek(1).is("("):
		f := p.tableFunc()
		f.Lateral = lateral
		f.Alias = p.optTableAlias()
		f.Place = p.from(start)
		return p.tableSuffix(start, f)
	}
	return p.namedTable(start)
}

func (p *parser) namedTable(start *token) ast.TableExpr {
	t := &ast.NamedTable{Name: p.qualified("a table"), Hints: p.optHints()}
	t.Alias = p.optTableAlias()
	if p.accepts("FOR", "SYSTEM_TIME") {
		p.expect("AS")
		p.expect("OF")
		t.AsOf = p.expr()
		if a := p.optTableAlias(); a != nil {
			p.once(t.Alias == nil, p.prev, "the alias")
			t.Alias = a
		}
	}
	if t.Hints == nil {
		t.Hints = p.optHints()
	}
	t.Place = p.from(start)
	return p.tableSuffix(start, t)
}

// tableSuffix reads MATCH_RECOGNIZE behind a table, and refuses what the language
// does not have there.
func (p *parser) tableSuffix(start *token, t ast.TableExpr) ast.TableExpr {
	switch {
	case p.tok.is("MATCH_RECOGNIZE"):
		return p.matchRecognize(start, t)
	case p.tok.is("PIVOT"), p.tok.is("UNPIVOT"), p.tok.is("TABLESAMPLE"):
		p.unsupported(p.here(), p.tok.word, "")
	}
	return t
}

// tableKeyword reads TABLE(fn(...)) or TABLE(query); lateral is already taken.
func (p *parser) tableKeyword(start *token, lateral bool) ast.TableExpr {
	p.next()
	const what = "TABLE("
	if !p.tok.is("(") {
		p.failAt(diag.Syntax, p.here(), "expected '(' behind TABLE in FROM, found "+p.found(), "in FROM a table stands without the word TABLE; TABLE(fn(...)) calls a table function")
	}
	open := p.open("(", what)
	open.glue = true
	if p.beginsQuery() {
		d := &ast.DerivedTable{Lateral: lateral, Query: p.query()}
		p.close(")", what, open)
		d.Alias = p.optTableAlias()
		d.Place = p.from(start)
		return p.tableSuffix(start, d)
	}
	if !p.isName() || !p.peek(1).is("(") {
		p.failExpected("a table function such as TUMBLE(...) inside of TABLE(...)")
	}
	f := p.tableFunc()
	f.Lateral = lateral
	if p.tok.is(",") {
		p.failAt(diag.Syntax, p.here(), "TABLE(...) holds one call and nothing else, found ','", "write all arguments inside of the parentheses of "+f.Name.Name+"(...)")
	}
	p.close(")", what, open)
	f.Alias = p.optTableAlias()
	f.Place = p.from(start)
	return p.tableSuffix(start, f)
}

func (p *parser) unnest() ast.TableExpr {
	start := p.expect("UNNEST")
	u := &ast.Unnest{}
	p.tok.glue = true
	open := p.open("(", "UNNEST")
	u.Expr = p.expr()
	p.close(")", "UNNEST", open)
	u.Ordinality = p.accepts("WITH", "ORDINALITY")
	u.Alias = p.optTableAlias()
	u.Place = p.from(start)
	return u
}

// parenTable reads (query) alias, or joins in parentheses.
func (p *parser) parenTable(start *token, lateral bool) ast.TableExpr {
	if p.parenQuery(0) && !p.parenJoin() {
		open := p.open("(", "the sub-query")
		d := &ast.DerivedTable{Lateral: lateral, Query: p.query()}
		p.close(")", "the sub-query", open)
		d.Alias = p.optTableAlias()
		d.Place = p.from(start)
		return p.tableSuffix(start, d)
	}
	open := p.open("(", "the joined tables")
	t := p.tables()
	p.close(")", "the joined tables", open)
	if at := p.here(); p.optTableAlias() != nil {
		p.failAt(diag.MissingAlias, at, "joined tables in parentheses take no alias", "give each table its own alias, or write (SELECT * FROM ...) alias")
	}
	return t
}

// parenJoin tells ((SELECT ...) a JOIN b) from ((SELECT ...) UNION ...): it looks
// at what stands behind the inner parenthesis.
func (p *parser) parenJoin() bool { return p.parenJoinAt(0) }

// parenJoinAt is parenJoin for the parenthesis at places behind the next token.
func (p *parser) parenJoinAt(at int) bool {
	if at > maxDepth || !p.peek(at+1).is("(") {
		return false
	}
	depth, n := 0, at+1
	for ; ; n++ {
		switch t := p.peek(n); {
		case t.kind == tokEOF, t.is(";"):
			return false
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
		if depth == 0 {
			break
		}
	}
	t := p.peek(n + 1)
	if t.is(")") { // one parenthesis more around the same
		return p.parenJoinAt(at + 1)
	}
	switch t.word {
	case "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH":
		return t.kind == tokQuoted
	}
	return true
}

// tableFunc reads NAME(arg, ...).
func (p *parser) tableFunc() *ast.TableFunc {
	start := p.tok
	f := &ast.TableFunc{Name: p.ident("a table function")}
	start.role, p.tok.glue = roleFunc, true
	what := "the arguments of " + f.Name.Name
	open := p.open("(", what)
	if !p.tok.is(")") {
		f.Args = list(p, p.tableArg)
	}
	p.close(")", what, open)
	f.Place = p.from(start)
	return f
}

// tableArg reads [NAME =>] value.
func (p *parser) tableArg() *ast.TableArg {
	start := p.tok
	a := &ast.TableArg{}
	if p.tok.maybeName() && (p.peek(1).is("=>") || p.peek(1).is("=") && isArgName(p.tok.word)) {
		id := p.anyIdent("an argument's name")
		a.Name = &id
		if p.tok.is("=") {
			p.errorAt(diag.Syntax, p.here(), "a named argument is written NAME => value", fmt.Sprintf("write %s => ...", id.Name))
		}
		p.next()
	}
	p.argValue(a)
	a.Place = p.from(start)
	return a
}

// isArgName reports whether NAME = value is surely meant as NAME => value.
func isArgName(word string) bool {
	switch word {
	case "DATA", "TIMECOL", "SIZE", "SLIDE", "STEP", "GAP", "LAG", "OFFSET":
		return true
	}
	return false
}

func (p *parser) argValue(a *ast.TableArg) {
	start := p.tok
	switch {
	case p.tok.is("MODEL") && p.peek(1).maybeName():
		p.unsupported(p.here(), "a MODEL", "")
	case p.tok.is("DESCRIPTOR") && p.peek(1).is("("):
		p.next()
		p.tok.glue = true
		cols := p.idents("DESCRIPTOR(", "a column name")
		a.Descriptor = &ast.Descriptor{Place: p.from(start), Cols: cols}
		return
	case p.tok.is("TABLE"):
		a.Table = p.tableArgTable(start)
	case p.parenQuery(0):
		open := p.open("(", "the sub-query")
		d := &ast.DerivedTable{Query: p.query()}
		p.close(")", "the sub-query", open)
		d.Place = p.from(start)
		a.Table = d
	case p.nestedTableFunc():
		p.nested()
		a.Table = p.tableFunc()
		p.depth--
	default:
		a.Expr = p.expr()
		return
	}
	p.argTail(a)
}

// tableArgTable reads TABLE t, TABLE(fn(...)) or TABLE(query) as an argument.
func (p *parser) tableArgTable(start *token) ast.TableExpr {
	p.next()
	if !p.tok.is("(") {
		t := &ast.NamedTable{Name: p.qualified("a table behind TABLE")}
		t.Place = p.from(start)
		return t
	}
	p.nested()
	defer func() { p.depth-- }()
	open := p.open("(", "TABLE(")
	open.glue = true
	var t ast.TableExpr
	switch {
	case p.beginsQuery():
		q := p.query()
		p.close(")", "TABLE(", open)
		return &ast.DerivedTable{Place: p.from(start), Query: q}
	case p.isName() && p.peek(1).is("("):
		f := p.tableFunc()
		p.close(")", "TABLE(", open)
		f.Place = p.from(start)
		return f
	}
	n := &ast.NamedTable{Name: p.qualified("a table, a table function or a query")}
	p.close(")", "TABLE(", open)
	n.Place = p.from(start)
	t = n
	return t
}

// nestedTableFunc reports whether a bare table function is next as an argument:
// a call whose own first argument can only stand in a table function.
func (p *parser) nestedTableFunc() bool {
	if !p.isName() || !p.peek(1).is("(") {
		return false
	}
	return p.peek(2).is("TABLE") || p.peek(2).is("DESCRIPTOR") || p.peek(2).maybeName() && p.peek(3).is("=>")
}

// argTail reads PARTITION BY and ORDER BY of a table argument. Only columns can
// stand in PARTITION BY, so that the next argument is told from the next column.
func (p *parser) argTail(a *ast.TableArg) {
	if p.accepts("PARTITION", "BY") {
		if open := p.tok; p.accept("(") {
			a.Partition = list(p, p.partitionColumn)
			p.close(")", "the partition columns", open)
		} else {
			a.Partition = []ast.Expr{p.partitionColumn()}
			for p.tok.is(",") && p.columnBehindComma() {
				p.next()
				a.Partition = append(a.Partition, p.partitionColumn())
			}
		}
	}
	if p.accepts("ORDER", "BY") {
		a.OrderBy = []*ast.OrderItem{p.orderItem()}
	}
}

// columnBehindComma reports whether a column, and not the next argument, follows the ','.
func (p *parser) columnBehindComma() bool {
	t, n := p.peek(1), p.peek(2)
	if t.kind != tokQuoted && (t.kind != tokWord || reserved[t.word]) {
		return false
	}
	return n.is(",") || n.is(")") || n.is(".")
}

func (p *parser) partitionColumn() ast.Expr {
	if !p.isName() {
		p.failExpected("a column name in PARTITION BY")
	}
	return p.columnRef()
}
