package generator

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// limits are what a type that is stored as a whole number can hold, and where
// random values lie that nobody has given a min and max.
func limits(t *ir.Type) (least, most, lo, hi int64) {
	switch t.Kind {
	case ir.TinyInt:
		return math.MinInt8, math.MaxInt8, math.MinInt8, math.MaxInt8
	case ir.SmallInt:
		return math.MinInt16, math.MaxInt16, math.MinInt16, math.MaxInt16
	case ir.Integer:
		return math.MinInt32, math.MaxInt32, math.MinInt32, math.MaxInt32
	case ir.Date:
		first, last := int64(kernels.DayOf(1, 1, 1)), int64(kernels.DayOf(9999, 12, 31))
		return first, last, 0, kernels.DayOf(2099, 12, 31)
	case ir.Time:
		return 0, 86_400_000_000 - 1, 0, 86_400_000_000 - 1
	case ir.Interval:
		return 0, math.MaxInt64, 0, 86_400_000_000
	case ir.IntervalMonth:
		return math.MinInt32, math.MaxInt32, 0, 120
	}
	return math.MinInt64, math.MaxInt64, math.MinInt64, math.MaxInt64
}

// unitOf is what a time is rounded down to by its type's digits.
func unitOf(t *ir.Type) int64 {
	digits := 6
	if t.Nanos() {
		digits = 9
	}
	unit := int64(1)
	for range digits - min(t.P, digits) {
		unit *= 10
	}
	return unit
}

// number reads an option that holds a value of the column's type, as it is stored.
func (p part) number(what string, dflt int64) (int64, error) {
	text, ok := p.get(what)
	if !ok {
		return dflt, nil
	}
	var v int64
	switch b := []byte(text); {
	case p.t.Kind == ir.Date:
		v, ok = kernels.ParseDate(b)
	case p.t.Kind == ir.Time:
		v, ok = kernels.ParseTime(b, 1_000_000)
	case p.t.Kind.IsTimestamp():
		units := int64(1_000_000)
		if p.t.Nanos() {
			units = 1_000_000_000
		}
		v, ok = kernels.ParseTimestamp(b, units)
	case p.t.Kind == ir.Interval:
		d, fine := ir.OptionSpan(text)
		v, ok = d.Microseconds(), fine
	default:
		v, ok = kernels.ParseInt(b)
	}
	if least, most, _, _ := limits(p.t); !ok || v < least || v > most {
		return 0, p.bad(what, "is %s; '%s' is not", valueOf(p.t), text)
	}
	return v, nil
}

// valueOf says what a value of a type is.
func valueOf(t *ir.Type) string {
	switch t.Kind {
	case ir.Interval:
		return "a span of time such as 500ms or 5 s"
	case ir.Varchar, ir.IntervalMonth:
		return "a whole number"
	case ir.Date:
		return "a date such as 2024-01-31"
	case ir.Time:
		return "a time of day such as 12:00:00"
	case ir.Timestamp, ir.TimestampLTZ:
		return "a time such as 2024-01-31 12:00:00"
	}
	return "a value of " + t.String()
}

func (p part) ints(sequence bool) (values, error) {
	least, most, lo, hi := limits(p.t)
	g := &ints{sequence: sequence, key: keyOf(p.seed, p.path, ""), unit: 1}
	if p.t.Kind == ir.Time {
		g.unit = unitOf(p.t)
	}
	var err error
	if sequence {
		g.lo, g.step, err = p.sequence(least, most, 1)
		return g, err
	}
	if g.lo, err = p.number("min", lo); err != nil {
		return nil, err
	}
	if hi, err = p.number("max", max(hi, g.lo)); err != nil {
		return nil, err
	}
	if hi < g.lo {
		return nil, p.upsideDown()
	}
	g.span = uint64(hi) - uint64(g.lo) + 1
	return g, nil
}

// upsideDown says that max is less than min, at the one that is given.
func (p part) upsideDown() error {
	if _, given := p.get("max"); given {
		return p.bad("max", "is less than the least value, '%s'", p.key("min"))
	}
	return p.bad("min", "is more than the greatest value of %s", p.t)
}

