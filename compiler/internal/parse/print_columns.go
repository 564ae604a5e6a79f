package parse

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// PrintColumns writes columns as a mapping declares them, without the parentheses.
func PrintColumns(cols []ir.Column) string {
	p := &printer{}
	p.commas(len(cols), func(i int) {
		id := ast.Ident{Name: cols[i].Name}
		if reserved[strings.ToUpper(id.Name)] {
			id.Quote = '"'
		}
		p.ident(id)
		p.text(" ")
		p.typ(cols[i].Type)
	})
	return p.b.String()
}
