package parse

import (
	"fmt"
	"sort"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// Vars says what ${name} is replaced by.
type Vars struct {
	Defs map[string]string                // -D name=value; looked at first
	Env  func(name string) (string, bool) // the environment; nil: none
}

func (v Vars) lookup(name string) (string, bool) {
	if s, ok := v.Defs[name]; ok {
		return s, true
	}
	if v.Env == nil {
		return "", false
	}
	return v.Env(name)
}

// piece is a replaced placeholder: where it stood and where its value stands.
type piece struct {
	in, inEnd   int // in the file as written
	out, outEnd int // in the replaced text
	name        string
	undefined   bool
}

// offsets maps places of the replaced text to places of the file as written.
type offsets struct {
	pieces []piece
	shift  int // bytes that were skipped before the text, such as a byte order mark
}

// before returns the index of the last placeholder whose value begins at or before off, or -1.
func (o *offsets) before(off int) int {
	return sort.Search(len(o.pieces), func(i int) bool { return o.pieces[i].out > off }) - 1
}

// span returns the part of the file from which the bytes [start, end) come: a
// place inside of a value is its whole placeholder.
func (o *offsets) span(file string, start, end int) diag.Span {
	if len(o.pieces) == 0 {
		return diag.Span{File: file, Start: start + o.shift, End: end + o.shift}
	}
	s := diag.Span{File: file, Start: o.start(start), End: o.end(end)}
	s.End = max(s.End, s.Start)
	return s
}

func (o *offsets) start(off int) int {
	i := o.before(off)
	switch {
	case i < 0:
		return off + o.shift
	case off < o.pieces[i].outEnd:
		return o.pieces[i].in
	}
	return off - o.pieces[i].outEnd + o.pieces[i].inEnd
}

func (o *offsets) end(off int) int {
	i := o.before(off - 1) // the last byte decides
	switch {
	case i < 0:
		return off + o.shift
	case off <= o.pieces[i].outEnd:
		return o.pieces[i].inEnd
	}
	return off - o.pieces[i].outEnd + o.pieces[i].inEnd
}

// substitute replaces every ${name} of text outside of comments. An undefined
// name is reported and replaced by nothing.
func substitute(file, text string, shift int, vars Vars, errs *diag.List) (string, *offsets) {
	o := &offsets{shift: shift}
	if !strings.Contains(text, "${") {
		return text, o
	}
	var b strings.Builder
	done := 0
	scan := placeholderScanner{text: text}
	for at := scan.next(); at >= 0 && b.Len() <= maxBytes; at = scan.next() {
		if n := ir.ReferenceAt(text[at:]); n > 0 && scan.quote == '\'' { // the parser says where it may stand
			scan.at = at + n
			continue
		}
		end := placeholderEnd(text, at)
		if end < 0 {
			span := diag.Span{File: file, Start: at + shift, End: at + 2 + shift}
			addCapped(errs, diag.BadPlaceholder, span, "'${' must be followed by a name and '}'", "write ${name}; for the text itself, '$' || '{'")
			continue
		}
		name := text[at+2 : end-1]
		value, ok := vars.lookup(name)
		if !ok {
			span := diag.Span{File: file, Start: at + shift, End: end + shift}
			addCapped(errs, diag.UndefinedVar, span, fmt.Sprintf("${%s} is not defined", name), undefinedHint(name, vars))
		}
		b.WriteString(text[done:at])
		out := b.Len()
		b.WriteString(value)
		o.pieces = append(o.pieces, piece{in: at + shift, inEnd: end + shift, out: out, outEnd: b.Len(), name: name, undefined: !ok})
		done = end
		scan.at = end
	}
	b.WriteString(text[done:])
	return b.String(), o
}

func addCapped(errs *diag.List, code string, at diag.Span, message, hint string) {
	if len(*errs) < maxErrors {
		errs.Add(code, at, message, hint)
	}
}

func undefinedHint(name string, vars Vars) string {
	names := make([]string, 0, len(vars.Defs))
	for n := range vars.Defs {
		names = append(names, n)
	}
	sort.Strings(names)
	if near := diag.DidYouMean(name, names); near != "" {
		return fmt.Sprintf("did you mean ${%s}?", near)
	}
	return fmt.Sprintf("give it a value with -D %s=... or in the environment", name)
}

// placeholderEnd returns the offset behind the '}' of the placeholder at the
// given offset, or -1 where it is malformed.
func placeholderEnd(text string, at int) int {
	i := at + 2
	for i < len(text) && isVarByte(text[i], i == at+2) {
		i++
	}
	if i == at+2 || i == len(text) || text[i] != '}' {
		return -1
	}
	return i + 1
}

func isVarByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	}
	return !first && (c >= '0' && c <= '9' || c == '.' || c == '-')
}

// placeholderScanner finds each "${" of a text that does not stand in a comment.
type placeholderScanner struct {
	text  string
	at    int
	quote byte // inside of '...', "..." or `...`
}

// next returns the offset of the next "${", or -1, and goes on behind it.
func (s *placeholderScanner) next() int {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '$' && strings.HasPrefix(s.text[s.at:], "${"):
			s.at += 2
			return s.at - 2
		case s.quote != 0:
			if c == s.quote {
				s.quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			s.quote = c
		case c == '-' && strings.HasPrefix(s.text[s.at:], "--"):
			s.skipTo("\n")
			continue
		case c == '/' && strings.HasPrefix(s.text[s.at:], "/*") && !beginsHint(s.text[s.at:]):
			s.at += 2
			s.skipTo("*/")
			continue
		}
		s.at++
	}
	return -1
}

// skipTo goes on behind the next end, or to the end of the text.
func (s *placeholderScanner) skipTo(end string) {
	i := strings.Index(s.text[s.at:], end)
	if i < 0 {
		s.at = len(s.text)
		return
	}
	s.at += i + len(end)
}
