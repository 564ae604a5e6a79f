package parse

// statement lays out the tokens [lo, hi), which are a statement without its ';'.
func (f *formatter) statement(lo, hi int) *doc {
	for i := lo; i < hi; i++ {
		if f.is(i, "BEGIN") && f.match[i] > 0 {
			return f.statementSet(lo, i, f.match[i])
		}
		i = max(i, f.match[i])
	}
	return concat(f.clauses(lo, hi, inQuery, hard)...)
}

// statementSet lays out head BEGIN insert; ... END.
func (f *formatter) statementSet(lo, begin, end int) *doc {
	var body []*doc
	for i := begin + 1; i < end; {
		semi := f.end(i, end)
		if semi > i {
			body = append(body, hard, concat(f.lead(i)...))
			f.notes[i].lead = nil
			if semi == end { // the ';' is missing: what follows the last token stands behind it
				trail := f.trail(semi - 1)
				f.notes[semi-1].trail = nil
				body = append(body, f.statement(i, semi), textDoc(";"), concat(trail...))
			} else {
				body = append(body, f.statement(i, semi), f.token(semi, false))
			}
		} else {
			body = append(body, f.dropped(semi))
		}
		i = semi + 1
	}
	body = append(body, concat(f.lead(end)...))
	return concat(f.run(lo, begin+1), indent(body...), hard, f.token(end, false))
}

// dropped is the comments of a ';' that ends nothing.
func (f *formatter) dropped(i int) *doc {
	var out []*doc
	out = append(out, f.lead(i)...)
	for _, c := range f.notes[i].trail {
		out = append(out, hard, textDoc(f.p.commentText(c)), hard)
	}
	return concat(out...)
}

// place is where tokens stand: it says which words begin a clause.
type place uint8

const (
	inList place = iota
	inQuery
	inMatch
	inWindow
)

// clauses lays out a query or another part that has clauses, with sep between them.
func (f *formatter) clauses(lo, hi int, in place, sep *doc) []*doc {
	var out []*doc
	at := lo
	for i := lo + 1; i <= hi; i++ {
		if i < hi && !f.beginsClauseAt(i, in) {
			i = max(i, f.match[i])
			continue
		}
		if at > lo {
			if f.is(lo, "EXPLAIN") && len(out) == 1 {
				out = append(out, space)
			} else {
				out = append(out, sep)
			}
		}
		trail := f.trail(i - 1) // a comment behind a clause does not break it
		f.notes[i-1].trail = nil
		out = append(out, concat(f.clause(at, i, in), concat(trail...)))
		at = i
		if i < hi {
			i = max(i, f.match[i])
		}
	}
	return out
}

var queryClauses = wordSet("SELECT", "FROM", "WHERE", "HAVING", "QUALIFY", "LIMIT", "OFFSET", "FETCH", "EMIT", "UNION", "INTERSECT", "EXCEPT", "VALUES", "INSERT", "MATCH_RECOGNIZE")

var matchClauses = wordSet("MEASURES", "ONE", "ALL", "AFTER", "PATTERN", "WITHIN", "SUBSET", "DEFINE")

// beginsClauseAt reports whether token i begins a clause.
func (f *formatter) beginsClauseAt(i int, in place) bool {
	t := &f.toks[i]
	if !f.keyword(t) || in == inList {
		return false
	}
	switch t.word {
	case "ORDER", "GROUP", "PARTITION":
		return f.is(i+1, "BY")
	case "ROWS", "RANGE":
		return in == inWindow
	}
	switch in {
	case inMatch:
		return matchClauses[t.word] && !f.is(i-1, "OVER")
	case inWindow:
		return false
	}
	switch t.word {
	case "FROM":
		return !(f.is(i-1, "DISTINCT") && (f.is(i-2, "IS") || f.is(i-2, "NOT")) || f.is(i-1, "COLUMNS") && f.is(i-2, "SHOW"))
	case "WITH":
		return f.toks[i+1].role == roleName
	case "WINDOW":
		return f.toks[i+1].role == roleName
	case "NATURAL", "CROSS", "FULL", "SEMI", "ANTI", "INNER", "JOIN", "LEFT", "RIGHT":
		return !f.joinWord(i - 1)
	}
	return queryClauses[t.word]
}

// joinWord reports whether token i is a word before JOIN.
func (f *formatter) joinWord(i int) bool {
	switch f.toks[i].word {
	case "NATURAL", "CROSS", "FULL", "SEMI", "ANTI", "INNER", "OUTER", "LEFT", "RIGHT":
		return f.keyword(&f.toks[i])
	}
	return false
}

