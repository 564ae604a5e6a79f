package ndjson

import (
	"unicode/utf8"
)

// kind is what a JSON value is.
type kind uint8

const (
	kindBad kind = iota
	kindString
	kindNumber
	kindTrue
	kindFalse
	kindNull
	kindObject
	kindArray
)

// token is one JSON value as it stands in the buffer.
type token struct {
	kind    kind
	escaped bool // a string with escapes
	from    int  // first byte; of a string the opening quote
	to      int  // behind the last byte
}

// maxDepth is how deep objects and arrays may be nested.
const maxDepth = 512

// What may be wrong with a line as a whole.
const (
	lineEnds = "the line ends inside of an object; each object must stand on one line"
	tooDeep  = "objects and arrays are nested more than 512 deep"
	noArray  = "the line begins with [ instead of {; to read a file that is one array, write its objects as lines first: jq -c '.[]' FILE"
	noObject = "the line does not begin with {"
	moreText = "there is more text behind the object"
)

// scanner checks JSON syntax in a buffer that holds whole lines, each ended by
// '\n', and Padding bytes behind them. It never reads past a '\n', which no JSON
// text of one line may hold. Where a check fails, at and why say so.
type scanner struct {
	buf []byte
	at  int
	why string
}

func (s *scanner) fail(at int, why string) int {
	s.at, s.why = at, why
	return -1
}

// missing fails where something else was expected at p.
func (s *scanner) missing(p int, why string) int {
	if s.buf[p] == '\n' {
		why = lineEnds
	}
	return s.fail(p, why)
}

// space skips white space but for the line's end.
func (s *scanner) space(p int) int {
	for s.buf[p] == ' ' || s.buf[p] == '\t' || s.buf[p] == '\r' {
		p++
	}
	return p
}

// value scans the value at p; the token's kind is kindBad where it is none.
func (s *scanner) value(p, depth int) token {
	t := token{from: p}
	switch c := s.buf[p]; {
	case c == '"':
		t.kind = kindString
		t.to, t.escaped = s.str(p + 1)
	case c == '-' || c-'0' <= 9:
		t.kind = kindNumber
		t.to = s.number(p)
	case c == 't':
		t.kind = kindTrue
		t.to = s.word(p, "true")
	case c == 'f':
		t.kind = kindFalse
		t.to = s.word(p, "false")
	case c == 'n':
		t.kind = kindNull
		t.to = s.word(p, "null")
	case c == '{':
		t.kind = kindObject
		t.to = s.object(p, depth+1)
	case c == '[':
		t.kind = kindArray
		t.to = s.array(p, depth+1)
	case c == '\n':
		t.to = s.missing(p, "")
	default:
		t.to = s.fail(p, "no JSON value begins here")
	}
	if t.to < 0 {
		t.kind = kindBad
	}
	return t
}

func (s *scanner) word(p int, w string) int {
	if string(s.buf[p:p+len(w)]) != w {
		return s.fail(p, "no JSON value begins here")
	}
	return p + len(w)
}

// number scans -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?.
func (s *scanner) number(p int) int {
	b := s.buf
	if b[p] == '-' {
		p++
	}
	switch {
	case b[p] == '0':
		p++
		if b[p]-'0' <= 9 {
			return s.fail(p, "a number must not begin with a zero and further digits")
		}
	case b[p]-'0' <= 9:
		p = digits(b, p)
	default:
		return s.fail(p, "a digit is missing")
	}
	if b[p] == '.' {
		if b[p+1]-'0' > 9 {
			return s.fail(p+1, "a digit is missing behind the point")
		}
		p = digits(b, p+1)
	}
	if b[p] == 'e' || b[p] == 'E' {
		p++
		if b[p] == '+' || b[p] == '-' {
			p++
		}
		if b[p]-'0' > 9 {
			return s.fail(p, "a digit is missing in the exponent")
		}
		p = digits(b, p)
	}
	return p
}

func digits(b []byte, p int) int {
	for b[p]-'0' <= 9 {
		p++
	}
	return p
}

