package parse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// between is the text from one token up to another, for a hint.
func (p *parser) between(from, to *token) string {
	return clip(strings.TrimSpace(p.src[from.start:max(to.start, from.start)]))
}

// refuseBarePattern reports a pattern of LIKE without quotes: LIKE %a%.
func (p *parser) refuseBarePattern() {
	first := p.tok
	n := p.peek(1)
	if !first.is("%") && !(first.kind == tokWord && n.is("%") && n.start == first.end) {
		return
	}
	end := 0
	for t := first; t.kind == tokWord || t.kind == tokNumber || t.is("%") || t.is(".") || t.is("-"); t = p.peek(end) {
		if end > 0 && t.start != p.peek(end-1).end {
			break
		}
		end++
	}
	last := p.peek(end - 1)
	p.failAt(diag.Syntax, p.spanOf(first).To(p.spanOf(last)), "the pattern of LIKE is a text, and this one has no quotes",
		"write '"+clip(p.src[first.start:last.end])+"'")
}

// refuseCondition reports COUNT(x WHERE condition); first is the first token of the
// arguments.
func (p *parser) refuseCondition(name string, first *token) {
	if !p.tok.is("WHERE") {
		return
	}
	args := p.between(first, p.tok)
	depth, n := 0, 1
	for ; depth >= 0 && p.peek(n).kind != tokEOF && !p.peek(n).is(";"); n++ {
		switch t := p.peek(n); {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
	}
	condition := "condition"
	if depth < 0 && n > 2 {
		condition = p.between(p.peek(1), p.peek(n-1))
	}
	p.failAt(diag.Syntax, p.here(), "the condition of an aggregate stands behind its parentheses, in FILTER",
		"write "+name+"("+args+") FILTER (WHERE "+condition+")")
}

// isHint is for what is no truth value behind IS; left begins what is asked.
func (p *parser) isHint(left, is *token, not bool) string {
	op := " = "
	if not {
		op = " <> "
	}
	switch {
	case p.tok.kind == tokString, p.tok.kind == tokNumber, p.tok.kind == tokQuoted, p.tok.kind == tokWord && !reserved[p.tok.word]:
		if didYouMean(p.tok.word, []string{"NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT"}) != "" {
			return ""
		}
		value := clip(p.text(p.tok))
		if p.tok.kind == tokQuoted {
			value = "'" + strings.Trim(value, "\"`") + "'"
		}
		return "IS asks for NULL and for truth values; to compare, write " + p.between(left, is) + op + value
	}
	return ""
}

// refuseNotNull reports x NOT NULL as a condition.
func (p *parser) refuseNotNull(left *token) {
	if !p.peek(1).is("NULL") || p.computed {
		return
	}
	p.failAt(diag.Syntax, p.here().To(p.spanOf(p.peek(1))), "NOT NULL is no condition by itself", "write "+p.between(left, p.tok)+" IS NOT NULL")
}

// refuseDigits reports TIMESTAMP 3 for TIMESTAMP(3) in a column list.
func (p *parser) refuseDigits(typ *token) {
	if p.tok.kind != tokNumber {
		return
	}
	name, digits, at := p.between(typ, p.tok), p.text(p.tok), p.here()
	if n := p.peek(2); p.peek(1).is(",") && n.kind == tokNumber {
		digits, at = digits+", "+p.text(n), at.To(p.spanOf(n))
		p.next()
		p.next()
	}
	p.next()
	p.soft++
	p.errorAt(diag.Syntax, at, "the digits of a type stand in parentheses", "write "+name+"("+digits+")")
}

// dottedKey is the last token of an option's name without quotes: csv.field-delimiter.
func (p *parser) dottedKey() int {
	n := 0
	for ; ; n += 2 {
		if sep := p.peek(n + 1); !sep.is(".") && !sep.is("-") || p.peek(n+2).kind != tokWord {
			return n
		}
	}
}

// refuseColumnForm reports the forms of a column that other languages have: id: INT, and
// INT id.
func (p *parser) refuseColumnForm(c *ast.ColumnDef) {
	name, n := c.Name.Name, p.peek(1)
	switch {
	case p.tok.is(":"):
		p.failAt(diag.Syntax, p.here(), "a column is its name and its type, and nothing stands between them", "write "+name+" "+p.text(n))
	case knownType(strings.ToUpper(name)) && p.tok.kind == tokWord && !knownType(p.tok.word) && foreignTypes[p.tok.word] == "" && (n.is(",") || n.is(")") || n.is("NOT")):
		p.failAt(diag.Syntax, c.Name.At.To(p.here()), "the name of a column stands before its type", "write "+p.text(p.tok)+" "+name)
	}
}

// knownType reports whether an upper-case word begins a type.
func knownType(word string) bool { return slices.Contains(typeNames, word) || plainTypes[word] != nil }

// refuseBrackets reports INT[] for ARRAY<INT>.
func (p *parser) refuseBrackets(typ *token) {
	if p.tok.is("[") && p.peek(1).is("]") {
		p.failAt(diag.Syntax, p.here().To(p.spanOf(p.peek(1))), "an array's type is written with ARRAY", "write ARRAY<"+p.between(typ, p.tok)+">")
	}
}

// spanHint sees a number with a unit of time behind it, where an interval is meant.
func (p *parser) spanHint([]string) string {
	if u, ok := unitOf(p.tok); ok && p.prev.kind == tokNumber {
		return fmt.Sprintf("for a span of time, write INTERVAL '%s' %s", p.text(p.prev), u.name)
	}
	return ""
}
