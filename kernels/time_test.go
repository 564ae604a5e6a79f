package kernels

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestCalendar(t *testing.T) {
	for day := int64(-1_000_000); day < 1_000_000; day += 13 {
		want := time.Unix(day*86400, 0).UTC()
		y, m, d := CivilDate(day)
		if y != want.Year() || m != int(want.Month()) || d != want.Day() || DayOf(y, m, d) != day {
			t.Fatalf("day %d is %d-%d-%d, want %s; back %d", day, y, m, d, want, DayOf(y, m, d))
		}
	}
}

func TestTimeFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 13))
	for range 50_000 {
		us := r.Int64N(8e15) - 4e15
		at := time.UnixMicro(us).UTC()
		_, week := at.ISOWeek()
		for u, want := range map[Unit]int64{
			Year: int64(at.Year()), Quarter: int64(at.Month()-1)/3 + 1, Month: int64(at.Month()), Week: int64(week), Day: int64(at.Day()),
			DayOfYear: int64(at.YearDay()), DayOfWeek: int64(at.Weekday()) + 1, Hour: int64(at.Hour()), Minute: int64(at.Minute()),
			Second: int64(at.Second()), Millisecond: int64(at.Nanosecond() / 1_000_000), Microsecond: int64(at.Nanosecond() / 1000), Epoch: at.Unix(),
		} {
			if got, gotNs := Extract(u, us, 1_000_000), Extract(u, us*1000+999, 1_000_000_000); got != want || gotNs != want {
				t.Fatalf("Extract(%d, %s): %d, %d, want %d", u, at, got, gotNs, want)
			}
		}
		y, m, d := at.Date()
		date := func(y int, m time.Month, d int) int64 { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).UnixMicro() }
		for u, want := range map[Unit]int64{
			Year: date(y, 1, 1), Quarter: date(y, (m-1)/3*3+1, 1), Month: date(y, m, 1), Week: date(y, m, d-(int(at.Weekday())+6)%7),
			Day: date(y, m, d), Hour: date(y, m, d) + int64(at.Hour())*3_600_000_000, Microsecond: us,
			Second: at.Unix() * 1_000_000,
		} {
			got, ok := TruncTime(u, us, 1_000_000)
			gotNs, okNs := TruncTime(u, us*1000+7, 1_000_000_000)
			if !ok || !okNs || got != want || gotNs != want*1000 {
				t.Fatalf("TruncTime(%d, %s): %d, %d, want %d", u, at, got, gotNs, want)
			}
		}
		n := int64(r.IntN(4000) - 2000)
		got, ok := AddMonths(us, n, 1_000_000)
		first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		want := date(first.Year(), first.Month(), min(d, last)) + us - date(y, m, d)
		if !ok || got != want {
			t.Fatalf("%s and %d months: %s", at, n, time.UnixMicro(got).UTC())
		}
		if text := string(AppendTimestamp(nil, us, 1_000_000)); text != formatTwin(at) {
			t.Fatalf("%d prints as %s, want %s", us, text, formatTwin(at))
		} else if back, ok := ParseTimestamp([]byte(text), 1_000_000); y >= 0 && y <= 9999 && (!ok || back != us) {
			t.Fatalf("%s reads as %d %v, want %d", text, back, ok, us)
		}
	}
}

func formatTwin(at time.Time) string {
	return strings.TrimSuffix(at.Format("2006-01-02 15:04:05.000000"), ".000000")
}

func TestTimeBounds(t *testing.T) {
	for _, us := range []int64{math.MinInt64, math.MaxInt64} {
		for u := Year; u <= Epoch; u++ {
			_ = Extract(u, us, 1_000_000) // must not panic
			if CanTrunc(u) {
				got, ok := TruncTime(u, us, 1_000_000)
				if ok && (got > us || us-got > 366*86400*1_000_000) || !ok && us > 0 {
					t.Errorf("TruncTime(%d, %d): %d %v", u, us, got, ok)
				}
			}
		}
		if _, ok := AddMonths(us, us>>40, 1_000_000); ok {
			t.Errorf("AddMonths(%d) leaves the range", us)
		}
	}
}

