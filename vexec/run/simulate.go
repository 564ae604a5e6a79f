package run

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
)

// SimOptions say what happens to a simulated run. Averages are in steps; 0: never.
type SimOptions struct {
	CheckpointEvery int // a checkpoint is begun this often
	KillEvery       int // everything in memory is lost and the run starts again
	DrainEvery      int // the run is interrupted, ends in order and starts again
	MaxRestarts     int // after so many kills and drains the run is left alone
	KillAt          []int
	// StopWhen, if set, is asked after each step; once it says so, the run is
	// interrupted for the last time: for sources that do not end.
	StopWhen func() bool
	// Replan gives the plan of the start with this number, from 1 on, so that a
	// restart may have another number of tasks; nil: the same plan.
	Replan func(restart int) *ir.Plan
	// Quiet, if set, is asked whenever all parts of the run wait, and says what happens
	// then: so a script goes on step by step. Time then passes only as it says. now is the
	// time of the run's clock, start the number of the start, from 0 on.
	Quiet func(now ir.Micros, start int) (SimMove, error)
	// Begin is what the clock shows at first.
	Begin ir.Micros
}

// SimMove is what happens to a simulated run of which all parts wait. The zero SimMove
// asks them again, as sources may have something new.
type SimMove struct {
	Until      ir.Micros // time passes to here, or to when an operator acts by it before that; not after now: it stands still
	Skip       ir.Micros // what is due before then is done then
	Checkpoint bool      // one is taken
	Kill       bool      // everything in memory is lost and the run starts again
	Stop       bool      // the run is interrupted for the last time
}

// SimResult is what happened in a simulation.
type SimResult struct {
	Stats  *Stats // of the last start
	Steps  int
	Kills  int
	Drains int
}

// maxIdle is how many times in a row everything may wait: sources that have
// nothing yet are asked again, but tasks that wait for each other are a deadlock.
const maxIdle = 100

// maxTicks is maxIdle while operators wait for the clock.
const maxTicks = 100_000

// Simulate runs a plan to its end in the calling goroutine. The seed decides the
// order of all steps, the clock, and when the run is killed; the same seed does
// the same again. Queues grow instead of making senders wait, and nothing is
// closed at a kill but what the operating system would close: sinks and the
// checkpoint folder stay as they are, and the next start has to cope with that.
func Simulate(plan *ir.Plan, cfg Config, seed uint64, o SimOptions) (*SimResult, error) {
	s := &simulation{cfg: cfg, opt: o, rng: rand.New(rand.NewPCG(seed, 0x5EED)), clock: &simClock{now: o.Begin}}
	s.cfg.Clock = s.clock
	if s.cfg.Run == "" {
		s.cfg.Run = fmt.Sprintf("sim%d", seed)
	}
	for start := 0; ; start++ {
		s.start = start
		if start > 0 && o.Replan != nil {
			plan = o.Replan(start)
		}
		again, err := s.live(plan)
		if err != nil {
			return &s.result, fmt.Errorf("seed %d, start %d, step %d: %w", seed, start, s.result.Steps, err)
		}
		if !again {
			return &s.result, nil
		}
	}
}

type simulation struct {
	cfg    Config
	opt    SimOptions
	rng    *rand.Rand
	clock  *simClock
	result SimResult
	start  int

	stopped bool // StopWhen said so
}

// simClock is processing time that the simulator moves.
// Sources that serve clients look at it from goroutines of their own.
type simClock struct{ now ir.Micros }

func (c *simClock) Now() ir.Micros {
	return ir.Micros(atomic.LoadInt64((*int64)(&c.now)))
}

func (c *simClock) pass(us int64) { atomic.AddInt64((*int64)(&c.now), us) }

// actor is a part that has steps: a task or the coordinator.
type actor func(ctx context.Context) (status, error)

// fate of one start.
type fate int

const (
	goesOn fate = iota
	killed
	drained
	ended
)

// live is one start of the run; again says that there is to be another.
func (s *simulation) live(plan *ir.Plan) (again bool, err error) {
	ctx := context.Background()
	j, err := newJob(ctx, plan, s.cfg, true)
	if err != nil {
		return false, err
	}
	if j.restored != nil && j.restored.Done {
		s.result.Stats = &Stats{Done: true, Epochs: j.restored.Epoch}
		return false, j.close()
	}
	s.cfg.Monitor.watch(j)
	end, err := s.loads(ctx, j)
	if err == nil && end == goesOn {
		j.letters.loaded()
		end, err = s.steps(ctx, j, j.actors())
	}
	s.publish(j)
	s.cfg.Monitor.ended(j)
	if end == killed {
		s.result.Kills++
		return true, j.die()
	}
	s.result.Stats = j.stats()
	if end == drained {
		s.result.Drains++
	}
	err = errors.Join(err, j.close())
	j.checkMemory()
	return end == drained && !s.stopped, err
}

// actors are all parts of a job that have steps, the coordinator first.
func (j *job) actors() []actor {
	list := []actor{j.coord.step}
	for _, t := range j.tasks {
		list = append(list, t.step)
	}
	for _, l := range j.loads {
		if l.next != ir.MaxMicros {
			list = append(list, (&reloader{load: l}).step)
		}
	}
	return list
}

