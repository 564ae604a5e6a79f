package kernels

import (
	"fmt"
	"regexp"
	"strings"
)

// CompileSimilar makes a regular expression of a pattern of SIMILAR TO, for whole texts:
// % is any text and _ any character; | * + ? {n,m} ( ) and [ ] are as in regular
// expressions, all else stands for itself. escape, if not 0, takes a mark's meaning.
func CompileSimilar(pattern string, escape rune) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`(?s)\A(?:`)
	p := []rune(pattern)
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == escape && escape != 0:
			if i++; i == len(p) {
				return nil, fmt.Errorf("the escape character has nothing behind it")
			}
			b.WriteString(regexp.QuoteMeta(string(p[i])))
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		case c == '(':
			b.WriteString("(?:")
		case c == '[':
			end, err := similarClass(&b, p, i, escape)
			if err != nil {
				return nil, err
			}
			i = end
		case strings.ContainsRune("|*+?{})", c):
			b.WriteRune(c)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(`)\z`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("it is not a pattern of SIMILAR TO")
	}
	return re, nil
}

// similarClass writes the class that begins at p[at] and returns where it ends.
func similarClass(b *strings.Builder, p []rune, at int, escape rune) (end int, err error) {
	b.WriteByte('[')
	for i := at + 1; i < len(p); i++ {
		switch c := p[i]; {
		case c == escape && escape != 0 && i+1 < len(p):
			i++
			b.WriteString(`\x{` + fmt.Sprintf("%x", p[i]) + `}`)
		case c == ']' && i > at+1:
			b.WriteByte(']')
			return i, nil
		case c == '[' && i+1 < len(p) && p[i+1] == ':':
			n := strings.Index(string(p[i+2:]), ":]")
			if n < 0 {
				return 0, fmt.Errorf("a class of characters is not closed")
			}
			written := string(p[i+2:])[:n]
			name := strings.ToLower(written)
			if name == "whitespace" {
				name = "space"
			}
			b.WriteString("[:" + name + ":]")
			i += 3 + len([]rune(written))
		case c == '^' && i == at+1, c == '-':
			b.WriteRune(c)
		default:
			b.WriteString(`\x{` + fmt.Sprintf("%x", c) + `}`)
		}
	}
	return 0, fmt.Errorf("a class of characters is not closed")
}
