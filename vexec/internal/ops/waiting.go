package ops

import "github.com/helios-stream/helios/ir"

// Waiter is an operator whose windows wait for the watermark.
type Waiter interface {
	// Waiting returns how many windows are open, and when the earliest of them ends.
	Waiting() (open int, end ir.Micros)
}

// SplitTimer is a TimeMaker that can tell of the splits below it.
type SplitTimer interface {
	TimeMaker
	SplitTimes() []SplitTime
}

// SplitTime is the event time of one split.
type SplitTime struct {
	Part        int32
	Greatest    ir.Micros
	Idle, Ended bool
}

// SplitTimes implements SplitTimer.
func (w *Watermark) SplitTimes() []SplitTime {
	var out []SplitTime
	for i, part := range w.parts {
		out = append(out, SplitTime{Part: part, Greatest: w.tracker.Greatest(i), Idle: w.tracker.IsIdle(i), Ended: w.tracker.Ended(i)})
	}
	return out
}

// Waiting implements Waiter for the operators with sessions.
func (s *sessionKeys) Waiting() (open int, end ir.Micros) {
	at, ok := s.sessions.FirstEnd()
	if !ok {
		return 0, 0
	}
	return s.sessions.Live(), ir.Micros(at)
}

// Waiting implements Waiter. Of windows that overlap those count that end between the
// first and the last row, whether they have rows or not.
func (w *WindowAgg) Waiting() (open int, end ir.Micros) {
	next, ok := w.nextEnd()
	if !ok {
		return 0, 0
	}
	last := next
	if n := len(w.panes.list); n > 0 {
		last = max(last, w.assign.LastEnd(w.panes.list[n-1].at))
	}
	open = 1
	if slide := w.op.Window.Slide; slide > 0 && slide < w.op.Window.Size {
		open = int((last-next)/slide) + 1
	} else {
		open = max(1, len(w.panes.list))
	}
	return open, ir.Micros(w.assign.Instant(next))
}
