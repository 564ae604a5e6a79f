package parse

import "github.com/helios-stream/helios/compiler/internal/ast"

// optHints reads /*+ name(args), ... */ where it is next.
func (p *parser) optHints() []*ast.Hint {
	open := p.tok
	if !p.accept("/*+") {
		return nil
	}
	hints := []*ast.Hint{p.hint()}
	for !p.tok.is("*/") {
		p.accept(",")
		if p.tok.is("*/") || !p.isName() {
			break
		}
		hints = append(hints, p.hint())
	}
	p.close("*/", "the hint", open)
	return hints
}

func (p *parser) hint() *ast.Hint {
	start := p.tok
	h := &ast.Hint{Name: p.ident("the name of a hint")}
	start.role = roleFunc
	if open := p.tok; p.accept("(") {
		open.glue = true
		if !p.tok.is(")") {
			h.Args = list(p, p.hintArg)
		}
		p.close(")", "the arguments of the hint", open)
	}
	h.Place = p.from(start)
	return h
}

// hintArg reads 'key' = 'value', 'text' or a table's name.
func (p *parser) hintArg() ast.HintArg {
	start := p.tok
	var a ast.HintArg
	switch {
	case p.tok.kind == tokWord && p.peek(p.dottedKey()+1).is("="):
		o := p.option()
		a.Option = &o
	case p.tok.kind != tokString:
		a.Table = p.qualified("a table or a string")
	case p.peek(1).is("="):
		o := p.option()
		a.Option = &o
	default:
		s := p.stringLit("a string")
		a.Text = &s
	}
	a.Place = p.from(start)
	return a
}
