package run

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// What has ended is in no checkpoint any more, its number is never given again, and it
// holds no watermark after a restart.
func TestEndedSplitsAreForgotten(t *testing.T) {
	for _, byOperator := range []bool{false, true} {
		testForgotten(t, byOperator)
	}
}

func testForgotten(t *testing.T, byOperator bool) {
	at := func(us int64) *int64 { return &us }
	src := &growSource{every: 1, rowSource: rowSource{unit: 1, batch: 1}}
	for i := range int64(30) {
		src.splits = append(src.splits, []row{{ts: at(i), key: "a", n: 1}})
		src.ends = append(src.ends, i != 17)
	}
	w := newWorld(nil)
	clock := &simClock{}
	w.cfg.Clock = clock
	w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
	w.cfg.Dir = fastDir(t)
	p := sumPlan(testTable("idle.timeout", "1s"), 1, 1, 0)
	if byOperator {
		p.Stages[0].Scan.TimeCol, p.Stages[0].Ops = -1, nil
		p.Stages[1] = &ir.Stage{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.GatherOrdered}}, Out: sumSchema,
			Ops: []ir.PhysOp{&ir.WatermarkOp{TimeCol: 0, Lag: 0, Out: rowSchema}, &sumOp{size: 100}}}
	}
	begin := func() *job {
		t.Helper()
		j, err := newJob(context.Background(), p, w.cfg, true)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	checkpoint := func(j *job) scanState {
		t.Helper()
		epoch := j.coord.epoch
		j.coord.force = true
		runUntil(t, j, clock, 30_000, func() bool { return j.coord.epoch > epoch && j.coord.doing == resting })
		raw, err := j.scans[0].state()
		var st scanState
		if err == nil {
			err = json.Unmarshal(raw, &st)
		}
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	j := begin()
	runUntil(t, j, clock, 30_000, func() bool { return src.at != nil && src.whole() && len(src.over) == 29 })
	st := checkpoint(j)
	if len(st.Splits) != 1 || st.Splits[0].ID != "part-17" || st.Splits[0].Part != 17 || st.Next != 30 {
		t.Errorf("%+v", st)
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	src.splits = append(src.splits, []row{{ts: at(10_000), key: "a", n: 1}, {ts: at(10_500), key: "a", n: 1}})
	src.ends = append(src.ends, false)
	j = begin()
	sum := &j.tasks[1].links[len(j.tasks[1].links)-2]
	runUntil(t, j, clock, 3_000, func() bool { return src.whole() && sum.count.out > 0 })
	st = checkpoint(j)
	if len(st.Splits) != 2 || st.Splits[1].ID != "part-30" || st.Splits[1].Part != 30 || st.Next != 31 {
		t.Errorf("after a restart: %+v", st)
	}
	if got := j.scans[0].splits[:17]; slices.ContainsFunc(got, func(p *split) bool { return p != nil }) {
		t.Error("splits that have ended are kept")
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
}
