package expr

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// numberFn returns the functions from a number to a number, or nil.
func numberFn(name string, in []*ir.Type, ret *ir.Type) strict {
	switch ret.Kind {
	case ir.TinyInt:
		return intFn(name, (*vexec.Vec).Int8s, 8, len(in))
	case ir.SmallInt:
		return intFn(name, (*vexec.Vec).Int16s, 16, len(in))
	case ir.Integer, ir.IntervalMonth:
		return intFn(name, (*vexec.Vec).Int32s, 32, len(in))
	case ir.BigInt, ir.Interval:
		return intFn(name, (*vexec.Vec).Int64s, 64, len(in))
	case ir.Real:
		return floatFn(name, (*vexec.Vec).Float32s, len(in))
	case ir.Double:
		return floatFn(name, (*vexec.Vec).Float64s, len(in))
	case ir.Decimal:
		return decFn(name, in, ret)
	}
	return nil
}

// roundings says what CEIL and the others do with the digits they cut.
var roundings = map[string]kernels.Rounding{
	"CEIL": kernels.Up, "FLOOR": kernels.Down, "ROUND": kernels.HalfAway, "TRUNCATE": kernels.Cut}

func intFn[T kernels.Int](name string, get func(*vexec.Vec) []T, width, args int) strict {
	switch name {
	case "NEG":
		return failingInt(get, kernels.NegInt[T], func(x T) bool { return x < 0 && -x == x })
	case "ABS":
		return failingInt(get, kernels.AbsInt[T], func(x T) bool { return x < 0 && -x == x })
	case "SIGN":
		return mapFn(get, get, func(x T) T {
			if x > 0 {
				return 1
			}
			return x >> (width - 1)
		})
	}
	how := roundings[name]
	if args < 2 {
		return mapFn(get, get, func(x T) T { return x })
	}
	return func(c *call) {
		a, d, dst := get(c.args[0]), c.args[1].Int32s(), get(c.out)
		c.each(func(i int) {
			r, ok := kernels.RoundInt(int64(at(a, c.args[0], i)), int(at(d, c.args[1], i)), width, how)
			if dst[i] = T(r); !ok {
				c.fail(int32(i), integerOverflow)
			}
		})
	}
}

func failingInt[T kernels.Int](get func(*vexec.Vec) []T, kernel func(dst, a []T, sel []int32) bool, over func(T) bool) strict {
	return func(c *call) {
		a := get(c.args[0])[:c.n]
		if kernel(get(c.out), a, c.dense()) {
			c.failWhere(integerOverflow, func(i int) bool { return over(a[i]) })
		}
	}
}

// mapFn applies f to one argument, which is Flat: a single constant is never
// passed as Const.
func mapFn[T, U kernels.Number](get func(*vexec.Vec) []T, to func(*vexec.Vec) []U, f func(T) U) strict {
	return func(c *call) { kernels.MapNumber(to(c.out), get(c.args[0])[:c.n], c.dense(), f) }
}

func floatFn[T kernels.Float](name string, get func(*vexec.Vec) []T, args int) strict {
	of := func(f func(float64) float64) strict {
		return mapFn(get, get, func(x T) T { return T(f(float64(x))) })
	}
	switch name {
	case "NEG":
		return mapFn(get, get, func(x T) T { return -x })
	case "ABS":
		return of(math.Abs)
	case "SIGN":
		return of(func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return x // zero and NaN
		})
	case "CEIL":
		return of(math.Ceil)
	case "FLOOR":
		return of(math.Floor)
	}
	how := roundings[name]
	if args < 2 {
		return of(func(x float64) float64 { return kernels.RoundFloat(x, 0, how) })
	}
	return func(c *call) {
		a, d, dst := get(c.args[0]), c.args[1].Int32s(), get(c.out)
		c.each(func(i int) {
			dst[i] = kernels.RoundAs(at(a, c.args[0], i), int(at(d, c.args[1], i)), how)
		})
	}
}

func decFn(name string, in []*ir.Type, ret *ir.Type) strict {
	s, p := in[0].S, ret.P
	one := kernels.Pow10(s)
	overflow := ret.String() + " overflow"
	switch name {
	case "NEG":
		return decMap(overflow, func(x kernels.Dec) (kernels.Dec, bool) { return x.Neg(), true })
	case "ABS":
		return decMap(overflow, func(x kernels.Dec) (kernels.Dec, bool) { return x.Abs(), true })
	case "SIGN":
		return decMap(overflow, func(x kernels.Dec) (kernels.Dec, bool) {
			switch {
			case x.Hi < 0:
				return one.Neg(), true
			case x.IsZero():
				return x, true
			}
			return one, true
		})
	}
	how := roundings[name]
	if len(in) < 2 {
		return decMap(overflow, func(x kernels.Dec) (kernels.Dec, bool) { return x.RescaleBy(s, ret.S, p, how) })
	}
	return func(c *call) {
		a, d, dst := getDecs(c.args[0]), c.args[1].Int32s(), getDecs(c.out)
		c.each(func(i int) {
			r, ok := at(a, c.args[0], i).RoundTo(s, int(at(d, c.args[1], i)), ret.S, p, how)
			if dst[i] = r; !ok {
				c.fail(int32(i), overflow)
			}
		})
	}
}

func decMap(reason string, f func(kernels.Dec) (kernels.Dec, bool)) strict {
	return func(c *call) {
		a, dst := getDecs(c.args[0]), getDecs(c.out)
		c.each(func(i int) {
			r, ok := f(a[i])
			if dst[i] = r; !ok {
				c.fail(int32(i), reason)
			}
		})
	}
}

// doubleFn returns the functions of doubles; what is not defined is NaN.
func doubleFn(name string, in []*ir.Type) strict {
	for _, t := range in {
		if t.Kind != ir.Double {
			return nil
		}
	}
	switch len(in) {
	case 0:
		return func(c *call) { c.out.Float64s()[0] = map[string]float64{"PI": math.Pi, "E": math.E}[name] }
	case 2:
		f := map[string]func(x, y float64) float64{"POWER": math.Pow, "ATAN2": math.Atan2,
			"LOG": func(base, x float64) float64 { return math.Log(x) / math.Log(base) }}[name]
		return func(c *call) {
			a, b, dst := c.args[0].Float64s(), c.args[1].Float64s(), c.out.Float64s()
			c.each(func(i int) { dst[i] = f(at(a, c.args[0], i), at(b, c.args[1], i)) })
		}
	}
	return mapFn((*vexec.Vec).Float64s, (*vexec.Vec).Float64s, doubleFns[name])
}

var doubleFns = map[string]func(float64) float64{
	"SQRT": math.Sqrt, "EXP": math.Exp, "LN": math.Log, "LOG": math.Log, "LOG10": math.Log10, "LOG2": math.Log2,
	"SIN": math.Sin, "COS": math.Cos, "TAN": math.Tan, "COT": func(x float64) float64 { return 1 / math.Tan(x) },
	"ASIN": math.Asin, "ACOS": math.Acos, "ATAN": math.Atan, "SINH": math.Sinh, "COSH": math.Cosh, "TANH": math.Tanh,
	"DEGREES": func(x float64) float64 { return x * 180 / math.Pi }, "RADIANS": func(x float64) float64 { return x * math.Pi / 180 },
}
