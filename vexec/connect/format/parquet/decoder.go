package parquet

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// batchRows is how many rows a batch has where the scan does not ask for fewer:
// its columns stay in the second-level cache.
const batchRows = 8192

// decoder streams one row group at a time.
type decoder struct {
	r     *reader
	cols  []columnReader
	group int
	row   int64 // next row of the row group
	rows  int64 // in the row group
	sel   []int32
	fail  error // what Next met; the unit gives nothing any more
	done  bool  // closed

	unpack unpacker
}

// Begin opens the row group's columns and finds its greatest event time: from the
// statistics, or else by decoding that column once more.
func (d *decoder) Begin(ctx context.Context, u vexec.Unit) (most ir.Micros, err error) {
	defer d.r.file.guard(&err)
	d.closeColumns()
	d.fail = nil
	d.group = u.Piece.(int)
	d.row, d.rows = 0, d.r.file.meta.groups[d.group].rows
	most = ir.MinMicros
	if t := d.r.scan.TimeCol; t >= 0 {
		var ok bool
		if most, ok = d.r.greatest(d.group, d.cols[t]); !ok {
			if most, err = d.scanTime(ctx, d.cols[t]); err != nil {
				return 0, err
			}
		}
	}
	return most, d.openColumns()
}

func (d *decoder) openColumns() error {
	for i := range d.cols {
		if err := d.openColumn(d.cols[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) openColumn(c columnReader) error {
	if err := c.open(d.r.file, d.r.file.meta.groups[d.group].cols, &d.unpack); err != nil {
		return d.inColumn(c, err)
	}
	return nil
}

func (d *decoder) closeColumns() {
	for i := range d.cols {
		d.cols[i].close()
	}
}

// scanTime decodes the event-time column alone.
func (d *decoder) scanTime(ctx context.Context, c columnReader) (ir.Micros, error) {
	if err := d.openColumn(c); err != nil {
		return 0, err
	}
	defer c.close()
	most := ir.MinMicros
	for row := int64(0); row < d.rows; row += batchRows {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n := int(min(batchRows, d.rows-row))
		if err := c.fill(n, nil, true); err != nil {
			return 0, d.inColumn(c, err)
		}
		most = max(most, greatest(c.vec(), n))
	}
	return most, nil
}

// inColumn says where in the file an error is.
func (d *decoder) inColumn(c columnReader, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errEnds
	}
	return fmt.Errorf("row group %d, column %s: %w", d.group, c.name(), err)
}

// Next fills b with the next rows of all columns.
func (d *decoder) Next(b *vexec.Batch, bad *vexec.BadRows) (err error) {
	defer func() {
		if err != nil && err != io.EOF {
			d.fail = err
		}
	}()
	if d.fail != nil {
		return d.fail
	}
	if d.row >= d.rows {
		return io.EOF
	}
	defer d.r.file.guard(&err)
	n := batchRows
	if d.r.scan.MaxRows > 0 {
		n = min(n, d.r.scan.MaxRows)
	}
	n = int(min(int64(n), d.rows-d.row))
	b.Reset(d.r.scan.Schema)
	b.Rows = n
	anyBad := false
	for i := range d.cols {
		c := d.cols[i]
		if err := c.fill(n, nil, d.r.scan.NullBad); err != nil {
			return d.inColumn(c, err)
		}
		anyBad = anyBad || len(c.badOnes()) > 0
		b.Cols[i] = *c.vec()
	}
	if anyBad {
		d.takeOut(b, bad)
	}
	d.row += int64(n)
	return nil
}

// takeOut reports the rows that a column could not convert and leaves them out of b.
func (d *decoder) takeOut(b *vexec.Batch, bad *vexec.BadRows) {
	broken, from := map[int32]bool{}, len(bad.Rows)
	for i := range d.cols {
		c := d.cols[i]
		for _, v := range c.badOnes() {
			if broken[v.row] {
				continue // one record is bad once, for its first such column
			}
			broken[v.row] = true
			bad.Add(vexec.BadRow{
				Split:  d.r.split.ID,
				Offset: d.r.file.meta.rowsFrom[d.group] + d.row + int64(v.row),
				Column: c.name(),
				Reason: v.reason,
				Raw:    d.raw(b, int(v.row)),
			})
		}
	}
	slices.SortFunc(bad.Rows[from:], func(x, y vexec.BadRow) int { return int(x.Offset - y.Offset) })
	if d.sel == nil {
		d.sel = make([]int32, 0, batchRows) // not nil even without rows, which would be all rows
	}
	d.sel = d.sel[:0]
	for r := int32(0); r < int32(b.Rows); r++ {
		if !broken[r] {
			d.sel = append(d.sel, r)
		}
	}
	b.Sel = d.sel
}

// raw prints a row as JSON; what could not be converted stands as text.
func (d *decoder) raw(b *vexec.Batch, row int) []byte {
	out := []byte{'{'}
	for i := range d.cols {
		c := d.cols[i]
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(text.AppendJSONString(out, []byte(c.name())), ':')
		bad := c.badOnes()
		at := slices.IndexFunc(bad, func(v badValue) bool { return int(v.row) == row })
		if at >= 0 {
			out = text.AppendJSONString(out, []byte(strings.TrimSpace(bad[at].value)))
			continue
		}
		out = text.AppendJSON(out, &b.Cols[i], row)
	}
	return append(out, '}')
}

// Close lets go of the file.
func (d *decoder) Close() error {
	if d.done {
		return nil
	}
	d.done = true
	d.closeColumns()
	d.unpack.close()
	return d.r.file.release()
}
