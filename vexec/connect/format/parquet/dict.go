package parquet

import (
	"fmt"
	"slices"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/vexec"
)

// dictionary is the dictionary of a column in one row group, converted to the
// declared type once. It owns its memory: pages come and go.
type dictionary struct {
	of  pq.Dictionary // the one that vec was made of
	vec vexec.Vec     // Flat
	n   int
	bad []badValue // by row, which is the code
	buf []byte     // text: the bytes that views point into
}

func (d *dictionary) load(p *plan, of pq.Dictionary) error {
	if d.of == of {
		return nil
	}
	page := of.Page()
	// A column of its own, so that bad values of the dictionary stay apart.
	c := &column{plan: p, vals: page.Data()}
	d.n = of.Len()
	// One entry at least: rows that are NULL have code 0 even where the dictionary is empty.
	d.vec.Reset(p.want, max(d.n, 1))
	clear(d.vec.Data)
	if p.text {
		data, _ := c.vals.Data()
		d.buf = append(d.buf[:0], data...)
		d.vec.Bufs = append(d.vec.Bufs[:0], d.buf)
	}
	if err := p.decode(c, &d.vec, 0, 0, d.n); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	if p.leaf.uuid {
		d.vec.Bufs[0] = c.text.uuids
	}
	d.bad = append(d.bad[:0], c.bad...)
	d.of = of
	return nil
}

// addBad marks the rows whose code stands for a value that could not be converted.
func (d *dictionary) addBad(c *column, at int, codes []int32) {
	if len(d.bad) == 0 {
		return
	}
	for i, code := range codes {
		j, found := slices.BinarySearchFunc(d.bad, code, func(b badValue, code int32) int { return int(b.row - code) })
		if found {
			b := d.bad[j]
			b.row = int32(at + i)
			c.bad = append(c.bad, b)
		}
	}
}
