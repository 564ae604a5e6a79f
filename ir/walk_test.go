package ir_test

import (
	"math"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func col(i int, t *ir.Type) ir.Expr { return &ir.ColRef{Index: i, Name: string(rune('a' + i)), T: t} }
func num(n int64) ir.Expr           { return &ir.Const{V: n, T: ir.TBigInt} }

func call(fn string, t *ir.Type, args ...ir.Expr) ir.Expr { return &ir.Call{Fn: fn, Args: args, T: t} }

func TestConjuncts(t *testing.T) {
	a, b, c := col(0, ir.TBoolean), col(1, ir.TBoolean), col(2, ir.TBoolean)
	for _, e := range []ir.Expr{
		ir.And([]ir.Expr{a, b, c}),
		call("AND", ir.TBoolean, a, call("AND", ir.TBoolean, b, c)),
		call("AND", ir.TBoolean, a, b, c),
	} {
		got := ir.Conjuncts(e)
		if len(got) != 3 || got[0] != a || got[1] != b || got[2] != c {
			t.Errorf("%s: %v", e, got)
		}
	}
	if got := ir.Conjuncts(a); len(got) != 1 || got[0] != a {
		t.Errorf("one condition: %v", got)
	}
}

func TestMayFail(t *testing.T) {
	dec := func(p, s int) *ir.Type { return ir.TDecimal(p, s) }
	cast := func(from, to *ir.Type, try bool) ir.Expr { return &ir.Cast{X: col(0, from), T: to, Try: try} }
	for _, c := range []struct {
		e    ir.Expr
		want bool
	}{
		{call("+", ir.TBigInt, col(0, ir.TBigInt), num(1)), true},
		{call("+", ir.TDouble, col(0, ir.TDouble), col(0, ir.TDouble)), false},
		{call("+", dec(11, 2), col(0, dec(10, 2)), col(0, dec(9, 2))), false},
		{call("-", dec(38, 2), col(0, dec(38, 2)), col(0, dec(9, 2))), true},
		{call("+", dec(12, 2), col(0, dec(10, 3)), col(0, dec(9, 2))), true},
		{call("*", dec(21, 2), col(0, dec(10, 0)), col(0, dec(10, 2))), false},
		{call("*", dec(38, 6), col(0, dec(30, 2)), col(0, dec(10, 2))), true},
		{call("/", dec(38, 6), col(0, dec(3, 2)), col(0, dec(1, 0))), true},
		{call(">", ir.TBoolean, call("/", ir.TBigInt, num(1), num(0)), num(1)), true},
		{call("UPPER", ir.TVarchar, col(0, ir.TVarchar)), false},
		{cast(ir.TInteger, ir.TBigInt, false), false},
		{cast(ir.TBigInt, ir.TInteger, false), true},
		{cast(ir.TBigInt, ir.TInteger, true), false},
		{cast(ir.TBigInt, ir.TDouble, false), false},
		{cast(ir.TDouble, ir.TReal, false), true},
		{cast(ir.TInteger, dec(10, 0), false), false},
		{cast(ir.TInteger, dec(9, 0), false), true},
		{cast(dec(10, 2), dec(12, 3), false), false},
		{cast(dec(10, 2), dec(12, 1), false), true},
		{cast(ir.TVarchar, ir.TTimestamp, false), true},
		{cast(ir.TTimestamp, ir.TVarchar, false), false},
		{cast(ir.TTimestamp, &ir.Type{Kind: ir.Timestamp, P: 9}, false), true},
	} {
		if got := ir.MayFail(c.e); got != c.want {
			t.Errorf("%s may fail: %v", c.e, got)
		}
	}
}

// TestAggMayFail holds which aggregates may refuse a group, and that wide ones do not.
func TestAggMayFail(t *testing.T) {
	dec := ir.TDecimal
	for _, c := range []struct {
		fn         string
		arg, t     *ir.Type
		fail, wide bool
	}{
		{"COUNT", ir.TBigInt, ir.TBigInt, false, false},
		{"MAX", ir.TVarchar, ir.TVarchar, false, false},
		{"SUM", ir.TBigInt, ir.TBigInt, true, true},
		{"SUM", ir.TBigInt, dec(38, 0), false, false},
		{"SUM", ir.TDouble, ir.TDouble, false, false},
		{"SUM", dec(21, 2), dec(38, 2), false, false},
		{"SUM", dec(22, 2), dec(38, 2), true, false},
		{"AVG", ir.TBigInt, ir.TDouble, false, false},
		{"AVG", dec(38, 6), dec(38, 6), false, false},
		{"AVG", dec(38, 0), dec(38, 6), true, false},
		{"NO_SUCH", ir.TBigInt, ir.TBigInt, true, false},
	} {
		a := &ir.AggCall{Fn: c.fn, Args: []ir.Expr{col(0, c.arg)}, T: c.t}
		w, wide := a.Wide()
		if a.MayFail() != c.fail || wide != c.wide || wide && w.MayFail() {
			t.Errorf("%s of %s: may fail %v, wide %v", c.fn, c.arg, a.MayFail(), wide)
		}
	}
	if a := (&ir.AggCall{Fn: "COUNT", T: ir.TBigInt}); a.MayFail() {
		t.Error("COUNT(*)")
	}
}

func TestSubstituteAndRefs(t *testing.T) {
	e := call("+", ir.TBigInt, col(1, ir.TBigInt), col(0, ir.TBigInt))
	got := ir.Substitute(e, []ir.Expr{num(5), col(2, ir.TBigInt)})
	if got.String() != "(c + 5)" || e.String() != "(b + a)" {
		t.Errorf("got %s from %s", got, e)
	}
	used := make([]bool, 2)
	ir.UsedColumns(e, used[:1]) // columns beyond the slice are left out
	if !used[0] || used[1] {
		t.Error(used)
	}
	if ir.RefersOnly(e, func(c int) bool { return c == 0 }) || !ir.RefersOnly(e, func(c int) bool { return c < 2 }) {
		t.Error("RefersOnly")
	}
}

func TestEqualExpr(t *testing.T) {
	in := func(not bool, vals ...ir.Value) ir.Expr {
		return &ir.InList{X: col(0, ir.TBigInt), Values: vals, Not: not}
	}
	when := func(c, th, el ir.Expr) ir.Expr {
		return &ir.Case{Whens: []ir.When{{Cond: c, Then: th}}, Else: el, T: ir.TBigInt}
	}
	b := col(0, ir.TBoolean)
	different := []ir.Expr{
		col(0, ir.TBigInt), col(1, ir.TBigInt), col(0, ir.TInteger), num(1), num(2), &ir.Const{T: ir.TBigInt},
		call("+", ir.TBigInt, num(1), num(2)), call("+", ir.TBigInt, num(2), num(1)), call("-", ir.TBigInt, num(1), num(2)),
		&ir.Cast{X: num(1), T: ir.TBigInt}, &ir.Cast{X: num(1), T: ir.TBigInt, Try: true},
		in(false, int64(1)), in(true, int64(1)), in(false, int64(1), int64(2)),
		when(b, num(1), nil), when(b, num(1), num(1)), when(b, num(2), nil),
		&ir.FieldRef{X: b, Index: 0, T: ir.TBigInt}, &ir.FieldRef{X: b, Index: 1, T: ir.TBigInt},
		&ir.Const{V: []byte{1}, T: ir.TVarbinary}, &ir.Const{V: []byte{2}, T: ir.TVarbinary},
	}
	for i, x := range different {
		for j, y := range different {
			if got := ir.EqualExpr(x, y); got != (i == j) {
				t.Errorf("%s equals %s: %v", x, y, got)
			}
		}
		if copied := ir.Rewrite(x, func(e ir.Expr) ir.Expr {
			if c, ok := e.(*ir.Const); ok {
				fresh := *c
				return &fresh
			}
			return e
		}); !ir.EqualExpr(x, copied) {
			t.Errorf("%s differs from its copy", x)
		}
	}
}

func TestFormatSpan(t *testing.T) {
	for us, want := range map[int64]string{
		0: "0s", 1: "1us", 1500: "1500us", 2000: "2ms", 90_000_000: "90s", 60_000_000: "1m",
		36 * 3_600_000_000: "36h", 2 * 86_400_000_000: "2d", -60_000_000: "-1m",
	} {
		if got := ir.FormatSpan(us); got != want {
			t.Errorf("%d: %s, want %s", us, got, want)
		}
	}
}

func TestEqualConstants(t *testing.T) {
	c := func(v ir.Value) ir.Expr { return &ir.Const{V: v, T: ir.TDouble} }
	for _, x := range []struct {
		a, b ir.Value
		want bool
	}{{0.0, 0.0, true}, {0.0, math.Copysign(0, -1), false}, {math.NaN(), math.NaN(), true}, {1.5, nil, false}, {nil, nil, true}} {
		if got := ir.EqualExpr(c(x.a), c(x.b)); got != x.want {
			t.Errorf("%v and %v: %v", x.a, x.b, got)
		}
	}
}
