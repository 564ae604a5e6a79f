package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// restore takes the rows of a side from a checkpoint.
func (j *Join) restore(side int) error {
	s := &j.sides[side]
	facts, err := s.keep.facts()
	if err != nil {
		return err
	}
	return s.keep.rows.table.Restored(func(b *vexec.Batch) error {
		if b.Live() == 0 {
			return nil
		}
		view := &vexec.Batch{Schema: s.in, Cols: b.Cols[joinHead:], Rows: b.Rows, Sel: b.Sel, Part: -1}
		j.split(side, view)
		x := &j.x
		x.batch, x.marks = view, nil
		if err := j.intern(side, x, view, j.sel); err != nil {
			return err
		}
		if s.timed {
			x.times = s.time.read(view)
		}
		if s.has.hash {
			x.hash = grownTo(x.hash, b.Rows)
			vexec.HashRows(view, allColumns(s.in), x.hash)
		}
		x.paired, x.counts = grownTo(x.paired, b.Rows), grownTo(x.counts, b.Rows)
		clear(x.counts)
		j.sel = s.readFacts(b, x, j.sel, facts)
		j.sides[side].tell(x, j.sel)
		return s.addRestored(b, x, j.sel)
	})
}

// facts are what the notes say, by row: the last of each counts.
func (k *joinKeep) facts() (map[sealedID]joinFact, error) {
	out := map[sealedID]joinFact{}
	err := k.notes.table.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			r := b.Row(i)
			out[sealedID{int64At(&b.Cols[0], r), int64At(&b.Cols[1], r)}] = joinFact(int64At(&b.Cols[2], r))
		}
		return nil
	})
	return out, err
}

func int64At(v *vexec.Vec, r int) int64 {
	f, i := v.At(r)
	return f.Int64s()[i]
}

// readFacts sets marks and paired, and returns the rows that were not taken back.
func (s *joinRows) readFacts(b *vexec.Batch, x *joinInput, rows []int32, facts map[sealedID]joinFact) []int32 {
	kept := rows[:0]
	marks := make([]ir.Micros, b.Rows)
	for _, r := range rows {
		fact, noted := facts[sealedID{slots()[x.group[x.ids[r]]], int64At(&b.Cols[joinID], int(r))}]
		if noted && fact == factGone {
			continue
		}
		x.paired[r] = b.Cols[joinPaired].Bool(int(r))
		if noted {
			x.paired[r] = fact == factPaired
		}
		if marks[r] = ir.MinMicros; !b.Cols[joinMark].Null(int(r)) {
			marks[r], x.marks = ir.Micros(int64At(&b.Cols[joinMark], int(r))), marks
		}
		kept = append(kept, r)
	}
	return kept
}

// addRestored adds rows of state; those that are freed by their age in parts of one age.
func (s *joinRows) addRestored(b *vexec.Batch, x *joinInput, rows []int32) error {
	for len(rows) > 0 {
		n := len(rows)
		if s.frees == freeAge {
			free := int64At(&b.Cols[joinFree], int(rows[0]))
			x.now = ir.Micros(free - s.span)
			for n = 1; n < len(rows) && int64At(&b.Cols[joinFree], int(rows[n])) == free; {
				n++
			}
		}
		if err := s.add(x, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// recount counts the pairs of all rows that are kept, where somebody needs it.
func (j *Join) recount() error {
	left, right := &j.sides[0], &j.sides[1]
	if !left.has.count && !right.has.count {
		return nil
	}
	for _, c := range left.chunks {
		rows := left.live(c, left.until)
		if err := j.intern(0, &j.x, c.batch, rows); err != nil {
			return err
		}
		j.x.batch, j.x.counts = c.batch, c.counts
		if err := j.probe(0, &j.x, rows, joinCount, nil); err != nil {
			return err
		}
	}
	j.x = joinInput{}
	return nil
}
