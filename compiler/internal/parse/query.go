package parse

import (
	"fmt"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// beginsQuery reports whether the next token begins a query.
func (p *parser) beginsQuery() bool {
	return p.tok.is("SELECT") || p.tok.is("WITH") || p.tok.is("VALUES") || p.parenQuery(0)
}

// parenQuery reports whether the token n places behind the next one opens a
// parenthesis around a query.
func (p *parser) parenQuery(n int) bool {
	i := n
	for i-n <= maxDepth && p.peek(i).is("(") {
		i++
	}
	t := p.peek(i)
	return i > n && (t.is("SELECT") || t.is("WITH") || t.is("VALUES"))
}

// parenQueryBehind reports whether the token behind the next one opens a parenthesis
// around a query.
func (p *parser) parenQueryBehind() bool { return p.parenQuery(1) }

// query reads [WITH ...] body [ORDER BY ...] [LIMIT ...].
func (p *parser) query() *ast.Query {
	start := p.tok
	p.nested()
	q := &ast.Query{}
	if p.accept("WITH") {
		if p.tok.is("RECURSIVE") {
			p.unsupported(p.here(), "WITH RECURSIVE", "")
		}
		q.With = p.ctes()
		if !p.beginsQuery() {
			p.failExpected("',' or SELECT behind the queries of WITH", "SELECT", "VALUES")
		}
	}
	q.Body = p.body(1)
	p.queryTail(q)
	p.depth--
	q.Place = p.from(start)
	return q
}

// ctes reads the queries of WITH. A ',' behind the last one is reported.
func (p *parser) ctes() []*ast.CTE {
	out := []*ast.CTE{p.cte()}
	for p.accept(",") {
		if p.beginsQuery() {
			p.soft++
			p.errorAt(diag.Syntax, p.spanOf(p.prev), "there is a ',' but no other query of WITH behind it", "remove the ','")
			break
		}
		out = append(out, p.cte())
	}
	return out
}

func (p *parser) cte() *ast.CTE {
	start := p.tok
	c := &ast.CTE{Name: p.ident("a name for the query in WITH")}
	if p.tok.is("(") && !p.parenQuery(0) {
		c.Cols = p.idents("the column list", "a column name")
	}
	if !p.accept("AS") {
		p.failExpected("AS before the query", "AS")
	}
	const what = "the query"
	open := p.open("(", what+" in WITH")
	c.Query = p.innerQuery()
	p.close(")", what, open)
	c.Place = p.from(start)
	return c
}

// innerQuery reads a query where one must stand.
func (p *parser) innerQuery() *ast.Query {
	if !p.beginsQuery() {
		p.failExpected("a query", "SELECT", "WITH", "VALUES")
	}
	return p.query()
}

// queryTail reads ORDER BY, LIMIT, OFFSET and FETCH.
func (p *parser) queryTail(q *ast.Query) {
	if p.accepts("ORDER", "BY") {
		q.OrderBy = list(p, p.orderItem)
	} else if p.tok.is("ORDER") {
		p.next()
		p.failExpected("BY behind ORDER", "BY")
	}
	for {
		at := p.tok
		switch {
		case p.accept("LIMIT"):
			p.once(q.Limit == nil, at, "LIMIT")
			if !p.accept("ALL") {
				q.Limit = p.expr()
			}
		case p.accept("OFFSET"):
			p.once(q.Offset == nil, at, "OFFSET")
			q.Offset = p.expr()
			if !p.accept("ROW") {
				p.accept("ROWS")
			}
		case p.accept("FETCH"):
			p.once(q.Limit == nil, at, "LIMIT")
			q.Limit = p.fetch()
		default:
			s, _ := q.Body.(*ast.Select)
			p.refuseOrder(s, q)
			p.refuseSetOp(q)
			return
		}
	}
}

// fetch reads FIRST n ROWS ONLY.
func (p *parser) fetch() ast.Expr {
	if !p.accept("FIRST") {
		p.expect("NEXT")
	}
	var n ast.Expr
	switch {
	case p.placeholder(p.tok):
		n = p.columnRef()
	case p.tok.kind == tokNumber:
		n = p.number(p.tok, "")
	case p.tok.is("ROW"), p.tok.is("ROWS"):
		n = &ast.Literal{Place: p.from(p.prev), V: int64(1), T: ir.TInteger}
	default:
		p.failExpected("a number of rows")
	}
	if !p.accept("ROW") {
		p.expect("ROWS")
	}
	p.expect("ONLY")
	return n
}

func (p *parser) orderItem() *ast.OrderItem {
	start := p.tok
	o := &ast.OrderItem{Expr: p.expr()}
	if p.accept("DESC") {
		o.Desc = true
	} else {
		p.accept("ASC")
	}
	switch {
	case p.accepts("NULLS", "FIRST"):
		o.Nulls = ast.NullsFirst
	case p.accepts("NULLS", "LAST"):
		o.Nulls = ast.NullsLast
	}
	o.Place = p.from(start)
	return o
}

// body reads SELECTs joined by set operations. INTERSECT (level 2) binds more
// tightly than UNION and EXCEPT (level 1).
func (p *parser) body(level int) ast.QueryBody {
	start := p.tok
	var left ast.QueryBody
	if level > 2 {
		return p.simpleBody()
	}
	left = p.body(level + 1)
	for n := 0; p.setOpLevel() == level; n++ {
		if n >= maxChain {
			p.failAt(diag.TooDeep, p.here(), fmt.Sprintf("more than %d queries are joined here", maxChain), "split them with CREATE VIEW")
		}
		op := &ast.SetOp{Op: p.tok.word, L: left}
		p.next()
		if p.accept("ALL") {
			op.All = true
		} else {
			p.accept("DISTINCT")
		}
		if !p.beginsQuery() || p.tok.is("WITH") {
			p.failExpected("a query behind "+op.Op, "SELECT", "VALUES", "ALL")
		}
		op.R = p.body(level + 1)
		op.Place = p.from(start)
		left = op
	}
	return left
}

func (p *parser) setOpLevel() int {
	if p.tok.kind != tokWord {
		return 0
	}
	switch p.tok.word {
	case "UNION", "EXCEPT":
		return 1
	case "INTERSECT":
		return 2
	}
	return 0
}

// simpleBody reads SELECT, VALUES or a query in parentheses.
func (p *parser) simpleBody() ast.QueryBody {
	switch {
	case p.tok.is("SELECT"):
		return p.selectBody()
	case p.tok.is("VALUES"):
		return p.values()
	}
	const what = "the query"
	start := p.tok
	open := p.open("(", what)
	q := p.innerQuery()
	p.close(")", what, open)
	if len(q.With) == 0 && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil {
		return q.Body // the parentheses say nothing that the tree does not
	}
	q.Place = p.from(start)
	return q
}

func (p *parser) values() ast.QueryBody {
	start := p.expect("VALUES")
	v := &ast.Values{Rows: list(p, p.valuesRow)}
	v.Place = p.from(start)
	return v
}

func (p *parser) valuesRow() *ast.ValuesRow {
	start := p.tok
	if p.tok.is("ROW") && p.peek(1).is("(") {
		p.next()
	}
	const what = "the row"
	if !p.tok.is("(") {
		p.failAt(diag.Syntax, p.here(), "expected '(' to open a row of VALUES, found "+p.found(), "each row stands in parentheses: VALUES (1, 'a'), (2, 'b')")
	}
	open := p.open("(", what)
	r := &ast.ValuesRow{Exprs: list(p, p.expr)}
	p.close(")", what, open)
	r.Place = p.from(start)
	return r
}

// selectBody reads one SELECT up to EMIT.
func (p *parser) selectBody() ast.QueryBody {
	start := p.expect("SELECT")
	s := &ast.Select{Hints: p.optHints()}
	s.Distinct = p.accept("DISTINCT")
	if !s.Distinct {
		p.accept("ALL")
	}
	s.Items = p.selectItems()
	if p.accept("FROM") {
		p.clause(func() { s.From = p.tables() })
	} else if p.isName() && !p.tok.lineStart && !notAlias[p.tok.word] {
		p.clause(func() { p.failExpected("',' or FROM behind the SELECT list", clauseWords...) })
		if p.accept("FROM") {
			p.clause(func() { s.From = p.tables() })
		}
	}
	if p.accept("WHERE") {
		p.clause(func() { s.Where = p.expr() })
	}
	if p.accept("GROUP") {
		p.clause(func() {
			p.expect("BY")
			if p.tok.is("DISTINCT") {
				p.unsupported(p.here(), "GROUP BY DISTINCT", "name each grouping set once")
			}
			s.GroupBy = list(p, p.groupItem)
		})
	}
	if p.accept("HAVING") {
		p.clause(func() { s.Having = p.expr() })
	}
	p.windowClauses(s)
	if p.tok.is("EMIT") {
		s.Emit = p.emit()
	}
	p.refuseOrder(s, nil)
	s.Place = p.from(start)
	return s
}

// selectItems reads the items up to FROM. A ',' right before FROM is reported.
func (p *parser) selectItems() []*ast.SelectItem {
	if p.tok.is("FROM") || p.tok.kind == tokEOF || p.tok.is(";") {
		p.failExpected("an expression or * behind SELECT")
	}
	if n := p.peek(1); p.tok.is("TOP") && n.kind == tokNumber {
		p.errorAt(diag.Syntax, p.here().To(p.spanOf(n)), "SELECT TOP is not known here", fmt.Sprintf("write LIMIT %s at the end of the query", p.text(n)))
		p.next()
		p.next()
	}
	if n := p.peek(2); p.tok.is("TOP") && p.peek(1).is("(") && n.kind == tokNumber && p.peek(3).is(")") {
		p.errorAt(diag.Syntax, p.here().To(p.spanOf(p.peek(3))), "SELECT TOP is not known here", fmt.Sprintf("write LIMIT %s at the end of the query", p.text(n)))
		for range 4 {
			p.next()
		}
	}
	var items []*ast.SelectItem
	one := func() { p.clausePart(func() { items = append(items, p.selectItem()) }) }
	one()
	for p.accept(",") {
		if p.tok.is("FROM") {
			p.report(diag.Syntax, p.prev.start, p.prev.end, "there is a ',' but nothing behind it", "remove the ','")
			break
		}
		one()
	}
	return items
}

// windowClauses reads WINDOW and QUALIFY, which dialects order differently.
func (p *parser) windowClauses(s *ast.Select) {
	for {
		at := p.tok
		switch {
		case p.tok.is("WINDOW") && p.peek(1).maybeName() && p.peek(2).is("AS"):
			p.next()
			p.once(s.Windows == nil, at, "WINDOW")
			p.clause(func() { s.Windows = list(p, p.namedWindow) })
		case p.accept("QUALIFY"):
			p.once(s.Qualify == nil, at, "QUALIFY")
			p.clause(func() { s.Qualify = p.expr() })
		default:
			return
		}
	}
}

func (p *parser) namedWindow() *ast.NamedWindow {
	start := p.tok
	w := &ast.NamedWindow{Name: p.ident("the name of a window")}
	p.expect("AS")
	w.Window = p.window("the window")
	w.Place = p.from(start)
	return w
}

func (p *parser) selectItem() *ast.SelectItem {
	start := p.tok
	item := &ast.SelectItem{}
	switch {
	case p.accept("*"):
		item.Star = true
	case p.qualifiedStar():
		item.Star = true
		for !p.accept("*") {
			item.Table = append(item.Table, p.anyIdent("a name"))
			p.expect(".")
		}
	default:
		item.Expr = p.expr()
		item.Alias = p.optAlias()
	}
	item.Place = p.from(start)
	return item
}

// qualifiedStar reports whether t.* or a.b.* is next.
func (p *parser) qualifiedStar() bool {
	n := 0
	for p.peek(n).maybeName() && p.peek(n+1).is(".") {
		n += 2
	}
	return n > 0 && p.peek(n).is("*")
}

// beginsGroupingSets reports whether GROUPING SETS, ROLLUP or CUBE is next.
func (p *parser) beginsGroupingSets() bool {
	n := p.peek(1)
	return p.tok.is("GROUPING") && n.is("SETS") || (p.tok.is("ROLLUP") || p.tok.is("CUBE")) && n.is("(")
}

// groupItem reads an expression, GROUPING SETS, ROLLUP, CUBE, or () for GROUPING SETS (()).
func (p *parser) groupItem() ast.Expr {
	p.nested()
	defer func() { p.depth-- }()
	start := p.tok
	g := &ast.GroupingSets{}
	switch {
	case p.accepts("(", ")"):
		return &ast.GroupingSets{Place: p.from(start), Kind: "GROUPING SETS", Sets: [][]ast.Expr{{}}}
	case p.tok.is("GROUPING") && p.peek(1).is("SETS"):
		p.next()
		g.Kind = "GROUPING SETS"
	case (p.tok.is("ROLLUP") || p.tok.is("CUBE")) && p.peek(1).is("("):
		g.Kind = p.tok.word
	default:
		return p.expr()
	}
	p.next()
	open := p.open("(", "the grouping sets")
	g.Sets = list(p, p.groupingSet)
	p.close(")", "the grouping sets", open)
	g.Place = p.from(start)
	return g
}

// groupingSet reads (a, b), () or a.
func (p *parser) groupingSet() []ast.Expr {
	if p.beginsGroupingSets() {
		return []ast.Expr{p.groupItem()}
	}
	if !p.tok.is("(") {
		return []ast.Expr{p.expr()}
	}
	open := p.open("(", "the grouping set")
	if p.accept(")") {
		return []ast.Expr{}
	}
	set := list(p, p.expr)
	p.close(")", "the grouping set", open)
	return set
}

func (p *parser) emit() *ast.Emit {
	start := p.expect("EMIT")
	e := &ast.Emit{}
	switch {
	case p.accept("PARTIAL"):
		e.Partial = true
	case p.accept("EVERY"):
		e.Every = p.expr()
	default:
		p.failExpected("EVERY or PARTIAL behind EMIT", "EVERY", "PARTIAL")
	}
	e.Place = p.from(start)
	return e
}
