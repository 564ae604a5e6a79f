package generator

import (
	"context"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/numbered"
)

// maxBatchBytes is about the most text that one batch holds.
const maxBatchBytes = 16 << 20

// decoder makes the columns of a scan.
type decoder struct {
	scan  *vexec.Scan
	cols  []*column
	batch int // most rows of a batch
	unit  numbered.Range
	time  vexec.Vec // to look for the greatest time
}

func newDecoder(t *ir.Table, scan *vexec.Scan) (vexec.Decoder, error) {
	p, err := planOf(t)
	if err != nil {
		return nil, err
	}
	d := &decoder{scan: scan}
	for i := range scan.Schema.Cols {
		c, err := p.column(scan.Schema.Cols[i].Name, &scan.Schema.Cols[i])
		if err != nil {
			return nil, err
		}
		d.cols = append(d.cols, c)
	}
	d.batch = max(1, min(scan.MaxRows, maxBatchBytes/max(p.weight, 1)))
	return d, nil
}

// Begin takes a range of rows.
func (d *decoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.unit = u.Piece.(numbered.Range)
	if d.scan.TimeCol < 0 {
		return ir.MinMicros, nil
	}
	return d.cols[d.scan.TimeCol].greatest(d.unit.From, d.unit.To, d.unit.Now, &d.time), nil
}

// Next makes the next rows of the range.
func (d *decoder) Next(b *vexec.Batch, _ *vexec.BadRows) error {
	if d.unit.From == d.unit.To {
		return io.EOF
	}
	r := rows{from: d.unit.From, n: int(min(uint64(d.batch), d.unit.To-d.unit.From)), now: d.unit.Now}
	d.unit.From += uint64(r.n)
	b.Reset(d.scan.Schema)
	b.Rows = r.n
	for i, c := range d.cols {
		c.make(&b.Cols[i], r)
	}
	return nil
}

func (d *decoder) Close() error { return nil }