// str scans a string from behind its opening quote to behind the closing one.
func (s *scanner) str(p int) (end int, escaped bool) {
	b := s.buf
	for {
		m := stops(load(b, p))
		if m == 0 {
			p += 8
			continue
		}
		p += lowest(m)
		switch c := b[p]; {
		case c == '"':
			return p + 1, escaped
		case c == '\\':
			escaped = true
			if p = s.escape(p); p < 0 {
				return p, true
			}
		case c >= utf8.RuneSelf:
			if p = s.runes(p); p < 0 {
				return p, escaped
			}
		case c == '\n':
			return s.fail(p, "the line ends inside of a string"), escaped
		default:
			return s.fail(p, "a control character stands inside of a string"), escaped
		}
	}
}

// runes checks a run of characters that are not ASCII.
func (s *scanner) runes(p int) int {
	b := s.buf
	for b[p] >= utf8.RuneSelf {
		r, n := utf8.DecodeRune(b[p : p+utf8.UTFMax])
		if r == utf8.RuneError && n <= 1 {
			return s.fail(p, "the bytes are not valid UTF-8")
		}
		p += n
	}
	return p
}

// escape checks the escape at p, surrogate pairs as one.
func (s *scanner) escape(p int) int {
	switch s.buf[p+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return p + 2
	case 'u':
	default:
		return s.fail(p, "there is no such escape")
	}
	r := hex4(s.buf[p+2:])
	switch {
	case r < 0:
		return s.fail(p, "\\u is not followed by four hexadecimal digits")
	case r >= 0xDC00 && r < 0xE000:
		return s.fail(p, "half of a surrogate pair stands alone")
	case r < 0xD800 || r >= 0xE000:
		return p + 6
	}
	if s.buf[p+6] != '\\' || s.buf[p+7] != 'u' {
		return s.fail(p, "half of a surrogate pair stands alone")
	}
	if lo := hex4(s.buf[p+8:]); lo < 0xDC00 || lo >= 0xE000 {
		return s.fail(p, "half of a surrogate pair stands alone")
	}
	return p + 12
}

// hex4 is the number of four hexadecimal digits, -1 where one is none.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		d := unhex(c)
		if d < 0 {
			return -1
		}
		r = r<<4 | d
	}
	return r
}

func unhex(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// object scans the object at p, whose content nobody asks for.
func (s *scanner) object(p, depth int) int {
	if depth > maxDepth {
		return s.fail(p, tooDeep)
	}
	if p = s.space(p + 1); s.buf[p] == '}' {
		return p + 1
	}
	for {
		var to int
		if _, to = s.key(p); to < 0 {
			return to
		}
		t := s.value(to, depth)
		if t.kind == kindBad {
			return -1
		}
		p = s.space(t.to)
		switch s.buf[p] {
		case ',':
			p = s.space(p + 1)
		case '}':
			return p + 1
		default:
			return s.missing(p, "a comma or } is missing behind a value")
		}
	}
}

// key scans a key, its colon and the white space around it; to is where the value begins.
func (s *scanner) key(p int) (t token, to int) {
	if s.buf[p] != '"' {
		return t, s.missing(p, "a key in quotes is missing")
	}
	t = token{kind: kindString, from: p}
	if t.to, t.escaped = s.str(p + 1); t.to < 0 {
		return t, -1
	}
	p = s.space(t.to)
	if s.buf[p] != ':' {
		return t, s.fail(p, "a colon is missing behind a key")
	}
	return t, s.space(p + 1)
}

func (s *scanner) array(p, depth int) int {
	if depth > maxDepth {
		return s.fail(p, tooDeep)
	}
	if p = s.space(p + 1); s.buf[p] == ']' {
		return p + 1
	}
	for {
		t := s.value(p, depth)
		if t.kind == kindBad {
			return -1
		}
		p = s.space(t.to)
		switch s.buf[p] {
		case ',':
			p = s.space(p + 1)
		case ']':
			return p + 1
		default:
			return s.missing(p, "a comma or ] is missing behind a value")
		}
	}
}

// unescape appends the text of a string that str has checked, without quotes.
func unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			dst = append(dst, s[i])
			i++
			continue
		}
		switch c := s[i+1]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(s[i+2:])
			if r >= 0xD800 && r < 0xE000 {
				r = 0x10000 + (r-0xD800)<<10 + hex4(s[i+8:]) - 0xDC00
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			i += 4
		default:
			dst = append(dst, c)
		}
		i += 2
	}
	return dst
}