func TestParseTimes(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		got := "none"
		if v, ok := ParseTimestamp([]byte(text), 1_000_000); ok {
			got = string(AppendTimestamp(nil, v, 1_000_000))
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	f("2024-01-02", "2024-01-02 00:00:00")
	f(" 2024-01-02 03:04 ", "2024-01-02 03:04:00")
	f("2024-01-02 03:04:05.1234567", "2024-01-02 03:04:05.123456")
	f("2024-01-02T03:04:05Z", "2024-01-02 03:04:05")
	f("2024-01-02t03:04:05.5z", "2024-01-02 03:04:05.500000")
	f("2024-01-02T03:04:05+02:00", "2024-01-02 01:04:05")
	f("2024-01-02 03:04:05 -0330", "2024-01-02 06:34:05")
	f("2024-01-02 03:04:05+02", "2024-01-02 01:04:05")
	f("2024-02-29", "2024-02-29 00:00:00")
	f("2024-1-2", "2024-01-02 00:00:00")
	f("2024-1-2T3:4:5.5", "2024-01-02 03:04:05.500000")
	f("12024-01-01", "12024-01-01 00:00:00")
	for _, bad := range []string{"", "2024", "2024-1-", "2024-001-2", "2024-01-02 3:", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-01-02 ", "2024-01-02T", "2024-01-02 24:00:00",
		"2024-01-02 03:60", "2024-01-02 03:04:60", "2024-01-02 03:04.5", "2024-01-02 03:04:05.", "2024-01-02 03:04:05+", "2024-01-02 03:04:05+2",
		"2024-01-02 03:04:05+02:", "2024-01-02 03:04:05+19:00", "2024-01-02 03:04:05 UTC", "999999999-01-01", "x024-01-02", "2024-01-02x03:04:05"} {
		if bad == "2024-01-02 " {
			continue // white space around is allowed
		}
		f(bad, "none")
	}
	if v, ok := ParseTimestamp([]byte("300000-01-01"), 1_000_000_000); ok {
		t.Errorf("the year 300000 in nanoseconds is %d", v)
	}
	if v, ok := ParseTime([]byte("23:59:59.9999999"), 1_000_000); !ok || v != 86_399_999_999 {
		t.Errorf("time of day: %d %v", v, ok)
	}
	if v, ok := ParseDate([]byte("1969-12-31")); !ok || v != -1 {
		t.Errorf("date: %d %v", v, ok)
	}
	if v, ok := ParseDate([]byte("1969-12-31 23:00-02:00")); !ok || v != -1 {
		t.Errorf("the date of a time: %d %v", v, ok)
	}
	for _, bad := range []string{"1969-12-31 24:00", "1969-12-31 00:00 x", "1969-12-31x", "1969-12-310"} {
		if _, ok := ParseDate([]byte(bad)); ok {
			t.Errorf("%q is a date", bad)
		}
	}
}

func TestWindowStart(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		slide := r.Int64N(100) + 1
		offset := r.Int64N(500) - 250
		ts := skewed(n, skew, func() int64 { return r.Int64N(2000) - 1000 })
		dst := make([]int64, n)
		if !WindowStart(dst, ts, offset, slide, sel) {
			t.Fatal("out of range")
		}
		forRowsOf(n, sel, func(i int) {
			s := dst[i]
			if (s-offset)%slide != 0 || s > ts[i] || s+slide <= ts[i] {
				t.Fatalf("the window of %d, slide %d, offset %d, starts at %d", ts[i], slide, offset, s)
			}
		})
	})
	dst := make([]int64, 2)
	if WindowStart(dst, []int64{0, math.MinInt64 + 1}, 0, 60, nil) {
		t.Error("the first window of all begins before time does")
	}
	if !WindowStart(dst, []int64{math.MinInt64 + 60, math.MaxInt64}, 0, 60, nil) || dst[1] > math.MaxInt64-7 || dst[1] < math.MaxInt64-60 {
		t.Errorf("%v", dst)
	}
}

