package run

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// TimeNow is the event time of a relation at one moment, and what holds it back. Times of
// the clock are by the run's.
type TimeNow struct {
	Stage     int
	Position  int    // of the operator in its stage; 0: the scan makes the time
	Name      string // of the table, or of the operator that makes the time
	Table     *ir.Table
	Watermark ir.Micros     // ir.MinMicros: none yet; ir.MaxMicros: the input has ended
	Newest    ir.Micros     // the greatest event time that has come; ir.MinMicros: none
	Now       ir.Micros     // of the clock
	Moved     ir.Micros     // when the watermark last moved, by the clock; 0: not yet, or nobody knows
	Idle      time.Duration // 'idle.timeout'; 0: none
	Bounded   bool
	Follows   bool // all splits are idle, and the time follows that of tables whose rows it meets
	// How many splits are being read, have had nothing for 'idle.timeout', have not
	// begun, and have ended.
	Reading, Idling, Waiting, Ended int
	// Splits are those that have not ended, the one first that holds the watermark back;
	// at most MaxSplitsNow.
	Splits []SplitNow
	// Slowest is who held the watermark back for most of the time, of all; its Held is 0
	// where nobody knows.
	Slowest SplitNow
}

// MaxSplitsNow is how many splits TimeNow.Splits lists.
const MaxSplitsNow = 8

// SplitNow is one split at one moment.
type SplitNow struct {
	Name     string
	State    SplitState
	Greatest ir.Micros     // event time so far; ir.MinMicros: none
	Heard    ir.Micros     // when it last had rows, by the clock; 0: not yet, or nobody knows
	Stale    int64         // rows that have come since its event time last rose
	Held     time.Duration // how long it was the one that held the watermark back
}

// SplitState is what becomes of a split.
type SplitState string

// The states.
const (
	SplitReading SplitState = "reading"
	SplitIdle    SplitState = "idle"
	SplitWaiting SplitState = "not begun"
	SplitEnded   SplitState = "ended"
)

// WindowsNow is an operator whose windows or rows wait for the watermark, its tasks taken together.
type WindowsNow struct {
	Stage     int
	Position  int // in the stage, as heliosc explain counts
	Name      string
	Open      int       // windows
	Rows      int       // that wait for their own times, of OVER and ORDER BY; there are no windows then
	End       ir.Micros // of the earliest window; or the time of the earliest row
	Watermark ir.Micros // the least that a task has got; ir.MinMicros: none
}

// noteTurn keeps who holds event time back and since when; raised says that the split's
// event time has risen to greatest. Called under mu.
func (s *scan) noteTurn(p *split, greatest ir.Micros) (raised bool) {
	now := s.clock.Now()
	if i := s.tracker.Least(); i >= 0 && s.looked != 0 && s.splits[i] != nil {
		s.splits[i].held += time.Duration(now-s.looked) * time.Microsecond
	}
	s.looked = now
	if raised = greatest > s.tracker.Greatest(int(p.part)); raised {
		p.stale = 0
	}
	s.tracker.Raise(int(p.part), greatest)
	s.noteLow()
	s.sync()
	return raised
}

// noteLow keeps when the watermark last moved.
func (s *scan) noteLow() {
	if low := s.lowest(); low != s.low {
		s.low, s.moved = low, s.clock.Now()
	}
}

// times is the scan's event time now.
func (s *scan) times() TimeNow {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := TimeNow{Stage: s.stage, Name: sourceOf(s.name), Table: s.spec.Table, Watermark: s.lowest(), Newest: ir.MinMicros, Now: s.clock.Now(),
		Moved: s.moved, Idle: time.Duration(s.idle) * time.Microsecond, Bounded: s.bounded, Follows: s.meets != nil && s.allIdle()}
	waits := map[*split]bool{}
	for _, p := range s.waiting {
		waits[p] = true
	}
	for i, p := range s.splits {
		if p == nil {
			out.Ended++
			continue
		}
		n := SplitNow{Name: p.ID, State: SplitReading, Greatest: s.tracker.Greatest(i), Heard: p.heard, Stale: p.stale, Held: p.held}
		if i == s.tracker.Least() && s.looked != 0 {
			n.Held += time.Duration(out.Now-s.looked) * time.Microsecond
		}
		if p.claims == 0 {
			n.Heard = 0
		}
		switch {
		case p.ended:
			n.State = SplitEnded
		case p.idle:
			n.State = SplitIdle
		case waits[p]:
			n.State = SplitWaiting
		}
		out.add(n)
	}
	out.order()
	return out
}

// add counts a split.
func (t *TimeNow) add(n SplitNow) {
	if n.State != SplitWaiting { // what a source only peeked at has not come
		t.Newest = max(t.Newest, n.Greatest)
	}
	if n.Held > t.Slowest.Held {
		t.Slowest = n
	}
	switch n.State {
	case SplitReading:
		t.Reading++
	case SplitIdle:
		t.Idling++
	case SplitWaiting:
		t.Waiting++
	default:
		t.Ended++
		return
	}
	t.Splits = append(t.Splits, n)
}

