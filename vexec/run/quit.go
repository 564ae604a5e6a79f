package run

import (
	"errors"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/ops"
	"github.com/helios-stream/helios/vexec/internal/state"
)

// Once nobody wants the rows of a task it quits: it takes no more of them, while
// watermarks, barriers and the end still pass through it. Those that send to it
// learn so from its inbox, before they have another row for it, and quit in turn, up
// to the scans. A scan's task that quits leaves its units to the others and ends.

// wanted takes ErrDone for what it is: no more rows are wanted.
func (t *task) wanted(err error) error {
	if errors.Is(err, vexec.ErrDone) {
		t.stopInput()
		return nil
	}
	return err
}

// stopInput quits, and has the tasks that send to this one look whether they are
// still wanted.
func (t *task) stopInput() {
	if t.quit {
		return
	}
	t.quit = true
	if t.in == nil {
		return
	}
	t.in.Stop()
	for _, from := range t.job.tasks {
		if from.sendsTo(t) {
			if d := from.driver(); d.in != nil {
				d.in.Wake()
			}
		}
	}
}

func (t *task) sendsTo(to *task) bool {
	for i, in := range to.stage.Inputs {
		if in == t.stage && to.stage.Plan.In[i].Mode != ir.Letters {
			return true
		}
	}
	return false
}

// driver is the task whose goroutine steps t.
func (t *task) driver() *task {
	for t.parent != nil {
		t = t.parent
	}
	return t
}

// handOnRows sends what was put aside to make larger batches, before the task waits:
// where rows may never end, nothing else may come that sends it.
func (t *task) handOnRows() error {
	if !t.job.endless {
		return nil
	}
	return t.sendRows()
}

// HandOn implements ops.HandsOn.
func (l *link) HandOn() error { return l.t.sendRows() }

// sendRows sends what was put aside to make larger batches.
func (t *task) sendRows() error {
	for _, s := range t.outs {
		if err := s.Flush(); err != nil {
			return err
		}
	}
	if t.letters != nil {
		if err := t.letters.Flush(); err != nil {
			return err
		}
	}
	return t.eachBranch((*task).sendRows)
}

// settleQuit quits where every reader has: those of the branches first.
func (t *task) settleQuit() {
	if t.quit || t.sink != nil || t.collect != nil {
		return
	}
	wanted := false
	for _, s := range t.outs {
		wanted = wanted || s.Wanted()
	}
	for _, b := range t.branch {
		b.settleQuit()
		wanted = wanted || !b.quit
	}
	if !wanted {
		t.stopInput()
	}
}

// stopDone quits where an operator has had enough before the first row: at a restart.
func (t *task) stopDone() {
	for i := range t.operators() {
		if op, ok := t.links[i+1].op.(ops.Ender); ok && op.Done() {
			t.stopInput()
		}
	}
}

// empty is the state of a task whose input has ended: its operators hold nothing
// that is still wanted but how far those came that ended it.
func (t *task) empty(epoch uint64) (map[string]state.Snapshot, error) {
	snaps := map[string]state.Snapshot{}
	for i := range t.operators() {
		l := &t.links[i+1]
		op, ok := l.op.(vexec.Stateful)
		if !ok {
			continue
		}
		if o, ok := l.op.(ops.Outlasting); ok && o.Outlasts() {
			o.SealLast()
			snaps[l.key] = l.store.Snapshot()
			continue
		}
		if _, ends := l.op.(ops.Ender); !ends {
			snaps[l.key] = state.NewStore(l.name, op.Tables()).Snapshot()
			continue
		}
		if err := op.Seal(epoch); err != nil {
			return nil, l.fail(err)
		}
		snaps[l.key] = l.store.Snapshot()
	}
	return snaps, nil
}
