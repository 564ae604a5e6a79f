package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// rounders take a time to a border of a unit: as it is, an instant by the clock of a zone, and
// a day.
type rounders struct {
	time func(u kernels.Unit, t, units int64) (int64, bool)
	zone func(z *kernels.Zone, u kernels.Unit, t, units int64) (int64, bool)
	day  func(u kernels.Unit, day int64) int64
}

// rounded is DATE_TRUNC and DATE_CEIL.
func rounded(name string, in []*ir.Type, to rounders) strict {
	units := unitsOf(in[1])
	switch {
	case in[1].Kind == ir.Date:
		return roundDay(name, to.day)
	case len(in) == 3:
		return roundZoned(name, units, to.zone)
	}
	return roundTime(name, units, to.time)
}

// rounding is a function that takes row i of its arguments to a border of the unit u, with what bind
// gives. A unit that cannot be rounded to is a row error.
func rounding(name string, bind func(c *call) func(i int, u kernels.Unit)) strict {
	return func(c *call) {
		unit, round := unitReader(c), bind(c)
		c.each(func(i int) {
			u := unit(i)
			if !kernels.CanTrunc(u) {
				c.fail(int32(i), noUnit(name, c.bytes(0, i)))
				return
			}
			round(i, u)
		})
	}
}

func roundTime(name string, units int64, to func(u kernels.Unit, t, units int64) (int64, bool)) strict {
	return rounding(name, func(c *call) func(int, kernels.Unit) {
		ts, dst := c.args[1].Int64s(), c.out.Int64s()
		return func(i int, u kernels.Unit) {
			r, ok := to(u, at(ts, c.args[1], i), units)
			if dst[i] = r; !ok {
				c.fail(int32(i), timeOverflow)
			}
		}
	})
}

func roundZoned(name string, units int64, to func(z *kernels.Zone, u kernels.Unit, t, units int64) (int64, bool)) strict {
	zones := &patterns[*kernels.Zone]{compile: loadZone}
	return rounding(name, func(c *call) func(int, kernels.Unit) {
		ts, dst := c.args[1].Int64s(), c.out.Int64s()
		return func(i int, u kernels.Unit) {
			zone, err := zones.get(c.bytes(2, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return
			}
			r, ok := to(zone, u, at(ts, c.args[1], i), units)
			if dst[i] = r; !ok {
				c.fail(int32(i), timeOverflow)
			}
		}
	})
}

func roundDay(name string, to func(u kernels.Unit, day int64) int64) strict {
	return rounding(name, func(c *call) func(int, kernels.Unit) {
		days, dst := c.args[1].Int32s(), c.out.Int32s()
		return func(i int, u kernels.Unit) {
			r := to(u, int64(at(days, c.args[1], i)))
			if dst[i] = int32(r); int64(dst[i]) != r {
				c.fail(int32(i), timeOverflow)
			}
		}
	})
}
