package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// cast emits CAST or TRY_CAST.
func (c *compiler) cast(x *ir.Cast, sc *scope) (int, error) {
	from := x.X.Type()
	if from.Equal(x.T) {
		return c.expr(x.X, sc)
	}
	if from.Kind == ir.Null {
		if _, err := c.expr(x.X, sc); err != nil { // a NULL that is computed may fail
			return 0, err
		}
		return c.constant(nil, x.T, sc)
	}
	arg, err := c.expr(x.X, sc)
	if err != nil {
		return 0, err
	}
	zone, err := zoneOf(x)
	if err != nil {
		return 0, err
	}
	if zone == nil && sameStorage(from, x.T) {
		r, known := c.shared(keyOf("as", x.T, arg), sc)
		if !known {
			c.emit(&retype{t: x.T, arg: arg, dst: r})
		}
		return r, nil
	}
	fn := castFn(from, x.T, zone)
	if fn == nil {
		return 0, fmt.Errorf("%s cannot be cast to %s", from, x.T)
	}
	op := "cast" + x.Zone
	if x.Try {
		op = "try" + x.Zone
	}
	s := &callStep{fn: fn, t: x.T, args: []int{arg}, slot: sc.slot, try: x.Try, place: where(x, x.At)}
	return c.strictCall(s, keyOf(op, x.T, arg), false, sc)
}

// sameStorage reports whether every value of a is stored as the same value of b.
func sameStorage(a, b *ir.Type) bool {
	switch {
	case a.Kind.IsTimestamp() && b.Kind.IsTimestamp():
		return a.Nanos() == b.Nanos() && a.P <= b.P
	case a.Kind == ir.Time && b.Kind == ir.Time:
		return a.P <= b.P || b.P >= 6
	case a.Kind == ir.JSON && b.Kind == ir.Varchar, a.Kind == ir.JSON && b.Kind == ir.JSON:
		return true
	case a.Kind == ir.Varchar && b.Kind == ir.Varbinary:
		return true
	case a.Kind == ir.Decimal && b.Kind == ir.Decimal:
		return a.S == b.S && a.P <= b.P
	}
	return a.Kind == b.Kind && a.Kind.Width() > 0 && a.P == b.P && a.S == b.S
}

// retype gives a register another type, without copying.
type retype struct {
	t        *ir.Type
	arg, dst int
	dict     vexec.Vec
}

func (s *retype) run(p *Program) {
	out := &p.regs[s.dst].out
	*out = p.regs[s.arg].out
	out.Type = s.t
	if out.Enc == vexec.Dict {
		s.dict = *out.Dict
		s.dict.Type = s.t
		out.Dict = &s.dict
	}
}

// castFn returns the conversion of values, or nil where there is none. zone nil is UTC.
func castFn(from, to *ir.Type, zone *kernels.Zone) strict {
	switch {
	case from.Kind.IsNested() && to.Kind.IsNested():
		return castNested(from, to, zone)
	case to.Kind == ir.Varchar && from.Kind == ir.TimestampLTZ && zone != nil:
		return zonedText(from, zone)
	case from.Kind == ir.Varbinary && to.Kind == ir.Varchar:
		return bytesToText
	case to.Kind == ir.Varchar || to.Kind == ir.JSON && from.Kind != ir.Varchar:
		return toText(from, zone)
	case from.Kind == ir.Varchar && to.Kind == ir.TimestampLTZ && zone != nil:
		return parseZoned(to, zone)
	case from.Kind == ir.JSON && to.Kind.IsNested():
		return fromJSON(to)
	case from.Kind == ir.Varchar || from.Kind == ir.JSON:
		return fromText(from, to)
	case zone != nil:
		return castZoned(from, to, zone)
	case from.Kind == ir.Boolean && to.Kind.IsNumeric():
		return boolToNumber(to)
	case from.Kind.IsNumeric() && to.Kind == ir.Boolean:
		return numberToBool(from)
	case from.Kind.IsNumeric() && to.Kind.IsNumeric():
		return castNumber(from, to)
	}
	return castTime(from, to)
}

// notA says that a value is not one of the type.
func notA(value string, t *ir.Type) string { return value + " is not a " + t.String() }

// outOf says that a number does not fit.
func outOf(value string, t *ir.Type) string { return value + " is out of the range of " + t.String() }

