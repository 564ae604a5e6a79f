package arrowipc

import (
	"slices"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// badValue is a value that the declared type cannot hold.
type badValue struct {
	row    int
	value  string
	reason string
}

// takeOut reports the rows that a column could not convert and leaves them out of b.
func (d *decoder) takeOut(b *vexec.Batch, bads [][]badValue, bad *vexec.BadRows) {
	broken, from := map[int]bool{}, len(bad.Rows)
	first := d.first
	if !d.r.file.stream {
		first = d.r.file.rowsBefore(d.number)
	}
	for i, c := range d.cols {
		for _, v := range bads[i] {
			if broken[v.row] {
				continue // one record is bad once, for its first such column
			}
			broken[v.row] = true
			bad.Add(vexec.BadRow{
				Split:  d.r.split.ID,
				Offset: first + int64(d.row+v.row),
				Column: c.f.name,
				Reason: v.reason,
				Raw:    d.raw(b, bads, v.row),
			})
		}
	}
	slices.SortFunc(bad.Rows[from:], func(x, y vexec.BadRow) int { return int(x.Offset - y.Offset) })
	if d.sel == nil {
		d.sel = make([]int32, 0, batchRows) // not nil even without rows, which would be all rows
	}
	d.sel = d.sel[:0]
	for i := range b.Rows {
		if !broken[i] {
			d.sel = append(d.sel, int32(i))
		}
	}
	b.Sel = d.sel
}

// raw prints a row as JSON; what could not be converted stands as text.
func (d *decoder) raw(b *vexec.Batch, bads [][]badValue, row int) []byte {
	out := []byte{'{'}
	for i, c := range d.cols {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(text.AppendJSONString(out, []byte(c.f.name)), ':')
		if at := slices.IndexFunc(bads[i], func(v badValue) bool { return v.row == row }); at >= 0 {
			out = text.AppendJSONString(out, []byte(bads[i][at].value))
			continue
		}
		out = text.AppendJSON(out, &b.Cols[i], row)
	}
	return append(out, '}')
}
