package parquet

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

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
	sel := d.selection(b.Rows)
	k := 0
	for i := range b.Live() {
		if r := int32(b.Row(i)); !broken[r] {
			sel[k] = r
			k++
		}
	}
	b.Sel = sel[:k]
	if t := d.r.scan.TimeCol; t >= 0 && len(d.terms)+len(d.keys) > 0 {
		for r := range broken {
			b.Cols[t].SetNull(int(r), b.Rows) // it is no row that is not wanted, whose time counts
		}
	}
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
