package agg

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

func aggCall(t testing.TB, fn string, arg *ir.Type) ir.AggCall {
	t.Helper()
	c := ir.AggCall{Fn: fn, Name: fn}
	var types []*ir.Type
	if arg != nil {
		c.Args = []ir.Expr{&ir.ColRef{Name: "x", T: arg}}
		types = []*ir.Type{arg}
	}
	_, ret, err := ir.LookupFunction(fn).Resolve(types)
	if err != nil {
		t.Fatal(err)
	}
	c.T = ret
	return c
}

// bigOf is an integer, a decimal or a finite float as an exact number.
func bigOf(v ir.Value) *big.Rat {
	switch x := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(x)
	case ir.Dec:
		return new(big.Rat).SetInt(x.Big())
	}
	return new(big.Rat).SetFloat64(v.(float64))
}

// want is the result of a call over the values of one group, by exact arithmetic.
// Floats are finite.
func want(c *ir.AggCall, vals []ir.Value) ir.Value {
	if c.Fn == "COUNT" && len(c.Args) == 0 {
		return int64(len(vals))
	}
	var have []ir.Value
	for _, v := range vals {
		if v != nil {
			have = append(have, v)
		}
	}
	if c.Fn == "COUNT" {
		return int64(len(have))
	}
	if len(have) == 0 {
		return nil
	}
	if c.Fn == "MIN" || c.Fn == "MAX" {
		best := have[0]
		for _, v := range have[1:] {
			if less(v, best) == (c.Fn == "MIN") && less(v, best) != less(best, v) {
				best = v
			}
		}
		return best
	}
	sum := new(big.Rat)
	for _, v := range have {
		sum.Add(sum, bigOf(v))
	}
	if c.Fn == "AVG" {
		sum.Quo(sum, new(big.Rat).SetInt64(int64(len(have))))
	}
	switch c.T.Kind {
	case ir.Double:
		f, _ := sum.Float64()
		return f
	case ir.Decimal:
		return rounded(sum, c.T.S-c.Args[0].Type().S, c.T.P)
	}
	if c.Fn == "AVG" { // of INTERVALs
		d := rounded(sum, 0, 38).(ir.Dec)
		return int64(d.Lo)
	}
	if !sum.Num().IsInt64() {
		return nil
	}
	return sum.Num().Int64()
}

// rounded is r * 10^shift, half away from zero; nil from 10^p on.
func rounded(r *big.Rat, shift, p int) ir.Value {
	r.Mul(r, new(big.Rat).SetInt(pow10(shift)))
	half := big.NewRat(1, 2)
	if r.Sign() < 0 {
		half.Neg(half)
	}
	r.Add(r, half)
	q := new(big.Int).Quo(r.Num(), r.Denom())
	if q.CmpAbs(pow10(p)) >= 0 {
		return nil
	}
	d, _ := ir.DecFromBig(q)
	return d
}

func less(a, b ir.Value) bool {
	switch x := a.(type) {
	case string:
		return x < b.(string)
	case bool:
		return !x && b.(bool)
	case float64:
		return orderFloat(x) < orderFloat(b.(float64))
	}
	return bigOf(a).Cmp(bigOf(b)) < 0
}

func close(a, b ir.Value) bool {
	x, ok := a.(float64)
	if y, both := b.(float64); ok && both {
		return x == y || x != x && y != y || math.Abs(x-y) <= 1e-12*math.Max(math.Abs(x), math.Abs(y))
	}
	return a == b
}

// argValues are values whose sums stay finite.
func argValues(r *rand.Rand, t *ir.Type, n int) []ir.Value {
	out := valuesOf(r, t, n, 40)
	for i := range out {
		if out[i] == nil {
			continue
		}
		switch t.Kind {
		case ir.BigInt:
			switch r.IntN(20) {
			case 0:
				out[i] = int64(math.MaxInt64) - r.Int64N(3)
			case 1:
				out[i] = int64(math.MinInt64) + r.Int64N(3)
			}
		case ir.Double, ir.Real:
			out[i] = float64(float32((r.Float64() - 0.3) * math.Pow(10, float64(r.IntN(6)))))
		case ir.Decimal:
			out[i] = ir.Dec{Lo: r.Uint64() >> r.IntN(64), Hi: []int64{0, 0, -1, 1 << 60, -(1 << 61)}[r.IntN(5)]}
		}
	}
	return out
}

