package parse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// lexer cuts a text into tokens. Bad input is reported through report, and the
// scan goes on behind it.
type lexer struct {
	src       string
	at        int
	lineStart bool
	toks      []token
	upper     map[string]string // words in upper case, to make each once
	early     int               // offset behind the statement's first string that ends right before a word; 0: none
	earlyAt   int               // index of that string
	mended    int               // strings closed where their writer has likely meant it
	report    func(code string, start, end int, message, hint string)
	full      func() bool // enough has been reported: stop
	hint      bool        // inside of /*+ ... */
	cut       bool        // a comment that is not closed takes the rest of the text
	keep      bool        // for the formatter: ${name} is part of a word, and comments are kept
	comments  []comment   // with keep, in order
}

// run returns the tokens of the text, the last of them tokEOF.
func (l *lexer) run() []token {
	l.toks = make([]token, 0, len(l.src)/5+8)
	l.upper = map[string]string{}
	l.lineStart = true
	for l.blanks(); l.at < len(l.src); l.blanks() {
		l.next()
		l.lineStart = false
		if l.full() {
			l.at = len(l.src)
		}
	}
	l.add(tokEOF, l.at, "")
	return l.toks
}

func (l *lexer) add(kind tokenKind, start int, word string) {
	l.toks = append(l.toks, token{kind: kind, lineStart: l.lineStart, start: start, end: l.at, word: word})
}

// blanks skips white space and comments.
func (l *lexer) blanks() {
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == '\n':
			l.lineStart = true
			l.at++
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case c == '-' && strings.HasPrefix(l.src[l.at:], "--"):
			l.lineComment()
		case c == '/' && strings.HasPrefix(l.src[l.at:], "/*"):
			if beginsHint(l.src[l.at:]) {
				return
			}
			l.blockComment()
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(l.src[l.at:])
			if !unicode.IsSpace(r) {
				return
			}
			l.at += n
		default:
			return
		}
	}
}

// beginsHint reports whether a comment is a hint: /*+ with a word behind it and an end.
func beginsHint(s string) bool {
	if !strings.HasPrefix(s, "/*+") {
		return false
	}
	word := strings.TrimLeft(s[3:], " \t\r\n")
	return word != "" && isWordStart(word) && strings.Contains(word, "*/")
}

func (l *lexer) lineComment() {
	defer l.keepComment(l.at)
	if i := strings.IndexByte(l.src[l.at:], '\n'); i >= 0 {
		l.at += i
		return
	}
	l.at = len(l.src)
}

func (l *lexer) blockComment() {
	defer l.keepComment(l.at)
	i := strings.Index(l.src[l.at+2:], "*/")
	if i < 0 {
		l.report(diag.UnclosedComment, l.at, l.at+2, "this comment is not closed", "end it with */")
		l.at, l.cut = len(l.src), true
		return
	}
	if strings.IndexByte(l.src[l.at:l.at+2+i], '\n') >= 0 {
		l.lineStart = true
	}
	l.at += i + 4
}

