package ops

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// TestRankPartial holds what goes on against the rows that are among the first ones: of each
// partition all of them do, and where there are many rows few others.
func TestRankPartial(t *testing.T) {
	in := ir.NewSchema(ir.Column{Name: "k", Type: ir.TBigInt}, ir.Column{Name: "v", Type: ir.TBigInt})
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		to := 1 + r.Int64N(4)
		desc := r.IntN(2) == 0
		op, err := NewRankPartial(&ir.RankPartialOp{Partition: []int{0}, Order: []ir.SortKey{{Col: 1, Desc: desc, NullsFirst: r.IntN(2) == 0}}, To: to, Out: in}, in)
		if err != nil {
			t.Fatal(err)
		}
		budget := vexec.NewBudget(0)
		if err := op.Open(&vexec.OpContext{Memory: budget.Account("test")}); err != nil {
			t.Fatal(err)
		}
		out := &passedRows{byKey: map[int64][]int64{}}
		all := map[int64][]int64{}
		rows := 0
		for range 40 {
			b := &vexec.Batch{Schema: in, Cols: []vexec.Vec{vexec.NewVec(ir.TBigInt, 100), vexec.NewVec(ir.TBigInt, 100)}, Rows: 100, Part: -1}
			for i := range 100 {
				k, v := r.Int64N(5), r.Int64N(1_000_000)-500_000
				b.Cols[0].Int64s()[i], b.Cols[1].Int64s()[i] = k, 4*v // the last bits are cut off
				if i%10 == 3 {
					b.Late = append(b.Late, vexec.LateMark{Row: int32(i), WM: 1})
					continue // it goes on whatever it is, and counts for nothing
				}
				all[k] = append(all[k], 4*v)
				rows++
			}
			if err := op.Push(0, b, out); err != nil {
				t.Fatal(err)
			}
		}
		for k, list := range all {
			slices.Sort(list)
			if desc {
				slices.Reverse(list)
			}
			for _, v := range list[:to] {
				if !slices.Contains(out.byKey[k], v) {
					t.Fatalf("seed %d: %d is among the first %d of %d, and did not go on", seed, v, to, k)
				}
			}
		}
		if out.late != 400 {
			t.Errorf("seed %d: %d of 400 late rows went on", seed, out.late)
		}
		if out.rows > rows/4 {
			t.Errorf("seed %d: %d of %d rows went on", seed, out.rows, rows)
		}
		if err := op.Close(); err != nil || budget.Used() != 0 {
			t.Errorf("%v, %d bytes are held", err, budget.Used())
		}
	}
}

// passedRows notes the rows that come, but for the late ones.
type passedRows struct {
	byKey      map[int64][]int64
	rows, late int
}

func (p *passedRows) Emit(b *vexec.Batch) error {
	for i := range b.Live() {
		r := b.Row(i)
		if slices.ContainsFunc(b.Late, func(m vexec.LateMark) bool { return int(m.Row) == r }) {
			p.late++
			continue
		}
		k := b.Cols[0].Int64s()[r]
		p.byKey[k] = append(p.byKey[k], b.Cols[1].Int64s()[r])
		p.rows++
	}
	return nil
}

func (p *passedRows) Reject(*vexec.Batch, []vexec.RowFate) error { return nil }
