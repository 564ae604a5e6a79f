package run

import (
	"context"
	"time"
)

// watch measures what the goroutine of one task does: at each moment the time goes
// to one place, so that the places add up to the whole. Only where Config.Times asks
// for it; else tasks have none.
type watch struct {
	mark int64  // when spent began to count
	to   *int64 // where the time goes, in nanoseconds
}

// nanos is the machine's monotonic clock: for times that are shown. No result
// depends on it, so it does not stand behind vexec.Clock.
func nanos() int64 { return int64(time.Since(started)) }

var started = time.Now()

// turn counts from now on to another place, and returns the one until now.
func (w *watch) turn(to *int64) (was *int64) {
	now := nanos()
	*w.to += now - w.mark
	was, w.mark, w.to = w.to, now, to
	return was
}

// place is where a task was before enter or pause.
type place struct {
	at    int
	spent *int64
}

// enter says that link at runs now: for panics, and for the watch.
func (t *task) enter(at int) (was place) {
	was.at, t.at = t.at, at
	if t.watch != nil {
		was.spent = t.watch.turn(&t.links[at].count.nanos)
	}
	return was
}

// resume goes back to where enter or pause came from.
func (t *task) resume(was place) {
	t.at = was.at
	if t.watch != nil {
		t.watch.turn(was.spent)
	}
}

// pause says that the task waits from now on.
func (t *task) pause() (was place) {
	was.at = t.at
	if t.watch != nil {
		was.spent = t.watch.turn(&t.waited)
	}
	return was
}

// await waits, and says so to the watch. A branch is measured by its parent's
// goroutine alone: its own only waits for the last Prepare.
func (t *task) await(ctx context.Context) error {
	if t.parent != nil {
		return t.wait(ctx)
	}
	was := t.pause()
	defer t.resume(was)
	return t.wait(ctx)
}

// startWatch begins to measure the task and what it drives, if times are wanted.
func (t *task) startWatch() (stop func()) {
	if !t.job.cfg.Times || t.parent != nil {
		return func() {}
	}
	begin := nanos()
	w := &watch{mark: begin, to: &t.links[0].count.nanos}
	t.measure(w)
	return func() {
		w.turn(w.to)
		t.wall = w.mark - begin
	}
}

func (t *task) measure(w *watch) {
	t.watch = w
	for _, s := range t.outs {
		var was *int64
		s.Waits = func(begin bool) {
			if begin {
				was = w.turn(&t.waited)
			} else {
				w.turn(was)
			}
		}
	}
	for _, b := range t.branch {
		b.measure(w)
	}
}
