package explain

import (
	"strings"
	"unicode/utf8"
)

// labelWidth is where lines in pictures are broken, in characters; maxLabelLines is
// how many of a step are shown.
const (
	labelWidth    = 64
	maxLabelLines = 6
)

// labelLine is a line in a box of a picture.
type labelLine struct {
	text string
	kind lineKind
}

type lineKind int

const (
	titleLine lineKind = iota
	stepLine
	columnLine
	noteLine
	measuredLine
)

// label is what stands in a box of a picture.
func (b *Box) label() []labelLine {
	var out []labelLine
	add := func(kind lineKind, indent, text string) {
		for i, l := range wrap(text, labelWidth-len(indent)) {
			if i == maxLabelLines {
				out = append(out, labelLine{indent + "...", kind})
				break
			}
			if i > 0 && kind == stepLine {
				l = "  " + l
			}
			out = append(out, labelLine{indent + l, kind})
		}
	}
	if b.Title != "" {
		add(titleLine, "", b.Title)
	}
	if b.Times != nil {
		add(measuredLine, "", b.Times.text())
	}
	for _, s := range b.Steps {
		add(stepLine, "", s.Text)
		if !s.Same {
			add(columnLine, "    ", "gives "+columns(s))
		}
		for _, n := range s.Notes {
			add(noteLine, "    ", n.Key+": "+n.Text)
		}
		if s.Measured != nil {
			add(measuredLine, "    ", s.Measured.text())
		}
	}
	return out
}

// wrap breaks text at blanks into lines of up to width characters; a longer word is cut.
func wrap(text string, width int) []string {
	var out []string
	now := ""
	for _, word := range strings.Fields(text) {
		for utf8.RuneCountInString(word) > width {
			if now != "" {
				out, now = append(out, now), ""
			}
			r := []rune(word)
			out, word = append(out, string(r[:width])), string(r[width:])
		}
		switch {
		case now == "":
			now = word
		case utf8.RuneCountInString(now)+1+utf8.RuneCountInString(word) <= width:
			now += " " + word
		default:
			out, now = append(out, now), word
		}
	}
	return append(out, now)
}
