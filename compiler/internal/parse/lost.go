package parse

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// lose notes what a statement that is left out may declare: uses of that are not
// reported as unknown. Its tokens go from first to the next one. With gone a part of
// its text is missing.
func (p *parser) lose(first int, gone bool) {
	p.lost.Some = true
	toks := p.toks[first:p.at]
	if len(toks) == 0 {
		return
	}
	found := 0
	for i := range toks {
		if name := p.declared(toks, i); name != "" {
			p.lost.Names = append(p.lost.Names, name)
			found++
		}
	}
	text := strings.ToUpper(p.src[toks[0].start:toks[len(toks)-1].end])
	creates := strings.Count(text, "CREATE")
	if creates == 0 && diag.DidYouMean(toks[0].word, statementWords) == "CREATE" {
		creates = 1
	}
	// Text that is missing may hold statements, too.
	if creates > found || gone && (p.cut || creates > 0 || !p.onlyReads(&toks[0])) {
		p.lost.Any = true
	}
}

// notClosed reports whether a string, a name or a comment has no end: it may hold
// statements.
func (p *parser) notClosed() bool {
	n := 0
	for _, d := range p.errs {
		if d.Code == diag.UnclosedString || d.Code == diag.UnclosedName || d.Code == diag.UnclosedComment {
			n++
		}
	}
	return n > p.mended
}

// declared is the name behind CREATE ... MAPPING, TABLE or VIEW, where token i is that
// last word; "": it is none.
func (p *parser) declared(toks []token, i int) string {
	if t := &toks[i]; !t.is("MAPPING") && !t.is("TABLE") && !t.is("VIEW") {
		return ""
	}
	begun := false
	for back := 1; back <= 4 && back <= i && !begun; back++ { // CREATE OR REPLACE TEMPORARY VIEW
		word := toks[i-back].word
		begun = word == "CREATE" || i == back && diag.DidYouMean(word, statementWords) == "CREATE"
	}
	for i++; begun && i < len(toks) && (toks[i].is("IF") || toks[i].is("NOT") || toks[i].is("EXISTS")); i++ {
		continue
	}
	if !begun || i == len(toks) || !toks[i].maybeName() || p.placeholder(&toks[i]) {
		return ""
	}
	return strings.Trim(p.text(&toks[i]), "\"`")
}

// onlyReads reports whether a statement that begins with t declares nothing.
func (p *parser) onlyReads(t *token) bool {
	switch t.word {
	case "SELECT", "INSERT", "WITH", "VALUES", "SET", "SHOW", "DESCRIBE", "EXPLAIN", "DROP":
		return true
	}
	return false
}
