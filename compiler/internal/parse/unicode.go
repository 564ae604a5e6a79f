package parse

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// unicode takes U&'\00e9' [UESCAPE 'c']: text with characters by their hexadecimal
// code, four digits behind the escape character or six behind it and a '+'.
func (p *parser) unicode() *ast.Literal {
	t := p.tok
	p.next()
	text := p.text(t)
	body := strings.ReplaceAll(text[3:len(text)-1], "''", "'")
	escape := '\\'
	if p.tok.is("UESCAPE") && p.peek(1).kind == tokString {
		p.next()
		at, s := p.here(), p.stringValue(p.tok)
		p.next()
		r, n := utf8.DecodeRuneInString(s)
		if n != len(s) || n == 0 || strings.ContainsRune("0123456789abcdefABCDEF+'\" \t\n", r) {
			p.failAt(diag.Syntax, at, "an escape is one character that is no digit, no letter from a to f, no '+', quote or blank", "for example UESCAPE '!'")
		}
		escape = r
	}
	v, bad := unescape(body, escape)
	if bad != "" && !p.holdsPlaceholder(text) {
		p.soft++
		p.errorAt(diag.Syntax, p.spanOf(t), "'"+clip(bad)+"' is no character", "write "+string(escape)+"00E9 (four hexadecimal digits), "+string(escape)+"+01F600 (six), or "+string(escape)+string(escape)+" for the escape itself")
		return &ast.Literal{Place: p.from(t)}
	}
	return &ast.Literal{Place: p.from(t), V: v, T: ir.TVarchar}
}

// unescape replaces the escapes of s; bad is the first that is none.
func unescape(s string, escape rune) (out, bad string) {
	var b strings.Builder
	for {
		i := strings.IndexRune(s, escape)
		if i < 0 {
			b.WriteString(s)
			return b.String(), ""
		}
		b.WriteString(s[:i])
		mark := utf8.RuneLen(escape)
		rest := s[i+mark:]
		if r, n := utf8.DecodeRuneInString(rest); n > 0 && r == escape {
			b.WriteRune(escape)
			s = rest[n:]
			continue
		}
		digits := 4
		if strings.HasPrefix(rest, "+") {
			rest, digits = rest[1:], 6
		}
		if len(rest) < digits {
			return "", s[i:]
		}
		n, err := strconv.ParseUint(rest[:digits], 16, 32)
		if err != nil || !utf8.ValidRune(rune(n)) {
			return "", s[i : i+mark+min(digits, len(s)-i-mark)]
		}
		b.WriteRune(rune(n))
		s = rest[digits:]
	}
}
