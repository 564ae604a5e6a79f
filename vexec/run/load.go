package run

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/internal/jointable"
)

// load is a relation that is read before the tasks of a job run (ir.Load), by a job of its
// own: the same tasks, scans and row errors, without checkpoints and sinks.
type load struct {
	up   *job
	plan *ir.Load
	name string // in statistics and errors: "Load(users)"
	live *jointable.Live
	next ir.Micros // when it is read anew; ir.MaxMicros: never

	parts  []*jointable.Collector // of the job that reads it now
	warned bool                   // since it was last read whole

	mu    sync.Mutex
	now   *job // that reads it; nil: none does
	stats LoadStats
}

// LoadStats is what a load did since this start.
type LoadStats struct {
	ID     int
	Name   string // of the relation
	Rows   int64  // that are held
	Keys   int64  // different ones
	Bytes  int64  // of memory
	Unkept int64  // rows of the last reading that match nothing, as NULL is among their keys
	Reads  int64  // how often it was read whole
	Failed int64  // how often reading it anew failed
	Stages []StageStats
	Loads  []LoadStats // which its own plan has
}

// errLoadStopped ends the reading of loads by Config.Stop.
var errLoadStopped = errors.New("stopped")

func newLoads(j *job) (out []*load) {
	for _, p := range j.plan.Loads {
		l := &load{up: j, plan: p, name: "Load(" + p.Name + ")", live: &jointable.Live{}, next: ir.MaxMicros}
		l.stats = LoadStats{ID: p.ID, Name: p.Name}
		out = append(out, l)
	}
	return out
}

// tables are what lookups look into.
func (j *job) tables() map[int]*jointable.Live {
	out := map[int]*jointable.Live{}
	for _, l := range j.loads {
		out[l.plan.ID] = l.live
	}
	return out
}

// readLoads reads all loads of a run, one after the other. It ends early with
// ErrInterrupted or errLoadStopped.
func (j *job) readLoads(ctx context.Context) error {
	if len(j.loads) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	read := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { j.watchLoads(cancel, read) })
	err := j.readAll(ctx)
	close(read)
	wg.Wait()
	if err == nil {
		j.letters.loaded()
	}
	return err
}

// watchLoads reports progress and hears what is asked from outside.
func (j *job) watchLoads(cancel context.CancelCauseFunc, read <-chan struct{}) {
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	for {
		select {
		case <-read:
			return
		case <-ticker.C:
			j.report()
		case <-j.cfg.Interrupt:
			cancel(ErrInterrupted)
			return
		case <-j.cfg.Stop:
			cancel(errLoadStopped)
			return
		}
	}
}

func (j *job) readAll(ctx context.Context) error {
	for _, l := range j.loads {
		if err := l.read(ctx); err != nil {
			return err
		}
	}
	return nil
}

// read reads the load with goroutines of its own, which have ended when it returns.
func (l *load) read(run context.Context) error {
	if err := context.Cause(run); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(run)
	defer cancel(nil)
	j, err := l.open(ctx)
	if err != nil {
		return l.fail(err)
	}
	if err = j.readAll(ctx); err == nil {
		err = j.produce(ctx, cancel)
	}
	if cause := context.Cause(run); cause != nil {
		err = cause // the end of the run, in good order or not, has cut the reading short
	}
	return l.finish(j, err)
}

// open makes the job that reads the load, after its own loads.
func (l *load) open(ctx context.Context) (*job, error) {
	l.parts = nil
	j, err := newLoadJob(ctx, l)
	if err != nil {
		l.drop()
		return nil, err
	}
	l.mu.Lock()
	l.now = j
	l.mu.Unlock()
	return j, nil
}

// collects has a task of the last stage keep its rows.
func (l *load) collects(t *task) {
	end := &t.links[len(t.links)-1]
	end.name = l.name
	end.mem = l.up.budget.Account(l.owner())
	t.collect = jointable.NewCollector(l.plan, end.mem)
	l.parts = append(l.parts, t.collect)
}

