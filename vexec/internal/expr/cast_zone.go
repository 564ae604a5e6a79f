package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// zoneOf is the time zone that a cast depends on; nil: none, or UTC.
func zoneOf(x *ir.Cast) (*kernels.Zone, error) {
	if x.Zone == "" || !ir.NeedsZone(x.X.Type(), x.T) {
		return nil, nil
	}
	return zoneNamed(x.Zone)
}

// zoneNamed returns the conversions of a zone; nil: it is UTC.
func zoneNamed(name string) (*kernels.Zone, error) {
	loc, err := ir.Zone(name)
	if err != nil {
		return nil, err
	}
	if loc.String() == ir.UTC {
		return nil, nil
	}
	return kernels.NewZone(loc), nil
}

// castZoned converts between instants and what is local in zone.
func castZoned(from, to *ir.Type, zone *kernels.Zone) strict {
	local := &ir.Type{Kind: ir.Timestamp, P: from.P}
	if to.Kind == ir.TimestampLTZ {
		local.P = to.P
	}
	if from.Kind == ir.TimestampLTZ {
		return chain(zoneShift(zone.ToLocal, local), local, castStep(local, to))
	}
	return chain(castStep(from, local), local, zoneShift(zone.ToInstant, to))
}

// castStep is castFn without a zone; nil where the values stay what they are.
func castStep(from, to *ir.Type) strict {
	if from.Equal(to) || sameStorage(from, to) {
		return nil
	}
	return castFn(from, to, nil)
}

// zoneShift moves times by f.
func zoneShift(f func(t, units int64) (int64, bool), to *ir.Type) strict {
	units := unitsOf(to)
	return func(c *call) {
		a, dst := c.args[0].Int64s(), c.out.Int64s()
		c.each(func(i int) {
			r, ok := f(a[i], units)
			if dst[i] = r; !ok {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

// chain runs first, which gives values of the type mid, and second on its result. One
// of them may be nil.
func chain(first strict, mid *ir.Type, second strict) strict {
	switch {
	case second == nil:
		return first
	case first == nil:
		return second
	}
	var tmp register
	return func(c *call) {
		out, args := c.out, c.args[0]
		c.out = tmp.reset(mid, c.n)
		c.out.Valid = out.Valid
		first(c)
		if len(c.bad) > 0 {
			c.live = withoutFailed(c)
		}
		c.args[0], c.out = &tmp.flat, out
		second(c)
		c.args[0] = args
	}
}

// withoutFailed are the live rows that have not failed.
func withoutFailed(c *call) []int32 {
	failed := make(map[int32]bool, len(c.bad))
	for _, f := range c.bad {
		failed[f.row] = true
	}
	live := []int32{}
	c.each(func(i int) {
		if !failed[int32(i)] {
			live = append(live, int32(i))
		}
	})
	return live
}

// zonedText prints instants as the local time of zone.
func zonedText(from *ir.Type, zone *kernels.Zone) strict {
	units := unitsOf(from)
	return func(c *call) {
		a := c.args[0].Int64s()
		c.appendText(func(dst []byte, i int) ([]byte, bool) {
			t, ok := zone.ToLocal(a[i], units)
			if !ok {
				c.fail(int32(i), timeOverflow)
				return dst, false
			}
			return kernels.AppendTimestamp(dst, t, units), false
		})
	}
}

// parseZoned reads instants; text without an offset is the local time of zone.
func parseZoned(to *ir.Type, zone *kernels.Zone) strict {
	units, unit := unitsOf(to), digitsUnit(6, to.P)
	if to.Nanos() {
		unit = digitsUnit(9, to.P)
	}
	return func(c *call) {
		dst := c.out.Int64s()
		c.each(func(i int) {
			v, zoned, ok := kernels.ParseInstant(c.bytes(0, i), units)
			if !ok {
				c.fail(int32(i), notA(quote(c.bytes(0, i)), to))
				return
			}
			if !zoned {
				if v, ok = zone.ToInstant(v, units); !ok {
					c.fail(int32(i), timeOverflow)
					return
				}
			}
			dst[i] = v - kernels.FloorMod(v, unit)
		})
	}
}

// zonedNested prints nested values with their instants as local times of zone.
func zonedNested(from *ir.Type, zone *kernels.Zone) strict {
	local := ir.LocalType(from)
	first, second := castNested(from, local, zone), toText(local, nil)
	if first == nil || second == nil {
		panic(fmt.Sprintf("expr: %s cannot be printed", from))
	}
	return chain(first, local, second)
}
