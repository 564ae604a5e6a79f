package ops

import "github.com/helios-stream/helios/ir"

// Waiter is an operator whose windows wait for the watermark.
type Waiter interface {
	// Waiting returns how many windows are open, and when the earliest of them ends.
	Waiting() (open int, end ir.Micros)
}

// RowsWaiter is an operator whose rows wait until the watermark has passed their times.
type RowsWaiter interface {
	// WaitingRows returns how many rows wait, and the least of their times.
	WaitingRows() (rows int, least ir.Micros)
}

// WaitingRows implements RowsWaiter. Without Streams rows wait for the end of the input.
func (w *Over) WaitingRows() (rows int, least ir.Micros) { return w.waiting(), ir.Micros(w.least()) }

// WaitingRows implements RowsWaiter.
func (s *sortByTime) WaitingRows() (rows int, least ir.Micros) {
	return s.waiting(), ir.Micros(s.least())
}

// Waiting implements Waiter: of ranks in windows.
func (k *Rank) Waiting() (open int, end ir.Micros) {
	if len(k.windows.ends) == 0 {
		return 0, 0
	}
	return len(k.windows.ends), ir.Micros(k.windows.ends[0])
}

// Keeper is a join by time: rows of its sides are kept until the watermark of both has passed.
type Keeper interface {
	// Kept returns what is kept of the left and the right side; false: the watermark frees
	// nothing of it.
	Kept() (sides [2]KeptRows, ok bool)
}

// KeptRows is the rows of one side of a join that are kept.
type KeptRows struct {
	Rows   int
	Oldest ir.Micros // the least time that they are compared by, of a window join the end of a window; ir.MaxMicros: there are none
}

// Kept implements Keeper.
func (j *Join) Kept() (sides [2]KeptRows, ok bool) {
	if j.op.Kind == ir.RegularJoin {
		return sides, false
	}
	for i := range j.sides {
		s := &j.sides[i].joinRows
		sides[i] = KeptRows{s.rows, ir.Micros(s.oldest())}
	}
	return sides, true
}

// oldest is the least time of the rows that have not been freed. Rows that come about in the
// order of time are looked at in one chunk.
func (s *joinRows) oldest() int64 {
	least := int64(ir.MaxMicros)
	for _, c := range s.chunks {
		if c.first >= least || c.last <= s.until {
			continue
		}
		for i, at := range c.times {
			if at < least && s.freeOf(c, uint32(i)) > s.until {
				least = at
			}
		}
	}
	return least
}

// Kept implements Keeper: of the left side rows wait, of the right side versions are kept, of
// each key also the one at the watermark.
func (t *Temporal) Kept() (sides [2]KeptRows, ok bool) {
	sides[0] = KeptRows{t.left.waiting(), ir.Micros(t.left.least())}
	sides[1] = KeptRows{t.versions.store.live, ir.Micros(t.versions.due.least())}
	return sides, true
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