// owner is who holds the memory of the table.
func (l *load) owner() string {
	stages := l.plan.Plan.Stages
	return fmt.Sprintf("%s of stage %d", l.name, stages[len(stages)-1].ID)
}

// finish makes what a job has read the table that lookups see, all at once, unless it
// failed. The job is closed.
func (l *load) finish(j *job, err error) error {
	var table *jointable.Table
	if err == nil {
		mem := l.up.budget.Account(l.owner())
		if table, err = jointable.Build(l.plan, l.parts, mem); err != nil {
			mem.Close()
		}
	}
	stats := j.loadStats()
	if cerr := j.close(); err == nil {
		err = cerr
	}
	if table == nil {
		l.drop()
	}
	l.mu.Lock()
	l.now = nil
	l.stats.Stages, l.stats.Loads, l.stats.Unkept = stats.Stages, stats.Loads, stats.Unkept
	if err == nil {
		l.stats.Reads++
		l.stats.Rows, l.stats.Keys, l.stats.Bytes = int64(table.Rows()), int64(table.Keys()), table.Bytes()
	}
	l.mu.Unlock()
	if err != nil {
		if table != nil {
			table.Close()
		}
		return l.fail(err)
	}
	l.filterScans(table)
	if old := l.live.Swap(table); old != nil {
		old.Close()
	}
	l.parts, l.next, l.warned = nil, l.again(), false
	return nil
}

// filterScans tells the scans of the plan that want rows with keys of the table alone which
// those are. They have not begun: a plan has such scans only where it reads the load once.
func (l *load) filterScans(t *jointable.Table) {
	for _, s := range l.up.scans {
		for i := range s.filters {
			if by := &s.filters[i].by; by.Near == nil && by.Load == l.plan.ID {
				s.filterBy(i, t.Filter(l.plan, by, s.spec.Schema))
			}
		}
	}
}

// drop forgets what was collected.
func (l *load) drop() {
	for _, c := range l.parts {
		c.Close()
	}
	l.parts = nil
}

// close gives back the table, and ends the job that reads it anew: no task runs any more.
func (l *load) close() error {
	var err error
	if reads := l.reading(); reads != nil {
		err = reads.close()
		l.drop()
	}
	if t := l.live.Swap(nil); t != nil {
		t.Close()
	}
	return err
}

// fail puts the load's name to an error that does not say it.
func (l *load) fail(err error) error {
	if errors.Is(err, jointable.ErrManyRows) {
		return fmt.Errorf("%w (the query reads %s)", jointable.ErrManyRows, l.plan.Name)
	}
	if errors.Is(err, ErrInterrupted) || errors.Is(err, errLoadStopped) || errors.Is(err, context.Canceled) || strings.Contains(err.Error(), l.plan.Name) {
		return err
	}
	return fmt.Errorf("%s, which is read first: %w", l.plan.Name, err)
}

// again is when the load is due again.
func (l *load) again() ir.Micros {
	if l.plan.Reload == 0 || l.up.up != nil { // what a load has of its own is read with it
		return ir.MaxMicros
	}
	return l.up.cfg.Clock.Now() + ir.Micros(l.plan.Reload)
}

// loadStats is what the job that reads a load has done: no task of it runs any more.
func (j *job) loadStats() LoadStats {
	s := j.statsOf(ownCounts, ownTimes, 0)
	out := LoadStats{Stages: s.Stages, Loads: s.Loads}
	for _, t := range j.tasks {
		if t.collect != nil {
			out.Unkept += t.links[len(t.links)-1].count.in - int64(t.collect.Rows())
		}
	}
	return out
}

// reads is how often the load was read whole.
func (l *load) reads() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats.Reads
}

// snapshot is the load at this moment.
func (l *load) snapshot() LoadStats {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.stats
	if l.now != nil && out.Reads == 0 {
		s := l.now.statsOf((*task).seen, noTimes, 0)
		out.Stages, out.Loads = s.Stages, s.Loads
	}
	return out
}
