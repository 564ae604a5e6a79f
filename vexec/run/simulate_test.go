package run

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// killPlan is one of several shapes of plans over the test table, at random
// parallelism.
func killPlan(shape int, r *rand.Rand) *ir.Plan {
	tasks := func() int { return 1 + r.IntN(3) }
	switch shape {
	case 0:
		return sumPlan(testTable(), tasks(), tasks(), 50)
	case 1: // the operator fixes event time
		p := sumPlan(testTable(), tasks(), 1, 50)
		p.Stages[0].Scan.TimeCol = -1
		p.Stages[0].Ops = nil
		p.Stages[1] = &ir.Stage{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.GatherOrdered}}, Out: sumSchema,
			Ops: []ir.PhysOp{&ir.WatermarkOp{TimeCol: 0, Lag: 50, Out: rowSchema}, &keepOp{mod: 7}, &sumOp{size: 100}}}
		return p
	case 2: // no state; order kept
		return passPlan(testTable(), tasks(), 0, 50, false, ir.GatherOrdered, &keepOp{refuse: 13})
	}
	// two sinks over one scan: one of them all rows, one sums
	p := sumPlan(testTable(), tasks(), tasks(), 50)
	side := sinkStage(4, 1, ir.Gather, rowSchema, &keepOp{mod: 1_000_000})
	side.Sink.Table = &ir.Table{Name: "side"}
	p.Stages = append(p.Stages, side)
	return p
}

// fastDir is a folder in memory where there is one: checkpoints sync their files.
func fastDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "heliosc-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestExactlyOnceOverKills(t *testing.T) {
	seeds := vtest.Seeds(uint64(520))
	if testing.Short() {
		seeds = 60
	}
	var total SimResult
	base := fastDir(t)
	for seed := range seeds {
		res := killOnce(t, seed, fmt.Sprintf("%s/%d", base, seed))
		total.Kills += res.Kills
		total.Drains += res.Drains
		total.Steps += res.Steps
		if t.Failed() {
			return
		}
	}
	t.Logf("%d steps, %d kills, %d drains", total.Steps, total.Kills, total.Drains)
	if total.Kills < int(seeds) || total.Drains == 0 {
		t.Errorf("too little happened: %+v", total)
	}
}

// killOnce runs one seed and compares what is shown with the model.
func killOnce(t *testing.T, seed uint64, dir string) *SimResult {
	t.Helper()
	r := rng(seed)
	shape := int(seed % 4)
	rows := randomRows(r, 100+r.IntN(200), 0, true)
	src := &rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(30), batch: 1 + r.IntN(20), lazy: r.IntN(3) == 0}
	w := newWorld(src)
	side := newMedium()
	w.cfg.Dir = dir
	w.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
	w.cfg.Sink = sinksBy(map[string]*medium{"": w.out, "side": side})
	res, err := Simulate(killPlan(shape, r), w.cfg, seed, SimOptions{
		CheckpointEvery: 40 + r.IntN(300), KillEvery: 250, DrainEvery: 800, MaxRestarts: 4,
		Replan: func(int) *ir.Plan { return killPlan(shape, r) },
	})
	if err != nil {
		t.Fatal(err)
	}
	checkShape(t, seed, shape, rows, w, side)
	if s := res.Stats; !s.Done {
		c := s.Stages[0].Scan
		if c.Rows+c.Bad != int64(len(rows)) || c.Rows != c.RowsOut+c.Late+c.Errors {
			t.Errorf("seed %d: counts do not fit: %d records\n%s", seed, len(rows), s)
		}
	}
	return res
}

func checkShape(t *testing.T, seed uint64, shape int, rows []row, w *world, side *medium) {
	t.Helper()
	pass, _, errs, bad := model([][]row{rows}, 50, false)
	letters := errs + bad
	switch shape {
	case 2:
		var want []string
		for i, text := range pass {
			if n := numberOf(pass[i]); n%13 == 0 {
				letters++
			} else {
				want = append(want, text)
			}
		}
		if d := differ(w.out.rows(), want); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
	default:
		want, _ := sums(rows, 50)
		if d := differ(w.out.sorted(), want); d != "" {
			t.Errorf("seed %d, shape %d: %s", seed, shape, d)
		}
	}
	if shape == 3 {
		slices.Sort(pass)
		var want []string
		for _, p := range pass {
			if n := numberOf(p); n%7 != 0 {
				want = append(want, p)
			}
		}
		if d := differ(side.sorted(), want); d != "" {
			t.Errorf("seed %d, side: %s", seed, d)
		}
	}
	if got := len(w.letters.rows()); got != letters {
		t.Errorf("seed %d: %d dead letters, want %d", seed, got, letters)
	}
}

// numberOf is the column n of a row's text.
func numberOf(text string) int64 {
	var n int64
	parts := splitText(text)
	if _, err := fmt.Sscan(parts[2], &n); err != nil {
		panic(err)
	}
	return n
}

func TestASeedReplays(t *testing.T) {
	for seed := range uint64(20) {
		a := killOnce(t, seed, fastDir(t))
		b := killOnce(t, seed, fastDir(t))
		if a.Steps != b.Steps || a.Kills != b.Kills || a.Stats.String() != b.Stats.String() {
			t.Fatalf("seed %d: %+v and then %+v", seed, a, b)
		}
	}
}

func TestSimulationOfManySplits(t *testing.T) {
	base := fastDir(t)
	for seed := range uint64(50) {
		r := rng(seed)
		splits := manySplits(r, 1+r.IntN(6), 40)
		var all []row
		for _, s := range splits {
			all = append(all, s...)
		}
		slices.SortStableFunc(all, func(a, b row) int { return int(*a.ts - *b.ts) })
		want, _ := sums(all, 50)
		w := newWorld(&rowSource{splits: splits, unit: 1 + r.IntN(15), batch: 5})
		w.cfg.Dir = fmt.Sprintf("%s/%d", base, seed)
		shape := r.IntN(2)
		_, err := Simulate(killPlan(shape, r), w.cfg, seed, SimOptions{
			CheckpointEvery: 30, KillEvery: 100, DrainEvery: 300, MaxRestarts: 8,
			Replan: func(int) *ir.Plan { return killPlan(shape, r) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.sorted(), want); d != "" {
			t.Fatalf("seed %d, shape %d: %s", seed, shape, d)
		}
	}
}
