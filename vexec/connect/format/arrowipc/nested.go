package arrowipc

import (
	"encoding/binary"
	"fmt"
	"math"
	"sort"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// planNested finds the way for what is below a ROW, an ARRAY or a MAP.
func (c *conv) planNested(depth int) error {
	if depth > maxDepth {
		return errMeta
	}
	add := func(f *field, want *ir.Type) error {
		k, err := newConv(f, want, depth+1)
		c.kids = append(c.kids, k)
		return err
	}
	switch c.want.Kind {
	case ir.Array:
		c.values = lists
		return add(c.f.kids[0], c.want.Elem)
	case ir.Map:
		c.values = lists
		e := c.f.kids[0]
		if err := add(e.kids[0], c.want.Key); err != nil {
			return err
		}
		return add(e.kids[1], c.want.Elem)
	}
	c.values = rows
	for _, wf := range c.want.Fields {
		at := -1
		for i, k := range c.f.kids {
			if k.name == wf.Name && at < 0 {
				at = i
			}
		}
		if at < 0 {
			return fmt.Errorf("column %s of the Arrow file has no field %s; it is %s", c.f.path, wf.Name, c.f.natural)
		}
		c.pos = append(c.pos, at)
		if err := add(c.f.kids[at], wf.Type); err != nil {
			return err
		}
	}
	return nil
}

// rows reads structs. A field of a NULL is NULL.
func rows(c *conv, x *slice, a *array, from, n int) error {
	var bad []badValue
	for i, k := range c.kids {
		if err := k.run(x, a.kids[c.pos[i]], from, n); err != nil {
			return err
		}
		k.flatten(n)
		if c.out.Valid != nil {
			k.hide(c.out.Valid, n)
		}
		for _, b := range x.bad {
			if !a.null(from + b.row) {
				bad = append(bad, b)
			}
		}
		c.out.Kids = append(c.out.Kids, k.out)
	}
	sort.SliceStable(bad, func(i, j int) bool { return bad[i].row < bad[j].row })
	x.bad = bad
	return nil
}

// hide makes the rows NULL that are so in valid.
func (c *conv) hide(valid []byte, n int) {
	c.ownValid(n)
	for i := range c.out.Valid {
		c.out.Valid[i] &= valid[i]
	}
}

// lists reads lists of all kinds, and maps.
func lists(c *conv, x *slice, a *array, from, n int) error {
	elems := a.kids
	if c.f.id == typeMap {
		elems = a.kids[0].kids
	}
	at, err := c.extents(x, a, from, n)
	if err != nil {
		return err
	}
	if at == nil {
		return c.scattered(x, a, from, n)
	}
	if at[n]-at[0] > min(math.MaxInt32, x.file.limits.elems) {
		return c.tooMany()
	}
	c.setOffs(n)
	for i, o := range at {
		c.out.Offs[i] = int32(o - at[0])
	}
	var bad []badValue
	for i, k := range c.kids {
		if err := k.run(x, elems[i], int(at[0]), int(at[n]-at[0])); err != nil {
			return err
		}
		k.flatten(int(at[n] - at[0]))
		bad = append(bad, c.inRows(x.bad, a, from, n)...)
		c.out.Kids = append(c.out.Kids, k.out)
	}
	sort.SliceStable(bad, func(i, j int) bool { return bad[i].row < bad[j].row })
	x.bad = bad
	return nil
}

func (c *conv) tooMany() error {
	return fmt.Errorf("column %s: too many elements in lists that stand together; write shorter ones", c.f.path)
}

func (c *conv) setOffs(n int) {
	if cap(c.offs) < n+1 {
		c.offs = make([]int32, n+1, max(n+1, batchRows+1))
	}
	c.out.Offs = c.offs[:n+1]
}

// inRows turns bad elements into bad rows.
func (c *conv) inRows(bad []badValue, a *array, from, n int) (out []badValue) {
	for _, b := range bad {
		row := sort.Search(n, func(i int) bool { return int(c.out.Offs[i+1]) > b.row })
		if row < n && !a.null(from+row) {
			b.row = row
			out = append(out, b)
		}
	}
	return out
}

// extents are where the rows' elements begin and, at last, end; nil: they do not stand
// one behind the other.
func (c *conv) extents(x *slice, a *array, from, n int) ([]int64, error) {
	switch c.f.id {
	case typeFixedList:
		at := make([]int64, n+1)
		for i := range at {
			at[i] = int64(from+i) * int64(c.f.bits)
		}
		return at, nil
	case typeListView, typeLargeListView:
		return nil, nil
	}
	at := c.offsets(a, from, n)
	kid := a.kids[0]
	if c.f.id == typeMap && (kid.kids[0].n < kid.n || kid.kids[1].n < kid.n) {
		return nil, fmt.Errorf("column %s: %w", c.f.path, errBatch)
	}
	_, err := c.sane(at, int64(kid.n))
	return at, err
}

// scattered reads list views, whose elements may stand anywhere.
func (c *conv) scattered(x *slice, a *array, from, n int) error {
	k := c.kids[0]
	all := &vexec.Batch{}
	s := &ir.Schema{Cols: []ir.Column{{Name: c.f.name, Type: k.want}}}
	all.Reset(s)
	c.setOffs(n)
	c.out.Offs[0] = 0
	var bad []badValue
	for i := range n {
		at, size := viewExtent(a, from+i)
		if a.null(from + i) {
			at, size = 0, 0
		}
		if at < 0 || size < 0 || at > int64(a.kids[0].n) || size > int64(a.kids[0].n)-at {
			return fmt.Errorf("column %s: %w", c.f.path, errBatch)
		}
		if int64(all.Rows)+size > min(math.MaxInt32, x.file.limits.elems) {
			return c.tooMany()
		}
		if err := k.run(x, a.kids[0], int(at), int(size)); err != nil {
			return err
		}
		if len(x.bad) > 0 {
			b := x.bad[0]
			b.row = i
			bad = append(bad, b)
		}
		k.flatten(int(size))
		vexec.AppendRows(all, &vexec.Batch{Schema: s, Cols: []vexec.Vec{k.out}, Rows: int(size), Part: -1}, nil)
		c.out.Offs[i+1] = int32(all.Rows)
	}
	x.bad = bad
	if all.Rows == 0 {
		all.Cols[0] = vexec.NewVec(k.want, 0)
	}
	c.out.Kids = append(c.out.Kids, all.Cols[0])
	return nil
}

// viewExtent is where a list view's elements stand.
func viewExtent(a *array, i int) (at, size int64) {
	if a.f.id == typeLargeListView {
		return int64(binary.LittleEndian.Uint64(a.data[8*i:])), int64(binary.LittleEndian.Uint64(a.more[8*i:]))
	}
	return int64(int32(binary.LittleEndian.Uint32(a.data[4*i:]))), int64(int32(binary.LittleEndian.Uint32(a.more[4*i:])))
}
