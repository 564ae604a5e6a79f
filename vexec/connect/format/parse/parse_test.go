package parse

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// TestDecimal compares with exact fractions: rounded half away from zero.
func TestDecimal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 6_000 {
		p := 1 + r.IntN(38)
		s := r.IntN(p + 1)
		text := randomNumber(r)
		got, f := Decimal([]byte(text), p, s)
		want, ok := exact(text, p, s)
		switch {
		case ok != (f == OK):
			t.Fatalf("%s as DECIMAL(%d, %d): fault %d, want ok %v", text, p, s, f, ok)
		case ok && got.Big().Cmp(want) != 0:
			t.Fatalf("%s as DECIMAL(%d, %d): %s, want %s", text, p, s, got.Big(), want)
		}
	}
	for _, bad := range []string{"", "-", ".", "1e", "1e+", "x", "1.2.3", "1 ", "--1", "1e1.5", "0x1"} {
		if _, f := Decimal([]byte(bad), 10, 2); f != Unparsed {
			t.Errorf("%q: fault %d", bad, f)
		}
	}
	for text, want := range map[string]Fault{"1e99999999999999999999": OutOfRange, "1e-99999999999999999999": OK, "0e99999999999999999999": OK} {
		if _, f := Decimal([]byte(text), 38, 2); f != want {
			t.Errorf("%s: fault %d", text, f)
		}
	}
}

func randomNumber(r *rand.Rand) string {
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("0000123456789995"[r.IntN(16)])
		}
		return b.String()
	}
	text := []string{"", "-", "+"}[r.IntN(3)] + digits(1+r.IntN(30))
	if r.IntN(2) == 0 {
		text += "." + digits(r.IntN(30))
	}
	if r.IntN(4) == 0 {
		text += fmt.Sprintf("e%d", r.IntN(60)-30)
	}
	return text
}

// exact is the number in units of the scale; ok: it fits.
func exact(text string, p, s int) (*big.Int, bool) {
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, false
	}
	ten := func(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
	x.Mul(x, new(big.Rat).SetInt(ten(s)))
	half := big.NewRat(1, 2)
	if x.Sign() < 0 {
		half.Neg(half)
	}
	x.Add(x, half)
	v := new(big.Int).Quo(x.Num(), x.Denom())
	return v, new(big.Int).Abs(v).Cmp(ten(p)) < 0
}

// TestFloat compares with strconv.
func TestFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 6_000 {
		text := randomNumber(r)
		for _, size := range []int{32, 64} {
			want, err := strconv.ParseFloat(text, size)
			got, f := Float([]byte(text), size)
			if (err == nil) != (f == OK) || err == nil && math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%s: %v (fault %d), want %v %v", text, got, f, want, err)
			}
		}
	}
	for _, bad := range []string{"", "-", ".", "1e", "0x1", "1_0", "inf", "nano", "1 "} {
		if _, f := Float([]byte(bad), 64); f != Unparsed {
			t.Errorf("%q: fault %d", bad, f)
		}
	}
}

// TestTimestamp compares with the time package, on every day of some centuries.
func TestTimestamp(t *testing.T) {
	begin := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for day := 0; day < 3_652_059; day += 11 + day%37 {
		at := begin.AddDate(0, 0, day).Add(time.Duration(day) * 7919 * time.Microsecond)
		for _, form := range []string{"2006-01-02 15:04:05.000000", "2006-01-02T15:04:05.000000Z"} {
			if got, f := Timestamp([]byte(at.Format(form)), 6); f != OK || got != at.UnixMicro() {
				t.Fatalf("%s: %d (fault %d), want %d", at, got, f, at.UnixMicro())
			}
		}
		if got, f := Date([]byte(at.Format("2006-01-02"))); f != OK || int64(got)*86400 != at.Truncate(24*time.Hour).Unix() {
			t.Fatalf("%s: %d (fault %d)", at, got, f)
		}
	}
	for text, want := range map[string]Fault{
		"2026-01-01":                     Unparsed,
		"2026-01-01 00:00":               Unparsed,
		"2026-13-01 00:00:00":            OutOfRange,
		"2026-02-30 00:00:00":            OutOfRange,
		"1900-02-29 00:00:00":            OutOfRange,
		"2026-01-01 00:00:60":            OutOfRange,
		"2026-01-01 00:00:00.":           Unparsed,
		"2026-01-01 00:00:00 ":           Unparsed,
		"2026-01-01 00:00:00+2":          Unparsed,
		"2026-01-01 00:00:00+19:00":      OutOfRange,
		"2026-01-01 00:00:00+0200":       OK,
		"2026-01-01 00:00:00-02":         OK,
		"2026-01-01 00:00:00.1234567891": OK,
		"2026/01/01 00:00:00":            Unparsed,
		"+026-01-01 00:00:00":            Unparsed,
	} {
		if _, f := Timestamp([]byte(text), 6); f != want {
			t.Errorf("%s: fault %d, want %d", text, f, want)
		}
	}
}

