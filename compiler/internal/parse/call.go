package parse

import (
	"fmt"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// callWord reads a call whose name is an unquoted word: the forms with words
// inside, or an ordinary call.
func (p *parser) callWord() ast.Expr {
	start := p.tok
	switch p.tok.word {
	case "CAST", "TRY_CAST":
		return p.cast()
	case "EXISTS":
		p.next()
		open := p.open("(", "EXISTS")
		q := p.innerQuery()
		p.close(")", "EXISTS", open)
		return &ast.Exists{Place: p.from(start), Query: q}
	case "EXTRACT", "TIMESTAMPADD", "TIMESTAMPDIFF":
		return p.unitCall()
	case "SUBSTRING", "SUBSTR":
		return p.substring()
	case "POSITION":
		return p.position()
	case "TRIM":
		return p.trim()
	case "CEIL", "CEILING", "FLOOR":
		return p.round()
	case "OVERLAY":
		return p.overlay()
	case "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_OBJECT", "JSON_OBJECTAGG", "JSON_ARRAY", "JSON_ARRAYAGG":
		return p.jsonCall()
	}
	return p.call(start)
}

// cast reads CAST(x AS type) and TRY_CAST.
func (p *parser) cast() ast.Expr {
	start := p.tok
	p.next()
	c := &ast.Cast{Try: start.is("TRY_CAST")}
	p.tok.glue = true
	open := p.open("(", start.word)
	c.X = p.expr()
	if !p.accept("AS") {
		p.failBad()
		p.failAt(diag.Syntax, p.here(), "expected AS and a type in "+start.word+", found "+p.found(), "write "+start.word+"(value AS type)")
	}
	c.Type = p.typ()
	p.close(")", start.word, open)
	c.Place = p.from(start)
	return c
}

// begin takes the name of a function and its '('.
func (p *parser) begin() (c *ast.Call, start, open *token) {
	start = p.tok
	c = &ast.Call{Name: p.anyIdent("a function")}
	start.role, p.tok.glue = roleFunc, true
	return c, start, p.open("(", c.Name.Name)
}

// end takes the ')' of a call and what may follow it.
func (p *parser) end(c *ast.Call, start, open *token) *ast.Call {
	p.close(")", "the arguments of "+c.Name.Name, open)
	c.Place = p.from(start)
	p.callTail(c, start)
	return c
}

// unitCall reads EXTRACT(unit FROM x), TIMESTAMPADD(unit, n, t) and TIMESTAMPDIFF:
// the unit becomes a string.
func (p *parser) unitCall() ast.Expr {
	c, start, open := p.begin()
	extract := start.is("EXTRACT")
	sep := p.peek(1)
	if p.tok.kind == tokWord && (extract && sep.is("FROM") || !extract && sep.is(",")) {
		unit := p.extractUnit(extract)
		c.Args = append(c.Args, unit)
		p.next()
		c.Args = append(c.Args, list(p, p.expr)...)
		return p.end(c, start, open)
	}
	c.Args = list(p, p.expr)
	if extract && len(c.Args) == 1 {
		p.failAt(diag.Syntax, c.Args[0].Span(), "EXTRACT takes a unit and FROM before the time", "write EXTRACT(HOUR FROM t)")
	}
	return p.end(c, start, open)
}

// extractUnits are the parts of a time that EXTRACT knows beside the units of intervals.
var extractUnits = wordSet("DOY", "DOW", "ISODOW", "EPOCH", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM")

func (p *parser) extractUnit(extract bool) *ast.Literal {
	name := ""
	if u, ok := unitOf(p.tok); ok {
		name = u.name
	} else if extract && extractUnits[p.tok.word] {
		name = p.tok.word
	} else {
		p.unit() // reports
	}
	p.next()
	return &ast.Literal{Place: p.from(p.prev), V: name, T: ir.TVarchar}
}

// substring reads SUBSTRING(s FROM a [FOR b]) or SUBSTRING(s, a, b).
func (p *parser) substring() ast.Expr {
	c, start, open := p.begin()
	if p.tok.is(")") {
		return p.end(c, start, open)
	}
	c.Args = []ast.Expr{p.expr()}
	switch {
	case p.accept("FROM"):
		c.Args = append(c.Args, p.expr())
		if p.accept("FOR") {
			c.Args = append(c.Args, p.expr())
		}
	case p.accept(","):
		c.Args = append(c.Args, list(p, p.expr)...)
	}
	return p.end(c, start, open)
}

// position reads POSITION(a IN b) or POSITION(a, b).
func (p *parser) position() ast.Expr {
	c, start, open := p.begin()
	c.Args = []ast.Expr{p.exprAt(precConcat)} // IN is not an operator here
	if !p.accept("IN") {
		p.expect(",")
	}
	c.Args = append(c.Args, p.expr())
	return p.end(c, start, open)
}

// trim reads TRIM([BOTH | LEADING | TRAILING] [c] FROM s) or TRIM(s [, c]).
func (p *parser) trim() ast.Expr {
	c, start, open := p.begin()
	side := p.tok
	switch {
	case p.peek(1).is(","), p.peek(1).is(")"):
		// a column of that name
	case p.accept("LEADING"):
		c.Name.Name = "LTRIM"
	case p.accept("TRAILING"):
		c.Name.Name = "RTRIM"
	default:
		p.accept("BOTH")
	}
	sided := side != p.tok
	if p.accept("FROM") {
		c.Args = []ast.Expr{p.expr()}
		return p.end(c, start, open)
	}
	x := p.expr()
	switch {
	case p.accept("FROM"):
		c.Args = []ast.Expr{p.expr(), x}
	case sided:
		p.failExpected("FROM", "FROM")
	case p.accept(","):
		c.Args = append([]ast.Expr{x}, list(p, p.expr)...)
	default:
		c.Args = []ast.Expr{x}
	}
	return p.end(c, start, open)
}

// round reads FLOOR(x), FLOOR(x TO unit) and CEIL alike.
func (p *parser) round() ast.Expr {
	c, start, open := p.begin()
	if p.tok.is(")") {
		return p.end(c, start, open)
	}
	c.Args = []ast.Expr{p.expr()}
	if p.accept("TO") {
		r := &ast.RoundTo{Ceil: !start.is("FLOOR"), X: c.Args[0], Unit: p.unit().name}
		p.close(")", "the arguments of "+c.Name.Name, open)
		r.Place = p.from(start)
		return r
	}
	if p.accept(",") {
		c.Args = append(c.Args, list(p, p.expr)...)
	}
	return p.end(c, start, open)
}

// overlay reads OVERLAY(s PLACING t FROM a [FOR b]) or OVERLAY(s, t, a, b).
func (p *parser) overlay() ast.Expr {
	c, start, open := p.begin()
	if p.tok.is(")") {
		return p.end(c, start, open)
	}
	c.Args = []ast.Expr{p.expr()}
	if p.accept("PLACING") {
		c.Args = append(c.Args, p.expr())
		p.expect("FROM")
		c.Args = append(c.Args, p.expr())
		if p.accept("FOR") {
			c.Args = append(c.Args, p.expr())
		}
	} else if p.accept(",") {
		c.Args = append(c.Args, list(p, p.expr)...)
	}
	return p.end(c, start, open)
}

// call reads NAME([DISTINCT] args) with what may follow.
func (p *parser) call(start *token) ast.Expr {
	c, _, open := p.begin()
	switch {
	case p.tok.is(")"):
	case p.tok.is("*"):
		p.next()
		c.Star = true
	default:
		if c.Distinct = p.accept("DISTINCT"); !c.Distinct {
			p.accept("ALL")
		}
		first := p.tok
		c.Args = list(p, p.argument)
		p.refuseCondition(c.Name.Name, first)
		if p.accepts("ORDER", "BY") {
			c.OrderBy = list(p, p.orderItem)
		}
		p.nullTreatment(c)
	}
	return p.end(c, start, open)
}

// argument reads an argument of a scalar function; the forms of table functions
// are refused with the place where they belong.
func (p *parser) argument() ast.Expr {
	switch {
	case p.tok.is("TABLE"), p.tok.is("DESCRIPTOR") && p.peek(1).is("("), p.tok.maybeName() && p.peek(1).is("=>"):
		p.failAt(diag.Syntax, p.here(), fmt.Sprintf("'%s' can only stand in the arguments of a table function", p.text(p.tok)), "table functions stand in FROM: FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))")
	}
	return p.expr()
}

// callTail reads IGNORE NULLS, WITHIN GROUP, FILTER and OVER.
func (p *parser) callTail(c *ast.Call, start *token) {
	p.nullTreatment(c) // before or behind the others: both are in the field
	if p.accepts("WITHIN", "GROUP") {
		open := p.open("(", "WITHIN GROUP")
		p.expect("ORDER")
		p.expect("BY")
		c.Within = list(p, p.orderItem)
		p.close(")", "WITHIN GROUP", open)
	}
	if p.tok.is("FILTER") && p.peek(1).is("(") {
		p.next()
		open := p.open("(", "FILTER")
		p.expect("WHERE")
		c.Filter = p.expr()
		p.close(")", "FILTER", open)
	}
	p.nullTreatment(c)
	if p.tok.is("OVER") {
		c.Over = p.over()
	}
	c.Place = p.from(start)
}

// nullTreatment reads IGNORE NULLS or RESPECT NULLS, which stands inside or behind the
// parentheses of a call.
func (p *parser) nullTreatment(c *ast.Call) {
	at := p.tok
	if p.accepts("IGNORE", "NULLS") || p.accepts("RESPECT", "NULLS") {
		p.once(c.Nulls == "", at, "IGNORE or RESPECT NULLS")
		c.Nulls = at.word
	}
}

// over reads OVER (...) or OVER w.
func (p *parser) over() *ast.Window {
	start := p.expect("OVER")
	var w *ast.Window
	if p.isName() {
		id := p.ident("the name of a window")
		w = &ast.Window{Name: &id, Bare: true}
	} else {
		w = p.window("OVER")
	}
	w.Place = p.from(start)
	return w
}

// window reads ([name] [PARTITION BY ...] [ORDER BY ...] [frame]).
func (p *parser) window(what string) *ast.Window {
	start := p.tok
	w := &ast.Window{}
	open := p.open("(", what)
	frame := p.tok.is("ROWS") || p.tok.is("RANGE")
	if p.isName() && !frame && !p.tok.is("PARTITION") && !(p.tok.is("GROUPS") && !p.peek(1).is(")")) {
		id := p.ident("the name of a window")
		w.Name = &id
	}
	if p.accepts("PARTITION", "BY") {
		w.Partition = list(p, p.expr)
	}
	if p.accepts("ORDER", "BY") {
		w.OrderBy = list(p, p.orderItem)
	}
	if p.tok.is("ROWS") || p.tok.is("RANGE") {
		w.Frame = p.frame()
	}
	if p.tok.is("GROUPS") || p.tok.is("EXCLUDE") {
		p.unsupported(p.here(), p.tok.word+" in a window frame", "write ROWS or RANGE BETWEEN ... AND ...")
	}
	p.close(")", what, open)
	w.Place = p.from(start)
	return w
}

func (p *parser) frame() *ast.Frame {
	start := p.tok
	f := &ast.Frame{Rows: p.tok.is("ROWS")}
	p.next()
	if p.accept("BETWEEN") {
		f.Start = p.bound()
		p.expect("AND")
		f.End = p.bound()
	} else {
		f.Start = p.bound()
		f.End = ast.Bound{Place: f.Start.Place, Kind: ast.CurrentRow}
	}
	f.Place = p.from(start)
	return f
}

func (p *parser) bound() ast.Bound {
	start := p.tok
	var b ast.Bound
	switch {
	case p.accepts("CURRENT", "ROW"):
		b.Kind = ast.CurrentRow
	case p.accepts("UNBOUNDED", "PRECEDING"):
		b.Kind = ast.UnboundedPreceding
	case p.accepts("UNBOUNDED", "FOLLOWING"):
		b.Kind = ast.UnboundedFollowing
	default:
		b.N = p.exprAt(precConcat)
		if b.Kind = ast.Preceding; !p.accept("PRECEDING") {
			b.Kind = ast.Following
			p.expect("FOLLOWING")
		}
	}
	b.Place = p.from(start)
	return b
}
