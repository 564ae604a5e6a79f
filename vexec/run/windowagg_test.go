package run

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// hopPlan groups by window and key with the engine's own operators: in one task,
// or partial groups in the scan's tasks and final ones by key.
func hopPlan(r *rand.Rand, w ir.Window) *ir.Plan {
	col := func(i int) ir.Expr {
		return &ir.ColRef{Index: i, Name: rowSchema.Cols[i].Name, T: rowSchema.Cols[i].Type}
	}
	out := ir.NewSchema(
		ir.Column{Name: "s", Type: ir.TTimestamp}, ir.Column{Name: "e", Type: ir.TTimestamp}, ir.Column{Name: "key", Type: ir.TVarchar},
		ir.Column{Name: "c", Type: ir.TBigInt}, ir.Column{Name: "sum", Type: ir.TBigInt}, ir.Column{Name: "max", Type: ir.TBigInt})
	agg := func(phase ir.AggPhase) *ir.WindowAggOp {
		op := &ir.WindowAggOp{
			Phase: phase, In: rowSchema, TimeCol: 0, Window: w, Keys: []int{1}, Label: "totals", Out: out,
			Aggs: []ir.AggCall{
				{Fn: "COUNT", T: ir.TBigInt}, {Fn: "SUM", Args: []ir.Expr{col(2)}, T: ir.TBigInt}, {Fn: "MAX", Args: []ir.Expr{col(2)}, T: ir.TBigInt},
			},
			Layout: []ir.WindowOut{{Kind: ir.OutStart}, {Kind: ir.OutEnd}, {Kind: ir.OutKey},
				{Kind: ir.OutAgg}, {Kind: ir.OutAgg, Index: 1}, {Kind: ir.OutAgg, Index: 2}},
		}
		if phase == ir.Partial {
			op.Out = ir.PartialSchema(op)
		}
		return op
	}
	filter := &ir.FilterOp{Out: rowSchema, Pred: &ir.Call{Fn: ">", T: ir.TBoolean, Args: []ir.Expr{col(2), &ir.Const{V: int64(20), T: ir.TBigInt}}}}
	scan := scanStage(testTable(), 1+r.IntN(3), 0, 50, false, filter)
	if r.IntN(2) == 0 {
		return &ir.Plan{Stages: []*ir.Stage{scan, sinkStage(2, 1, ir.Gather, out, agg(ir.Complete))}}
	}
	partial := agg(ir.Partial)
	scan.Ops, scan.Out = append(scan.Ops, partial), partial.Out
	return &ir.Plan{Stages: []*ir.Stage{scan,
		{ID: 2, Tasks: 1 + r.IntN(3), In: []ir.Input{{From: 1, Mode: ir.Hash, Keys: []int{ir.PartialHead}}}, Ops: []ir.PhysOp{agg(ir.Final)}, Out: out},
		sinkStage(3, 2, ir.Gather, out)}}
}

// hops is what hopPlan gives, by the definition of lateness.
func hops(rows []row, w ir.Window, lag int64) []string {
	type group struct{ count, sum, most int64 }
	groups := map[sumKey]*group{}
	greatest := ir.MinMicros
	for _, r := range rows {
		if r.bad || r.ts == nil {
			continue
		}
		wm := greatest.Sub(lag)
		greatest = max(greatest, ir.Micros(*r.ts))
		first := *r.ts - ((*r.ts%w.Slide)+w.Slide)%w.Slide
		for s := first; s+w.Size > *r.ts && r.n > 20; s -= w.Slide {
			if ir.Micros(s+w.Size) <= wm {
				continue
			}
			g := groups[sumKey{s, r.key}]
			if g == nil {
				g = &group{}
				groups[sumKey{s, r.key}] = g
			}
			g.count++
			g.sum += r.n
			g.most = max(g.most, r.n)
		}
	}
	var out []string
	for k, g := range groups {
		out = append(out, fmt.Sprintf("%s|%s|%s|%d|%d|%d", ir.FormatMicros(k.start), ir.FormatMicros(k.start+w.Size), k.key, g.count, g.sum, g.most))
	}
	slices.Sort(out)
	return out
}

func TestWindowAggregatesOverKills(t *testing.T) {
	base := fastDir(t)
	kills := 0
	seeds := uint64(50)
	if testing.Short() {
		seeds = 15
	}
	for seed := range seeds {
		r := rng(seed)
		slide := int64(10 + r.IntN(60))
		w := ir.Window{Kind: ir.Hop, Size: slide*int64(1+r.IntN(3)) + int64(r.IntN(2))*7, Slide: slide}
		rows := randomRows(r, 200, 0, true)
		wd := newWorld(&rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(30), batch: 1 + r.IntN(20)})
		wd.cfg.Dir = fmt.Sprintf("%s/%d", base, seed)
		wd.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
		res, err := Simulate(hopPlan(r, w), wd.cfg, seed, SimOptions{
			CheckpointEvery: 20 + r.IntN(60), KillEvery: 120, DrainEvery: 600, MaxRestarts: 6,
			Replan: func(int) *ir.Plan { return hopPlan(r, w) },
		})
		if err != nil {
			t.Fatal(err)
		}
		kills += res.Kills
		if d := differ(wd.out.sorted(), hops(rows, w, 50)); d != "" {
			t.Fatalf("seed %d: %s\n%s", seed, d, res.Stats)
		}
	}
	if kills < int(seeds) {
		t.Errorf("only %d kills", kills)
	}
}
