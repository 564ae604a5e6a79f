// Package parse turns the text of query files into syntax trees and back.
//
// The lexer and the parser are written by hand: recursive descent for
// statements and queries, precedence climbing for expressions. After an error
// the parser goes on behind the part that it is in, so that one run reports what
// is wrong in the whole file.
package parse

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// The limits of what is parsed. They keep the memory and the stack bounded on any input.
const (
	maxBytes  = 4 << 20 // of a file, placeholders replaced
	maxDepth  = 256     // of nested parentheses, queries and types
	maxHeight = 10000   // of an expression's tree: how long a chain of operators may be
	maxChain  = 1000    // of tables in a FROM, of SELECTs in a UNION
	maxErrors = 100     // reported for a file
)

// File parses a query file. The name is what messages call it. The tree holds
// the statements that could be read; the list is in order of place and may hold
// warnings alone. A tree with errors is incomplete and only good for further checks.
func File(name, text string, vars Vars) (*ast.File, diag.List) {
	p, ok := newParser(name, text, vars)
	f := &ast.File{Place: ast.Place{At: diag.Span{File: name, Start: 0, End: len(text)}}}
	if ok {
		f.Stmts = p.file()
	}
	if f.Lost = p.lost; !ok || len(p.errs) >= maxErrors || p.notClosed() {
		f.Lost.Some, f.Lost.Any = true, true
	}
	p.errs.Sort()
	return f, p.errs
}

// Expr parses a single expression, such as one that a test or a default holds.
func Expr(name, text string) (ast.Expr, diag.List) {
	p, ok := newParser(name, text, Vars{})
	var e ast.Expr
	if ok {
		p.try(func() {
			x := p.expr()
			if p.tok.kind != tokEOF {
				p.failExpected("the end of the expression")
			}
			e = x
		})
	}
	p.errs.Sort()
	return e, p.errs
}

// parser reads the tokens of one file.
type parser struct {
	name    string
	src     string // with ${...} replaced
	offs    *offsets
	source  *diag.Source // as written, for line:col in messages
	toks    []token
	at      int    // index of tok
	tok     *token // the next token
	prev    *token // the one before it; a tokEOF at 0 before the first
	errs    diag.List
	depth   int    // of nested calls
	maxSeen int    // height of the highest expression read by the current one
	cut     bool   // a comment that is not closed hides the rest of the file
	alias   *token // the last word that was taken for an alias without AS
	mended  int    // texts that the lexer has closed itself
	// computed: a computed column is being read, behind which NOT NULL is no condition.
	computed bool
	keep     bool // for the formatter: ${name} stands for itself
	soft     int  // errors after which a statement is whole all the same
	broken   int  // parts of lists that are left out because of what the lexer has reported
	lost     ast.Lost

	comments []comment // with keep
}

func newParser(name, text string, vars Vars) (*parser, bool) {
	p := &parser{name: name, source: &diag.Source{File: name, Text: text}, offs: &offsets{}}
	return p, p.start(text, vars)
}

// start cuts the text into tokens; false: it is no query file, which is reported.
func (p *parser) start(text string, vars Vars) bool {
	name := p.name
	body, shift := text, 0
	if strings.HasPrefix(text, "\ufeff") {
		body, shift = text[3:], 3
	}
	if !p.checkText(text) {
		return false
	}
	if p.src, p.offs.shift = body, shift; !p.keep {
		p.src, p.offs = substitute(name, body, shift, vars, &p.errs)
	}
	if len(p.src) > maxBytes {
		p.report(diag.FileTooLarge, 0, 0, "the file is too large with its ${...} replaced: the limit is 4 MiB", "")
		return false
	}
	lex := lexer{src: p.src, report: p.report, keep: p.keep}
	lex.full = func() bool { return len(p.errs) >= maxErrors }
	p.toks = lex.run()
	p.tok, p.prev, p.comments, p.cut, p.mended = &p.toks[0], &token{}, lex.comments, lex.cut, lex.mended
	return true
}

