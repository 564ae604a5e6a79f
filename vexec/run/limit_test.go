package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

func limitTo(n int64) *ir.LimitOp { return &ir.LimitOp{Count: n, Out: rowSchema} }

// throughHash brings rows to their limit through a stage of several tasks.
func throughHash(limit *ir.LimitOp) *ir.Plan {
	return &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable(), 3, -1, 0, false),
		{ID: 2, Tasks: 2, In: []ir.Input{{From: 1, Mode: ir.Hash, Keys: []int{1}}}, Ops: []ir.PhysOp{&keepOp{mod: 5}}, Out: rowSchema},
		sinkStage(3, 2, ir.Gather, rowSchema, limit),
	}}
}

// A source that has nothing more for now does not keep a query waiting that has
// enough: the last row of the limit is the last that came, or none was wanted at all.
func TestLimitEndsAnIdleSource(t *testing.T) {
	noLeaks(t)
	f := func(name string, p *ir.Plan, want int) {
		t.Helper()
		w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 200, 0, false)}, unit: 10, batch: 4, lazy: true, hold: true})
		w.cfg.Dir = fastDir(t)
		side := newMedium()
		w.cfg.Sink = sinksBy(map[string]*medium{"": w.out, "side": side})
		given := func() int { return len(w.out.rows()) + len(side.rows()) }
		s, err := Run(context.Background(), p, w.cfg)
		if err != nil || s.Done || given() != want {
			t.Errorf("%s: %d rows, want %d; %v", name, given(), want, err)
		}
		// The checkpoint says that nothing is left.
		s, err = Run(context.Background(), p, w.cfg)
		if err != nil || !s.Done || given() != want {
			t.Errorf("%s, again: %+v, %v", name, s, err)
		}
	}
	ordered := func(n int64) *ir.Plan {
		p := passPlan(testTable(), 3, 0, 50, false, ir.GatherOrdered)
		p.Stages[1].Ops = []ir.PhysOp{limitTo(n)}
		return p
	}
	f("all that came", ordered(100), 100)
	f("nothing", ordered(0), 0)
	f("through a stage of two tasks", throughHash(limitTo(80)), 80)
	f("through branches", branchedLimit(2, 100, 30), 130)
}

// branchedLimit is two branches of one scan, each with a limit.
func branchedLimit(tasks int, a, b int64) *ir.Plan {
	branch := func(id int) *ir.Stage {
		return &ir.Stage{ID: id, Tasks: tasks, In: []ir.Input{{From: 1, Mode: ir.Forward}}, Out: rowSchema}
	}
	p := &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable(), tasks, 0, 50, false), branch(2), branch(3),
		sinkStage(4, 2, ir.GatherOrdered, rowSchema, limitTo(a)),
		sinkStage(5, 3, ir.GatherOrdered, rowSchema, limitTo(b)),
	}}
	p.Stages[4].Sink.Table = &ir.Table{Name: "side"}
	return p
}

// A limit in one branch ends neither the scan nor the other branch, and gives the
// first rows, whatever is killed and however many tasks there are.
func TestLimitOverKills(t *testing.T) {
	base := fastDir(t)
	kills := 0
	for seed := range vtest.Seeds(uint64(100)) {
		r := rng(seed)
		rows := randomRows(r, 50+r.IntN(200), 0, false)
		few, many := int64(r.IntN(60)), int64(40+r.IntN(300))
		w := newWorld(&rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(30), batch: 1 + r.IntN(20), lazy: r.IntN(3) == 0})
		w.cfg.Dir, w.cfg.BatchRows = fmt.Sprintf("%s/%d", base, seed), 1+r.IntN(20)
		side := newMedium()
		w.cfg.Sink = sinksBy(map[string]*medium{"": w.out, "side": side})
		plan := func(int) *ir.Plan {
			return branchedLimit(1+r.IntN(3), few, many)
		}
		res, err := Simulate(plan(0), w.cfg, seed, SimOptions{CheckpointEvery: 10, KillEvery: 50, DrainEvery: 80, MaxRestarts: 4, Replan: plan})
		if err != nil {
			t.Fatal(err)
		}
		kills += res.Kills
		var all []string
		for _, x := range rows {
			all = append(all, rowText(x))
		}
		for limit, got := range map[int64][]string{few: w.out.rows(), many: side.rows()} {
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], "|late")
			}
			if want := all[:min(limit, int64(len(all)))]; !slices.Equal(got, want) {
				t.Fatalf("seed %d: LIMIT %d over %d rows gave %d", seed, limit, len(all), len(got))
			}
		}
	}
	if kills < vtest.Seeds(70) {
		t.Errorf("only %d kills", kills)
	}
}

// What stands behind a limit gets the end of its input also where the operator in
// front of the limit has more to give at the end.
func TestOperatorsBehindALimitEnd(t *testing.T) {
	rows := randomRows(rng(4), 500, 0, false)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 10})
	p := &ir.Plan{Stages: []*ir.Stage{
		scanStage(testTable(), 2, 0, 50, false),
		sinkStage(2, 1, ir.Gather, sumSchema, &sumOp{size: 1 << 40}, &ir.LimitOp{Count: 3, Out: sumSchema}, &sumOp{size: 1 << 41}),
	}}
	if _, err := Run(context.Background(), p, w.cfg); err != nil {
		t.Fatal(err)
	}
	if got := w.out.rows(); len(got) != 3 {
		t.Errorf("the sums of three groups are %d: %v", len(got), got)
	}
}

// The scan reads no further than it must, and no unit further than it has rows.
func TestEnoughEndsTheScan(t *testing.T) {
	src := &rowSource{splits: [][]row{randomRows(rng(1), 50_000, 0, false)}, unit: 100, batch: 10}
	w := newWorld(src)
	p := passPlan(testTable(), 1, -1, 0, false, ir.GatherOrdered)
	p.Stages[0].Scan.Limit = 250
	s, err := Run(context.Background(), p, w.cfg) // without an operator that says when
	if err != nil || len(w.out.rows()) != 300 || s.Stages[0].Scan.Units != 3 {
		t.Errorf("%d rows of %d units, %v", len(w.out.rows()), s.Stages[0].Scan.Units, err)
	}
	w.out = newMedium()
	p.Stages[0].Scan.Limit = 35
	s, err = Run(context.Background(), p, w.cfg)
	if err != nil || len(w.out.rows()) != 40 || s.Stages[0].Scan.Rows != 40 {
		t.Errorf("%d rows of %d units, %v", len(w.out.rows()), s.Stages[0].Scan.Units, err)
	}
}

// Rows count from the smallest ticket on, without a gap.
func TestEnoughCountsWithoutGaps(t *testing.T) {
	e := newEnough(10)
	f := func(ticket uint64, rows int64, want bool) {
		t.Helper()
		if e.add(ticket, rows); e.reached() != want {
			t.Errorf("unit %d with %d rows: %v", ticket, rows, !want)
		}
	}
	f(1, 50, false)
	f(3, 1, false)
	f(0, 9, true)
	f(2, 0, true)
	if e = newEnough(0); e.reached() || e.unit(1) {
		t.Error("without a limit nothing is enough")
	}
}
