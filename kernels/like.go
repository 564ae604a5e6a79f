package kernels

import (
	"bytes"
	"unicode/utf8"
)

// Like is a compiled LIKE pattern.
type Like struct {
	shape likeShape
	text  []byte // of the shapes that have one
	parts []likePart
}

type likeShape uint8

const (
	likeEqual    likeShape = iota // abc
	likePrefix                    // abc%
	likeSuffix                    // %abc
	likeContains                  // %abc%
	likeGeneral
)

// likePart is literal text, behind any number of characters: skip of them, or
// more where open.
type likePart struct {
	skip int
	open bool
	text []byte
}

// CompileLike reads a pattern: % is any text, _ one character, and behind escape
// these two and escape are themselves. escape 0 is none. ok is false where escape
// stands before anything else.
func CompileLike(pattern []byte, escape rune) (p *Like, ok bool) {
	var parts []likePart
	var cur likePart
	flush := func() {
		if len(cur.text) > 0 {
			parts = append(parts, cur)
			cur = likePart{}
		}
	}
	for rest := pattern; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		c := rest[:n]
		rest = rest[n:]
		switch {
		case r == escape && escape != 0:
			r, n = utf8.DecodeRune(rest)
			if len(rest) == 0 || r != '%' && r != '_' && r != escape {
				return nil, false
			}
			cur.text = append(cur.text, rest[:n]...)
			rest = rest[n:]
		case r == '%':
			flush()
			cur.open = true
		case r == '_':
			flush()
			cur.skip++
		default:
			cur.text = append(cur.text, c...)
		}
	}
	return newLike(append(parts, cur)), true
}

// newLike finds the simple shapes. The last part is what stands at the end; its
// text may be empty.
func newLike(parts []likePart) *Like {
	p := &Like{shape: likeGeneral, parts: parts}
	first, last := parts[0], parts[len(parts)-1]
	for _, x := range parts {
		if x.skip > 0 {
			return p
		}
	}
	switch {
	case len(parts) == 1 && !first.open:
		p.shape, p.text = likeEqual, first.text
	case len(parts) == 1:
		p.shape, p.text = likeSuffix, first.text
	case len(parts) == 2 && !first.open && len(last.text) == 0:
		p.shape, p.text = likePrefix, first.text
	case len(parts) == 2 && len(last.text) == 0:
		p.shape, p.text = likeContains, first.text
	}
	return p
}

// Match reports whether s matches the whole pattern.
func (p *Like) Match(s []byte) bool {
	switch p.shape {
	case likeEqual:
		return string(s) == string(p.text)
	case likePrefix:
		return bytes.HasPrefix(s, p.text)
	case likeSuffix:
		return bytes.HasSuffix(s, p.text)
	case likeContains:
		return bytes.Contains(s, p.text)
	}
	return p.general(s)
}

// general takes every part at the first place where it fits, which is enough:
// what stands behind an open part may only move to the right. Where a fixed part
// does not fit, the last open part before it is tried one character later.
func (p *Like) general(s []byte) bool {
	back, backAt := -1, 0 // the last open part and the offset at which it is tried next
	i, at := 0, 0
	for {
		if i == len(p.parts) {
			return true
		}
		part := &p.parts[i]
		if part.open {
			// The skipped characters come first; what is left over is found by search.
			back, backAt = i, at
		}
		next, ok := part.fit(s, at, i == len(p.parts)-1)
		switch {
		case ok && part.open:
			backAt = next - len(part.text)
			i, at = i+1, next
		case ok:
			i, at = i+1, next
		default:
			var again bool
			if i, at, again = p.retry(s, back, &backAt, i); !again {
				return false
			}
		}
	}
}

// retry moves the last open part to its next place; again is false where it has none.
func (p *Like) retry(s []byte, back int, backAt *int, failed int) (i, at int, again bool) {
	if back < 0 || failed == back || *backAt >= len(s) {
		return 0, 0, false
	}
	part := &p.parts[back]
	_, w := utf8.DecodeRune(s[*backAt:])
	from := *backAt + w
	k := bytes.Index(s[from:], part.text)
	if k < 0 {
		return 0, 0, false
	}
	*backAt = from + k
	return back + 1, from + k + len(part.text), true
}

// fit returns the end of the part's text in s, looked for from at on. The last
// part must reach the end of s.
func (l *likePart) fit(s []byte, at int, last bool) (end int, ok bool) {
	for range l.skip {
		if at >= len(s) {
			return 0, false
		}
		_, w := utf8.DecodeRune(s[at:])
		at += w
	}
	rest := s[at:]
	switch {
	case last && l.open:
		return len(s), bytes.HasSuffix(rest, l.text)
	case last:
		return len(s), string(rest) == string(l.text)
	case l.open:
		k := bytes.Index(rest, l.text)
		return at + k + len(l.text), k >= 0
	}
	return at + len(l.text), bytes.HasPrefix(rest, l.text)
}
