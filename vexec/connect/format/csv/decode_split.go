package csv

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Dialect is how a CSV file is written.
type Dialect struct {
	Delim    byte    // between fields
	Quote    byte    // around fields that hold Delim, Quote or line ends; 0: none
	Escape   byte    // the character behind it stands for itself; 0: none
	Comments bool    // a line that begins with # is none
	Null     *string // an unquoted field of this text is NULL; nil: none
}

// field is one field as it stands in the data.
type field struct {
	from, to int  // of the text, without quotes
	quoted   bool // stood in quotes
	doubled  bool // has doubled quotes or escapes inside
}

// shape says whether a record is well formed.
type shape uint8

const (
	shapeOK     shape = iota
	shapeOpen         // a quote is not closed before the data ends
	shapeAcross       // a quote is closed on a later line, and text follows it
	shapeBehind       // text stands behind a closing quote
	shapeInside       // a quote stands inside of an unquoted field
)

var shapeReasons = [...]string{
	// One reason for both: the first line may be looked at by itself.
	shapeOpen:   "a quote is not closed, or there is text behind its end",
	shapeAcross: "a quote is not closed, or there is text behind its end",
	shapeBehind: "there is text behind a closing quote",
	shapeInside: "a quote stands inside of a field that does not begin with one",
}

// record takes the record at p apart: its fields are appended to fields, to is
// where the next record begins. A malformed record ends at the end of its first line,
// so that it takes none of the records behind it along. With shapeOpen the record may
// have its end behind b.
func (d *Dialect) record(b []byte, p int, fields []field) (_ []field, to int, s shape) {
	fields, to, s, at := d.fields(b, p, fields)
	if s == shapeOK {
		return fields, to, s
	}
	line := bytes.IndexByte(b[p:], '\n')
	if line < 0 {
		return fields, len(b), s
	}
	if s != shapeOpen && at > p+line {
		s = shapeAcross
	}
	return fields, p + line + 1, s
}

// fields is record without an end for malformed records: it stops where at it sees
// that the record is one.
func (d *Dialect) fields(b []byte, p int, fields []field) (_ []field, to int, s shape, at int) {
	for {
		f := field{from: p}
		if p < len(b) && b[p] == d.Quote && d.Quote != 0 {
			f.quoted = true
			f.from++
			end := d.closing(b, p+1, &f)
			if end < 0 {
				return fields, len(b), shapeOpen, p
			}
			f.to, p = end, end+1
			if p < len(b) && b[p] == '\r' && (p+1 == len(b) || b[p+1] == '\n') {
				p++
			}
			if p < len(b) && b[p] != d.Delim && b[p] != '\n' {
				return fields, len(b), shapeBehind, p
			}
		} else {
			var quote bool
			if d.Escape == 0 {
				p, quote = d.plain(b, p)
			} else {
				p, quote = d.plainEscaped(b, p, &f)
			}
			f.to = p
			if p > f.from && b[p-1] == '\r' && (p == len(b) || b[p] == '\n') {
				f.to--
			}
			if quote {
				return fields, len(b), shapeInside, f.from
			}
		}
		fields = append(fields, f)
		if p >= len(b) {
			return fields, len(b), shapeOK, 0
		}
		p++
		if b[p-1] == '\n' {
			return fields, p, shapeOK, 0
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
		if d.Escape != 0 {
			if e := bytes.IndexByte(b[p:p+i], d.Escape); e >= 0 {
				f.doubled = true
				if p += e + 2; p > len(b) {
					return -1
				}
				continue
			}
		}
		p += i
		if p+1 >= len(b) || b[p+1] != d.Quote {
			return p
		}
		f.doubled = true
		p += 2
	}
}

// plainEscaped is plain where characters may be escaped; a line end cannot be.
func (d *Dialect) plainEscaped(b []byte, p int, f *field) (end int, quote bool) {
	for ; p < len(b) && b[p] != d.Delim && b[p] != '\n'; p++ {
		switch {
		case b[p] == d.Escape && p+1 < len(b) && b[p+1] != '\n' && b[p+1] != '\r':
			f.doubled = true
			p++
		case b[p] == d.Quote && d.Quote != 0:
			quote = true
		}
	}
	return min(p, len(b)), quote
}

// plain finds the delimiter or line end that ends an unquoted field, and says
// whether a quote stood before it.
func (d *Dialect) plain(b []byte, p int) (end int, quote bool) {
	stop := d.Quote
	if stop == 0 {
		stop = d.Delim
	}
	delims, quotes := ones*uint64(d.Delim), ones*uint64(stop)
	for p+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[p:])
		m := zeros(w^delims) | zeros(w^newlines) | zeros(w^quotes)
		if m == 0 {
			p += 8
			continue
		}
		p += bits.TrailingZeros64(m) >> 3
		if b[p] != stop || stop == d.Delim {
			return p, quote
		}
		quote = true
		p++
	}
	for ; p < len(b) && b[p] != d.Delim && b[p] != '\n'; p++ {
		quote = quote || b[p] == stop
	}
	return p, quote
}

const (
	ones     = 0x0101010101010101
	newlines = '\n' * ones
)

// zeros marks zero bytes by their high bit, right in the lowest marked byte.
func zeros(x uint64) uint64 { return (x - ones) &^ x & (0x80 * ones) }
