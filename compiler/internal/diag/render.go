package diag

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tabWidth is how wide a tab is shown.
const tabWidth = 4

// Render prints the diagnostics in order of place, each with its source line, the
// place marked, its hint and the places that it speaks of:
//
//	q.sql:3:14: error[H0101]: expected ')', found 'TYPE'
//	  3 |   price DOUBLE TYPE File
//	    |                ^~~~
//	  help: ...
//
// A diagnostic whose file is not in the sources is printed without a line. With
// colour, ANSI escapes are added. The list itself is not changed.
func Render(w io.Writer, list List, sources *Sources, colour bool) error {
	sorted := append(List(nil), list...)
	sorted.Sort()
	r := renderer{w: bufio.NewWriter(w), sources: sources, colour: colour}
	for i := range sorted {
		if i > 0 {
			r.print("\n")
		}
		r.diagnostic(&sorted[i])
	}
	return r.w.Flush()
}

// The escapes of colours.
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	blue   = "\x1b[1;34m"
	cyan   = "\x1b[1;36m"
)

type renderer struct {
	w       *bufio.Writer
	sources *Sources
	colour  bool
}

func (r *renderer) print(parts ...string) {
	for _, s := range parts {
		_, _ = r.w.WriteString(s) // Flush returns the error
	}
}

// painted prints s in a colour.
func (r *renderer) painted(escape, s string) {
	if !r.colour || s == "" {
		r.print(s)
		return
	}
	r.print(escape, s, plain)
}

func (r *renderer) diagnostic(d *Diagnostic) {
	paint := red
	if d.Severity == Warning {
		paint = yellow
	}
	r.place(d.Span)
	r.painted(paint, d.Severity.String()+"["+d.Code+"]")
	r.print(": ")
	r.painted(bold, printable(d.Message))
	r.print("\n")
	gutter := r.gutter(d)
	r.excerpt(d.Span, gutter, paint, d.Related)
	if d.Hint != "" {
		r.print(strings.Repeat(" ", gutter+1))
		r.painted(cyan, "help")
		r.print(": ", printable(d.Hint), "\n")
	}
	for _, rel := range d.Related {
		r.place(rel.Span)
		r.painted(blue, "note")
		r.print(": ", printable(rel.Message), "\n")
		if !r.beside(rel.Span, d.Span) {
			r.excerpt(rel.Span, gutter, blue, nil)
		}
	}
}

// place prints file:line:col and a colon, as far as they are known.
func (r *renderer) place(at Span) {
	if at.File == "" {
		return
	}
	text := printable(at.File) + ": "
	if pos := r.sources.Pos(at); pos.Line > 0 && r.sources.find(at.File) != nil {
		text = fmt.Sprintf("%s:%d:%d: ", printable(at.File), pos.Line, pos.Col)
	}
	r.painted(bold, text)
}

// gutter is the width that the line numbers of d take.
func (r *renderer) gutter(d *Diagnostic) int {
	width := 1
	spans := []Span{d.Span}
	for _, rel := range d.Related {
		spans = append(spans, rel.Span)
	}
	for _, at := range spans {
		if pos := r.sources.Pos(at); pos.Line > 0 {
			width = max(width, len(fmt.Sprint(pos.Line))+1)
		}
	}
	return width
}

// beside reports whether a related place can be marked in the excerpt of the
// main one: it stands before or behind it in the same line, which is shown whole.
func (r *renderer) beside(rel, at Span) bool {
	src := r.sources.find(at.File)
	if src == nil || rel.File != at.File || rel.End <= rel.Start || rel.Start < at.End && at.Start < rel.End || rel.End > len(src.Text) {
		return false
	}
	n := src.lineAt(min(max(at.Start, 0), len(src.Text)))
	start, line := src.line(n)
	return len(line) <= maxLine && rel.Start >= start && rel.End <= start+len(line)
}

