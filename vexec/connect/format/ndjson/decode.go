package ndjson

import (
	"bytes"
	"fmt"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/parse"
)

// Decoder turns lines of JSON objects into columns. It is used by one goroutine.
//
// It has two ways that give the same answers. The strict one (decode_strict.go,
// decode_row.go) checks and takes any line. The quick one (decode_fast.go) runs
// along the layouts that the strict one has learned from the lines so far, and
// leaves to it every line that does not fit.
type Decoder struct {
	reader
	schema  *ir.Schema
	timeCol int

	set   *parse.Set
	root  *shape
	held  []*parse.Column // by column of the batch: what holds it
	rows  int
	base  int64 // where buf begins in the split
	end   int   // behind the last line's '\n'
	pos   int   // begin of the line at hand
	bad   []vexec.BadRow
	nulls vexec.BadRows // those counts alone
	full  bool          // the batch has not been taken yet

	noting bool    // the places of rows are noted
	places []int64 // where each row begins in the split

	layout layouts
	minute minute
	strict bool // for tests: learn nothing
}

// Check refuses a column that the format cannot hold.
func Check(c *ir.Column) error {
	if !parse.Holds(c.Type) {
		return fmt.Errorf("column %s: %s cannot be read from JSON; declare it as JSON or VARCHAR to get its text", c.Name, c.Type)
	}
	return nil
}

// NewDecoder returns a decoder of the columns that the scan asks for.
func NewDecoder(scan *vexec.Scan) (*Decoder, error) {
	d := &Decoder{schema: scan.Schema, timeCol: scan.TimeCol}
	d.nullBad, d.side = scan.NullBad, &parse.Side{}
	for i := range scan.Schema.Cols {
		if err := Check(&scan.Schema.Cols[i]); err != nil {
			return nil, err
		}
	}
	d.set = parse.NewSet(scan.Schema)
	var err error
	if d.root, d.held, err = wants(scan, d.set); err != nil {
		return nil, err
	}
	d.minute.key0 = 1<<64 - 1 // no text has this
	d.layout.init(d.root)
	return d, nil
}

// Decode decodes whole lines: buf[:n], the last one with or without its '\n'. buf
// must be n+Padding bytes long; the decoder writes into the padding, and the batch
// that Next gives points into buf. base is where buf begins in the split. The
// result is the greatest event time, MinMicros where there is none.
func (d *Decoder) Decode(buf []byte, n int, base int64) ir.Micros {
	if n > 0 && buf[n-1] != '\n' {
		buf[n] = '\n'
		n++
	}
	clear(buf[n:])
	d.buf, d.end, d.base, d.pos = buf, n, base, 0
	d.rows, d.side.Buf, d.bad, d.full = 0, d.side.Buf[:0], d.bad[:0], true
	d.nulls.Nulls, d.places = 0, d.places[:0]
	d.set.Reset()
	if base == 0 && bytes.HasPrefix(buf[:n], []byte("\xEF\xBB\xBF")) {
		d.pos = 3
	}
	for d.pos < d.end {
		if d.layout.ready {
			d.run()
		}
		if d.pos < d.end {
			d.line()
		}
	}
	if d.timeCol < 0 {
		return ir.MinMicros
	}
	return d.held[d.timeCol].Greatest(d.rows)
}

// NotePlaces has the decoder note where each row begins, for Places.
func (d *Decoder) NotePlaces() { d.noting = true }

// Places is where in the split each row of the last batch begins, up to the next Decode.
func (d *Decoder) Places() []int64 { return d.places }

// Next gives what Decode made: once, then io.EOF. Offset of bad rows is in the
// split; the caller adds the split's name and the line. b borrows memory of the
// decoder and of buf until the next call.
func (d *Decoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if !d.full {
		return io.EOF
	}
	d.full = false
	bufs := [][]byte{d.buf[:d.end], d.side.Buf}
	d.set.Fill(b, d.schema, d.rows, bufs)
	for i, c := range d.held {
		if c != &d.set.Cols[i] {
			b.Cols[i] = c.Vec(d.rows, bufs)
		}
	}
	bad.Rows = append(bad.Rows, d.bad...)
	bad.TakeNulls(&d.nulls)
	return nil
}
