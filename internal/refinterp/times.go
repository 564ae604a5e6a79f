package refinterp

import (
	"math/big"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

const microsPerDay = 24 * 3600 * 1_000_000

func isSpan(t *ir.Type) bool { return t.Kind == ir.Interval || t.Kind == ir.IntervalMonth }

func isTime(t *ir.Type) bool {
	return t.Kind.IsTimestamp() || t.Kind == ir.Date || t.Kind == ir.Time
}

func isTimeArith(c *ir.Call) bool {
	for _, a := range c.Args {
		if isSpan(a.Type()) || isTime(a.Type()) {
			return true
		}
	}
	return false
}

// spanValue returns an interval, or a row error where it is too long.
func spanValue(x *big.Int, t *ir.Type) (ir.Value, error) {
	store := ir.TBigInt
	if t.Kind == ir.IntervalMonth || t.Kind == ir.Date || t.Kind == ir.Integer {
		store = ir.TInteger
	}
	v, err := fromInt(x, store)
	if err != nil {
		return nil, overflow(t)
	}
	return v, nil
}

// addTime is a + b, or a - b with sign -1, where times and intervals take part.
func addTime(c *ir.Call, a []ir.Value, sign int64) (ir.Value, error) {
	x, y := a[0].(int64), a[1].(int64)
	tx, ty := c.Args[0].Type(), c.Args[1].Type()
	switch {
	case isSpan(tx) && isSpan(ty):
		return spanValue(bigSum(x, y, sign, 1), c.T)
	case isTime(tx) && isTime(ty) && !tx.Kind.IsTimestamp(): // DATEs or TIMEs
		return spanValue(bigSum(x, y, -1, 1), c.T)
	case isTime(tx) && isTime(ty):
		dx := new(big.Int).Mul(big.NewInt(x), big.NewInt(1000/unitsPerMicro(tx)))
		dy := new(big.Int).Mul(big.NewInt(y), big.NewInt(1000/unitsPerMicro(ty)))
		return spanValue(dx.Div(dx.Sub(dx, dy), big.NewInt(1000)), c.T) // Div rounds down
	case isSpan(tx):
		return moveTime(y, ty, x, tx, sign)
	}
	return moveTime(x, tx, y, ty, sign)
}

// bigSum is x + sign*y*factor.
func bigSum(x, y, sign, factor int64) *big.Int {
	d := new(big.Int).Mul(big.NewInt(y), big.NewInt(sign*factor))
	return d.Add(d, big.NewInt(x))
}

// moveTime moves a time by an interval; a TIME goes round the clock.
func moveTime(at int64, t *ir.Type, by int64, span *ir.Type, sign int64) (ir.Value, error) {
	switch {
	case span.Kind == ir.IntervalMonth:
		return moveMonths(at, t, by*sign)
	case t.Kind == ir.Time:
		moved := bigSum(at, by, sign, 1)
		return moved.Mod(moved, big.NewInt(microsPerDay)).Int64(), nil
	}
	return spanValue(bigSum(at, by, sign, unitsPerMicro(t)), t)
}

// moveMonths keeps the day of the month where the month has it, else takes its last.
func moveMonths(at int64, t *ir.Type, months int64) (ir.Value, error) {
	unitsPerDay := int64(1)
	if t.Kind.IsTimestamp() {
		unitsPerDay = microsPerDay * unitsPerMicro(t)
	}
	days := floorDiv(at, unitsPerDay)
	date := time.Unix(days*86400, 0).UTC()
	monthNumber := int64(date.Year())*12 + int64(date.Month()) - 1 + months
	year, month := int(floorDiv(monthNumber, 12)), time.Month(monthNumber-12*floorDiv(monthNumber, 12)+1)
	lastDay := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	moved := time.Date(year, month, min(date.Day(), lastDay), 0, 0, 0, 0, time.UTC).Unix() / 86400
	units := new(big.Int).Mul(big.NewInt(moved), big.NewInt(unitsPerDay))
	return spanValue(units.Add(units, big.NewInt(at-days*unitsPerDay)), t)
}

// civil returns a timestamp as calendar time and what is left below a microsecond.
func civil(v int64, t *ir.Type) (at time.Time, micros int64) {
	micros = floorDiv(v, unitsPerMicro(t))
	return time.UnixMicro(micros).UTC(), micros
}

// spanPart is a part of an interval: what is left of it above greater units, in units of its own.
func spanPart(unit string, v int64, t *ir.Type) (ir.Value, error) {
	type part struct{ size, of int64 }
	parts := map[string]part{"DAY": {microsPerDay, 0}, "HOUR": {3600_000_000, 24}, "MINUTE": {60_000_000, 60}, "SECOND": {1_000_000, 60},
		"MILLISECOND": {1000, 1000}, "MICROSECOND": {1, 1_000_000}, "EPOCH": {1_000_000, 0}}
	if t.Kind == ir.IntervalMonth {
		parts = map[string]part{"YEAR": {12, 0}, "MONTH": {1, 12}}
	}
	p, ok := parts[unit]
	if !ok {
		return nil, fail(BadArgument, "%q is no part of an %s", unit, t)
	}
	n := v / p.size
	if p.of > 0 {
		n -= n / p.of * p.of
	}
	return n, nil
}

func extract(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if t := c.Args[1].Type(); isSpan(t) {
		return spanPart(strings.ToUpper(a[0].(string)), a[1].(int64), t)
	}
	at, micros := civil(a[1].(int64), c.Args[1].Type())
	inSecond := micros - floorDiv(micros, 1_000_000)*1_000_000
	_, week := at.ISOWeek()
	switch strings.ToUpper(a[0].(string)) {
	case "YEAR":
		return int64(at.Year()), nil
	case "QUARTER":
		return int64(at.Month()+2) / 3, nil
	case "MONTH":
		return int64(at.Month()), nil
	case "WEEK":
		return int64(week), nil
	case "DAY":
		return int64(at.Day()), nil
	case "DOY":
		return int64(at.YearDay()), nil
	case "DOW": // 1 is Sunday, as in Flink
		return int64(at.Weekday()) + 1, nil
	case "HOUR":
		return int64(at.Hour()), nil
	case "MINUTE":
		return int64(at.Minute()), nil
	case "SECOND":
		return int64(at.Second()), nil
	case "MILLISECOND":
		return inSecond / 1000, nil
	case "MICROSECOND":
		return inSecond, nil
	case "EPOCH":
		return floorDiv(micros, 1_000_000), nil
	case "ISODOW": // 1 is Monday
		return int64(at.Weekday()+6)%7 + 1, nil
	case "ISOYEAR":
		year, _ := at.ISOWeek()
		return int64(year), nil
	case "DECADE":
		return floorDiv(int64(at.Year()), 10), nil
	case "CENTURY":
		return spansOfYears(at.Year(), 100), nil
	case "MILLENNIUM":
		return spansOfYears(at.Year(), 1000), nil
	}
	return nil, fail(BadArgument, "%q is not a unit of time", a[0])
}

// spansOfYears is the number of the century, or of the thousand years, of a year.
func spansOfYears(year, n int) int64 {
	if year <= 0 {
		return int64((year - n) / n)
	}
	return int64((year-1)/n) + 1
}

func toTimestamp(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if len(a) == 2 {
		return byPattern(c, a)
	}
	return parseTimestamp(a[0].(string), c.T)
}

func toTimestampLTZ(c *ir.Call, a []ir.Value) (ir.Value, error) {
	precision := int64(3)
	if len(a) == 2 {
		precision = a[1].(int64)
	}
	if precision != 0 && precision != 3 && precision != 6 {
		return nil, fail(BadArgument, "the precision is 0, 3 or 6, not %d", precision)
	}
	return spanValue(bigSum(0, a[0].(int64), 1, pow10(6-int(precision))), c.T)
}
