package run

import (
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// findTimed notes the operators of t and of its branches that act by processing time.
// The goroutine that steps t calls them.
func (t *task) findTimed() {
	root := t.driver()
	for i := range t.operators() {
		if _, ok := t.links[i+1].op.(vexec.Timed); ok {
			root.timed = append(root.timed, &t.links[i+1])
		}
	}
}

// tick calls the operators whose time has come. Not while a unit of a scan is open:
// what they emit belongs to none.
func (t *task) tick() error {
	if len(t.timed) == 0 || t.src != nil && t.src.phase != claiming {
		return nil
	}
	now := t.job.cfg.Clock.Now()
	for _, l := range t.timed {
		if l.op.(vexec.Timed).Due() > now {
			continue
		}
		if l.t != t {
			t.busy = l.t
		}
		was := l.t.enter(l.at)
		err := l.op.(vexec.Timed).Tick(now, l)
		l.t.resume(was)
		t.busy = nil
		if err := l.t.wanted(l.fail(err)); err != nil {
			return err
		}
	}
	return t.wanted(t.handOnTimes())
}

// due is when tick has something to do next; ir.MaxMicros: never.
func (t *task) due() ir.Micros {
	at := ir.MaxMicros
	for _, l := range t.timed {
		at = min(at, l.op.(vexec.Timed).Due())
	}
	return at
}

// waitInput waits for a message, and no longer than until tick has something to do.
func (t *task) waitInput() error {
	if at := t.due(); at != ir.MaxMicros {
		left := max(0, at-t.job.cfg.Clock.Now())
		timer := time.AfterFunc(time.Duration(min(left, maxWait))*time.Microsecond, t.in.Wake)
		defer timer.Stop()
	}
	return t.in.Wait()
}

// maxWait bounds one wait, in microseconds, for clocks that are not the machine's.
const maxWait = 1_000_000
