package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

func TestCheckpointsWhileRunning(t *testing.T) {
	noLeaks(t)
	rows := randomRows(rng(5), 20_000, 0, true)
	want, _ := sums(rows, 50)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 50})
	w.cfg.Dir, w.cfg.Interval, w.cfg.QueueRows = fastDir(t), time.Microsecond, 200
	w.src.hold = true // until there were some checkpoints, however long a disk takes for one
	plain := w.cfg.Sink
	w.cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
		sink, err := plain(s)
		return &prepareSink{Sink: sink, done: func(epoch uint64) {
			if epoch >= 5 {
				w.src.goOn.Store(true)
			}
		}}, err
	}
	s, err := Run(context.Background(), sumPlan(testTable(), 2, 2, 50), w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d := differ(w.out.sorted(), want); d != "" {
		t.Fatal(d)
	}
	if s.Epochs < 5 {
		t.Errorf("only %d epochs", s.Epochs)
	}
}

// prepareSink tells of every epoch, also of one without rows, which is not committed.
type prepareSink struct {
	vexec.Sink
	done func(epoch uint64)
}

func (s *prepareSink) Prepare(ctx context.Context, epoch uint64, final bool) ([]byte, error) {
	s.done(epoch)
	return s.Sink.Prepare(ctx, epoch, final)
}

func TestInterruptAndGoOn(t *testing.T) {
	noLeaks(t)
	rows := randomRows(rng(6), 20_000, 0, true)
	want, late := sums(rows, 50)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 50})
	w.cfg.Dir = fastDir(t)
	plain := w.cfg.Sink
	for start := 0; ; start++ {
		interrupt := make(chan struct{})
		w.cfg.Interrupt = interrupt
		w.src.hold = start == 0
		left := 10
		w.cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
			sink, err := plain(s)
			return &countdownSink{Sink: sink, left: &left, at: func() { close(interrupt) }}, err
		}
		s, err := Run(context.Background(), sumPlan(testTable(), 1+start%3, 1+start%2, 50), w.cfg)
		if errors.Is(err, ErrInterrupted) && start < 50 {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if start == 0 {
			t.Fatal("the run was never interrupted")
		}
		if c := s.Stages[0].Scan; c.Rows+c.Bad != 20_000 || s.Stages[1].Ops[0].Late != int64(late) {
			t.Errorf("after %d starts the counts are\n%s", start+1, s)
		}
		break
	}
	if d := differ(w.out.sorted(), want); d != "" {
		t.Fatal(d)
	}
}

type countdownSink struct {
	vexec.Sink
	left *int
	at   func()
}

func (s *countdownSink) Write(ctx context.Context, b *vexec.Batch) error {
	if *s.left--; *s.left == 0 {
		s.at()
	}
	return s.Sink.Write(ctx, b)
}

func TestInterruptWithoutFolderShowsWhatWasWritten(t *testing.T) {
	noLeaks(t)
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(6), 20_000, 0, false)}, unit: 50, batch: 50, hold: true})
	interrupt := make(chan struct{})
	w.cfg.Interrupt, w.cfg.QueueRows = interrupt, 100
	left := 3 // results that are written: windows may come out together, so that there are not many more
	plain := w.cfg.Sink
	w.cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
		sink, err := plain(s)
		return &countdownSink{Sink: sink, left: &left, at: func() { close(interrupt) }}, err
	}
	_, err := Run(context.Background(), sumPlan(testTable(), 2, 2, 50), w.cfg)
	if !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error %v", err)
	}
	// An interrupt is not the end: a sink that shows a whole result must not show a part of one.
	if n := len(w.out.rows()); n < 10 || w.out.finals != 0 {
		t.Errorf("%d rows are shown, %d last epochs", n, w.out.finals)
	}
}

