package run

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/internal/state"
)

// coordinator takes one checkpoint after the other: it asks the scans for a
// barrier, collects what the tasks say at it, writes the checkpoint beside the
// running tasks and commits the sinks. Its step is called by one goroutine; tasks
// call ack, ackLast, ended and park.
type coordinator struct {
	job    *job
	wake   chan struct{} // something has changed; holds one
	doing  doing
	start  ir.Micros // of the last epoch
	shown  ir.Micros // when sinks last showed rows early (delivery.go)
	tokens map[string][]byte
	todo   []func(ctx context.Context) error // sources to be told and commits that are left

	mu       sync.Mutex
	epoch    uint64 // the one that is being taken, or the last
	asking   bool   // tasks are to say something about epoch
	acks     map[*task]*ack
	final    map[*task]*ack // of tasks that have ended, for every later epoch
	parked   map[*task]bool // and not asked yet
	force    bool           // take an epoch now (the simulator)
	draining bool           // the run is to stop
	stopped  bool           // it was asked to, by Config.Interrupt or Stop
	cause    error          // what Run then returns
	saved    saved          // the last checkpoint
	last     bool           // no rows come after this epoch in this run
	over     bool           // nor in another: every task had ended
}

// doing is what the coordinator does now.
type doing int

const (
	resting doing = iota
	collecting
	committing
	ending // the last epoch is committed
)

func newCoordinator(j *job) *coordinator {
	c := &coordinator{
		job: j, wake: make(chan struct{}, 1), start: j.cfg.Clock.Now(), tokens: map[string][]byte{},
		acks: map[*task]*ack{}, final: map[*task]*ack{}, parked: map[*task]bool{},
	}
	if cp := j.restored; cp != nil {
		c.epoch = cp.Epoch
	}
	return c
}

func (c *coordinator) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// ack is called by a task that has passed the barrier of epoch.
func (c *coordinator) ack(t *task, epoch uint64, a *ack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard(t, epoch, a)
}

// ackLast is called by a parked task that has prepared its sink. The coordinator must
// learn both things at once: between them it could begin an epoch that waits for t.
func (c *coordinator) ackLast(t *task, epoch uint64, a *ack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	later := *a
	later.token = nil
	c.final[t] = &later
	c.heard(t, epoch, a)
}

func (c *coordinator) heard(t *task, epoch uint64, a *ack) {
	if epoch != c.epoch {
		panic(fmt.Sprintf("barrier %d passed while %d is being taken", epoch, c.epoch))
	}
	c.acks[t] = a
	c.nudge()
}

// ended is called by a task without a sink at the end of its input: it has sent
// all that it had, which belongs to the epoch that is being taken, if its readers
// have not passed the barrier of that.
func (c *coordinator) ended(t *task, snaps map[string]state.Snapshot) {
	a := &ack{snaps: snaps, counters: t.counters()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.final[t] = a
	c.nudge()
}

// park is called by a task with a sink at the end of its input.
func (c *coordinator) park(t *task) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asking && c.acks[t] == nil {
		t.last <- lastPrepare{epoch: c.epoch}
	} else {
		c.parked[t] = true
	}
	c.nudge()
}

// drain asks for a last epoch before the end of the input, or with Config.Flush for
// an end of the input here. Run returns cause for it.
func (c *coordinator) drain(cause error) {
	if c.job.cfg.Flush {
		for _, s := range c.job.scans {
			s.endHere()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped || cause != nil {
		c.cause = cause
	}
	c.stopped = true
	c.draining = !c.job.cfg.Flush
	c.nudge()
}

// verdict is what a run that has come to an end by itself, or was drained, returns.
func (c *coordinator) verdict() error {
	if !c.stopped || c.over && !c.job.cfg.Flush {
		return nil
	}
	return c.cause
}

// shows reports whether the sinks are to show what they have at the barrier that is
// being taken, though their input has not ended: nobody can go on with the run, and it
// was told to stop as if all were well, or has shown rows all the time.
func (c *coordinator) shows() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last && c.job.dir == nil && (c.cause == nil || c.job.unbounded())
}

// isLast reports whether no row counts behind the barrier that is being taken.
func (c *coordinator) isLast() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// step does the next piece of work. It may take long: it encodes and writes.
func (c *coordinator) step(ctx context.Context) (status, error) {
	if c.job.up != nil {
		return c.stepLoad()
	}
	switch c.doing {
	case resting:
		if !c.due() {
			return c.showEarly(ctx)
		}
		c.begin()
		c.doing = collecting
		return progress, nil
	case collecting:
		if !c.complete() {
			return waiting, nil
		}
		if err := c.write(ctx); err != nil {
			return waiting, err
		}
		c.doing = committing
		return progress, nil
	case committing:
		if len(c.todo) > 0 {
			commit := c.todo[0]
			c.todo = c.todo[1:]
			return progress, commit(ctx)
		}
		if err := c.job.noteSent(c.epoch); err != nil {
			return waiting, err
		}
		c.doing = resting
		if c.last {
			c.doing = ending
		}
		return progress, nil
	}
	return finished, nil
}

// stepLoad waits for the end of a load's tasks: it has no epochs.
func (c *coordinator) stepLoad() (status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = c.allEnded()
	if c.over || c.draining {
		return finished, nil
	}
	return waiting, nil
}

// due reports whether an epoch is to be taken now.
func (c *coordinator) due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.force || c.draining || c.allEnded() || c.needsFirst() {
		return true
	}
	return c.periodic() && c.job.cfg.Clock.Now() >= c.nextAt()
}

