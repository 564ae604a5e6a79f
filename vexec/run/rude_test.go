package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rudeEnd is how a run is ended.
type rudeEnd int

const (
	byItself rudeEnd = iota
	byCancel
	byInterrupt
	byStop
	byWrite  // a sink fails
	byCommit // a sink fails while the coordinator calls it
	byDecode // the source fails
	rudeEnds
)

var errRude = errors.New("the test says so")

// All kinds of parts together, with queues of one row, checkpoints as fast as they can be
// taken or none, somebody who looks on, and ends of all kinds at any moment: nothing waits for
// ever, nothing runs on, and what is shown in the end is what the rows say.
func TestRudeEndsOfEverything(t *testing.T) {
	noLeaks(t)
	seeds := uint64(10 * len(rudePlans))
	if testing.Short() {
		seeds = uint64(3 * len(rudePlans))
	}
	base := fastDir(t)
	ends := map[rudeEnd]int{}
	for seed := range seeds {
		(&rudeCase{t: t, seed: seed, r: rng(seed), ends: ends, dir: fmt.Sprintf("%s/%d", base, seed)}).run()
		if t.Failed() {
			return
		}
	}
	t.Logf("ends: %v", ends)
	for e := range rudeEnds {
		if ends[e] == 0 && !testing.Short() {
			t.Errorf("no run ended in the way %d", e)
		}
	}
}

// rudeCase is one query, which is started until it ends by itself.
type rudeCase struct {
	t     *testing.T
	seed  uint64
	r     *rand.Rand
	ends  map[rudeEnd]int
	dir   string // "": no checkpoints
	shape int
	w     *world
	dim   *rowSource
	side  *medium
}

func (c *rudeCase) run() {
	r := c.r
	c.shape = int(c.seed) % len(rudePlans)
	rows := randomRows(r, 100+r.IntN(200), 0, false)
	c.w, c.dim = loadWorld(rows, dimRows(9, 100))
	c.w.src.unit, c.w.src.batch = 1+r.IntN(20), 1+r.IntN(5)
	c.side = newMedium()
	cfg := &c.w.cfg
	cfg.operator = rudeOperator
	cfg.QueueRows, cfg.QueueBytes, cfg.BatchRows = 1, 1, 1+r.IntN(3)
	cfg.Interval = time.Duration(1+r.IntN(2000)) * time.Microsecond
	if cfg.Dir = c.dir; r.IntN(4) == 0 {
		cfg.Dir = ""
	}
	cfg.Delivery = []ir.Delivery{ir.ExactlyOnce, ir.ExactlyOnce, ir.AtLeastOnce, ir.AtMostOnce}[r.IntN(4)]
	cfg.Lookup = func(*ir.Table) (vexec.Lookup, error) { return c.lookup(), nil }
	cfg.Notify = func(string) {}
	for start := 0; ; start++ {
		end := rudeEnd(r.IntN(int(rudeEnds)))
		if start >= 4 {
			end = byItself
		}
		took, err := c.once(end)
		if c.t.Failed() {
			return
		}
		if err == nil && (end != byStop || !took) {
			break
		}
		if cfg.Dir == "" { // it would begin anew
			return
		}
	}
	if p := rudePlans[c.shape]; p.out != nil {
		if d := differ(c.w.out.sorted(), p.out(rows)); d != "" {
			c.t.Errorf("seed %d, %s: %s", c.seed, p.name, d)
		}
		if got, want := len(c.side.rows()), len(p.side(rows)); got != want {
			c.t.Errorf("seed %d, %s: %d rows at the side, want %d", c.seed, p.name, got, want)
		}
	}
}

// lookup answers after a while, and not always at the first try.
func (c *rudeCase) lookup() vexec.Lookup {
	var asked atomic.Int64
	return &slowLookup{most: 2, find: func(ctx context.Context, keys, out *vexec.Batch) error {
		n := asked.Add(1)
		if !sleep(ctx, time.Duration(n%5)*50*time.Microsecond) {
			return ctx.Err()
		}
		if n%7 == 0 {
			return &vexec.RetryError{Err: errRude}
		}
		var found []row
		for i := range keys.Rows {
			for _, d := range dimRows(9, 100) {
				if d.key == string(keys.Cols[0].Bytes(i)) {
					found = append(found, d)
				}
			}
		}
		fillRows(out, found)
		return nil
	}}
}

