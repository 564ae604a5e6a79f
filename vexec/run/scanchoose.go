package run

import "slices"

// choose returns the split to claim from, or why there is none.
func (s *scan) choose(epoch uint64, first bool) (*split, claimed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.err != nil:
		return nil, gotNothing, s.err
	case epoch < s.barrier:
		return nil, gotBarrier, nil
	case s.stopped:
		return nil, gotNothing, nil
	case s.endedHere, s.enough.reached():
		return nil, gotEnd, nil
	}
	p := s.pick(first)
	if p == nil && len(s.live)+len(s.waiting) == 0 && !s.growing() {
		return nil, gotEnd, nil
	}
	return p, gotNothing, nil
}

// pick returns the split to claim from: of those with the lowest watermark the
// one with the fewest units under way. Splits that have not begun wait in order. Most
// often the first has something; when it has nothing the others are asked in order.
func (s *scan) pick(first bool) (best *split) {
	switch {
	case first:
		s.round = nil
		for _, p := range s.live {
			p.quiet = false
			if best == nil || s.before(p, best) {
				best = p
			}
		}
	case s.round == nil:
		s.round = s.inOrder()
		fallthrough
	default:
		if len(s.round) > 0 {
			best = s.round[0]
		}
	}
	if len(s.waiting) > 0 && (best == nil || s.before(s.waiting[0], best)) {
		return s.waiting[0]
	}
	if len(s.round) > 0 {
		s.round = s.round[1:]
	}
	return best
}

// inOrder is the live splits that were not quiet when the claim asked them, in the order
// in which they are to be asked.
func (s *scan) inOrder() []*split {
	out := make([]*split, 0, len(s.live))
	for _, p := range s.live {
		if !p.quiet {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *split) int {
		switch {
		case s.before(a, b):
			return -1
		case s.before(b, a):
			return 1
		}
		return 0
	})
	return out
}

func (s *scan) before(a, b *split) bool {
	if !s.timed {
		return !s.bounded && a.claims < b.claims
	}
	ga, gb := s.tracker.Greatest(int(a.part)), s.tracker.Greatest(int(b.part))
	if ga != gb {
		return ga < gb
	}
	return a.flying < b.flying
}
