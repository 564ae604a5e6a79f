package refinterp

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

const second = 1_000_000

// TestEveryFunction holds the interpreter to the registry.
func TestEveryFunction(t *testing.T) {
	special := []string{"AND", "OR", "COALESCE"}
	known := map[string]bool{}
	for _, f := range ir.Functions() {
		known[f.Name] = true
		if f.Aggregate {
			a, row := aggregateOf(t, f)
			if v, err := result(a, []taken{row, row}); err != nil || v == nil {
				t.Errorf("aggregate %s gives %v: %v", f.Name, v, err)
			}
			continue
		}
		if scalarNamed(f.Name) == nil && !slices.Contains(special, f.Name) {
			t.Errorf("the interpreter does not know %s", f.Name)
		}
	}
	for name := range scalars {
		if !known[name] {
			t.Errorf("the interpreter knows %s, which is not in the registry", name)
		}
	}
}

// aggregateOf is a call of an aggregate with arguments that it takes, and a row of them.
func aggregateOf(t *testing.T, f *ir.Function) (*ir.AggCall, taken) {
	t.Helper()
	consts := []*ir.Const{{V: int64(1), T: ir.TBigInt}, {V: 0.5, T: ir.TDouble}, {V: true, T: ir.TBoolean}, {V: "a", T: ir.TVarchar}}
	for _, x := range consts {
		for _, args := range [][]ir.Expr{{x}, {x, x}} {
			types := make([]*ir.Type, len(args))
			for i := range args {
				types[i] = x.T
			}
			want, ret, err := f.Resolve(types)
			if err != nil || !want[0].Equal(x.T) || f.Name == "CORR" && x.V == 0.5 {
				continue
			}
			a := &ir.AggCall{Fn: f.Name, Args: args, T: ret}
			row := taken{}
			for range a.ValueArgs() {
				row.vals = append(row.vals, x.V)
			}
			return a, row
		}
	}
	if f.Name != "CORR" {
		t.Fatalf("no arguments for %s", f.Name)
	}
	return &ir.AggCall{Fn: "COUNT", T: ir.TBigInt}, taken{} // two equal pairs have no correlation
}

