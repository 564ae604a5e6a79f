package ndjson

import (
	"bytes"
	"errors"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// Inference learns columns from lines. Malformed lines are left out, as they are
// when the columns are read.
type Inference struct {
	scanner
	root  parse.Guess
	rows  int
	lines int // malformed ones too
	first string
	work  []byte
}

// Feed takes the whole lines at the front of b, up to most rows in all, and returns
// how many bytes that were; the last line needs no '\n' where end is set.
func (g *Inference) Feed(b []byte, end bool, most int) (used int) {
	for g.rows < most && used < len(b) {
		n := bytes.IndexByte(b[used:], '\n')
		if n < 0 {
			if !end {
				return used
			}
			n = len(b) - used
		}
		g.line(b[used : used+n])
		used = min(len(b), used+n+1)
	}
	return used
}

// Rows is how many rows have been seen.
func (g *Inference) Rows() int { return g.rows }

// Columns are the columns that hold what has been seen.
func (g *Inference) Columns() ([]ir.Column, error) {
	switch {
	case g.rows == 0 && g.lines > 0:
		return nil, errors.New("no line is a JSON object; the first one: " + g.first)
	case g.rows == 0:
		return nil, errors.New("there are no rows")
	}
	cols := g.root.Columns()
	if len(cols) == 0 {
		return nil, errors.New("the objects have no fields")
	}
	return cols, nil
}

func (g *Inference) line(line []byte) {
	if g.lines == 0 {
		line = bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))
	}
	g.buf = append(append(append(g.buf[:0], line...), '\n'), make([]byte, Padding)...)
	p := g.space(0)
	if g.buf[p] == '\n' {
		return
	}
	g.lines++
	to := -1
	switch g.buf[p] {
	case '{':
		to = g.value(p, 0).to
	case '[':
		g.fail(p, noArray)
	default:
		g.fail(p, noObject)
	}
	if to > 0 {
		if to = g.space(to); g.buf[to] != '\n' {
			to = g.fail(to, moreText)
		}
	}
	if to < 0 {
		if g.first == "" {
			g.first = g.why
		}
		return
	}
	g.rows++
	g.guess(&g.root, p)
}

// guess counts the value at p, which is well formed, and returns where it ends.
func (g *Inference) guess(of *parse.Guess, p int) int {
	t := g.value(p, 0)
	switch t.kind {
	case kindString:
		g.work = unescape(g.work[:0], g.buf[t.from+1:t.to-1])
		of.Text(g.work)
	case kindNumber:
		of.Number(g.buf[t.from:t.to])
	case kindTrue, kindFalse:
		of.Bool()
	case kindArray:
		elem := of.Array()
		for p = g.space(p + 1); g.buf[p] != ']'; p = g.next(p) {
			p = g.guess(elem, p)
		}
	case kindObject:
		of.Object()
		for p = g.space(p + 1); g.buf[p] != '}'; p = g.next(p) {
			key, at := g.key(p)
			g.work = unescape(g.work[:0], g.buf[key.from+1:key.to-1])
			p = g.guess(of.Field(string(g.work)), at)
		}
	}
	return t.to
}

// next is where the next value or key begins behind the one that ends at p, or where
// the bracket stands.
func (g *Inference) next(p int) int {
	if p = g.space(p); g.buf[p] == ',' {
		p = g.space(p + 1)
	}
	return p
}
