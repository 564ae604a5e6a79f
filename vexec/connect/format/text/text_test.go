package text

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// TestAgreesWithFormatValue compares with the plain printer of ir over the whole
// range of each type.
func TestAgreesWithFormatValue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ints := []int64{0, 1, -1, 999_999, 1_000_000, -1_000_000, -1, 86_399_999_999, 86_400_000_000, math.MaxInt64, math.MinInt64, 951782400_000000,
		math.MaxInt64 / 1000, math.MinInt64 / 1000}
	for range 3000 {
		ints = append(ints, r.Int64()>>r.UintN(63), -r.Int64()>>r.UintN(63))
	}
	for _, x := range ints {
		for _, typ := range []*ir.Type{ir.TTinyInt, ir.TSmallInt, ir.TInteger, ir.TBigInt, ir.TDate, ir.TIntervalMonth,
			ir.TTime, ir.TTimestamp, {Kind: ir.Timestamp, P: 9}, ir.TTimestampLTZ, ir.TInterval} {
			v := x
			switch typ.Kind.Width() {
			case 1:
				v = int64(int8(x))
			case 2:
				v = int64(int16(x))
			case 4:
				v = int64(int32(x))
			}
			if typ.Kind == ir.Interval {
				v %= math.MaxInt64 / 1000
			}
			agree(t, v, typ)
		}
		d := ir.Dec{Lo: r.Uint64(), Hi: x}
		agree(t, ir.DecFromInt64(x), ir.TDecimal(19, 0))
		agree(t, ir.DecFromInt64(x), ir.TDecimal(19, int(r.UintN(20))))
		agree(t, d, ir.TDecimal(38, int(r.UintN(39))))
		agree(t, math.Float64frombits(uint64(x)), ir.TDouble)
		agree(t, float64(x)/8, ir.TDouble)
	}
	for _, f := range []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1e21, 1e20, 1e15, 1e-6, 9.99e-7, 0.1, 123456.75, math.MaxFloat64, 5e-324} {
		agree(t, f, ir.TDouble)
	}
	agree(t, true, ir.TBoolean)
	agree(t, "text\n", ir.TVarchar)
	agree(t, ir.Dec{Hi: math.MinInt64}, ir.TDecimal(38, 0))
}

func agree(t *testing.T, v ir.Value, typ *ir.Type) {
	t.Helper()
	col := vtest.Column(typ, v)
	if got, want := string(AppendScalar(nil, &col, 0)), ir.FormatValue(v, typ); got != want {
		t.Errorf("%v as %s: %s, want %s", v, typ, got, want)
	}
}

func TestReal(t *testing.T) {
	f := func(in float32, want string) {
		t.Helper()
		if got := string(AppendReal(nil, in)); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
	f(0.1, "0.1")
	f(3, "3.0")
	f(16777216, "16777216.0")
	f(123456789, "123456790.0")
	f(1e-10, "1e-10")
	f(float32(math.NaN()), "NaN")
	for range 2000 {
		x := math.Float32frombits(rand.Uint32())
		back, err := strconv.ParseFloat(string(AppendReal(nil, x)), 32)
		if err != nil || float32(back) != x && x == x {
			t.Fatalf("%v came back as %v, %v", x, back, err)
		}
	}
}

func TestLongInterval(t *testing.T) {
	f := func(us int64, want string) {
		t.Helper()
		if got := string(AppendInterval(nil, us)); got != want {
			t.Errorf("%d: %s, want %s", us, got, want)
		}
	}
	f(3_723_500_000, "1h2m3.5s")
	f(math.MaxInt64, "2562047788h0m54.775807s")
	f(math.MinInt64, "-2562047788h0m54.775808s")
}

func TestJSON(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TBigInt}, {Name: `b"`, Type: ir.TVarchar}}}
	f := func(v any, typ *ir.Type, want string) {
		t.Helper()
		col := vtest.Column(typ, vtest.Value(v, typ))
		got := AppendJSON(nil, &col, 0)
		if string(got) != want || !json.Valid(got) {
			t.Errorf("%v as %s: %s, want %s", v, typ, got, want)
		}
	}
	f(nil, ir.TBigInt, "null")
	f(5, ir.TInteger, "5")
	f(true, ir.TBoolean, "true")
	f("1.50", ir.TDecimal(9, 2), "1.50")
	f(2.0, ir.TDouble, "2.0")
	f(1e-9, ir.TDouble, "1e-09")
	f(math.NaN(), ir.TDouble, `"NaN"`)
	f(math.Inf(-1), ir.TReal, `"-Infinity"`)
	f("2024-01-02 03:04:05", ir.TTimestamp, `"2024-01-02 03:04:05"`)
	f("2024-01-02 03:04:05.5", ir.TTimestamp, `"2024-01-02 03:04:05.500000"`)
	f("2024-01-02", ir.TDate, `"2024-01-02"`)
	f([]byte{0xFF, 1}, ir.TVarbinary, `"/wE="`)
	f("a\"b\\c\n\r\t\x00\x1f é\u2028", ir.TVarchar, `"a\"b\\c\n\r\t\u0000\u001f é`+"\u2028\"")
	f("bad \xff\xc3 end", ir.TVarchar, "\"bad \ufffd\ufffd end\"")
	f("{\"a\":\n 1}", ir.TJSON, `{"a":  1}`)
	f("{oops", ir.TJSON, `"{oops"`)
	f(vtest.Row{1, nil}, row, `{"a":1,"b\"":null}`)
	f(vtest.Row{1, nil, 3}, &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}, `[1,null,3]`)
	f(vtest.Row{}, &ir.Type{Kind: ir.Array, Elem: row}, `[]`)
	f([]ir.MapEntry{{Key: int64(1), Val: "x"}, {Key: int64(2), Val: nil}}, &ir.Type{Kind: ir.Map, Key: ir.TBigInt, Elem: ir.TVarchar}, `{"1":"x","2":null}`)
}

func FuzzJSONString(f *testing.F) {
	f.Add([]byte("plain"))
	f.Add([]byte("a\"\\\n\x00\xff\xe2\x80"))
	f.Fuzz(func(t *testing.T, s []byte) {
		var back string
		if err := json.Unmarshal(AppendJSONString(nil, s), &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(string(s), "\ufffd"); utf8.Valid(s) && back != want {
			t.Fatalf("%q came back as %q", s, back)
		}
	})
}

func TestNoAllocations(t *testing.T) {
	buf := make([]byte, 0, 200)
	for _, typ := range []*ir.Type{ir.TBigInt, ir.TDouble, ir.TDecimal(38, 5), ir.TVarchar, ir.TTimestamp, ir.TVarbinary} {
		var v ir.Value = int64(1700000000_123456)
		switch {
		case typ.Kind == ir.Double:
			v = 0.12345
		case typ.Kind == ir.Decimal:
			v = ir.Dec{Lo: 5, Hi: 77}
		case typ.Kind == ir.Varchar:
			v = "some text that is not short"
		case typ.Kind == ir.Varbinary:
			v = []byte("bytes")
		}
		col := vtest.Column(typ, v)
		if n := testing.AllocsPerRun(20, func() { buf = AppendJSON(buf[:0], &col, 0) }); n > 0 {
			t.Errorf("%s: %v allocations", typ, n)
		}
	}
}
