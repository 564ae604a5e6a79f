package parse

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// Print writes a tree as SQL text that parses to the same tree: a *ast.File, a
// statement, a query or an expression. Comments and line breaks of the original
// are not kept; each statement of a file takes a line.
func Print(n ast.Node) string { return PrintHiding(n, nil) }

// PrintHiding is Print with *** for the values of the options that hidden names, and
// for passwords in the URLs of others; nil: all is printed.
func PrintHiding(n ast.Node, hidden func(option string) bool) string {
	p := printer{hidden: hidden}
	switch x := n.(type) {
	case *ast.File:
		for _, s := range x.Stmts {
			p.statement(s)
			p.text(";\n")
		}
	case ast.Statement:
		p.statement(x)
	case *ast.Query:
		p.query(x)
	case ast.QueryBody:
		p.body(x, 1)
	case ast.TableExpr:
		p.table(x)
	case ast.Expr:
		p.expr(x, precOr)
	}
	return p.b.String()
}

type printer struct {
	b strings.Builder
	// canonical writes all names in the same quotes, and the engine's functions in
	// upper case: trees that mean the same are then the same text.
	canonical bool
	hidden    func(option string) bool // whose values are not written; nil: all is
}

func (p *printer) text(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

// when writes the text if the condition holds.
func (p *printer) when(cond bool, text string) {
	if cond {
		p.text(text)
	}
}

// commas calls f for each of n parts, with commas between them.
func (p *printer) commas(n int, f func(i int)) {
	for i := range n {
		p.when(i > 0, ", ")
		f(i)
	}
}

func (p *printer) ident(id ast.Ident) {
	q := id.Quote
	if p.canonical {
		q = '"'
	}
	if q == 0 && !plainName(id.Name) {
		q = '"'
	}
	if q == 0 {
		p.text(id.Name)
		return
	}
	s := string(q)
	p.text(s, strings.ReplaceAll(id.Name, s, s+s), s)
}

// plainName reports whether the lexer reads the name as one word.
func plainName(name string) bool {
	l := lexer{src: name}
	return name != "" && isWordStart(name) && l.wordEnd(0) == len(name)
}

func (p *printer) idents(ids []ast.Ident) {
	p.text("(")
	p.commas(len(ids), func(i int) { p.ident(ids[i]) })
	p.text(")")
}

func (p *printer) name(n *ast.Name) { p.dotted(n.Parts) }

func (p *printer) dotted(parts []ast.Ident) {
	for i, id := range parts {
		p.when(i > 0, ".")
		p.ident(id)
	}
}

func (p *printer) str(s string) { p.text("'", strings.ReplaceAll(s, "'", "''"), "'") }

func (p *printer) exprs(list []ast.Expr) {
	p.commas(len(list), func(i int) { p.expr(list[i], precOr) })
}

func (p *printer) typ(t *ir.Type) {
	switch t.Kind {
	case ir.Array:
		p.text("ARRAY<")
		p.typ(t.Elem)
		p.text(">")
	case ir.Map:
		p.text("MAP<")
		p.typ(t.Key)
		p.text(", ")
		p.typ(t.Elem)
		p.text(">")
	case ir.Row:
		p.text("ROW<")
		p.commas(len(t.Fields), func(i int) {
			name := t.Fields[i].Name
			id := ast.Ident{Name: name}
			if reserved[strings.ToUpper(name)] {
				id.Quote = '"'
			}
			p.ident(id)
			p.text(" ")
			p.typ(t.Fields[i].Type)
		})
		p.text(">")
	default:
		p.text(t.String())
	}
}
