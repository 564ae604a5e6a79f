package expr

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// regex is a regular expression, and what of it can be looked for faster: a text that each
// match holds. Where it is not in a string there is no match, and where at most back bytes
// of a match stand before it the search begins there. The library's own search for a text
// works only for what begins with it: of '(&|^)channel_id=([^&]*)' in URLs this is ten times
// as fast.
type regex struct {
	*regexp.Regexp
	text []byte // nil: none is known
	back int    // -1: any number of bytes
}

func withLiteral(re *regexp.Regexp, pattern string) *regex {
	out := &regex{Regexp: re, back: -1}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return out
	}
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	back := 0
	for _, p := range parts {
		if p.Op == syntax.OpLiteral && p.Flags&syntax.FoldCase == 0 && len(p.Rune) > 1 {
			out.text, out.back = []byte(string(p.Rune)), back
			return out
		}
		if n := maxBytes(p); back >= 0 && n >= 0 {
			back += n
		} else {
			back = -1
		}
	}
	return out
}

// maxBytes is the most bytes that re matches; -1: any number.
func maxBytes(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpNoMatch, syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return 0
	case syntax.OpLiteral:
		return utf8.UTFMax * len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax
	case syntax.OpCapture, syntax.OpQuest:
		return maxBytes(re.Sub[0])
	case syntax.OpConcat, syntax.OpAlternate:
		most := 0
		for _, s := range re.Sub {
			n := maxBytes(s)
			if n < 0 {
				return -1
			}
			if re.Op == syntax.OpConcat {
				most += n
			} else {
				most = max(most, n)
			}
		}
		return most
	case syntax.OpRepeat:
		if n := maxBytes(re.Sub[0]); n >= 0 && re.Max >= 0 {
			return n * re.Max
		}
	}
	return -1
}

// from returns the part of s in which the first match is, if there is one; nil: there is
// none. A character stands before the first place where a match can begin, so that what
// asks for the start of the text does not find it there.
func (re *regex) from(s []byte) []byte {
	if re.text == nil {
		return s
	}
	at := bytes.Index(s, re.text)
	if at < 0 {
		return nil
	}
	if re.back < 0 || at <= re.back {
		return s
	}
	at -= re.back + 1
	for n := 0; at > 0 && !utf8.RuneStart(s[at]) && n < utf8.UTFMax; n++ {
		at--
	}
	return s[at:]
}

func (re *regex) matches(s []byte) bool {
	s = re.from(s)
	return (s != nil || re.text == nil) && re.Match(s)
}
