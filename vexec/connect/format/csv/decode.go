package csv

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// Padding is how many bytes behind the data a decoder may read.
const Padding = 64

// Decoder turns CSV records into columns. It is used by one goroutine.
type Decoder struct {
	dialect Dialect
	schema  *ir.Schema
	timeCol int
	nullBad bool
	width   int   // fields in a record
	place   []int // by column: its field

	set    *parse.Set
	rows   int
	buf    []byte
	n      int
	base   int64
	fields []field
	side   parse.Side
	work   []byte
	bad    vexec.BadRows
	full   bool // the batch has not been taken yet
}

// Check refuses a column that the format cannot hold.
func Check(c *ir.Column) error {
	if !parse.Holds(c.Type) {
		return fmt.Errorf("column %s: %s cannot be read from CSV; declare it as VARCHAR to get its text", c.Name, c.Type)
	}
	return nil
}

// NewDecoder returns a decoder of the columns that the scan asks for. names is the
// file's header; nil: the fields are the table's physical columns, by position.
func NewDecoder(scan *vexec.Scan, dialect Dialect, names []string) (*Decoder, error) {
	d := &Decoder{dialect: dialect, schema: scan.Schema, timeCol: scan.TimeCol, nullBad: scan.NullBad}
	for i := range scan.Schema.Cols {
		if err := Check(&scan.Schema.Cols[i]); err != nil {
			return nil, err
		}
	}
	if names == nil {
		d.width = len(scan.Table.Physical().Cols)
		d.place = scan.Cols
	} else if err := d.byName(names); err != nil {
		return nil, err
	}
	d.set = parse.NewSet(scan.Schema)
	return d, nil
}

func (d *Decoder) byName(names []string) error {
	d.width = len(names)
	at := make(map[string]int, len(names))
	for i, n := range names {
		at[n] = i
	}
	for _, c := range d.schema.Cols {
		i, ok := at[c.Name]
		if !ok {
			return fmt.Errorf("the header has no column %q; it has %s", c.Name, strings.Join(names, ", "))
		}
		d.place = append(d.place, i)
	}
	return nil
}

// Decode decodes whole records: buf[:n], the last one with or without its line
// end. buf must be n+Padding bytes long; the batch that Next gives points into it.
// base is where buf begins in the split. The result is the greatest event time,
// MinMicros where there is none.
func (d *Decoder) Decode(buf []byte, n int, base int64) ir.Micros {
	d.buf, d.n, d.base = buf, n, base
	d.rows, d.side.Buf, d.bad.Rows, d.full = 0, d.side.Buf[:0], d.bad.Rows[:0], true
	d.set.Reset()
	p := 0
	if base == 0 && bytes.HasPrefix(buf[:n], []byte("\xEF\xBB\xBF")) {
		p = 3
	}
	for p < n {
		p = d.next(p)
	}
	if d.timeCol < 0 {
		return ir.MinMicros
	}
	return d.set.Cols[d.timeCol].Greatest(d.rows)
}

// next decodes the record at p and returns where the next one begins.
func (d *Decoder) next(p int) int {
	var s shape
	from := p
	d.fields, p, s = d.dialect.record(d.buf[:d.n], p, d.fields[:0])
	switch {
	case s != shapeOK:
		d.reject(from, p, "", shapeReasons[s])
	case d.blank() && d.width > 1:
	case len(d.fields) != d.width:
		d.reject(from, p, "", fmt.Sprintf("the record has %d fields instead of %d", len(d.fields), d.width))
	default:
		d.row(from, p)
	}
	return p
}

func (d *Decoder) blank() bool {
	f := &d.fields[0]
	return len(d.fields) == 1 && f.from == f.to && !f.quoted
}

func (d *Decoder) reject(from, to int, column, reason string) {
	raw := bytes.TrimSuffix(bytes.TrimSuffix(d.buf[from:to], []byte("\n")), []byte("\r"))
	d.bad.Add(vexec.BadRow{Offset: d.base + int64(from), Column: column, Reason: reason, Raw: raw})
}

func (d *Decoder) row(from, to int) {
	if d.rows == d.set.Cap {
		d.set.Grow(2 * d.rows)
	}
	for i := range d.set.Cols {
		c, f := &d.set.Cols[i], d.fields[d.place[i]]
		why := d.store(c, f)
		if why != parse.OK && why != parse.NoValue && d.nullBad && c.SetNull(d.rows) == parse.OK {
			continue
		}
		if why != parse.OK {
			d.set.Restore(d.rows)
			d.reject(from, to, c.Name, why.Reason(c.Type, d.buf[f.from:f.to]))
			return
		}
	}
	d.rows++
}

func (d *Decoder) store(c *parse.Column, f field) parse.Fault {
	s := d.buf[f.from:f.to]
	if !f.quoted && d.isNull(c, s) {
		return c.SetNull(d.rows)
	}
	if c.Views != nil {
		return d.storeView(c, f, s)
	}
	if f.doubled {
		d.work = d.dialect.text(d.work[:0], d.buf, f)
		s = d.work
	}
	return c.Put(d.rows, bytes.Trim(s, " "))
}

func (d *Decoder) isNull(c *parse.Column, s []byte) bool {
	if d.dialect.Null != nil && string(s) == *d.dialect.Null {
		return true
	}
	return len(s) == 0 && c.Type.Kind != ir.Varchar
}

func (d *Decoder) storeView(c *parse.Column, f field, s []byte) parse.Fault {
	if f.doubled || c.Type.Kind == ir.Varbinary {
		d.work = d.dialect.text(d.work[:0], d.buf, f)
		s = d.work
	}
	from := len(d.side.Buf)
	switch {
	case c.Type.Kind == ir.Varbinary:
		side, err := base64.StdEncoding.AppendDecode(d.side.Buf, s)
		if err != nil {
			return parse.BadBase64
		}
		d.side.Buf = side
	case !utf8.Valid(s):
		return parse.BadUTF8
	case c.Type.Kind == ir.JSON && !json.Valid(s):
		return parse.Unparsed
	case !f.doubled:
		c.Views[d.rows] = parse.View(d.buf, f.from, f.to, parse.UnitBuf)
		return parse.OK
	default:
		d.side.Buf = append(d.side.Buf, s...)
	}
	c.Views[d.rows] = d.side.Take(from)
	return parse.OK
}

// Next gives what Decode made: once, then io.EOF. Offset of bad rows is in the
// split; the caller adds the split's name and the line. b borrows memory of the
// decoder and of buf until the next call.
func (d *Decoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if !d.full {
		return io.EOF
	}
	d.full = false
	d.set.Fill(b, d.schema, d.rows, [][]byte{d.buf[:d.n], d.side.Buf})
	bad.Rows = append(bad.Rows, d.bad.Rows...)
	return nil
}