// sequence reads start, end and step of a sequence of whole numbers.
func (p part) sequence(least, most, dflt int64) (start, step int64, err error) {
	if start, err = p.number("start", max(least, 0)); err != nil {
		return 0, 0, err
	}
	if step, err = p.step(dflt); err != nil {
		return 0, 0, err
	}
	_, ends := p.get("end")
	end, err := p.number("end", most)
	switch {
	case err != nil:
		return 0, 0, err
	case end < start:
		return 0, 0, p.bad("end", "lies before the start")
	case ends || most < math.MaxInt64: // a sequence of a small type ends there
		p.ends((uint64(end)-uint64(start))/uint64(step) + 1)
	}
	return start, step, nil
}

func (p part) step(dflt int64) (int64, error) {
	text, ok := p.get("step")
	if !ok {
		return dflt, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, p.bad("step", "is a whole number from 1 on; '%s' is not", text)
	}
	return n, nil
}

func (p part) timestamps(sequence bool) (values, error) {
	g := &times{sequence: sequence, key: keyOf(p.seed, p.path, ""), unit: unitOf(p.t), nanos: p.t.Nanos()}
	scale := int64(1)
	if g.nanos {
		scale = 1000
	}
	_, low := p.get("min")
	_, high := p.get("max")
	if !sequence && (low || high) {
		return p.timesBetween(g, low && high)
	}
	text, _ := p.get("max-past")
	if d, ok := ir.OptionSpan(text); ok && d.Microseconds() <= math.MaxInt64/(2*scale) {
		g.past = d.Microseconds() * scale
	} else if text != "" {
		return nil, p.bad("max-past", "is a span of time such as 5s; '%s' is not", text)
	}
	if !sequence {
		return g, nil
	}
	delete(p.used, p.key("min"))
	delete(p.used, p.key("max"))
	var err error
	if g.start, err = p.number("start", 0); err != nil {
		return nil, err
	}
	text, given := p.get("step")
	d, ok := ir.OptionSpan(text)
	if given && (!ok || d.Microseconds() < 1 || d.Microseconds() > math.MaxInt64/scale) {
		return nil, p.bad("step", "is a span of time such as 100ms; '%s' is not", text)
	}
	if g.step = d.Microseconds() * scale; !given {
		g.step = 1000 * scale
	}
	if _, given := p.get("end"); given {
		end, err := p.number("end", 0)
		if err != nil {
			return nil, err
		}
		if end < g.start {
			return nil, p.bad("end", "lies before the start")
		}
		p.ends((uint64(end)-uint64(g.start))/uint64(g.step) + 1)
	}
	return g, nil
}

// timesBetween is random times that do not depend on the clock.
func (p part) timesBetween(g *times, both bool) (values, error) {
	if !both {
		return nil, fmt.Errorf("column %s: random times lie between '%s' and '%s', of which one is missing", p.path, p.key("min"), p.key("max"))
	}
	lo, err := p.number("min", 0)
	if err != nil {
		return nil, err
	}
	hi, err := p.number("max", 0)
	if err != nil {
		return nil, err
	}
	if hi < lo {
		return nil, p.upsideDown()
	}
	return &ints{key: g.key, lo: lo, span: uint64(hi) - uint64(lo) + 1, unit: g.unit}, nil
}

