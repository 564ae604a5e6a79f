package run

import (
	"context"
	"fmt"
	"time"

	"github.com/helios-stream/helios/ir"
)

// Loads with ir.Load.Reload are read anew in the background. Lookups see the table before
// until the new one is whole.

// reading is the job that reads the load now; nil: none does.
func (l *load) reading() *job {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// keepReading reads the load anew whenever it is due, until ctx ends.
func (l *load) keepReading(ctx context.Context) {
	for {
		left := l.next - l.up.cfg.Clock.Now()
		timer := time.NewTimer(time.Duration(max(0, min(left, maxWait))) * time.Microsecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if l.up.cfg.Clock.Now() < l.next {
			continue
		}
		if err := l.read(ctx); err != nil && ctx.Err() == nil {
			l.reloadFailed(err)
		}
	}
}

// reloadFailed keeps the table as it is until the load is due again.
func (l *load) reloadFailed(err error) {
	l.next = l.again()
	l.mu.Lock()
	l.stats.Failed++
	l.mu.Unlock()
	if !l.warned {
		l.warned = true
		l.up.cfg.Warn(fmt.Sprintf("reading %s anew failed; rows are joined with what was read before, and it is tried again every %s: %v", l.plan.Name, ir.SpanInWords(l.plan.Reload), err))
	}
}

// reloader does in steps what keepReading does, for the simulator.
type reloader struct {
	load  *load
	jobs  []reloadJob // that are open: the load's own, and behind it those of its loads
	turn  int
	quiet int // actors that waited one after the other
}

// reloadJob is a job that reads a load, and its loads that are still to be read before.
type reloadJob struct {
	load   *load
	job    *job
	left   []*load
	actors []actor
}

// step does one step of one of its actors.
func (r *reloader) step(ctx context.Context) (status, error) {
	if len(r.jobs) == 0 {
		if r.load.up.cfg.Clock.Now() < r.load.next {
			return waiting, nil
		}
		r.load.next = ir.MaxMicros
		return progress, r.begin(ctx, r.load)
	}
	at := &r.jobs[len(r.jobs)-1]
	if len(at.left) > 0 {
		next := at.left[0]
		at.left = at.left[1:]
		return progress, r.begin(ctx, next)
	}
	i := r.turn % len(at.actors)
	r.turn++
	st, err := at.actors[i](ctx)
	switch {
	case err != nil || i == 0 && st == finished:
		return progress, r.end(err)
	case st == progress:
		r.quiet = 0
		return progress, nil
	}
	if r.quiet++; r.quiet < len(at.actors) {
		return progress, nil
	}
	r.quiet = 0
	return waiting, nil
}

func (r *reloader) begin(ctx context.Context, l *load) error {
	j, err := l.open(ctx)
	if err != nil {
		return r.failed(l.fail(err))
	}
	r.jobs = append(r.jobs, reloadJob{load: l, job: j, left: j.loads, actors: j.actors()})
	r.turn, r.quiet = 0, 0
	return nil
}

// end ends the innermost job.
func (r *reloader) end(err error) error {
	last := r.jobs[len(r.jobs)-1]
	r.jobs = r.jobs[:len(r.jobs)-1]
	if err = last.load.finish(last.job, err); err != nil {
		return r.failed(err)
	}
	return nil
}

// failed ends all of the attempt.
func (r *reloader) failed(err error) error {
	for n := len(r.jobs); n > 0; n = len(r.jobs) {
		last := r.jobs[n-1]
		r.jobs = r.jobs[:n-1]
		err = last.load.finish(last.job, err)
	}
	r.load.reloadFailed(err)
	return nil
}
