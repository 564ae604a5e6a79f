package parse

import (
	"fmt"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// The levels of precedence, from loose to tight.
const (
	precNone = iota
	precOr
	precAnd
	precNot
	precIs
	precCompare
	precRange // BETWEEN, IN, LIKE
	precConcat
	precAdd
	precMul
	precUnary
	precPostfix
)

var binaryPrec = map[string]int{
	"OR": precOr, "AND": precAnd,
	"=": precCompare, "<>": precCompare, "<": precCompare, "<=": precCompare, ">": precCompare, ">=": precCompare,
	"||": precConcat, "+": precAdd, "-": precAdd, "*": precMul, "/": precMul, "%": precMul,
	"!=": precCompare,
}

// expr reads a whole expression.
func (p *parser) expr() ast.Expr { return p.exprAt(precOr) }

// exprAt reads an expression of operators that bind at least as tightly as level.
func (p *parser) exprAt(level int) ast.Expr {
	outer := p.maxSeen
	p.maxSeen = 0
	start := p.tok
	p.nested()
	left := p.prefix(level)
	height := p.maxSeen + 1
	for {
		next, ok := p.infix(start, left, level)
		if !ok {
			break
		}
		left = next
		height = max(height, p.maxSeen) + 1
		if height > maxHeight {
			p.failAt(diag.TooDeep, p.here(), fmt.Sprintf("the expression is a chain of more than %d operators", maxHeight), "split it, or use IN (...)")
		}
	}
	p.depth--
	p.maxSeen = max(outer, height)
	return left
}

// prefix reads NOT x, -x, +x or an operand.
func (p *parser) prefix(level int) ast.Expr {
	start := p.tok
	switch {
	case p.tok.is("NOT"):
		if level > precNot {
			p.failAt(diag.Syntax, p.here(), "NOT binds more loosely than the operator before it", "put NOT and its operand in parentheses")
		}
		p.next()
		x := p.exprAt(precNot)
		return &ast.Unary{Place: p.from(start), Op: "NOT", X: x}
	case p.tok.is("-") || p.tok.is("+"):
		op := p.tok.word
		p.next()
		p.tok.glue = !p.tok.is("-") && !p.tok.is("+")
		if op == "-" && p.tok.kind == tokNumber && !p.peek(1).is("[") && !p.peek(1).is(".") {
			return p.number(start, "-")
		}
		x := p.exprAt(precUnary)
		return &ast.Unary{Place: p.from(start), Op: op, X: x}
	}
	return p.postfix()
}

// infix extends left by the next operator, if that binds at least as tightly as level.
func (p *parser) infix(start *token, left ast.Expr, level int) (ast.Expr, bool) {
	if p.tok.kind != tokWord && p.tok.kind != tokOp {
		return nil, false
	}
	if prec := binaryPrec[p.tok.word]; prec != 0 {
		if prec < level {
			return nil, false
		}
		return p.binaryOp(start, left, prec), true
	}
	switch p.tok.word {
	case "IS":
		if level <= precIs {
			return p.is(start, left), true
		}
	case "NOT":
		if n := p.peek(1); level <= precRange && (n.is("BETWEEN") || n.is("IN") || n.is("LIKE") || n.is("SIMILAR")) {
			p.next()
			return p.rangeOp(start, left, true), true
		}
		p.refuseNotNull(start)
	case "BETWEEN", "IN", "LIKE":
		if level <= precRange {
			return p.rangeOp(start, left, false), true
		}
	case "SIMILAR":
		if level <= precRange && p.peek(1).is("TO") {
			return p.rangeOp(start, left, false), true
		}
	case "==", "&&":
		p.foreignOperator()
	case "OVERLAPS":
		p.unsupported(p.here(), "OVERLAPS", "compare the ends: a.start < b.end AND b.start < a.end")
	case "MEMBER":
		if p.peek(1).is("OF") {
			p.unsupported(p.here(), "MEMBER OF", "")
		}
	case "AT":
		if n := p.peek(1); n.is("TIME") && p.peek(2).is("ZONE") || n.is("LOCAL") {
			p.unsupported(p.here(), "AT TIME ZONE", "SET 'time.zone' = 'Europe/Berlin' at the top of the file has all local times of it in that zone")
		}
	}
	return nil, false
}

// foreignOperator reports an operator that SQL writes otherwise and gives up.
func (p *parser) foreignOperator() {
	p.failAt(diag.ForeignOperator, p.here(), fmt.Sprintf("'%s' is no operator of SQL", p.tok.word), foreign[p.tok.word])
}

func (p *parser) binaryOp(start *token, left ast.Expr, prec int) ast.Expr {
	op := p.tok
	word := op.word
	if word == "!=" {
		word = "<>"
	}
	p.next()
	if prec == precCompare && (p.tok.is("ALL") || p.tok.is("ANY") || p.tok.is("SOME")) && p.parenQueryBehind() {
		p.unsupported(p.here(), "a comparison with "+p.tok.word+" (query)", "write x IN (query), or compare with (SELECT MIN(...) ...) or (SELECT MAX(...) ...)")
	}
	if word == "=" && p.tok.is("=") || word == "<" && p.tok.is(">") {
		p.failExpected("an expression behind '" + word + "'")
	}
	right := p.exprAt(prec + 1)
	return &ast.Binary{Place: p.from(start), Op: word, OpAt: ast.Place{At: p.spanOf(op)}, L: left, R: right}
}

// is reads IS [NOT] NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM x.
func (p *parser) is(start *token, left ast.Expr) ast.Expr {
	at := p.expect("IS")
	not := p.accept("NOT")
	switch p.tok.word {
	case "NULL", "TRUE", "FALSE", "UNKNOWN":
		what := p.tok.word
		p.next()
		return &ast.Is{Place: p.from(start), X: left, Not: not, What: what}
	}
	if p.accept("JSON") {
		what := "JSON"
		switch p.tok.word {
		case "VALUE", "OBJECT", "ARRAY", "SCALAR":
			if what += " " + p.tok.word; p.tok.kind == tokWord {
				p.next()
			}
		}
		return &ast.Is{Place: p.from(start), X: left, Not: not, What: what}
	}
	if hint := p.isHint(start, at, not); hint != "" {
		p.failAt(diag.Syntax, p.here(), "expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM behind IS, found "+p.found(), hint)
	}
	if !p.accept("DISTINCT") {
		p.failExpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM behind IS", "NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT")
	}
	p.expect("FROM")
	op := "IS DISTINCT FROM"
	if not {
		op = "IS NOT DISTINCT FROM"
	}
	opAt := p.from(at)
	right := p.exprAt(precIs + 1)
	return &ast.Binary{Place: p.from(start), Op: op, OpAt: opAt, L: left, R: right}
}

// rangeOp reads BETWEEN, IN, LIKE or SIMILAR TO; NOT is already taken.
func (p *parser) rangeOp(start *token, left ast.Expr, not bool) ast.Expr {
	switch {
	case p.accept("BETWEEN"):
		b := &ast.Between{X: left, Not: not, Symmetric: p.accept("SYMMETRIC")}
		if !b.Symmetric {
			p.accept("ASYMMETRIC")
		}
		b.Lo = p.exprAt(precConcat)
		if !p.accept("AND") {
			p.failExpected("AND and the upper bound of BETWEEN", "AND")
		}
		b.Hi = p.exprAt(precConcat)
		b.Place = p.from(start)
		return b
	case p.accept("IN"):
		return p.in(start, left, not)
	}
	l := &ast.Like{X: left, Not: not, Similar: p.accepts("SIMILAR", "TO")}
	if !l.Similar {
		p.expect("LIKE")
	}
	p.refuseBarePattern()
	l.Pattern = p.exprAt(precConcat)
	if p.accept("ESCAPE") {
		l.Escape = p.exprAt(precConcat)
	}
	l.Place = p.from(start)
	return l
}

func (p *parser) in(start *token, left ast.Expr, not bool) ast.Expr {
	in := &ast.In{X: left, Not: not}
	const what = "the list behind IN"
	query := p.parenQuery(0) && !p.scalarQueryFirst()
	open := p.open("(", what)
	if query {
		in.Query = p.query()
	} else {
		in.List = list(p, p.expr)
	}
	p.close(")", what, open)
	in.Place = p.from(start)
	return in
}

// scalarQueryFirst tells IN ((SELECT ...), 1) from IN ((SELECT ...) UNION ...).
func (p *parser) scalarQueryFirst() bool { return p.parenJoin() }

// postfix reads an operand with [i] and .name behind it.
func (p *parser) postfix() ast.Expr {
	start := p.tok
	x := p.primary()
	for n := 0; ; n++ {
		switch {
		case p.tok.is("["):
			open := p.tok
			p.next()
			i := p.expr()
			p.close("]", "the index", open)
			x = &ast.Index{Place: p.from(start), X: x, I: i}
		case p.accept("."):
			f := &ast.FieldAccess{X: x, Name: p.dotIdent()}
			f.Place = p.from(start)
			x = f
		case p.tok.is("::"):
			p.foreignOperator()
		default:
			return x
		}
		if p.maxSeen = p.maxSeen + 1; p.maxSeen > maxHeight {
			p.failAt(diag.TooDeep, p.here(), fmt.Sprintf("more than %d indexes or fields stand behind each other", maxHeight), "")
		}
	}
}
