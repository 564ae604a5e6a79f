package parse

import (
	"strconv"

	"github.com/helios-stream/helios/compiler/internal/ast"
)

func (p *printer) match(m *ast.MatchRecognize) {
	p.table(m.Input)
	p.text(" MATCH_RECOGNIZE (")
	if len(m.Partition) > 0 {
		p.text("PARTITION BY ")
		p.exprs(m.Partition)
		p.text(" ")
	}
	p.orderBy("ORDER BY ", m.OrderBy)
	p.when(len(m.OrderBy) > 0, " ")
	if len(m.Measures) > 0 {
		p.text("MEASURES ")
		p.commas(len(m.Measures), func(i int) {
			p.expr(m.Measures[i].Expr, precOr)
			p.text(" AS ")
			p.ident(m.Measures[i].Name)
		})
		p.text(" ")
	}
	p.when(m.AllRows, "ALL ROWS PER MATCH ")
	p.when(!m.AllRows, "ONE ROW PER MATCH ")
	p.when(m.Unmatched != "", m.Unmatched+" ")
	if m.Skip != nil {
		p.text("AFTER MATCH SKIP ", string(m.Skip.Kind), " ")
		if m.Skip.Var != nil {
			p.ident(*m.Skip.Var)
			p.text(" ")
		}
	}
	p.text("PATTERN (")
	p.pattern(m.Pattern, patternAltLevel)
	p.text(")")
	p.clause(" WITHIN ", m.Within)
	p.matchNames(m)
	p.text(")")
	p.alias(m.Alias)
}

// matchNames writes SUBSET and DEFINE.
func (p *printer) matchNames(m *ast.MatchRecognize) {
	if len(m.Subsets) > 0 {
		p.text(" SUBSET ")
		p.commas(len(m.Subsets), func(i int) {
			p.ident(m.Subsets[i].Name)
			p.text(" = ")
			p.idents(m.Subsets[i].Vars)
		})
	}
	if len(m.Defines) > 0 {
		p.text(" DEFINE ")
		p.commas(len(m.Defines), func(i int) {
			p.ident(m.Defines[i].Name)
			p.clause(" AS ", m.Defines[i].Cond)
		})
	}
}

// The levels of patterns, from loose to tight.
const (
	patternAltLevel = iota
	patternSeqLevel
	patternRepeatLevel
	patternPrimaryLevel
)

// pattern writes x where parts that bind at least as tightly as level may stand
// without parentheses.
func (p *printer) pattern(x ast.Pattern, level int) {
	own := patternPrimaryLevel
	switch x.(type) {
	case *ast.PatternAlt:
		own = patternAltLevel
	case *ast.PatternSeq:
		own = patternSeqLevel
	case *ast.PatternRepeat:
		own = patternRepeatLevel
	}
	if own < level {
		p.text("(")
		defer p.text(")")
	}
	switch x := x.(type) {
	case *ast.PatternVar:
		p.ident(x.Name)
	case *ast.PatternAlt:
		p.patterns(x.Items, " | ", patternSeqLevel)
	case *ast.PatternSeq:
		p.patterns(x.Items, " ", patternRepeatLevel)
	case *ast.PatternRepeat:
		p.pattern(x.X, patternPrimaryLevel)
		p.text(quantifier(x))
	case *ast.PatternExclude:
		p.text("{- ")
		p.pattern(x.X, patternAltLevel)
		p.text(" -}")
	case *ast.PatternAnchor:
		p.when(!x.End, "^")
		p.when(x.End, "$")
	case *ast.PatternPermute:
		p.text("PERMUTE(")
		p.patterns(x.Items, ", ", patternAltLevel)
		p.text(")")
	case *ast.PatternEmpty:
		p.text("()")
	}
}

func (p *printer) patterns(items []ast.Pattern, sep string, level int) {
	for i, x := range items {
		p.when(i > 0, sep)
		p.pattern(x, level)
	}
}

// quantifier is how the repetition is written.
func quantifier(x *ast.PatternRepeat) string {
	q := "{" + strconv.Itoa(x.Min) + "," + strconv.Itoa(x.Max) + "}"
	switch {
	case x.Min == 0 && x.Max == 1:
		q = "?"
	case x.Min == 0 && x.Max == ast.Unbounded:
		q = "*"
	case x.Min == 1 && x.Max == ast.Unbounded:
		q = "+"
	case x.Max == ast.Unbounded:
		q = "{" + strconv.Itoa(x.Min) + ",}"
	case x.Min == x.Max:
		q = "{" + strconv.Itoa(x.Min) + "}"
	}
	if x.Reluctant {
		q += "?"
	}
	return q
}
