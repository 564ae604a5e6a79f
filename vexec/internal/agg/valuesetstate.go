package agg

import (
	"github.com/helios-stream/helios/vexec"
)

// minDead is the least number of dead entries that are worth dropping.
const minDead = 1024

// compact drops the entries that no part has. It looks for them when there are twice as
// many as it has left before, so an entry costs it a constant.
func (s *valueSet) compact() {
	if s.counts == nil || len(s.word) < max(s.sparse, 2*minDead) {
		return
	}
	keep := make([]uint32, 0, len(s.word)/2)
	for e := range s.word {
		if s.inUse(uint32(e)) {
			keep = append(keep, uint32(e))
		}
	}
	s.sparse = 2 * len(keep)
	if len(keep) < len(s.word) {
		s.rebuild(keep)
	}
}

// inUse reports whether an entry has to be kept: a value of some part, or one that was
// taken back before it came.
func (s *valueSet) inUse(e uint32) bool {
	if s.counts == nil {
		return true
	}
	for p := range s.counts {
		if s.counts[p][e] != 0 {
			return true
		}
	}
	return false
}

// rebuild makes the set anew from the entries of keep.
func (s *valueSet) rebuild(keep []uint32) {
	vals := make([]vexec.Vec, len(s.types))
	s.readEntries(keep, vals)
	group, counts := s.group, s.counts
	to := make([]uint32, len(s.word))
	for i := range to {
		to[i] = noGroup
	}
	for i, e := range keep {
		to[e] = uint32(i)
	}
	s.words, _ = newWording(s.types) // as it has been made before
	s.pairs = pairTable{}
	s.word, s.group, s.next, s.counts = nil, nil, nil, make([][]int64, len(counts))
	for i := range s.first {
		s.first[i] = noGroup
	}
	args, ids, rows := make([]*vexec.Vec, len(vals)), make([]uint32, len(keep)), make([]int32, len(keep))
	for i := range vals {
		args[i] = &vals[i]
	}
	for i, e := range keep {
		ids[i], rows[i] = group[e]&^nullGroup, int32(i)
	}
	s.intern(args, ids, rows, len(keep)) // numbers NULLs behind the others
	for i, e := range keep {
		to[e] = s.entries[i]
		for p := range counts {
			s.counts[p][s.entries[i]] = counts[p][e]
		}
	}
	for _, p := range s.parts {
		p.moved(to)
	}
}

// state writes the values of the groups as lists: an ARRAY for each argument, and then
// one for each part's counts, or one of masks where there are several parts.
func (s *valueSet) state(ids []uint32, out []vexec.Vec) {
	var entries []uint32
	offs := make([]int32, 1, len(ids)+1)
	for _, id := range ids {
		for e := s.first[id]; e != noGroup; e = s.next[e] {
			if s.inUse(e) {
				entries = append(entries, e)
			}
		}
		offs = append(offs, int32(len(entries)))
	}
	for i := range out {
		copy(out[i].Offs, offs)
		if len(out[i].Kids) != 1 {
			out[i].Kids = make([]vexec.Vec, 1)
		}
	}
	vals := make([]vexec.Vec, len(s.types))
	for i := range vals {
		vals[i] = out[i].Kids[0]
	}
	s.readEntries(entries, vals)
	for i := range vals {
		out[i].Kids[0] = vals[i]
	}
	for i := range out[len(s.types):] {
		kid := &out[len(s.types)+i].Kids[0]
		kid.Reset(out[len(s.types)+i].Type.Elem, len(entries))
		to := kid.Int64s()
		for j, e := range entries {
			if s.counts != nil {
				to[j] = s.counts[i][e]
			} else {
				to[j] = int64(s.mask[e])
			}
		}
	}
}

// merge takes lists as state wrote them.
func (s *valueSet) merge(g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	s.lists.each(state, ids, sel, n, func(kids []vexec.Vec, ids []uint32, rows []int32, n int) {
		args := make([]*vexec.Vec, len(s.types))
		for i := range args {
			args[i] = &kids[i]
		}
		s.intern(args, ids, rows, n)
		for p := range s.parts {
			switch {
			case s.counts != nil:
				s.mergeCounts(g, p, args, &kids[len(args)+p], ids, rows, n)
			case len(s.parts) == 1:
				s.add(g, p, args, ids, rows, n, 1)
			default:
				some := make([]int32, 0, len(rows))
				for _, r := range rows {
					f, i := kids[len(args)].At(int(r))
					if f.Int64s()[i]>>p&1 != 0 {
						some = append(some, r)
					}
				}
				s.add(g, p, args, ids, some, n, 1)
			}
		}
	})
}

// mergeCounts adds counts of part p.
func (s *valueSet) mergeCounts(g *gather, p int, args []*vexec.Vec, counts *vexec.Vec, ids []uint32, rows []int32, n int) {
	in, gone := make([]int32, 0, len(rows)), []int32{}
	for _, r := range rows {
		f, i := counts.At(int(r))
		c := &s.counts[p][s.entries[r]]
		before := *c > 0
		*c += f.Int64s()[i]
		switch after := *c > 0; {
		case after && !before:
			in = append(in, r)
		case before && !after:
			gone = append(gone, r)
		}
	}
	if len(in) > 0 {
		s.parts[p].enter(g, args, ids, in, n, s.entries)
	}
	if len(gone) > 0 {
		s.parts[p].leave(g, args, ids, gone, n, s.entries)
	}
}

func (s *valueSet) bytes() int64 {
	n := s.held.bytes
	for _, p := range s.parts {
		n += p.bytes()
	}
	return n
}

func (s *valueSet) reset() {
	s.forget()
	s.mask = s.mask[:0]
	for p := range s.counts {
		s.counts[p] = s.counts[p][:0]
	}
	s.sparse = 0
	for _, p := range s.parts {
		p.reset()
	}
}

func (s *valueSet) release() {
	s.held.release()
	for _, p := range s.parts {
		p.release()
	}
}