// checkText refuses what is no query file: too long, or not UTF-8.
func (p *parser) checkText(text string) bool {
	if len(text) > maxBytes {
		p.errs.Add(diag.FileTooLarge, diag.Span{File: p.name}, fmt.Sprintf("the file has %d bytes; the limit is 4 MiB", len(text)), "put data in a file of its own and read it through a mapping")
		return false
	}
	if utf8.ValidString(text) {
		return true
	}
	bad := 0
	for bad < len(text) {
		r, n := utf8.DecodeRuneInString(text[bad:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		bad += n
	}
	p.errs.Add(diag.NotUTF8, diag.Span{File: p.name, Start: bad, End: bad + 1}, fmt.Sprintf("the file is not UTF-8 text: byte 0x%02X at offset %d", text[bad], bad), "save it as UTF-8")
	return false
}

// file reads statements up to the end of the text.
func (p *parser) file() []ast.Statement {
	var stmts []ast.Statement
	for {
		for p.accept(";") {
			continue
		}
		if p.tok.kind == tokEOF {
			break
		}
		if s := p.oneStatement(); s != nil {
			stmts = append(stmts, s)
		}
	}
	if len(stmts) == 0 && len(p.errs) == 0 {
		p.errs.Add(diag.NoStatement, diag.Span{File: p.name}, "the file holds no statement", "write a SELECT, or an INSERT INTO ... SELECT")
	}
	return stmts
}

// oneStatement reads a statement and its end. Where it cannot be read, or holds
// an undefined placeholder, the rest of it is skipped and nil is returned.
func (p *parser) oneStatement() ast.Statement {
	first, known, soft, broken := p.at, len(p.errs), p.soft, p.broken
	var s ast.Statement
	ok := p.try(func() {
		s = p.statement()
		p.endOfStatement()
	})
	if !ok {
		s = nil
		p.syncStatement(first)
	}
	if p.cut && p.tok.kind == tokEOF && !p.prev.is(";") || p.holdsUndefined(p.toks[first].start, p.prev.end) {
		p.errs = p.errs[:known] // what follows from the missing text is noise
		p.lose(first, true)
		return nil
	}
	if p.errs[known:].Errors() > p.soft-soft || p.broken > broken {
		p.lose(first, false)
		return nil
	}
	return s
}

// holdsUndefined reports whether an undefined placeholder stands in or right
// before or behind the part.
func (p *parser) holdsUndefined(start, end int) bool {
	end = max(end, p.tok.start)
	for i := max(p.offs.before(start-1), 0); i < len(p.offs.pieces); i++ {
		pc := &p.offs.pieces[i]
		if pc.out > end {
			break
		}
		if pc.undefined && pc.out >= start {
			return true
		}
	}
	return false
}

// endOfStatement expects ';' or the end of the text. A statement that begins on
// a line of its own without a ';' before it is reported and read all the same.
func (p *parser) endOfStatement() {
	if p.tok.kind == tokEOF || p.accept(";") {
		return
	}
	if p.tok.lineStart && p.beginsStatement() {
		p.report(diag.MissingSemicolon, p.prev.end, p.prev.end, "expected ';' between statements", fmt.Sprintf("put ';' before the %s in line %d", p.tok.word, p.line(p.tok)))
		return
	}
	if p.tok.is(")") {
		p.failAt(diag.Syntax, p.here(), "this ')' closes nothing", "remove it, or open the parenthesis before")
	}
	p.failExpected("';' or the end of the file", clauseWords...)
}

func (p *parser) beginsStatement() bool {
	if p.tok.kind != tokWord {
		return false
	}
	switch p.tok.word {
	case "CREATE", "DROP", "SELECT", "WITH", "INSERT", "EXPLAIN", "SET", "EXECUTE", "STATEMENT", "VALUES", "ALTER", "SHOW", "DESCRIBE":
		return true
	}
	return false
}

// syncStatement goes on behind the next ';', or before the next line that can
// only begin a statement.
func (p *parser) syncStatement(first int) {
	for p.tok.kind != tokEOF && !p.accept(";") {
		if p.at > first && p.tok.lineStart && (p.tok.is("CREATE") || p.tok.is("INSERT") || p.tok.is("DROP")) {
			return
		}
		p.next()
	}
}
