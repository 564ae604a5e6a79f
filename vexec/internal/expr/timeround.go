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

// truncUnits returns the unit of argument 0 by row; ok is false where it cannot be rounded to, which
// is a row error.
func truncUnits(c *call, name string) func(i int) (u kernels.Unit, ok bool) {
	unit := unitReader(c)
	return func(i int) (kernels.Unit, bool) {
		u := unit(i)
		if kernels.CanTrunc(u) {
			return u, true
		}
		c.fail(int32(i), noUnit(name, c.bytes(0, i)))
		return u, false
	}
}

func roundTime(name string, units int64, to func(u kernels.Unit, t, units int64) (int64, bool)) strict {
	return func(c *call) {
		ts, dst := c.args[1].Int64s(), c.out.Int64s()
		unit := truncUnits(c, name)
		c.each(func(i int) {
			u, ok := unit(i)
			if !ok {
				return
			}
			if dst[i], ok = to(u, at(ts, c.args[1], i), units); !ok {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

func roundZoned(name string, units int64, to func(z *kernels.Zone, u kernels.Unit, t, units int64) (int64, bool)) strict {
	zones := &patterns[*kernels.Zone]{compile: loadZone}
	return func(c *call) {
		ts, dst := c.args[1].Int64s(), c.out.Int64s()
		unit := truncUnits(c, name)
		c.each(func(i int) {
			u, ok := unit(i)
			if !ok {
				return
			}
			zone, err := zones.get(c.bytes(2, i))
			if err != nil {
				c.fail(int32(i), err.Error())
				return
			}
			if dst[i], ok = to(zone, u, at(ts, c.args[1], i), units); !ok {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

func roundDay(name string, to func(u kernels.Unit, day int64) int64) strict {
	return func(c *call) {
		days, dst := c.args[1].Int32s(), c.out.Int32s()
		unit := truncUnits(c, name)
		c.each(func(i int) {
			u, ok := unit(i)
			if !ok {
				return
			}
			r := to(u, int64(at(days, c.args[1], i)))
			if dst[i] = int32(r); int64(dst[i]) != r {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}
