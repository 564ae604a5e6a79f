package parse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// mend sees that the quote at open, which has no end, is there because of a string that
// ends right before a word: its own quote is missing, or it holds an apostrophe. It takes
// that string as it is meant and goes on behind it.
func (l *lexer) mend(kind tokenKind, open int) bool {
	if kind == tokQuoted || l.early == 0 { // of 'a, 'b' = 'x' the last quote seems to begin a binary string
		return false
	}
	first := l.toks[l.earlyAt]
	word := "'" + clip(l.src[l.early:l.wordEnd(l.early)]) + "'"
	before, _ := utf8.DecodeLastRuneInString(l.src[:l.early-1])
	end := 0
	if unicode.IsLetter(before) {
		end = l.early + strings.IndexByte(l.src[l.early:], '\'') + 1
		if text := l.src[l.early:end]; strings.Contains(text, "\n") {
			return false
		}
		l.report(diag.UnclosedString, first.start, end, "the text ends at its apostrophe, right before "+word+": inside of a text an apostrophe is written twice",
			"write "+doubled(l.src[first.start+1:end-1]))
	} else {
		text, _, _ := strings.Cut(l.src[first.start+1:l.early-1], "\n")
		text = strings.TrimRight(text, " \t\r,)")
		end = first.start + 1 + len(text)
		l.report(diag.UnclosedString, first.start, end, "the string that begins here is not closed: it ends at the quote before "+word, "write '"+clip(text)+"'")
	}
	l.toks, l.at, l.early = l.toks[:l.earlyAt], end, 0
	l.mended++
	l.lineStart = first.lineStart
	l.add(tokPoison, first.start, "")
	return true
}

// doubled is a text in quotes, for a hint.
func doubled(text string) string { return "'" + clip(strings.ReplaceAll(text, "'", "''")) + "'" }

// typographic sees a text in the quotes of a word processor, which end in its line.
func (l *lexer) typographic(start int, r rune) bool {
	const quotes = "‘’‚“”„«»"
	if !strings.ContainsRune(quotes, r) {
		return false
	}
	line, _, _ := strings.Cut(l.src[l.at:], "\n")
	i := strings.IndexAny(line, quotes)
	if i <= 0 {
		return false
	}
	text := line[:i]
	_, n := utf8.DecodeRuneInString(line[i:])
	l.at += i + n
	l.report(diag.BadCharacter, start, l.at, "the text stands in typographic quotes, as word processors make them", "write '"+clip(text)+"'")
	l.add(tokPoison, start, "")
	return true
}

func printRune(r rune) string {
	if unicode.IsPrint(r) {
		return fmt.Sprintf("'%c'", r)
	}
	return fmt.Sprintf("U+%04X", r)
}

func characterHint(r rune) string {
	switch r {
	case '‘', '’', '‚', '′', '´':
		return "this is a typographic quote; strings stand in '...'"
	case '“', '”', '„', '«', '»':
		return "this is a typographic quote; strings stand in '...', quoted names in \"...\""
	case '–', '—', '−':
		return "this is a typographic dash; minus is '-'"
	case '；':
		return "this is a full-width semicolon; write ';'"
	case '，':
		return "this is a full-width comma; write ','"
	case '（', '）':
		return "this is a full-width parenthesis; write '(' or ')'"
	case 0xFEFF, 0x200B, 0x200C, 0x200D:
		return "this character is invisible; delete it"
	}
	return ""
}

var shortUnits = map[string]string{
	"us": "MICROSECOND", "ms": "MILLISECOND", "s": "SECOND", "sec": "SECOND", "m": "MINUTE", "min": "MINUTE", "h": "HOUR", "hr": "HOUR", "d": "DAY",
	"msec": "MILLISECOND", "milli": "MILLISECOND", "micro": "MICROSECOND", "w": "WEEK", "mon": "MONTH", "y": "YEAR", "yr": "YEAR",
}

func numberHint(digits, rest, all string) string {
	if unit := shortUnits[strings.ToLower(rest)]; unit != "" {
		return fmt.Sprintf("for a span of time, write INTERVAL '%s' %s", digits, unit)
	}
	if strings.EqualFold(rest, "k") && !strings.Contains(digits, ".") {
		return fmt.Sprintf("for a number, write %s000; for a name, \"%s\"", digits, all)
	}
	return fmt.Sprintf("for a name, write \"%s\"", all)
}
