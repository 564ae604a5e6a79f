package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// timeFn returns the functions of times. A constant unit is checked here.
func timeFn(x *ir.Call, in []*ir.Type) (strict, error) {
	switch x.Fn {
	case "EXTRACT":
		if err := checkUnit(x, func(u kernels.Unit) bool { return u != kernels.NoUnit }); err != nil {
			return nil, err
		}
		switch in[1].Kind {
		case ir.Interval, ir.IntervalMonth:
			return extractSpan(in[1]), nil
		}
		return extract(unitsOf(in[1])), nil
	case "DATE_TRUNC":
		if err := checkUnit(x, kernels.CanTrunc); err != nil {
			return nil, err
		}
		return rounded(x.Fn, in, rounders{kernels.TruncTime, (*kernels.Zone).TruncTime, kernels.TruncDay}), nil
	case "DATE_CEIL":
		if err := checkUnit(x, kernels.CanTrunc); err != nil {
			return nil, err
		}
		return rounded(x.Fn, in, rounders{kernels.CeilTime, (*kernels.Zone).CeilTime, kernels.CeilDay}), nil
	case "TIMESTAMPDIFF":
		if err := checkUnit(x, kernels.CanDiff); err != nil {
			return nil, err
		}
		return timestampDiff(unitsOf(in[1])), nil
	case "TO_TIMESTAMP", "TO_DATE":
		if len(in) == 2 {
			return parseByFormat(x.T), nil
		}
		return parseTimeFn(x.T, x.T), nil
	case "DATE_FORMAT":
		return dateFormat(unitsOf(in[0])), nil
	case "CONVERT_TZ":
		return convertTZ(), nil
	}
	return fromEpoch, nil
}

func checkUnit(x *ir.Call, known func(kernels.Unit) bool) error {
	k, ok := x.Args[0].(*ir.Const)
	if !ok {
		return nil
	}
	name, ok := k.V.(string)
	if ok && !known(kernels.UnitOf([]byte(name))) {
		return fmt.Errorf("%s", noUnit(x.Fn, []byte(name)))
	}
	return nil
}

func noUnit(fn string, name []byte) string { return fn + " does not know the unit " + quote(name) }

func extract(units int64) strict {
	return func(c *call) {
		ts, dst := c.args[1].Int64s(), c.out.Int64s()
		unit := unitReader(c)
		c.each(func(i int) {
			u := unit(i)
			if u == kernels.NoUnit {
				c.fail(int32(i), noUnit("EXTRACT", c.bytes(0, i)))
				return
			}
			dst[i] = kernels.Extract(u, at(ts, c.args[1], i), units)
		})
	}
}

// extractSpan is EXTRACT from an interval.
func extractSpan(t *ir.Type) strict {
	part, parts := kernels.ExtractSpan, "DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND and EPOCH"
	if t.Kind == ir.IntervalMonth {
		part, parts = kernels.ExtractMonths, "YEAR and MONTH"
	}
	return func(c *call) {
		v, dst := c.args[1], c.out.Int64s()
		unit := unitReader(c)
		c.each(func(i int) {
			row := i
			if c.isConst(1) {
				row = 0
			}
			n, ok := part(unit(i), getInt(v, row))
			if dst[i] = n; !ok {
				c.fail(int32(i), fmt.Sprintf("%s is no part of an %s, which has %s", quote(c.bytes(0, i)), t, parts))
			}
		})
	}
}

// unitReader returns the unit of argument 0 by row; a constant is looked up once.
func unitReader(c *call) func(i int) kernels.Unit {
	if c.isConst(0) {
		u := kernels.UnitOf(c.bytes(0, 0))
		return func(int) kernels.Unit { return u }
	}
	return func(i int) kernels.Unit { return kernels.UnitOf(c.bytes(0, i)) }
}

// fromEpoch is TO_TIMESTAMP_LTZ(n [, precision]).
func fromEpoch(c *call) {
	n, dst := c.args[0].Int64s(), c.out.Int64s()
	c.each(func(i int) {
		digits := int32(3)
		if len(c.args) == 2 {
			digits = at(c.args[1].Int32s(), c.args[1], i)
		}
		if digits != 0 && digits != 3 && digits != 6 {
			c.fail(int32(i), fmt.Sprintf("the precision is 0, 3 or 6, not %d", digits))
			return
		}
		x, unit := at(n, c.args[0], i), digitsUnit(6, int(digits))
		if dst[i] = x * unit; kernels.MulOver(x, unit) {
			c.fail(int32(i), timeOverflow)
		}
	})
}
