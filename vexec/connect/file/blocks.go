package file

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/csv"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// blocks makes units of text that was read from the front: blocks of whole records,
// and their decoders.
type blocks struct {
	id     string // of the split
	scan   *vexec.Scan
	limits limits
	format *textFormat
	lines  lineIndex

	mu   sync.Mutex
	free [][]byte // buffers of units that have been decoded
}

// textFormat is what reading needs to know of NDJSON or CSV.
type textFormat struct {
	cut     func(b []byte) int // where the last whole record of b ends; 0: none is whole
	decoder func(scan *vexec.Scan) (textDecoder, error)
	dialect *csv.Dialect // CSV
	names   []string     // of the header
	header  bool         // the first record is one
}

// textDecoder is a format's decoder of whole records.
type textDecoder interface {
	Decode(buf []byte, n int, base int64) ir.Micros
	Next(b *vexec.Batch, bad *vexec.BadRows) error
	NotePlaces()
	Places() []int64
}

const padding = max(ndjson.Padding, csv.Padding)

// byteOrderMark may stand at the front of a text.
var byteOrderMark = []byte("\xEF\xBB\xBF")

// newText is the format of a text.
func newText(f format, c csvSettings) *textFormat {
	if f == formatNDJSON {
		return &textFormat{
			cut:     func(b []byte) int { return bytes.LastIndexByte(b, '\n') + 1 },
			decoder: func(scan *vexec.Scan) (textDecoder, error) { return ndjson.NewDecoder(scan) },
		}
	}
	dialect := c.dialect()
	t := &textFormat{dialect: &dialect, header: c.header}
	t.cut = t.dialect.Cut
	t.decoder = func(scan *vexec.Scan) (textDecoder, error) { return csv.NewDecoder(scan, *t.dialect, t.names) }
	return t
}

// takeHeader takes the names of the first record, and refuses columns that it lacks.
func (t *textFormat) takeHeader(head []byte, scan *vexec.Scan) (err error) {
	if t.names, err = t.dialect.Header(head); err != nil {
		return err
	}
	_, err = t.decoder(scan)
	return err
}

// block is the piece of a unit: data[:n] are whole records.
type block struct {
	data []byte
	n    int
	base int64
	line int64 // of base; 0: not counted
	long bool  // the record was too long, and this is its beginning
}

// buffer returns n bytes, of a unit that has been decoded if one is large enough.
func (x *blocks) buffer(n int) []byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, b := range x.free {
		if cap(b) >= n {
			x.free = append(x.free[:i], x.free[i+1:]...)
			return b[:n]
		}
	}
	x.free = nil
	return make([]byte, n)
}

func (x *blocks) release(b []byte) {
	if int64(cap(b)) > 8*(x.limits.unit+padding) { // a long record was here
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.free = append(x.free, b)
}

// NewDecoder returns a decoder of blocks.
func (x *blocks) NewDecoder() (vexec.Decoder, error) {
	d, err := x.format.decoder(x.scan)
	if err != nil {
		return nil, err
	}
	return &blockDecoder{x: x, decoder: d, report: report{id: x.id, lines: &x.lines}}, nil
}

// blockDecoder decodes blocks.
type blockDecoder struct {
	report
	x       *blocks
	decoder textDecoder
	block   *block // what the last batch points into
}

// Begin decodes the unit.
func (d *blockDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.done()
	b := u.Piece.(*block)
	d.report.begin(b.data, b.base)
	d.report.line = b.line
	if b.long {
		d.report.tooLong(0, d.x.limits.record)
		return d.decoder.Decode(make([]byte, padding), 0, b.base), nil
	}
	d.block = b
	return d.decoder.Decode(b.data, b.n, b.base), nil
}

// Next gives the unit's rows.
func (d *blockDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	had := len(bad.Rows)
	if err := d.decoder.Next(b, bad); err != nil {
		return err
	}
	return d.report.finish(bad, had)
}

func (d *blockDecoder) Close() error {
	d.done()
	return nil
}

func (d *blockDecoder) done() {
	if d.block != nil {
		d.x.release(d.block.data)
		d.block = nil
	}
}

func headerTooLong(limit int64) error {
	return fmt.Errorf("the header is longer than %d bytes", limit)
}
