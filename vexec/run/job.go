package run

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/build"
	"github.com/helios-stream/helios/vexec/internal/exchange"
	"github.com/helios-stream/helios/vexec/internal/state"
)

type operatorMaker = func(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error)

// job is a built and opened plan: its tasks, scans, sinks and coordinator.
type job struct {
	cfg      Config
	ctx      context.Context
	run      string // SinkContext.Run
	budget   *vexec.Budget
	graph    *build.Graph
	scans    []*scan
	tasks    []*task
	sinks    []*sinkEnd
	letters  *letters
	firsts   *firsts
	samples  *samples // nil: none are wanted
	plan     *ir.Plan
	up       *job    // whose load this one reads; nil: it is the run's own
	load     *load   // that it reads
	anew     bool    // which has been read before
	loads    []*load // of its plan
	lookups  []*lookup
	near     []nearKeys
	coord    *coordinator
	grow     bool              // queues have no bounds
	endless  bool              // a scan does not end by itself
	asked    atomic.Uint64     // raised to have the tasks publish their counts (monitor.go)
	dir      *state.Dir        // nil: no checkpoints
	restored *state.Checkpoint // nil: a fresh start
}

// newLoadJob opens what reads a load of another job: without checkpoints and sinks, out of
// the same budget, with the same dead letters.
func newLoadJob(ctx context.Context, l *load) (_ *job, err error) {
	up := l.up
	j := &job{cfg: up.cfg, ctx: ctx, run: up.run, budget: up.budget, up: up, load: l, grow: up.grow,
		anew: l.reads() > 0 || up.anew, letters: up.letters, firsts: up.firsts, samples: up.samples}
	j.cfg.Dir, j.cfg.Interval, j.cfg.Interrupt, j.cfg.Stop = "", 0, nil, nil
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: string(debug.Stack())}
		}
		if err != nil {
			_ = j.close() // the first error says more
		}
	}()
	j.plan = l.plan.Plan
	return j, j.openParts()
}

// newJob opens everything that a run needs; on an error all is closed again.
// grow makes queues without bounds.
func newJob(ctx context.Context, plan *ir.Plan, cfg Config, grow bool) (_ *job, err error) {
	j := &job{cfg: cfg.withDefaults(), ctx: ctx, budget: vexec.NewBudget(cfg.Memory), grow: grow}
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: string(debug.Stack())}
		}
		if err != nil {
			_ = j.close() // the first error says more
		}
	}()
	return j, j.open(plan)
}

func (j *job) open(plan *ir.Plan) (err error) {
	j.plan, j.samples = plan, newSamples(j.cfg.Samples)
	j.cfg.Delivery = cmp.Or(j.cfg.Delivery, plan.Delivery, ir.ExactlyOnce)
	if _, known := ir.ParseDelivery(string(j.cfg.Delivery)); !known {
		return fmt.Errorf("there is no delivery %q: it is exactly-once, at-least-once or at-most-once", j.cfg.Delivery)
	}
	if err = j.openDir(); err != nil {
		return err
	}
	j.letters = newLetters(j)
	j.openFirsts()
	return j.openParts()
}

// openParts builds the plan and opens what it has.
func (j *job) openParts() (err error) {
	j.loads = newLoads(j)
	j.graph, err = build.Build(j.plan, build.Options{
		BatchRows: j.cfg.BatchRows, Budget: j.budget, Operator: j.cfg.operator,
		Queue: exchange.Limits{Rows: j.cfg.QueueRows, Bytes: j.cfg.QueueBytes, Grow: j.grow},
		Loads: j.tables(), ByKey: j.byKey, Collects: j.up != nil,
	})
	if err != nil {
		return err
	}
	if err = j.checkFits(); err != nil {
		return err
	}
	j.coord = newCoordinator(j)
	if j.restored != nil && j.restored.Done {
		return j.openSinks()
	}
	j.openNear()
	if err = j.openScans(); err != nil {
		return err
	}
	j.endless = j.unbounded()
	if err = j.openLookups(); err != nil {
		return err
	}
	if err = j.openTasks(); err != nil {
		return err
	}
	j.meet()
	return j.openSinks()
}

