package arrowipc

import (
	"math"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

const (
	micros     = 1_000_000
	nanos      = 1_000_000_000
	daySeconds = 86_400
)

// timePlan is the way between dates, times, timestamps and intervals; nil: there is none.
func timePlan(f *field, want *ir.Type) valuesFunc {
	nat, to := f.natural.Kind, int64(micros)
	if want.Nanos() {
		to = nanos
	}
	switch {
	case nat == ir.Date && want.Kind == ir.Date && f.bits == 32, nat == ir.IntervalMonth && want.Kind == nat:
		return func(c *conv, _ *slice, a *array, from, n int) error {
			c.out.Data = c.plain(a, from, n, 4)
			return nil
		}
	case nat == ir.Date && want.Kind == ir.Date:
		return daysOfMillis
	case nat == ir.Date && want.Kind.IsTimestamp() && f.bits == 32:
		return rescale(daySeconds*to, 1)
	case nat == ir.Date && want.Kind.IsTimestamp():
		return rescale(to/1000, 1)
	case nat == ir.Interval && want.Kind == ir.Interval && f.id == typeInterval:
		return dayTimes
	case nat == ir.Time && want.Kind == ir.Time, nat.IsTimestamp() && want.Kind.IsTimestamp(), nat == ir.Interval && want.Kind == ir.Interval:
		if f.unit == to && f.bits == 64 {
			return func(c *conv, _ *slice, a *array, from, n int) error {
				c.out.Data = c.plain(a, from, n, 8)
				return nil
			}
		}
		return rescale(max(to/f.unit, 1), max(f.unit/to, 1))
	}
	return nil
}

// times are the numbers of a column of times.
func (c *conv) times(a *array, from, n int) []int64 {
	return append([]int64(nil), c.ints(&field{bits: c.f.bits, signed: true}, a, from, n)...)
}

// rescale multiplies, checked, or divides, rounding down.
func rescale(mul, div int64) valuesFunc {
	return func(c *conv, x *slice, a *array, from, n int) error {
		in := c.times(a, from, n)
		c.fresh(n)
		out := c.out.Int64s()[:n]
		for i, v := range in {
			if div > 1 {
				out[i] = kernels.FloorDiv(v, div)
				continue
			}
			t, ok := columnfile.MulInt64(v, mul)
			if !ok {
				c.outOfRange(x, a, from, i, strconv.FormatInt(v, 10))
			}
			out[i] = t
		}
		return nil
	}
}

// daysOfMillis reads dates that are stored as milliseconds.
func daysOfMillis(c *conv, x *slice, a *array, from, n int) error {
	in := c.times(a, from, n)
	c.fresh(n)
	for i, v := range in {
		day := kernels.FloorDiv(v, c.f.unit)
		if day < math.MinInt32 || day > math.MaxInt32 {
			c.outOfRange(x, a, from, i, strconv.FormatInt(v, 10))
		}
		c.out.Int32s()[i] = int32(day)
	}
	return nil
}

// dayTimes reads intervals of days and milliseconds.
func dayTimes(c *conv, _ *slice, a *array, from, n int) error {
	v := vexec.Vec{Data: append(vexec.AlignedBytes(8 * n)[:0], a.data[8*from:8*(from+n)]...)}
	c.fresh(n)
	for i := range n {
		days, millis := int64(v.Int32s()[2*i]), int64(v.Int32s()[2*i+1])
		c.out.Int64s()[i] = days*daySeconds*micros + millis*1000
	}
	return nil
}
