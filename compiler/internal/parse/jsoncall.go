package parse

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
)

// jsonCall reads a call of a JSON function, with the clauses that stand behind its
// arguments. Which clauses a function takes, the binder knows.
func (p *parser) jsonCall() ast.Expr {
	c, start, open := p.begin()
	switch {
	case p.tok.is(")"), p.onNullNext():
	case jsonPairs(c):
		for more := true; more; more = p.accept(",") {
			key, value := p.jsonPair()
			c.Args = append(c.Args, key, value)
		}
	default:
		c.Args = list(p, p.argument)
		if p.accepts("ORDER", "BY") {
			c.OrderBy = list(p, p.orderItem)
		}
	}
	c.JSON = p.jsonClauses()
	return p.end(c, start, open)
}

// jsonPairs reports whether the arguments of a call are keys and values in turn.
func jsonPairs(c *ast.Call) bool {
	return c.Name.Quote == 0 && (strings.EqualFold(c.Name.Name, "JSON_OBJECT") || strings.EqualFold(c.Name.Name, "JSON_OBJECTAGG"))
}

// jsonPair reads [KEY] k VALUE v, or k : v.
func (p *parser) jsonPair() (key, value ast.Expr) {
	if p.keyWord() {
		p.next()
	}
	key = p.expr()
	if !p.accept("VALUE") {
		if !p.tok.is(":") {
			p.failExpected("VALUE behind the key", "VALUE")
		}
		p.tok.glue = true
		p.next()
	}
	return key, p.expr()
}

// keyWord reports whether KEY is next as a word of its own, not as a column of that name.
func (p *parser) keyWord() bool {
	n := p.peek(1)
	switch {
	case !p.tok.is("KEY"):
		return false
	case n.is("VALUE"): // KEY value VALUE 1, or key VALUE value
		return p.peek(2).is("VALUE") && !p.endsPair(3) || p.peek(2).is(":") || p.peek(2).is(".")
	}
	return n.kind == tokWord && binaryPrec[n.word] == 0 && n.word != "IS" && n.word != "LIKE" && n.word != "BETWEEN" && n.word != "IN" ||
		n.kind == tokString || n.kind == tokNumber || n.kind == tokQuoted || n.kind == tokUnicode || n.is("(")
}

// endsPair reports whether a pair of JSON_OBJECT ends before the token n places behind
// the next one.
func (p *parser) endsPair(n int) bool {
	t := p.peek(n)
	return t.is(",") || t.is(")") || (t.is("NULL") || t.is("ABSENT")) && p.peek(n+1).is("ON")
}

// onNullNext reports whether NULL ON NULL or ABSENT ON NULL is next.
func (p *parser) onNullNext() bool {
	return (p.tok.is("NULL") || p.tok.is("ABSENT")) && p.peek(1).is("ON") && p.peek(2).is("NULL")
}

// jsonClauses reads what stands behind the arguments; nil: nothing.
func (p *parser) jsonClauses() *ast.JSONClauses {
	start := p.tok
	c := &ast.JSONClauses{}
	for p.jsonClause(c) {
		continue
	}
	if p.tok == start {
		return nil
	}
	c.Place = p.from(start)
	return c
}

// jsonClause reads one clause and reports whether there was one.
func (p *parser) jsonClause(c *ast.JSONClauses) bool {
	at := p.tok
	switch {
	case p.accept("RETURNING"):
		p.once(c.Returning == nil, at, "RETURNING")
		c.Returning = p.typ()
	case p.tok.is("WITH"), p.tok.is("WITHOUT"):
		p.once(c.Wrapper == "", at, "WRAPPER")
		c.Wrapper = p.wrapper()
	case p.onNullNext():
		p.accepts(at.word, "ON", "NULL")
		p.once(c.OnNull == "", at, "ON NULL")
		c.OnNull = at.word
	default:
		return p.jsonOn(c)
	}
	return true
}

// wrapper reads WITHOUT [ARRAY] WRAPPER or WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER.
func (p *parser) wrapper() string {
	what := p.tok.word
	p.next()
	if what == "WITH" {
		what = "WITH UNCONDITIONAL"
		if p.accept("CONDITIONAL") {
			what = "WITH CONDITIONAL"
		} else {
			p.accept("UNCONDITIONAL")
		}
	}
	p.accept("ARRAY")
	p.expect("WRAPPER")
	return what
}

// jsonOn reads what ON EMPTY or what ON ERROR and reports whether there was one.
func (p *parser) jsonOn(c *ast.JSONClauses) bool {
	start := p.tok
	on := &ast.JSONOn{What: start.word}
	switch {
	case p.accept("DEFAULT"):
		on.Default = p.expr()
	case p.accepts("EMPTY", "ARRAY"):
		on.What = "EMPTY ARRAY"
	case p.accepts("EMPTY", "OBJECT"):
		on.What = "EMPTY OBJECT"
	case p.accept("NULL"), p.accept("ERROR"), p.accept("TRUE"), p.accept("FALSE"), p.accept("UNKNOWN"):
	default:
		return false
	}
	p.expect("ON")
	switch {
	case p.accept("EMPTY"):
		p.once(c.OnEmpty == nil, start, "ON EMPTY")
		c.OnEmpty = on
	case p.accept("ERROR"):
		p.once(c.OnError == nil, start, "ON ERROR")
		c.OnError = on
	default:
		p.failExpected("EMPTY or ERROR behind ON", "EMPTY", "ERROR")
	}
	on.Place = p.from(start)
	return true
}

// pairs writes keys and values.
func (p *printer) pairs(args []ast.Expr) {
	p.commas(len(args)/2, func(i int) {
		p.text("KEY ")
		p.expr(args[2*i], precOr)
		p.text(" VALUE ")
		p.expr(args[2*i+1], precOr)
	})
}

// jsonClauses writes what stands behind the arguments of a JSON function.
func (p *printer) jsonClauses(x *ast.Call) {
	c := x.JSON
	if c == nil {
		return
	}
	sep := ""
	if len(x.Args) > 0 {
		sep = " "
	}
	part := func(parts ...string) {
		p.text(sep)
		p.text(parts...)
		sep = " "
	}
	if c.Returning != nil {
		part("RETURNING ")
		p.typ(c.Returning.T)
	}
	if c.Wrapper != "" {
		part(c.Wrapper, " ARRAY WRAPPER")
	}
	for _, on := range []struct {
		is   *ast.JSONOn
		what string
	}{{c.OnEmpty, " ON EMPTY"}, {c.OnError, " ON ERROR"}} {
		if on.is == nil {
			continue
		}
		part(on.is.What)
		p.clause(" ", on.is.Default)
		p.text(on.what)
	}
	if c.OnNull != "" {
		part(c.OnNull, " ON NULL")
	}
}
