package arrowipc

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// dictValues is a dictionary as values of the declared type.
type dictValues struct {
	of   *dictionary
	vec  vexec.Vec
	rows int
	bad  map[int]badValue // by position in vec
}

// planDict finds the way for the values that codes stand for.
func (c *conv) planDict(depth int) error {
	values := *c.f
	values.dict = nil
	k, err := newConv(&values, c.want, depth+1)
	if err != nil {
		return err
	}
	if values.natural.Kind == ir.Row || values.natural.Kind == ir.Array || values.natural.Kind == ir.Map {
		return fmt.Errorf("column %s is a dictionary of %s, which is not read; write it as plain values", c.f.path, values.natural)
	}
	c.kids = []*conv{k}
	c.values = coded
	return nil
}

// coded reads the codes of a dictionary. Text stays a dictionary.
func coded(c *conv, x *slice, a *array, from, n int) error {
	if a.dict == nil { // all of the rows are NULL
		c.makeNull(n)
		return nil
	}
	if err := c.loadDict(x.file, a.dict); err != nil {
		return err
	}
	codes := c.ints(c.f.dict.codes, a, from, n)
	c.data = vexec.GrowBytes(c.data, 4*n)
	out := vexec.Vec{Type: c.want, Enc: vexec.Dict, Valid: c.out.Valid, Data: c.data, Dict: &c.dict.vec}
	for i, k := range codes {
		if a.null(from + i) {
			out.Codes()[i] = 0
			continue
		}
		if k < 0 || k >= int64(c.dict.rows) {
			return fmt.Errorf("column %s: %w", c.f.path, errBatch)
		}
		out.Codes()[i] = int32(k)
		if b, is := c.dict.bad[int(k)]; is {
			b.row = i
			x.bad = append(x.bad, b)
		}
	}
	if c.dict.rows == 0 {
		c.makeNull(n)
		return nil
	}
	c.out = out
	if c.want.Kind != ir.Varchar {
		c.flatten(n)
	}
	return nil
}

// loadDict makes c.dict the values of d.
func (c *conv) loadDict(f *file, d *dictionary) error {
	if c.dict.of == d {
		return nil
	}
	parts, err := d.parts(f)
	if err != nil {
		return err
	}
	k := c.kids[0]
	all := &vexec.Batch{}
	s := &ir.Schema{Cols: []ir.Column{{Name: c.f.name, Type: c.want}}}
	all.Reset(s)
	bad := map[int]badValue{}
	for _, p := range parts {
		x := &slice{file: f}
		if err := k.run(x, p, 0, p.n); err != nil {
			return err
		}
		for _, b := range x.bad {
			bad[all.Rows+b.row] = b
		}
		if int64(all.Rows)+int64(p.n) > f.limits.elems {
			return fmt.Errorf("column %s: its dictionary has more than %d values, the most that is read", c.f.path, f.limits.elems)
		}
		vexec.AppendRows(all, &vexec.Batch{Schema: s, Cols: []vexec.Vec{k.out}, Rows: p.n, Part: -1}, nil)
	}
	c.dict = dictValues{of: d, vec: all.Cols[0], rows: all.Rows, bad: bad}
	return nil
}

// flatten writes out the values of a dictionary.
func (c *conv) flatten(n int) {
	if c.out.Enc != vexec.Dict {
		return
	}
	s := &ir.Schema{Cols: []ir.Column{{Name: c.f.name, Type: c.want}}}
	flat := &vexec.Batch{}
	flat.Reset(s)
	vexec.AppendRows(flat, &vexec.Batch{Schema: s, Cols: []vexec.Vec{c.out}, Rows: n, Part: -1}, nil)
	if n == 0 {
		flat.Cols[0] = vexec.NewVec(c.want, 0)
	}
	c.out = flat.Cols[0]
}