// periodic: epochs are taken at intervals. Without a checkpoint folder they only have
// sinks show their rows, which else would wait for an end that may never come.
func (c *coordinator) periodic() bool {
	return c.job.cfg.Interval > 0 && (c.job.dir != nil || c.job.unbounded() && slices.ContainsFunc(c.job.sinks, (*sinkEnd).waits))
}

func (c *coordinator) nextAt() ir.Micros {
	return c.start + ir.Micros(c.job.cfg.Interval.Microseconds())
}

// allEnded: every task has ended or waits for its last Prepare.
func (c *coordinator) allEnded() bool {
	return len(c.final)+len(c.parked) == len(c.job.tasks)
}

// begin starts an epoch. What a task says from here on belongs to it; one that ends before
// its scan has been told has given all its rows to it.
func (c *coordinator) begin() {
	epoch, stop := c.next()
	for _, s := range c.job.scans { // without the lock: a scan may be reading
		s.startBarrier(epoch, stop)
	}
}

func (c *coordinator) next() (epoch uint64, stop bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.start = c.job.cfg.Clock.Now()
	c.force = false
	c.asking = true
	c.over = c.allEnded()
	c.last = c.draining || c.over
	c.acks = map[*task]*ack{}
	for t := range c.parked {
		t.last <- lastPrepare{epoch: c.epoch}
	}
	clear(c.parked)
	return c.epoch, c.draining
}

// complete reports whether every task has said what it has to.
func (c *coordinator) complete() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.job.tasks {
		if c.acks[t] == nil && c.final[t] == nil {
			return false
		}
	}
	c.asking = false
	return true
}

// write makes the epoch durable and lists its commits. The tasks go on meanwhile.
func (c *coordinator) write(ctx context.Context) error {
	cp, err := c.checkpoint(ctx)
	if err != nil {
		return err
	}
	if c.job.dir == nil {
		return nil
	}
	if err := c.job.dir.Write(ctx, cp); err != nil {
		return err
	}
	c.noteSaved(cp.Bytes())
	told := make([]func(context.Context) error, len(c.job.scans))
	for i, s := range c.job.scans {
		told[i] = s.durable
	}
	c.todo = append(told, c.todo...)
	return nil
}

// checkpoint puts together what the tasks said. Only this goroutine changes the
// epoch and what belongs to it once all tasks have spoken.
func (c *coordinator) checkpoint(ctx context.Context) (*state.Checkpoint, error) {
	j := c.job
	cp := &state.Checkpoint{
		Epoch: c.epoch, Run: j.run, Plan: j.cfg.PlanID, Done: c.over,
		Scans: map[string]json.RawMessage{}, Sinks: c.tokens, Ops: map[string][]state.Snapshot{}, Stats: map[string]int64{}, Firsts: j.firsts.copy(),
	}
	c.todo = nil
	c.gather(cp)
	for _, s := range j.scans {
		raw, err := s.state()
		if err != nil {
			return nil, &taskError{stage: s.stage, part: s.name, err: err}
		}
		cp.Scans[s.key] = raw
	}
	token, err := j.letters.prepare(ctx, c.epoch, cp.Done || c.last && j.dir == nil)
	if err != nil {
		return nil, err
	}
	if sink := j.letters.end(); sink != nil {
		c.remember(sink, c.epoch, token)
	}
	return cp, nil
}

// gather adds what the tasks said to the checkpoint.
func (c *coordinator) gather(cp *state.Checkpoint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.job.tasks { // in the order of stages and tasks: Ops has one entry a task
		a, live := c.acks[t]
		if !live {
			a = c.final[t]
		}
		for _, key := range sortedKeys(a.snaps) {
			cp.Ops[key] = append(cp.Ops[key], a.snaps[key])
		}
		for key, n := range a.counters {
			cp.Stats[key] += n
		}
		if t.sink != nil && live {
			c.remember(t.sink, c.epoch, a.token)
		}
	}
}

// remember keeps the token of a sink for the checkpoint and lists its commit. A
// sink that has ended keeps its last one: committing again does no harm.
func (c *coordinator) remember(s *sinkEnd, epoch uint64, token []byte) {
	if token == nil {
		delete(c.tokens, s.key)
		return
	}
	c.tokens[s.key] = token
	c.todo = append(c.todo, func(ctx context.Context) error { return s.commit(ctx, epoch, token) })
}
