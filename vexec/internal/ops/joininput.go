package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// joinInput is what is known of the rows of a batch, by physical row.
type joinInput struct {
	batch  *vexec.Batch
	ids    []uint32
	group  []uint8 // by id
	times  []int64
	marks  []ir.Micros // nil: none
	hash   []uint64
	paired []bool
	counts []uint32
	keys   []uint64  // hashes of the keys, where they are asked for
	putOff bool      // rows that are kept are linked to their keys later
	now    ir.Micros // processing time; only looked at where rows are freed by it
}

// mark is the late mark of a row; ir.MinMicros: it has none.
func (x *joinInput) mark(r int32) ir.Micros {
	if x.marks == nil {
		return ir.MinMicros
	}
	return x.marks[r]
}

// groupOf is the key group of a row.
func (x *joinInput) groupOf(r int32) uint8 {
	if x.putOff {
		return uint8(vexec.KeyGroup(x.keys[r]))
	}
	return x.group[x.ids[r]]
}

// read sets what is known of a batch, its rows that may have pairs (sel), and the others
// (alone).
func (j *Join) read(side int, b *vexec.Batch, out vexec.Emitter) (rejected int, err error) {
	s, x := &j.sides[side], &j.x
	x.batch, x.marks, x.now = b, nil, j.now(s)
	if len(b.Late) > 0 && s.timed {
		x.marks = j.readMarks(b)
	}
	if s.timed {
		x.times = s.time.read(b)
	}
	j.split(side, b)
	if x.marks != nil {
		if err := j.rejectLate(side, b, out); err != nil {
			return 0, err
		}
		rejected = len(j.fates)
		j.countUsed(side)
	}
	if err := j.identify(side, x, b); err != nil {
		return 0, err
	}
	x.paired = grownTo(x.paired, b.Rows)
	clear(x.paired)
	if s.has.count {
		x.counts = grownTo(x.counts, b.Rows)
		clear(x.counts)
	}
	return rejected, nil
}

func grownTo[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// now is the clock, where rows of the side are freed by it.
func (j *Join) now(s *joinSide) ir.Micros {
	if s.frees != freeAge {
		return 0
	}
	return j.clock.Now()
}

// intern sets the keys of rows of a side.
func (j *Join) intern(side int, x *joinInput, b *vexec.Batch, rows []int32) error {
	if err := j.keys.intern(b, j.sides[side].joinRows.keys, rows); err != nil {
		return err
	}
	x.ids, x.group = j.keys.ids, j.keys.group
	for i := range j.sides {
		if err := j.sides[i].grow(j.keys.keys.Groups()); err != nil {
			return err
		}
	}
	return nil
}

// readMarks is the late marks of a batch, by physical row.
func (j *Join) readMarks(b *vexec.Batch) []ir.Micros {
	j.changes.marks = grownTo(j.changes.marks, b.Rows)
	for i := range j.changes.marks {
		j.changes.marks[i] = ir.MinMicros
	}
	for _, m := range b.Late {
		j.changes.marks[m.Row] = m.WM
	}
	return j.changes.marks
}

// split sets sel and alone: rows of which a key, or the time, is NULL have no pair.
func (j *Join) split(side int, b *vexec.Batch) {
	s := &j.sides[side]
	j.sel, j.alone = append(j.sel[:0], 0)[:0], j.alone[:0] // sel is not nil: that would be all rows
	j.changes.cols = j.changes.cols[:0]
	for _, c := range s.joinRows.keys {
		if mayBeNull(&b.Cols[c]) {
			j.changes.cols = append(j.changes.cols, c)
		}
	}
	if s.timed && mayBeNull(&b.Cols[s.time.col]) {
		j.changes.cols = append(j.changes.cols, s.time.col)
	}
	for i := range b.Live() {
		r := b.Row(i)
		null := false
		for _, c := range j.changes.cols {
			null = null || b.Cols[c].Null(r)
		}
		if null {
			j.alone = append(j.alone, int32(r))
		} else {
			j.sel = append(j.sel, int32(r))
		}
	}
}

func mayBeNull(v *vexec.Vec) bool {
	return v.Valid != nil || v.Enc == vexec.Dict && v.Dict.Valid != nil || v.Type.Kind == ir.Null
}