func boolToNumber(to *ir.Type) strict {
	one := kernels.Pow10(to.S)
	return func(c *call) {
		c.each(func(i int) {
			v := int64(0)
			if vexec.Bit(c.args[0].Data, i) {
				v = 1
			}
			switch classOf(to) {
			case float32s:
				c.out.Float32s()[i] = float32(v)
			case float64s:
				c.out.Float64s()[i] = float64(v)
			case decs:
				if getDecs(c.out)[i] = (kernels.Dec{}); v == 1 {
					getDecs(c.out)[i] = one
					if !one.Fits(to.P) {
						c.fail(int32(i), outOf("1", to))
					}
				}
			default:
				putInt(c.out, i, v)
			}
		})
	}
}

// putInt writes a whole number that fits.
func putInt(out *vexec.Vec, i int, v int64) {
	switch classOf(out.Type) {
	case int8s:
		out.Int8s()[i] = int8(v)
	case int16s:
		out.Int16s()[i] = int16(v)
	case int32s:
		out.Int32s()[i] = int32(v)
	default:
		out.Int64s()[i] = v
	}
}

// getInt reads a whole number.
func getInt(v *vexec.Vec, i int) int64 {
	switch classOf(v.Type) {
	case int8s:
		return int64(v.Int8s()[i])
	case int16s:
		return int64(v.Int16s()[i])
	case int32s:
		return int64(v.Int32s()[i])
	}
	return v.Int64s()[i]
}

func numberToBool(from *ir.Type) strict {
	zero := vexec.NewVec(from, 1)
	zero.Enc = vexec.Const
	cmp, err := comparisonOf(ne, from)
	if err != nil {
		return nil
	}
	return func(c *call) { cmp.set(ne, c.out.Data, c.args[0], &zero, c.n, c.live) }
}

func castTime(from, to *ir.Type) strict {
	perDay := func(t *ir.Type) int64 { return 86400 * unitsOf(t) }
	switch {
	case from.Kind == ir.Date && to.Kind.IsTimestamp():
		return func(c *call) {
			a, dst, day := c.args[0].Int32s(), c.out.Int64s(), perDay(to)
			c.each(func(i int) {
				x := int64(a[i])
				if dst[i] = x * day; kernels.MulOver(x, day) {
					c.fail(int32(i), timeOverflow)
				}
			})
		}
	case from.Kind.IsTimestamp() && to.Kind == ir.Date:
		return func(c *call) {
			a, dst, day := c.args[0].Int64s(), c.out.Int32s(), perDay(from)
			c.each(func(i int) { dst[i] = int32(kernels.FloorDiv(a[i], day)) })
		}
	case from.Kind.IsTimestamp() && to.Kind == ir.Time:
		return func(c *call) {
			a, dst, day, unit := c.args[0].Int64s(), c.out.Int64s(), perDay(from), digitsUnit(6, to.P)
			c.each(func(i int) {
				us := kernels.FloorMod(a[i], day) / (unitsOf(from) / 1_000_000)
				dst[i] = us - us%unit
			})
		}
	case from.Kind == ir.Time && to.Kind == ir.Time:
		return floorTo(digitsUnit(6, to.P))
	case from.Kind.IsTimestamp() && to.Kind.IsTimestamp():
		return castTimestamp(from, to)
	}
	return nil
}

func castTimestamp(from, to *ir.Type) strict {
	switch {
	case from.Nanos() == to.Nanos() && to.Nanos():
		return floorTo(digitsUnit(9, to.P))
	case from.Nanos() == to.Nanos():
		return floorTo(digitsUnit(6, to.P))
	case from.Nanos():
		unit := digitsUnit(6, to.P)
		return func(c *call) {
			a, dst := c.args[0].Int64s(), c.out.Int64s()
			c.each(func(i int) { dst[i] = kernels.FloorDiv(a[i], 1000*unit) * unit })
		}
	}
	return func(c *call) {
		a, dst := c.args[0].Int64s(), c.out.Int64s()
		c.each(func(i int) {
			if dst[i] = a[i] * 1000; kernels.MulOver(a[i], 1000) {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}

// digitsUnit is the step of values stored with some digits that show only p.
func digitsUnit(stored, p int) int64 {
	u := int64(1)
	for ; p < stored; p++ {
		u *= 10
	}
	return u
}

// floorTo rounds down to multiples of unit.
func floorTo(unit int64) strict {
	return func(c *call) {
		a, dst := c.args[0].Int64s(), c.out.Int64s()
		c.each(func(i int) {
			dst[i] = a[i] - kernels.FloorMod(a[i], unit)
			if kernels.SubOver(a[i], kernels.FloorMod(a[i], unit)) {
				c.fail(int32(i), timeOverflow)
			}
		})
	}
}
