package udf

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// fixed is a column whose values stand in it as they are in Go.
type fixed[T any] struct {
	t    *ir.Type
	data func(*vexec.Vec) []T
	buf  []T
}

func (c *fixed[T]) sqlType() *ir.Type { return c.t }
func (c *fixed[T]) takesNull() bool   { return false }

func (c *fixed[T]) read(v *vexec.Vec, n int, rows []int32, _ failure) []T {
	out := room(&c.buf, n)
	switch v.Enc {
	case vexec.Flat:
		return c.data(v)[:n]
	case vexec.Const:
		x := c.data(v)[0]
		for i := range out {
			out[i] = x
		}
	default:
		vals, codes := c.data(v.Dict), v.Codes()
		each(n, rows, func(i int) { out[i] = vals[codes[i]] })
	}
	return out
}

func (c *fixed[T]) place(v *vexec.Vec, n int) []T { return c.data(v)[:n] }

func (c *fixed[T]) store(*vexec.Vec, int, []int32, []T, func(int), failure) {}

// converted is a column whose values are those of another type S in Go. to returns why a
// value has no place in it, or "".
type converted[T, S any] struct {
	t    *ir.Type
	data func(*vexec.Vec) []S
	from func(S) T
	to   func(T) (S, string)
	buf  []T
}

func (c *converted[T, S]) sqlType() *ir.Type { return c.t }
func (c *converted[T, S]) takesNull() bool   { return false }

func (c *converted[T, S]) read(v *vexec.Vec, n int, rows []int32, _ failure) []T {
	out := room(&c.buf, n)
	vals := c.data(v)
	if v.Enc == vexec.Dict {
		vals = c.data(v.Dict)
	}
	each(n, rows, func(i int) { // a value of its own for each row, as the function may change it
		j := i
		switch v.Enc {
		case vexec.Const:
			j = 0
		case vexec.Dict:
			j = int(v.Codes()[i])
		}
		out[i] = c.from(vals[j])
	})
	return out
}

func (c *converted[T, S]) place(_ *vexec.Vec, n int) []T { return room(&c.buf, n) }

func (c *converted[T, S]) store(v *vexec.Vec, n int, rows []int32, vals []T, _ func(int), fail failure) {
	out := c.data(v)
	each(n, rows, func(i int) {
		x, why := c.to(vals[i])
		if why != "" {
			fail(i, why)
			return
		}
		out[i] = x
	})
}

// bools is BOOLEAN, whose values are bits.
type bools struct{ buf []bool }

func (c *bools) sqlType() *ir.Type { return ir.TBoolean }
func (c *bools) takesNull() bool   { return false }

func (c *bools) read(v *vexec.Vec, n int, rows []int32, _ failure) []bool {
	out := room(&c.buf, n)
	each(n, rows, func(i int) { out[i] = v.Bool(i) })
	return out
}

func (c *bools) place(_ *vexec.Vec, n int) []bool { return room(&c.buf, n) }

func (c *bools) store(v *vexec.Vec, n int, rows []int32, vals []bool, _ func(int), _ failure) {
	each(n, rows, func(i int) {
		if vals[i] {
			vexec.SetBit(v.Data, i)
		}
	})
}
