package agg

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// backCalls are calls about one argument of a type whose rows may be taken back: each
// plain, of distinct values, and both again with a filter.
func backCalls(t testing.TB, arg *ir.Type, retracts bool) []ir.AggCall {
	t.Helper()
	var calls []ir.AggCall
	for _, fn := range []string{"COUNT", "SUM", "AVG", "MIN", "MAX"} {
		if _, _, err := ir.LookupFunction(fn).Resolve([]*ir.Type{arg}); err != nil {
			continue
		}
		for i := range 4 {
			c := aggCall(t, fn, arg)
			c.Retracts, c.Distinct = retracts, i%2 == 1
			if i > 1 {
				c.Filter = &ir.ColRef{Name: "f", T: ir.TBoolean}
			}
			calls = append(calls, c)
		}
	}
	return append(calls, ir.AggCall{Fn: "COUNT", T: ir.TBigInt, Retracts: retracts})
}

// given is a row of the model: its group, value, and whether it passes the filter.
type given struct {
	group uint32
	val   ir.Value
	pass  bool
}

// wantOf is the exact result of a call over the rows of a group.
func wantOf(c *ir.AggCall, rows []given, group uint32) ir.Value {
	var vals []ir.Value
	seen := map[string]bool{}
	for _, r := range rows {
		if r.group != group || c.Filter != nil && !r.pass || c.Distinct && seen[show(r.val)] {
			continue
		}
		seen[show(r.val)] = true
		vals = append(vals, r.val)
	}
	return want(c, vals)
}

func feed(s *Set, calls []ir.AggCall, arg *ir.Type, rows []given, r *rand.Rand, back bool) {
	vals, ids, pass := make([]ir.Value, len(rows)), make([]uint32, len(rows)), make([]int32, 0, len(rows))
	for i, row := range rows {
		vals[i], ids[i] = row.val, row.group
		if row.pass {
			pass = append(pass, int32(i))
		}
	}
	v := vecOf(arg, vals...)
	if r.IntN(3) == 0 && arg.Kind != ir.Boolean {
		v = dictOf(arg, vals...)
	}
	in := inputOf(calls, &v)
	for i := range calls {
		if calls[i].Filter != nil {
			in.Pass[i] = pass
		}
	}
	if back {
		s.Retract(in, ids, nil, len(rows))
	} else {
		s.Update(in, ids, nil, len(rows))
	}
}

// What is left after rows have come and gone is as if only the others had come, whatever
// the order, and also where states are merged.
func TestRetractAgainstExact(t *testing.T) {
	r := rng(t)
	for _, arg := range append(keyTypes, ir.TDecimal(20, 6)) {
		if (arg.Kind.IsInteger() || arg.Kind == ir.Real) && arg.Kind != ir.BigInt {
			continue // the binder casts these
		}
		for _, retracts := range []bool{true, false} {
			for range 4 {
				checkRetract(t, r, arg, retracts)
			}
		}
	}
}

func checkRetract(t *testing.T, r *rand.Rand, arg *ir.Type, retracts bool) {
	t.Helper()
	calls := backCalls(t, arg, retracts)
	mem := vexec.NewBudget(0).Account("test")
	const groups = 7
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
	parts := []*Set{newSet(), newSet()}
	var living []given
	for range 12 {
		var come, gone []given
		for _, x := range argValues(r, arg, 1+r.IntN(400)) {
			come = append(come, given{uint32(r.IntN(groups)), x, r.IntN(2) == 0})
		}
		living = append(living, come...)
		if retracts {
			r.Shuffle(len(living), func(i, j int) { living[i], living[j] = living[j], living[i] })
			n := r.IntN(len(living) + 1)
			gone, living = living[:n], append([]given{}, living[n:]...)
		}
		k := r.IntN(2)
		p := parts[k]
		if err := p.Grow(groups); err != nil {
			t.Fatal(err)
		}
		early := retracts && r.IntN(2) == 0
		if early { // taken back before they come
			feed(p, calls, arg, gone, r, true)
		}
		feed(p, calls, arg, come, r, false)
		if retracts && !early {
			feed(p, calls, arg, gone, r, true)
		}
		if r.IntN(3) == 0 { // go on with a set made from the state
			fresh, state := newSet(), make([]vexec.Vec, p.StateWidth())
			p.State(ids(groups), state)
			fresh.Merge(state, ids(groups), nil, groups)
			p.Release()
			parts[k] = fresh
		}
	}
	total := newSet()
	for _, p := range parts {
		state := make([]vexec.Vec, p.StateWidth())
		p.State(ids(groups), state)
		total.Merge(state, ids(groups), nil, groups)
	}
	out := make([]vexec.Vec, len(calls))
	total.Final(ids(groups), out, func(int, string) {})
	for g := range uint32(groups) {
		for i := range calls {
			if got, exp := out[i].Value(int(g)), wantOf(&calls[i], living, g); !closeBack(got, exp) {
				t.Fatalf("%s of %s, retracts %v, group %d: %s, want %s", &calls[i], arg, retracts, g, show(got), show(exp))
			}
		}
	}
	for _, s := range append(parts, total) {
		s.Release()
	}
	if mem.Used() != 0 {
		t.Errorf("%s: %d bytes are left after Release", arg, mem.Used())
	}
}

// closeBack is close to what floatBackSum promises.
func closeBack(a, b ir.Value) bool {
	if x, ok := a.(float64); ok {
		y, ok := b.(float64)
		return ok && (close(a, b) || x-y < 1e-3 && y-x < 1e-3)
	}
	return close(a, b)
}

// A value that comes and goes leaves nothing behind, so that a group may live for long.
func TestRetractForgets(t *testing.T) {
	for _, arg := range []*ir.Type{ir.TBigInt, ir.TVarchar} {
		calls := backCalls(t, arg, true)
		s, err := NewSet(calls, nil)
		if err != nil {
			t.Fatal(err)
		}
		var most int64
		for i := range 400 {
			if err := s.Grow(1); err != nil {
				t.Fatal(err)
			}
			var rows []given
			for j := range 100 {
				var x ir.Value = int64(100*i + j)
				if arg.Kind == ir.Varchar {
					x = fmt.Sprintf("a rather long text, number %d", 100*i+j)
				}
				rows = append(rows, given{0, x, true})
			}
			feed(s, calls, arg, rows, rng(t), false)
			if i > 0 {
				feed(s, calls, arg, rows[:99], rng(t), true)
			}
			most = max(most, s.Bytes())
		}
		if most > 4<<20 {
			t.Errorf("%s: 499 values take %d bytes", arg, most)
		}
		out := make([]vexec.Vec, len(calls))
		s.Final(ids(1), out, nil)
		if got := out[1].Value(0); got != int64(499) {
			t.Errorf("%s: %v distinct values", arg, got)
		}
	}
}
