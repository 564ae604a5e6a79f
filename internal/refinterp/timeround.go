package refinterp

import (
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

// dateTrunc is the start of the unit that a time is in. Instants with a zone are taken to the
// local time, back by what it is behind that start, and where the unit is a day or more to the
// instant at which the clock shows it first.
func dateTrunc(c *ir.Call, a []ir.Value) (ir.Value, error) {
	t, at := c.Args[1].Type(), a[1].(int64)
	if t.Kind == ir.Date {
		return startOfDays(at, a[0])
	}
	if len(a) == 2 {
		return startOfUnit(at, t, a[0])
	}
	loc, local, start, err := localStart(t, a)
	if err != nil {
		return nil, err
	}
	if daysLong(a[0]) {
		return toInstant(start, t, loc)
	}
	return spanValue(bigSum(at, local-start, -1, 1), t)
}

// dateCeil is the time where a unit begins there, else the start of the next one.
func dateCeil(c *ir.Call, a []ir.Value) (ir.Value, error) {
	down, err := dateTrunc(c, a)
	if err != nil || down == a[1] {
		return down, err
	}
	t := c.Args[1].Type()
	if len(a) == 2 || !daysLong(a[0]) {
		return nextStart(down.(int64), t, a[0])
	}
	loc, _, start, err := localStart(t, a)
	if err != nil {
		return nil, err
	}
	next, err := nextStart(start, t, a[0])
	if err != nil {
		return nil, err
	}
	return toInstant(next.(int64), t, loc)
}

// localStart is what the clock of the zone shows at an instant, and when the unit began by it.
func localStart(t *ir.Type, a []ir.Value) (loc *time.Location, local, start int64, err error) {
	if loc, err = ir.Zone(a[2].(string)); err != nil {
		return nil, 0, 0, fail(BadArgument, "%s", err)
	}
	shown, err := toLocal(a[1].(int64), t, loc)
	if err != nil {
		return nil, 0, 0, err
	}
	began, err := startOfUnit(shown.(int64), t, a[0])
	if err != nil {
		return nil, 0, 0, err
	}
	return loc, shown.(int64), began.(int64), nil
}

func unitName(unit ir.Value) string { return strings.ToUpper(unit.(string)) }

// daysLong reports whether a unit is a day or more.
func daysLong(unit ir.Value) bool {
	switch unitName(unit) {
	case "YEAR", "QUARTER", "MONTH", "WEEK", "DAY":
		return true
	}
	return false
}

func startOfDays(day int64, unit ir.Value) (ir.Value, error) {
	micros, err := startOfUnit(day*microsPerDay, ir.TTimestamp, unit)
	if err != nil {
		return nil, err
	}
	return floorDiv(micros.(int64), microsPerDay), nil
}

func startOfUnit(v int64, t *ir.Type, unit ir.Value) (ir.Value, error) {
	at, micros := civil(v, t)
	day := func(y int, m time.Month, d int) int64 { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).UnixMicro() }
	y, m, d := at.Date()
	down := func(unit int64) int64 { return floorDiv(micros, unit) * unit }
	switch unitName(unit) {
	case "YEAR":
		micros = day(y, 1, 1)
	case "QUARTER":
		micros = day(y, (m-1)/3*3+1, 1)
	case "MONTH":
		micros = day(y, m, 1)
	case "WEEK": // it begins on Monday
		micros = day(y, m, d-(int(at.Weekday())+6)%7)
	case "DAY":
		micros = day(y, m, d)
	case "HOUR":
		micros = down(3600 * 1_000_000)
	case "MINUTE":
		micros = down(60 * 1_000_000)
	case "SECOND":
		micros = down(1_000_000)
	case "MILLISECOND":
		micros = down(1000)
	case "MICROSECOND":
	default:
		return nil, fail(BadArgument, "%q is not a unit of time", unit)
	}
	return timeValue(ir.Micros(micros), t), nil
}

// nextStart is the start of the unit behind the one that begins at v.
func nextStart(v int64, t *ir.Type, unit ir.Value) (ir.Value, error) {
	months := map[string]int64{"YEAR": 12, "QUARTER": 3, "MONTH": 1}
	micros := map[string]int64{"WEEK": 7 * microsPerDay, "DAY": microsPerDay, "HOUR": 3600_000_000, "MINUTE": 60_000_000, "SECOND": 1_000_000, "MILLISECOND": 1000, "MICROSECOND": 1}
	switch n := months[unitName(unit)]; {
	case n > 0:
		return moveMonths(v, t, n)
	case t.Kind == ir.Date:
		return v + micros[unitName(unit)]/microsPerDay, nil
	}
	return spanValue(bigSum(v, micros[unitName(unit)], 1, unitsPerMicro(t)), t)
}
