package expr

import (
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// castNumber converts between numbers: to whole numbers by cutting, to DECIMAL by
// rounding half away from zero, to floats by rounding.
func castNumber(from, to *ir.Type) strict {
	switch from.Kind {
	case ir.TinyInt:
		return fromInt((*vexec.Vec).Int8s, to)
	case ir.SmallInt:
		return fromInt((*vexec.Vec).Int16s, to)
	case ir.Integer:
		return fromInt((*vexec.Vec).Int32s, to)
	case ir.BigInt:
		return fromInt((*vexec.Vec).Int64s, to)
	case ir.Real:
		return fromFloat((*vexec.Vec).Float32s, to, 32)
	case ir.Double:
		return fromFloat((*vexec.Vec).Float64s, to, 64)
	}
	return fromDec(from.S, to)
}

func fromInt[T kernels.Int](get func(*vexec.Vec) []T, to *ir.Type) strict {
	switch to.Kind {
	case ir.TinyInt:
		return intToInt(get, (*vexec.Vec).Int8s, to)
	case ir.SmallInt:
		return intToInt(get, (*vexec.Vec).Int16s, to)
	case ir.Integer:
		return intToInt(get, (*vexec.Vec).Int32s, to)
	case ir.BigInt:
		return intToInt(get, (*vexec.Vec).Int64s, to)
	case ir.Real:
		return func(c *call) { kernels.Convert(c.out.Float32s(), get(c.args[0])[:c.n], c.dense()) }
	case ir.Double:
		return func(c *call) { kernels.Convert(c.out.Float64s(), get(c.args[0])[:c.n], c.dense()) }
	}
	return func(c *call) {
		a, dst := get(c.args[0]), getDecs(c.out)
		if to.S == 0 && to.P >= 19 { // every whole number fits
			kernels.IntsToDecs(dst, a[:c.n], c.dense())
			return
		}
		c.each(func(i int) {
			r, ok := kernels.DecOf(int64(a[i])).Rescale(0, to.S, to.P)
			if dst[i] = r; !ok {
				c.fail(int32(i), outOf(strconv.FormatInt(int64(a[i]), 10), to))
			}
		})
	}
}

func intToInt[T, U kernels.Int](get func(*vexec.Vec) []T, put func(*vexec.Vec) []U, to *ir.Type) strict {
	return func(c *call) {
		a := get(c.args[0])[:c.n]
		if !kernels.CastInt(put(c.out), a, c.dense()) {
			return
		}
		c.each(func(i int) {
			if int64(U(a[i])) != int64(a[i]) {
				c.fail(int32(i), outOf(strconv.FormatInt(int64(a[i]), 10), to))
			}
		})
	}
}

func fromFloat[T kernels.Float](get func(*vexec.Vec) []T, to *ir.Type, width int) strict {
	switch to.Kind {
	case ir.TinyInt:
		return floatToInt(get, (*vexec.Vec).Int8s, to, 8)
	case ir.SmallInt:
		return floatToInt(get, (*vexec.Vec).Int16s, to, 16)
	case ir.Integer:
		return floatToInt(get, (*vexec.Vec).Int32s, to, 32)
	case ir.BigInt:
		return floatToInt(get, (*vexec.Vec).Int64s, to, 64)
	case ir.Real:
		return func(c *call) { kernels.Convert(c.out.Float32s(), get(c.args[0])[:c.n], c.dense()) }
	case ir.Double:
		return func(c *call) { kernels.Convert(c.out.Float64s(), get(c.args[0])[:c.n], c.dense()) }
	}
	return func(c *call) {
		a, dst := get(c.args[0]), getDecs(c.out)
		var mem [32]byte
		c.each(func(i int) {
			// The decimal form that the number prints as, so that 0.1 is 0.1.
			text := strconv.AppendFloat(mem[:0], float64(a[i]), 'e', -1, width)
			r, ok := kernels.ParseDec(text, to.S, to.P, kernels.HalfAway)
			if dst[i] = r; !ok {
				c.fail(int32(i), outOf(floatText(float64(a[i]), width), to))
			}
		})
	}
}

func floatToInt[T kernels.Float, U kernels.Int](get func(*vexec.Vec) []T, put func(*vexec.Vec) []U, to *ir.Type, width int) strict {
	return func(c *call) {
		a := get(c.args[0])[:c.n]
		if !kernels.CastFloat(put(c.out), a, width, c.dense()) {
			return
		}
		c.each(func(i int) {
			if x := float64(a[i]); !kernels.FloatFits(x, width) {
				c.fail(int32(i), outOf(floatText(x, width), to))
			}
		})
	}
}

func floatText(x float64, width int) string { return string(appendFloat(nil, x, width)) }

// appendFloat prints a float as short as its width can be told.
func appendFloat(dst []byte, x float64, width int) []byte {
	if width == 32 {
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', -1, 32), 64)
	}
	return kernels.AppendFloat(dst, x)
}

func fromDec(scale int, to *ir.Type) strict {
	text := func(d kernels.Dec) string { return string(kernels.AppendDec(nil, d, scale)) }
	switch {
	case to.Kind == ir.Decimal:
		return func(c *call) {
			a, dst := getDecs(c.args[0]), getDecs(c.out)
			c.each(func(i int) {
				r, ok := a[i].Rescale(scale, to.S, to.P)
				if dst[i] = r; !ok {
					c.fail(int32(i), outOf(text(a[i]), to))
				}
			})
		}
	case to.Kind == ir.Real:
		return func(c *call) {
			a, dst := getDecs(c.args[0]), c.out.Float32s()
			c.each(func(i int) { dst[i] = a[i].Float32(scale) })
		}
	case to.Kind == ir.Double:
		return func(c *call) {
			a, dst := getDecs(c.args[0]), c.out.Float64s()
			c.each(func(i int) { dst[i] = a[i].Float(scale) })
		}
	}
	width := 8 * to.Kind.Width()
	return func(c *call) {
		a := getDecs(c.args[0])
		c.each(func(i int) {
			r, _ := a[i].RescaleBy(scale, 0, kernels.MaxDigits, kernels.Cut)
			v, ok := r.Int64()
			if !ok || v>>(width-1) != v>>63 {
				c.fail(int32(i), outOf(text(a[i]), to))
				return
			}
			putInt(c.out, i, v)
		})
	}
}
