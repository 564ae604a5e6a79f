package udf

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// list is ARRAY<E>. Functions may keep the slices that they get.
type list[E any] struct {
	t     *ir.Type
	elem  column[E]
	buf   [][]E
	parts []E
}

// newList is the column of slices of a type that has a column.
func newList[E any]() column[[]E] {
	elem, err := newColumn[E]()
	if err != nil {
		panic("udf: " + err.Error()) // listColumn names types that have one
	}
	return &list[E]{t: &ir.Type{Kind: ir.Array, Elem: elem.sqlType()}, elem: elem}
}

func (c *list[E]) sqlType() *ir.Type { return c.t }
func (c *list[E]) takesNull() bool   { return false }

func (c *list[E]) read(v *vexec.Vec, n int, rows []int32, fail failure) [][]E {
	out := room(&c.buf, n)
	clear(out)
	var elems *vexec.Vec // of all rows
	var at []int32       // their places
	end := 0
	each(n, rows, func(i int) {
		f, j := v.At(i)
		elems = &f.Kids[0]
		from, to := int(f.Offs[j]), int(f.Offs[j+1])
		for p := from; p < to; p++ {
			if elems.Null(p) {
				fail(i, "an element of the list is NULL, which the function does not take")
				return
			}
		}
		out[i] = make([]E, to-from)
		for p := from; p < to; p++ {
			at = append(at, int32(p))
		}
		end = max(end, to)
	})
	if len(at) == 0 {
		return out
	}
	vals := c.elem.read(elems, end, at, fail)
	each(n, rows, func(i int) {
		if len(out[i]) == 0 { // or it has failed
			return
		}
		f, j := v.At(i)
		copy(out[i], vals[f.Offs[j]:])
	})
	return out
}

func (c *list[E]) place(_ *vexec.Vec, n int) [][]E {
	out := room(&c.buf, n)
	clear(out)
	return out
}

func (c *list[E]) store(v *vexec.Vec, n int, rows []int32, vals [][]E, _ func(int), fail failure) {
	c.parts = c.parts[:0]
	var owner []int32 // of each element
	next := 0
	v.Offs[0] = 0
	each(n, rows, func(i int) {
		for ; next < i; next++ { // rows that nobody wants are empty
			v.Offs[next+1] = v.Offs[next]
		}
		c.parts = append(c.parts, vals[i]...)
		for range vals[i] {
			owner = append(owner, int32(i))
		}
		next = i + 1
		v.Offs[next] = int32(len(c.parts))
	})
	for ; next < n; next++ {
		v.Offs[next+1] = v.Offs[next]
	}
	v.Kids = []vexec.Vec{vexec.NewVec(c.t.Elem, len(c.parts))}
	to := c.elem.place(&v.Kids[0], len(c.parts))
	copy(to, c.parts)
	c.elem.store(&v.Kids[0], len(c.parts), nil, to, func(int) {}, func(row int, why string) { fail(int(owner[row]), why) })
}
