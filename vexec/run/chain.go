package run

import (
	"errors"
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
	"github.com/helios-stream/helios/vexec/internal/state"
)

// link is one place of a task's chain: the source (0), an operator (1 ..), or the
// end. As an Emitter it stands for what its place emits and rejects.
type link struct {
	t       *task
	at      int
	name    string
	key     string // in checkpoints; "" for the source of a task with inputs
	op      vexec.Operator
	meets   *member        // of an operator that makes event time (follow.go)
	counter ops.RowCounter // op, if it groups rows; else nil
	store   *state.Store   // nil unless the operator is Stateful
	mem     *vexec.Account // of an operator
	wm      ir.Micros      // the last watermark that it was given
	count   counter
	pushing bool // rows are given to op: what it rejects is one of them, else what it makes
}

// Emit implements vexec.Emitter: it pushes b through the next place.
func (l *link) Emit(b *vexec.Batch) error {
	n := int64(b.Live())
	if n == 0 {
		return nil
	}
	vexec.Check(b, l.name)
	l.count.out += n
	next := &l.t.links[l.at+1]
	next.count.in += n
	next.count.batches++
	if next.op == nil {
		return l.t.leave(b)
	}
	port := 0
	if l.at == 0 {
		port = l.t.port
	}
	was := l.t.enter(next.at)
	before := next.counted()
	next.pushing = true
	err := next.op.Push(port, b, next)
	next.pushing = false
	after := next.counted()
	next.count.grouped += after.Grouped - before.Grouped
	next.count.groups += after.Lost - before.Lost
	next.count.outside += after.Outside - before.Outside
	next.count.used += after.Used - before.Used
	l.t.resume(was)
	if l.t.watch != nil {
		next.count.state = max(next.count.state, next.mem.Used())
	}
	return next.fail(err)
}

// counted is what an operator that groups rows has counted; of others nothing.
func (l *link) counted() (n ops.RowCount) {
	if l.counter != nil {
		n = l.counter.Counted()
	}
	return n
}

// table is what the place reads or writes; nil where it does neither.
func (l *link) table() *ir.Table {
	plan := l.t.stage.Plan
	switch {
	case l.at == 0 && plan.Scan != nil:
		return plan.Scan.Table
	case l.at == len(l.t.links)-1 && plan.Sink != nil:
		return plan.Sink.Table
	}
	return nil
}

// fail puts the place to an error, once. ErrDone is not one.
func (l *link) fail(err error) error {
	if err == nil || errors.Is(err, vexec.ErrDone) {
		return err
	}
	var placed *taskError
	if errors.As(err, &placed) || errors.Is(err, errAborted) || errors.Is(err, errUnasked) {
		return err
	}
	return &taskError{stage: l.t.stage.Plan.ID, part: l.name, table: l.table(), err: err}
}

// Reject implements vexec.Emitter.
func (l *link) Reject(b *vexec.Batch, fates []vexec.RowFate) error {
	for i := range fates {
		f := &fates[i]
		l.t.job.samples.reject(l, b, f)
		switch f.Why {
		case vexec.FateLate:
			l.count.late++
		case vexec.FateExpired:
			l.count.expired++
		case vexec.FateError:
			l.count.errors++
			if l.op != nil && !l.pushing {
				l.count.groups++
			}
			if err := l.t.rowError(l, b, f); err != nil {
				return err
			}
		default:
			return l.fail(fmt.Errorf("row %d is rejected without a reason", f.Row))
		}
	}
	return nil
}

// operators are the links that have one.
func (t *task) operators() []link { return t.links[1 : len(t.links)-1] }

// advance takes a watermark down the chain from place i on, and to the readers.
func (t *task) advance(i int, wm ir.Micros) error {
	var done error
	for ; i < len(t.links)-1; i++ {
		l := &t.links[i]
		if wm <= l.wm {
			return nil
		}
		l.wm = wm
		if _, makes := l.op.(ops.TimeMaker); makes && wm != ir.MaxMicros {
			return nil // its own watermark counts below it
		}
		was := t.enter(l.at)
		next, err := l.op.Advance(wm, l)
		t.resume(was)
		switch {
		case errors.Is(err, vexec.ErrDone) && wm == ir.MaxMicros:
			done = err // what is behind the operator that has had enough gets its end
			continue
		case err != nil:
			return l.fail(err)
		}
		wm = min(wm, next)
	}
	end := &t.links[i]
	if wm <= end.wm {
		return done
	}
	end.wm = wm
	for _, s := range t.outs {
		if err := s.Watermark(wm); err != nil {
			return err
		}
	}
	if err := t.eachBranch(func(b *task) error { return b.wanted(b.advance(1, wm)) }); err != nil {
		return err
	}
	return done
}

