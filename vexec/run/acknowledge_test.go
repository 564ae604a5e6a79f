package run

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// ackSource is a rowSource whose readers are told of checkpoints.
type ackSource struct {
	*rowSource
	durable int // the last position that was told
	told    int
	drains  int
	wrong   []string
	refuse  error
}

func (s *ackSource) Open(ctx context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	r, err := s.rowSource.Open(ctx, scan, split, from)
	if err != nil {
		return nil, err
	}
	if at := r.(*rowReader).at; at < s.durable {
		s.wrong = append(s.wrong, fmt.Sprintf("opened at %d, but %d was told to be durable", at, s.durable))
	}
	return &ackReader{r.(*rowReader), s}, nil
}

type ackReader struct {
	*rowReader
	ack *ackSource
}

func (r *ackReader) Durable(_ context.Context, pos vexec.Position) error {
	at, err := strconv.Atoi(string(pos))
	if err != nil || at < r.ack.durable || at > r.at || !r.scan.Durable {
		r.ack.wrong = append(r.ack.wrong, fmt.Sprintf("told %s behind %d, read up to %d", pos, r.ack.durable, r.at))
	}
	r.ack.durable = at
	r.ack.told++
	return r.ack.refuse
}

func (r *ackReader) Drain() { r.ack.drains++ }

// What a source was told to be durable is never read again, whenever the run is
// killed, and is told at every checkpoint.
func TestSourcesAreToldOfCheckpoints(t *testing.T) {
	told, drains := 0, 0
	for seed := range uint64(60) {
		r := rng(seed)
		rows := randomRows(r, 200, 0, false)
		w := newWorld(nil)
		src := &ackSource{rowSource: &rowSource{splits: [][]row{rows}, unit: 7, batch: 5, lazy: true}}
		w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
		w.cfg.Dir = fmt.Sprintf("%s/%d", fastDir(t), seed)
		_, err := Simulate(killPlan(2, r), w.cfg, seed, SimOptions{CheckpointEvery: 50, KillEvery: 200, DrainEvery: 500, MaxRestarts: 4})
		if err != nil || len(src.wrong) > 0 {
			t.Fatalf("seed %d: %v %v", seed, err, src.wrong)
		}
		told, drains = told+src.told, drains+src.drains
	}
	if told < 100 || drains < 5 {
		t.Errorf("too little happened: told %d times, drained %d times", told, drains)
	}
}

// Nobody waits for an answer of a source of which the run wants no more rows, while it goes
// on with others.
func TestASourceThatIsLeftIsDrained(t *testing.T) {
	w := newWorld(nil)
	left := &ackSource{rowSource: &rowSource{splits: [][]row{randomRows(rng(1), 200, 0, false)}, unit: 7, batch: 5, lazy: true, hold: true}}
	other := &rowSource{splits: [][]row{randomRows(rng(2), 200, 0, false)}, unit: 7, batch: 5, lazy: true, hold: true}
	w.cfg.Source = func(x *ir.Table) (vexec.Source, error) {
		if x.Name == "other" {
			return other, nil
		}
		return left, nil
	}
	w.cfg.Dir = fastDir(t)
	side := newMedium()
	w.cfg.Sink = sinksBy(map[string]*medium{"": w.out, "side": side})
	p := passPlan(testTable(), 2, 0, 50, false, ir.GatherOrdered)
	p.Stages[1].Ops = []ir.PhysOp{limitTo(20)}
	scan, sink := scanStage(tableNamed("other"), 2, 0, 50, false), sinkStage(12, 11, ir.Gather, rowSchema)
	scan.ID, sink.Sink.Table = 11, tableNamed("side")
	p.Stages = append(p.Stages, scan, sink)
	steps := 0
	_, err := Simulate(p, w.cfg, 1, SimOptions{CheckpointEvery: 50, StopWhen: func() bool {
		steps++
		return left.drains > 0 || steps > 100_000
	}})
	if err != nil || steps > 100_000 || len(w.out.rows()) != 20 || len(side.rows()) == 0 || len(left.wrong) > 0 {
		t.Errorf("%v; %d and %d rows, %v", err, len(w.out.rows()), len(side.rows()), left.wrong)
	}
}

func TestSourceRefusesCheckpoint(t *testing.T) {
	w := newWorld(nil)
	src := &ackSource{rowSource: &rowSource{splits: [][]row{randomRows(rng(1), 200, 0, false)}, unit: 7, batch: 5, hold: true}, refuse: errors.New("the broker is gone")}
	w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
	w.cfg.Dir = fastDir(t)
	w.cfg.Interval = 1
	_, err := Run(context.Background(), killPlan(2, rng(1)), w.cfg)
	if err == nil || !strings.Contains(err.Error(), "the broker is gone") {
		t.Errorf("%v", err)
	}
}

func TestWithoutCheckpointsNothingIsDurable(t *testing.T) {
	w := newWorld(nil)
	src := &ackSource{rowSource: &rowSource{splits: [][]row{randomRows(rng(1), 200, 0, false)}, unit: 7, batch: 5, hold: true}}
	w.cfg.Source = func(*ir.Table) (vexec.Source, error) { return src, nil }
	stop := make(chan struct{})
	close(stop)
	w.cfg.Interrupt = stop
	_, err := Run(context.Background(), killPlan(2, rng(1)), w.cfg)
	if !errors.Is(err, ErrInterrupted) || src.told > 0 || len(src.wrong) > 0 {
		t.Errorf("%v, told %d times, %v", err, src.told, src.wrong)
	}
}

// A sink that may write rows twice says so, once, where the run could be restarted.
func TestSinkThatWritesAtLeastOnce(t *testing.T) {
	for _, dir := range []string{"", fastDir(t)} {
		w := newWorld(&rowSource{splits: [][]row{randomRows(rng(1), 20, 0, false)}, unit: 7, batch: 5})
		var warned []string
		w.cfg.Warn = func(text string) { warned = append(warned, text) }
		w.cfg.Dir = dir
		w.cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return againSink{&mediumSink{m: w.out}}, nil }
		p := passPlan(testTable(), 2, 0, 50, false, ir.Gather)
		p.Stages[1].Sink.Table = &ir.Table{Name: "alerts"}
		if _, err := Run(context.Background(), p, w.cfg); err != nil {
			t.Fatal(err)
		}
		if want := dir != ""; want != (len(warned) == 1) || want && !strings.Contains(warned[0], "Sink(alerts) writes at least once") {
			t.Errorf("dir %q: %q", dir, warned)
		}
	}
}

type againSink struct{ *mediumSink }

func (againSink) ExactlyOnce() bool { return false }
