package expr

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

const timeOverflow = "time out of range"

const dayMicros = 86_400_000_000

func isSpan(t *ir.Type) bool { return t.Kind == ir.Interval || t.Kind == ir.IntervalMonth }

// timeArith returns arithmetic on times and intervals; nil: not such a case.
func timeArith(op string, in []*ir.Type, ret *ir.Type) strict {
	a, b := in[0], in[1]
	switch {
	case !isSpan(a) && isSpan(b) && !a.Kind.IsNumeric():
		return moveTime(op, 0, 1, a, b)
	case op == "+" && isSpan(a) && !isSpan(b) && !b.Kind.IsNumeric():
		return moveTime(op, 1, 0, b, a)
	case op == "-" && a.Kind.IsTimestamp() && b.Kind.IsTimestamp():
		return timeDiff(a, b)
	case op == "-" && a.Kind == ir.Time && b.Kind == ir.Time:
		return intCall((*vexec.Vec).Int64s, subOp[int64](), "interval overflow")
	case op == "-" && a.Kind == ir.Date && b.Kind == ir.Date:
		return intCall((*vexec.Vec).Int32s, subOp[int32](), integerOverflow)
	case ret.Kind == ir.Interval && (op == "*" || op == "/") && (a.Kind == ir.Decimal || a.Kind == ir.Double):
		return scaleSpan(op, 1, 0, a)
	case ret.Kind == ir.Interval && (op == "*" || op == "/") && (b.Kind == ir.Decimal || b.Kind == ir.Double):
		return scaleSpan(op, 0, 1, b)
	case isSpan(a) && a.Kind == b.Kind && a.Kind == ir.Interval:
		return intCall((*vexec.Vec).Int64s, plusMinus[int64](op), "interval overflow")
	case isSpan(a) && a.Kind == b.Kind:
		return intCall((*vexec.Vec).Int32s, plusMinus[int32](op), "interval overflow")
	case op == "*" && ret.Kind == ir.Interval:
		return intCall((*vexec.Vec).Int64s, mulWide, "interval overflow")
	case op == "*" && a.Kind == ir.IntervalMonth:
		return mulMonths(0, 1)
	case op == "*" && b.Kind == ir.IntervalMonth:
		return mulMonths(1, 0)
	}
	return nil
}

func plusMinus[T kernels.Int](op string) intOp[T] {
	if op == "-" {
		return subOp[T]()
	}
	return addOp[T]()
}

func mulMonths(span, factor int) strict {
	return func(c *call) {
		m, f, dst := c.args[span].Int32s(), c.args[factor].Int64s(), c.out.Int32s()
		c.each(func(i int) {
			x, y := int64(at(m, c.args[span], i)), at(f, c.args[factor], i)
			dst[i] = int32(x * y)
			if kernels.MulOver(x, y) || int64(dst[i]) != x*y {
				c.fail(int32(i), "interval overflow")
			}
		})
	}
}

// scaleSpan multiplies the interval in argument span with the number in argument by, of type t,
// or divides it by that: rounded half away from zero.
func scaleSpan(op string, span, by int, t *ir.Type) strict {
	if t.Kind == ir.Double {
		return func(c *call) {
			us, f, dst := c.args[span].Int64s(), c.args[by].Float64s(), c.out.Int64s()
			c.each(func(i int) {
				x, y := float64(at(us, c.args[span], i)), at(f, c.args[by], i)
				if op == "/" && y == 0 {
					c.fail(int32(i), divisionByZero)
					return
				}
				if op == "/" {
					x /= y
				} else {
					x *= y
				}
				x = math.Round(x)
				if !(x >= math.MinInt64 && x < math.MaxInt64) {
					c.fail(int32(i), "interval overflow")
					return
				}
				dst[i] = int64(x)
			})
		}
	}
	o := kernels.DecOp{B: t.S, P: 19}
	return func(c *call) {
		us, f, dst := c.args[span].Int64s(), getDecs(c.args[by]), c.out.Int64s()
		c.each(func(i int) {
			x, y := kernels.DecOf(at(us, c.args[span], i)), at(f, c.args[by], i)
			if op == "/" && y.IsZero() {
				c.fail(int32(i), divisionByZero)
				return
			}
			r, ok := o.Mul(x, y)
			if op == "/" {
				r, ok = o.Div(x, y)
			}
			n, fits := r.Int64()
			if dst[i] = n; !ok || !fits {
				c.fail(int32(i), "interval overflow")
			}
		})
	}
}

