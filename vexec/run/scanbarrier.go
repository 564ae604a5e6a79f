package run

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// startBarrier asks the tasks for the barrier of epoch and fixes where it is. With
// stop, nothing behind it is read.
func (s *scan) startBarrier(epoch uint64, stop bool) {
	s.claims.Lock()
	defer s.claims.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.barrier = epoch
	s.stopped = s.stopped || stop
	s.cut = &cut{ticket: s.next, read: s.taken, next: int32(len(s.splits))}
	if g, grows := s.source.(vexec.Growing); grows {
		s.cut.memory = g.Memory()
		s.forget()
	}
	for _, p := range s.splits {
		if p == nil || p.ended && s.growing() {
			continue
		}
		st := splitState{ID: p.ID, Part: p.part, Ended: p.ended, Position: p.from}
		if p.reader != nil && !p.ended {
			st.Position = append(vexec.Position(nil), p.reader.Position()...)
		}
		s.cut.splits = append(s.cut.splits, st)
	}
	s.settle()
	s.changed.Broadcast()
	if stop {
		s.drainReaders()
	}
}

// forget drops the splits that have ended and that nobody uses any more, of a source
// that goes on for ever.
func (s *scan) forget() {
	for i, p := range s.splits {
		if p != nil && p.ended && p.reader == nil && s.growing() {
			s.splits[i] = nil
		}
	}
}

// endHere ends the scan for its tasks behind what they have claimed.
func (s *scan) endHere() {
	s.claims.Lock()
	defer s.claims.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endedHere = true
	s.drainReaders()
	s.changed.Broadcast()
}

func (s *scan) drainReaders() {
	for _, p := range s.splits {
		if p == nil {
			continue
		}
		if a, ok := p.reader.(vexec.Acknowledger); ok {
			a.Drain()
		}
	}
}

// durable tells the readers that want to know that the checkpoint of the last barrier
// is written.
func (s *scan) durable(ctx context.Context) error {
	if !s.spec.Durable {
		return nil
	}
	type told struct {
		to vexec.Acknowledger
		at vexec.Position
	}
	var list []told
	s.mu.Lock()
	for _, st := range s.cut.splits {
		p := s.splits[st.Part]
		if a, ok := p.reader.(vexec.Acknowledger); ok && !st.Ended {
			list = append(list, told{a, st.Position})
		}
	}
	s.mu.Unlock()
	for _, t := range list {
		if err := t.to.Durable(ctx, t.at); err != nil {
			return &taskError{stage: s.stage, part: s.name, table: s.spec.Table, err: err}
		}
	}
	return nil
}

// state is the scan at the last barrier, which all tasks have passed.
func (s *scan) state() (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut == nil || !s.cut.ready {
		return nil, fmt.Errorf("the barrier of epoch %d was passed before its place in the input", s.barrier)
	}
	st := scanState{Splits: s.cut.splits, Read: s.cut.read, Next: s.cut.next, Memory: s.cut.memory, Tickets: s.passed + s.cut.ticket}
	if wm := s.cut.wm; wm != ir.MinMicros && wm != ir.MaxMicros {
		st.Watermark = &wm
	}
	return json.Marshal(st)
}