// TestSet holds that NULLs of rows that were given up leave no trace, also when the
// columns grow in between, and that memory is reused.
func TestSet(t *testing.T) {
	schema := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "b", Type: ir.TBoolean}, ir.Column{Name: "c", Type: ir.TVarchar, NotNull: true})
	s := NewSet(schema)
	for round := range 3 {
		s.Reset()
		rows := 3000 * (round + 1)
		for r := range rows {
			if r == s.Cap {
				s.Grow(2 * r)
			}
			for i := range 2 {
				if f := s.Cols[i].SetNull(r); f != OK {
					t.Fatal(f)
				}
			}
			if s.Cols[2].SetNull(r) != NoValue {
				t.Fatal("NOT NULL took NULL")
			}
			if r%3 > 0 {
				s.Restore(r)
				s.Cols[0].PutInt(r, int64(r))
				s.Cols[1].PutBool(r, r%2 == 0)
			}
			s.Cols[2].Views[r] = View([]byte("xyz             "), 0, r%4, UnitBuf)
		}
		var b vexec.Batch
		s.Fill(&b, schema, rows, [][]byte{nil, nil})
		for r := range rows {
			want := []ir.Value{int64(r), r%2 == 0, "xyz"[:r%4%4]}
			if r%3 == 0 {
				want[0], want[1] = nil, nil
			}
			if got := b.Values(r); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("round %d row %d: %v, want %v", round, r, got, want)
			}
		}
	}
}

// TestReason shortens long texts without cutting a character.
func TestReason(t *testing.T) {
	got := Unparsed.Reason(ir.TBigInt, []byte(strings.Repeat("é", 100)))
	if want := "'" + strings.Repeat("é", 30) + "...' does not parse as BIGINT"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := Unparsed.Reason(ir.TBigInt, []byte(strings.Repeat("\x80", 100))); !strings.HasSuffix(got, "...' does not parse as BIGINT") {
		t.Error(got)
	}
}

func TestInterval(t *testing.T) {
	f := func(text string, want int64, fault Fault) {
		t.Helper()
		if got, f := Interval([]byte(text)); f != fault || got != want {
			t.Errorf("%s: %d %d, want %d %d", text, got, f, want, fault)
		}
	}
	f("0s", 0, OK)
	f("1h2m3.5s", 3_723_500_000, OK)
	f("-1.5ms", -1500, OK)
	f("250µs", 250, OK)
	f("250us", 250, OK)
	f("+.5s", 500_000, OK)
	f("1999ns", 1, OK)
	f("1m", 60_000_000, OK)
	f("2562047788h0m54.775807s", math.MaxInt64, OK)
	f("-2562047788h0m54.775808s", math.MinInt64, OK)
	f("2562047788h0m54.775808s", 0, OutOfRange)
	f("9223372036854775807h", 0, OutOfRange)
	f("99999999999999999999h", 0, OutOfRange)
	f("5", 0, Unparsed)
	f("", 0, Unparsed)
	f("-", 0, Unparsed)
	f(".s", 0, Unparsed)
	f("1h ", 0, Unparsed)
	f("1x", 0, Unparsed)
	for range 3000 {
		us := rand.Int64() >> rand.UintN(63)
		for _, us := range []int64{us, -us} {
			if got, f := Interval(text.AppendInterval(nil, us)); f != OK || got != us {
				t.Fatalf("%d came back as %d, %d", us, got, f)
			}
		}
	}
}