func TestAFinishedRunIsNotRunAgain(t *testing.T) {
	w := newWorld(&rowSource{splits: [][]row{randomRows(rng(7), 300, 0, true)}, unit: 50, batch: 50})
	w.cfg.Dir = fastDir(t)
	p := sumPlan(testTable(), 2, 2, 50)
	if _, err := Run(context.Background(), p, w.cfg); err != nil {
		t.Fatal(err)
	}
	rows, read := len(w.out.rows()), w.src.begun
	warned := ""
	w.cfg.Warn = func(s string) { warned = s }
	s, err := Run(context.Background(), p, w.cfg)
	if err != nil || !s.Done || !strings.HasPrefix(warned, "nothing to do") {
		t.Fatalf("error %v, stats %+v, warned %q", err, s, warned)
	}
	if len(w.out.rows()) != rows || w.src.begun != read || w.out.opens != 2 {
		t.Errorf("%d rows after %d, %d units read after %d, %d opens", len(w.out.rows()), rows, w.src.begun, read, w.out.opens)
	}
}

// interrupted leaves a checkpoint in the middle of the input.
func interrupted(t *testing.T, w *world, p *ir.Plan) {
	t.Helper()
	cfg := w.cfg
	interrupt := make(chan struct{})
	cfg.Interrupt, cfg.QueueRows = interrupt, 100
	left := 3 // results that are written: windows may come out together, so that there are not many more
	cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
		sink, err := w.cfg.Sink(s)
		return &countdownSink{Sink: sink, left: &left, at: func() { close(interrupt) }}, err
	}
	w.src.hold = true
	if _, err := Run(context.Background(), p, cfg); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error %v", err)
	}
	w.src.hold = false
}

