package exchange

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Sender is the outgoing side of one task towards one stage: to its one task
// (gather), or to the tasks that own the rows' key groups (hash). It copies what
// it is given, and puts small pieces together into batches of up to maxRows.
// It is used by one goroutine.
type Sender struct {
	keys    []int // hash columns; only read with several targets
	maxRows int
	to      []target
	ticket  uint64
	hash    []uint64
	rows    [][]int32 // per target: the rows of the batch at hand
	left    int       // targets that want more rows

	// Waits, unless nil, is called before and after what may wait for room in a
	// queue: for those who measure.
	Waits func(begin bool)
}

// target is one receiving task.
type target struct {
	in      *Inbox
	port    int
	pending *vexec.Batch // not sent yet; nil: nothing
	done    bool
}

// NewSender returns a sender to the given inboxes, whose index is the task that
// receives. port is this task's port in each; keys are the hash columns.
func NewSender(to []*Inbox, port int, keys []int, maxRows int) *Sender {
	s := &Sender{keys: keys, maxRows: max(1, maxRows), ticket: noTicket, left: len(to)}
	for _, in := range to {
		s.to = append(s.to, target{in: in, port: port})
	}
	s.rows = make([][]int32, len(to))
	return s
}

// Send copies the live rows of b. It waits where a queue is full, and returns
// vexec.ErrDone once no receiver wants more rows.
func (s *Sender) Send(b *vexec.Batch) error {
	if len(s.to) == 1 {
		if err := s.give(&s.to[0], b, b.Sel, b.Live()); err != nil {
			return err
		}
	} else {
		s.split(b)
		for t := range s.to {
			if err := s.give(&s.to[t], b, s.rows[t], len(s.rows[t])); err != nil {
				return err
			}
		}
	}
	if s.left == 0 {
		return vexec.ErrDone
	}
	return nil
}

// split fills s.rows with the rows of each target.
func (s *Sender) split(b *vexec.Batch) {
	if len(s.hash) < b.Rows {
		s.hash = make([]uint64, b.Rows)
	}
	vexec.HashRows(b, s.keys, s.hash)
	for t := range s.rows {
		s.rows[t] = s.rows[t][:0]
	}
	for i := range b.Live() {
		r := b.Row(i)
		t := vexec.TaskOf(vexec.KeyGroup(s.hash[r]), len(s.to))
		s.rows[t] = append(s.rows[t], int32(r))
	}
}

// give copies n rows of b for one target; rows nil: all of b.
func (s *Sender) give(t *target, b *vexec.Batch, rows []int32, n int) error {
	if t.done || n == 0 {
		return nil
	}
	if t.pending != nil && t.pending.Rows+n > s.maxRows {
		if err := s.flush(t); err != nil {
			return err
		}
	}
	if t.pending == nil {
		t.pending = t.in.batch(b.Schema)
	}
	vexec.AppendRows(t.pending, b, rows)
	if 2*t.pending.Rows >= s.maxRows {
		return s.flush(t)
	}
	return nil
}

func (s *Sender) flush(t *target) error {
	b := t.pending
	if b == nil {
		return nil
	}
	t.pending = nil
	err := s.put(t, entry{kind: Data, ticket: s.ticket, batch: b, bytes: b.MemSize()})
	var full *vexec.MemoryError
	switch {
	case errors.Is(err, vexec.ErrDone):
		s.gone(t)
		return nil
	case errors.As(err, &full):
		return fmt.Errorf("a batch of %d rows for the next task does not fit: %w", b.Rows, err)
	}
	return err
}

func (s *Sender) put(t *target, e entry) error {
	if s.Waits == nil {
		return t.in.put(t.port, e)
	}
	s.Waits(true)
	defer s.Waits(false)
	return t.in.put(t.port, e)
}

// gone takes out a target that wants no more rows.
func (s *Sender) gone(t *target) {
	if !t.done {
		t.done = true
		s.left--
	}
}

// Wanted reports whether a receiver wants more rows.
func (s *Sender) Wanted() bool {
	for t := range s.to {
		if !s.to[t].done && !s.to[t].in.stopped.Load() {
			return true
		}
	}
	return false
}

// Flush sends what has been put aside to make larger batches.
func (s *Sender) Flush() error {
	for t := range s.to {
		if err := s.flush(&s.to[t]); err != nil {
			return err
		}
	}
	return nil
}

// control flushes and puts e into every inbox.
func (s *Sender) control(e entry) error {
	if err := s.Flush(); err != nil {
		return err
	}
	for t := range s.to {
		if err := s.put(&s.to[t], e); err != nil {
			return err
		}
	}
	return nil
}

// Watermark sends that no unmarked row below wm comes any more.
func (s *Sender) Watermark(wm ir.Micros) error {
	return s.control(entry{kind: Watermark, ticket: noTicket, wm: wm})
}

// Barrier sends the barrier of an epoch.
func (s *Sender) Barrier(epoch uint64) error {
	return s.control(entry{kind: Barrier, ticket: noTicket, epoch: epoch})
}

// Ticket begins the unit of a scan: what is sent until TicketDone belongs to it.
func (s *Sender) Ticket(ticket uint64) { s.ticket = ticket }

// TicketDone ends the unit.
func (s *Sender) TicketDone() error {
	err := s.control(entry{kind: TicketDone, ticket: s.ticket})
	s.ticket = noTicket
	return err
}

// SplitEnd sends that the split with this number has no rows behind this place.
func (s *Sender) SplitEnd(part int32) error {
	return s.control(entry{kind: SplitEnd, ticket: s.ticket, part: part})
}

// SplitIdle sends that the split with this number has had no rows for long.
func (s *Sender) SplitIdle(part int32) error {
	return s.control(entry{kind: SplitIdle, ticket: s.ticket, part: part})
}

// End sends that nothing more comes.
func (s *Sender) End() error {
	return s.control(entry{kind: End, ticket: noTicket})
}
