package run

import (
	"context"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// maxReaders is how many splits of a bounded source are open at once. A split whose
// watermark is far ahead is closed for one that is behind, and opened again later.
const maxReaders = 256

// refreshEvery is how often an unbounded source is asked for new splits, in microseconds.
const refreshEvery = 20_000

// openReader begins the split if it has not begun. Called by the claiming task.
func (s *scan) openReader(ctx context.Context, p *split) error {
	if p.reader != nil {
		return nil
	}
	if err := s.makeRoom(p); err != nil {
		return err
	}
	r, err := s.source.Open(ctx, s.spec, p.Split, p.from)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.reader = r
	s.readers++
	if i := slices.Index(s.waiting, p); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
		s.live = append(s.live, p)
	}
	p.heard = s.clock.Now()
	return nil
}

// makeRoom closes the reader that will be needed last, if there are too many.
func (s *scan) makeRoom(but *split) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.bounded || s.readers < maxReaders {
		return nil
	}
	var last *split
	for _, p := range s.live {
		if p != but && p.reader != nil && p.flying == 0 && p.holders == 0 && (last == nil || s.compare(last, p) < 0) {
			last = p
		}
	}
	if last == nil {
		return nil
	}
	last.from = append(vexec.Position(nil), last.reader.Position()...)
	return s.closeReader(last)
}

// release closes the reader of a split that nobody uses any more.
func (s *scan) release(p *split) error {
	if !p.ended || p.holders > 0 || p.flying > 0 || p.reader == nil {
		return nil
	}
	return s.closeReader(p)
}

func (s *scan) closeReader(p *split) error {
	r := p.reader
	p.reader = nil
	s.readers--
	return r.Close()
}

// growing: more splits may come.
func (s *scan) growing() bool {
	_, does := s.source.(vexec.Growing)
	return does && !s.bounded
}

// refresh asks an unbounded source for new splits. Called by the claiming task.
func (s *scan) refresh(ctx context.Context) error {
	now := s.clock.Now()
	if !s.growing() || now-s.asked < refreshEvery {
		return nil
	}
	s.asked = now
	found, err := s.source.Splits(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range found {
		if s.ids[f.ID] {
			continue
		}
		s.follow() // it begins where the others are now
		p := s.add(f)
		s.tracker.Add()
		s.waiting = append(s.waiting, p)
		s.sync()
	}
	return nil
}

// mayIdle makes a split idle that has had nothing for 'idle.timeout'.
func (s *scan) mayIdle(p *split) {
	if s.idle == 0 || p.idle || p.flying > 0 || s.clock.Now()-p.heard < s.idle {
		return
	}
	p.idle = true
	s.tracker.Idle(int(p.part))
	s.tell = append(s.tell, news{part: p.part, idle: true})
	s.sync()
}

// hear notes that a split has something.
func (s *scan) hear(p *split) {
	p.heard = s.clock.Now()
	if p.idle {
		s.follow() // it wakes where the others are now
		p.idle = false
		s.tracker.Wake(int(p.part))
		s.sync()
	}
}

// peek has the tracker know where the splits begin that have not begun, and orders
// them by that, so that one is opened only when the others have come so far.
func (s *scan) peek(ctx context.Context) error {
	source, can := s.source.(vexec.Peeker)
	if !can || !s.timed || len(s.waiting) < 2 {
		return nil
	}
	narrow := *s.spec
	narrow.Cols = []int{s.spec.Cols[s.spec.TimeCol]}
	narrow.Schema = s.spec.Schema.Select([]int{s.spec.TimeCol})
	narrow.TimeCol, narrow.Terms, narrow.Filters = 0, nil, nil
	if s.spec.Paths != nil {
		narrow.Paths = s.spec.Paths[s.spec.TimeCol : s.spec.TimeCol+1]
	}
	for _, p := range s.waiting {
		if s.tracker.Greatest(int(p.part)) != ir.MinMicros || p.from != nil {
			continue
		}
		at, ok, err := source.FirstTime(ctx, &narrow, p.Split)
		if err != nil {
			return err
		}
		if ok {
			s.tracker.Raise(int(p.part), at)
		}
	}
	slices.SortStableFunc(s.waiting, s.compare)
	return nil
}
