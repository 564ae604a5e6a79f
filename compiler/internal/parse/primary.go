package parse

import (
	"fmt"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// primary reads an operand without operators.
func (p *parser) primary() ast.Expr {
	start := p.tok
	switch p.tok.kind {
	case tokNumber:
		return p.number(start, "")
	case tokString:
		s := p.stringLit("a string")
		return &ast.Literal{Place: s.Place, V: s.S, T: ir.TVarchar}
	case tokBinary:
		return p.binary()
	case tokUnicode:
		return p.unicode()
	case tokPoison:
		p.next()
		return &ast.Literal{Place: p.from(start)}
	case tokQuoted:
		return p.nameOrCall()
	case tokWord:
		return p.wordPrimary()
	}
	if p.tok.is("(") {
		return p.paren()
	}
	p.failExpected("an expression")
	return nil
}

// wordPrimary reads an operand that begins with an unquoted word.
func (p *parser) wordPrimary() ast.Expr {
	start := p.tok
	if e := p.constantWord(start); e != nil {
		return e
	}
	n := p.peek(1)
	switch {
	case p.tok.is("CASE"):
		return p.caseExpr()
	case (p.tok.is("ARRAY") || p.tok.is("MAP") || p.tok.is("MULTISET")) && p.parenQueryBehind():
		p.unsupported(p.here(), p.tok.word+"(query)", "")
	case p.tok.is("MULTISET") && n.is("["):
		p.unsupported(p.here(), "MULTISET[...]", "write ARRAY[...]")
	case (p.tok.is("RUNNING") || p.tok.is("FINAL")) && n.kind == tokWord && !reserved[n.word] && p.peek(2).is("("):
		p.next()
		return p.navigation(start)
	case p.tok.is("ROW") && n.is("("):
		p.next()
		return &ast.RowExpr{Items: p.items("(", ")", "the ROW"), Place: p.from(start)}
	case p.tok.is("ARRAY") && n.is("["):
		p.next()
		return &ast.ArrayExpr{Items: p.items("[", "]", "the ARRAY"), Place: p.from(start)}
	case p.tok.is("MAP") && n.is("["):
		p.next()
		return p.mapExpr(start)
	case n.is("(") && (!reserved[p.tok.word] || p.tok.is("LEFT") || p.tok.is("RIGHT")):
		return p.callWord()
	}
	return p.nameOrCall()
}

// navigation reads the call behind RUNNING or FINAL.
func (p *parser) navigation(start *token) ast.Expr {
	at := p.here()
	c, ok := p.callWord().(*ast.Call)
	if !ok {
		p.failAt(diag.Syntax, at, start.word+" takes an aggregate, FIRST or LAST behind it", "")
	}
	c.Rows = start.word
	c.Place = p.from(start)
	return c
}

// constantWord reads NULL, TRUE, FALSE and the literals that begin with a word;
// nil where none is next.
func (p *parser) constantWord(start *token) ast.Expr {
	switch p.tok.word {
	case "NULL":
		p.next()
		return &ast.Literal{Place: p.from(start), T: ir.TNull}
	case "TRUE", "FALSE":
		p.next()
		return &ast.Literal{Place: p.from(start), V: start.word == "TRUE", T: ir.TBoolean}
	case "DATE", "TIME", "TIMESTAMP":
		if p.peek(1).kind == tokString {
			return p.timeLiteral()
		}
	case "INTERVAL":
		if p.beginsInterval() {
			return p.interval()
		}
	default:
		if noParens[p.tok.word] && !p.peek(1).is("(") && !p.peek(1).is(".") {
			c := &ast.Call{Name: p.ident("a function"), Place: p.from(start)}
			start.role = roleFunc
			return c
		}
	}
	return nil
}

// paren reads (x), (a, b) or (query).
func (p *parser) paren() ast.Expr {
	start := p.tok
	if p.parenQuery(0) && !p.parenOperand() {
		open := p.open("(", "the sub-query")
		q := p.query()
		p.close(")", "the sub-query", open)
		return &ast.Subquery{Place: p.from(start), Query: q}
	}
	open := p.open("(", "the parenthesis")
	items := list(p, p.expr)
	p.close(")", "the parenthesis", open)
	if len(items) == 1 {
		return items[0]
	}
	return &ast.RowExpr{Place: p.from(start), Items: items}
}

// parenOperand tells ((SELECT ...) + 1) from ((SELECT ...) UNION ...).
func (p *parser) parenOperand() bool { return p.parenJoin() }

// items reads a list of expressions between two marks; an empty one is allowed.
func (p *parser) items(first, last, what string) []ast.Expr {
	p.tok.glue = true
	open := p.open(first, what)
	var out []ast.Expr
	if !p.tok.is(last) {
		out = list(p, p.expr)
	}
	p.close(last, what, open)
	return out
}

func (p *parser) mapExpr(start *token) ast.Expr {
	m := &ast.MapExpr{Items: p.items("[", "]", "the MAP")}
	m.Place = p.from(start)
	if len(m.Items)%2 != 0 {
		p.failAt(diag.Syntax, m.At, "the last key of the MAP has no value", "keys and values stand in turn: MAP['a', 1, 'b', 2]")
	}
	return m
}

// nameOrCall reads a column with its qualifiers, or a call of a quoted name.
func (p *parser) nameOrCall() ast.Expr {
	if p.tok.kind == tokQuoted && p.peek(1).is("(") {
		return p.call(p.tok)
	}
	if p.tok.kind == tokWord && reserved[p.tok.word] {
		p.failReserved()
	}
	c := p.columnRef()
	if p.tok.is("(") {
		p.failAt(diag.NotSupported, c.At, fmt.Sprintf("the function %s has a qualifier", c), "call it by its last name")
	}
	return c
}

// failReserved reports a reserved word where an expression must stand.
func (p *parser) failReserved() {
	hint := ""
	switch p.peek(1).word {
	case ",", "=", "<", ">", "<>", "<=", ">=", "+", "-", "*", "/", ".", "AS", "IS":
		if p.peek(1).kind != tokQuoted {
			hint = fmt.Sprintf("'%s' is a reserved word; if it is meant as a name, write \"%s\"", p.tok.word, p.text(p.tok))
		}
	}
	if p.prev.is(",") && (p.tok.is("FROM") || p.tok.is("WHERE") || p.tok.is("GROUP") || p.tok.is("ORDER")) {
		hint = "there is a ',' before it: remove it"
	}
	hint = firstText(firstText(p.foreignWordHint(nil), hint), "a value is missing before "+p.found()+": a column, a number, 'text', a call or a query in parentheses")
	p.failAt(diag.Syntax, p.here(), "expected an expression, found "+p.found(), hint)
}

func (p *parser) columnRef() *ast.ColumnRef {
	start := p.tok
	parts := []ast.Ident{p.ident("a column")}
	for p.accept(".") {
		parts = append(parts, p.dotIdent())
	}
	return &ast.ColumnRef{Place: p.from(start), Parts: parts}
}

// caseExpr reads CASE [operand] WHEN ... END.
func (p *parser) caseExpr() ast.Expr {
	start := p.expect("CASE")
	c := &ast.Case{}
	if !p.tok.is("WHEN") {
		c.Operand = p.expr()
	}
	for p.tok.is("WHEN") {
		at := p.tok
		p.next()
		w := ast.When{Cond: p.expr()}
		for c.Operand != nil && p.accept(",") {
			w.More = append(w.More, p.expr())
		}
		p.expect("THEN")
		w.Then = p.expr()
		w.Place = p.from(at)
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		p.failExpected("WHEN in the CASE", "WHEN")
	}
	if p.accept("ELSE") {
		c.Else = p.expr()
	}
	if !p.accept("END") {
		p.failOpen("WHEN, ELSE or END to close the CASE opened", start)
	}
	c.Place = p.from(start)
	return c
}
