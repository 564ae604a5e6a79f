package run

import (
	"slices"
	"sync"
	"time"

	"github.com/helios-stream/helios/ir"
)

// Monitor shows what a run does while it does it. Its zero value is ready, for one
// run after the other; it is safe for use by many goroutines. A nil one sees nothing.
//
// The counts of a task belong to its goroutine, and batches pay nothing for being
// watched: a task copies its counts before it waits, and between two batches when the
// coordinator has asked for it, five times a second.
type Monitor struct {
	mu    sync.Mutex
	job   *job
	final *Snapshot // of the run that has ended
}

// Snapshot is a run at one moment. The counts of its tasks are up to a fifth of a
// second old, and not all of the same age.
type Snapshot struct {
	Running     bool // its sources and sinks are open, and it has not ended
	Stats       *Stats
	Progress    Progress
	Scans       []ScanNow
	Times       []TimeNow    // of each relation with event time
	Windows     []WindowsNow // that wait for it
	Joins       []JoinNow    // that keep rows until it has passed
	Queues      []QueueNow
	Memory      []Holder // by name; they add up to MemoryUsed
	MemoryUsed  int64    // bytes of state and queues
	MemoryLimit int64    // 0: none
	Checkpoints CheckpointsNow
}

// ScanNow is a scan at one moment.
type ScanNow struct {
	Stage     int
	Table     string
	Timed     bool      // it has event time
	Watermark ir.Micros // of the relation; ir.MinMicros: none yet, ir.MaxMicros: it is over
	Lag       time.Duration
	Splits    int // that are being read
	Waiting   int // that have not begun
}

// QueueNow is what waits before the tasks of a stage.
type QueueNow struct {
	Stage int
	Rows  int64
	Room  int64 // rows that fit, of all ports together
}

// Holder is who holds memory.
type Holder struct {
	Name  string // an operator and its stage, or "queues and sinks"
	Bytes int64
}

// CheckpointsNow is what has been saved. Times are by the run's clock.
type CheckpointsNow struct {
	Taken    int64         // since this start
	Last     ir.Micros     // when the last one was begun that is complete; 0: none
	Duration time.Duration // it took so long
	Bytes    int64         // of state that it names
}

// saved is CheckpointsNow as the coordinator keeps it, under its lock.
type saved = CheckpointsNow

func (c *coordinator) noteSaved(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	took := time.Duration(c.job.cfg.Clock.Now()-c.start) * time.Microsecond
	c.saved = saved{Taken: c.saved.Taken + 1, Last: c.start, Duration: took, Bytes: bytes}
}

// Snapshot returns the run at this moment, or at its end; nil: there was none.
func (m *Monitor) Snapshot() *Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.job == nil {
		return m.final
	}
	return m.job.snapshot()
}

// watch begins with a run whose parts are open.
func (m *Monitor) watch(j *job) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.job, m.final = j, nil
}

// ended keeps the last state of a run: none of its tasks runs any more.
func (m *Monitor) ended(j *job) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range j.tasks {
		t.publishCounts() // its operators are closed, and can tell nothing else any more
	}
	m.final, m.job = j.snapshot(), nil
	m.final.Running = false
}

// published is the counts of a task as others may read them.
type published struct {
	mu     sync.Mutex
	asked  uint64
	counts []counter
	memory []int64 // of each link
	waits  []waitNow
}

// publishIfAsked publishes the counts of the task and of the branches that it drives
// where it is about to wait or somebody has asked. Called by the task's goroutine.
func (t *task) publishIfAsked(working bool) {
	if t.job.cfg.Monitor == nil || t.parent != nil {
		return
	}
	asked := t.job.asked.Load()
	if working && asked == t.shown.asked {
		return
	}
	t.shown.asked = asked
	t.publish()
}

func (t *task) publish() {
	waits := t.waits()
	t.shown.mu.Lock()
	t.shown.waits = waits
	t.shown.mu.Unlock()
	t.publishCounts()
	for _, b := range t.branch {
		b.publish()
	}
}

func (t *task) publishCounts() {
	t.shown.mu.Lock()
	t.shown.counts, t.shown.memory = t.shown.counts[:0], t.shown.memory[:0]
	for i := range t.links {
		l := &t.links[i]
		c := l.count
		held := int64(0)
		if l.mem != nil {
			held = l.mem.Used()
			c.state = max(c.state, held)
		}
		t.shown.counts = append(t.shown.counts, c)
		t.shown.memory = append(t.shown.memory, held)
	}
	t.shown.mu.Unlock()
}

// seen returns the counts that the task has published.
func (t *task) seen() []counter {
	t.shown.mu.Lock()
	defer t.shown.mu.Unlock()
	return slices.Clone(t.shown.counts)
}

func (j *job) snapshot() *Snapshot {
	s := &Snapshot{
		Running: true, Progress: j.progress(),
		MemoryUsed: j.budget.Used(), MemoryLimit: j.cfg.Memory, Memory: j.holders(), Queues: j.queues(),
	}
	j.coord.mu.Lock()
	s.Checkpoints = j.coord.saved
	j.coord.mu.Unlock()
	s.Stats = j.statsOf((*task).seen, noTimes, s.Progress.Epoch)
	for _, c := range j.scans {
		s.Scans = append(s.Scans, c.now())
	}
	s.Times, s.Windows, s.Joins = j.timesNow()
	return s
}

func (s *scan) now() ScanNow {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := ScanNow{Stage: s.stage, Table: sourceOf(s.name), Timed: s.timed, Watermark: s.lowest(), Splits: len(s.live), Waiting: len(s.waiting)}
	if now := s.clock.Now(); s.timed && out.Watermark != ir.MinMicros && out.Watermark != ir.MaxMicros {
		out.Lag = time.Duration(now-out.Watermark) * time.Microsecond
	}
	return out
}

func (j *job) queues() []QueueNow {
	var out []QueueNow
	for _, st := range j.graph.Stages {
		q := QueueNow{Stage: st.Plan.ID}
		for _, t := range j.tasks {
			if t.stage == st && t.in != nil {
				rows, ports := t.in.Fill()
				q.Rows += int64(rows)
				q.Room += int64(ports) * int64(j.cfg.QueueRows)
			}
		}
		if q.Room > 0 {
			out = append(out, q)
		}
	}
	return out
}

// holders lists who holds memory. What operators have not published belongs to the
// rest for a moment.
func (j *job) holders() []Holder {
	held := map[string]int64{}
	rest := j.budget.Used()
	for _, t := range j.tasks {
		t.shown.mu.Lock()
		for i, n := range t.shown.memory {
			if t.links[i].mem != nil {
				held[t.links[i].mem.Owner()] += n
				rest -= n
			}
		}
		t.shown.mu.Unlock()
	}
	for _, l := range j.loads {
		n := l.snapshot().Bytes
		held[l.owner()] += n
		rest -= n
	}
	out := []Holder{}
	for _, name := range sortedKeys(held) {
		out = append(out, Holder{name, held[name]})
	}
	return append(out, Holder{"queues and sinks", max(rest, 0)})
}
