package run

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Sinks have shown their last rows when the tasks pass the last barrier, and the run still
// has to write and commit that epoch. Operators that act by time meanwhile do not any more.
func TestNothingComesBehindTheLastBarrier(t *testing.T) {
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 100, 0, false)}, unit: 10, batch: 4, lazy: true, hold: true})
	clock := &simClock{}
	w.cfg.operator, w.cfg.Clock = rudeOperator, clock
	var sinks []*failingSink
	media := sinksBy(map[string]*medium{"": w.out, "side": newMedium()})
	w.cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
		sink, err := media(s)
		rude := &failingSink{rudeSink: rudeSink{Sink: sink, left: new(atomic.Int64), at: func() {}}}
		rude.left.Store(-1)
		sinks = append(sinks, rude)
		return rude, err
	}
	j, err := newJob(context.Background(), tickingPlan(2), w.cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	round := func() (over bool) {
		clock.pass(200)
		return eachSteps(t, j)
	}
	for range 200 {
		round()
	}
	j.coord.drain(nil)
	for !round() {
	}
	for range 200 { // they are not told in time that the run is over
		round()
	}
	if len(w.out.rows()) < 100 {
		t.Errorf("only %d rows were shown", len(w.out.rows()))
	}
	for _, s := range sinks {
		if !s.over {
			t.Error("a sink was not told that it had its last rows")
		}
	}
}

// What operators of a scan's task emit by time goes on, though the source has gone quiet and
// the next batch may never be full.
func TestRowsByTimeDoNotWaitForOthers(t *testing.T) {
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 100, 0, false)}, unit: 10, batch: 4, lazy: true, hold: true})
	clock := &simClock{}
	w.cfg.operator, w.cfg.Clock = rudeOperator, clock
	sink := &mediumSink{m: w.out}
	w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return sink, nil }
	j, err := newJob(context.Background(), passPlan(testTable(), 1, -1, 0, false, ir.Gather, &tickOp{every: 1000}), w.cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	for range 200 {
		eachSteps(t, j)
	}
	if len(sink.pending) != 50 {
		t.Fatalf("%d rows before the clock moves", len(sink.pending))
	}
	for tick := range 3 {
		clock.pass(1000)
		for range 3 {
			eachSteps(t, j)
		}
		if len(sink.pending) != 51+tick {
			t.Errorf("%d rows after %d ticks of the clock", len(sink.pending)-50, tick+1)
		}
	}
}

// A branch that has had enough when an operator of it acts by time ends the run, though no
// message comes to the task that drives it, and no operator acts again.
func TestALimitThatIsReachedByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 100, 0, false)}, unit: 10, batch: 4, lazy: true, hold: true})
		w.cfg.operator = rudeOperator
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s, err := Run(ctx, &ir.Plan{Stages: []*ir.Stage{
			scanStage(testTable(), 1, -1, 0, false, &keepOp{mod: 1}), // which keeps none
			{ID: 2, Tasks: 1, In: []ir.Input{{From: 1, Mode: ir.Gather}}, Out: rowSchema},
			sinkStage(3, 2, ir.Forward, rowSchema, &tickOp{every: 1_000_000, most: 3}, limitTo(3)),
		}}, w.cfg)
		if err != nil || len(w.out.rows()) != 3 || s.Running > 5*time.Second {
			t.Errorf("%d rows, %v", len(w.out.rows()), err)
		}
	})
}

// eachSteps has each part of a job do one step, and reports whether the run is over.
func eachSteps(t *testing.T, j *job) (over bool) {
	t.Helper()
	for i, step := range j.actors() {
		st, err := step(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		over = over || i == 0 && st == finished
	}
	return over
}
