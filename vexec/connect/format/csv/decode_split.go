package csv

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// Dialect is how a CSV file is written.
type Dialect struct {
	Delim byte    // between fields
	Quote byte    // around fields that hold Delim, Quote or line ends
	Null  *string // an unquoted field of this text is NULL; nil: none
}

// field is one field as it stands in the data.
type field struct {
	from, to int  // of the text, without quotes
	quoted   bool // stood in quotes
	doubled  bool // has doubled quotes inside
}

// shape says whether a record is well formed.
type shape uint8

const (
	shapeOK     shape = iota
	shapeOpen         // a quote is not closed before the data ends
	shapeBehind       // text stands behind a closing quote
	shapeInside       // a quote stands inside of an unquoted field
)

var shapeReasons = [...]string{
	shapeOpen:   "a quote is not closed",
	shapeBehind: "there is text behind a closing quote",
	shapeInside: "a quote stands inside of a field that does not begin with one",
}

// record takes the record at p apart: its fields are appended to fields, to is
// where the next record begins. A malformed record ends at the end of its line.
// With shapeOpen the record has no end in b.
func (d *Dialect) record(b []byte, p int, fields []field) (_ []field, to int, s shape) {
	for {
		f := field{from: p}
		if p < len(b) && b[p] == d.Quote {
			f.quoted = true
			f.from++
			end := d.closing(b, p+1, &f)
			if end < 0 {
				return fields, len(b), shapeOpen
			}
			f.to, p = end, end+1
			if p < len(b) && b[p] == '\r' && (p+1 == len(b) || b[p+1] == '\n') {
				p++
			}
			if p < len(b) && b[p] != d.Delim && b[p] != '\n' {
				s = shapeBehind
				p, _ = d.plain(b, p)
			}
		} else {
			var quote bool
			p, quote = d.plain(b, p)
			f.to = p
			if p > f.from && b[p-1] == '\r' && (p == len(b) || b[p] == '\n') {
				f.to--
			}
			if quote && s == shapeOK {
				s = shapeInside
			}
		}
		fields = append(fields, f)
		if p >= len(b) {
			return fields, len(b), s
		}
		p++
		if b[p-1] == '\n' {
			return fields, p, s
		}
	}
}

// closing finds the quote that closes the field whose text begins at p, -1: none.
func (d *Dialect) closing(b []byte, p int, f *field) int {
	for {
		i := bytes.IndexByte(b[p:], d.Quote)
		if i < 0 {
			return -1
		}
		p += i
		if p+1 >= len(b) || b[p+1] != d.Quote {
			return p
		}
		f.doubled = true
		p += 2
	}
}

// plain finds the delimiter or line end that ends an unquoted field, and says
// whether a quote stood before it.
func (d *Dialect) plain(b []byte, p int) (end int, quote bool) {
	delims, quotes := ones*uint64(d.Delim), ones*uint64(d.Quote)
	for p+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[p:])
		m := zeros(w^delims) | zeros(w^newlines) | zeros(w^quotes)
		if m == 0 {
			p += 8
			continue
		}
		p += bits.TrailingZeros64(m) >> 3
		if b[p] != d.Quote {
			return p, quote
		}
		quote = true
		p++
	}
	for ; p < len(b) && b[p] != d.Delim && b[p] != '\n'; p++ {
		quote = quote || b[p] == d.Quote
	}
	return p, quote
}

const (
	ones     = 0x0101010101010101
	newlines = '\n' * ones
)

// zeros marks zero bytes by their high bit, right in the lowest marked byte.
func zeros(x uint64) uint64 { return (x - ones) &^ x & (0x80 * ones) }

// Cut returns where the last record that is whole in b ends; b begins with a
// record. A record without a line end is not whole.
func (d *Dialect) Cut(b []byte) int {
	var fields [64]field
	cut := 0
	for {
		quote := bytes.IndexByte(b[cut:], d.Quote)
		if quote < 0 {
			return cut + bytes.LastIndexByte(b[cut:], '\n') + 1
		}
		cut += bytes.LastIndexByte(b[cut:cut+quote], '\n') + 1
		_, to, s := d.record(b, cut, fields[:0])
		if s == shapeOpen || b[to-1] != '\n' {
			return cut
		}
		cut = to
	}
}

// First returns where the first record of b ends; whole is false where b ends
// before the record's line does.
func (d *Dialect) First(b []byte) (to int, whole bool) {
	_, to, s := d.record(b, 0, nil)
	return to, s != shapeOpen && to > 0 && b[to-1] == '\n'
}

// Header reads the column names of the first record.
func (d *Dialect) Header(b []byte) (names []string, err error) {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	fields, _, s := d.record(b, 0, nil)
	if s != shapeOK {
		return nil, fmt.Errorf("the header is malformed: %s", shapeReasons[s])
	}
	seen := map[string]bool{}
	for _, f := range fields {
		name := string(d.text(nil, b, f))
		switch {
		case !utf8.ValidString(name):
			return nil, fmt.Errorf("the header is not UTF-8: %q", name)
		case seen[name]:
			return nil, fmt.Errorf("the header names the column %q twice", name)
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, nil
}

// text appends a field's text with its quotes undoubled.
func (d *Dialect) text(dst, b []byte, f field) []byte {
	s := b[f.from:f.to]
	if !f.doubled {
		return append(dst, s...)
	}
	for i := 0; i < len(s); i++ {
		dst = append(dst, s[i])
		if s[i] == d.Quote {
			i++
		}
	}
	return dst
}