// runSet aggregates rows in batches, parted over several sets that are merged by
// their states, and checks each group against exact arithmetic.
func checkSet(t *testing.T, r *rand.Rand, arg *ir.Type, groups int) {
	t.Helper()
	var calls []ir.AggCall
	for _, fn := range []string{"COUNT", "SUM", "AVG", "MIN", "MAX"} {
		if _, _, err := ir.LookupFunction(fn).Resolve([]*ir.Type{arg}); err != nil {
			continue
		}
		if (fn == "SUM" || fn == "AVG") && arg.Kind.IsInteger() && arg.Kind != ir.BigInt || (fn == "SUM" || fn == "AVG") && arg.Kind == ir.Real {
			continue // the binder casts these
		}
		calls = append(calls, aggCall(t, fn, arg))
	}
	calls = append(calls, aggCall(t, "COUNT", nil))
	mem := vexec.NewBudget(0).Account("test")
	newSet := func() *Set {
		s, err := NewSet(calls, mem)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Grow(groups); err != nil {
			t.Fatal(err)
		}
		return s
	}
	parts := []*Set{newSet(), newSet(), newSet()}
	vals := make([][]ir.Value, groups)
	for range 8 {
		n := 1 + r.IntN(600)
		x, sel := argValues(r, arg, n), someRows(r, n)
		v := vecOf(arg, x...)
		if r.IntN(3) == 0 && arg.Kind != ir.Boolean {
			v = dictOf(arg, x...)
		}
		if r.IntN(5) == 0 {
			for i := range x {
				x[i] = x[0]
			}
			v = vecOf(arg, x[0])
			v.Enc = vexec.Const
		}
		to := make([]uint32, n)
		one := r.IntN(3) == 0
		for i := range to {
			if to[i] = uint32(r.IntN(groups)); one {
				to[i] = to[0]
			}
		}
		in := inputOf(calls, &v)
		parts[r.IntN(3)].Update(in, to, sel, n)
		for _, row := range (&rowScratch{}).rows(sel, n) {
			vals[to[row]] = append(vals[to[row]], x[row])
		}
	}
	total := newSet()
	for _, p := range parts {
		state := make([]vexec.Vec, p.StateWidth())
		perm := ids(groups)
		r.Shuffle(groups, func(i, j int) { perm[i], perm[j] = perm[j], perm[i] })
		p.State(perm, state)
		total.Merge(state, perm, nil, groups)
	}
	out := make([]vexec.Vec, len(calls))
	bad := map[string]string{}
	total.Final(ids(groups), out, func(row int, reason string) { bad[fmt.Sprint(row, strings.Fields(reason)[0])] = reason })
	failures := 0
	for g := range groups {
		for i := range calls {
			got, exp := out[i].Value(g), want(&calls[i], vals[g])
			if !close(got, exp) {
				t.Fatalf("%s of %s, group %d: %s, want %s", calls[i].Fn, arg, g, show(got), show(exp))
			}
			some := want(&calls[0], vals[g]) != int64(0)
			if exp == nil && some {
				failures++
			}
		}
	}
	if len(bad) != failures {
		t.Fatalf("%s: %d results failed, want %d: %v", arg, len(bad), failures, bad)
	}
	for _, s := range append(parts, total) {
		s.Release()
	}
	if mem.Used() != 0 {
		t.Errorf("%s: %d bytes are left after Release", arg, mem.Used())
	}
}

func TestSetAgainstExact(t *testing.T) {
	r := rng(t)
	for _, arg := range append(keyTypes, ir.TDecimal(20, 6), ir.TDecimal(38, 10)) {
		for _, groups := range []int{1, 2, 50} {
			for range 3 {
				checkSet(t, r, arg, groups)
			}
		}
	}
}

