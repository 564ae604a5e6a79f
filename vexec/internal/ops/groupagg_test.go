package ops

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

var groupIn = vtest.Schema("k", ir.TVarchar, "x", ir.TBigInt)

func groupOp(keys []int, aggs ...ir.AggCall) *ir.GroupAggOp {
	o := &ir.GroupAggOp{Phase: ir.Complete, In: groupIn, Keys: keys, Aggs: aggs, Before: true}
	o.Out = groupIn.Select(keys)
	for _, a := range aggs {
		o.Out.Cols = append(o.Out.Cols, ir.Column{Name: a.Fn, Type: a.T})
	}
	return o
}

// retracting is the operator over rows that may be taken back.
func retracting(o *ir.GroupAggOp) *ir.GroupAggOp {
	for i := range o.Aggs {
		o.Aggs[i].Retracts = true
	}
	if o.Counts = len(o.Keys) > 0; o.Counts {
		o.Aggs = append(o.Aggs, ir.AggCall{Fn: "COUNT", T: ir.TBigInt, Retracts: true})
	}
	return o
}

func newGroupAgg(o *ir.GroupAggOp) func() (vexec.Operator, error) {
	return func() (vexec.Operator, error) { return NewGroupAgg(o, groupIn) }
}

var (
	countStar = call("COUNT")
	sumX      = call("SUM", col(groupIn, "x"))
	maxX      = call("MAX", col(groupIn, "x"))
)

func TestGroupAgg(t *testing.T) {
	for _, atEnd := range []bool{false, true} {
		o := groupOp([]int{0}, countStar, sumX)
		o.AtEnd = atEnd
		vt := vtest.Test{
			New: newGroupAgg(o), In: []*ir.Schema{groupIn}, Out: o.Out, Fold: true,
			Events: []vtest.Event{
				vtest.In("a", 1), vtest.In("b", 2), vtest.In("a", 3), vtest.Barrier(),
				vtest.In(nil, 5), vtest.In("a", nil), vtest.Barrier(), vtest.Barrier(), vtest.In("b", 7), vtest.End(),
			},
			Want: []string{"a | 3 | 4", "b | 2 | 9", "NULL | 1 | 5"},
		}
		vt.Run(t)
	}
}

// Rows of groups that are taken back delete the group with the last of them.
func TestGroupAggRetracts(t *testing.T) {
	o := retracting(groupOp([]int{0}, countStar, maxX))
	del := func(vals ...any) vtest.Event { return vtest.In(vals...).As(vexec.Delete) }
	vt := vtest.Test{
		New: newGroupAgg(o), In: []*ir.Schema{groupIn}, Out: o.Out, Fold: true,
		Events: []vtest.Event{
			vtest.In("a", 1), vtest.In("b", 2), vtest.In("a", 3), vtest.Barrier(),
			del("a", 3), del("b", 2), vtest.Barrier(),
			vtest.In("b", 4), vtest.In("c", 1), del("c", 1), vtest.Barrier(), vtest.In("c", 9), vtest.End(),
		},
		Want: []string{"a | 1 | 1", "b | 1 | 4", "c | 1 | 9"},
	}
	vt.Run(t)
}

// Without keys there is one result, also of no rows and when all have gone.
func TestGroupAggTotal(t *testing.T) {
	empty := vtest.Test{In: []*ir.Schema{groupIn}, Fold: true, Events: []vtest.Event{vtest.Barrier(), vtest.End()}, Want: []string{"0 | NULL"}}
	for _, atEnd := range []bool{false, true} {
		o := groupOp(nil, countStar, sumX)
		o.AtEnd = atEnd
		empty.New, empty.Out = newGroupAgg(o), o.Out
		empty.Run(t)
	}
	o := retracting(groupOp(nil, countStar, sumX))
	vt := vtest.Test{
		New: newGroupAgg(o), In: []*ir.Schema{groupIn}, Out: o.Out, Fold: true,
		Events: []vtest.Event{vtest.In("a", 1), vtest.In("b", 2), vtest.Barrier(), vtest.In("a", 1).As(vexec.UpdateBefore), vtest.In("b", 2).As(vexec.Delete), vtest.End()},
		Want:   []string{"0 | NULL"},
	}
	vt.Run(t)
}

