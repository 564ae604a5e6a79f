package ops

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// twoPhases are the operators of the phases Partial and Final of o.
func twoPhases(o *ir.GroupAggOp) (partial, final *ir.GroupAggOp) {
	p, f := *o, *o
	p.Phase, p.Out = ir.Partial, ir.GroupSchema(o)
	f.Phase = ir.Final
	return &p, &f
}

// into hands batches to an operator, and counts their rows.
type into struct {
	op   vexec.Operator
	out  vexec.Emitter
	rows int
}

func (e *into) Emit(b *vexec.Batch) error {
	e.rows += b.Live()
	return e.op.Push(0, b, e.out)
}
func (e *into) Reject(b *vexec.Batch, fates []vexec.RowFate) error { return e.out.Reject(b, fates) }

func openPartial(t testing.TB, o *ir.GroupAggOp, maxRows int) *partialGroups {
	t.Helper()
	op, err := NewGroupAgg(o, o.In)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: maxRows, Clock: &vtest.Clock{}, Memory: vexec.NewBudget(0).Account("test")}); err != nil {
		t.Fatal(err)
	}
	return op.(*partialGroups)
}

// changeBatch makes a batch of some of the changes at hand, and applies them to there.
func changeBatch(rng *rand.Rand, there *[]vtest.Row, keys int) *vexec.Batch {
	var rows []vtest.Row
	var kinds []vexec.RowKind
	for range 1 + rng.IntN(400) {
		if n := len(*there); n > 0 && rng.IntN(100) < 48 {
			i := rng.IntN(n)
			rows, kinds = append(rows, (*there)[i]), append(kinds, vexec.Delete)
			*there = slices.Delete(*there, i, i+1)
			continue
		}
		row := vtest.Row{fmt.Sprintf("key %d", rng.IntN(keys)), rng.IntN(50)}
		*there, rows, kinds = append(*there, row), append(rows, row), append(kinds, vexec.Insert)
	}
	b := vtest.Batch(groupIn, rows...)
	b.Kind = kinds
	return b
}

// What is added up of changes before it goes to the groups gives the groups that the changes
// themselves give, also with restarts in between, for few keys and for so many that batches pass.
func TestGroupPartialChanges(t *testing.T) {
	x := col(groupIn, "x")
	passed := false
	for seed := range vtest.Seeds(uint64(40)) {
		rng := rand.New(rand.NewPCG(seed, 4))
		o := retracting(groupOp([]int{0}, countStar, call("AVG", x), sumX, call("VAR_POP", x)))
		if seed%4 == 3 {
			o = retracting(groupOp(nil, countStar, call("AVG", x), sumX, call("VAR_POP", x)))
		}
		one := newRun(t, o, 1+rng.IntN(30))
		po, fo := twoPhases(o)
		partial := openPartial(t, po, one.out.MaxRows)
		two := newOpRun(t, func() (vexec.Operator, error) { return NewGroupAgg(fo, po.Out) }, o.Out, one.out.MaxRows)
		var there []vtest.Row
		keys := 1 + rng.IntN(9000)
		for range 60 {
			b := changeBatch(rng, &there, keys)
			again := *b
			if err := one.op.Push(0, b, &one.out); err != nil {
				t.Fatal(err)
			}
			if err := partial.Push(0, &again, &into{op: two.op, out: &two.out}); err != nil {
				t.Fatal(err)
			}
			passed = passed || partial.passes > 0
			if rng.IntN(8) == 0 {
				two.restart(t)
			}
		}
		want, err := vtest.Fold(one.out.Rows, o.Out)
		if err != nil {
			t.Fatal(err)
		}
		got, err := vtest.Fold(two.out.Rows, o.Out)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n got %q\nwant %q", seed, got, want)
		}
	}
	if !passed {
		t.Error("no batch had so many keys that others pass")
	}
}

// A group of which as much comes as goes is not handed on, but with a TTL, which it renews.
func TestGroupPartialNothing(t *testing.T) {
	for _, c := range []struct {
		ttl  int64
		want int
	}{{0, 2}, {1000, 3}} {
		o := retracting(groupOp([]int{0}, countStar, sumX))
		o.TTL = c.ttl
		po, fo := twoPhases(o)
		final := newOpRun(t, func() (vexec.Operator, error) { return NewGroupAgg(fo, po.Out) }, o.Out, 100)
		to := &into{op: final.op, out: &final.out}
		b := vtest.Batch(groupIn, vtest.Row{"a", 1}, vtest.Row{"b", 2}, vtest.Row{"b", 3}, vtest.Row{"c", 4}, vtest.Row{"a", 1})
		b.Kind = []vexec.RowKind{vexec.Insert, vexec.Delete, vexec.Insert, vexec.Insert, vexec.Delete}
		if err := openPartial(t, po, 100).Push(0, b, to); err != nil {
			t.Fatal(err)
		}
		if to.rows != c.want {
			t.Errorf("with a TTL of %d %d groups are handed on, not %d", c.ttl, to.rows, c.want)
		}
		final.want(t, "+I c | 1 | 4")
	}
}

