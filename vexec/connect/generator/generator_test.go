package generator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/numbered"
	"github.com/helios-stream/helios/vexec/vtest"
)

var ctx = context.Background()

// now is a clock that stands.
type now struct{ t ir.Micros }

func (n now) Now() ir.Micros { return n.t }

const noon = ir.Micros(1_704_110_400_123_456) // 2024-01-01 12:00:00.123456

func table(options string, pairs ...any) *ir.Table {
	t := &ir.Table{Name: "t", Connector: "generator", Options: map[string]string{}}
	for _, c := range vtest.Schema(pairs...).Cols {
		t.Cols = append(t.Cols, ir.TableColumn{Column: c})
	}
	for _, o := range strings.Split(options, "; ") {
		if k, v, ok := strings.Cut(o, "="); ok {
			t.Options[k] = v
		}
	}
	return t
}

// ranges decodes ranges of rows, as one task, in batches of max rows.
func ranges(t *testing.T, tab *ir.Table, time, max int, list ...numbered.Range) (out [][]ir.Value, greatest []ir.Micros) {
	t.Helper()
	scan := &vexec.Scan{Table: tab, Schema: tab.Physical(), TimeCol: time, MaxRows: max, Clock: now{noon}}
	src, err := New().Source(tab)
	if err != nil {
		t.Fatal(err)
	}
	r, err := src.Open(ctx, scan, vexec.Split{ID: "rows"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	var b vexec.Batch
	for _, g := range list {
		most, err := d.Begin(ctx, vexec.Unit{Piece: g})
		if err != nil {
			t.Fatal(err)
		}
		greatest = append(greatest, most)
		for {
			if err := d.Next(&b, nil); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if err := vtest.Check(&b); err != nil {
				t.Fatal(err)
			}
			if b.Live() > max {
				t.Fatalf("%d rows at once", b.Live())
			}
			for i := range b.Live() {
				out = append(out, b.Values(i))
			}
		}
	}
	return out, greatest
}

func rowsOf(t *testing.T, tab *ir.Table, n uint64) [][]ir.Value {
	t.Helper()
	out, _ := ranges(t, tab, -1, 1000, numbered.Range{To: n, Now: noon})
	return out
}

var (
	rowType  = &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TInteger}, {Name: "b", Type: ir.TVarchar}}}
	listType = &ir.Type{Kind: ir.Array, Elem: ir.TDouble}
)

var everyType = []any{
	"b", ir.TBoolean, "i1", ir.TTinyInt, "i2", ir.TSmallInt, "i4", ir.TInteger, "i8", ir.TBigInt, "f4", ir.TReal, "f8", ir.TDouble,
	"d", ir.TDecimal(9, 2), "dd", ir.TDecimal(38, 10), "s", ir.TVarchar, "x", ir.TVarbinary, "day", ir.TDate, "tod", &ir.Type{Kind: ir.Time, P: 3},
	"ts", &ir.Type{Kind: ir.Timestamp, P: 3}, "ns", &ir.Type{Kind: ir.Timestamp, P: 9}, "tz", ir.TTimestampLTZ, "iv", ir.TInterval, "im", ir.TIntervalMonth, "j", ir.TJSON,
	"r", rowType, "l", listType, "rl", &ir.Type{Kind: ir.Array, Elem: rowType},
}

// The rows of a table are the same however its numbers are cut into units and
// batches, in whatever order they are made.
func TestAnyRowAtAnyTime(t *testing.T) {
	for _, options := range []string{"", "seed=7; fields.s.length=5; fields.ts.max-past=5s; fields.s.var-len=true; fields.i4.kind=sequence; fields.r.null-rate=0.3; fields.l.null-rate=0.5; fields.r.b.values=x,a long text of more"} {
		tab := table(options, everyType...)
		whole := rowsOf(t, tab, 700)
		parts, _ := ranges(t, tab, -1, 13, numbered.Range{From: 350, To: 700, Now: noon}, numbered.Range{To: 1, Now: noon}, numbered.Range{From: 1, To: 350, Now: noon})
		if got := append(parts[350:], parts[:350]...); !reflect.DeepEqual(got, whole) {
			for i := range got {
				if !reflect.DeepEqual(got[i], whole[i]) {
					t.Fatalf("%s: row %d is %v, was %v", options, i, got[i], whole[i])
				}
			}
		}
		other := table(options+"; seed=8", everyType...)
		if reflect.DeepEqual(rowsOf(t, other, 700), whole) {
			t.Error("another seed gives the same rows")
		}
	}
}

