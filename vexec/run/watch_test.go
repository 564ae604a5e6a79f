package run

import (
	"context"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// TestTimesAddUp holds that what the tasks of a run did and waited is all of the time
// that they ran, to the nanosecond.
func TestTimesAddUp(t *testing.T) {
	noLeaks(t)
	f := func(times, forks bool, plan *ir.Plan, w *world) {
		t.Helper()
		w.cfg.Times, w.cfg.QueueRows, w.cfg.BatchRows = times, 20, 10
		begin := time.Now()
		s, err := Run(context.Background(), plan, w.cfg)
		if err != nil {
			t.Fatal(err)
		}
		elapsed := time.Since(begin)
		var allParts, allTasks time.Duration
		for i, st := range s.Stages {
			sum, wall := st.Receive+st.Send+st.Waiting, time.Duration(0)
			if st.Scan != nil {
				sum += st.Scan.Time
			}
			for _, o := range st.Ops {
				sum += o.Time
				if times && o.Batches > 0 && o.Time == 0 {
					t.Errorf("stage %d: %s took no time", st.ID, o.Name)
				}
			}
			if st.Sink != nil {
				sum += st.Sink.Time
			}
			for _, d := range st.Tasks {
				wall += d
				if d > elapsed {
					t.Errorf("stage %d: a task ran %v, all took %v", st.ID, d, elapsed)
				}
			}
			allParts, allTasks = allParts+sum, allTasks+wall
			in := plan.Stages[i].In
			if branch := len(in) > 0 && in[0].Mode == ir.Forward; branch {
				if len(st.Tasks) > 0 || times && sum == 0 {
					t.Errorf("stage %d: a branch has tasks %v, parts %v", st.ID, st.Tasks, sum)
				}
				continue
			}
			switch {
			case sum != wall && !forks:
				t.Errorf("stage %d: its parts take %v, its tasks %v", st.ID, sum, wall)
			case times && (len(st.Tasks) != plan.Stages[i].Tasks || wall == 0), !times && len(st.Tasks) != 0:
				t.Errorf("stage %d: times %v, tasks %v", st.ID, times, st.Tasks)
			}
		}
		if allParts != allTasks {
			t.Errorf("all parts take %v, all tasks %v", allParts, allTasks)
		}
	}
	for _, times := range []bool{true, false} {
		rows := [][]row{randomRows(rng(1), 2000, 0, false), randomRows(rng(2), 2000, 1, false)}
		f(times, false, sumPlan(testTable(), 3, 2, 10), newWorld(&rowSource{splits: rows, unit: 50, batch: 20}))
		f(times, false, passPlan(testTable(), 2, 0, 10, true, ir.Gather), newWorld(&rowSource{splits: rows, unit: 50, batch: 20}))
		f(times, false, passPlan(testTable(), 1, 0, 10, true, ir.Gather, &keepOp{}), newWorld(&rowSource{splits: rows, unit: 50, batch: 20}))
		scan := scanStage(testTable(), 1, 0, 10, false)
		w := newWorld(&rowSource{splits: rows, unit: 50, batch: 20})
		w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return &mediumSink{m: newMedium()}, nil }
		f(times, true, &ir.Plan{Stages: []*ir.Stage{scan,
			sinkStage(scan.ID+1, scan.ID, ir.Forward, rowSchema, &keepOp{}), sinkStage(scan.ID+2, scan.ID, ir.Forward, rowSchema)}}, w)
	}
}
