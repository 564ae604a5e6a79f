package parse

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Format returns the text of a query file in the one style: keywords in upper case,
// a clause a line, indented by four, about a hundred columns. Comments and ${name}
// stay as they are; the tree stays the same. Where the file has errors the text is
// empty and the list says what they are.
func Format(name, text string) (string, diag.List) {
	p, tree := parseKeeping(name, text)
	if p.errs.HasErrors() {
		return "", p.errs
	}
	out := (&formatter{p: p}).file(strings.HasPrefix(text, "\ufeff"))
	if again, other := parseKeeping(name, out); again.errs.HasErrors() || canonical(tree) != canonical(other) || !slices.Equal(p.commentTexts(), again.commentTexts()) {
		p.errs.Add(diag.Internal, diag.Span{File: name}, "internal error: the formatted text would not mean the same; nothing is changed", "please report the file")
		return "", p.errs
	}
	return out, nil
}

// parseKeeping parses a file in which ${name} stands for itself. Warnings, and that
// there is no statement, are not reported.
func parseKeeping(name, text string) (*parser, *ast.File) {
	p := &parser{name: name, source: &diag.Source{File: name, Text: text}, offs: &offsets{}, keep: true}
	f := &ast.File{}
	if p.start(text, Vars{}) {
		f.Stmts = p.file()
	}
	p.errs.Sort()
	p.errs = slices.DeleteFunc(p.errs, func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error || d.Code == diag.NoStatement
	})
	return p, f
}

// canonical is a tree as text in which trees that mean the same are equal.
func canonical(f *ast.File) string {
	p := printer{canonical: true}
	for _, s := range f.Stmts {
		p.statement(s)
		p.text(";\n")
	}
	return p.b.String()
}

func (p *parser) commentTexts() []string {
	out := make([]string, len(p.comments))
	for i, c := range p.comments {
		out[i] = p.commentText(c)
	}
	return out
}

// commentText is a comment without blanks at the ends of its lines.
func (p *parser) commentText(c comment) string {
	lines := strings.Split(p.src[c.start:c.end], "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.Join(lines, "\n")
}

// formatter makes docs of the tokens of one file.
type formatter struct {
	p     *parser
	toks  []token
	match []int // of an opening mark, CASE and BEGIN: where it is closed; else 0
	notes []notes
}

// file formats the whole file.
func (f *formatter) file(mark bool) string {
	f.toks = f.p.toks
	f.pairs()
	f.attach()
	var l layout
	l.newline = true
	lo := 0
	for lo < len(f.toks)-1 {
		hi := f.end(lo, len(f.toks)-1)
		f.leading(&l, lo)
		if hi > lo {
			if hi == len(f.toks)-1 { // the ';' is missing: what follows the last token stands behind it
				f.notes[hi].trail, f.notes[hi-1].trail = f.notes[hi-1].trail, nil
			}
			l.put(concat(f.statement(lo, hi), textDoc(";")), 0, true, 0)
		}
		f.after(&l, hi, hi > lo)
		l.endLine(0)
		lo = hi + 1
	}
	f.leading(&l, len(f.toks)-1)
	out := l.b.String()
	if out != "" {
		out += "\n"
	}
	if mark {
		out = "\ufeff" + out
	}
	return out
}

// end is the index of the ';' that ends the statement at lo, or hi.
func (f *formatter) end(lo, hi int) int {
	for i := lo; i < hi; i++ {
		if f.toks[i].is(";") {
			return i
		}
		i = max(i, f.match[i])
	}
	return hi
}

// pairs finds what closes what.
func (f *formatter) pairs() {
	f.match = make([]int, len(f.toks))
	var open []int
	for i := range f.toks {
		switch t := &f.toks[i]; {
		case f.opens(t):
			open = append(open, i)
		case f.closes(t) && len(open) > 0:
			f.match[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
}

func (f *formatter) opens(t *token) bool {
	switch t.word {
	case "(", "[", "/*+":
		return t.kind == tokOp
	case "<":
		return t.role == roleAngle
	case "CASE", "BEGIN":
		return f.keyword(t)
	}
	return false
}

func (f *formatter) closes(t *token) bool {
	switch t.word {
	case ")", "]", "*/":
		return t.kind == tokOp
	case ">":
		return t.role == roleAngle
	case "END":
		return f.keyword(t)
	}
	return false
}

func (f *formatter) keyword(t *token) bool { return t.kind == tokWord && t.role == roleKeyword }

// is reports whether token i is the keyword w.
func (f *formatter) is(i int, w string) bool {
	return i >= 0 && i < len(f.toks) && f.toks[i].word == w && f.keyword(&f.toks[i])
}

// text is a token as it is written in the style.
func (f *formatter) text(i int) string {
	t := &f.toks[i]
	s := f.p.text(t)
	switch {
	case t.kind == tokQuoted && (i+1 == len(f.toks) || !f.toks[i+1].is("(")):
		if name := strings.ReplaceAll(s[1:len(s)-1], s[:1]+s[:1], s[:1]); plainName(name) && !words[strings.ToUpper(name)] {
			return name
		}
	case t.kind != tokWord || f.p.placeholder(t):
	case t.role == roleKeyword, t.role == roleFunc && knownFunction(t.word):
		return t.word
	}
	return s
}

// knownFunction reports whether a function is the engine's own.
func knownFunction(name string) bool {
	return words[name] || noParens[name] || ir.LookupFunction(name) != nil
}
