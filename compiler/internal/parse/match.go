package parse

import (
	"fmt"
	"math"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// matchRecognize reads MATCH_RECOGNIZE (...) behind a table. The clauses stand in
// the order of the standard; one that stands elsewhere is named in the error.
func (p *parser) matchRecognize(start *token, input ast.TableExpr) ast.TableExpr {
	const what = "MATCH_RECOGNIZE"
	m := &ast.MatchRecognize{Input: input, OpAt: ast.Place{At: p.spanOf(p.tok)}}
	p.expect(what)
	open := p.open("(", what)
	if p.accepts("PARTITION", "BY") {
		m.Partition = list(p, p.expr)
	}
	if p.accepts("ORDER", "BY") {
		m.OrderBy = list(p, p.orderItem)
	}
	if p.accept("MEASURES") {
		m.Measures = list(p, p.measure)
	}
	p.rowsPerMatch(m)
	if p.tok.is("AFTER") {
		m.Skip = p.skip()
	}
	if !p.accept("PATTERN") {
		p.failExpected("PATTERN in MATCH_RECOGNIZE", "PARTITION", "ORDER", "MEASURES", "ONE", "ALL", "AFTER", "PATTERN")
	}
	m.Pattern = p.pattern()
	if p.accept("WITHIN") {
		m.Within = p.expr()
	}
	if p.accept("SUBSET") {
		m.Subsets = list(p, p.subset)
	}
	if p.accept("DEFINE") {
		m.Defines = list(p, p.define)
	}
	p.misplaced(m)
	p.close(")", what, open)
	m.Alias = p.optTableAlias()
	m.Place = p.from(start)
	return m
}

// misplaced names a clause of MATCH_RECOGNIZE that stands behind where it belongs.
func (p *parser) misplaced(m *ast.MatchRecognize) {
	before := map[string]string{
		"PARTITION": "ORDER BY", "ORDER": "MEASURES", "MEASURES": "ONE ROW or ALL ROWS PER MATCH", "ONE": "AFTER MATCH",
		"AFTER": "PATTERN", "WITHIN": "SUBSET and DEFINE, right behind PATTERN", "SUBSET": "DEFINE",
	}
	if next := before[p.tok.word]; next != "" && p.tok.kind == tokWord {
		p.failAt(diag.Syntax, p.here(), p.tok.word+" stands too late in MATCH_RECOGNIZE", "it stands before "+next)
	}
	if len(m.Defines) == 0 && !p.tok.is(")") {
		p.failExpected("DEFINE behind the pattern", "WITHIN", "SUBSET", "DEFINE")
	}
}

func (p *parser) measure() *ast.Measure {
	start := p.tok
	m := &ast.Measure{Expr: p.expr()}
	if !p.accept("AS") {
		p.failExpected("AS and a name for the measure", "AS")
	}
	m.Name = p.ident("a name for the measure")
	m.Place = p.from(start)
	return m
}

// rowsPerMatch reads ONE ROW PER MATCH or ALL ROWS PER MATCH ..., if one is there.
func (p *parser) rowsPerMatch(m *ast.MatchRecognize) {
	switch {
	case p.accepts("ONE", "ROW", "PER", "MATCH"):
		return
	case p.accepts("ALL", "ROWS", "PER", "MATCH"):
		m.AllRows = true
	case p.tok.is("ONE"), p.tok.is("ALL"):
		p.next()
		p.failExpected("ONE ROW PER MATCH or ALL ROWS PER MATCH")
	default:
		return
	}
	for _, words := range [][]string{{"SHOW", "EMPTY", "MATCHES"}, {"OMIT", "EMPTY", "MATCHES"}, {"WITH", "UNMATCHED", "ROWS"}} {
		if p.accepts(words...) {
			m.Unmatched = strings.Join(words, " ")
			return
		}
	}
}

func (p *parser) skip() *ast.Skip {
	start := p.expect("AFTER")
	p.expect("MATCH")
	p.expect("SKIP")
	s := &ast.Skip{}
	switch {
	case p.accepts("PAST", "LAST", "ROW"):
		s.Kind = ast.SkipPastLastRow
	case p.accepts("TO", "NEXT", "ROW"):
		s.Kind = ast.SkipToNextRow
	case p.accept("TO"):
		s.Kind = ast.SkipToLast
		if behind := p.peek(1); behind.maybeName() && !behind.is("PATTERN") {
			if p.accept("FIRST") {
				s.Kind = ast.SkipToFirst
			} else {
				p.accept("LAST")
			}
		}
		id := p.ident("a pattern variable to skip to")
		s.Var = &id
	default:
		p.failExpected("PAST LAST ROW, TO NEXT ROW, TO FIRST v or TO LAST v behind SKIP", "PAST", "TO")
	}
	s.Place = p.from(start)
	return s
}

func (p *parser) subset() *ast.Subset {
	start := p.tok
	s := &ast.Subset{Name: p.ident("a name for the subset")}
	p.expect("=")
	s.Vars = p.idents("the variables of the subset", "a pattern variable")
	s.Place = p.from(start)
	return s
}

func (p *parser) define() *ast.Define {
	start := p.tok
	d := &ast.Define{Name: p.ident("a pattern variable to define")}
	if !p.accept("AS") {
		p.failExpected("AS and the condition of "+d.Name.Name, "AS")
	}
	d.Cond = p.expr()
	d.Place = p.from(start)
	return d
}

// pattern reads the parenthesised row pattern.
func (p *parser) pattern() ast.Pattern {
	const what = "the PATTERN"
	start := p.tok
	open := p.open("(", what)
	if p.accept(")") {
		return &ast.PatternEmpty{Place: p.from(start)}
	}
	x := p.patternAlt()
	p.close(")", what, open)
	return x
}

// patternAlt reads sequences separated by '|'.
func (p *parser) patternAlt() ast.Pattern {
	p.nested()
	defer func() { p.depth-- }()
	start := p.tok
	items := []ast.Pattern{p.patternSeq()}
	for p.accept("|") {
		items = append(items, p.patternSeq())
	}
	if len(items) == 1 {
		return items[0]
	}
	return &ast.PatternAlt{Place: p.from(start), Items: items}
}

func (p *parser) patternSeq() ast.Pattern {
	start := p.tok
	items := []ast.Pattern{p.patternPart()}
	for p.isName() || p.tok.is("(") || p.tok.is("{") || p.tok.is("^") || p.tok.is("$") {
		items = append(items, p.patternPart())
	}
	if len(items) == 1 {
		return items[0]
	}
	return &ast.PatternSeq{Place: p.from(start), Items: items}
}

// patternPart reads a variable, an anchor or a group, with its quantifier.
func (p *parser) patternPart() ast.Pattern {
	start := p.tok
	x := p.patternPrimary()
	r := &ast.PatternRepeat{X: x}
	p.tok.glue = p.quantifies()
	switch {
	case p.accept("?"):
		r.Max = 1
	case p.accept("*"):
		r.Max = ast.Unbounded
	case p.accept("+"):
		r.Min, r.Max = 1, ast.Unbounded
	case p.quantifies():
		p.bounds(r)
	default:
		return x
	}
	if p.tok.is("?") {
		p.tok.glue = true
		r.Reluctant = p.accept("?")
	}
	r.Place = p.from(start)
	if p.quantifies() {
		p.failAt(diag.Syntax, p.here(), "this part of the pattern has a quantifier already", "put it in parentheses to repeat it again")
	}
	return r
}

// quantifies reports whether a quantifier is next.
func (p *parser) quantifies() bool {
	return p.tok.is("?") || p.tok.is("*") || p.tok.is("+") || p.tok.is("{") && !p.peek(1).is("-")
}

// bounds reads {n}, {n,}, {n,m} or {,m}.
func (p *parser) bounds(r *ast.PatternRepeat) {
	open := p.expect("{")
	given := p.tok.kind == tokNumber
	if given {
		r.Min = p.wholeNumber("a number of rows", 0, math.MaxInt32)
	}
	r.Max = r.Min
	if p.accept(",") {
		r.Max = ast.Unbounded
		if !given || !p.tok.is("}") {
			r.Max = p.wholeNumber("a number of rows", 0, math.MaxInt32)
		}
	} else if !given {
		p.failExpected("a number of rows, as in {2}, {2,}, {2,5} or {,5}")
	}
	p.close("}", "the quantifier", open)
	for i := p.at - 1; p.toks[i].start > open.start; i-- {
		p.toks[i].glue = true
	}
	if r.Max != ast.Unbounded && (r.Max < r.Min || r.Max == 0) {
		p.failAt(diag.Syntax, p.from(open).At, fmt.Sprintf("{%d,%d} matches nothing", r.Min, r.Max), "the upper bound is at least 1 and at least the lower one")
	}
}

func (p *parser) patternPrimary() ast.Pattern {
	start := p.tok
	switch {
	case p.accept("^"):
		return &ast.PatternAnchor{Place: p.from(start)}
	case p.accept("$"):
		return &ast.PatternAnchor{Place: p.from(start), End: true}
	case p.tok.is("("):
		return p.pattern()
	case p.tok.is("{") && p.peek(1).is("-"):
		p.next()
		p.tok.glue = true
		p.next()
		x := p.patternAlt()
		if !p.accepts("-", "}") {
			p.failOpen("'-}' to close the exclusion opened", start)
		}
		p.prev.glue = true
		return &ast.PatternExclude{Place: p.from(start), X: x}
	case p.tok.is("PERMUTE") && p.peek(1).is("("):
		p.next()
		open := p.open("(", "PERMUTE")
		open.glue = true
		items := list(p, p.patternAlt)
		p.close(")", "PERMUTE", open)
		return &ast.PatternPermute{Place: p.from(start), Items: items}
	case !p.isName():
		p.failExpected("a pattern variable, '(' or an anchor")
	}
	if text := p.text(start); start.kind == tokWord && strings.HasSuffix(text, "$") && !p.placeholder(start) {
		p.failAt(diag.Syntax, p.here(), fmt.Sprintf("'%s' is read as one name", text), fmt.Sprintf("for the end of the partition write %s $; a variable of that name stands in quotes", strings.TrimRight(text, "$")))
	}
	id := p.ident("a pattern variable")
	return &ast.PatternVar{Place: id.Place, Name: id}
}
