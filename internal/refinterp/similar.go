package refinterp

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/helios-stream/helios/ir"
)

// A pattern of SIMILAR TO is matched by sets of places: where a part can end that
// begins at one of the places given.
type places map[int]bool

// ends gives the places where a part of a pattern can end in s.
type ends func(s []rune, from places) places

type similarParser struct {
	p      []rune
	escape rune
	bad    bool
}

func similarTo(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	p := &similarParser{p: []rune(a[1].(string)), escape: -1}
	if len(a) == 3 {
		chars := []rune(a[2].(string))
		if len(chars) != 1 {
			return nil, fail(BadArgument, "ESCAPE takes one character, not %q", a[2])
		}
		p.escape = chars[0]
	}
	match := p.either()
	if p.bad || len(p.p) > 0 {
		return nil, fail(BadArgument, "%q is no pattern of SIMILAR TO", a[1])
	}
	s := []rune(a[0].(string))
	return match(s, places{0: true})[len(s)], nil
}

// either is a|b.
func (p *similarParser) either() ends {
	left := p.sequence()
	for !p.bad && len(p.p) > 0 && p.p[0] == '|' {
		p.p = p.p[1:]
		a, b := left, p.sequence()
		left = func(s []rune, from places) places {
			out := places{}
			for _, f := range []ends{a, b} {
				for at := range f(s, from) {
					out[at] = true
				}
			}
			return out
		}
	}
	return left
}

func (p *similarParser) sequence() ends {
	all := ends(func(_ []rune, from places) places { return from })
	for !p.bad && len(p.p) > 0 && p.p[0] != '|' && p.p[0] != ')' {
		before, part := all, p.repeated()
		all = func(s []rune, from places) places { return part(s, before(s, from)) }
	}
	return all
}

// repeated is a part with * + ? or {n,m} behind it. One mark may be followed by ?,
// which regular expressions take as a wish that changes nothing here.
func (p *similarParser) repeated() ends {
	part := p.one()
	if p.bad || len(p.p) == 0 {
		return part
	}
	lo, hi := 0, -1
	switch c := p.p[0]; c {
	case '*', '+', '?':
		if c == '+' {
			lo = 1
		}
		if c == '?' {
			hi = 1
		}
		p.p = p.p[1:]
	case '{':
		rest := string(p.p)
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return part // not a repetition: it stands for itself
		}
		var ok bool
		if lo, hi, ok = bounds(rest[1:end]); !ok {
			return part
		}
		p.p = []rune(rest[end+1:])
	default:
		return part
	}
	if hi >= 0 && lo > hi || lo > 1000 || hi > 1000 {
		p.bad = true
	}
	if len(p.p) > 0 && p.p[0] == '?' {
		p.p = p.p[1:]
	}
	if len(p.p) > 0 && (strings.ContainsRune("*+?", p.p[0]) || p.repeats()) {
		p.bad = true // a repetition of a repetition
	}
	return times(part, lo, hi)
}

// repeats reports whether {n,m} is next.
func (p *similarParser) repeats() bool {
	rest := string(p.p)
	end := strings.IndexByte(rest, '}')
	if rest == "" || rest[0] != '{' || end < 0 {
		return false
	}
	_, _, ok := bounds(rest[1:end])
	return ok
}

func bounds(text string) (lo, hi int, ok bool) {
	from, to, comma := strings.Cut(text, ",")
	lo, err := strconv.Atoi(from)
	if err != nil || lo < 0 {
		return 0, 0, false
	}
	switch {
	case !comma:
		return lo, lo, true
	case to == "":
		return lo, -1, true
	}
	hi, err = strconv.Atoi(to)
	return lo, hi, err == nil
}

// times is part lo to hi times, hi -1 being any number.
func times(part ends, lo, hi int) ends {
	return func(s []rune, from places) places {
		for range lo {
			from = part(s, from)
		}
		out := places{}
		for at := range from {
			out[at] = true
		}
		for n := lo; (hi < 0 || n < hi) && len(from) > 0; n++ {
			more := places{}
			for at := range part(s, from) {
				if !out[at] {
					out[at], more[at] = true, true
				}
			}
			from = more
		}
		return out
	}
}

func char(is func(rune) bool) ends {
	return func(s []rune, from places) places {
		out := places{}
		for at := range from {
			if at < len(s) && is(s[at]) {
				out[at+1] = true
			}
		}
		return out
	}
}

func (p *similarParser) one() ends {
	c := p.p[0]
	p.p = p.p[1:]
	switch {
	case c == p.escape:
		if len(p.p) == 0 {
			p.bad = true
			return nil
		}
		e := p.p[0]
		p.p = p.p[1:]
		return char(func(r rune) bool { return r == e })
	case c == '%':
		return times(char(func(rune) bool { return true }), 0, -1)
	case c == '_':
		return char(func(rune) bool { return true })
	case c == '(':
		inner := p.either()
		if p.bad || len(p.p) == 0 || p.p[0] != ')' {
			p.bad = true
			return inner
		}
		p.p = p.p[1:]
		return inner
	case c == '[':
		return p.class()
	case strings.ContainsRune("*+?", c):
		p.bad = true
	}
	return char(func(r rune) bool { return r == c })
}

var posix = map[string]func(rune) bool{
	"alpha": func(r rune) bool { return r < 128 && unicode.IsLetter(r) },
	"digit": func(r rune) bool { return r >= '0' && r <= '9' },
	"alnum": func(r rune) bool { return r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) },
	"upper": func(r rune) bool { return r >= 'A' && r <= 'Z' },
	"lower": func(r rune) bool { return r >= 'a' && r <= 'z' },
	"space": func(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) }, "whitespace": func(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) },
}

// class is [...], whose '[' is taken.
func (p *similarParser) class() ends {
	not := len(p.p) > 0 && p.p[0] == '^'
	if not {
		p.p = p.p[1:]
	}
	var tests []func(rune) bool
	for first := true; ; first = false {
		if len(p.p) == 0 {
			p.bad = true
			return nil
		}
		c := p.p[0]
		if c == ']' && !first {
			p.p = p.p[1:]
			break
		}
		if rest := string(p.p); strings.HasPrefix(rest, "[:") {
			end := strings.Index(rest, ":]")
			if end < 2 || posix[strings.ToLower(rest[2:end])] == nil {
				p.bad = true
				return nil
			}
			tests = append(tests, posix[strings.ToLower(rest[2:end])])
			p.p = []rune(rest[end+2:])
			continue
		}
		lo := p.classChar()
		hi := lo
		if len(p.p) > 1 && p.p[0] == '-' && p.p[1] != ']' {
			p.p = p.p[1:]
			hi = p.classChar()
		}
		if p.bad || hi < lo {
			p.bad = true
			return nil
		}
		tests = append(tests, func(r rune) bool { return r >= lo && r <= hi })
	}
	return char(func(r rune) bool {
		for _, t := range tests {
			if t(r) {
				return !not
			}
		}
		return not
	})
}

func (p *similarParser) classChar() rune {
	if p.p[0] == p.escape && len(p.p) > 1 {
		p.p = p.p[1:]
	}
	c := p.p[0]
	p.p = p.p[1:]
	return c
}
