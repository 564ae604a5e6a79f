package parse

import (
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