func TestParseNumbers(t *testing.T) {
	i := func(text string, want int64, ok bool) {
		t.Helper()
		if v, got := ParseInt([]byte(text)); got != ok || ok && v != want {
			t.Errorf("%q: %d %v", text, v, got)
		}
	}
	i("0", 0, true)
	i(" -12\t", -12, true)
	i("+7", 7, true)
	i("9223372036854775807", math.MaxInt64, true)
	i("-9223372036854775808", math.MinInt64, true)
	i("9223372036854775808", 0, false)
	i("-9223372036854775809", 0, false)
	i("18446744073709551616", 0, false)
	i("99999999999999999999999", 0, false)
	for _, bad := range []string{"", "-", "1.0", "1e3", "abc", "1 2", "٣"} {
		i(bad, 0, false)
	}
	fl := func(text string, want float64, ok bool) {
		t.Helper()
		if v, got := ParseFloat([]byte(text), 64); got != ok || ok && order(v, want) != 0 {
			t.Errorf("%q: %v %v", text, v, got)
		}
	}
	fl(" 1.5e3 ", 1500, true)
	fl("nan", math.NaN(), true)
	fl("-Infinity", math.Inf(-1), true)
	for _, bad := range []string{"", "0x1p3", "1_000", "1e999", "abc", "1.5.2"} {
		fl(bad, 0, false)
	}
	for text, want := range map[string]bool{"true": true, " T ": true, "YES": true, "1": true, "f": false, "No": false, "0": false} {
		if v, ok := ParseBool([]byte(text)); !ok || v != want {
			t.Errorf("%q: %v %v", text, v, ok)
		}
	}
	if _, ok := ParseBool([]byte("truely")); ok {
		t.Error("truely is no boolean")
	}
}

func TestRoundFloat(t *testing.T) {
	f := func(x float64, digits int, how Rounding, want float64) {
		t.Helper()
		if got := RoundFloat(x, digits, how); math.Float64bits(got) != math.Float64bits(want) && order(got, want)+order(want, want) != 0 ||
			math.Signbit(got) != math.Signbit(want) {
			t.Errorf("RoundFloat(%v, %d, %d): got %v, want %v", x, digits, how, got, want)
		}
	}
	f(2.675, 2, HalfAway, 2.68)
	f(-2.675, 2, HalfAway, -2.68)
	f(2.5, 0, HalfAway, 3)
	f(0.49999999999999994, 0, HalfAway, 0)
	f(1.005, 2, Cut, 1)
	f(1299, -2, Cut, 1200)
	f(1250, -2, HalfAway, 1300)
	f(999.96, 1, HalfAway, 1000)
	f(0.06, 1, HalfAway, 0.1)
	f(0.05, 1, HalfAway, 0.1)
	f(0.04, 1, HalfAway, 0)
	f(5, -1, HalfAway, 10)
	f(4, -1, HalfAway, 0)
	f(-0.4, 0, HalfAway, 0)
	f(math.Copysign(0, -1), 2, Cut, 0)
	f(1e300, 5, HalfAway, 1e300)
	f(1.7e308, -308, HalfAway, math.Inf(1))
	f(123.456, 400, HalfAway, 123.456)
	f(123.456, -400, HalfAway, 0)
	f(math.Inf(-1), 1, HalfAway, math.Inf(-1))
	if got := RoundFloat(math.NaN(), 1, Cut); got == got {
		t.Error("NaN is rounded")
	}
	if got := RoundAs(float32(0.15), 1, HalfAway); got != 0.2 {
		t.Errorf("0.15 as REAL is rounded to %v", got)
	}
	if v, ok := RoundInt(127, -1, 8, HalfAway); ok || v == 127 {
		t.Errorf("ROUND(127, -1) as TINYINT: %d %v", v, ok)
	}
	if v, ok := RoundInt(-15, -1, 8, HalfAway); !ok || v != -20 {
		t.Errorf("ROUND(-15, -1): %d %v", v, ok)
	}
	if v, ok := RoundInt(-15, -1, 8, Cut); !ok || v != -10 {
		t.Errorf("TRUNCATE(-15, -1): %d %v", v, ok)
	}
}
