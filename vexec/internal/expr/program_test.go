package expr

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var xy = vtest.Schema("x", ir.TBigInt, "y", ir.TBigInt, "s", ir.TVarchar)

func col(i int) ir.Expr {
	return &ir.ColRef{Index: i, Name: xy.Cols[i].Name, T: xy.Cols[i].Type}
}

func placed(e ir.Expr, line, column int) ir.Expr {
	e.(*ir.Call).At = ir.Pos{File: "q.sql", Line: line, Col: column}
	return e
}

// run evaluates one expression and returns the rows as text, errors as their reason.
func run(t *testing.T, e ir.Expr, shape vtest.Shape, rows ...vtest.Row) []string {
	t.Helper()
	p, err := Compile([]ir.Expr{e}, xy)
	if err != nil {
		t.Fatal(err)
	}
	b := vtest.BatchAs(xy, shape, rows...)
	var errs Errors
	out := make([]vexec.Vec, 1)
	if err := p.Eval(b, out, &errs); err != nil {
		t.Fatal(err)
	}
	why := map[int]string{}
	for _, f := range errs.Fates() {
		why[int(f.Row)] = f.Reason
	}
	got := make([]string, len(rows))
	for i := range got {
		r := b.Row(i)
		if reason, bad := why[r]; bad {
			got[i] = reason
			continue
		}
		got[i] = ir.FormatValue(out[0].Value(r), e.Type())
	}
	return got
}

func expect(t *testing.T, e ir.Expr, rows []vtest.Row, want ...string) {
	t.Helper()
	for _, shape := range vtest.Shapes {
		if got := run(t, e, shape, rows...); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s %s:\n got %q\nwant %q", shape, e, got, want)
		}
	}
}

func TestLaterPartsAreLeftAlone(t *testing.T) {
	rows := []vtest.Row{{0, 1, "a"}, {1, 1, "b"}, {4, 1, "c"}, {nil, 1, "d"}}
	guard := fn(t, "<>", col(0), int64(0))
	quotient := fn(t, ">", fn(t, "/", int64(4), col(0)), int64(2))
	expect(t, fn(t, "AND", guard, quotient), rows, "false", "true", "false", "NULL")
	expect(t, fn(t, "OR", fn(t, "=", col(0), int64(0)), quotient), rows, "true", "true", "false", "NULL")
	expect(t, &ir.Case{T: ir.TBigInt, Whens: []ir.When{{Cond: guard, Then: fn(t, "/", int64(4), col(0))}},
		Else: &ir.Const{V: int64(-1), T: ir.TBigInt}}, rows, "-1", "4", "1", "-1")
	// The same quotient in a place that all rows reach fails there, with its place.
	bare := fn(t, "/", int64(4), col(0)).(*ir.Call)
	bare.At = ir.Pos{File: "q.sql", Line: 3, Col: 9}
	expect(t, bare, rows, "division by zero in (4 / x) at q.sql:3:9", "4", "1", "NULL")
	one := fn(t, "/", int64(1), fn(t, "-", col(1), int64(1)))
	expect(t, fn(t, "COALESCE", col(0), one), rows[:3], "0", "1", "4")
	expect(t, fn(t, "COALESCE", col(0), one), rows[3:], "division by zero in (1 / (y - 1))")
	expect(t, fn(t, "NULLIF", col(0), one), rows[3:], "NULL")
	// A value that one branch computed is not taken for rows of another.
	both := fn(t, "+", &ir.Case{T: ir.TBigInt, Whens: []ir.When{{Cond: fn(t, ">", col(0), int64(1)), Then: fn(t, "*", col(0), int64(2))}}, Else: operand(int64(0))},
		fn(t, "*", col(0), int64(2)))
	expect(t, both, rows, "0", "2", "16", "NULL")
}

func TestFilterLeavesLaterPartsAlone(t *testing.T) {
	b := vtest.Batch(xy, vtest.Row{0, 1, "a"}, vtest.Row{1, 1, "b"}, vtest.Row{4, 1, "c"})
	f, err := CompileFilter(fn(t, "AND", fn(t, "<>", col(0), int64(0)), fn(t, ">", fn(t, "/", int64(4), col(0)), int64(2))), nil, xy)
	if err != nil {
		t.Fatal(err)
	}
	var errs Errors
	sel, err := f.Select(b, nil, &errs)
	if err != nil || errs.Len() != 0 || len(sel) != 1 || sel[0] != 1 {
		t.Fatalf("%v %v %v", sel, errs.Fates(), err)
	}
}

