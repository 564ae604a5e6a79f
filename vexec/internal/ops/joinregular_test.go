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

// pushSide pushes rows of joinIn to a side.
func (r *opRun) pushSide(t *testing.T, side int, rows []vtest.Row, kinds []vexec.RowKind) {
	t.Helper()
	b := vtest.Batch(joinIn, rows...)
	b.Kind = kinds
	b.Offer()
	if err := r.op.Push(side, b, &r.out); err != nil {
		t.Fatal(err)
	}
	if !b.Kept() {
		vexec.Poison(b)
	}
}

func joinRun(t *testing.T, o *ir.JoinOp) *opRun { return newOpRun(t, newJoin(o), o.Out, 7) }

// joinSorted is the rows of a join of what is left of both sides.
func joinSorted(o *ir.JoinOp, left, right []vtest.Row, cond bool) []string {
	var rows []joinRow
	for side, list := range [][]vtest.Row{left, right} {
		for _, r := range list {
			rows = append(rows, joinRow{side: side, vals: r, mark: ir.MinMicros})
		}
	}
	want := joinWant(o, rows, func(l, r joinRow) bool {
		return !cond || (l.vals[1].(int)+r.vals[1].(int))%2 == 1
	})
	slices.Sort(want)
	return want
}

// Random rows come and go on both sides, equal ones among them, with restarts: at every time
// what is left of the changes is the join of what is left of the rows.
func TestRegularJoin(t *testing.T) {
	for seed := range vtest.Seeds(uint64(96)) {
		rng := rand.New(rand.NewPCG(seed, 8))
		o := joinOp(ir.RegularJoin, joinTypes[seed%6])
		cond := seed/6%2 == 0
		if cond {
			o.Cond = oddSum()
		}
		o.LeftChanges, o.RightChanges = seed/12%3 != 0, seed/12%3 != 1
		make := func() (vexec.Operator, error) {
			op, err := NewJoin(o)
			if seed%4 < 2 { // rows that are taken back are found by their hash
				op.(*Join).sides[0].walk, op.(*Join).sides[1].walk = 1, 1
			}
			if seed%3 == 0 {
				op.(*Join).keepSmall()
			}
			return op, err
		}
		r := newOpRun(t, make, o.Out, 7)
		var there [2][]vtest.Row
		var all []vtest.Emitted
		for step := range 40 {
			side := rng.IntN(2)
			if step > 30 && seed%2 == 0 { // the other side has ended
				side = 0
				if step == 31 {
					if err := r.op.(vexec.PortAware).FinishPort(1, &r.out); err != nil {
						t.Fatal(err)
					}
				}
			}
			rows, kinds := joinChangesOf(rng, &there[side], []bool{o.LeftChanges, o.RightChanges}[side])
			r.pushSide(t, side, rows, kinds)
			if rng.IntN(5) == 0 && (step < 31 || seed%2 == 1) {
				r.restart(t)
			}
			all = append(all, r.out.Rows...)
			r.out.Rows = nil
			got, err := vtest.Fold(all, o.Out)
			want := joinSorted(o, there[0], there[1], cond)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s, cond %t, step %d: %v\n got %q\nwant %q", seed, o.Type, cond, step, err, got, want)
			}
		}
		if len(r.out.Rejected) > 0 {
			t.Fatalf("seed %d: %d rows are rejected", seed, len(r.out.Rejected))
		}
	}
}

// joinChangesOf is a batch of rows that come and, if the side changes, go.
func joinChangesOf(rng *rand.Rand, there *[]vtest.Row, changes bool) (rows []vtest.Row, kinds []vexec.RowKind) {
	for range 1 + rng.IntN(6) {
		if n := len(*there); changes && n > 0 && rng.IntN(2) == 0 {
			i := rng.IntN(n)
			rows, kinds = append(rows, (*there)[i]), append(kinds, vexec.Delete)
			*there = slices.Delete(slices.Clone(*there), i, i+1)
			continue
		}
		n := rng.IntN(5)
		row := vtest.Row{rng.IntN(3), n, fmt.Sprintf("a long text of number %d", n), int64(n)}
		if rng.IntN(10) == 0 {
			row[0] = nil
		}
		rows, kinds = append(rows, row), append(kinds, vexec.Insert)
		*there = append(*there, row)
	}
	if !changes {
		kinds = nil
	}
	return rows, kinds
}

// A key that changes a thousand times in a batch gives one pair of changes; a row that changes
// in what the result does not show gives none.
func TestRegularJoinFolds(t *testing.T) {
	o := joinOp(ir.RegularJoin, ir.LeftJoin)
	o.Cols = []int{1, 5}
	o.Out = ir.PairSchema(o.Type, joinIn, joinIn).Select(o.Cols)
	o.LeftChanges, o.RightChanges = true, true
	r := newOpRun(t, newJoin(o), o.Out, 4096)
	r.pushSide(t, 0, []vtest.Row{{1, 1, "l", int64(0)}}, nil)
	r.pushSide(t, 1, []vtest.Row{{1, 0, "r", int64(0)}}, nil)
	r.out.Rows = nil
	var rows []vtest.Row
	var kinds []vexec.RowKind
	for n := range 1000 {
		rows = append(rows, vtest.Row{1, n, "r", int64(0)}, vtest.Row{1, n + 1, "r", int64(0)})
		kinds = append(kinds, vexec.UpdateBefore, vexec.UpdateAfter)
	}
	r.pushSide(t, 1, rows, kinds)
	r.want(t, "-D 1 | 0", "+I 1 | 1000")
	update := []vexec.RowKind{vexec.UpdateBefore, vexec.UpdateAfter}
	r.pushSide(t, 1, []vtest.Row{{1, 1000, "r", int64(0)}, {1, 1000, "another", int64(0)}}, update)
	r.want(t)
	r.pushSide(t, 1, []vtest.Row{{1, 1000, "another", int64(0)}, {2, 1000, "another", int64(0)}}, update)
	r.want(t, "-D 1 | 1000", "+I 1 | NULL")
}
