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
	scanner
	schema  *ir.Schema
	timeCol int
	nullBad bool

	set    *parse.Set
	byName map[string]int
	rows   int
	base   int64 // where buf begins in the split
	end    int   // behind the last line's '\n'
	pos    int   // begin of the line at hand
	side   parse.Side
	work   []byte
	bad    []vexec.BadRow
	full   bool // the batch has not been taken yet

	row    row
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
	d := &Decoder{schema: scan.Schema, timeCol: scan.TimeCol, nullBad: scan.NullBad}
	d.byName = make(map[string]int, len(scan.Schema.Cols))
	for i := range scan.Schema.Cols {
		c := &scan.Schema.Cols[i]
		if err := Check(c); err != nil {
			return nil, err
		}
		if _, twice := d.byName[c.Name]; twice {
			return nil, fmt.Errorf("column %s is asked for twice", c.Name)
		}
		d.byName[c.Name] = i
	}
	d.set = parse.NewSet(scan.Schema)
	d.row.seen = make([]bool, len(scan.Schema.Cols))
	d.row.faults = make([]fieldFault, len(scan.Schema.Cols))
	d.minute.key0 = 1<<64 - 1 // no text has this
	d.layout.init(len(scan.Schema.Cols))
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
	return d.set.Cols[d.timeCol].Greatest(d.rows)
}

// Next gives what Decode made: once, then io.EOF. Offset of bad rows is in the
// split; the caller adds the split's name and the line. b borrows memory of the
// decoder and of buf until the next call.
func (d *Decoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if !d.full {
		return io.EOF
	}
	d.full = false
	d.set.Fill(b, d.schema, d.rows, [][]byte{d.buf[:d.end], d.side.Buf})
	bad.Rows = append(bad.Rows, d.bad...)
	return nil
}