// call evaluates a function whose arguments are constants of the given types, cast
// and typed as the binder does it.
func call(t *testing.T, fn string, args ...ir.Expr) (ir.Value, *ir.Type, error) {
	t.Helper()
	types := make([]*ir.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	want, ret, err := ir.LookupFunction(fn).Resolve(types)
	if err != nil {
		t.Fatalf("%s: %v", fn, err)
	}
	for i := range args {
		if !types[i].Equal(want[i]) {
			args[i] = &ir.Cast{X: args[i], T: want[i]}
		}
	}
	v, err := eval(&ir.Call{Fn: fn, Args: args, T: ret}, nil)
	return v, ret, err
}

func lit(v ir.Value, t *ir.Type) ir.Expr { return &ir.Const{V: v, T: t} }
func num(v int64) ir.Expr                { return lit(v, ir.TInteger) }
func long(v int64) ir.Expr               { return lit(v, ir.TBigInt) }
func str(s string) ir.Expr               { return lit(s, ir.TVarchar) }
func dbl(f float64) ir.Expr              { return lit(f, ir.TDouble) }
func null() ir.Expr                      { return lit(nil, ir.TNull) }
func at(s string) ir.Expr {
	v, err := parseTimestamp(s, ir.TTimestamp)
	if err != nil {
		panic(err)
	}
	return lit(v, ir.TTimestamp)
}
func dec(unscaledValue int64, p, s int) ir.Expr {
	return lit(ir.DecFromInt64(unscaledValue), ir.TDecimal(p, s))
}

func TestFunctions(t *testing.T) {
	f := func(want, fn string, args ...ir.Expr) {
		t.Helper()
		v, ty, err := call(t, fn, args...)
		got := ""
		if err != nil {
			got = "error: " + string(err.(*evalError).kind)
		} else {
			got = ir.FormatValue(v, ty)
		}
		if got != want {
			t.Errorf("%s gives %s, want %s", fn, got, want)
		}
	}
	f("3", "+", num(1), num(2))
	f("error: overflow", "+", num(math.MaxInt32), num(1))
	f("2147483648", "+", long(math.MaxInt32), num(1))
	f("908.000", "*", dec(908, 3, 3), num(1000))
	f("error: overflow", "*", long(math.MaxInt64), long(2))
	f("-3", "/", num(-7), num(2))
	f("error: division by zero", "/", num(1), num(0))
	f("Infinity", "/", dbl(1), dbl(0))
	f("error: overflow", "/", long(math.MinInt64), long(-1))
	f("0", "%", long(math.MinInt64), long(-1))
	f("-1", "%", num(-7), num(3))
	f("0.333333", "/", dec(1, 1, 0), dec(3, 1, 0))
	f("NULL", "+", num(1), null())
	f("error: overflow", "NEG", long(math.MinInt64))
	f("true", "=", dbl(math.NaN()), dbl(math.NaN()))
	f("true", ">", dbl(math.NaN()), dbl(math.Inf(1)))
	f("true", "IS NOT DISTINCT FROM", null(), null())
	f("false", "AND", lit(nil, ir.TBoolean), lit(false, ir.TBoolean))
	f("NULL", "OR", lit(nil, ir.TBoolean), lit(false, ir.TBoolean))
	f("2", "COALESCE", null(), num(2))
	f("NULL", "GREATEST", num(1), null())
	f("error: overflow", "ABS", lit(int64(math.MinInt8), ir.TTinyInt))
	f("3.0", "ROUND", dbl(2.5))
	f("-3.0", "ROUND", dbl(-2.5))
	f("1.01", "ROUND", dbl(1.005), num(2))
	f("2.50", "TRUNCATE", dec(259, 3, 2), num(1))
	f("1300", "ROUND", num(1250), num(-2))
	f("2", "CEIL", dec(12, 2, 1))
	f("-2", "FLOOR", dec(-12, 2, 1))
	f("ell", "SUBSTRING", str("hello"), num(2), num(3))
	f("lo", "SUBSTRING", str("hello"), num(-2))
	f("3", "CHAR_LENGTH", str("héé"))
	f("true", "LIKE", str("a%b"), str(`a\%_`), str(`\`))
	f("false", "LIKE", str("axb"), str(`a\%_`), str(`\`))
	f("error: bad argument", "LIKE", str("a"), str(`a\`), str(`\`))
	f("b", "SPLIT_INDEX", str("a/b"), str("/"), num(1))
	f("NULL", "SPLIT_INDEX", str("a/b"), str("/"), num(2))
	f("1", "EXTRACT", str("DOW"), at("2024-01-07 00:00:00"))
	f("1", "EXTRACT", str("WEEK"), at("2024-12-30 00:00:00"))
	f("2024-01-01 00:00:00", "DATE_TRUNC", str("WEEK"), at("2024-01-07 23:00:00"))
	f("1969-12-31 23:00:00", "DATE_TRUNC", str("HOUR"), at("1969-12-31 23:59:59.5"))
	f("2024-02-29 00:00:00", "+", at("2024-01-31 00:00:00"), lit(int64(1), ir.TIntervalMonth))
	f("2024-01-02 01:04:05", "TO_TIMESTAMP", str("2024-01-02T03:04:05+02:00"))
	f("error: failed cast", "TO_TIMESTAMP", str("2024-02-30 00:00:00"))
	f("1970-01-01 00:00:01", "TO_TIMESTAMP_LTZ", long(1000))
}

func TestCasts(t *testing.T) {
	f := func(want string, x ir.Expr, to *ir.Type) {
		t.Helper()
		v, err := eval(&ir.Cast{X: x, T: to}, nil)
		got := ""
		if err != nil {
			got = "error: " + string(err.(*evalError).kind)
			if v, err := eval(&ir.Cast{X: x, T: to, Try: true}, nil); v != nil || err != nil {
				t.Errorf("TRY_CAST(%s AS %s) gives %v, %v, want NULL", x, to, v, err)
			}
		} else {
			got = ir.FormatValue(v, to)
		}
		if got != want {
			t.Errorf("CAST(%s AS %s) gives %s, want %s", x, to, got, want)
		}
	}
	f("-1", dbl(-1.9), ir.TInteger)
	f("error: overflow", dbl(3e9), ir.TInteger)
	f("error: overflow", dbl(math.NaN()), ir.TDecimal(10, 2))
	f("0.13", dec(125, 3, 3), ir.TDecimal(10, 2))
	f("error: overflow", num(1000), ir.TDecimal(4, 2))
	f("12", str(" 12 "), ir.TBigInt)
	f("error: failed cast", str("twelve"), ir.TBigInt)
	f("1.25", str("1.245"), ir.TDecimal(10, 2))
	f("true", str("YES"), ir.TBoolean)
	f("2024-01-02", at("2024-01-02 03:04:05"), ir.TDate)
	f("2024-01-02 03:04:05.123000", at("2024-01-02 03:04:05.123999"), &ir.Type{Kind: ir.Timestamp, P: 3})
	f("0.1", lit(float64(float32(0.1)), ir.TReal), ir.TVarchar)
	f("1", lit(true, ir.TBoolean), ir.TInteger)
}

// trades is a table with an event time.
var trades = &ir.Table{Name: "trades", Cols: []ir.TableColumn{
	{Column: ir.Column{Name: "ts", Type: ir.TTimestamp}},
	{Column: ir.Column{Name: "k", Type: ir.TVarchar}},
	{Column: ir.Column{Name: "v", Type: ir.TBigInt}},
	{Column: ir.Column{Name: "twice", Type: ir.TBigInt},
		Expr: &ir.Call{Fn: "*", Args: []ir.Expr{&ir.ColRef{Index: 2, T: ir.TBigInt}, long(2)}, T: ir.TBigInt}},
}}

func scanTrades() ir.Node { return &ir.Scan{Table: trades, Cols: []int{0, 1, 2}, P: ir.NoProps} }

func rowAt(seconds int64, k ir.Value, v ir.Value) []ir.Value {
	return []ir.Value{seconds * second, k, v}
}

// run gives the rows as sorted text, with the late rows and errors counted.
func run(t *testing.T, n ir.Node, splits ...[][]ir.Value) ([]string, int, int) {
	t.Helper()
	res, err := Run(&ir.Logical{Sinks: []*ir.Sink{{Input: n}}}, ByName(map[string]Table{"trades": {Splits: splits}}))
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, r := range res[0].Rows {
		var cells []string
		for i, v := range r {
			text := ir.FormatValue(v, res[0].Schema.Cols[i].Type)
			cells = append(cells, strings.TrimPrefix(text, "1970-01-01 00:"))
		}
		out = append(out, strings.Join(cells, " "))
	}
	slices.Sort(out)
	return out, res[0].Late, len(res[0].Errors)
}

func check(t *testing.T, n ir.Node, want []string, late, errors int, splits ...[][]ir.Value) {
	t.Helper()
	rows, gotLate, gotErrors := run(t, n, splits...)
	if !reflect.DeepEqual(rows, want) || gotLate != late || gotErrors != errors {
		t.Errorf("got %q, %d late, %d errors\nwant %q, %d late, %d errors", rows, gotLate, gotErrors, want, late, errors)
	}
}

func TestImposeOrder(t *testing.T) {
	n := &ir.Watermark{Input: scanTrades(), TimeCol: 0, Lag: 10 * second, Drop: true}
	in := [][]ir.Value{
		rowAt(20, "a", int64(1)), rowAt(10, "b", int64(2)), // at the watermark: kept
		rowAt(9, "c", int64(3)), // one second behind it: dropped
		rowAt(30, "d", int64(4)), {nil, "e", int64(5)}, rowAt(20, "f", int64(6)),
	}
	check(t, n, []string{"00:10 b 2", "00:20 a 1", "00:20 f 6", "00:30 d 4"}, 1, 1, in)
	// A split of its own has a watermark of its own.
	check(t, n, []string{"00:09 c 3", "00:10 b 2", "00:20 a 1"}, 0, 0, in[:2], in[2:3])
}

func TestComputedColumn(t *testing.T) {
	n := &ir.Scan{Table: trades, Cols: []int{3, 1}}
	check(t, n, []string{"14 a"}, 0, 1, [][]ir.Value{rowAt(0, "a", int64(7)), rowAt(0, "b", int64(math.MaxInt64))})
}

func windowed(w ir.Window) (ir.Node, ir.Node) {
	in := &ir.Watermark{Input: scanTrades(), TimeCol: 0, Lag: 0}
	s := ir.NewSchema(append(slices.Clone(in.Schema().Cols),
		ir.Column{Name: "window_start", Type: ir.TTimestamp}, ir.Column{Name: "window_end", Type: ir.TTimestamp},
		ir.Column{Name: "window_time", Type: ir.TTimestamp})...)
	aggs := []ir.AggCall{{Fn: "COUNT", T: ir.TBigInt},
		{Fn: "SUM", Args: []ir.Expr{&ir.ColRef{Index: 2, T: ir.TBigInt}}, T: ir.TBigInt},
		{Fn: "MAX", Args: []ir.Expr{&ir.ColRef{Index: 2, T: ir.TBigInt}}, T: ir.TBigInt,
			Filter: &ir.Call{Fn: "<", Args: []ir.Expr{&ir.ColRef{Index: 2, T: ir.TBigInt}, long(10)}, T: ir.TBoolean}}}
	out := ir.NewSchema(s.Cols[3], s.Cols[4], s.Cols[1], ir.Column{Type: ir.TBigInt}, ir.Column{Type: ir.TBigInt}, ir.Column{Type: ir.TBigInt})
	props := ir.Props{TimeCol: 0, OtherTime: -1, WindowStart: 3, WindowEnd: 4, WindowTime: 5}
	plain := &ir.Aggregate{Input: &ir.WindowTVF{Input: in, TimeCol: 0, Window: w, S: s, P: props},
		Keys: []int{3, 4, 1}, Aggs: aggs, StartKey: 0, EndKey: 1, S: out}
	panes := &ir.WindowAgg{Input: in, TimeCol: 0, Window: w, Keys: []int{1}, Aggs: aggs, S: out,
		Out: []ir.WindowOut{{Kind: ir.OutStart}, {Kind: ir.OutEnd}, {Kind: ir.OutKey, Index: 0},
			{Kind: ir.OutAgg, Index: 0}, {Kind: ir.OutAgg, Index: 1}, {Kind: ir.OutAgg, Index: 2}}}
	return plain, panes
}

func TestWindows(t *testing.T) {
	in := [][]ir.Value{
		rowAt(1, "a", int64(1)), rowAt(1, nil, int64(2)), rowAt(9, "a", int64(12)), rowAt(1, nil, nil),
		rowAt(12, "a", int64(4)),
		rowAt(8, "a", int64(5)), // [0,10) has closed at 12; of the hops [5,15) is open
		rowAt(1, "a", int64(6)), // late for all
	}
	tumble := ir.Window{Kind: ir.Tumble, Size: 10 * second, Slide: 10 * second}
	hop := ir.Window{Kind: ir.Hop, Size: 10 * second, Slide: 5 * second}
	for i, want := range [][]string{
		{"00:00 00:10 NULL 2 2 2", "00:00 00:10 a 2 13 1", "00:10 00:20 a 1 4 4"},
		{"00:00 00:10 NULL 2 2 2", "00:00 00:10 a 2 13 1", "00:05 00:15 a 3 21 5", "00:10 00:20 a 1 4 4",
			"1969-12-31 23:59:55 00:05 NULL 1 2 2", "1969-12-31 23:59:55 00:05 a 1 1 1"},
	} {
		late := []int{2, 1}[i]
		plain, panes := windowed([]ir.Window{tumble, hop}[i])
		check(t, plain, want, late, 0, in)
		check(t, panes, want, late, 0, in)
	}
	// The sum of a group overflows: the group is the error.
	plain, panes := windowed(tumble)
	over := [][]ir.Value{rowAt(1, "a", int64(math.MaxInt64)), rowAt(2, "a", int64(1)), rowAt(2, "b", int64(1))}
	check(t, plain, []string{"00:00 00:10 b 1 1 1"}, 0, 1, over)
	check(t, panes, []string{"00:00 00:10 b 1 1 1"}, 0, 1, over)
}

func TestSpans(t *testing.T) {
	f := func(w ir.Window, ts ir.Micros, want string) {
		t.Helper()
		if got := fmt.Sprint(spansOf(w, ts)); got != want {
			t.Errorf("%v at %d: %s, want %s", w, ts, got, want)
		}
	}
	f(ir.Window{Size: 10, Slide: 10}, -1, "[{-10 0}]")
	f(ir.Window{Size: 10, Slide: 10, Offset: 3}, 2, "[{-7 3}]")
	f(ir.Window{Size: 10, Slide: 10, Offset: 13}, 13, "[{13 23}]")
	f(ir.Window{Size: 7, Slide: 3}, 6, "[{0 7} {3 10} {6 13}]")
	f(ir.Window{Size: 2, Slide: 5}, 3, "[]")
}

func TestMeans(t *testing.T) {
	f := func(want string, argType, t2 *ir.Type, vals ...ir.Value) {
		t.Helper()
		a := &ir.AggCall{Fn: "AVG", Args: []ir.Expr{&ir.ColRef{T: argType}}, T: t2}
		v, err := result(a, asTaken(vals))
		if got := ir.FormatValue(v, t2); err != nil || got != want {
			t.Errorf("AVG(%v) is %s, %v, want %s", vals, got, err, want)
		}
	}
	f("1.5", ir.TBigInt, ir.TDouble, int64(1), int64(2), nil)
	f("0.25", ir.TDouble, ir.TDouble, 1e100, 0.5, -1e100, 0.5, nil)
	f("NaN", ir.TDouble, ir.TDouble, math.Inf(1), math.Inf(-1))
	f("0.666667", ir.TDecimal(3, 0), ir.TDecimal(38, 6), ir.DecFromInt64(1), ir.DecFromInt64(1), ir.DecFromInt64(0))
}

// asTaken is rows of one value each.
func asTaken(vals []ir.Value) []taken {
	out := make([]taken, len(vals))
	for i, v := range vals {
		out[i] = taken{vals: []ir.Value{v}, place: int64(i)}
	}
	return out
}
