package parse

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// isName reports whether the next token can be a name as it stands.
func (p *parser) isName() bool {
	return p.tok.kind == tokQuoted || p.tok.kind == tokWord && !reserved[p.tok.word]
}

// ident takes a name; what is what it names, for the message: "a column name".
func (p *parser) ident(what string) ast.Ident {
	if p.isName() {
		return p.anyIdent(what)
	}
	p.failBad()
	if p.tok.kind == tokWord && p.likelyName() {
		text := p.text(p.tok)
		p.failAt(diag.ReservedWord, p.here(), fmt.Sprintf("expected %s, found '%s', which is a reserved word", what, text),
			p.orSlip(fmt.Sprintf("if it is meant as a name, write \"%s\"", text)))
	}
	if p.tok.kind == tokString {
		p.failAt(diag.Syntax, p.here(), fmt.Sprintf("expected %s, found %s", what, p.found()),
			p.orSlip(nameHint(what, p.stringValue(p.tok))))
	}
	p.failExpected(what)
	return ast.Ident{}
}

// likelyName reports whether the next token, a reserved word, was likely meant as
// a name, and is not the clause behind a missing one.
func (p *parser) likelyName() bool {
	switch p.tok.word {
	case "FROM", "WHERE", "SELECT", "HAVING", "UNION", "EXCEPT", "INTERSECT", "ON", "USING", "AND", "OR", "AS", "INTO", "JOIN", "WITH", "THEN":
		return false
	case "ORDER", "GROUP":
		return !p.peek(1).is("BY")
	}
	return true
}

// anyIdent takes a name where reserved words are names too: behind a dot.
func (p *parser) anyIdent(what string) ast.Ident {
	if !p.tok.maybeName() {
		p.failExpected(what)
	}
	t := p.tok
	t.role = roleName
	p.next()
	id := ast.Ident{Place: p.from(t), Name: p.text(t)}
	if t.kind == tokQuoted {
		id.Quote = id.Name[0]
		q := id.Name[:1]
		id.Name = strings.ReplaceAll(id.Name[1:len(id.Name)-1], q+q, q)
	}
	return id
}

// dotIdent takes the name behind a dot. A reserved word is one only where it
// touches the dot: in "a. FROM t" a name is missing.
func (p *parser) dotIdent() ast.Ident {
	if p.tok.kind == tokWord && reserved[p.tok.word] && p.prev.end != p.tok.start {
		p.failExpected("a name behind the '.'")
	}
	return p.anyIdent("a name behind the '.'")
}

// qualified takes a name with its qualifiers.
func (p *parser) qualified(what string) *ast.Name {
	start := p.tok
	parts := []ast.Ident{p.ident(what)}
	for p.accept(".") {
		parts = append(parts, p.dotIdent())
	}
	return &ast.Name{Place: p.from(start), Parts: parts}
}

// idents takes (a, b, ...); what names the list for messages.
func (p *parser) idents(what, each string) []ast.Ident {
	open := p.open("(", what)
	out := list(p, func() ast.Ident { return p.ident(each) })
	p.close(")", what, open)
	return out
}

// stringLit takes a string; what is what it stands for: "a comment".
func (p *parser) stringLit(what string) ast.StringLit {
	s := p.optionString(what)
	if !p.keep && ir.HasReference(s.S) {
		p.errorAt(diag.BadPlaceholder, s.At, "${env:...} and ${file:...} stand in values of OPTIONS alone", "write ${NAME}, which is replaced by -D NAME=value or from the environment")
	}
	return s
}

// optionString takes a string that may refer to the environment or to a file.
func (p *parser) optionString(what string) ast.StringLit {
	t := p.tok
	if p.placeholder(t) {
		p.next()
		return ast.StringLit{Place: p.from(t), S: p.text(t)}
	}
	if t.kind != tokString {
		p.failBad()
		hint := ""
		if t.kind == tokQuoted {
			id := p.text(t)
			hint = fmt.Sprintf("strings stand in single quotes: '%s'", strings.ReplaceAll(id[1:len(id)-1], "'", "''"))
		} else if t.kind == tokNumber || t.kind == tokWord {
			hint = fmt.Sprintf("put it in single quotes: '%s'", p.text(t))
		}
		p.failAt(diag.Syntax, p.here(), fmt.Sprintf("expected %s in single quotes, found %s", what, p.found()), p.orSlip(hint))
	}
	p.next()
	return ast.StringLit{Place: p.from(t), S: p.stringValue(t)}
}

// stringValue is the text that a tokString stands for.
func (p *parser) stringValue(t *token) string {
	s := p.text(t)
	return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
}

// optAlias takes [AS] name where there is one.
func (p *parser) optAlias() *ast.Ident {
	if p.accept("AS") {
		if next := p.peek(1); p.tok.kind == tokWord && reserved[p.tok.word] && (next.is("FROM") || next.is(",")) {
			// Taken for what it is meant as: the rest of the SELECT is checked, too.
			p.errorAt(diag.ReservedWord, p.here(), fmt.Sprintf("expected an alias behind AS, found %s, which is a reserved word", p.found()),
				fmt.Sprintf("if it is meant as a name, write \"%s\"", p.text(p.tok)))
			id := p.anyIdent("an alias behind AS")
			return &id
		}
		id := p.ident("an alias behind AS")
		return &id
	}
	if !p.isName() || p.tok.kind == tokWord && notAlias[p.tok.word] {
		return nil
	}
	if p.tok.kind == tokWord {
		p.alias = p.tok
	}
	id := p.ident("an alias")
	return &id
}

// optTableAlias takes [AS] name [(cols)] where there is one.
func (p *parser) optTableAlias() *ast.Alias {
	start := p.tok
	id := p.optAlias()
	if id == nil {
		return nil
	}
	a := &ast.Alias{Name: *id}
	if p.tok.is("(") {
		a.Cols = p.idents("the column list of the alias", "a column name")
	}
	a.Place = p.from(start)
	return a
}