// Keys alone do not change: each comes out once, when it first comes.
func TestGroupAggKeysAlone(t *testing.T) {
	o := groupOp([]int{0})
	vt := vtest.Test{
		New: newGroupAgg(o), In: []*ir.Schema{groupIn}, Out: o.Out,
		Events: []vtest.Event{vtest.In("a", 1), vtest.In("b", 2), vtest.Barrier(), vtest.In("a", 3), vtest.In("c", 3), vtest.End()},
		Want:   []string{"a", "b", "c"},
	}
	vt.Run(t)
}

// A result that is out of range is a row error, said once until it is in range again.
func TestGroupAggOutOfRange(t *testing.T) {
	o := groupOp([]int{0}, sumX)
	run := newRun(t, o, 1024)
	run.push(t, vtest.In("a", math.MaxInt64), vtest.In("b", 1))
	run.push(t, vtest.In("a", 1), vtest.In("b", 1))
	run.push(t, vtest.In("a", 1))
	run.push(t, vtest.In("a", -2))
	run.want(t, fmt.Sprintf("+I a | %d", math.MaxInt64), "+I b | 1", "-D a | 9223372036854775807", "-U b | 1", "+U b | 2", "+I a | 9223372036854775807")
	if len(run.out.Rejected) != 1 {
		t.Errorf("%d results rejected", len(run.out.Rejected))
	}
	if n := run.op.(RowCounter).Counted(); n.Grouped != 6 || n.Lost != 1 {
		t.Errorf("it counts %d rows and %d results that are lost, want 6 and 1", n.Grouped, n.Lost)
	}
}

// However many rows of a group a batch has, one pair goes out; none where the result
// is as before; and no old results where nobody needs them.
func TestGroupAggFolds(t *testing.T) {
	o := groupOp([]int{0}, maxX)
	run := newRun(t, o, 1024)
	run.push(t, vtest.In("a", 1), vtest.In("a", 5), vtest.In("a", 3))
	run.push(t, vtest.In("a", 2), vtest.In("b", 2))
	run.push(t, vtest.In("a", 6), vtest.In("a", 7))
	run.want(t, "+I a | 5", "+I b | 2", "-U a | 5", "+U a | 7")
	o = groupOp([]int{0}, maxX)
	o.Before = false
	run = newRun(t, o, 1024)
	run.push(t, vtest.In("a", 1))
	run.push(t, vtest.In("a", 6))
	run.want(t, "+I a | 1", "+U a | 6")
}

// opRun is an operator over rows of groupIn that is given batches, and its clock.
type opRun struct {
	make  func() (vexec.Operator, error)
	op    vexec.Operator
	out   vtest.Collector
	clock *vtest.Clock
	state *vtest.MemState
}

func newRun(t *testing.T, o *ir.GroupAggOp, maxRows int) *opRun {
	t.Helper()
	return newOpRun(t, newGroupAgg(o), o.Out, maxRows)
}

func newOpRun(t *testing.T, make func() (vexec.Operator, error), out *ir.Schema, maxRows int) *opRun {
	t.Helper()
	r := &opRun{clock: &vtest.Clock{}, make: make, out: vtest.Collector{Schema: out, MaxRows: maxRows}}
	r.open(t)
	return r
}

func (r *opRun) open(t *testing.T) {
	t.Helper()
	op, err := r.make()
	if err != nil {
		t.Fatal(err)
	}
	r.op = op
	specs := op.(vexec.Stateful).Tables()
	if r.state == nil {
		r.state = vtest.NewState(specs)
	} else if r.state, err = r.state.Restore(specs); err != nil {
		t.Fatal(err)
	}
	if err := op.Open(&vexec.OpContext{Tasks: 1, MaxRows: r.out.MaxRows, Clock: r.clock, State: r.state, Memory: vexec.NewBudget(0).Account("test")}); err != nil {
		t.Fatal(err)
	}
}

// restart seals, forgets the operator and restores another one.
func (r *opRun) restart(t *testing.T) {
	t.Helper()
	if err := r.op.(vexec.Stateful).Seal(1); err != nil {
		t.Fatal(err)
	}
	r.open(t)
}

func (r *opRun) push(t *testing.T, events ...vtest.Event) {
	t.Helper()
	var rows []vtest.Row
	for _, e := range events {
		rows = append(rows, e.Vals())
	}
	r.pushKinds(t, rows, nil)
}

