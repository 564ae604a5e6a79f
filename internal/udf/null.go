package udf

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Null is a value of type T, or NULL where Valid is false.
type Null[T any] struct {
	V     T
	Valid bool
}

func (Null[T]) newColumn() (any, error) {
	inner, err := newColumn[T]()
	if err != nil {
		return nil, err
	}
	return column[Null[T]](&nullable[T]{inner: inner}), nil
}

// nullable is the column of a Null.
type nullable[T any] struct {
	inner column[T]
	buf   []Null[T]
	rows  []int32
}

func (c *nullable[T]) sqlType() *ir.Type { return c.inner.sqlType() }
func (c *nullable[T]) takesNull() bool   { return true }

func (c *nullable[T]) read(v *vexec.Vec, n int, rows []int32, fail failure) []Null[T] {
	out := room(&c.buf, n)
	clear(out)
	some := room(&c.rows, n)[:0]
	each(n, rows, func(i int) {
		if !v.Null(i) {
			some = append(some, int32(i))
		}
	})
	if len(some) == 0 {
		return out
	}
	vals := c.inner.read(v, n, some, fail)
	for _, r := range some {
		out[r] = Null[T]{vals[r], true}
	}
	return out
}

func (c *nullable[T]) place(_ *vexec.Vec, n int) []Null[T] {
	out := room(&c.buf, n)
	clear(out)
	return out
}

func (c *nullable[T]) store(v *vexec.Vec, n int, rows []int32, vals []Null[T], null func(int), fail failure) {
	to := c.inner.place(v, n)
	some := room(&c.rows, n)[:0]
	each(n, rows, func(i int) {
		if !vals[i].Valid {
			null(i)
			return
		}
		to[i] = vals[i].V
		some = append(some, int32(i))
	})
	c.inner.store(v, n, some, to, null, fail)
}
