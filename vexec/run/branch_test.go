package run

import (
	"fmt"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// branchedSums has branches behind a stage that takes rows from a queue and has state:
// one hands its sums on, one adds them up once more, with state of its own, and has a
// branch itself, which keeps the great ones. Each ends in a sink.
func branchedSums(scans, tasks int) *ir.Plan {
	branch := func(id, from int, ops ...ir.PhysOp) *ir.Stage {
		return &ir.Stage{ID: id, Tasks: tasks, In: []ir.Input{{From: from, Mode: ir.Forward}}, Ops: ops, Out: sumSchema}
	}
	great := &ir.FilterOp{Out: sumSchema, Pred: &ir.Call{Fn: ">", T: ir.TBoolean, Args: []ir.Expr{
		&ir.ColRef{Index: 2, Name: "sum", T: ir.TBigInt}, &ir.Const{V: int64(greatSum), T: ir.TBigInt}}}}
	p := &ir.Plan{Stages: append(sumPlan(testTable(), scans, tasks, 50).Stages[:2],
		branch(3, 2), branch(4, 2, &sumOp{size: wideWindow}), branch(5, 4, great),
		sinkStage(6, 3, ir.Gather, sumSchema),
		sinkStage(7, 4, ir.Gather, sumSchema),
		sinkStage(8, 5, ir.Gather, sumSchema))}
	p.Stages[6].Sink.Table = &ir.Table{Name: "wide"}
	p.Stages[7].Sink.Table = &ir.Table{Name: "great"}
	return p
}

const (
	wideWindow = 500
	greatSum   = 400
)

// TestBranchesBehindAnAggregateOverKills holds that what branches of a stage with
// state write is complete and written once, whatever is killed and however many tasks
// go on, and that the branches agree with each other.
func TestBranchesBehindAnAggregateOverKills(t *testing.T) {
	seeds := vtest.Seeds(uint64(160))
	if testing.Short() {
		seeds = 30
	}
	base := fastDir(t)
	kills, greats := 0, 0
	for seed := range seeds {
		r := rng(seed)
		rows := randomRows(r, 100+r.IntN(200), 0, true)
		w := newWorld(&rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(30), batch: 1 + r.IntN(20), lazy: r.IntN(3) == 0})
		w.cfg.Dir, w.cfg.BatchRows = fmt.Sprintf("%s/%d", base, seed), []int{1, 7, 1024}[r.IntN(3)]
		wide, great := newMedium(), newMedium()
		w.cfg.Sink = sinksBy(map[string]*medium{"": w.out, "wide": wide, "great": great})
		plan := func(int) *ir.Plan { return branchedSums(1+r.IntN(3), 1+r.IntN(3)) }
		res, err := Simulate(plan(0), w.cfg, seed, SimOptions{
			CheckpointEvery: 30 + r.IntN(200), KillEvery: 200, DrainEvery: 600, MaxRestarts: 4, Replan: plan,
		})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		kills += res.Kills
		narrow, _ := sums(rows, 50)
		sum, _ := sumsByKey(rows, 50)
		var all, some []string
		for k, v := range widened(sum) {
			all = append(all, sumText(k, v))
			if v > greatSum {
				some = append(some, sumText(k, v))
			}
		}
		greats += len(some)
		for name, d := range map[string]string{
			"narrow": differ(w.out.sorted(), narrow), "wide": differ(wide.sorted(), sortedRows(all)), "great": differ(great.sorted(), sortedRows(some)),
		} {
			if d != "" {
				t.Fatalf("seed %d, %s: %s", seed, name, d)
			}
		}
	}
	if kills < int(seeds)/2 || greats == 0 {
		t.Errorf("only %d kills and %d great sums", kills, greats)
	}
}

// widened is sums by windows of wideWindow.
func widened(sums map[sumKey]int64) map[sumKey]int64 {
	out := map[sumKey]int64{}
	for k, v := range sums {
		k.start -= ((k.start % wideWindow) + wideWindow) % wideWindow
		out[k] += v
	}
	return out
}

func sortedRows(rows []string) []string {
	slices.Sort(rows)
	return rows
}
