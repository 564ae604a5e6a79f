package parse

import (
	"strings"
	"unicode/utf8"
)

// docKind is what a doc does.
type docKind uint8

const (
	docText   docKind = iota // text
	docSpace                 // a blank, unless a line ends there
	docLine                  // a blank, or a new line where its group is broken
	docSoft                  // nothing, or a new line where its group is broken
	docHard                  // a new line
	docPad                   // blanks to align what follows, where its group is broken
	docConcat                // parts one behind the other
	docGroup                 // parts on one line if they fit, else broken
	docIndent                // parts further to the right
)

// doc is a text with choices of where its lines end. Widths are in characters.
type doc struct {
	kind  docKind
	text  string
	n     int // of docPad
	parts []*doc
	flat  int  // width on one line; tooWide where that cannot be
	lead  int  // width up to the first place where a line can end
	ends  bool // there is such a place
}

const (
	tooWide    = 1 << 20
	lineWidth  = 100
	indentStep = 4
)

var (
	space = &doc{kind: docSpace, flat: 1, lead: 1}
	line  = &doc{kind: docLine, flat: 1, ends: true}
	soft  = &doc{kind: docSoft, ends: true}
	hard  = &doc{kind: docHard, flat: tooWide, ends: true}
)

func textDoc(s string) *doc {
	d := &doc{text: s, flat: utf8.RuneCountInString(s)}
	if d.lead = d.flat; strings.Contains(s, "\n") {
		d.flat = tooWide
	}
	return d
}

func padDoc(n int) *doc { return &doc{kind: docPad, n: n} }

func concat(parts ...*doc) *doc { return compound(docConcat, parts) }
func group(parts ...*doc) *doc  { return compound(docGroup, parts) }
func indent(parts ...*doc) *doc { return compound(docIndent, parts) }

func compound(kind docKind, parts []*doc) *doc {
	d := &doc{kind: kind, parts: parts}
	for _, p := range parts {
		d.flat = min(d.flat+p.flat, tooWide)
		if !d.ends {
			d.lead += p.lead
			d.ends = p.ends
		}
	}
	return d
}

// layout writes docs.
type layout struct {
	b       strings.Builder
	col     int
	newline bool // a line ends before the next text
	blank   bool // and an empty one follows it
	space   bool // a blank stands before the next text
	indent  int
}

func (l *layout) text(s string) {
	switch {
	case l.newline:
		if l.b.Len() > 0 {
			l.b.WriteString("\n")
			if l.blank {
				l.b.WriteString("\n")
			}
		}
		l.b.WriteString(strings.Repeat(" ", l.indent))
		l.col = l.indent
	case l.space:
		l.b.WriteString(" ")
		l.col++
	}
	l.newline, l.blank, l.space = false, false, false
	l.b.WriteString(s)
	if i := strings.LastIndexByte(s, '\n'); i >= 0 {
		l.col, s = 0, s[i+1:]
	}
	l.col += utf8.RuneCountInString(s)
}

func (l *layout) endLine(indent int) {
	l.newline, l.space, l.indent = true, false, indent
}

// put writes d; broken says whether the group around it is, and tail is the width of
// what stands behind it on the same line.
func (l *layout) put(d *doc, indent int, broken bool, tail int) {
	switch d.kind {
	case docText:
		l.text(d.text)
	case docSpace:
		l.space = !l.newline
	case docLine, docSoft:
		if broken {
			l.endLine(indent)
		} else if d.kind == docLine {
			l.space = !l.newline
		}
	case docHard:
		l.endLine(indent)
	case docPad:
		if broken && !l.newline {
			l.text(strings.Repeat(" ", d.n))
		}
	case docGroup:
		l.parts(d, indent, !l.fits(d, indent, tail), tail)
	case docIndent:
		l.parts(d, indent+indentStep, broken, tail)
	case docConcat:
		l.parts(d, indent, broken, tail)
	}
}

func (l *layout) parts(d *doc, indent int, broken bool, tail int) {
	tails := make([]int, len(d.parts))
	for i := len(d.parts) - 1; i >= 0; i-- {
		tails[i] = tail
		p := d.parts[i]
		switch {
		case p.ends && broken, p.ends && p.kind != docLine && p.kind != docSoft:
			tail = p.lead
		case p.ends:
			tail += p.flat
		default:
			tail += p.lead
		}
	}
	for i, p := range d.parts {
		l.put(p, indent, broken, tails[i])
	}
}

func (l *layout) fits(d *doc, indent, tail int) bool {
	col := l.col
	switch {
	case l.newline:
		col = l.indent
	case l.space:
		col++
	}
	return d.flat < tooWide && col+d.flat+tail <= lineWidth
}