// order puts those first that hold the watermark back.
func (t *TimeNow) order() {
	slices.SortStableFunc(t.Splits, func(a, b SplitNow) int {
		if c := cmp.Compare(holds(b), holds(a)); c != 0 {
			return c
		}
		return cmp.Compare(a.Greatest, b.Greatest)
	})
	t.Splits = t.Splits[:min(len(t.Splits), MaxSplitsNow)]
}

func holds(n SplitNow) int {
	if n.State == SplitIdle {
		return 0
	}
	return 1
}

// waitNow is what a link says of event time: published with its counts.
type waitNow struct {
	wm     ir.Micros
	open   int // windows
	rows   int // that wait
	end    ir.Micros
	join   *joinNow // nil: it keeps no rows of two sides
	makes  bool
	follow bool
	low    ir.Micros // with makes: the watermark that it makes
	splits []ops.SplitTime
}

// waits is what the task's operators say now. Called by its goroutine.
func (t *task) waits() []waitNow {
	out := make([]waitNow, len(t.links))
	for i := range t.links {
		l := &t.links[i]
		out[i].wm = l.wm
		if w, ok := l.op.(ops.Waiter); ok {
			out[i].open, out[i].end = w.Waiting()
		}
		if w, ok := l.op.(ops.RowsWaiter); ok {
			out[i].rows, out[i].end = w.WaitingRows()
		}
		out[i].join = t.keeps(l)
		if f, ok := l.op.(ops.Follower); ok {
			out[i].follow = l.meets != nil && f.AllIdle()
		}
		if m, ok := l.op.(ops.SplitTimer); ok {
			out[i].makes, out[i].low, out[i].splits = true, m.Watermark(), m.SplitTimes()
		}
	}
	return out
}

// timesNow is the event time of all relations of the run, and the windows and joins that wait.
func (j *job) timesNow() (times []TimeNow, wins []WindowsNow, joins []JoinNow) {
	for _, s := range j.scans {
		if s.timed {
			times = append(times, s.times())
		}
	}
	at := map[[2]int]int{}
	for _, t := range j.tasks {
		t.shown.mu.Lock()
		waits := t.shown.waits
		t.shown.mu.Unlock()
		for i, w := range waits {
			if w.makes {
				times = append(times, t.made(i, w))
			}
			if w.join != nil {
				joins = t.addJoin(joins, i, w)
			}
			if w.open+w.rows == 0 {
				continue
			}
			key := [2]int{t.stage.Plan.ID, i}
			n, known := at[key]
			if !known {
				n = len(wins)
				at[key] = n
				wins = append(wins, WindowsNow{Stage: key[0], Position: i, Name: t.links[i].name, End: w.end, Watermark: w.wm})
			}
			x := &wins[n]
			x.Open, x.Rows = max(x.Open, w.open), x.Rows+w.rows
			x.End, x.Watermark = min(x.End, w.end), min(x.Watermark, w.wm)
		}
	}
	joins = slices.DeleteFunc(joins, func(n JoinNow) bool { return n.Watermark == ir.MaxMicros })
	return times, wins, joins
}

// made is event time that an operator makes of the splits below it.
func (t *task) made(i int, w waitNow) TimeNow {
	out := TimeNow{Stage: t.stage.Plan.ID, Position: i, Name: t.links[i].name, Watermark: w.low, Newest: ir.MinMicros, Now: t.job.cfg.Clock.Now(), Bounded: !t.job.endless, Follows: w.follow}
	for _, x := range w.splits {
		n := SplitNow{Name: t.splitName(x.Part), State: SplitReading, Greatest: x.Greatest}
		switch {
		case x.Ended:
			n.State = SplitEnded
		case x.Idle:
			n.State = SplitIdle
		case x.Greatest == ir.MinMicros:
			n.State = SplitWaiting
		}
		out.add(n)
	}
	out.order()
	return out
}

// splitName is what a split is called by the scan below, where there is one.
func (t *task) splitName(part int32) string {
	n, from := part, t.stage.Plan.ID
	if k := int32(len(t.stage.Inputs)); k > 0 && part >= 0 {
		n, from = part/k, t.stage.Plan.In[part%k].From
	}
	for _, s := range t.job.scans {
		if name := s.splitName(n); s.stage == from && name != "" {
			return name
		}
	}
	return fmt.Sprintf("split %d", part)
}

// splitName is what the split with a number is called; "": it is not there any more.
func (s *scan) splitName(n int32) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 0 || int(n) >= len(s.splits) || s.splits[n] == nil {
		return ""
	}
	return s.splits[n].ID
}