// clause lays out the tokens [lo, hi), which begin with a clause's word, or are what
// stands before the first.
func (f *formatter) clause(lo, hi int, in place) *doc {
	if !f.beginsClauseAt(lo, in) {
		return f.run(lo, hi)
	}
	switch f.toks[lo].word {
	case "SELECT":
		head := lo + 1
		if f.toks[head].is("/*+") {
			head = f.match[head] + 1
		}
		if f.is(head, "DISTINCT") || f.is(head, "ALL") {
			head++
		}
		return f.listClause(lo, head, hi)
	case "GROUP", "ORDER", "PARTITION":
		return f.listClause(lo, lo+2, hi)
	case "FROM", "WHERE", "HAVING", "QUALIFY", "VALUES", "WINDOW", "MEASURES", "DEFINE", "SUBSET":
		return f.listClause(lo, lo+1, hi)
	case "WITH":
		return concat(f.token(lo, true), space, concat(f.items(lo+1, hi, hard, alignment{})...))
	case "NATURAL", "CROSS", "FULL", "SEMI", "ANTI", "INNER", "JOIN", "LEFT", "RIGHT":
		return f.join(lo, hi)
	}
	return f.run(lo, hi)
}

// listClause lays out head item, item, ...
func (f *formatter) listClause(lo, head, hi int) *doc {
	commas := f.commas(head, hi)
	if len(commas) == 0 {
		return concat(f.run(lo, head), space, f.expr(head, hi))
	}
	return group(f.run(lo, head), indent(append([]*doc{line}, f.items(head, hi, line, f.aliasPads(head, hi))...)...))
}

// join lays out JOIN table ON condition.
func (f *formatter) join(lo, hi int) *doc {
	for i := lo; i < hi; i++ {
		if f.is(i, "ON") || f.is(i, "USING") {
			return group(f.run(lo, i), indent(line, f.token(i, true), space, f.expr(i+1, hi)))
		}
		i = max(i, f.match[i])
	}
	return f.run(lo, hi)
}

// commas are the places of the ',' of a list.
func (f *formatter) commas(lo, hi int) []int {
	var out []int
	for i := lo; i < hi; i++ {
		if f.toks[i].is(",") && !f.toks[i].glue {
			out = append(out, i)
		}
		i = max(i, f.match[i])
	}
	return out
}

// items lays out a list with sep behind each comma.
func (f *formatter) items(lo, hi int, sep *doc, align alignment) []*doc {
	var out []*doc
	for _, comma := range append(f.commas(lo, hi), hi) {
		out = append(out, f.padded(lo, comma, align))
		if comma < hi {
			out = append(out, f.token(comma, true), sep)
		}
		lo = comma + 1
	}
	return out
}

// padded is an item with blanks for alignment in it, if there are any.
func (f *formatter) padded(lo, hi int, align alignment) *doc {
	for i := lo + 1; i < hi && len(align.head) > 0; i++ {
		if head := align.head[i]; head != nil {
			return concat(head, padDoc(align.pads[i]), space, f.run(i, hi))
		}
		i = max(i, f.match[i])
	}
	return f.expr(lo, hi)
}

// expr lays out an expression: where it does not fit on a line, its lines begin with
// OR, or else with AND.
func (f *formatter) expr(lo, hi int) *doc { return f.logic(lo, hi, indent) }

// logic is expr with its further lines under the first or indented.
func (f *formatter) logic(lo, hi int, further func(...*doc) *doc) *doc {
	if lo >= hi {
		return concat()
	}
	for _, word := range []string{"OR", "AND"} {
		if at := f.operators(lo, hi, word); len(at) > 0 {
			parts := []*doc{f.expr(lo, at[0])}
			for k, i := range at {
				end := hi
				if k+1 < len(at) {
					end = at[k+1]
				}
				parts = append(parts, further(line, f.token(i, true), space, f.expr(i+1, end)))
			}
			return group(parts...)
		}
	}
	return f.run(lo, hi)
}

// operators are the places of AND or OR in an expression; not the AND of BETWEEN.
func (f *formatter) operators(lo, hi int, word string) []int {
	var out []int
	between := 0
	for i := lo; i < hi; i++ {
		switch {
		case f.is(i, "BETWEEN"):
			between++
		case f.is(i, "AND") && between > 0:
			between--
		case f.is(i, word) && i > lo:
			out = append(out, i)
		}
		i = max(i, f.match[i])
	}
	return out
}

// run lays out tokens one behind the other.
func (f *formatter) run(lo, hi int) *doc {
	var out []*doc
	for i := lo; i < hi; i++ {
		if i > lo && f.spaced(i) {
			out = append(out, space)
		}
		if f.match[i] > i && f.match[i] < hi && f.toks[i].role != roleAngle {
			out = append(out, f.bracket(i, f.match[i]))
			i = f.match[i]
			continue
		}
		out = append(out, f.token(i, true))
	}
	return concat(out...)
}

// spaced reports whether a blank stands before token i.
func (f *formatter) spaced(i int) bool {
	a, b := &f.toks[i-1], &f.toks[i]
	switch {
	case a.end == b.start && a.kind != tokOp && b.kind != tokOp && (f.p.placeholder(a) || f.p.placeholder(b)):
		return false
	case b.glue, a.is("(") || a.is("[") || b.is(")") || b.is("]") || b.is(",") || b.is(";"):
		return false
	case a.is("."), b.is(".") && a.kind != tokNumber, a.is("<") && a.role == roleAngle, b.is("["):
		return false
	case b.is("("):
		return a.role != roleFunc
	}
	return true
}