func single(t *testing.T, fn string, arg *ir.Type, vals ...ir.Value) (ir.Value, string) {
	t.Helper()
	s, err := NewSet([]ir.AggCall{aggCall(t, fn, arg)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Grow(1); err != nil {
		t.Fatal(err)
	}
	v := vecOf(arg, vals...)
	s.Update(inputOf(s.calls, &v), make([]uint32, len(vals)), nil, len(vals))
	out, why := make([]vexec.Vec, 1), ""
	s.Final(ids(1), out, func(_ int, reason string) { why = reason })
	return out[0].Value(0), why
}

func TestAggregatesAtTheEdges(t *testing.T) {
	const big, small = int64(math.MaxInt64), int64(math.MinInt64)
	inf, nan := math.Inf(1), math.NaN()
	f := func(fn string, arg *ir.Type, want ir.Value, vals ...ir.Value) {
		t.Helper()
		got, why := single(t, fn, arg, vals...)
		if why != "" || show(got) != show(want) {
			t.Errorf("%s(%v) is %s, want %s; %s", fn, vals, show(got), show(want), why)
		}
	}
	f("SUM", ir.TBigInt, big, big, big, -big) // no order overflows
	f("SUM", ir.TBigInt, small, small)
	f("AVG", ir.TBigInt, float64(big), big, big, big)
	f("AVG", ir.TBigInt, 0.1, int64(1), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0))
	f("MIN", ir.TBigInt, big, big, big)
	f("MAX", ir.TBigInt, small, small)
	f("MIN", ir.TBigInt, nil, nil, nil)
	f("MAX", ir.TDouble, nan, 1.0, nan, inf)
	f("MIN", ir.TDouble, 1.0, nan, 1.0, inf)
	f("MIN", ir.TDouble, nan, nan, nan)
	f("SUM", ir.TDouble, inf, 1.0, inf, 1.0)
	f("SUM", ir.TDouble, nan, inf, 1.0, -inf)
	f("SUM", ir.TDouble, nan, nan, 1.0)
	f("SUM", ir.TDouble, 2.0, 1.0, 1e100, 1.0, -1e100) // where plain addition gives 0
	f("AVG", ir.TDecimal(10, 2), ir.DecFromInt64(3333333), ir.DecFromInt64(1000), ir.DecFromInt64(0), ir.DecFromInt64(0))
	f("AVG", ir.TDecimal(10, 6), ir.DecFromInt64(-2), ir.DecFromInt64(-3), ir.DecFromInt64(0)) // -1.5 units: away from zero
	f("AVG", ir.TDecimal(10, 6), ir.DecFromInt64(2), ir.DecFromInt64(3), ir.DecFromInt64(0))

	for _, c := range []struct {
		arg  *ir.Type
		vals []ir.Value
		want string
	}{
		{ir.TBigInt, []ir.Value{big, int64(1)}, "SUM(x) is out of the range of BIGINT"},
		{ir.TDecimal(38, 2), []ir.Value{ir.Dec{Hi: 1 << 61}, ir.Dec{Hi: 1 << 62}, ir.Dec{Hi: 1 << 62}}, "SUM(x) is out of the range of DECIMAL(38, 2)"},
	} {
		if got, why := single(t, "SUM", c.arg, c.vals...); got != nil || why != c.want {
			t.Errorf("SUM(%v) is %v, reason %q", c.vals, got, why)
		}
	}
}

// SUM and AVG of one column have the same cells, those of other columns do not.
func TestSetShares(t *testing.T) {
	x, y := &ir.ColRef{Index: 0, T: ir.TBigInt}, &ir.ColRef{Index: 1, T: ir.TBigInt}
	cast := func(i int) ir.Expr {
		return &ir.Cast{X: &ir.ColRef{Index: i, T: ir.TInteger}, T: ir.TBigInt}
	}
	calls := []ir.AggCall{
		{Fn: "SUM", Args: []ir.Expr{x}, T: ir.TBigInt}, {Fn: "AVG", Args: []ir.Expr{x}, T: ir.TDouble},
		{Fn: "AVG", Args: []ir.Expr{y}, T: ir.TDouble}, {Fn: "SUM", Args: []ir.Expr{x}, T: ir.TBigInt, Filter: y},
		{Fn: "SUM", Args: []ir.Expr{cast(2)}, T: ir.TBigInt}, {Fn: "AVG", Args: []ir.Expr{cast(2)}, T: ir.TDouble}, {Fn: "AVG", Args: []ir.Expr{cast(3)}, T: ir.TDouble},
	}
	s, err := NewSet(calls, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(s.of), "[0 0 1 2 3 3 4]"; got != want {
		t.Errorf("cells of the calls: %s, want %s", got, want)
	}
}

// With a SUM and an extreme of one BIGINT column, all of its aggregates have one
// cell, and the state of each is merged once.
func TestSetFuses(t *testing.T) {
	x, y := &ir.ColRef{Index: 0, T: ir.TBigInt}, &ir.ColRef{Index: 1, T: ir.TBigInt}
	var calls []ir.AggCall
	for _, fn := range []string{"COUNT", "MIN", "AVG", "SUM", "MIN"} {
		calls = append(calls, ir.AggCall{Fn: fn, Args: []ir.Expr{x}, T: ir.TBigInt})
	}
	calls = append(calls, ir.AggCall{Fn: "COUNT", T: ir.TBigInt}, ir.AggCall{Fn: "MIN", Args: []ir.Expr{y}, T: ir.TBigInt})
	s, err := NewSet(calls, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(s.of, s.merged), "[0 0 0 0 0 1 2] [1 2 5 6]"; got != want {
		t.Errorf("cells and merged calls: %s, want %s", got, want)
	}
}

// The arena of MAX over ever greater strings does not grow without end.
func TestTextExtremeForgets(t *testing.T) {
	s, _ := NewSet([]ir.AggCall{aggCall(t, "MAX", ir.TVarchar)}, nil)
	pad := strings.Repeat("x", 1000)
	for i := range 20_000 {
		if err := s.Grow(1); err != nil {
			t.Fatal(err)
		}
		v := vecOf(ir.TVarchar, fmt.Sprintf("%08d%s", i, pad))
		s.Update(inputOf(s.calls, &v), []uint32{0}, nil, 1)
	}
	if s.Bytes() > 4*lastChunk {
		t.Errorf("one string takes %d bytes", s.Bytes())
	}
	out := make([]vexec.Vec, 1)
	s.Final(ids(1), out, nil)
	if got := out[0].Value(0).(string); !strings.HasPrefix(got, "00019999x") {
		t.Errorf("MAX is %.20s", got)
	}
}

// After Reset nothing is left of the groups before.
func TestSetReset(t *testing.T) {
	for _, arg := range []*ir.Type{ir.TBigInt, ir.TDouble, ir.TDecimal(10, 2), ir.TVarchar} {
		calls := []ir.AggCall{aggCall(t, "COUNT", arg), aggCall(t, "MIN", arg)}
		if arg.Kind != ir.Varchar {
			calls = append(calls, aggCall(t, "SUM", arg))
		}
		s, _ := NewSet(calls, nil)
		v := vecOf(arg, valuesOf(rng(t), arg, 50, 5)...)
		out := make([]vexec.Vec, len(calls))
		var first string
		for pass := range 2 {
			if err := s.Grow(1); err != nil {
				t.Fatal(err)
			}
			s.Update(inputOf(calls, &v), make([]uint32, 50), nil, 50)
			s.Final(ids(1), out, nil)
			got := ""
			for i := range out {
				got += show(out[i].Value(0)) + " "
			}
			if first == "" {
				first = got
			} else if got != first {
				t.Errorf("%s: pass %d gives %s, the first gave %s", arg, pass, got, first)
			}
			s.Reset()
		}
	}
}