func (r *opRun) pushKinds(t *testing.T, rows []vtest.Row, kinds []vexec.RowKind) {
	t.Helper()
	b := vtest.Batch(groupIn, rows...)
	b.Kind = kinds
	if err := r.op.Push(0, b, &r.out); err != nil {
		t.Fatal(err)
	}
}

func (r *opRun) want(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, e := range r.out.Rows {
		got = append(got, e.Kind.String()+" "+vtest.FormatRow(e.Vals, r.out.Schema))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	r.out.Rows = nil
}

// A group that has not changed for the TTL begins anew, whether it was in memory or in a
// checkpoint.
func TestGroupAggForgets(t *testing.T) {
	o := groupOp([]int{0}, countStar)
	o.TTL = 64_000
	r := newRun(t, o, 1024)
	timed := func() vexec.Timed { return r.op.(vexec.Timed) }
	at := func(us ir.Micros) {
		r.clock.At = us
		if timed().Due() <= us {
			if err := timed().Tick(us, &r.out); err != nil {
				t.Fatal(err)
			}
		}
	}
	if timed().Due() != ir.MaxMicros {
		t.Error("due without groups")
	}
	r.push(t, vtest.In("a", 1), vtest.In("b", 1))
	at(40_000)
	r.push(t, vtest.In("a", 1))
	at(70_000) // b is forgotten, a is not
	r.push(t, vtest.In("a", 1), vtest.In("b", 1))
	r.want(t, "+I a | 1", "+I b | 1", "-U a | 1", "+U a | 2", "-U a | 2", "+U a | 3", "+I b | 1")
	at(100_000)
	r.restart(t)
	at(140_000) // all are forgotten
	r.push(t, vtest.In("a", 1))
	r.want(t, "+I a | 1")
	r.restart(t)
	r.push(t, vtest.In("b", 1), vtest.In("a", 1))
	r.want(t, "-U a | 1", "+I b | 1", "+U a | 2")
}

// randomRows are rows (key, value) that are there after random changes.
type randomRows []vtest.Row

// change adds and, in so many of a hundred changes, takes back rows: up to most changes.
func (there *randomRows) change(rng *rand.Rand, most, keys, values, back int) (rows []vtest.Row, kinds []vexec.RowKind) {
	for range 1 + rng.IntN(most) {
		if len(*there) > 0 && rng.IntN(100) < back {
			i := rng.IntN(len(*there))
			rows, kinds = append(rows, (*there)[i]), append(kinds, vexec.Delete)
			*there = slices.Delete(*there, i, i+1)
			continue
		}
		row := vtest.Row{fmt.Sprintf("key %d", rng.IntN(keys)), rng.IntN(values)}
		*there, rows, kinds = append(*there, row), append(rows, row), append(kinds, vexec.Insert)
	}
	return rows, kinds
}

// Random rows come and go, with restarts in between: what is left of the changes is the
// aggregates of what is left of the rows.
func TestGroupAggRandom(t *testing.T) {
	for seed := range vtest.Seeds(uint64(40)) {
		rng := rand.New(rand.NewPCG(seed, 3))
		r := newRun(t, retracting(groupOp([]int{0}, countStar, maxX, sumX)), 1+rng.IntN(30))
		var there randomRows
		keys := 1 + rng.IntN(9000)
		for range 60 {
			rows, kinds := there.change(rng, 400, keys, 50, 48)
			r.pushKinds(t, rows, kinds)
			if rng.IntN(8) == 0 {
				r.restart(t)
			}
		}
		got, err := vtest.Fold(r.out.Rows, r.out.Schema)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if want := groupsOf(there); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n got %q\nwant %q", seed, got, want)
		}
	}
}

func groupsOf(rows []vtest.Row) (out []string) {
	type group struct{ n, most, sum int }
	groups := map[string]*group{}
	for _, r := range rows {
		k, x := r[0].(string), r[1].(int)
		if groups[k] == nil {
			groups[k] = &group{most: x}
		}
		g := groups[k]
		g.n, g.most, g.sum = g.n+1, max(g.most, x), g.sum+x
	}
	for k, g := range groups {
		out = append(out, fmt.Sprintf("%s | %d | %d | %d", k, g.n, g.most, g.sum))
	}
	slices.Sort(out)
	return out
}
