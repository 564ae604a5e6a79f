package expr

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/kernels"
)

// maxPattern is the longest regular expression that is compiled.
const maxPattern = 10_000

// patterns keeps compiled patterns: the last one at hand, so that a constant costs a
// comparison, and others up to a bound.
type patterns[T any] struct {
	compile func(text string) (T, error)
	last    string
	value   T
	err     error
	known   map[string]T
}

// maxPatterns is how many compiled patterns are kept.
const maxPatterns = 256

func (p *patterns[T]) get(text []byte) (T, error) {
	if p.known != nil && p.last == string(text) {
		return p.value, p.err
	}
	if p.known == nil || len(p.known) >= maxPatterns {
		p.known = map[string]T{}
	}
	p.last, p.err = string(text), nil
	if v, ok := p.known[p.last]; ok {
		p.value = v
		return v, nil
	}
	if p.value, p.err = p.compile(p.last); p.err == nil {
		p.known[p.last] = p.value
	}
	return p.value, p.err
}

func newRegexes() *patterns[*regex] {
	return &patterns[*regex]{compile: compileRegex}
}

func compileRegex(text string) (*regex, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("a regular expression of %d bytes is too long: at most %d", len(text), maxPattern)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%s is no regular expression: %s", quote([]byte(text)), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return withLiteral(re, text), nil
}

func regexpLike() strict {
	res := newRegexes()
	return func(c *call) {
		c.each(func(i int) {
			re, err := res.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return
			}
			kernels.PutBit(c.out.Data, i, re.matches(c.bytes(0, i)))
		})
	}
}

func regexpExtract() strict {
	res := newRegexes()
	return func(c *call) {
		var groups []int32
		if len(c.args) == 3 {
			groups = c.args[2].Int32s()
		}
		c.pieceText(func(s []byte, i int) ([]byte, bool) {
			re, err := res.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return nil, false
			}
			group := 0
			if groups != nil {
				group = int(at(groups, c.args[2], i))
			}
			return groupOf(re, s, group)
		})
	}
}

// groupOf is what a group of the first match holds, or that it is NULL.
func groupOf(re *regex, s []byte, group int) (piece []byte, null bool) {
	if group < 0 || group > re.NumSubexp() {
		return nil, true
	}
	if s = re.from(s); s == nil && re.text != nil {
		return nil, true
	}
	if group == 0 {
		at := re.FindIndex(s)
		if at == nil {
			return nil, true
		}
		return s[at[0]:at[1]], false
	}
	at := re.FindSubmatchIndex(s)
	if at == nil || at[2*group] < 0 {
		return nil, true
	}
	return s[at[2*group]:at[2*group+1]], false
}

func regexpReplace() strict {
	res := newRegexes()
	to := &patterns[[]template]{compile: func(text string) ([]template, error) { return compileTemplate(text) }}
	return func(c *call) {
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			re, err := res.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			parts, err := to.get(c.bytes(2, i))
			if err == nil {
				err = checkTemplate(parts, re)
			}
			if err != nil {
				c.fail(int32(i), err.Error())
				return dst, false
			}
			out, ok := appendReplaced(dst, c.bytes(0, i), re, parts)
			if !ok {
				c.fail(int32(i), tooLong)
			}
			return out, false
		})
	}
}

// template is a text, or the group of the match, of what stands for a match.
type template struct {
	text  string
	group int // -1: text
}

// compileTemplate reads $1 as a group and \x as x.
func compileTemplate(text string) ([]template, error) {
	var out []template
	lit := func(s string) {
		if n := len(out); n > 0 && out[n-1].group < 0 {
			out[n-1].text += s
			return
		}
		out = append(out, template{text: s, group: -1})
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			_, n := utf8.DecodeRuneInString(text[i+1:])
			lit(text[i+1 : i+1+n])
			i += n
		case c == '\\', c == '$' && (i+1 == len(text) || text[i+1]-'0' > 9):
			return nil, fmt.Errorf("%s has a %c without a meaning; write \\%c for the character itself", quote([]byte(text)), c, c)
		case c == '$':
			i++
			out = append(out, template{group: int(text[i] - '0')})
		default:
			lit(text[i : i+1])
		}
	}
	return out, nil
}

func checkTemplate(parts []template, re *regex) error {
	for _, p := range parts {
		if p.group > re.NumSubexp() {
			return fmt.Errorf("$%d: the regular expression has %d groups", p.group, re.NumSubexp())
		}
	}
	return nil
}

// appendReplaced is kernels.AppendReplace for the matches of a regular expression.
func appendReplaced(dst, s []byte, re *regex, parts []template) (out []byte, ok bool) {
	begin, done := len(dst), 0
	for _, m := range re.FindAllSubmatchIndex(s, -1) {
		dst = append(dst, s[done:m[0]]...)
		for _, p := range parts {
			switch {
			case p.group < 0:
				dst = append(dst, p.text...)
			case m[2*p.group] >= 0:
				dst = append(dst, s[m[2*p.group]:m[2*p.group+1]]...)
			}
		}
		if done = m[1]; len(dst)-begin > kernels.MaxText {
			return dst, false
		}
	}
	return append(dst, s[done:]...), true
}

func similarTo() strict {
	escape := rune(0)
	res := &patterns[*regexp.Regexp]{compile: func(text string) (*regexp.Regexp, error) {
		if len(text) > maxPattern {
			return nil, fmt.Errorf("a pattern of %d bytes is too long: at most %d", len(text), maxPattern)
		}
		re, err := kernels.CompileSimilar(text, escape)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", quote([]byte(text)), err)
		}
		return re, nil
	}}
	return func(c *call) {
		c.each(func(i int) {
			now := rune(0)
			if len(c.args) == 3 {
				r, n := utf8.DecodeRune(c.bytes(2, i))
				if n == 0 || n != len(c.bytes(2, i)) {
					c.fail(int32(i), fmt.Sprintf("ESCAPE takes one character, not %s", quote(c.bytes(2, i))))
					return
				}
				now = r
			}
			if now != escape {
				escape, res.known = now, nil
			}
			re, err := res.get(c.bytes(1, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return
			}
			kernels.PutBit(c.out.Data, i, re.Match(c.bytes(0, i)))
		})
	}
}
