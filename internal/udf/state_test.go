package udf

import (
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

type inner struct {
	Name string
	At   time.Time
}

type everything struct {
	B  bool
	I  int
	I8 int8
	U  uint16
	F  float32
	D  float64
	S  string
	Y  []byte
	L  []inner
	A  [3]int32
	M  map[string][]int64
	P  *inner
	N  *inner
	R  *big.Rat
	X  map[inner]bool
}

// TestStates holds that what states are written as is read as the same, and that what is
// cut or changed never panics.
func TestStates(t *testing.T) {
	at := time.Date(2024, 2, 29, 1, 2, 3, 4, time.UTC)
	want := everything{B: true, I: -5, I8: -128, U: 65535, F: 1.5, D: math.Inf(-1), S: "é\x00", Y: []byte{1, 0}, L: []inner{{"a", at}, {"", at}}, A: [3]int32{1, -2, 3},
		M: map[string][]int64{"a": {1}, "b": {}}, P: &inner{"p", at}, R: big.NewRat(-1, 3), X: map[inner]bool{{"k", at}: true}}
	c, err := newStateCodec(reflect.TypeFor[everything]())
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.encode(nil, reflect.ValueOf(&want).Elem())
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.encode(nil, reflect.ValueOf(&want).Elem())
	if err != nil || string(again) != string(data) {
		t.Errorf("written twice it differs: %v", err)
	}
	var got everything
	if err := c.decode(data, reflect.ValueOf(&got).Elem()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
	for n := range data {
		var x everything
		if err := c.decode(data[:n], reflect.ValueOf(&x).Elem()); err == nil {
			t.Errorf("%d of %d bytes are taken for a state", n, len(data))
		}
	}
	if err := c.decode(append(data, 0), reflect.ValueOf(&got).Elem()); err == nil {
		t.Error("a byte too many is taken")
	}
	for i := range data {
		damaged := append([]byte{}, data...)
		damaged[i] ^= 0xff
		var x everything
		_ = c.decode(damaged, reflect.ValueOf(&x).Elem()) // it may be a state, and does not panic
	}
}

type chain struct{ Next *chain }

func TestStatesThatCannotBe(t *testing.T) {
	for want, typ := range map[string]reflect.Type{
		"has a udf.chain within a udf.chain, which has no end":      reflect.TypeFor[chain](),
		"the field n of the state struct { n int } is not exported": reflect.TypeFor[struct{ n int }](),
		"a state cannot hold a []struct {}, whose elements":         reflect.TypeFor[[]struct{}](),
		"a state cannot hold a chan int":                            reflect.TypeFor[map[string]chan int](),
		"a state cannot hold a interface {}":                        reflect.TypeFor[[]any](),
		"a state cannot hold a complex128, which cannot be written": reflect.TypeFor[struct{ C complex128 }](),
	} {
		if _, err := newStateCodec(typ); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// TestDecimals holds how *big.Rat is rounded, and where it ends.
func TestDecimals(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		r, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatal(text)
		}
		d, why := toDec(r)
		got := d.Format(decimalScale)
		if why != "" {
			got = why
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	f("1/3", "0.333333333333333333")
	f("2/3", "0.666666666666666667")
	f("-2/3", "-0.666666666666666667")
	f("1/2000000000000000000", "0.000000000000000001")
	f("-1/2000000000000000000", "-0.000000000000000001")
	f("1/2000000000000000001", "0.000000000000000000")
	f("99999999999999999999", "99999999999999999999.000000000000000000")
	f("100000000000000000000", "the result is out of the range of DECIMAL(38, 18)")
	f("1e300", "the result is out of the range of DECIMAL(38, 18)")
}

// TestTimes holds the ends of TIMESTAMP and INTERVAL, and days.
func TestTimes(t *testing.T) {
	if _, why := toMicros(time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC)); !strings.Contains(why, "the year 300000 is out of the range") {
		t.Error(why)
	}
	if us, why := toMicros(time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC)); us != -1 || why != "" {
		t.Error(us, why)
	}
	if d := fromSpan(math.MaxInt64); d <= 0 || fromSpan(math.MinInt64) >= 0 {
		t.Error(d)
	}
	day := DateOf(time.Date(1969, 12, 31, 23, 0, 0, 0, time.FixedZone("", 3600)))
	if day != -1 || day.String() != "1969-12-31" {
		t.Error(day)
	}
}
