package parse

// bracket lays out what stands between the marks at o and c, the marks included.
func (f *formatter) bracket(o, c int) *doc {
	first, last := f.token(o, true), f.token(c, false)
	closing := f.lead(c) // comments before the closing mark belong to what is inside
	switch {
	case f.is(o, "CASE"):
		return f.caseDoc(o, c)
	case f.toks[o].is("/*+"):
		return concat(first, space, concat(f.items(o+1, c, line, alignment{})...), concat(closing...), space, last)
	case c == o+1:
		return concat(first, indent(closing...), last)
	}
	in := f.placeIn(o)
	var body []*doc
	switch {
	case in != inList:
		body = f.clauses(o+1, c, in, line)
	case f.toks[o].role == roleColumns, f.toks[o].role == roleOptions:
		body = f.items(o+1, c, line, f.firstPads(o+1, c))
	default:
		if len(closing) == 0 && f.hugs(o, c) {
			return concat(first, f.run(o+1, c), last)
		}
		if body = []*doc{nil}; len(f.commas(o+1, c)) == 0 {
			body[0] = f.logic(o+1, c, concat)
		} else {
			body = f.items(o+1, c, line, alignment{})
		}
	}
	if f.toks[o].role == roleColumns || in == inMatch { // never on one line
		return concat(first, indent(append(append([]*doc{hard}, brokenParts(body)...), closing...)...), hard, last)
	}
	return group(first, indent(append(append([]*doc{soft}, body...), closing...)...), soft, last)
}

// brokenParts are parts with each choice of a line's end taken.
func brokenParts(parts []*doc) []*doc {
	out := make([]*doc, len(parts))
	for i, p := range parts {
		if p == line {
			p = hard
		}
		out[i] = p
	}
	return out
}

// hugs reports whether the brackets hold one item that ends with its own bracket, as
// in TABLE(TUMBLE(...)): one indentation is then enough for both.
func (f *formatter) hugs(o, c int) bool {
	if len(f.commas(o+1, c)) > 0 {
		return false
	}
	i := o + 1
	for ; i < c; i++ {
		if f.toks[i].role != roleFunc && !(f.keyword(&f.toks[i]) && f.toks[i+1].is("(")) {
			break
		}
	}
	return i > o+1 && f.toks[i].is("(") && f.match[i] == c-1
}

// placeIn is what kind of part the bracket at o opens.
func (f *formatter) placeIn(o int) place {
	switch {
	case f.beginsQuery(o + 1):
		return inQuery
	case f.is(o-1, "MATCH_RECOGNIZE"):
		return inMatch
	case f.is(o-1, "OVER"), f.is(o+1, "PARTITION") || f.is(o+1, "ORDER") || f.is(o+1, "ROWS") || f.is(o+1, "RANGE"):
		return inWindow
	}
	return inList
}

func (f *formatter) beginsQuery(i int) bool {
	for f.toks[i].is("(") {
		i++
	}
	return f.is(i, "SELECT") || f.is(i, "VALUES") || f.is(i, "WITH") && f.toks[i+1].role == roleName
}

// caseDoc lays out CASE ... END.
func (f *formatter) caseDoc(o, c int) *doc {
	parts := []*doc{f.token(o, true)}
	var whens []*doc
	at := o + 1
	for i := o + 1; i <= c; i++ {
		if i < c && !f.is(i, "WHEN") && !f.is(i, "ELSE") {
			i = max(i, f.match[i])
			continue
		}
		if i > at {
			if f.is(at, "WHEN") || f.is(at, "ELSE") {
				whens = append(whens, line, f.when(at, i))
			} else {
				parts = append(parts, space, f.expr(at, i))
			}
		}
		at = i
	}
	whens = append(whens, f.lead(c)...)
	return group(append(parts, indent(whens...), line, f.token(c, false))...)
}

// when lays out WHEN condition THEN result, or ELSE result.
func (f *formatter) when(lo, hi int) *doc {
	for i := lo; i < hi; i++ {
		if f.is(i, "THEN") {
			return concat(f.token(lo, true), space, f.expr(lo+1, i), space, f.token(i, true), space, f.expr(i+1, hi))
		}
		i = max(i, f.match[i])
	}
	return concat(f.token(lo, true), space, f.expr(lo+1, hi))
}

// maxPad is the greatest width that is aligned: behind a wider part one blank does.
const maxPad = 40

// alignment is how the items of a list are aligned.
type alignment struct {
	pads map[int]int  // blanks before the token of an index
	head map[int]*doc // what stands before that token
}

// aliasPads aligns the AS of a SELECT list.
func (f *formatter) aliasPads(lo, hi int) alignment {
	head := map[int]*doc{}
	var widths []int
	var at []int
	for _, comma := range append(f.commas(lo, hi), hi) {
		for i := lo + 1; i < comma; i++ {
			if f.is(i, "AS") {
				head[i] = f.expr(lo, i)
				widths = append(widths, head[i].flat)
				at = append(at, i)
				break
			}
			i = max(i, f.match[i])
		}
		lo = comma + 1
	}
	return alignment{pads(at, widths), head}
}

// firstPads aligns what stands behind the names of columns and options.
func (f *formatter) firstPads(lo, hi int) alignment {
	head := map[int]*doc{}
	var widths []int
	var at []int
	for _, comma := range append(f.commas(lo, hi), hi) {
		if lo+1 < comma && len(f.notes[lo].inline) == 0 && (f.toks[lo].role == roleName || f.toks[lo].kind == tokString) {
			head[lo+1] = f.token(lo, true)
			widths = append(widths, textDoc(f.text(lo)).flat)
			at = append(at, lo+1)
		}
		lo = comma + 1
	}
	return alignment{pads(at, widths), head}
}

// pads is the blanks that make all widths the same; none for what is too wide.
func pads(at, widths []int) map[int]int {
	most := 0
	for _, w := range widths {
		if w <= maxPad {
			most = max(most, w)
		}
	}
	out := map[int]int{}
	for k, i := range at {
		if widths[k] < most {
			out[i] = most - widths[k]
		} else {
			out[i] = 0
		}
	}
	return out
}