func TestEachRowFailsOnce(t *testing.T) {
	quotient := func(line int) ir.Expr { return placed(fn(t, "/", operand(int64(line)), col(0)), line, 1) }
	p, err := Compile([]ir.Expr{quotient(1), quotient(2), quotient(1)}, xy)
	if err != nil {
		t.Fatal(err)
	}
	var errs Errors
	b := vtest.Batch(xy, vtest.Row{0, 1, "a"}, vtest.Row{2, 1, "b"}, vtest.Row{0, 1, "c"})
	if err := p.Eval(b, make([]vexec.Vec, 3), &errs); err != nil {
		t.Fatal(err)
	}
	f := errs.Fates()
	if len(f) != 2 || f[0].Row != 0 || f[1].Row != 2 || f[0].Reason != "division by zero in (1 / x) at q.sql:1:1" || f[0].Why != vexec.FateError {
		t.Fatalf("%+v", f)
	}
	errs.Reset()
	if errs.Len() != 0 || len(errs.Without(nil, 3, nil)) != 3 {
		t.Fatal("Reset leaves something")
	}
}

func TestEqualPartsAreComputedOnce(t *testing.T) {
	sum := func() ir.Expr { return fn(t, "+", col(0), col(1)) }
	p, err := Compile([]ir.Expr{sum(), fn(t, "*", sum(), sum()), sum()}, xy)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.steps) != 2 || p.outs[0] != p.outs[2] {
		t.Errorf("%d steps, want a sum and a product", len(p.steps))
	}
	p, err = Compile([]ir.Expr{fn(t, "+", operand(int64(1)), fn(t, "*", int64(2), int64(3))), fn(t, "UPPER", "a text of more than twelve")}, xy)
	if err != nil || len(p.steps) != 0 {
		t.Errorf("%d steps for constants, %v", len(p.steps), err)
	}
}

func TestColumnsAreNotCopied(t *testing.T) {
	p, err := Compile([]ir.Expr{col(2), &ir.Cast{X: col(2), T: ir.TVarbinary}}, xy)
	if err != nil {
		t.Fatal(err)
	}
	b := vtest.Batch(xy, vtest.Row{0, 1, "a text of more than twelve"})
	out := make([]vexec.Vec, 2)
	if err := p.Eval(b, out, &Errors{}); err != nil {
		t.Fatal(err)
	}
	for _, v := range out {
		if unsafe.SliceData(v.Data) != unsafe.SliceData(b.Cols[2].Data) {
			t.Error("a column was copied")
		}
	}
}

// A function of a dictionary column is computed for its entries; entries that no
// row uses fail nobody.
func TestDictionaries(t *testing.T) {
	d := vtest.Column(ir.TVarchar, "1", "not a number", "30", "never used")
	v := vexec.Vec{Type: ir.TVarchar, Enc: vexec.Dict, Data: vexec.AlignedBytes(40), Dict: &d}
	copy(v.Codes(), []int32{0, 2, 0, 1, 2, 0, 0, 2, 1, 0})
	s := vtest.Schema("s", ir.TVarchar)
	b := &vexec.Batch{Schema: s, Cols: []vexec.Vec{v}, Rows: 10, Part: -1}
	p, err := Compile([]ir.Expr{&ir.Cast{X: &ir.ColRef{Name: "s", T: ir.TVarchar}, T: ir.TBigInt}}, s)
	if err != nil {
		t.Fatal(err)
	}
	var errs Errors
	out := make([]vexec.Vec, 1)
	if err := p.Eval(b, out, &errs); err != nil {
		t.Fatal(err)
	}
	if out[0].Enc != vexec.Dict || len(errs.Fates()) != 2 || errs.Fates()[0].Row != 3 || errs.Fates()[1].Row != 8 {
		t.Fatalf("%v %+v", out[0].Enc, errs.Fates())
	}
	if !strings.HasPrefix(errs.Fates()[0].Reason, "'not a number' is not a BIGINT in CAST(s AS BIGINT)") {
		t.Error(errs.Fates()[0].Reason)
	}
	if out[0].Value(1) != int64(30) || out[0].Value(9) != int64(1) {
		t.Error("wrong values")
	}
}