// excerpt prints the line that the span begins in, with the span underlined up
// to the end of that line, and related places of that line marked.
func (r *renderer) excerpt(at Span, gutter int, paint string, related []Related) {
	src := r.sources.find(at.File)
	if src == nil || at.IsZero() || src.Text == "" || at == (Span{File: at.File}) {
		return
	}
	start := min(max(at.Start, 0), len(src.Text))
	end := min(max(at.End, start), len(src.Text))
	n := src.lineAt(start)
	lineStart, line := src.line(n)
	from := min(max(start-lineStart, 0), len(line))
	to := min(max(end-lineStart, from), len(line))
	if end > lineStart+len(line) && from < len(line) {
		to = from + len(strings.TrimRight(line[from:], " \t\r")) // goes on in the next line
	}
	line, from, to = window(line, from, to)
	shown, cols := expand(line)
	width := max(1, cols[to]-cols[from])

	r.painted(blue, fmt.Sprintf("%*d | ", gutter+1, n+1))
	r.print(shown, "\n")
	r.painted(blue, strings.Repeat(" ", gutter+2)+"| ")
	marks := []mark{{cols[from], width, paint, "^", "~"}}
	for _, rel := range related {
		if r.beside(rel.Span, at) {
			lo, hi := cols[rel.Span.Start-lineStart], cols[rel.Span.End-lineStart]
			marks = append(marks, mark{lo, max(1, hi-lo), blue, "-", "-"})
		}
	}
	r.underline(marks)
}

// mark is a part of the line below the source line.
type mark struct {
	col, width  int
	paint       string
	first, rest string
}

// underline prints the marks in order of their columns; one that would lie on
// another is left out.
func (r *renderer) underline(marks []mark) {
	slices.SortStableFunc(marks, func(a, b mark) int { return a.col - b.col })
	col := 0
	for _, m := range marks {
		if m.col < col {
			continue
		}
		r.print(strings.Repeat(" ", m.col-col))
		r.painted(m.paint, m.first+strings.Repeat(m.rest, m.width-1))
		col = m.col + m.width
	}
	r.print("\n")
}

// maxLine is how many bytes of a line are shown at most.
const maxLine = 200

// window cuts a very long line down to the part around [from, to).
func window(line string, from, to int) (string, int, int) {
	if len(line) <= maxLine {
		return line, from, to
	}
	lo := runeStart(line, max(0, from-maxLine/2))
	hi := runeStart(line, min(len(line), lo+maxLine))
	head, tail := "", ""
	if lo > 0 {
		head = "..."
	}
	if hi < len(line) {
		tail = "..."
	}
	shift := len(head) - lo
	return head + line[lo:hi] + tail, from + shift, min(to, hi) + shift
}

// runeStart returns the start of the character that holds offset i.
func runeStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

// expand returns the line as a terminal shows it, tabs as blanks and control
// characters as dots, and the column of each byte offset, the end included.
func expand(line string) (shown string, cols []int) {
	var b strings.Builder
	cols = make([]int, len(line)+1)
	col := 0
	for i := 0; i < len(line); {
		c, n := utf8.DecodeRuneInString(line[i:])
		for j := range n {
			cols[i+j] = col
		}
		switch {
		case c == '\t':
			w := tabWidth - col%tabWidth
			b.WriteString(strings.Repeat(" ", w))
			col += w
		case c == utf8.RuneError && n == 1, hidden(c):
			b.WriteByte('.')
			col++
		default:
			b.WriteRune(c)
			col += runeWidth(c)
		}
		i += n
	}
	cols[len(line)] = col
	return b.String(), cols
}

// hidden reports whether a terminal would not show c, or would act on it.
func hidden(c rune) bool {
	return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) && c != 0x200D || unicode.Is(unicode.Zl, c) || unicode.Is(unicode.Zp, c)
}

// printable replaces what a terminal would act on.
func printable(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	return strings.Map(func(c rune) rune {
		if hidden(c) {
			return '.'
		}
		return c
	}, s)
}

// runeWidth is the number of terminal columns of a character: 0 for combining
// marks, 2 for East Asian wide characters and emoji, else 1.
func runeWidth(c rune) int {
	switch {
	case c < 0x300:
		return 1
	case unicode.In(c, unicode.Mn, unicode.Me) || c == 0x200D || c >= 0xFE00 && c <= 0xFE0F:
		return 0
	case isWide(c):
		return 2
	}
	return 1
}

// wide are the ranges of East Asian wide and full-width characters and of emoji
// that are shown as pictures (Unicode UAX 11).
var wide = [][2]rune{
	{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x26A1, 0x26A1}, {0x26BD, 0x26BE},
	{0x2705, 0x2705}, {0x270A, 0x270B}, {0x2728, 0x2728}, {0x274C, 0x274C}, {0x2753, 0x2755}, {0x2E80, 0x303E}, {0x3041, 0x33FF},
	{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF}, {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
	{0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
}

func isWide(c rune) bool {
	for _, r := range wide {
		if c >= r[0] && c <= r[1] {
			return true
		}
	}
	return false
}
