package arrowipc

import (
	"math"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

type valuesFunc = func(c *conv, x *slice, a *array, from, n int) error

// ints returns whole numbers, widened; unsigned ones of 64 bits as their bits are.
func (c *conv) ints(f *field, a *array, from, n int) []int64 {
	w := f.bits / 8
	v := vexec.Vec{Data: c.plain(a, from, n, w)}
	if w == 8 {
		return v.Int64s()[:n]
	}
	c.wide = vexec.GrowBytes(c.wide, 8*n)
	out := (&vexec.Vec{Data: c.wide}).Int64s()
	switch {
	case w == 4 && f.signed:
		widen(out, v.Int32s(), math.MaxUint64)
	case w == 4:
		widen(out, v.Int32s(), math.MaxUint32)
	case w == 2 && f.signed:
		widen(out, v.Int16s(), math.MaxUint64)
	case w == 2:
		widen(out, v.Int16s(), math.MaxUint16)
	case f.signed:
		widen(out, v.Int8s(), math.MaxUint64)
	default:
		widen(out, v.Int8s(), math.MaxUint8)
	}
	return out
}

func widen[T int8 | int16 | int32](out []int64, in []T, mask uint64) {
	in = in[:len(out)]
	for i, x := range in {
		out[i] = int64(uint64(int64(x)) & mask)
	}
}

// intPlan reads whole numbers.
func intPlan(f *field, want *ir.Type) valuesFunc {
	w := want.Kind.Width()
	switch {
	case want.Kind == ir.Decimal:
		return decimals
	case want.Kind.IsFloat():
		return intsToFloats
	case f.signed && f.bits == 8*w:
		return func(c *conv, _ *slice, a *array, from, n int) error {
			c.out.Data = c.plain(a, from, n, w)
			return nil
		}
	}
	return func(c *conv, x *slice, a *array, from, n int) error {
		v := c.ints(f, a, from, n)
		c.storeInts(x, a, from, v, !f.signed && f.bits == 64)
		return nil
	}
}

// storeInts puts v into rows of the declared type; huge ones have the sign bit as a digit.
func (c *conv) storeInts(x *slice, a *array, from int, v []int64, huge bool) {
	own := append([]int64(nil), v...) // v may stand where fresh puts the values
	c.fresh(len(own))
	for i, n := range own {
		fits := n >= 0 || !huge
		switch c.want.Kind.Width() {
		case 1:
			c.out.Int8s()[i] = int8(n)
			fits = fits && int64(int8(n)) == n
		case 2:
			c.out.Int16s()[i] = int16(n)
			fits = fits && int64(int16(n)) == n
		case 4:
			c.out.Int32s()[i] = int32(n)
			fits = fits && int64(int32(n)) == n
		default:
			c.out.Int64s()[i] = n
		}
		if !fits {
			c.outOfRange(x, a, from, i, printInt(n, huge))
		}
	}
}

func printInt(n int64, huge bool) string {
	if huge {
		return strconv.FormatUint(uint64(n), 10)
	}
	return strconv.FormatInt(n, 10)
}

func intsToFloats(c *conv, _ *slice, a *array, from, n int) error {
	v := append([]int64(nil), c.ints(c.f, a, from, n)...)
	huge := !c.f.signed && c.f.bits == 64
	c.fresh(n)
	for i, x := range v {
		f := float64(x)
		if huge {
			f = float64(uint64(x))
		}
		if c.want.Kind == ir.Real {
			c.out.Float32s()[i] = float32(x)
			if huge {
				c.out.Float32s()[i] = float32(uint64(x))
			}
		} else {
			c.out.Float64s()[i] = f
		}
	}
	return nil
}

// floatPlan reads floats of 16, 32 and 64 bits.
func floatPlan(f *field, want *ir.Type) valuesFunc {
	w := want.Kind.Width()
	if f.bits == 8*w {
		return func(c *conv, _ *slice, a *array, from, n int) error {
			c.out.Data = c.plain(a, from, n, w)
			return nil
		}
	}
	return func(c *conv, _ *slice, a *array, from, n int) error {
		in := vexec.Vec{Data: append(vexec.AlignedBytes(n * f.bits / 8)[:0], a.data[from*f.bits/8:(from+n)*f.bits/8]...)}
		c.fresh(n)
		for i := range n {
			var x float64
			switch f.bits {
			case 16:
				x = float64(columnfile.HalfToFloat(uint16(in.Int16s()[i])))
			case 32:
				x = float64(in.Float32s()[i])
			default:
				x = in.Float64s()[i]
			}
			if want.Kind == ir.Real {
				c.out.Float32s()[i] = float32(x)
			} else {
				c.out.Float64s()[i] = x
			}
		}
		return nil
	}
}

// dec returns the unscaled value of a row.
func (c *conv) dec(v *vexec.Vec, i int) ir.Dec {
	switch {
	case c.f.bits == 128:
		return v.Decs()[i]
	case c.f.bits == 32:
		return ir.DecFromInt64(int64(v.Int32s()[i]))
	}
	return ir.DecFromInt64(v.Int64s()[i])
}

// unscaled returns what dec reads: of whole numbers, widened ones.
func (c *conv) unscaled(a *array, from, n int) []ir.Dec {
	out := make([]ir.Dec, n)
	if c.f.id == typeInt {
		for i, x := range c.ints(c.f, a, from, n) {
			out[i] = ir.DecFromInt64(x)
			if !c.f.signed && c.f.bits == 64 {
				out[i].Hi = 0
			}
		}
		return out
	}
	v := vexec.Vec{Data: c.plain(a, from, n, c.f.bits/8)}
	for i := range out {
		out[i] = c.dec(&v, i)
	}
	return out
}

// decimals reads whole numbers and DECIMALs as a DECIMAL of at least their scale.
func decimals(c *conv, x *slice, a *array, from, n int) error {
	nat := ir.AsDecimal(c.f.natural)
	if c.f.bits == 128 && c.want.S == nat.S && c.want.P >= nat.P {
		c.out.Data = c.plain(a, from, n, 16)
		return c.checkDecs(x, a, from, n, nat)
	}
	in := c.unscaled(a, from, n)
	c.fresh(n)
	for i, d := range in {
		v, ok := kernels.Dec{Lo: d.Lo, Hi: d.Hi}.Rescale(nat.S, c.want.S, c.want.P)
		if !ok {
			c.outOfRange(x, a, from, i, d.Format(nat.S))
		}
		c.out.Decs()[i] = ir.Dec{Lo: v.Lo, Hi: v.Hi}
	}
	return nil
}

// checkDecs looks for values with more digits than the declared type has.
func (c *conv) checkDecs(x *slice, a *array, from, n int, nat *ir.Type) error {
	for i, d := range c.out.Decs()[:n] {
		if !(kernels.Dec{Lo: d.Lo, Hi: d.Hi}).Fits(c.want.P) {
			c.outOfRange(x, a, from, i, d.Format(nat.S))
		}
	}
	return nil
}

func decimalToDouble(c *conv, _ *slice, a *array, from, n int) error {
	in := c.unscaled(a, from, n)
	c.fresh(n)
	for i, d := range in {
		c.out.Float64s()[i] = kernels.Dec{Lo: d.Lo, Hi: d.Hi}.Float(c.f.natural.S)
	}
	return nil
}