func TestCheckpointsThatDoNotFit(t *testing.T) {
	noLeaks(t)
	f := func(name, want string, change func(w *world)) {
		t.Helper()
		w := newWorld(&rowSource{splits: [][]row{randomRows(rng(6), 20_000, 0, false), nil}, unit: 50, batch: 50})
		w.src.splits[1] = w.src.splits[0]
		w.cfg.Dir = fastDir(t)
		p := sumPlan(testTable(), 2, 2, 50)
		interrupted(t, w, p)
		change(w)
		_, err := Run(context.Background(), p, w.cfg)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	f("another query", "belongs to another query", func(w *world) { w.cfg.PlanID = "other" })
	f("a file is gone", "part-1 was being read when the checkpoint was taken and is not there any more", func(w *world) {
		w.src.splits = w.src.splits[:1]
	})
	f("damaged", "is damaged", func(w *world) {
		names, err := filepath.Glob(w.cfg.Dir + "/checkpoint-*.json")
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		raw, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(names[0], []byte(strings.Replace(string(raw), "part-0", "part-9", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	f("in use", "in use by another run", func(w *world) {
		other, err := newJob(context.Background(), sumPlan(testTable(), 1, 1, 50), w.cfg, false)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := other.close(); err != nil {
				t.Error(err)
			}
		})
	})
}

// A split that is new after a restart comes behind the others and is read.
func TestNewSplitsAfterARestart(t *testing.T) {
	splits := manySplits(rng(8), 3, 4000)
	w := newWorld(&rowSource{splits: splits[:2], unit: 50, batch: 50})
	w.cfg.Dir = fastDir(t)
	p := passPlan(testTable(), 2, -1, 0, false, ir.Gather)
	interrupted(t, w, p)
	w.src.splits = splits
	s, err := Run(context.Background(), p, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range w.out.rows() {
		seen[splitText(r)[2]] = true
	}
	if len(seen) != 12_000 || len(w.out.rows()) != 12_000 || s.Stages[0].Scan.Rows != 12_000 {
		t.Errorf("%d rows, %d of them distinct\n%s", len(w.out.rows()), len(seen), s)
	}
}

func TestProgress(t *testing.T) {
	j := &job{scans: []*scan{{rows: 5, read: 10, total: 40}, {rows: 1, read: 2, total: 3}}, coord: &coordinator{epoch: 7}}
	if got := j.progress(); got != (Progress{Rows: 6, Bytes: 12, Total: 43, Epoch: 7}) {
		t.Errorf("%+v", got)
	}
}

// An interrupt that comes when all rows have been processed, or while the last
// checkpoint is written, finds nothing to leave for another run.
func TestInterruptAfterTheEndIsTheEnd(t *testing.T) {
	f := func(before func(c *coordinator) bool) {
		t.Helper()
		rows := randomRows(rng(8), 300, 0, true)
		w := newWorld(&rowSource{splits: [][]row{rows}, unit: 50, batch: 50})
		w.cfg.Dir = fastDir(t)
		p := sumPlan(testTable(), 2, 2, 50)
		ctx := context.Background()
		j, err := newJob(ctx, p, w.cfg, true)
		if err != nil {
			t.Fatal(err)
		}
		for drained, s := false, progress; s != finished; {
			for range 2000 {
				for _, task := range j.tasks {
					if _, err := task.step(ctx); err != nil {
						t.Fatal(err)
					}
				}
			}
			if !drained && before(j.coord) {
				j.coord.drain(ErrInterrupted)
				drained = true
			}
			if s, err = j.coord.step(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if !j.coord.over {
			t.Error("the run does not say that it has come to its end")
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
		if s, err := Run(ctx, p, w.cfg); err != nil || !s.Done {
			t.Errorf("error %v, stats %+v: the checkpoint does not say that nothing is left", err, s)
		}
		want, _ := sums(rows, 50)
		if d := differ(w.out.sorted(), want); d != "" {
			t.Error(d)
		}
	}
	f(func(c *coordinator) bool { return c.doing == resting })
	f(func(c *coordinator) bool { return c.doing == collecting })
	f(func(c *coordinator) bool { return c.doing == committing })
}

// A checkpoint that cannot be written ends the run, and takes nothing away: once
// there is room again the next run goes on from the checkpoint before.
func TestCheckpointThatCannotBeWritten(t *testing.T) {
	rows := randomRows(rng(9), 2000, 0, true)
	want, _ := sums(rows, 50)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 20, batch: 20})
	w.cfg.Dir, w.cfg.Interval, w.cfg.QueueRows = fastDir(t), time.Microsecond, 50
	w.src.hold = true // there is always another checkpoint
	plain, obstacle := w.cfg.Sink, ""
	w.cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
		sink, err := plain(s)
		return &commitSink{Sink: sink, done: func(epoch uint64) error {
			if obstacle != "" {
				return nil
			}
			obstacle = filepath.Join(w.cfg.Dir, fmt.Sprintf("checkpoint-%012d.json.tmp", epoch+1))
			return os.Mkdir(obstacle, 0o755)
		}}, err
	}
	_, err := Run(context.Background(), sumPlan(testTable(), 2, 2, 50), w.cfg)
	if err == nil || !strings.Contains(err.Error(), "cannot be written: is a directory") {
		t.Fatalf("error %v", err)
	}
	if err := os.Remove(obstacle); err != nil {
		t.Fatal(err)
	}
	w.cfg.Sink, w.src.hold = plain, false
	if _, err := Run(context.Background(), sumPlan(testTable(), 2, 2, 50), w.cfg); err != nil {
		t.Fatal(err)
	}
	if d := differ(w.out.sorted(), want); d != "" {
		t.Error(d)
	}
	_, _, errs, bad := model([][]row{rows}, 50, false)
	if n := len(w.letters.rows()); n != errs+bad {
		t.Errorf("%d dead letters, want %d", n, errs+bad)
	}
}

// commitSink calls done when an epoch is shown.
type commitSink struct {
	vexec.Sink
	done func(epoch uint64) error
}

func (s *commitSink) Commit(ctx context.Context, epoch uint64, token []byte) error {
	if err := s.Sink.Commit(ctx, epoch, token); err != nil {
		return err
	}
	return s.done(epoch)
}
