package kernels

import "math"

// FloorDiv returns a / b rounded down, b > 0.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// FloorMod returns a - FloorDiv(a, b) * b, which is in [0, b), b > 0.
func FloorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

// CivilDate returns the date of a day since 1970-01-01 in the proleptic Gregorian
// calendar (Hinnant's algorithm: eras of 400 years that begin in March).
func CivilDate(day int64) (y, m, d int) {
	z := day + 719468
	era := FloorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy - (153*mp+2)/5 + 1)
	m = int(mp + 3)
	if m > 12 {
		m -= 12
	}
	y = int(yoe + era*400)
	if m <= 2 {
		y++
	}
	return y, m, d
}

// DayOf returns the days from 1970-01-01 to a date.
func DayOf(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := FloorDiv(int64(y), 400)
	yoe := int64(y) - era*400
	doy := int64((153*(m-3)+2)/5 + d - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// DaysInMonth is 28 to 31.
func DaysInMonth(y, m int) int {
	switch {
	case m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

// Unit is a part of a time.
type Unit uint8

// The units.
const (
	NoUnit Unit = iota
	Year
	Quarter
	Month
	Week
	Day
	DayOfYear
	DayOfWeek
	Hour
	Minute
	Second
	Millisecond
	Microsecond
	Epoch
	ISODayOfWeek
	ISOYear
	Decade
	Century
	Millennium
)

var unitNames = map[string]Unit{
	"YEAR": Year, "QUARTER": Quarter, "MONTH": Month, "WEEK": Week, "DAY": Day, "DOY": DayOfYear, "DOW": DayOfWeek,
	"HOUR": Hour, "MINUTE": Minute, "SECOND": Second, "MILLISECOND": Millisecond, "MICROSECOND": Microsecond, "EPOCH": Epoch,
	"ISODOW": ISODayOfWeek, "ISOYEAR": ISOYear, "DECADE": Decade, "CENTURY": Century, "MILLENNIUM": Millennium,
}

// UnitOf finds a unit by its name in any case; NoUnit: there is none.
func UnitOf(name []byte) Unit {
	var up [16]byte
	if len(name) > len(up) {
		return NoUnit
	}
	for i, c := range name {
		up[i] = upperByte(c)
	}
	return unitNames[string(up[:len(name)])]
}

// Extract returns a part of t, which counts per-second units since 1970. WEEK is
// the ISO week, DOW is 1 (Sunday) to 7, SECOND whole seconds, MILLISECOND and
// MICROSECOND the part of the second, EPOCH the whole seconds since 1970.
func Extract(u Unit, t, units int64) int64 {
	day := FloorDiv(t, 86400*units)
	clock := t - day*86400*units
	switch u {
	case Hour:
		return clock / (3600 * units)
	case Minute:
		return clock / (60 * units) % 60
	case Second:
		return clock / units % 60
	case Millisecond:
		return clock % units / (units / 1000)
	case Microsecond:
		return clock % units / (units / 1_000_000)
	case Epoch:
		return FloorDiv(t, units)
	case DayOfWeek:
		return FloorMod(day+4, 7) + 1
	case ISODayOfWeek:
		return FloorMod(day+3, 7) + 1
	case Week:
		return isoWeek(day)
	case ISOYear:
		y, _, _ := CivilDate(day - FloorMod(day+3, 7) + 3)
		return int64(y)
	}
	y, m, d := CivilDate(day)
	switch u {
	case Decade:
		return FloorDiv(int64(y), 10)
	case Century:
		return yearsUp(int64(y), 100)
	case Millennium:
		return yearsUp(int64(y), 1000)
	case Year:
		return int64(y)
	case Quarter:
		return int64(m+2) / 3
	case Month:
		return int64(m)
	case DayOfYear:
		return day - DayOf(y, 1, 1) + 1
	}
	return int64(d)
}

// yearsUp is the number of the span of n years that holds the year: the first begins
// with the year 1; before it they count down from -1.
func yearsUp(y, n int64) int64 {
	if y > 0 {
		return (y + n - 1) / n
	}
	return -((n - y) / n)
}

// isoWeek is the number of the week that holds the day: weeks begin on Monday and
// belong to the year of their Thursday.
func isoWeek(day int64) int64 {
	thursday := day - FloorMod(day+3, 7) + 3
	y, _, _ := CivilDate(thursday)
	return (thursday-DayOf(y, 1, 1))/7 + 1
}

// CanTrunc reports whether TruncTime knows the unit.
func CanTrunc(u Unit) bool {
	return u != NoUnit && u != DayOfYear && u != DayOfWeek && u < Epoch
}

// TruncTime returns the start of the unit that t is in; ok is false where that
// start is before the first time there is. Weeks begin on Monday.
func TruncTime(u Unit, t, units int64) (r int64, ok bool) {
	var step int64
	switch u {
	case Microsecond:
		step = units / 1_000_000
	case Millisecond:
		step = units / 1000
	case Second:
		step = units
	case Minute:
		step = 60 * units
	case Hour:
		step = 3600 * units
	default:
		return truncDate(u, FloorDiv(t, 86400*units), units)
	}
	m := FloorMod(t, step)
	return t - m, t >= math.MinInt64+m
}

func truncDate(u Unit, day, units int64) (r int64, ok bool) {
	hi, lo := mul64(truncDays(u, day), 86400*units)
	return int64(lo), hi == int64(lo)>>63
}

// truncDays is the first day of a unit of a day or more.
func truncDays(u Unit, day int64) int64 {
	y, m, _ := CivilDate(day)
	switch u {
	case Year:
		day = DayOf(y, 1, 1)
	case Quarter:
		day = DayOf(y, (m-1)/3*3+1, 1)
	case Month:
		day = DayOf(y, m, 1)
	case Week:
		day -= FloorMod(day+3, 7)
	}
	return day
}

// AddMonthsDay returns the day n months behind day; where the month is shorter,
// its last day.
func AddMonthsDay(day, n int64) int64 {
	y, m, d := CivilDate(day)
	all := int64(y)*12 + int64(m-1) + n
	y, m = int(FloorDiv(all, 12)), int(FloorMod(all, 12))+1
	return DayOf(y, m, min(d, DaysInMonth(y, m)))
}

// AddMonths is AddMonthsDay for a time in per-second units; ok is false where it
// leaves the range of times.
func AddMonths(t, n, units int64) (r int64, ok bool) {
	day := FloorDiv(t, 86400*units)
	clock := t - day*86400*units
	hi, lo := mul64(AddMonthsDay(day, n), 86400*units)
	if hi != int64(lo)>>63 || AddOver(int64(lo), clock) {
		return 0, false
	}
	return int64(lo) + clock, true
}

// WindowStart sets dst[i] to the start of the last window that begins at or before
// ts[i], windows beginning at offset + n*slide, for the rows of sel; ok is false
// where one would begin before the first time there is.
func WindowStart(dst, ts []int64, offset, slide int64, sel []int32) (ok bool) {
	start, ok := int64(0), true
	have := false
	one := func(t int64) int64 {
		// Neighbours mostly share a window: the division is for the others.
		if have && uint64(t-start) < uint64(slide) {
			return start
		}
		m := FloorMod(FloorMod(t, slide)-FloorMod(offset, slide), slide)
		if t < math.MinInt64+m {
			ok = false
			return math.MinInt64
		}
		start, have = t-m, true
		return start
	}
	if sel == nil {
		for i, t := range ts {
			dst[i] = one(t)
		}
		return ok
	}
	for _, i := range sel {
		dst[i] = one(ts[i])
	}
	return ok
}
