package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// overKeeping is the state of an Over in checkpoints: rows that wait or that frames need, and
// for each partition where it is and the states of its aggregates. Of the rows of a partition
// that are out a checkpoint has the last ones, those that frames need among them: where they
// are follows from how many there were.
type overKeeping struct {
	on       bool // somebody will read it
	rows     *ir.Schema
	parts    *ir.Schema // keys, numbers, states
	table    vexec.Table
	segments []overSegment
	sealed   int // rows in segments
	sealedTo int64
	kept     versions
	changed  []uint32
	buried   []*vexec.Batch // rows of partitions that have left the tables since the last barrier
	progress progress
	row      vexec.Batch
}

// overSegment is rows whose sequences are less than to, and not less than those of the one
// before.
type overSegment struct {
	id   vexec.SegmentID
	to   int64
	rows int
}

// The numbers of a partition in the state, before the bounds of its frames.
const (
	keptDone = iota
	keptRank
	keptDense
	keptLastRow // with a TTL when it last got a row
	keptNumbers
)

// forgotten is keptDone of a partition that has been forgotten.
const forgotten = -1

func (k *overKeeping) init(w *Over) {
	k.rows = bufferSchema(w.op.In)
	k.parts = w.op.In.Select(w.op.Partition)
	number := func(name string) {
		k.parts.Cols = append(k.parts.Cols, ir.Column{Name: name, Type: ir.TBigInt, NotNull: true})
	}
	for _, name := range []string{"$done", "$rank", "$dense", "$seen"} {
		number(name)
	}
	for range w.frames {
		number("$lo")
		number("$hi")
	}
	for _, f := range w.frames {
		for i, types := range ir.AggStates(f.calls) {
			for _, t := range types {
				k.parts.Cols = append(k.parts.Cols, ir.Column{Name: ir.StateName(&f.calls[i]), Type: t})
			}
		}
	}
}

func (k *overKeeping) tables(w *Over) []vexec.TableSpec {
	rows := vexec.TableSpec{Name: rowsTable, Version: 1, Schema: k.rows}
	parts := vexec.TableSpec{Name: groupsTable, Version: 1, Schema: k.parts}
	for i, c := range w.op.Partition {
		rows.Keys, parts.Keys = append(rows.Keys, 1+c), append(parts.Keys, i)
	}
	return []vexec.TableSpec{rows, parts, progressSpec()}
}

// note adds a partition to those that the next barrier writes.
func (k *overKeeping) note(w *Over, id uint32) {
	if p := &w.parts[id]; k.on && w.op.Streams && !p.changed {
		p.changed = true
		k.changed = append(k.changed, id)
	}
}

// open reads the state.
func (k *overKeeping) open(w *Over, oc *vexec.OpContext) error {
	k.on = !oc.NoRestart
	k.table, k.kept.table = oc.State.Table(rowsTable), oc.State.Table(groupsTable)
	past, err := k.progress.open(oc, oc.State.Table(progressTable))
	if err != nil {
		return err
	}
	w.past = int64(past)
	if err := k.restoreParts(w); err != nil {
		return err
	}
	if err := w.restore(k.table, nil); err != nil {
		return err
	}
	defer w.settleParts()
	if w.rows.Rows == 0 {
		return nil
	}
	if err := w.intern(&w.rows, nil); err != nil {
		return err
	}
	w.ids = append(w.ids, w.interns[:w.rows.Rows]...)
	if w.op.Streams {
		w.restoreRows()
	}
	return nil
}

// restoreRows has the rows wait that are not out, and gives the others to their partitions.
func (w *Over) restoreRows() {
	var done []int32
	for r, t := range w.time.read(&w.rows) {
		if t > w.past {
			w.wait(t, int32(r))
			w.parts[w.ids[r]].waits++
		} else {
			done = append(done, int32(r))
		}
	}
	w.sorter.sortHeld(&w.rowBuffer, done)
	for _, r := range done {
		p := &w.parts[w.ids[r]]
		p.rows = append(p.rows, r)
	}
	w.held = len(done)
	for i := range w.parts {
		p := &w.parts[i]
		p.first = p.done - int64(len(p.rows))
		w.expiry.note(w, uint32(i))
		w.trim(p)
	}
}

// restoreParts reads the partitions: of the rows with one key the last counts.
func (k *overKeeping) restoreParts(w *Over) error {
	var all vexec.Batch
	all.Reset(k.parts)
	err := k.kept.table.Restored(func(b *vexec.Batch) error {
		vexec.AppendRows(&all, b, b.Sel)
		return nil
	})
	if err != nil || all.Rows == 0 {
		return err
	}
	n := len(w.op.Partition)
	ids := make([]uint32, all.Rows)
	if err := w.keys.Intern(all.Cols[:n], nil, all.Rows, ids); err != nil {
		return err
	}
	if err := w.growParts(); err != nil {
		return err
	}
	last := make([]int32, len(w.parts))
	for r, id := range ids {
		last[id] = int32(r)
	}
	sel := make([]int32, 0, len(last))
	for r, id := range ids {
		if last[id] == int32(r) && all.Cols[n+keptDone].Int64s()[r] != forgotten {
			sel = append(sel, int32(r))
			k.restorePart(w, id, all.Cols[n:], r)
		}
	}
	at := n + keptNumbers + 2*len(w.frames)
	for _, f := range w.frames {
		if f.set == nil {
			continue
		}
		width := f.set.StateWidth()
		f.set.Merge(all.Cols[at:at+width], ids, sel, all.Rows)
		if err := f.set.Grow(len(w.parts)); err != nil {
			return err
		}
		at += width
	}
	return nil
}

