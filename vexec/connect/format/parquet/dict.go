package parquet

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/vexec"
)

// dictionary is the dictionary of a column in one row group, converted to the
// declared type once.
type dictionary struct {
	page *page     // whose memory vec points into; nil: there is none
	vec  vexec.Vec // Flat
	n    int
	bad  []badValue // by row, which is the code
}

// load converts the page, whose memory it keeps.
func (d *dictionary) load(p *plan, g *page, lim *limits) error {
	d.n = int(g.head.values)
	enc := g.head.encoding
	if enc == encPlainDict {
		enc = encPlain
	}
	least := p.leaf.width()
	if p.leaf.phys == physBytes {
		least = 4
	}
	if enc != encPlain || least == 0 || d.n > len(g.data)/least {
		return fmt.Errorf("the file is damaged: the dictionary cannot have %d values", d.n)
	}
	if err := g.vals.begin(p.leaf, g, enc, lim); err != nil {
		return err
	}
	// A column of its own, so that bad values of the dictionary stay apart.
	c := &column{plan: p, page: g}
	// One entry at least: rows that are NULL have code 0 even where the dictionary is empty.
	d.vec.Reset(p.want, max(d.n, 1))
	clear(d.vec.Data)
	if err := p.decode(c, &d.vec, 0, d.n); err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	d.vec.Bufs = c.text.bufs
	d.bad = append(d.bad[:0], c.bad...)
	d.page = g
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
