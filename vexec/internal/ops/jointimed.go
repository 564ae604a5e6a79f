package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// pushTimed pairs the rows of a batch of an interval or window join, and keeps them until no
// row to come has a pair with them.
func (j *Join) pushTimed(side int, x *joinInput, out vexec.Emitter) error {
	s := &j.sides[side]
	if s.shows {
		if err := j.emitRows(side, x, j.alone, vexec.Insert, out); err != nil {
			return err
		}
	}
	probing := j.sel
	if x.putOff {
		probing = j.known
	}
	if err := j.probe(side, x, probing, joinAdd, out); err != nil {
		return err
	}
	if j.op.Type.LeftOnly() && side == 0 || s.spared {
		j.keepUnpaired(x)
	}
	if !s.spared {
		s.tell(x, j.sel)
		return s.add(x, j.sel)
	}
	if s.shows {
		return j.emitRows(side, x, j.sel, vexec.Insert, out)
	}
	return nil
}

// keepUnpaired leaves the rows with a pair out of sel.
func (j *Join) keepUnpaired(x *joinInput) {
	kept := j.sel[:0]
	for _, r := range j.sel {
		if !x.paired[r] {
			kept = append(kept, r)
		}
	}
	j.sel = kept
}

// rejectLate rejects the rows that come too late to be used, and takes them out of sel and
// alone: of a window join those whose windows had closed, of an interval join those that do
// not come out alone and of which all rows that they could have met had been freed.
func (j *Join) rejectLate(side int, b *vexec.Batch, out vexec.Emitter) error {
	j.fates = j.fates[:0]
	s := &j.sides[side]
	if j.op.Kind == ir.IntervalJoin && s.shows {
		return nil
	}
	times := &b.Cols[s.time.col]
	j.sel, j.alone = j.inTime(s, times, j.sel), j.inTime(s, times, j.alone)
	if len(j.fates) == 0 {
		return nil
	}
	slices.SortFunc(j.fates, func(a, b vexec.RowFate) int { return int(a.Row) - int(b.Row) })
	return out.Reject(b, j.fates)
}

// inTime is the rows that are not too late, or that have no time.
func (j *Join) inTime(s *joinSide, times *vexec.Vec, rows []int32) []int32 {
	kept := rows[:0]
	for _, r := range rows {
		if !times.Null(int(r)) && j.tooLate(s, r) {
			j.fates = append(j.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
		} else {
			kept = append(kept, r)
		}
	}
	return kept
}

func (j *Join) tooLate(s *joinSide, r int32) bool {
	if j.op.Kind == ir.WindowJoin {
		return int64(j.x.marks[r]) >= j.x.times[r]
	}
	return int64(j.x.marks[r]) > later(j.x.times[r], s.lost)
}

// countUsed counts the rows of sel and alone that were behind the watermark. A window that is
// open takes rows in any order.
func (j *Join) countUsed(side int) {
	if j.op.Kind != ir.IntervalJoin {
		return
	}
	times := &j.x.batch.Cols[j.sides[side].time.col]
	for _, rows := range [][]int32{j.sel, j.alone} {
		for _, r := range rows {
			if !times.Null(int(r)) && j.x.times[r] < int64(j.x.marks[r]) {
				j.counted.Used++
			}
		}
	}
}

// pass frees the rows of a side that are freed up to the time until, and gives those of
// them that have no pair.
func (j *Join) pass(side int, until int64, out vexec.Emitter) error {
	s := &j.sides[side]
	s.until = until
	if s.shows {
		refs := j.out.refs[:0]
		for _, n := range s.wait.pass(until) {
			ref := uint32(n) - s.base()
			if !s.isPaired(ref) {
				s.setPaired(ref, true) // it has come out
				refs = append(refs, ref)
			}
		}
		s.wait.trim()
		j.out.refs = refs
		if err := j.emitKept(side, refs, vexec.Insert, out); err != nil {
			return err
		}
	}
	s.drop(until)
	s.tellFreed(until)
	return nil
}

// Due implements vexec.Timed.
func (j *Join) Due() ir.Micros {
	at := ir.MaxMicros
	for side := range j.sides {
		if s := &j.sides[side]; s.frees == freeAge && len(s.chunks) > 0 {
			at = min(at, ir.Micros(s.chunks[0].last))
		}
	}
	return at
}

// Tick implements vexec.Timed: it forgets the rows that have become too old. What was given
// of them stays as it is.
func (j *Join) Tick(now ir.Micros, _ vexec.Emitter) error {
	for side := range j.sides {
		if s := &j.sides[side]; s.frees == freeAge {
			s.until = int64(now)
			s.drop(int64(now))
		}
	}
	return j.tidy()
}