// handOnTimes takes the watermarks that operators of this chain make down from them.
func (t *task) handOnTimes() error {
	t.followTimes()
	for _, i := range t.makers {
		if err := t.advance(i+1, t.links[i].op.(ops.TimeMaker).Watermark()); err != nil {
			return err
		}
	}
	return t.eachBranch(func(b *task) error { return b.wanted(b.handOnTimes()) })
}

// tell says down the chain what has become of a split.
func (t *task) tell(n news) error {
	for i := range t.operators() {
		op, ok := t.links[i+1].op.(ops.SplitAware)
		switch {
		case ok && n.idle:
			op.IdleSplit(n.part)
		case ok:
			op.EndSplit(n.part)
		}
	}
	for _, s := range t.outs {
		send := s.SplitEnd
		if n.idle {
			send = s.SplitIdle
		}
		if err := send(n.part); err != nil {
			return err
		}
	}
	return t.eachBranch(func(b *task) error { return b.tell(n) })
}

// flush has operators emit what they buffer without having state.
func (t *task) flush() error {
	for i := range t.operators() {
		l := &t.links[i+1]
		if op, ok := l.op.(vexec.Flusher); ok {
			was := t.enter(l.at)
			err := op.Flush(l)
			t.resume(was)
			if err != nil && !errors.Is(err, vexec.ErrDone) {
				return l.fail(err)
			}
		}
	}
	return nil
}

// seal returns the state of every operator at a barrier.
func (t *task) seal(epoch uint64) (map[string]state.Snapshot, error) {
	snaps := map[string]state.Snapshot{}
	for i := range t.operators() {
		l := &t.links[i+1]
		l.count.state = max(l.count.state, l.mem.Used())
		op, ok := l.op.(vexec.Stateful)
		if !ok {
			continue
		}
		was := t.enter(l.at)
		err := op.Seal(epoch)
		t.resume(was)
		if err != nil {
			return nil, l.fail(err)
		}
		snaps[l.key] = l.store.Snapshot()
	}
	return snaps, nil
}

// finish says that the input has ended: each operator emits its rest.
func (t *task) finish() error {
	t.leaveTimes()
	if err := t.advance(1, ir.MaxMicros); err != nil && !errors.Is(err, vexec.ErrDone) {
		return err
	}
	for i := range t.operators() {
		l := &t.links[i+1]
		l.count.state = max(l.count.state, l.mem.Used())
		was := t.enter(l.at)
		err := l.op.Finish(l)
		t.resume(was)
		if err != nil && !errors.Is(err, vexec.ErrDone) {
			return l.fail(err)
		}
	}
	for _, s := range t.outs {
		if err := s.End(); err != nil {
			return err
		}
	}
	return nil
}

// counters are the counts of the task at a barrier.
func (t *task) counters() map[string]int64 {
	out := map[string]int64{}
	for i := range t.links {
		if l := &t.links[i]; l.key != "" {
			l.count.save(l.key, out)
		}
	}
	for k, n := range t.lost {
		out[k] += n
	}
	return out
}

// openOps opens the operators with their restored state.
func (t *task) openOps() error {
	for i := range t.operators() {
		l := &t.links[i+1]
		if op, ok := l.op.(ops.SplitAware); ok {
			op.Splits(t.job.splits(t.stage), t.job.grows(t.stage))
		}
		oc := &vexec.OpContext{
			Stage: t.stage.Plan.ID, Op: i, Task: t.id, Tasks: t.stage.Plan.Tasks, Name: l.name,
			MaxRows: t.job.cfg.BatchRows, Clock: t.job.cfg.Clock, Memory: l.mem, NoRestart: t.job.dir == nil,
		}
		if op, ok := l.op.(vexec.Stateful); ok {
			store, err := t.restoredStore(l, op.Tables())
			if err != nil {
				return err
			}
			l.store, oc.State = store, store
		}
		was := t.enter(l.at)
		err := l.op.Open(oc)
		t.resume(was)
		if err != nil {
			return l.fail(err)
		}
		if _, makes := l.op.(ops.TimeMaker); makes {
			t.makers = append(t.makers, l.at)
		}
	}
	t.stopDone()
	return nil
}

func (t *task) restoredStore(l *link, specs []vexec.TableSpec) (*state.Store, error) {
	if cp := t.job.restored; cp != nil {
		return cp.Store(l.key, l.name, specs, t.id, t.stage.Plan.Tasks)
	}
	return state.NewStore(l.name, slices.Clone(specs)), nil
}

// closeOps frees the operators.
func (t *task) closeOps() error {
	var errs []error
	for i := range t.operators() {
		l := &t.links[i+1]
		if err := l.op.Close(); err != nil {
			errs = append(errs, l.fail(err))
		}
		l.mem.Close()
	}
	return errors.Join(errs...)
}
