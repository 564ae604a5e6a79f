package run

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// progressEvery is how often Config.Progress is called.
const progressEvery = 200 * time.Millisecond

// Run runs a plan to the end of its input, or until Config.Interrupt or ctx ends
// it. Every goroutine that it starts has ended when it returns. The statistics
// are there also with an error. With a checkpoint folder that holds a checkpoint
// of this query it goes on from there.
//
// Errors: ErrInterrupted after a drain, the cause of ctx when that is cancelled, a
// *RowError in it for 'on.error'='fail', a *vexec.MemoryError where the budget is
// too small, and what sources, operators and sinks report, with the stage.
func Run(ctx context.Context, plan *ir.Plan, cfg Config) (*Stats, error) {
	begin := nanos()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	j, err := newJob(ctx, plan, cfg, false)
	if err != nil {
		return &Stats{}, err
	}
	if cp := j.restored; cp != nil && cp.Done {
		j.cfg.Warn("nothing to do: the checkpoint in " + j.cfg.Dir + " says that the query had run to its end. Use another --checkpoint-dir to run it again")
		s := &Stats{Done: true, Epochs: cp.Epoch}
		return s, j.close()
	}
	cfg.Monitor.watch(j)
	defer cfg.Monitor.ended(j)
	err = j.readLoads(ctx)
	ready := nanos()
	if err == nil {
		err = j.produce(ctx, cancel)
	}
	ended := nanos()
	s := j.stats()
	s.Stopped = err == nil && j.coord.stopped && (!j.coord.over || j.cfg.Flush)
	if errors.Is(err, errLoadStopped) {
		s.Stopped, err = true, nil
	}
	if cerr := j.close(); err == nil {
		err = cerr
	}
	j.checkMemory()
	s.Starting, s.Running, s.Finishing = time.Duration(ready-begin), time.Duration(ended-ready), time.Duration(nanos()-ended)
	return s, err
}

// checkMemory panics where somebody has kept memory of a run that is closed. Only
// in builds with the tag invariants.
func (j *job) checkMemory() {
	if n := j.budget.Used(); vexec.Invariants && n != 0 {
		panic(fmt.Sprintf("invariant broken: %d bytes are still reserved after the end of the run", n))
	}
}

// produce runs every task and the coordinator in a goroutine of its own, and
// returns the first error once all have ended.
func (j *job) produce(ctx context.Context, cancel context.CancelCauseFunc) error {
	var wg sync.WaitGroup
	for _, t := range j.tasks {
		if t.driven() {
			continue
		}
		wg.Go(func() {
			if err := t.loop(ctx); err != nil {
				cancel(err)
			}
		})
	}
	wg.Go(func() { cancel(j.coord.loop(ctx)) })
	for _, l := range j.loads {
		if l.next != ir.MaxMicros {
			wg.Go(func() { l.keepReading(ctx) })
		}
	}
	wg.Go(func() {
		<-ctx.Done() // the coordinator has ended, or all do
		j.abort(errAborted)
	})
	wg.Wait()
	switch err := context.Cause(ctx); {
	case errors.Is(err, errFinished):
		return j.coord.verdict()
	case errors.Is(err, errUnasked) && j.up == nil:
		j.cfg.Warn("the run stopped before all rows that it had read were looked up: they are worked on when it goes on from its last checkpoint")
		select {
		case <-j.cfg.Interrupt:
			j.coord.drain(ErrInterrupted)
		default:
			j.coord.drain(nil)
		}
		return j.coord.verdict()
	default:
		return err
	}
}

// errFinished is the cause of the context once the last epoch is committed.
var errFinished = errors.New("finished")

// loop steps the task until it ends or the run does.
func (t *task) loop(ctx context.Context) error {
	defer t.startWatch()()
	for {
		s, err := t.step(ctx)
		t.publishIfAsked(err == nil && s == progress)
		if err == nil && s == waiting {
			err = t.await(ctx)
		}
		switch {
		case errors.Is(err, errAborted):
			return nil
		case err != nil:
			return err
		case s == finished:
			return nil
		case ctx.Err() != nil:
			return nil
		}
	}
}

// loop steps the coordinator until the last epoch is committed, which is
// errFinished, or the run ends.
func (c *coordinator) loop(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: string(debug.Stack())}
		}
	}()
	interrupt, stop := c.job.cfg.Interrupt, c.job.cfg.Stop
	var tick <-chan time.Time
	if c.job.up == nil && (c.job.cfg.Progress != nil || c.job.cfg.Monitor != nil) {
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		// Epochs may follow each other without a pause, where one takes longer than the
		// interval: what is asked from outside is heard between any two steps.
		select {
		case <-interrupt:
			interrupt = nil
			c.drain(ErrInterrupted)
		case <-stop:
			stop = nil
			c.drain(nil)
		case <-ctx.Done():
			return nil
		default:
		}
		s, err := c.step(ctx)
		switch {
		case err != nil:
			return err
		case s == finished:
			return errFinished
		case s == progress:
			continue
		}
		timer := c.timer()
		select {
		case <-c.wake:
		case <-timer.C:
		case <-tick:
			c.job.report()
		case <-interrupt:
			interrupt = nil
			c.drain(ErrInterrupted)
		case <-stop:
			stop = nil
			c.drain(nil)
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// timer fires when the next epoch may be due, or rows are to be shown before it.
func (c *coordinator) timer() *time.Timer {
	left := time.Hour
	if c.doing == resting && c.periodic() {
		left = c.until(c.nextAt())
	}
	if c.doing == resting && c.job.showsEarly() {
		left = min(left, c.until(c.nextShow()))
	}
	return time.NewTimer(max(left, time.Millisecond))
}

func (c *coordinator) until(t ir.Micros) time.Duration {
	return time.Duration(t-c.job.cfg.Clock.Now()) * time.Microsecond
}

// report tells Config.Progress, and has the tasks publish their counts.
func (j *job) report() {
	j.ask()
	if j.cfg.Progress != nil {
		j.cfg.Progress(j.progress())
	}
}

// ask has the tasks publish their counts, those of loads, too.
func (j *job) ask() {
	j.asked.Add(1)
	for _, l := range j.loads {
		if reads := l.reading(); reads != nil {
			reads.ask()
		}
	}
}

// progress adds up the scans; until the tasks run, those of the load that is being read.
func (j *job) progress() Progress {
	for _, l := range j.loads {
		if reads := l.reading(); reads != nil && l.live.Table() == nil {
			p := reads.progress()
			p.Unbounded = j.endless
			if p.Loading == "" {
				p.Loading = l.plan.Name
			}
			return p
		}
	}
	var p Progress
	for _, s := range j.scans {
		s.mu.Lock()
		p.Rows += s.rows
		p.Bytes += s.read
		p.Total += s.total
		if wm := s.lowest(); wm != ir.MinMicros && wm != ir.MaxMicros {
			if at := time.UnixMicro(int64(wm)).UTC(); p.Time.IsZero() || at.Before(p.Time) {
				p.Time = at
			}
		}
		s.mu.Unlock()
	}
	p.Unbounded = j.endless
	j.coord.mu.Lock()
	p.Epoch = j.coord.epoch
	j.coord.mu.Unlock()
	return p
}
