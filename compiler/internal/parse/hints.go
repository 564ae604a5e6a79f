package parse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// slipHint looks for a frequent slip that explains why the next token does not
// fit, and says how to mend it; "" where none is known. The words are keywords
// that would have fitted.
func (p *parser) slipHint(words []string) string {
	for _, find := range []func([]string) string{p.placeholderHint, p.foreignWordHint, p.foreignHint, p.spanHint, p.brokenStringHint, p.misspeltHint, p.aliasHint, p.commaHint} {
		if h := find(words); h != "" {
			return h
		}
	}
	return ""
}

// orSlip returns the hint of a slip, or else the given one.
func (p *parser) orSlip(hint string) string {
	if h := p.brokenStringHint(nil); h != "" {
		return h
	}
	return hint
}

// placeholderHint sees a ${name} that stands for more than a name or a value: the
// formatter, which has no value for it, cannot go on.
func (p *parser) placeholderHint([]string) string {
	if !p.placeholder(p.tok) {
		return ""
	}
	return "the file can only be formatted where each ${name} stands for a name, a value or a type"
}

var foreign = map[string]string{
	"==":  "SQL writes =",
	"&&":  "write AND",
	"::":  "write CAST(value AS type)",
	"=>":  "write >= for greater or equal, = for equal; 'NAME => value' is for the arguments of table functions",
	"!":   "write NOT",
	"->":  "a field of a ROW is r.field; for JSON text use JSON_VALUE(text, '$.path')",
	"{":   "only ${name} takes braces",
	"/*+": "a hint stands behind SELECT or behind a table's name; a comment begins with /* and a blank",
}

func (p *parser) foreignHint([]string) string {
	if p.tok.kind != tokOp {
		return ""
	}
	return foreign[p.tok.word]
}

// brokenStringHint sees a string that ends right before the token: 'it's'.
func (p *parser) brokenStringHint([]string) string {
	text, behind := p.prev, p.tok
	if p.alias != nil && p.alias == p.prev && p.at > 1 {
		text, behind = &p.toks[p.at-2], p.prev // 'it's late': s is the alias
	}
	if text.kind != tokString || text.end != behind.start || behind.kind != tokWord && behind.kind != tokNumber {
		return ""
	}
	if whole := p.wholeText(text, behind); whole != "" {
		return "inside of a text an apostrophe is written twice: write " + whole
	}
	pos := p.source.Pos(p.spanOf(text))
	return fmt.Sprintf("the string that begins at %d:%d ends right before '%s': is a quote missing, or an apostrophe inside of a text not written twice, as in 'it''s'?", pos.Line, pos.Col, clip(p.text(behind)))
}

// wholeText is the text that begins with first and has apostrophes in it, with these
// doubled: first, words right behind it, and a string right behind the last word. "" where
// the tokens do not look so.
func (p *parser) wholeText(first, behind *token) string {
	const most = 20
	if c, _ := utf8.DecodeLastRuneInString(p.src[:first.end-1]); !unicode.IsLetter(c) {
		return ""
	}
	for i := 1; i < most && p.at-1+i < len(p.toks); i++ {
		t, before := &p.toks[p.at-1+i], &p.toks[p.at-2+i]
		switch {
		case t.kind == tokEOF || t.is(";") || t.lineStart:
			return ""
		case t.kind == tokString && before.end == t.start && before.start >= behind.start:
			return doubled(p.src[first.start+1 : t.end-1])
		}
	}
	return ""
}

// misspeltHint sees a word that is nearly one of those that fit.
func (p *parser) misspeltHint(words []string) string {
	if p.tok.kind != tokWord || reserved[p.tok.word] {
		return ""
	}
	return didYouMean(p.tok.word, words)
}

func didYouMean(word string, words []string) string {
	if near := diag.DidYouMean(word, words); near != "" {
		return fmt.Sprintf("did you mean '%s'?", near)
	}
	return ""
}

// aliasHint sees that the word before was taken for an alias but is nearly a
// keyword: SELECT a FORM t.
func (p *parser) aliasHint([]string) string {
	a := p.alias
	if a == nil || a != p.prev || p.tok.start < a.end {
		return ""
	}
	near := diag.DidYouMean(a.word, clauseWords)
	if near == "" {
		return ""
	}
	pos := p.source.Pos(p.spanOf(a))
	return fmt.Sprintf("did you mean '%s' instead of '%s' (%d:%d)?", near, p.text(a), pos.Line, pos.Col)
}

// commaHint sees two parts of a list side by side.
func (p *parser) commaHint([]string) string {
	if p.alias == nil || p.alias != p.prev || !p.isName() && p.tok.kind != tokNumber && p.tok.kind != tokString {
		return ""
	}
	return fmt.Sprintf("is a ',' missing before '%s'?", clip(p.text(p.tok)))
}

// failStatement reports a word that begins no statement.
func (p *parser) failStatement() {
	p.failBad()
	hint := ""
	if p.tok.kind == tokWord {
		hint = firstText(p.placeholderHint(nil), didYouMean(p.tok.word, statementWords))
		if why, ok := laterStatements[p.tok.word]; ok {
			p.unsupported(p.here(), p.tok.word, why)
		}
		p.failForeignStatement()
	}
	if hint == "" {
		hint = "statements begin with " + strings.Join(statementWords[:len(statementWords)-1], ", ") + " or " + statementWords[len(statementWords)-1]
	}
	p.failAt(diag.UnknownStatement, p.here(), fmt.Sprintf("expected a statement, found %s", p.found()), hint)
}

// laterStatements are statements of the language that this version does not have.
var laterStatements = map[string]string{
	"DELETE":   "rows are only added: write those to keep to another mapping, INSERT INTO kept SELECT * FROM t WHERE NOT (condition)",
	"UPDATE":   "rows are only added: write the changed ones to another mapping, INSERT INTO changed SELECT id, CASE WHEN condition THEN new ELSE old END FROM t",
	"USE":      "there is one catalog and one database: write names alone",
	"RESET":    "a setting holds for its file: leave the SET out for the default",
	"SINK":     "write INSERT INTO",
	"REPLACE":  "write CREATE OR REPLACE",
	"COMPILE":  "heliosc compile -o plan.json writes a plan, heliosc run plan.json runs it",
	"STOP":     "stop the process that runs it",
	"LOAD":     "all functions are built in",
	"UNLOAD":   "all functions are built in",
	"ADD":      "connectors and functions are built in, or registered through the Go API",
	"REMOVE":   "connectors and functions are built in, or registered through the Go API",
	"ANALYZE":  "heliosc explain --analyze runs a query and measures it",
	"TRUNCATE": "remove the files by other means",
	"MERGE":    "the engine adds rows; a mapping with a PRIMARY KEY takes updates and deletes from a query",
	"CALL":     "",
	"TABLE":    "write SELECT * FROM and its name",
}