func (k *overKeeping) restorePart(w *Over, id uint32, cols []vexec.Vec, r int) {
	p := &w.parts[id]
	number := func(i int) int64 { return cols[i].Int64s()[r] }
	p.done, p.rank, p.dense, p.first = number(keptDone), number(keptRank), number(keptDense), number(keptDone)
	if w.op.TTL > 0 {
		p.seen = ir.Micros(number(keptLastRow))
	}
	for i := range w.frames {
		p.lo[i], p.hi[i] = number(keptNumbers+2*i), number(keptNumbers+2*i+1)
	}
	k.note(w, id)
}

// Seal implements vexec.Stateful.
func (w *Over) Seal(uint64) error {
	k := &w.keep
	if !k.on {
		return nil
	}
	is := w.living()
	if !w.op.Streams {
		for r := range is {
			is[r] = true
		}
	}
	k.sealRows(w, is)
	if w.op.Streams {
		k.sealParts(w)
		k.progress.seal(ir.Micros(w.past))
	}
	return nil
}

// sealRows adds the rows that live and no segment has, and drops segments without any.
func (k *overKeeping) sealRows(w *Over, is []bool) {
	living, from, seg := 0, len(is), 0
	left := k.segments[:0]
	counts := make([]int, len(k.segments))
	for r, lives := range is {
		for seg < len(k.segments) && k.segments[seg].to <= w.seq[r] {
			seg++
		}
		if w.seq[r] >= k.sealedTo && from > r {
			from = r
		}
		if lives {
			living++
			if seg < len(counts) {
				counts[seg]++
			}
		}
	}
	all := k.sealed+len(is)-from > 2*living+slack
	for i, s := range k.segments {
		if counts[i] > 0 && !all {
			left = append(left, s)
			continue
		}
		k.table.Drop(s.id)
		k.sealed -= s.rows
	}
	k.segments = left
	if all {
		from = 0
	}
	rows := make([]int32, 0, len(is)-from)
	for r := from; r < len(is); r++ {
		if is[r] {
			rows = append(rows, int32(r))
		}
	}
	if s := newRowSegment(w.sealed(k.rows, rows)); s.rows > 0 {
		k.segments = append(k.segments, overSegment{id: k.table.Add(s), to: w.rowBuffer.next, rows: s.rows})
		k.sealed += s.rows
	}
	k.sealedTo = w.rowBuffer.next
}

// sealParts adds the partitions that have changed.
func (k *overKeeping) sealParts(w *Over) {
	ids, parts := k.changed, k.buried
	all := k.kept.crowded(len(w.parts)-w.gone, len(ids))
	if all {
		ids, parts = make([]uint32, 0, len(w.parts)-w.gone), nil
		for i := range w.parts {
			if !w.parts[i].gone {
				ids = append(ids, uint32(i))
			}
		}
	}
	k.kept.add(append(parts, k.partRows(w, ids)...), all)
	for _, id := range k.changed {
		w.parts[id].changed = false
	}
	k.changed, k.buried = k.changed[:0], nil
}

// bury keeps the rows of partitions that leave the tables before the next barrier.
func (k *overKeeping) bury(w *Over) {
	var ids []uint32
	for _, id := range k.changed {
		if w.parts[id].gone {
			ids = append(ids, id)
		}
	}
	k.buried = append(k.buried, k.partRows(w, ids)...)
}

// partRows returns the rows of partitions as owned batches.
func (k *overKeeping) partRows(w *Over, ids []uint32) (out []*vexec.Batch) {
	n := len(w.op.Partition)
	for lo := 0; lo < len(ids); lo += mergeRows {
		some := ids[lo:min(lo+mergeRows, len(ids))]
		k.row.Reset(k.parts)
		k.row.Rows = len(some)
		w.keys.Keys(some, k.row.Cols[:n])
		at := n + keptNumbers + 2*len(w.frames)
		for c := n; c < at; c++ {
			k.row.Cols[c].Reset(ir.TBigInt, len(some))
		}
		for i, id := range some {
			p := &w.parts[id]
			set := func(c int, v int64) { k.row.Cols[n+c].Int64s()[i] = v }
			set(keptDone, p.done)
			if p.gone {
				set(keptDone, forgotten)
			}
			set(keptLastRow, int64(p.seen))
			set(keptRank, p.rank)
			set(keptDense, p.dense)
			for f := range w.frames {
				set(keptNumbers+2*f, p.lo[f])
				set(keptNumbers+2*f+1, p.hi[f])
			}
		}
		for _, f := range w.frames {
			if f.set == nil {
				continue
			}
			width := f.set.StateWidth()
			f.set.State(some, k.row.Cols[at:at+width])
			at += width
		}
		own := &vexec.Batch{}
		vexec.Compact(own, &k.row)
		out = append(out, own)
	}
	return out
}