func (p part) float(what string, dflt float64) (float64, error) {
	text, ok := p.get(what)
	if !ok {
		return dflt, nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || p.t.Kind == ir.Real && math.Abs(f) > math.MaxFloat32 {
		return 0, p.bad(what, "is %s; '%s' is not", valueOf(p.t), text)
	}
	return f, nil
}

func (p part) floats(sequence bool) (values, error) {
	g := &floats{sequence: sequence, key: keyOf(p.seed, p.path, "")}
	var err error
	if !sequence {
		if g.lo, err = p.float("min", 0); err != nil {
			return nil, err
		}
		hi, err := p.float("max", max(1, g.lo))
		if err != nil {
			return nil, err
		}
		if hi < g.lo {
			return nil, p.upsideDown()
		}
		if g.step = hi - g.lo; math.IsInf(g.step, 0) {
			return nil, p.bad("max", "is too far from the least value")
		}
		return g, nil
	}
	if g.lo, err = p.float("start", 0); err != nil {
		return nil, err
	}
	if g.step, err = p.float("step", 1); err != nil {
		return nil, err
	}
	if g.step <= 0 {
		return nil, p.bad("step", "must be more than 0")
	}
	if _, given := p.get("end"); given {
		end, err := p.float("end", 0)
		if err != nil {
			return nil, err
		}
		if end < g.lo {
			return nil, p.bad("end", "lies before the start")
		}
		p.ends(uint64(min((end-g.lo)/g.step, 1<<62)) + 1)
	}
	return g, nil
}

func (p part) decimal(what string, dflt kernels.Dec) (ir.Dec, error) {
	d := dflt
	if text, ok := p.get(what); ok {
		if d, ok = kernels.ParseDec([]byte(text), p.t.S, p.t.P, kernels.HalfAway); !ok {
			return ir.Dec{}, p.bad(what, "is %s; '%s' is not", valueOf(p.t), text)
		}
	}
	return ir.Dec{Lo: d.Lo, Hi: d.Hi}, nil
}

func (p part) decimals(sequence bool) (values, error) {
	g := &decs{sequence: sequence, key: keyOf(p.seed, p.path, ""), key2: keyOf(p.seed, p.path, "high")}
	top := kernels.Pow10(p.t.P)
	lo, borrow := bits.Sub64(top.Lo, 1, 0)
	top = kernels.Dec{Lo: lo, Hi: top.Hi - int64(borrow)} // all nines
	if sequence {
		return g, p.decSequence(g, top)
	}
	var err error
	if g.lo, err = p.decimal("min", top.Neg()); err != nil {
		return nil, err
	}
	hi, err := p.decimal("max", top)
	if err != nil {
		return nil, err
	}
	if (kernels.Dec{Lo: hi.Lo, Hi: hi.Hi}).Cmp(kernels.Dec{Lo: g.lo.Lo, Hi: g.lo.Hi}) < 0 {
		return nil, p.upsideDown()
	}
	span, b := bits.Sub64(hi.Lo, g.lo.Lo, 0)
	spanHi, _ := bits.Sub64(uint64(hi.Hi), uint64(g.lo.Hi), b)
	var carry uint64
	g.span, carry = bits.Add64(span, 1, 0)
	g.spanHi = spanHi + carry
	return g, nil
}

// decSequence is a sequence of decimals of at most 64 bits.
func (p part) decSequence(g *decs, top kernels.Dec) error {
	one := kernels.Pow10(min(p.t.S, 18))
	var v [3]int64
	most := kernels.Dec{Lo: math.MaxInt64}
	if top.Cmp(most) < 0 {
		most = top
	}
	if p.t.S == p.t.P || p.t.S > 18 { // 1 is no value of the type
		one = kernels.DecOf(1)
	}
	for i, o := range []struct {
		what string
		dflt kernels.Dec
	}{{"start", kernels.Dec{}}, {"step", one}, {"end", most}} {
		d, err := p.decimal(o.what, o.dflt)
		if err != nil {
			return err
		}
		if d.Hi != int64(d.Lo)>>63 {
			return p.bad(o.what, "is too large for a sequence")
		}
		v[i] = int64(d.Lo)
	}
	g.lo, g.step = ir.DecFromInt64(v[0]), v[1]
	switch _, given := p.get("end"); {
	case g.step < 1:
		return p.bad("step", "must be more than 0")
	case v[2] < v[0]:
		return p.bad("end", "lies before the start")
	case given || v[2] < math.MaxInt64:
		p.ends((uint64(v[2])-uint64(v[0]))/uint64(g.step) + 1)
	}
	return nil
}
