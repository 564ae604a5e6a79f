package run

import (
	"errors"

	"github.com/helios-stream/helios/vexec"
)

// A task may have branches: tasks of other stages that take its rows as they are
// (ir.Forward). The task's goroutine makes every call of theirs, so a branch has no
// inbox; only the last Prepare of a branch's sink is made by a goroutine of its
// own, because it waits for the coordinator.

// branchOf makes t a branch of parent.
func (t *task) branchOf(parent *task) {
	t.parent = parent
	parent.branch = append(parent.branch, t)
}

// driven reports whether all of t is done by its parent.
func (t *task) driven() bool { return t.parent != nil && t.sink == nil }

// eachBranch calls f for each branch, until one fails.
func (t *task) eachBranch(f func(*task) error) error {
	for _, b := range t.branch {
		t.busy = b
		if err := f(b); err != nil {
			return err
		}
		t.busy = nil
	}
	return nil
}

// running is the link that runs now, in this task or in one of its branches.
func (t *task) running() *link {
	for t.busy != nil {
		t = t.busy
	}
	return &t.links[t.at]
}

// lend gives b to the branches, each in a batch of its own, as operators replace
// Batch.Sel. more: one of them wants further rows.
func (t *task) lend(b *vexec.Batch) (more bool, err error) {
	err = t.eachBranch(func(to *task) error {
		if to.quit {
			return nil
		}
		own := *b
		if err := to.links[0].Emit(&own); err != nil && !errors.Is(err, vexec.ErrDone) {
			return err
		} else if err != nil {
			to.quit = true
			return nil
		}
		more = true
		return nil
	})
	return more, err
}

// beginTicket begins a unit of the scan for all readers of the task's rows.
func (t *task) beginTicket(ticket uint64) {
	for _, s := range t.outs {
		s.Ticket(ticket)
	}
	for _, b := range t.branch {
		b.beginTicket(ticket)
	}
}

// endTicket ends it.
func (t *task) endTicket() error {
	for _, s := range t.outs {
		if err := s.TicketDone(); err != nil {
			return err
		}
	}
	return t.eachBranch((*task).endTicket)
}
