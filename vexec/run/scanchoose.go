package run

import (
	"cmp"
	"slices"
)

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
			if best == nil || s.compare(p, best) < 0 {
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
	if len(s.waiting) > 0 && (best == nil || s.compare(s.waiting[0], best) < 0) {
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
	slices.SortStableFunc(out, s.compare)
	return out
}

// compare orders splits as they are to be asked: less than 0 where a comes before b, and 0
// where they are to be in the order of the list.
func (s *scan) compare(a, b *split) int {
	switch {
	case s.timed:
		ga, gb := s.tracker.Greatest(int(a.part)), s.tracker.Greatest(int(b.part))
		return cmp.Or(cmp.Compare(ga, gb), cmp.Compare(a.flying, b.flying))
	case s.bounded:
		return 0
	}
	return cmp.Compare(a.claims, b.claims)
}