// next scans one token, of which at least one byte is left.
func (l *lexer) next() {
	c := l.src[l.at]
	switch {
	case c == '\'':
		l.quoted(tokString, c)
	case c == '"' || c == '`':
		l.quoted(tokQuoted, c)
	case (c == 'x' || c == 'X') && strings.HasPrefix(l.src[l.at+1:], "'"):
		l.at++
		l.quoted(tokBinary, '\'')
	case (c == 'u' || c == 'U') && strings.HasPrefix(l.src[l.at+1:], "&'"):
		l.at += 2
		l.quoted(tokUnicode, '\'')
	case isDigit(c), c == '.' && l.at+1 < len(l.src) && isDigit(l.src[l.at+1]):
		l.number()
	case isWordStart(l.src[l.at:]), l.placeholder(l.at) > 0:
		l.word()
	default:
		l.operator()
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordStart(s string) bool {
	c := s[0]
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// wordEnd returns the offset behind the word characters that begin at i.
func (l *lexer) wordEnd(i int) int {
	for i < len(l.src) {
		c := l.src[i]
		if n := l.placeholder(i); n > 0 {
			i += n
			continue
		}
		if c < utf8.RuneSelf {
			if !isWordStart(l.src[i:]) && !isDigit(c) && c != '$' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(l.src[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return i
		}
		i += n
	}
	return i
}

func (l *lexer) word() {
	start := l.at
	l.at = l.wordEnd(l.at)
	text := l.src[start:l.at]
	if n := len(l.toks); n > 0 && l.early == 0 && l.toks[n-1].kind == tokString && l.toks[n-1].end == start {
		l.early, l.earlyAt = start, n-1
	}
	up, ok := l.upper[text]
	if !ok {
		up = strings.ToUpper(text)
		l.upper[text] = up
	}
	l.add(tokWord, start, up)
}

// quoted scans from a quote to the next one that is not doubled. l.at is at the
// quote; a tokBinary began one byte before, a tokUnicode two.
func (l *lexer) quoted(kind tokenKind, q byte) {
	open := l.at
	start := open
	switch kind {
	case tokBinary:
		start--
	case tokUnicode:
		start -= 2
	}
	for {
		i := strings.IndexByte(l.src[l.at+1:], q)
		if i < 0 {
			if !l.mend(kind, open) {
				l.unclosed(kind, open, q)
				l.add(tokBad, start, "")
			}
			return
		}
		l.at += i + 2
		if l.at == len(l.src) || l.src[l.at] != q {
			break
		}
	}
	if kind == tokQuoted && l.at == open+2 {
		l.report(diag.EmptyName, open, l.at, "a quoted name cannot be empty", emptyNameHint(q))
		kind = tokBad
	}
	l.add(kind, start, "")
}

func emptyNameHint(q byte) string {
	if q == '"' {
		return "write a name between the quotes, or leave it out; the empty text is ''"
	}
	return "write a name between the quotes, or leave it out"
}

// unclosed reports a quote without an end and goes on at the end of its line,
// before a semicolon there, so that what follows is still read.
func (l *lexer) unclosed(kind tokenKind, open int, q byte) {
	end := len(l.src)
	if i := strings.IndexByte(l.src[open:], '\n'); i >= 0 {
		end = open + i
	}
	if line := strings.TrimRight(l.src[open:end], " \t\r"); len(line) > 1 && line[len(line)-1] == ';' {
		end = open + len(line) - 1
	}
	l.at = max(end, open+1)
	if kind == tokQuoted {
		l.report(diag.UnclosedName, open, open+1, "the quoted name that begins here is not closed", fmt.Sprintf("end it with %c", q))
		return
	}
	hint := "end it with '; a quote inside of a string is written ''"
	if text := strings.TrimSpace(l.src[open+1 : l.at]); text != "" && !strings.ContainsAny(text, " \t,()'") {
		hint = "write '" + clip(text) + "'; a quote inside of a string is written ''"
	}
	if l.early > 0 {
		before, after := clipEnd(l.src[:l.early]), clip(l.src[l.early:l.wordEnd(l.early)])
		hint = fmt.Sprintf("end it with ', or look before it: a string ends right before a word in %s%s, where a quote is missing or not doubled", before, after)
	}
	l.report(diag.UnclosedString, open, open+1, "the string that begins here is not closed", hint)
}

// number scans 12, 1.5, .5, 1. and 1e-3.
func (l *lexer) number() {
	start := l.at
	l.digits()
	if l.at < len(l.src) && l.src[l.at] == '.' {
		l.at++
		l.digits()
	}
	l.exponent()
	if l.at < len(l.src) && isWordStart(l.src[l.at:]) {
		digits := l.src[start:l.at]
		l.at = l.wordEnd(l.at)
		l.report(diag.BadNumber, start, l.at, fmt.Sprintf("'%s' is neither a number nor a name", clip(l.src[start:l.at])), numberHint(digits, l.src[start+len(digits):l.at], l.src[start:l.at]))
		l.add(tokPoison, start, "")
		return
	}
	l.add(tokNumber, start, "")
}

func (l *lexer) digits() {
	for l.at < len(l.src) && isDigit(l.src[l.at]) {
		l.at++
	}
}

func (l *lexer) exponent() {
	if l.at == len(l.src) || l.src[l.at]|0x20 != 'e' {
		return
	}
	i := l.at + 1
	if i < len(l.src) && (l.src[i] == '+' || l.src[i] == '-') {
		i++
	}
	if i < len(l.src) && isDigit(l.src[i]) {
		l.at = i
		l.digits()
	}
}

var longOperators = []string{"<=", ">=", "<>", "!=", "||", "=>", "==", "&&", "::", "->"}

// operator scans an operator or a punctuation mark.
func (l *lexer) operator() {
	start := l.at
	if l.hintMark() {
		return
	}
	for _, op := range longOperators {
		if strings.HasPrefix(l.src[l.at:], op) {
			l.at += 2
			l.add(tokOp, start, op)
			return
		}
	}
	r, n := utf8.DecodeRuneInString(l.src[l.at:])
	l.at += n
	if r == ';' {
		l.early = 0
	}
	if strings.IndexByte("()[]{},;.+-*/%=<>!|?:^&@$#~\\", byte(r)) >= 0 && r < utf8.RuneSelf {
		l.add(tokOp, start, l.src[start:l.at])
		return
	}
	if l.typographic(start, r) {
		return
	}
	l.report(diag.BadCharacter, start, l.at, fmt.Sprintf("unexpected character %s", printRune(r)), characterHint(r))
	l.add(tokBad, start, "")
}

// hintMark scans the marks around a hint.
func (l *lexer) hintMark() bool {
	start := l.at
	switch {
	case l.hint && strings.HasPrefix(l.src[start:], "*/"):
		l.at, l.hint = start+2, false
		l.add(tokOp, start, "*/")
	case beginsHint(l.src[start:]):
		l.at, l.hint = start+3, true
		l.add(tokOp, start, "/*+")
	default:
		return false
	}
	return true
}

// clipEnd is the end of a text for a message, from its last blank or line on.
func clipEnd(s string) string {
	const most = 20
	if i := strings.LastIndexAny(s, " \t\r\n"); i >= 0 {
		s = s[i+1:]
	}
	if r := []rune(s); len(r) > most {
		return "..." + string(r[len(r)-most:])
	}
	return s
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 40
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = s[:i] + "..."
	}
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-3]) + "..."
}