// Values lie between min and max, reach both, and are spread evenly.
func TestRandomValues(t *testing.T) {
	f := func(typ *ir.Type, options string, least, most any, distinct int) {
		t.Helper()
		var parts []string
		for _, o := range strings.Split(options, "; ") {
			parts = append(parts, "fields.c."+o)
		}
		rows := rowsOf(t, table(strings.Join(parts, "; "), "c", typ), 20_000)
		seen := map[string]int{}
		for _, r := range rows {
			if less(r[0], vtest.Value(least, typ)) || less(vtest.Value(most, typ), r[0]) {
				t.Fatalf("%s %s: %v", typ, options, ir.FormatValue(r[0], typ))
			}
			seen[ir.FormatValue(r[0], typ)]++
		}
		if len(seen) < distinct {
			t.Errorf("%s %s: %d values, want %d", typ, options, len(seen), distinct)
		}
		if len(seen) > 100 {
			return
		}
		want := len(rows) / len(seen)
		for v, n := range seen {
			if n < want*7/10 || n > want*13/10 {
				t.Errorf("%s %s: %s comes %d times, want about %d", typ, options, v, n, want)
			}
		}
	}
	f(ir.TTinyInt, "min=-3; max=3", -3, 3, 7)
	f(ir.TTinyInt, "kind=random", -128, 127, 256)
	f(ir.TSmallInt, "min=300", 300, 32767, 10_000)
	f(ir.TInteger, "max=-2147483648", -2147483648, -2147483648, 1)
	f(ir.TBigInt, "min=10; max=19", 10, 19, 10)
	f(ir.TBigInt, "null-rate=0", int64(-1<<63), int64(1<<63-1), 20_000)
	f(ir.TDouble, "min=-2; max=-1", -2.0, -1.0, 19_000)
	f(ir.TReal, "max=0.5", 0.0, 0.5, 19_000)
	f(ir.TDecimal(5, 2), "min=-0.02; max=0.02", "-0.02", "0.02", 5)
	f(ir.TDecimal(38, 0), "min=-99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "99999999999999999999999999999999999999", 20_000)
	f(ir.TDecimal(38, 0), "min=36893488147419103232; max=36893488147419103234", "36893488147419103232", "36893488147419103234", 3)
	f(ir.TDate, "min=2024-02-28; max=2024-03-01", "2024-02-28", "2024-03-01", 3)
	f(ir.TTime, "min=23:59:59.999998", "23:59:59.999998", "23:59:59.999999", 2)
	f(&ir.Type{Kind: ir.Timestamp, P: 0}, "min=2024-01-01 00:00:00; max=2024-01-01 00:00:03.999999", "2024-01-01 00:00:00", "2024-01-01 00:00:03", 4)
	f(ir.TTimestamp, "max-past=4us", "2024-01-01 12:00:00.123452", "2024-01-01 12:00:00.123456", 5)
	f(ir.TInterval, "min=1us; max=3us", 1, 3, 3)
	f(ir.TIntervalMonth, "min=1; max=12", 1, 12, 12)
}

func less(a, b ir.Value) bool {
	switch x := a.(type) {
	case int64:
		return x < b.(int64)
	case float64:
		return x < b.(float64)
	case ir.Dec:
		return x.Big().Cmp(b.(ir.Dec).Big()) < 0
	}
	panic(fmt.Sprintf("%T", a))
}

func TestTexts(t *testing.T) {
	f := func(options string, typ *ir.Type, check func(s string) bool) {
		t.Helper()
		seen := map[string]bool{}
		for i, r := range rowsOf(t, table(options, "c", typ), 300) {
			s := fmt.Sprintf("%s", r[0])
			if !check(s) {
				t.Fatalf("%s: row %d is %q", options, i, s)
			}
			seen[s] = true
		}
		if len(seen) < 2 {
			t.Errorf("%s: one text only", options)
		}
	}
	hex := func(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789abcdef") == "" }
	f("", ir.TVarchar, func(s string) bool { return hex(s, 100) })
	for _, n := range []int{1, 11, 12, 13, 15, 16, 17, 1000} {
		f(fmt.Sprint("fields.c.length=", n), ir.TVarchar, func(s string) bool { return hex(s, n) })
	}
	f("fields.c.length=20; fields.c.var-len=true", ir.TVarbinary, func(s string) bool { return len(s) >= 1 && hex(s, min(len(s), 20)) })
	f("fields.c.length=4", ir.TJSON, func(s string) bool { return s[0] == '"' && s[5] == '"' && hex(s[1:5], 4) })
	f("fields.c.values=red,,a colour with a long name", ir.TVarchar, func(s string) bool { return s == "red" || s == "" || s == "a colour with a long name" })
	if d := hexDigits(0xFEDCBA98); fmt.Sprintf("%x", d) != "6665646362613938" {
		t.Errorf("digits %x", d)
	}
}

func TestSequences(t *testing.T) {
	f := func(typ *ir.Type, options string, want ...string) {
		t.Helper()
		tab := table(options+"; fields.c.kind=sequence", "c", typ)
		p, err := planAll(tab)
		if err != nil {
			t.Fatalf("%s %s: %v", typ, options, err)
		}
		n, ends := p.rows, len(want) == 0 || want[len(want)-1] != "..."
		if p.bounded != ends || New().Bounded(tab) != ends {
			t.Fatalf("%s %s: %d rows, bounded %v", typ, options, n, p.bounded)
		}
		if !ends {
			want, n = want[:len(want)-1], uint64(len(want)-1)
		}
		var got []string
		for _, r := range rowsOf(t, tab, n) {
			got = append(got, ir.FormatValue(r[0], typ))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s %s: %v, want %v", typ, options, got, want)
		}
	}
	f(ir.TBigInt, "", "0", "1", "2", "...")
	f(ir.TBigInt, "fields.c.start=-5; fields.c.step=3; fields.c.end=1", "-5", "-2", "1")
	f(ir.TTinyInt, "fields.c.start=126", "126", "127")
	f(ir.TInteger, "number-of-rows=2", "0", "1")
	f(ir.TInteger, "number-of-rows=0; fields.c.end=9")
	f(ir.TVarchar, "fields.c.start=9", "9", "10", "11", "...")
	f(ir.TDouble, "fields.c.start=1; fields.c.step=0.5; fields.c.end=2", "1.0", "1.5", "2.0")
	f(ir.TDecimal(5, 2), "fields.c.start=-1; fields.c.step=0.5; fields.c.end=0.4", "-1.00", "-0.50", "0.00")
	f(ir.TDecimal(20, 1), "", "0.0", "1.0", "2.0", "...")
	f(ir.TDecimal(2, 2), "fields.c.start=0.98", "0.98", "0.99")
	f(ir.TDate, "fields.c.start=2024-02-28; fields.c.end=2024-03-01", "2024-02-28", "2024-02-29", "2024-03-01")
	f(&ir.Type{Kind: ir.Timestamp, P: 3}, "", "1970-01-01 00:00:00", "1970-01-01 00:00:00.001000", "...")
	f(ir.TTimestamp, "fields.c.start=2024-01-01 00:00:00; fields.c.step=1 min; fields.c.end=2024-01-01 00:01:59", "2024-01-01 00:00:00", "2024-01-01 00:01:00")
	f(&ir.Type{Kind: ir.Timestamp, P: 9}, "fields.c.start=2024-01-01 00:00:00; fields.c.step=1us", "2024-01-01 00:00:00", "2024-01-01 00:00:00.000001000", "...")
	f(&ir.Type{Kind: ir.Timestamp, P: 1}, "fields.c.step=50ms", "1970-01-01 00:00:00", "1970-01-01 00:00:00", "1970-01-01 00:00:00.100000", "...")
}

// Begin says the greatest time of a unit, whatever the times are.
func TestGreatestTime(t *testing.T) {
	for _, p := range []int{0, 3, 6, 9} {
		for _, options := range []string{"fields.ts.kind=sequence; fields.ts.step=7ms", "fields.ts.kind=sequence; fields.ts.max-past=1s", "fields.ts.null-rate=0.5; fields.ts.kind=sequence",
			"fields.ts.null-rate=1", "fields.ts.max-past=3s", "", "fields.ts.min=1969-12-31 00:00:00.5; fields.ts.max=1969-12-31 00:00:09.5"} {
			typ := &ir.Type{Kind: ir.Timestamp, P: p}
			tab := table(options, "a", ir.TBigInt, "ts", typ)
			for _, g := range []numbered.Range{{To: 1, Now: noon}, {From: 100, To: 9000, Now: noon}, {From: 9000, To: 9001, Now: noon}} {
				rows, greatest := ranges(t, tab, 1, 1000, g)
				want := ir.MinMicros
				for _, r := range rows {
					if r[1] != nil {
						want = max(want, micros(typ, r[1].(int64)))
					}
				}
				if greatest[0] != want {
					t.Errorf("%s, %s, rows %d to %d: greatest %s, want %s", typ, options, g.From, g.To, greatest[0], want)
				}
			}
		}
	}
}

func TestNulls(t *testing.T) {
	f := func(rate string, least, most int) {
		t.Helper()
		n := 0
		for _, r := range rowsOf(t, table("fields.c.null-rate="+rate, "c", ir.TVarchar), 10_000) {
			if r[0] == nil {
				n++
			}
		}
		if n < least || n > most {
			t.Errorf("%s: %d of 10000", rate, n)
		}
	}
	f("0", 0, 0)
	f("0.25", 2300, 2700)
	f("1", 10_000, 10_000)
}

func TestNested(t *testing.T) {
	tab := table("fields.r.a.kind=sequence; fields.l.length=2; fields.l.element.kind=sequence; fields.rl.length=0; fields.r.b.values=x", "r", rowType, "l", listType,
		"rl", &ir.Type{Kind: ir.Array, Elem: rowType})
	want := "[[[0 x] [0 1] []] [[1 x] [2 3] []]]"
	if got := fmt.Sprint(rowsOf(t, tab, 2)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if p, err := planAll(table("fields.l.length=2; fields.l.element.kind=sequence; fields.l.element.end=8", "l", listType)); err != nil || p.rows != 4 || !p.bounded {
		t.Errorf("nine elements make %d rows of two, %v", p.rows, err)
	}
}

func TestWrongOptions(t *testing.T) {
	f := func(options string, typ *ir.Type, option, want string) {
		t.Helper()
		err := New().Check(table(options, "c", typ), false)
		var bad *ir.OptionError
		if err == nil || !strings.Contains(err.Error(), want) || errors.As(err, &bad) != (option != "") || bad != nil && bad.Option != option {
			t.Errorf("%s %s: %v", typ, options, err)
		}
		if _, err := New().Source(table(options, "c", typ)); err == nil {
			t.Errorf("%s %s: a source", typ, options)
		}
	}
	f("fields.c.min=x", ir.TBigInt, "fields.c.min", "is a value of BIGINT; 'x' is not")
	f("fields.c.min=200", ir.TTinyInt, "fields.c.min", "'200' is not")
	f("fields.c.min=2; fields.c.max=1", ir.TBigInt, "fields.c.max", "is less than the least value")
	f("fields.c.min=2; fields.c.max=1", ir.TDouble, "fields.c.max", "is less than")
	f("fields.c.min=2; fields.c.max=1", ir.TDecimal(9, 2), "fields.c.max", "is less than")
	f("fields.c.min=-1e308; fields.c.max=1e308", ir.TDouble, "fields.c.max", "too far")
	f("fields.c.max=1e39", ir.TReal, "fields.c.max", "is a value of REAL")
	f("fields.c.min=1000", ir.TDecimal(5, 2), "fields.c.min", "is a value of DECIMAL(5, 2)")
	f("fields.c.min=yesterday", ir.TDate, "fields.c.min", "is a date such as")
	f("fields.c.min=2024-01-01 00:00:00", ir.TTimestamp, "", "'fields.c.max', of which one is missing")
	f("fields.c.min=5", ir.TInterval, "fields.c.min", "span of time")
	f("fields.c.null-rate=1.5", ir.TBigInt, "fields.c.null-rate", "share from 0 to 1")
	f("fields.c.length=5", ir.TBigInt, "fields.c.length", "means nothing")
	f("fields.c.max-past=5s; fields.c.kind=sequence", ir.TBigInt, "fields.c.max-past", "means nothing")
	f("fields.c.min=5; fields.c.kind=sequence", ir.TBigInt, "fields.c.min", "means nothing")
	f("fields.c.start=5", ir.TBigInt, "fields.c.start", "means nothing")
	f("fields.c.length=5; fields.c.values=a", ir.TVarchar, "fields.c.length", "means nothing")
	f("fields.c.values=a", ir.TJSON, "fields.c.values", "not VARCHAR")
	f("fields.c.length=0", ir.TVarchar, "fields.c.length", "from 1 to 1048576")
	f("fields.c.length=2000000", ir.TVarchar, "fields.c.length", "'2000000' is not")
	f("fields.c.length=1000000; fields.c.element.length=1000000", &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}, "", "a row would have more than")
	f("fields.c.kind=sequence", ir.TBoolean, "fields.c.kind", "cannot be 'sequence' for BOOLEAN")
	f("fields.c.kind=sequence; fields.c.start=5; fields.c.end=4", ir.TBigInt, "fields.c.end", "before the start")
	f("fields.c.kind=sequence; fields.c.step=0", ir.TBigInt, "fields.c.step", "from 1 on")
	f("fields.c.kind=sequence; fields.c.step=5", ir.TTimestamp, "fields.c.step", "span of time")
	f("fields.c.kind=sequence; fields.c.step=-1", ir.TDouble, "fields.c.step", "more than 0")
	f("fields.c.kind=sequence; fields.c.end=99999999999999999999", ir.TDecimal(30, 0), "fields.c.end", "too large")
	f("fields.c.kind=walk", ir.TBigInt, "fields.c.kind", "random or sequence")
	f("rows-per-second=-1", ir.TBigInt, "rows-per-second", "0 to 1e12")
	f("seed=x", ir.TBigInt, "seed", "whole number")
	f("number-of-rows=x", ir.TBigInt, "number-of-rows", "no number of rows")
	f("", &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TBigInt}, "", "no values of MAP")
	tab := table("fields.c.null-rate=0.1", "c", ir.TBigInt)
	tab.Cols[0].NotNull = true
	if err := New().Check(tab, false); err == nil || !strings.Contains(err.Error(), "contradicts NOT NULL") {
		t.Error(err)
	}
	if _, err := New().Infer(ctx, table("")); err == nil {
		t.Error("columns out of nothing")
	}
}

func BenchmarkGenerator(b *testing.B) {
	f := func(name, options string, typ *ir.Type) {
		b.Run(name, func(b *testing.B) {
			tab := table(options, "c", typ)
			d, err := newDecoder(tab, &vexec.Scan{Schema: tab.Physical(), TimeCol: -1, MaxRows: 8192})
			if err != nil {
				b.Fatal(err)
			}
			var batch vexec.Batch
			rows := uint64(0)
			for b.Loop() {
				_, _ = d.Begin(ctx, vexec.Unit{Piece: numbered.Range{From: rows, To: rows + unitRows}})
				for d.Next(&batch, nil) == nil {
				}
				rows += unitRows
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
	f("sequence", "fields.c.kind=sequence", ir.TBigInt)
	f("bigint", "", ir.TBigInt)
	f("int", "fields.c.min=1; fields.c.max=1000", ir.TInteger)
	f("double", "", ir.TDouble)
	f("boolean", "", ir.TBoolean)
	f("decimal", "", ir.TDecimal(9, 2))
	f("decimal38", "", ir.TDecimal(38, 2))
	f("times", "fields.c.kind=sequence", ir.TTimestamp)
	f("timesPast", "fields.c.kind=sequence; fields.c.max-past=5s", &ir.Type{Kind: ir.Timestamp, P: 3})
	f("choice", "fields.c.values=a,b,c,d", ir.TVarchar)
	f("text8", "fields.c.length=8", ir.TVarchar)
	f("text100", "", ir.TVarchar)
	f("nulls", "fields.c.null-rate=0.1", ir.TBigInt)
}