// moveTime moves the time argument t by the interval argument s.
func moveTime(op string, t, s int, tt, st *ir.Type) strict {
	sign := int64(1)
	if op == "-" {
		sign = -1
	}
	switch {
	case tt.Kind == ir.Date && st.Kind == ir.IntervalMonth:
		return moveDate(t, s, sign)
	case st.Kind == ir.IntervalMonth:
		return moveMonths(t, s, sign, unitsOf(tt))
	case tt.Kind == ir.Time:
		return moveClock(t, s, sign)
	case tt.Nanos():
		return moveNanos(t, s, sign)
	case tt.Kind.IsTimestamp() && t == 0:
		return intCall((*vexec.Vec).Int64s, plusMinus[int64](op), timeOverflow)
	case tt.Kind.IsTimestamp():
		return intCall((*vexec.Vec).Int64s, addOp[int64](), timeOverflow)
	}
	return nil
}

func moveDate(t, s int, sign int64) strict {
	return func(c *call) {
		day, n, dst := c.args[t].Int32s(), c.args[s].Int32s(), c.out.Int32s()
		c.each(func(i int) {
			r := kernels.AddMonthsDay(int64(at(day, c.args[t], i)), sign*int64(at(n, c.args[s], i)))
			if dst[i] = int32(r); int64(dst[i]) != r {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

func moveMonths(t, s int, sign, units int64) strict {
	return func(c *call) {
		ts, n, dst := c.args[t].Int64s(), c.args[s].Int32s(), c.out.Int64s()
		c.each(func(i int) {
			r, ok := kernels.AddMonths(at(ts, c.args[t], i), sign*int64(at(n, c.args[s], i)), units)
			if dst[i] = r; !ok {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

// moveClock moves a time of day, which wraps at midnight.
func moveClock(t, s int, sign int64) strict {
	return func(c *call) {
		ts, n, dst := c.args[t].Int64s(), c.args[s].Int64s(), c.out.Int64s()
		c.each(func(i int) {
			d := kernels.FloorMod(at(n, c.args[s], i), dayMicros)
			dst[i] = kernels.FloorMod(at(ts, c.args[t], i)+sign*d, dayMicros)
		})
	}
}

func moveNanos(t, s int, sign int64) strict {
	return func(c *call) {
		ts, n, dst := c.args[t].Int64s(), c.args[s].Int64s(), c.out.Int64s()
		c.each(func(i int) {
			x, d := at(ts, c.args[t], i), at(n, c.args[s], i)
			step := sign * d * 1000
			dst[i] = x + step
			if kernels.MulOver(d, sign*1000) || kernels.AddOver(x, step) {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

// timeDiff is the interval between two timestamps in microseconds, rounded down: of the
// comparisons with an interval, >= and < of it are those of the exact difference.
func timeDiff(a, b *ir.Type) strict {
	if !a.Nanos() && !b.Nanos() {
		return intCall((*vexec.Vec).Int64s, subOp[int64](), "interval overflow")
	}
	ua, ub := unitsOf(a)/1_000_000, unitsOf(b)/1_000_000
	return func(c *call) {
		a, b, dst := c.args[0].Int64s(), c.args[1].Int64s(), c.out.Int64s()
		c.each(func(i int) {
			x, y := at(a, c.args[0], i), at(b, c.args[1], i)
			us, vs := kernels.FloorDiv(x, ua), kernels.FloorDiv(y, ub)
			rest := (x-us*ua)*(1000/ua) - (y-vs*ub)*(1000/ub) // nanoseconds, between -1000 and 1000
			over := kernels.SubOver(us, vs)
			d := us - vs
			if rest < 0 {
				over = over || d == math.MinInt64
				d--
			}
			if dst[i] = d; over {
				c.fail(int32(i), "interval overflow")
			}
		})
	}
}
