package csv

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// Encoder prints batches as CSV (RFC 4180 with \n line ends): NULL as an empty
// field, the empty string as "", bytes as base64, nested values as JSON text. It
// is used by one goroutine.
type Encoder struct {
	schema *ir.Schema
	opt    EncodeOptions
	stop   [256]bool // bytes that make a field quoted
	direct bool      // numbers and times hold none of them, and are not the text of NULL
	buf    []byte
}

// EncodeOptions says how the fields of a line look.
type EncodeOptions struct {
	Delim  byte   // between fields; 0: a comma
	Quote  byte   // around fields that need it, doubled in them; 0: "
	Escape byte   // stands before itself in fields; 0: none
	Null   string // what stands for NULL
}

// NewEncoder returns an encoder of rows of the schema.
func NewEncoder(s *ir.Schema, opt EncodeOptions) *Encoder {
	if opt.Delim == 0 {
		opt.Delim = ','
	}
	if opt.Quote == 0 {
		opt.Quote = '"'
	}
	e := &Encoder{schema: s, opt: opt}
	e.direct = strings.IndexByte(",;\t|", opt.Delim) >= 0 && strings.IndexByte("\"'", opt.Quote) >= 0 && opt.Null == "" && opt.Escape == 0
	for _, c := range []byte{opt.Delim, opt.Quote, '\n', '\r'} {
		e.stop[c] = true
	}
	if opt.Escape != 0 {
		e.stop[opt.Escape] = true
	}
	return e
}

// AppendHeader prints the line of column names.
func (e *Encoder) AppendHeader(dst []byte) []byte {
	for i, c := range e.schema.Cols {
		if i > 0 {
			dst = append(dst, e.opt.Delim)
		}
		dst = e.appendText(dst, []byte(c.Name))
	}
	return append(dst, '\n')
}

// Append prints the live rows of b behind dst.
func (e *Encoder) Append(dst []byte, b *vexec.Batch) []byte {
	for i, n := 0, b.Live(); i < n; i++ {
		r := b.Row(i)
		for c := range b.Cols {
			if c > 0 {
				dst = append(dst, e.opt.Delim)
			}
			dst = e.appendField(dst, &b.Cols[c], r)
		}
		dst = append(dst, '\n')
	}
	return dst
}

func (e *Encoder) appendField(dst []byte, v *vexec.Vec, i int) []byte {
	if v.Null(i) {
		return append(dst, e.opt.Null...)
	}
	f, j := v.At(i)
	switch f.Type.Kind {
	case ir.Varchar:
		return e.appendText(dst, f.Bytes(j))
	case ir.Varbinary:
		if len(f.Bytes(j)) == 0 {
			return append(dst, e.opt.Quote, e.opt.Quote)
		}
		return base64.StdEncoding.AppendEncode(dst, f.Bytes(j))
	case ir.JSON, ir.Row, ir.Array, ir.Map:
		e.buf = text.AppendJSON(e.buf[:0], f, j)
		return e.appendText(dst, e.buf)
	}
	if e.direct {
		return text.AppendScalar(dst, f, j)
	}
	e.buf = text.AppendScalar(e.buf[:0], f, j)
	return e.appendText(dst, e.buf)
}

// appendText quotes s where it must be: also where it is empty, which would be
// NULL, and where blanks at its ends might be cut off by a reader.
func (e *Encoder) appendText(dst, s []byte) []byte {
	if !e.mustQuote(s) {
		return append(dst, s...)
	}
	q := e.opt.Quote
	dst = append(dst, q)
	if e.opt.Escape != 0 {
		return append(e.appendEscaped(dst, s), q)
	}
	for {
		i := bytes.IndexByte(s, q)
		if i < 0 {
			return append(append(dst, s...), q)
		}
		dst = append(append(dst, s[:i+1]...), q)
		s = s[i+1:]
	}
}

func (e *Encoder) appendEscaped(dst, s []byte) []byte {
	for _, c := range s {
		if c == e.opt.Quote || c == e.opt.Escape {
			dst = append(dst, c)
		}
		dst = append(dst, c)
	}
	return dst
}

func (e *Encoder) mustQuote(s []byte) bool {
	if len(s) == 0 || s[0] <= ' ' || s[len(s)-1] <= ' ' || s[0] == '#' || string(s) == e.opt.Null {
		return true
	}
	for len(s) >= 8 && e.opt.Escape == 0 {
		if w := binary.LittleEndian.Uint64(s); hasByte(w, e.opt.Quote)|hasByte(w, e.opt.Delim)|hasByte(w, '\n')|hasByte(w, '\r') != 0 {
			return true
		}
		s = s[8:]
	}
	for _, c := range s {
		if e.stop[c] {
			return true
		}
	}
	return false
}

// hasByte is not zero just when one of the eight bytes of w is c.
func hasByte(w uint64, c byte) uint64 {
	const ones = 0x0101010101010101
	x := w ^ ones*uint64(c)
	return (x - ones) &^ x & (ones << 7)
}
