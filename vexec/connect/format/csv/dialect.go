package csv

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

var mark = []byte("\xEF\xBB\xBF") // byte order mark

// comment returns where the comment line at p ends, p where none stands there.
func (d *Dialect) comment(b []byte, p int) int {
	if !d.Comments || p == len(b) || b[p] != '#' {
		return p
	}
	if i := bytes.IndexByte(b[p:], '\n'); i >= 0 {
		return p + i + 1
	}
	return len(b)
}

// Cut returns where the last record that is whole in b ends; b begins with a
// record. A record without a line end is not whole.
func (d *Dialect) Cut(b []byte) int {
	var fields [64]field
	cut := 0
	for {
		quote := -1
		if d.Quote != 0 {
			quote = bytes.IndexByte(b[cut:], d.Quote)
		}
		if quote < 0 {
			return cut + bytes.LastIndexByte(b[cut:], '\n') + 1
		}
		cut += bytes.LastIndexByte(b[cut:cut+quote], '\n') + 1
		if to := d.comment(b, cut); to > cut {
			if b[to-1] != '\n' {
				return cut
			}
			cut = to
			continue
		}
		_, to, s := d.record(b, cut, fields[:0])
		if s == shapeOpen || b[to-1] != '\n' {
			return cut
		}
		cut = to
	}
}

// First returns where the first record of b, the header, ends, behind comments;
// whole is false where b ends before the record's line does.
func (d *Dialect) First(b []byte) (to int, whole bool) {
	p := d.comments(b)
	_, to, s := d.record(b, p, nil)
	return to, s != shapeOpen && to > p && b[to-1] == '\n'
}

// comments is where the first line of b that is no comment begins.
func (d *Dialect) comments(b []byte) int {
	p := 0
	if bytes.HasPrefix(b, mark) {
		p = len(mark)
	}
	for {
		to := d.comment(b, p)
		if to == p {
			return p
		}
		p = to
	}
}

// Header reads the column names of the first record.
func (d *Dialect) Header(b []byte) (names []string, err error) {
	fields, _, s := d.record(b, d.comments(b), nil)
	if s != shapeOK {
		return nil, fmt.Errorf("the header is malformed: %s", shapeReasons[s])
	}
	for _, f := range fields {
		name := string(d.text(nil, b, f))
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("the header is not UTF-8: %q", name)
		}
		names = append(names, name)
	}
	return names, nil
}

// text appends a field's text without escapes and with its quotes undoubled.
func (d *Dialect) text(dst, b []byte, f field) []byte {
	s := b[f.from:f.to]
	if !f.doubled {
		return append(dst, s...)
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == d.Escape && d.Escape != 0 && i+1 < len(s):
			i++
			dst = append(dst, s[i])
		case s[i] == d.Quote && d.Quote != 0:
			dst = append(dst, s[i])
			i++
		default:
			dst = append(dst, s[i])
		}
	}
	return dst
}
