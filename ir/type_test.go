package ir

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

func TestTypeStrings(t *testing.T) {
	f := func(typ *Type, want string) {
		t.Helper()
		if got := typ.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f(TDecimal(10, 2), "DECIMAL(10, 2)")
	f(TTimestamp, "TIMESTAMP")
	f(&Type{Kind: Timestamp, P: 3}, "TIMESTAMP(3)")
	f(&Type{Kind: Map, Key: TVarchar, Elem: &Type{Kind: Array, Elem: TBigInt}}, "MAP<VARCHAR, ARRAY<BIGINT>>")
	f(&Type{Kind: Row, Fields: []Field{{"a", TBigInt}, {"b", TVarchar}}}, "ROW<a BIGINT, b VARCHAR>")
}

func TestTypeEqual(t *testing.T) {
	row := func(name string) *Type { return &Type{Kind: Row, Fields: []Field{{name, TBigInt}}} }
	all := []*Type{TBigInt, TInteger, TDecimal(10, 2), TDecimal(10, 3), TTimestamp, {Kind: Timestamp, P: 3}, row("a"), row("b"),
		{Kind: Array, Elem: TBigInt}, {Kind: Array, Elem: TInteger}, {Kind: Map, Key: TVarchar, Elem: TBigInt}}
	for i, a := range all {
		for j, b := range all {
			copyOfB := *b
			if a.Equal(&copyOfB) != (i == j) {
				t.Errorf("%s equal %s: %v", a, b, i != j)
			}
		}
	}
}

func TestDecAgainstBig(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	edge := []Dec{{}, {Lo: 1}, {Lo: math.MaxUint64, Hi: -1}, {Lo: math.MaxUint64, Hi: math.MaxInt64}, {Hi: math.MinInt64}}
	for range 1000 {
		edge = append(edge, Dec{Lo: r.Uint64(), Hi: int64(r.Uint64())})
	}
	for _, d := range edge {
		back, ok := DecFromBig(d.Big())
		if d.Hi == math.MinInt64 && d.Lo == 0 {
			if ok {
				t.Error("-2^127 has 128 bits of magnitude and is no DECIMAL")
			}
			continue
		}
		if !ok || back != d {
			t.Fatalf("%v became %v (%v)", d, back, ok)
		}
	}
	if _, ok := DecFromBig(new(big.Int).Lsh(big.NewInt(1), 127)); ok {
		t.Error("2^127 does not fit")
	}
}

func TestFormatValue(t *testing.T) {
	f := func(v Value, typ *Type, want string) {
		t.Helper()
		if got := FormatValue(v, typ); got != want {
			t.Errorf("%v as %s: got %s, want %s", v, typ, got, want)
		}
	}
	f(nil, TBigInt, "NULL")
	f(DecFromInt64(-5), TDecimal(10, 2), "-0.05")
	f(DecFromInt64(123456), TDecimal(10, 3), "123.456")
	f(int64(0), TTimestamp, "1970-01-01 00:00:00")
	f(int64(-1), TTimestamp, "1969-12-31 23:59:59.999999")
	f(int64(1), &Type{Kind: Timestamp, P: 9}, "1970-01-01 00:00:00.000000001")
	f(int64(19000), TDate, "2022-01-08")
	f(int64(3_723_000_000), TTime, "01:02:03")
	f(3.0, TDouble, "3.0")
	f(1e300, TDouble, "1e+300")
	f(math.NaN(), TDouble, "NaN")
	f(math.Inf(-1), TDouble, "-Infinity")
	f([]byte{0xAB, 1}, TVarbinary, "x'AB01'")
}

func TestMicrosSubHoldsAtTheEnd(t *testing.T) {
	if got := (MinMicros + 5).Sub(10); got != MinMicros {
		t.Errorf("got %d", got)
	}
	if got := Micros(100).Sub(10); got != 90 {
		t.Errorf("got %d", got)
	}
}