// exchanged hands on copies of batches by the hash of their keys, as an exchange does.
type exchanged struct {
	into
	keys   []int
	copied vexec.Batch
	hashes []uint64
}

func (e *exchanged) Emit(b *vexec.Batch) error {
	if len(e.keys) > 0 {
		e.hashes = grow(e.hashes, b.Rows)
		vexec.HashRows(b, e.keys, e.hashes)
	}
	vexec.Compact(&e.copied, b)
	return e.into.Emit(&e.copied)
}

// BenchmarkGroupChanges adds up changes of a million rows, an old one and a new one each, in their
// groups: as they are, and added up first.
func BenchmarkGroupChanges(b *testing.B) {
	in := vtest.Schema("k", ir.TBigInt, "x", ir.TBigInt)
	x := col(in, "x")
	for _, c := range []struct {
		name string
		keys []int
		of   int
	}{{"no key", nil, 1}, {"10 keys", []int{0}, 10}, {"1,000 keys", []int{0}, 1000}, {"10,000 keys", []int{0}, 10_000}, {"100,000 keys", []int{0}, 100_000}, {"1,000,000 keys", []int{0}, 1_000_000}} {
		o := &ir.GroupAggOp{Phase: ir.Complete, In: in, Keys: c.keys, Aggs: []ir.AggCall{call("COUNT"), call("AVG", x)}, Before: true, Out: in.Select(c.keys)}
		for _, a := range o.Aggs {
			o.Out.Cols = append(o.Out.Cols, ir.Column{Name: a.Fn, Type: a.T})
		}
		retracting(o)
		po, fo := twoPhases(o)
		batches := changesOf(in, c.of)
		for _, phases := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/phases=%d", c.name, phases), func(b *testing.B) {
				last, takes := o, in
				if phases == 2 {
					last, takes = fo, po.Out
				}
				op, err := NewGroupAgg(last, takes)
				if err != nil {
					b.Fatal(err)
				}
				oc := &vexec.OpContext{Tasks: 1, MaxRows: 4096, Clock: &vtest.Clock{}, Memory: vexec.NewBudget(0).Account("bench"), NoRestart: true, State: vtest.NewState(op.(vexec.Stateful).Tables())}
				if err := op.Open(oc); err != nil {
					b.Fatal(err)
				}
				to := &exchanged{into: into{op: op, out: nowhere{}}}
				for i := range c.keys {
					to.keys = append(to.keys, i)
				}
				push := to.Emit
				if phases == 2 {
					p := openPartial(b, po, 4096)
					push = func(x *vexec.Batch) error { return p.Push(0, x, to) }
				}
				rows, cpu := 0, cpuTime()
				for b.Loop() {
					for _, x := range batches {
						one := *x
						if err := push(&one); err != nil {
							b.Fatal(err)
						}
						rows += x.Rows
					}
				}
				b.ReportMetric(float64(cpuTime()-cpu)/float64(rows), "cpu-ns/row")
			})
		}
	}
}

// changesOf are batches of pairs, an old row and a new one, with so many keys.
func changesOf(s *ir.Schema, keys int) []*vexec.Batch {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]*vexec.Batch, 256)
	for i := range out {
		b := &vexec.Batch{}
		b.Reset(s)
		b.Rows = 4096
		b.Cols[0].Reset(ir.TBigInt, b.Rows)
		b.Cols[1].Reset(ir.TBigInt, b.Rows)
		b.Kind = make([]vexec.RowKind, b.Rows)
		for j := 0; j < b.Rows; j += 2 {
			k, n := int64(r.IntN(keys))*7919, int64(r.IntN(1000))
			b.Cols[0].Int64s()[j], b.Cols[0].Int64s()[j+1] = k, k
			b.Cols[1].Int64s()[j], b.Cols[1].Int64s()[j+1] = n, n+1
			b.Kind[j], b.Kind[j+1] = vexec.UpdateBefore, vexec.UpdateAfter
		}
		out[i] = b
	}
	return out
}
