package csv

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// Inference learns columns from records. Malformed records, and those with another
// number of fields than the first one, are left out, as they are when they are read.
type Inference struct {
	dialect Dialect
	header  bool // the first record names the columns

	names   []string
	guesses []parse.Guess
	rows    int
	err     error
	fields  []field
	work    []byte
}

// NewInference returns an inference of the dialect.
func NewInference(d Dialect, header bool) *Inference { return &Inference{dialect: d, header: header} }

// Feed takes the whole records at the front of b, up to most rows in all, and returns
// how many bytes that were; the last one needs no line end where end is set.
func (g *Inference) Feed(b []byte, end bool, most int) (used int) {
	if !end {
		b = b[:g.dialect.Cut(b)]
	}
	if g.names == nil && bytes.HasPrefix(b, mark) {
		used = len(mark)
	}
	for g.rows < most && used < len(b) && g.err == nil {
		if to := g.dialect.comment(b, used); to > used {
			used = to
			continue
		}
		var s shape
		var to int
		g.fields, to, s = g.dialect.record(b, used, g.fields[:0])
		switch {
		case g.names == nil && g.header:
			g.names, g.err = g.dialect.Header(b[used:to])
			g.guesses = make([]parse.Guess, len(g.names))
		case s == shapeOK:
			g.record(b)
		}
		used = to
	}
	return used
}

func (g *Inference) record(b []byte) {
	if blank := len(g.fields) == 1 && g.fields[0].from == g.fields[0].to && !g.fields[0].quoted; blank && len(g.names) != 1 {
		return
	}
	if g.names == nil {
		g.guesses = make([]parse.Guess, len(g.fields))
		for i := range g.fields {
			g.names = append(g.names, fmt.Sprintf("c%d", i+1))
		}
	}
	if len(g.fields) != len(g.names) {
		return
	}
	g.rows++
	for i, f := range g.fields {
		g.work = g.dialect.text(g.work[:0], b, f)
		g.value(&g.guesses[i], g.work, f.quoted)
	}
}

// value counts the text of a field.
func (g *Inference) value(of *parse.Guess, s []byte, quoted bool) {
	if null := g.dialect.Null; !quoted && (len(s) == 0 || null != nil && string(s) == *null) {
		return
	}
	trimmed := bytes.Trim(s, " ")
	_, isBool := parse.Bool(trimmed)
	_, isNumber := parse.Float(trimmed, 64)
	switch {
	case isBool == parse.OK:
		of.Bool()
	case isNumber == parse.OK && !padded(trimmed):
		of.Number(trimmed)
	default:
		of.Text(trimmed)
	}
}

// padded reports whether a number has leading zeros, as keys and codes do that are
// no numbers.
func padded(s []byte) bool {
	s = bytes.TrimLeft(s, "+-")
	return len(s) > 1 && s[0] == '0' && s[1]-'0' <= 9
}

// Rows is how many rows have been seen.
func (g *Inference) Rows() int { return g.rows }

// Columns are the columns that hold what has been seen. Fields without a name in the
// header are left out.
func (g *Inference) Columns() ([]ir.Column, error) {
	switch {
	case g.err != nil:
		return nil, g.err
	case g.names == nil:
		return nil, errors.New("there are no rows")
	}
	var cols []ir.Column
	seen := map[string]bool{}
	for i, n := range g.names {
		switch {
		case n == "":
			continue
		case seen[n]:
			return nil, fmt.Errorf("the header names the column %q twice", n)
		case !utf8.ValidString(n):
			return nil, fmt.Errorf("the header is not UTF-8: %q", n)
		}
		seen[n] = true
		cols = append(cols, ir.Column{Name: n, Type: g.guesses[i].Type(1)})
	}
	if len(cols) == 0 {
		return nil, errors.New("the header names no columns")
	}
	return cols, nil
}
