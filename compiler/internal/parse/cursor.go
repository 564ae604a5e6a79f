package parse

import (
	"fmt"
	"sort"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// bailout unwinds the parser to the innermost try. The error is already reported.
type bailout struct{}

// try runs f and reports whether it came to its end.
func (p *parser) try(f func()) (ok bool) {
	depth, seen := p.depth, p.maxSeen
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if _, mine := r.(bailout); !mine {
			panic(r)
		}
		p.depth, p.maxSeen, ok = depth, seen, false
	}()
	f()
	return true
}

// next goes to the next token; it stays at tokEOF.
func (p *parser) next() {
	if p.tok.kind == tokEOF {
		return
	}
	p.prev = p.tok
	p.at++
	p.tok = &p.toks[p.at]
}

// peek returns the token n places behind the next one, or the last.
func (p *parser) peek(n int) *token {
	return &p.toks[min(p.at+n, len(p.toks)-1)]
}

// accept takes the next token if it is w.
func (p *parser) accept(w string) bool {
	if !p.tok.is(w) {
		return false
	}
	p.next()
	return true
}

// accepts takes the next tokens if they are all of ws.
func (p *parser) accepts(ws ...string) bool {
	for i, w := range ws {
		if !p.peek(i).is(w) {
			return false
		}
	}
	for range ws {
		p.next()
	}
	return true
}

// expect takes w or fails.
func (p *parser) expect(w string) *token {
	if !p.tok.is(w) {
		p.failExpected(quoteWord(w), w)
	}
	p.next()
	return p.prev
}

func quoteWord(w string) string {
	if isWordStart(w) {
		return w
	}
	return "'" + w + "'"
}

// open takes '(' or another opening mark or fails; what is the name of what it opens.
func (p *parser) open(w, what string) *token {
	if !p.tok.is(w) {
		p.failExpected(fmt.Sprintf("%s to open %s", quoteWord(w), what))
	}
	p.next()
	return p.prev
}

// close takes the mark that closes what open has opened, or fails.
func (p *parser) close(w, what string, open *token) {
	if p.accept(w) {
		return
	}
	p.failOpen(quoteWord(w)+" to close "+what+" opened", open)
}

// failOpen reports that a part that began at open is not complete.
func (p *parser) failOpen(want string, open *token) {
	p.failBad()
	pos := p.source.Pos(p.spanOf(open))
	d := diag.Diagnostic{
		Code:    diag.UnclosedParen,
		Message: fmt.Sprintf("expected %s here (%d:%d), found %s", want, pos.Line, pos.Col, p.found()),
		Span:    p.spanOf(p.tok),
		Hint:    firstText(p.slipHint(clauseWords), p.closeHint(want)),
		Related: []diag.Related{{Span: p.spanOf(open), Message: "opened here"}},
	}
	p.fail(d)
}

// closeHint says where the missing mark of "')' to close ..." goes.
func (p *parser) closeHint(want string) string {
	if strings.Contains(want, "the CASE opened") {
		return "the form is CASE WHEN condition THEN value ELSE value END"
	}
	mark, _, ok := strings.Cut(want, " to close ")
	if !ok || strings.ContainsAny(mark, " ,") || p.tok.kind == tokEOF {
		return ""
	}
	if t := p.peek(1); p.tok.is(";") && strings.Contains(want, "list opened") && t.maybeName() && p.peek(2).kind == tokWord && knownType(p.peek(2).word) {
		return "columns are separated by ',': write ',' for ';'"
	}
	if t := p.tok; !t.lineStart && (t.kind == tokString || t.kind == tokNumber || t.kind == tokQuoted || t.kind == tokWord && !reserved[t.word] && !beginsClause[t.word] && !t.is("TYPE") && !t.is("OPTIONS")) {
		return fmt.Sprintf("is a ',' or an operator missing before %s?", p.found())
	}
	return fmt.Sprintf("put %s before %s, or where the part ends", mark, p.found())
}

// failExpected reports that something else must stand here. The words are
// keywords that would do, for a hint at a misspelt one.
func (p *parser) failExpected(want string, words ...string) {
	p.failBad()
	p.fail(diag.Diagnostic{
		Code:    diag.Syntax,
		Message: fmt.Sprintf("expected %s, found %s", want, p.found()),
		Span:    p.spanOf(p.tok),
		Hint:    p.expectedHint(want, words),
	})
}

// failBad gives up in silence at a token that the lexer has reported.
func (p *parser) failBad() {
	if p.tok.kind == tokBad || p.tok.kind == tokPoison {
		panic(bailout{})
	}
}