// loads reads the loads of a job, one after the other.
func (s *simulation) loads(ctx context.Context, j *job) (fate, error) {
	for _, l := range j.loads {
		reads, err := l.open(ctx)
		if err != nil {
			return ended, l.fail(err)
		}
		end, err := s.loads(ctx, reads)
		if err == nil && end == goesOn {
			end, err = s.steps(ctx, reads, reads.actors())
		}
		switch {
		case end == killed:
			return killed, reads.die()
		case err == nil && end == drained:
			err = ErrInterrupted
		}
		s.publish(reads)
		if err = l.finish(reads, err); errors.Is(err, ErrInterrupted) {
			return drained, nil
		}
		if err != nil {
			return ended, err
		}
	}
	return goesOn, nil
}

// steps runs actors in random order until the run ends in one way or another.
func (s *simulation) steps(ctx context.Context, j *job, actors []actor) (fate, error) {
	waits := make([]bool, len(actors))
	left, idle := len(actors), 0
	for {
		if left == 0 {
			idle++
			switch {
			case s.opt.Quiet != nil && idle == 1: // a task that waits may have ticked, and others have a message of it
			case s.opt.Quiet != nil:
				idle = 0
				if end, err := s.quiet(j); err != nil || end == killed {
					return end, err
				}
			default:
				if idle > maxIdle && (j.due() == ir.MaxMicros || idle > maxTicks) {
					return ended, errors.New("deadlock: every task waits")
				}
				s.passUntil(j.due())
			}
			clear(waits)
			left = len(actors)
		}
		i := s.rng.IntN(len(actors))
		if waits[i] {
			continue
		}
		s.result.Steps++
		if s.opt.Quiet == nil {
			s.clock.pass(int64(s.rng.IntN(1000)))
		}
		st, err := actors[i](ctx)
		if err != nil {
			return ended, err
		}
		if st == progress {
			clear(waits)
			left, idle = len(actors), 0
		} else {
			waits[i] = true
			left--
		}
		if i == 0 && st == finished {
			if !j.coord.over {
				return drained, nil
			}
			return ended, nil
		}
		if s.opt.Quiet != nil && st != progress {
			continue // else checkpoints follow each other, and it is never quiet
		}
		if s.happens(j) == killed {
			return killed, nil
		}
	}
}

// publish has the tasks say what they do, if somebody watches.
func (s *simulation) publish(j *job) {
	if s.cfg.Monitor == nil {
		return
	}
	for _, t := range j.tasks {
		t.publish()
	}
}

// quiet does what the script says.
func (s *simulation) quiet(j *job) (fate, error) {
	s.publish(j)
	m, err := s.opt.Quiet(s.clock.Now(), s.start)
	if err != nil {
		return ended, err
	}
	to := m.Until
	if due := j.due(); due > s.clock.Now() {
		to = min(to, max(due, m.Skip))
	}
	s.passUntil(to)
	if m.Checkpoint {
		j.coord.force = true
	}
	if m.Stop && !s.stopped {
		s.stopped = true
		j.coord.drain(ErrInterrupted)
	}
	if m.Kill {
		return killed, nil
	}
	return goesOn, nil
}

// passUntil lets time pass until an operator waits for no more.
func (s *simulation) passUntil(due ir.Micros) {
	if now := s.clock.Now(); due != ir.MaxMicros && due > now {
		s.clock.pass(int64(due - now))
	}
}

// due is when the next operator acts by processing time.
func (j *job) due() ir.Micros {
	at := ir.MaxMicros
	for _, t := range j.tasks {
		if !t.over && !t.parked && !t.rests {
			at = min(at, t.due())
		}
	}
	for _, l := range j.loads {
		at = min(at, l.next)
		if reads := l.reading(); reads != nil {
			at = min(at, reads.due())
		}
	}
	return at
}

// happens decides what befalls the run after a step.
func (s *simulation) happens(j *job) fate {
	if !s.stopped && s.opt.StopWhen != nil && s.opt.StopWhen() {
		s.stopped = true
		j.coord.drain(ErrInterrupted)
	}
	if s.chance(s.opt.CheckpointEvery) {
		j.coord.force = true
	}
	for _, at := range s.opt.KillAt {
		if at == s.result.Steps {
			return killed
		}
	}
	if s.stopped || s.result.Kills+s.result.Drains >= s.opt.MaxRestarts {
		return goesOn
	}
	if s.chance(s.opt.DrainEvery) {
		j.coord.drain(ErrInterrupted)
	}
	if s.chance(s.opt.KillEvery) {
		return killed
	}
	return goesOn
}

func (s *simulation) chance(every int) bool { return every > 0 && s.rng.IntN(every) == 0 }

// die is what the operating system does for a process that is gone: files and the
// lock of the checkpoint folder are closed, and nothing else.
func (j *job) die() error {
	var errs []error
	for _, t := range j.tasks {
		if t.src != nil {
			errs = append(errs, t.src.drop())
		}
	}
	for _, s := range j.scans {
		errs = append(errs, s.close())
	}
	for _, l := range j.loads {
		if reads := l.reading(); reads != nil {
			errs = append(errs, reads.die())
		}
	}
	for _, l := range j.lookups {
		errs = append(errs, l.close())
	}
	if j.dir != nil {
		errs = append(errs, j.dir.Close())
	}
	return errors.Join(errs...)
}