// FuzzNumbers compares with the standard library and with exact arithmetic.
func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"0", "-1", "+007", "1.5", "-1e-7", ".5", "9223372036854775808", "1e400", "NaN", "-Infinity", "123456789012345.5", "1_0", "0x10", "12e", "--1", "1.2.3"} {
		f.Add(s, uint8(38), uint8(10))
	}
	f.Fuzz(func(t *testing.T, s string, p, scale uint8) {
		n, fault := Int([]byte(s))
		want, err := strconv.ParseInt(s, 10, 64)
		if (err == nil) != (fault == OK) || err == nil && n != want {
			t.Fatalf("%q as BIGINT: %d %d, want %d %v", s, n, fault, want, err)
		}
		v, fault := Float([]byte(s), 64)
		if plainNumber([]byte(s)) {
			want, err := strconv.ParseFloat(s, 64)
			if (err == nil) != (fault == OK) || err == nil && math.Float64bits(v) != math.Float64bits(want) {
				t.Fatalf("%q as DOUBLE: %v %d, want %v %v", s, v, fault, want, err)
			}
		}
		digits := int(p)%38 + 1
		places := int(scale) % (digits + 1)
		if e := strings.IndexAny(s, "eE"); len(s) > 60 || e >= 0 && len(s)-e > 5 {
			return // exact arithmetic of great exponents takes long
		}
		if _, err := strconv.ParseFloat(s, 64); err != nil && !errors.Is(err, strconv.ErrRange) || !plainNumber([]byte(s)) {
			return
		}
		got, fault := Decimal([]byte(s), digits, places)
		exactly, ok := exact(s, digits, places)
		if ok != (fault == OK) || ok && got.Big().Cmp(exactly) != 0 {
			t.Fatalf("%q as DECIMAL(%d, %d): %s %d, want %s %v", s, digits, places, got.Big(), fault, exactly, ok)
		}
	})
}

// FuzzTimes compares with the standard library's calendar, and with what is printed.
func FuzzTimes(f *testing.F) {
	for _, s := range []string{"2024-02-29", "2023-02-29", "0001-01-01 00:00:00", "9999-12-31T23:59:59.999999999Z", "2024-01-01T00:00:00+02:00", "2024-01-01 24:00:00", "12:34:56.7", "1h2m", "2024-01-01 00:00:00-0130"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, fault := Date([]byte(s))
		day, err := time.Parse("2006-01-02", s)
		if (len(s) == 10 || err == nil) && (err == nil) != (fault == OK) || err == nil && int64(d) != day.Unix()/86400 {
			t.Fatalf("%q as DATE: %d %d, want %v %v", s, d, fault, day, err)
		}
		if us, fault := Time([]byte(s), 6); fault == OK {
			if back, f := Time(text.AppendTime(nil, us), 6); f != OK || back != us {
				t.Fatalf("%q as TIME: %d came back as %d", s, us, back)
			}
		}
		us, fault := Timestamp([]byte(s), 6)
		if fault == OK {
			if back, f := Timestamp(text.AppendMicros(nil, us), 6); f != OK || back != us {
				t.Fatalf("%q as TIMESTAMP: %d came back as %d", s, us, back)
			}
		}
		if want, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00", s); err == nil && want.Year() > 0 && fault != OutOfRange &&
			s[13] == ':' && !strings.Contains(s, ",") { // it takes hours of one digit and a comma, too
			if fault != OK || us != want.Truncate(time.Microsecond).UnixMicro() {
				t.Fatalf("%q as TIMESTAMP: %d %d, want %d", s, us, fault, want.UnixMicro())
			}
		}
		if us, fault := Interval([]byte(s)); fault == OK {
			if back, f := Interval(text.AppendInterval(nil, us)); f != OK || back != us {
				t.Fatalf("%q as INTERVAL: %d came back as %d", s, us, back)
			}
		}
	})
}

// TestFarYears reads what is written of years that have not four digits.
func TestFarYears(t *testing.T) {
	for day := int64(-2_000_000_000); day < 2_000_000_000; day += 9_999_991 {
		if got, f := Date(text.AppendDate(nil, day)); f != OK || int64(got) != day {
			t.Errorf("%s: %d, fault %d", text.AppendDate(nil, day), got, f)
		}
		if at := day * 4_000_000_000; true {
			if got, f := Timestamp(text.AppendMicros(nil, at), 6); f != OK || got != at {
				t.Errorf("%s: %d, fault %d", text.AppendMicros(nil, at), got, f)
			}
		}
	}
	for s, want := range map[string]Fault{
		"0000-01-01": OK, "-0001-12-31": OK, "12024-02-29": OK, "-0004-02-29": OK, "5881580-07-11": OK, "5881580-07-12": OutOfRange, "-5877641-06-22": OutOfRange,
		"012024-01-01": Unparsed, "-0000-01-01": Unparsed, "-1-01-01": Unparsed, "+12024-01-01": Unparsed, "12024-1-01": Unparsed, "12345678-01-01": Unparsed, "12023-02-29": OutOfRange, "--001-01-01": Unparsed,
	} {
		if _, f := Date([]byte(s)); f != want {
			t.Errorf("%s: fault %d, want %d", s, f, want)
		}
	}
	if _, f := Timestamp([]byte("300000-01-01 00:00:00"), 6); f != OutOfRange {
		t.Errorf("fault %d", f)
	}
}