// failAt reports an error over a part of the text and gives up.
func (p *parser) failAt(code string, at diag.Span, message, hint string) {
	p.fail(diag.Diagnostic{Code: code, Message: message, Span: at, Hint: hint})
}

func (p *parser) fail(d diag.Diagnostic) {
	p.add(d)
	panic(bailout{})
}

// add reports d, with a word about the placeholder that its place comes from.
func (p *parser) add(d diag.Diagnostic) {
	if len(p.errs) >= maxErrors {
		return
	}
	p.addPlaceholders(&d)
	if len(p.errs) == maxErrors-1 {
		d.Related = append(d.Related, diag.Related{Span: d.Span, Message: fmt.Sprintf("no more than %d errors of a file are shown", maxErrors)})
	}
	p.errs = append(p.errs, d)
	if len(p.errs) == maxErrors && p.toks != nil {
		p.at = len(p.toks) - 1 // enough: the rest of the file is not read
		p.tok = &p.toks[p.at]
	}
}

// addPlaceholders adds what the first placeholder in the marked part stands for,
// where the part is short enough for that to matter.
func (p *parser) addPlaceholders(d *diag.Diagnostic) {
	const short = 200
	if d.Span.End-d.Span.Start > short {
		return
	}
	i := sort.Search(len(p.offs.pieces), func(i int) bool { return p.offs.pieces[i].inEnd > d.Span.Start })
	if i == len(p.offs.pieces) || p.offs.pieces[i].in >= d.Span.End {
		return
	}
	pc := &p.offs.pieces[i]
	d.Related = append(d.Related, diag.Related{
		Span:    diag.Span{File: p.name, Start: pc.in, End: pc.inEnd},
		Message: fmt.Sprintf("${%s} is %q", pc.name, clip(p.src[pc.out:pc.outEnd])),
	})
}

// report adds an error over the bytes [start, end) of the replaced text.
func (p *parser) report(code string, start, end int, message, hint string) {
	p.add(diag.Diagnostic{Code: code, Message: message, Span: p.offs.span(p.name, start, end), Hint: hint})
}

// errorAt adds an error and lets the parser go on.
func (p *parser) errorAt(code string, at diag.Span, message, hint string) {
	p.add(diag.Diagnostic{Code: code, Message: message, Span: at, Hint: hint})
}

// warnAt adds a warning.
func (p *parser) warnAt(code string, at diag.Span, message, hint string) {
	p.add(diag.Diagnostic{Code: code, Severity: diag.Warning, Message: message, Span: at, Hint: hint})
}

// unsupported reports a form that is understood but not supported, and gives up.
func (p *parser) unsupported(at diag.Span, what, hint string) {
	p.failAt(diag.NotSupported, at, what+" is not supported yet", hint)
}

// found describes the next token for a message.
func (p *parser) found() string {
	switch p.tok.kind {
	case tokEOF:
		return "the end of the file"
	case tokString, tokBinary, tokUnicode:
		return "the string " + clip(p.text(p.tok))
	case tokNumber:
		return "the number " + clip(p.text(p.tok))
	case tokQuoted:
		return clip(p.text(p.tok))
	}
	return "'" + clip(p.text(p.tok)) + "'"
}

// text is a token as it stands in the replaced text.
func (p *parser) text(t *token) string { return p.src[t.start:t.end] }

// spanOf is the place of a token; that of the end of the file is right behind
// the last token, where something is missing.
func (p *parser) spanOf(t *token) diag.Span {
	if t.kind == tokEOF && len(p.toks) > 1 {
		end := p.toks[len(p.toks)-2].end
		return p.offs.span(p.name, end, end)
	}
	return p.offs.span(p.name, t.start, t.end)
}

func (p *parser) line(t *token) int { return p.source.Pos(p.spanOf(t)).Line }

// here is the place of the next token.
func (p *parser) here() diag.Span { return p.spanOf(p.tok) }

// from is the place of everything from the token on up to the last one taken.
func (p *parser) from(start *token) ast.Place {
	return ast.Place{At: p.offs.span(p.name, start.start, max(p.prev.end, start.start))}
}

// nested guards against unbounded recursion: call it on the way down, and
// p.depth-- on the way up.
func (p *parser) nested() {
	if p.depth >= maxDepth {
		p.failAt(diag.TooDeep, p.here(), fmt.Sprintf("this is nested more than %d levels deep", maxDepth), "split it with WITH or CREATE VIEW")
	}
	p.depth++
}

// list reads one or more parts separated by commas.
func list[T any](p *parser, part func() T) []T {
	out := []T{part()}
	for p.accept(",") {
		out = append(out, part())
	}
	return out
}