// openDir reads the newest checkpoint and refuses one of another query.
func (j *job) openDir() error {
	if j.cfg.Dir == "" {
		j.run = j.newRun()
		return nil
	}
	dir, err := state.OpenDir(j.cfg.Dir)
	if err != nil {
		return err
	}
	j.dir = dir
	if j.restored, err = dir.Latest(); err != nil {
		return err
	}
	if j.restored == nil {
		j.run = j.newRun()
		return nil
	}
	if j.restored.Plan != j.cfg.PlanID {
		return fmt.Errorf("the checkpoint in %s belongs to another query, or to this one before it was changed. Run the query that made it, or start anew with another --checkpoint-dir", j.cfg.Dir)
	}
	j.run = j.restored.Run
	return nil
}

// checkFits refuses a checkpoint with a part that the plan has no place for, or
// without one that it needs: going on would lose rows or write them twice.
func (j *job) checkFits() error {
	if j.restored == nil {
		return nil
	}
	known := map[string]bool{lettersKey: true}
	var missing []string
	for _, st := range j.graph.Stages {
		known[st.Key], known[st.SinkKey] = true, true
		for _, k := range st.OpKeys {
			known[k] = true
		}
		if _, ok := j.restored.Scans[st.Key]; st.Key != "" && !ok {
			missing = append(missing, st.Key)
		}
	}
	saved := slices.Concat(sortedKeys(j.restored.Scans), sortedKeys(j.restored.Sinks), sortedKeys(j.restored.Ops))
	for _, k := range saved {
		if !known[k] {
			missing = append(missing, k)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the checkpoint in %s does not fit the plan of this query (%s). Run it with the optimizer rules and the heliosc that made the checkpoint, or start anew with another --checkpoint-dir",
		j.cfg.Dir, strings.Join(missing, ", "))
}

func (j *job) openFirsts() {
	j.firsts = newFirsts(nil)
	if j.restored != nil {
		j.firsts = newFirsts(j.restored.Firsts)
	}
}

func (j *job) newRun() string {
	if j.cfg.Run != "" {
		return j.cfg.Run
	}
	return strings.ToLower(rand.Text()[:10])
}

func (j *job) openScans() error {
	for _, st := range j.graph.Stages {
		if st.Plan.Scan == nil && st.Plan.Values == nil {
			continue
		}
		s, err := j.openScan(st)
		if err != nil {
			return &taskError{stage: st.Plan.ID, part: sourceName(st.Plan), table: scanTable(st.Plan), err: err}
		}
		j.scans = append(j.scans, s)
	}
	return nil
}

func (j *job) openScan(st *build.Stage) (*scan, error) {
	source, err := j.source(st.Plan)
	if err != nil {
		return nil, err
	}
	var saved json.RawMessage
	if j.restored != nil {
		saved = j.restored.Scans[st.Key]
	}
	s, err := newScan(j, st, source, saved)
	if err == nil && j.restored != nil {
		s.barrier = j.restored.Epoch
	}
	return s, err
}

func (j *job) source(st *ir.Stage) (vexec.Source, error) {
	if st.Values != nil {
		return &valuesSource{plan: st.Values}, nil
	}
	return j.cfg.Source(st.Scan.Table)
}

// scanOf is the scan of a stage that has one, and splits the numbers of the splits
// that a stage's rows come from.
func (j *job) scanOf(st *build.Stage) *scan {
	for _, s := range j.scans {
		if s.stage == st.Plan.ID {
			return s
		}
	}
	return nil
}

func (j *job) splits(st *build.Stage) (parts []int32) {
	if s := j.scanOf(st); s != nil {
		for _, p := range s.splits {
			if p != nil {
				parts = append(parts, p.part)
			}
		}
		return parts
	}
	for i, in := range st.Inputs {
		for _, part := range j.splits(in) {
			parts = append(parts, partOf(part, i, len(st.Inputs)))
		}
	}
	return parts
}

// partOf is the number, in a stage with so many inputs, of a split of one of them.
// It does not change when splits come.
func partOf(part int32, input, inputs int) int32 { return part*int32(inputs) + int32(input) }

// grows reports whether splits may come to a stage while it runs.
func (j *job) grows(st *build.Stage) bool {
	if s := j.scanOf(st); s != nil {
		return s.growing()
	}
	return slices.ContainsFunc(st.Inputs, j.grows)
}

func (j *job) openTasks() error {
	for _, st := range j.graph.Stages {
		for id := range st.Tasks {
			t := newTask(j, st, id)
			if j.up != nil && st == j.graph.Stages[len(j.graph.Stages)-1] {
				j.load.collects(t)
			}
			if len(j.tasks) == 0 {
				t.restoreLost()
			}
			if st.Branches() {
				t.branchOf(j.taskOf(st.Inputs[0], id))
			}
			j.tasks = append(j.tasks, t)
			if s := j.scanOf(st); s != nil {
				t.src = newReading(t, s)
			}
			if j.restored != nil {
				t.epoch = j.restored.Epoch
			}
			if err := t.openOps(); err != nil {
				return err
			}
			t.findTimed()
		}
	}
	return nil
}

// taskOf is a task that has been made already.
func (j *job) taskOf(st *build.Stage, id int) *task {
	i := slices.IndexFunc(j.tasks, func(t *task) bool { return t.stage == st && t.id == id })
	return j.tasks[i]
}

// openSinks opens the sinks, which take back what was written behind the
// checkpoint.
func (j *job) openSinks() error {
	said := false
	for _, st := range j.graph.Stages {
		if st.Plan.Sink == nil {
			continue
		}
		sink, err := j.cfg.Sink(st.Plan.Sink)
		if err != nil {
			return &taskError{stage: st.Plan.ID, part: sinkName(st.Plan.Sink), table: st.Plan.Sink.Table, err: err}
		}
		end := &sinkEnd{key: st.SinkKey, name: sinkName(st.Plan.Sink), id: st.Plan.ID, table: st.Plan.Sink.Table, sink: sink}
		end.mem = j.budget.Account(fmt.Sprintf("%s of stage %d", end.name, end.id))
		j.sinks = append(j.sinks, end)
		j.deliver(end)
		if end.repeats(j) && end.table != nil && j.cfg.Delivery == ir.ExactlyOnce {
			j.cfg.Warn(end.name + " writes at least once: after a restart it may write rows again that it wrote since the last checkpoint")
		}
		if j.restored != nil && !j.restored.Done && end.table == nil && end.repeats(j) && !said {
			said = true
			j.cfg.Warn("rows of the SELECT that were shown since the last checkpoint may be shown again: what has been printed cannot be taken back")
		}
		sc, err := j.sinkContext(end, st.Plan.Sink)
		if err == nil {
			err = end.sink.Open(j.ctx, sc)
		}
		if err != nil {
			return &taskError{stage: end.id, part: end.name, table: end.table, err: err}
		}
		for _, t := range j.tasks {
			if t.stage == st {
				t.sink = end
			}
		}
	}
	if j.up != nil {
		return nil
	}
	return j.letters.restore(j.ctx)
}

func (j *job) sinkContext(s *sinkEnd, p *ir.PhysSink) (_ *vexec.SinkContext, err error) {
	sc := &vexec.SinkContext{Schema: p.In, Changes: p.Changes, Name: s.key, Run: j.run, Memory: s.mem, Unbounded: j.unbounded(), NoRestart: j.dir == nil, Delivery: j.cfg.Delivery, Clock: j.cfg.Clock, Interrupted: j.cfg.Interrupt, Notify: j.cfg.Notify}
	if j.restored != nil {
		sc.Epoch, sc.Token = j.restored.Epoch, j.restored.Sinks[s.key]
		if sc.Token, err = j.inFlight(s, sc.Token); err != nil {
			return nil, err
		}
		if sc.Token != nil && j.coord != nil {
			j.coord.tokens[s.key] = sc.Token
		}
	}
	return sc, nil
}

// unbounded reports whether a scan does not end by itself.
func (j *job) unbounded() bool {
	return slices.ContainsFunc(j.scans, func(s *scan) bool { return !s.bounded })
}

// abort ends all waiting of tasks.
func (j *job) abort(err error) {
	for _, s := range j.scans {
		s.abort(err)
	}
	for _, t := range j.tasks {
		if t.in != nil {
			t.in.Abort(err)
		}
	}
}

// close frees everything. No task runs any more. What was not committed is gone.
func (j *job) close() error {
	var errs []error
	for _, t := range j.tasks {
		errs = append(errs, t.close())
	}
	for _, s := range j.scans {
		errs = append(errs, s.close())
	}
	for _, n := range j.near {
		n.keys.Close()
	}
	for _, s := range j.sinks {
		errs = append(errs, s.close())
	}
	for _, l := range j.loads {
		errs = append(errs, l.close())
	}
	for _, l := range j.lookups {
		errs = append(errs, l.close())
	}
	if j.letters != nil && j.up == nil {
		errs = append(errs, j.letters.close())
	}
	if j.dir != nil {
		errs = append(errs, j.dir.Close())
	}
	return errors.Join(errs...)
}
