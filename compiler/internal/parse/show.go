package parse

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// showable is what SHOW lists.
var showable = []string{"JOBS", "SNAPSHOTS", "MAPPINGS", "TABLES", "VIEWS", "FUNCTIONS", "COLUMNS"}

// showLater is what Flink's SHOW lists and this one does not.
var showLater = wordSet("CATALOGS", "CURRENT", "DATABASES", "MODULES", "FULL", "JARS", "RESOURCES", "PARTITIONS", "USER", "PROCEDURES", "MODELS", "DATA")

// show reads what follows SHOW.
func (p *parser) show(start *token) ast.Statement {
	if p.accept("CREATE") {
		return p.showCreate(start)
	}
	if p.tok.kind == tokWord && showLater[p.tok.word] {
		p.unsupported(p.spanOf(start).To(p.here()), "SHOW "+p.tok.word, "SHOW lists "+listOf(showable))
	}
	for _, what := range showable {
		if !p.accept(what) {
			continue
		}
		s := &ast.Show{What: what}
		if what == "COLUMNS" {
			if !p.accept("IN") && !p.accept("FROM") {
				p.failExpected("FROM and a table behind SHOW COLUMNS", "FROM", "IN")
			}
			s.Of = p.qualified("the name of a mapping or a view")
		} else if p.tok.is("FROM") || p.tok.is("IN") {
			p.unsupported(p.here(), "SHOW "+what+" of a database", "there is one: leave it out")
		}
		s.Like = p.nameFilter()
		s.Place = p.from(start)
		return s
	}
	p.failExpected(listOf(showable)+" behind SHOW", append([]string{"CREATE"}, showable...)...)
	return nil
}

func listOf(words []string) string {
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// nameFilter reads [NOT] LIKE 'pattern' or ILIKE; nil: none is there.
func (p *parser) nameFilter() *ast.NameFilter {
	start := p.tok
	f := &ast.NameFilter{Not: p.accept("NOT")}
	switch {
	case p.accept("ILIKE"):
		f.IgnoreCase = true
	case p.accept("LIKE"):
	case f.Not:
		p.failExpected("LIKE or ILIKE", "LIKE", "ILIKE")
	default:
		return nil
	}
	f.Pattern = p.stringLit("a pattern such as 'a%'")
	f.Place = p.from(start)
	return f
}

func (p *parser) showCreate(start *token) ast.Statement {
	s := &ast.ShowCreate{}
	switch {
	case p.accept("MAPPING"):
		s.Kind = ast.KindMapping
	case p.accept("TABLE"):
		s.Kind = ast.KindTable
	case p.accept("VIEW"):
		s.Kind = ast.KindView
	default:
		p.failExpected("MAPPING, TABLE or VIEW behind SHOW CREATE", "MAPPING", "TABLE", "VIEW")
	}
	s.Name = p.qualified("the name of the " + strings.ToLower(string(s.Kind)))
	s.Place = p.from(start)
	return s
}

// describe reads [EXTENDED] t.
func (p *parser) describe(start *token) ast.Statement {
	if p.tok.is("EXTENDED") && p.peek(1).maybeName() {
		p.next() // shows what DESCRIBE shows
	}
	if (p.tok.is("JOB") || p.tok.is("CATALOG") || p.tok.is("DATABASE") || p.tok.is("FUNCTION")) && (p.peek(1).maybeName() || p.peek(1).kind == tokString) {
		p.unsupported(p.here(), "DESCRIBE "+p.tok.word, "DESCRIBE takes a mapping or a view")
	}
	if (p.tok.is("TABLE") || p.tok.is("MAPPING") || p.tok.is("VIEW")) && p.peek(1).maybeName() {
		p.failAt(diag.Syntax, p.here(), "DESCRIBE takes the name alone", "write DESCRIBE "+p.text(p.peek(1)))
	}
	d := &ast.Describe{Name: p.qualified("the name of a mapping or a view")}
	d.Place = p.from(start)
	return d
}