// once runs the query until it ends in the given way, or before by itself. took: it was told to.
func (c *rudeCase) once(end rudeEnd) (took bool, err error) {
	r, cfg := c.r, &c.w.cfg
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	watchdog := time.AfterFunc(time.Minute, func() {
		stacks := make([]byte, 1<<20)
		c.t.Errorf("seed %d, %s: nothing moves any more\n%s", c.seed, rudePlans[c.shape].name, stacks[:runtime.Stack(stacks, true)])
		cancel(errRude)
	})
	defer watchdog.Stop()
	interrupt, stop := make(chan struct{}), make(chan struct{})
	cfg.Interrupt, cfg.Stop = interrupt, stop
	cfg.Flush = cfg.Dir == "" && r.IntN(2) == 0
	cfg.Monitor = &Monitor{}
	c.w.src.begun, c.w.src.fail = 0, 0
	c.w.src.lazy = end != byItself && r.IntN(2) == 0
	var told atomic.Bool
	say := func() {
		if told.Swap(true) {
			return
		}
		switch end {
		case byCancel:
			cancel(errRude)
		case byInterrupt:
			close(interrupt)
		case byStop:
			close(stop)
		}
	}
	switch end {
	case byItself, byWrite, byCommit:
	case byDecode:
		c.w.src.fail = 1 + r.IntN(20)
	default:
		if r.IntN(2) == 0 {
			timer := time.AfterFunc(time.Duration(r.IntN(6000))*time.Microsecond, say)
			defer timer.Stop()
		}
	}
	left := &atomic.Int64{}
	left.Store(int64(1 + r.IntN(100)))
	media := sinksBy(map[string]*medium{"": c.w.out, "side": c.side})
	cfg.Sink = func(s *ir.PhysSink) (vexec.Sink, error) {
		sink, err := media(s)
		return &failingSink{rudeSink: rudeSink{Sink: sink, left: left, at: say}, end: end}, err
	}
	looks := make(chan struct{})
	go c.look(cfg.Monitor, looks)
	s, err := Run(ctx, rudePlans[c.shape].plan(r), *cfg)
	looks <- struct{}{}
	if s == nil || s.Loads != nil && err == nil && s.Loads[0].Reads == 0 && !s.Stopped {
		c.t.Errorf("seed %d, %s: %+v, %v", c.seed, rudePlans[c.shape].name, s, err)
	}
	c.ends[end]++
	want := map[rudeEnd]error{byCancel: errRude, byInterrupt: ErrInterrupted, byWrite: errRude, byCommit: errRude}[end]
	switch failed := err != nil && err.Error() == "stage 1 Scan(events): the disk is gone"; {
	case err == nil, want != nil && errors.Is(err, want), end == byDecode && failed:
	default:
		c.t.Errorf("seed %d, %s, end %d: %v", c.seed, rudePlans[c.shape].name, end, err)
	}
	return told.Load(), err
}

// look asks what the run does, again and again, until it is told to end.
func (c *rudeCase) look(m *Monitor, end <-chan struct{}) {
	for {
		select {
		case <-end:
			return
		default:
			m.Snapshot()
			time.Sleep(200 * time.Microsecond)
		}
	}
}

// failingSink fails at its end, or says that it has come.
type failingSink struct {
	rudeSink
	end  rudeEnd
	over bool // it has prepared its last rows
}

func (s *failingSink) Write(ctx context.Context, b *vexec.Batch) error {
	if s.end == byWrite && s.left.Add(-1) == 0 {
		return errRude
	}
	if s.over {
		return errors.New("a row has come behind the last Prepare")
	}
	return s.rudeSink.Write(ctx, b)
}

func (s *failingSink) Prepare(ctx context.Context, epoch uint64, final bool) ([]byte, error) {
	s.over = s.over || final
	return s.Sink.Prepare(ctx, epoch, final)
}

func (s *failingSink) Commit(ctx context.Context, epoch uint64, token []byte) error {
	if s.end == byCommit && s.left.Add(-8) <= 0 {
		return errRude
	}
	return s.Sink.Commit(ctx, epoch, token)
}

func (s *failingSink) Show(context.Context, uint64) error { return nil }
