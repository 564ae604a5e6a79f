package parse

import "strings"

// notes are the comments of one token.
type notes struct {
	lead   []comment // on lines of their own before it
	inline []comment // right before it on its line
	trail  []comment // behind it on its line
	blank  bool      // an empty line stands before the first of lead, or before the token
	gap    []bool    // for each of lead: an empty line stands behind it
}

// attach gives each comment to a token.
func (f *formatter) attach() {
	f.notes = make([]notes, len(f.toks))
	src, c := f.p.src, 0
	for i := range f.toks {
		at := 0
		if i > 0 {
			at = f.toks[i-1].end
		}
		n := &f.notes[i]
		first := c
		for ; c < len(f.p.comments) && f.p.comments[c].start < f.toks[i].start; c++ {
			note := f.p.comments[c]
			between := src[at:note.start]
			own := i == 0 || strings.Contains(between, "\n") || c > first && f.isLine(f.p.comments[c-1])
			blank := strings.Count(between, "\n") > 1
			f.place(i, note, own || len(n.lead) > 0, blank)
			at = note.end
		}
		gap := strings.Count(src[at:f.toks[i].start], "\n") > 1
		if len(n.lead) == 0 {
			n.blank = gap
		} else {
			n.gap[len(n.gap)-1] = gap
		}
	}
}

// place gives a comment before token i to that token or to the one before it.
func (f *formatter) place(i int, c comment, own, blank bool) {
	n := &f.notes[i]
	behind := f.p.src[c.end:f.toks[i].start]
	inline := !f.isLine(c) && f.toks[i].kind != tokEOF && !strings.Contains(behind, "\n") && strings.TrimSpace(behind) == "" &&
		!strings.Contains(f.p.src[c.start:c.end], "\n")
	opener := i > 0 && (f.toks[i-1].is(",") || f.toks[i-1].is("(") || f.toks[i-1].is(";"))
	separator := f.toks[i].is(",") || f.toks[i].is(";") || f.toks[i].kind == tokEOF && i > 0 && !f.toks[i-1].is(";")
	switch {
	case inline && !separator && (own || opener):
		n.inline = append(n.inline, c)
		n.blank = n.blank || blank
	case separator && f.toks[i].kind != tokEOF && (own || f.isLine(c)):
		f.behindSeparator(i, c, own)
	case own:
		if len(n.lead) == 0 {
			n.blank = blank
		} else {
			n.gap[len(n.gap)-1] = blank
		}
		n.lead = append(n.lead, c)
		n.gap = append(n.gap, false)
	default:
		f.notes[i-1].trail = append(f.notes[i-1].trail, c)
	}
	if i > 0 { // a line comment ends its line
		if t := f.notes[i-1].trail; len(t) > 1 && f.isLine(t[len(t)-2]) {
			f.notes[i-1].trail = t[:len(t)-1]
			n.lead, n.gap = append(n.lead, c), append(n.gap, false)
		}
	}
}

// behindSeparator gives a comment before a ',' or ';' to what follows it, so that the
// mark stands right behind its item.
func (f *formatter) behindSeparator(i int, c comment, own bool) {
	if !own && len(f.notes[i+1].lead) == 0 {
		f.notes[i].trail = append(f.notes[i].trail, c)
		return
	}
	next := &f.notes[i+1]
	next.lead = append(next.lead, c)
	next.gap = append(next.gap, false)
}

func (f *formatter) isLine(c comment) bool { return f.p.src[c.start] == '-' }

// leading writes the comments on lines before a statement or the end, with at most
// one empty line where there are some.
func (f *formatter) leading(l *layout, i int) {
	n := &f.notes[i]
	l.newline, l.blank = true, n.blank
	for k, c := range n.lead {
		l.text(f.p.commentText(c))
		l.endLine(0)
		l.blank = n.gap[k]
	}
	n.lead = nil
}

// after writes the comments behind the ';' at i.
func (f *formatter) after(l *layout, i int, statement bool) {
	for _, c := range f.notes[i].trail {
		l.space = statement && !l.newline
		l.text(f.p.commentText(c))
		if f.isLine(c) {
			l.endLine(0)
		}
	}
}

// lead is the comments before token i.
func (f *formatter) lead(i int) []*doc {
	var out []*doc
	for _, c := range f.notes[i].lead {
		out = append(out, hard, textDoc(f.p.commentText(c)), hard)
	}
	return out
}

// token is token i with its comments, those before it included if lead says so.
func (f *formatter) token(i int, lead bool) *doc {
	n := &f.notes[i]
	t := textDoc(f.text(i))
	if len(n.lead)+len(n.inline)+len(n.trail) == 0 {
		return t
	}
	var out []*doc
	if lead {
		out = f.lead(i)
	}
	for _, c := range n.inline {
		out = append(out, textDoc(f.p.commentText(c)), space)
	}
	return concat(append(append(out, t), f.trail(i)...)...)
}

// trail is the comments behind token i.
func (f *formatter) trail(i int) []*doc {
	var out []*doc
	for _, c := range f.notes[i].trail {
		out = append(out, space, textDoc(f.p.commentText(c)))
		if f.isLine(c) {
			out = append(out, hard)
		}
	}
	return out
}
