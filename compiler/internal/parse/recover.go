package parse

// beginsClause are the words at which a SELECT is read on after an error.
var beginsClause = wordSet(
	"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "EMIT", "ORDER", "LIMIT", "OFFSET", "FETCH", "UNION", "INTERSECT", "EXCEPT",
)

// clause reads a clause of a SELECT. After an error it skips to the next clause, so
// that the errors of that one are reported too.
func (p *parser) clause(f func()) { p.recovering(f, false) }

// clausePart reads one item of a SELECT list. After an error it skips to the next
// item or clause.
func (p *parser) clausePart(f func()) { p.recovering(f, true) }

// recovering reads a part. After an error it skips to the next clause of the same
// SELECT, or with commas to the next ','; where none is left the statement is given up.
func (p *parser) recovering(f func(), commas bool) {
	first := p.at
	if p.try(f) {
		return
	}
	depth := p.depthSince(first)
	for ; ; p.next() {
		switch {
		case p.tok.kind == tokEOF, p.tok.is(";"):
			panic(bailout{})
		case p.tok.is("("), p.tok.is("["), p.tok.is("CASE"):
			depth++
		case p.tok.is(")"), p.tok.is("]"), p.tok.is("END"):
			depth--
		}
		switch {
		case depth < 0 || p.tok.lineStart && p.at > first && p.beginsStatement():
			panic(bailout{})
		case depth == 0 && (commas && p.tok.is(",") || p.tok.kind == tokWord && beginsClause[p.tok.word] && p.clauseHere()):
			return
		}
	}
}

// depthSince is how many brackets are open that were opened from the token on.
func (p *parser) depthSince(first int) int {
	depth := 0
	for i := first; i < p.at; i++ {
		switch t := &p.toks[i]; {
		case t.is("("), t.is("["), t.is("CASE"):
			depth++
		case t.is(")"), t.is("]"), t.is("END"):
			depth--
		}
	}
	return depth
}

// clauseHere tells a clause from a column of the same name: a word that is not
// reserved begins one only where a name, a number or BY follows.
func (p *parser) clauseHere() bool {
	n := p.peek(1)
	switch p.tok.word {
	case "FROM":
		return p.prev.word != "DISTINCT"
	case "GROUP", "ORDER":
		return n.is("BY")
	case "WINDOW":
		return p.peek(2).is("AS")
	case "EMIT":
		return n.is("EVERY") || n.is("PARTIAL")
	case "LIMIT", "OFFSET":
		return n.kind == tokNumber
	case "FETCH":
		return n.is("FIRST") || n.is("NEXT")
	}
	return true
}
