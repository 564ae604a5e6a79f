package run

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// All shapes of plans in goroutines, with queues of one row, checkpoints as fast as
// they can be taken, and interrupts and cancellations at any moment: nothing waits
// for ever, and what is shown in the end is what the rows say.
func TestTinyQueuesAndRudeEnds(t *testing.T) {
	noLeaks(t)
	seeds := uint64(48)
	if testing.Short() {
		seeds = 12
	}
	base := fastDir(t)
	stops := 0
	for seed := range seeds {
		stops += rudeRun(t, seed, fmt.Sprintf("%s/%d", base, seed))
		if t.Failed() {
			return
		}
	}
	t.Logf("%d runs were stopped", stops)
	if stops < int(seeds) {
		t.Errorf("only %d runs were stopped before their end", stops)
	}
}

func rudeRun(t *testing.T, seed uint64, dir string) (stops int) {
	t.Helper()
	r := rng(seed)
	shape := int(seed % 4)
	rows := randomRows(r, 300+r.IntN(300), 0, true)
	w := newWorld(&rowSource{splits: [][]row{rows}, unit: 1 + r.IntN(10), batch: 1 + r.IntN(5)})
	side := newMedium()
	w.cfg.Dir, w.cfg.Interval = dir, time.Duration(1+r.IntN(2000))*time.Microsecond
	w.cfg.QueueRows, w.cfg.QueueBytes, w.cfg.BatchRows = 1, 1, 1+r.IntN(3)
	media := sinksBy(map[string]*medium{"": w.out, "side": side})
	for {
		ctx, cancel := context.WithCancelCause(context.Background())
		watchdog := time.AfterFunc(5*time.Minute, func() {
			stacks := make([]byte, 1<<20)
			t.Logf("seed %d: %s", seed, stacks[:runtime.Stack(stacks, true)])
			cancel(errors.New("nothing moves any more"))
		})
		interrupt := make(chan struct{})
		w.cfg.Interrupt = interrupt
		var left atomic.Int64
		left.Store(int64(1 + r.IntN(150)))
		rude, calm := r.IntN(2) == 0, stops >= 4
		w.cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
			sink, err := media(s)
			return &rudeSink{Sink: sink, left: &left, at: func() {
				switch {
				case calm:
				case rude:
					cancel(errStopped)
				default:
					close(interrupt)
				}
			}}, err
		}
		_, err := Run(ctx, killPlan(shape, r), w.cfg)
		watchdog.Stop()
		cancel(nil)
		if errors.Is(err, ErrInterrupted) || errors.Is(err, errStopped) {
			stops++
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		break
	}
	checkShape(t, seed, shape, rows, w, side)
	return stops
}

var errStopped = errors.New("stopped by the test")

// rudeSink calls at at one of its writes.
type rudeSink struct {
	vexec.Sink
	left *atomic.Int64
	at   func()
}

func (s *rudeSink) Write(ctx context.Context, b *vexec.Batch) error {
	if s.left.Add(-1) == 0 {
		s.at()
	}
	return s.Sink.Write(ctx, b)
}
