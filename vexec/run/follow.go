package run

import (
	"slices"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/internal/build"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// Where relations meet (build.Together), one without rows would hold up what the others wait
// for. So while all splits of a relation are idle its event time follows the others': it
// is raised, where it is made, to the least of those that are not idle, and when all are, to
// the greatest, whichever became idle first. What comes when the relation wakes up is marked
// by the time that was handed on, as any other late row is. Operators know nothing of
// it: watermarks only grow, and no row without a mark is behind one.
//
// A checkpoint has the time that was handed on. Which relations are idle is found out anew
// after a restart.

// meeting is the makers of event time whose rows meet. Safe for concurrent use.
type meeting struct {
	mu      sync.Mutex
	members []*member
	floor   ir.Micros // what idle ones follow; it never falls
}

// member is one maker in its meeting; nil: it meets no other.
type member struct {
	of    *meeting
	wm    ir.Micros // the last one before its end
	idle  bool
	ended bool
	wake  func() // has an idle one look again; nil: it does by itself
}

// join adds a maker. Nothing runs yet.
func (m *meeting) join() *member {
	x := &member{of: m, wm: ir.MinMicros}
	m.members = append(m.members, x)
	return x
}

// say tells the others the watermark of x, and whether all its splits are idle. It returns
// what an idle one follows, and whether that has grown.
func (x *member) say(wm ir.Micros, idle bool) (floor ir.Micros, grown bool) {
	if x == nil {
		return ir.MinMicros, false
	}
	m := x.of
	m.mu.Lock()
	was := m.floor
	x.idle = idle
	if x.ended = wm == ir.MaxMicros; !x.ended {
		x.wm = max(x.wm, wm)
	}
	m.floor = max(m.floor, m.low())
	floor = m.floor
	m.mu.Unlock()
	if grown = floor > was; grown {
		m.wakeIdle()
	}
	return floor, grown
}

// low is the least watermark of those that are not idle, and the greatest where all are.
func (m *meeting) low() ir.Micros {
	least, greatest, live := ir.MaxMicros, ir.MinMicros, false
	for _, x := range m.members {
		greatest = max(greatest, x.wm)
		if !x.ended && !x.idle {
			least, live = min(least, x.wm), true
		}
	}
	if live {
		return least
	}
	return greatest
}

// wakeIdle has idle members follow that wait for messages.
func (m *meeting) wakeIdle() {
	for _, x := range m.members {
		if x.wake != nil {
			x.wake()
		}
	}
}

// meet tells the makers of event time of those that they meet. Called once, before tasks run.
func (j *job) meet() {
	for _, group := range build.Together(j.plan) {
		m := &meeting{floor: ir.MinMicros}
		for _, at := range group {
			if at.Position == 0 {
				i := slices.IndexFunc(j.scans, func(s *scan) bool { return s.stage == at.Stage })
				j.scans[i].meets = m.join()
				continue
			}
			for _, t := range j.tasks { // it is one task
				if t.stage.Plan.ID == at.Stage {
					t.links[at.Position].meets = m.join()
					if d := t.driver(); d.in != nil {
						t.links[at.Position].meets.wake = d.in.Wake
					}
				}
			}
		}
	}
}

// sync tells the relations that the scan's meets what has become of it. Called under mu.
func (s *scan) sync() {
	if s.meets == nil {
		return
	}
	if s.tracker.Live() > 0 {
		s.lived = s.clock.Now()
	}
	_, grown := s.meets.say(s.tracker.Watermark(), s.allIdle())
	s.stirred = s.stirred || grown
}

// follow has the time of an idle relation follow the others'. Called under mu.
func (s *scan) follow() {
	if s.meets == nil || !s.allIdle() {
		return
	}
	floor, grown := s.meets.say(s.tracker.Watermark(), true)
	s.stirred = s.stirred || grown
	if floor > s.tracker.Watermark() {
		s.tracker.Follow(floor)
		s.noteLow()
		s.sync()
	}
}

// allIdle reports whether no split is live, nor has been for 'idle.timeout' where there
// may be others.
func (s *scan) allIdle() bool {
	switch {
	case s.tracker.AllIdle():
		return true
	case s.idle == 0 || s.tracker.Live() > 0 || !s.growing():
		return false
	}
	return s.clock.Now()-s.lived >= s.idle
}

// followed is the relation's watermark for the next units of any task, which have greater
// tickets than all that have had their turn, and whether others have to look again at what
// follows from it.
func (s *scan) followed() (wm ir.Micros, stirred bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stirred, s.stirred = s.stirred, false
	return s.lowest(), stirred
}

// leave says that a task of the scan reads no more: when none does, nobody waits for it, and
// it takes nothing from those who would wait for an answer.
func (s *scan) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks--; s.tasks == 0 {
		s.meets.say(ir.MaxMicros, false)
		s.drainReaders()
	}
}

// followTimes has operators that make event time of idle splits follow those that they meet.
// It reports whether any time has moved.
func (t *task) followTimes() (moved bool) {
	for _, i := range t.makers {
		l := &t.links[i]
		op, ok := l.op.(ops.Follower)
		if l.meets == nil || !ok {
			continue
		}
		if t.quit { // nobody waits for it
			l.meets.say(ir.MaxMicros, false)
			continue
		}
		wm, idle := op.Watermark(), op.AllIdle()
		floor, grown := l.meets.say(wm, idle)
		moved = moved || grown
		if idle && floor > wm {
			op.Follow(floor)
			l.meets.say(floor, true)
			moved = true
		}
	}
	for _, b := range t.branch {
		moved = b.followTimes() || moved
	}
	return moved
}

// leaveTimes says that the time of the task's operators has ended.
func (t *task) leaveTimes() {
	for _, i := range t.makers {
		t.links[i].meets.say(ir.MaxMicros, false)
	}
}