func TestCompileRefuses(t *testing.T) {
	arr := &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}
	in := vtest.Schema("a", arr)
	m := &ir.ColRef{Name: "a", T: &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TBigInt}}
	for _, e := range []ir.Expr{
		&ir.ColRef{Index: 1, Name: "b", T: ir.TBigInt},
		&ir.Call{Fn: "<", Args: []ir.Expr{m, m}, T: ir.TBoolean},
		&ir.Call{Fn: "NO SUCH", T: ir.TBigInt},
		&ir.Call{Fn: "SUM", Args: []ir.Expr{operand(1)}, T: ir.TBigInt},
		&ir.Call{Fn: "+", Args: []ir.Expr{operand("a"), operand("b")}, T: ir.TVarchar},
		&ir.Call{Fn: "EXTRACT", Args: []ir.Expr{operand("FORTNIGHT"), operand(ts("2024-01-01"))}, T: ir.TBigInt},
		&ir.Cast{X: operand(true), T: ir.TDate},
		&ir.Const{V: "text", T: ir.TBigInt},
		&ir.InList{X: operand(int64(1)), Values: []ir.Value{"text"}},
		&ir.FieldRef{X: operand(1), T: ir.TBigInt},
	} {
		if _, err := Compile([]ir.Expr{e}, in); err == nil {
			t.Errorf("%s compiles", e)
		}
	}
	p, err := Compile(nil, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Eval(vtest.Batch(xy), nil, &Errors{}); err == nil {
		t.Error("a batch of another schema is taken")
	}
}

func TestEvalConst(t *testing.T) {
	v, err := EvalConst(fn(t, "+", 1, 2))
	if v != int64(3) || err != nil {
		t.Errorf("%v %v", v, err)
	}
	if _, err := EvalConst(fn(t, "/", 1, 0)); err == nil || err.Error() != "division by zero in (1 / 0)" {
		t.Error(err)
	}
	if _, err := EvalConst(col(0)); err == nil {
		t.Error("a column is no constant")
	}
}

// Casts print and read as ir.FormatValue does, and fail alike with and without TRY.
func TestCasts(t *testing.T) {
	f := func(x any, to *ir.Type, want string) {
		t.Helper()
		c := &ir.Cast{X: operand(x), T: to}
		v, err := EvalConst(c)
		got := ""
		if err != nil {
			got = strings.TrimSuffix(err.Error(), where(c, ir.Pos{}))
			if v, err := EvalConst(&ir.Cast{X: c.X, T: to, Try: true}); v != nil || err != nil {
				t.Errorf("TRY_CAST of %s: %v %v", c, v, err)
			}
		} else {
			got = ir.FormatValue(v, to)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", c, got, want)
		}
	}
	ms := &ir.Type{Kind: ir.Timestamp, P: 3}
	ns := &ir.Type{Kind: ir.Timestamp, P: 9}
	f(-1.9, ir.TInteger, "-1")
	f(3e9, ir.TInteger, "3000000000.0 is out of the range of INTEGER")
	f("abc", ir.TBigInt, "'abc' is not a BIGINT")
	f(" 12 ", ir.TBigInt, "12")
	f("12.9", ir.TTinyInt, "12")
	f("128", ir.TTinyInt, "'128' is not a TINYINT")
	f(dec("0.125"), ir.TDecimal(10, 2), "0.13")
	f(dec("-0.125"), ir.TDecimal(10, 2), "-0.13")
	f(1000, ir.TDecimal(4, 2), "1000 is out of the range of DECIMAL(4, 2)")
	f(0.1, ir.TDecimal(10, 3), "0.100")
	f(true, ir.TInteger, "1")
	f(7, ir.TBoolean, "true")
	f(float32(0.1), ir.TVarchar, "0.1")
	f(1e21, ir.TVarchar, "1e+21")
	f(ts("2024-01-02 03:04:05.123999"), ms, "2024-01-02 03:04:05.123000")
	f(ts("2024-01-02 03:04:05.123999"), ns, "2024-01-02 03:04:05.123999000")
	f(ts("2024-01-02 03:04:05"), ir.TDate, "2024-01-02")
	f(ts("1969-12-31 23:59:59.5"), ir.TTime, "23:59:59.500000")
	f(date("2024-01-02"), ir.TTimestamp, "2024-01-02 00:00:00")
	f(ts("2024-01-02 03:04:05.5"), ir.TVarchar, "2024-01-02 03:04:05.500000")
	f("2024-01-02 03:04:05.9999", ms, "2024-01-02 03:04:05.999000")
	f("24:00:00", ir.TTime, "'24:00:00' is not a TIME")
	f("2024-02-30", ir.TDate, "'2024-02-30' is not a DATE")
	f(`{"a":1}`, ir.TJSON, `{"a":1}`)
	f(`{"a":`, ir.TJSON, `'{"a":' is not a JSON`)
	f(span(90_000_000), ir.TVarchar, "1m30s")
	f("1m30s", ir.TInterval, "1m30s")
	f("yes", ir.TBoolean, "true")
	f("maybe", ir.TBoolean, "'maybe' is not a BOOLEAN")
	f(nil, ir.TBigInt, "NULL")
}
