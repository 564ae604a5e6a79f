package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// Partitions are forgotten when they are as if they had never had a row: where all frames are
// spans of time when the last row has left them (overExpiry), and with a TTL when no row has come
// for so long and none waits. Forgotten ones stay in the tables until there are as many of them as
// of others; then the others move to new ones.

// meet has the partitions of the rows of sel, which have been interned, wait for them. Where one
// is among them of which the aggregates still hold what was forgotten, that has to go first.
func (w *Over) meet(b *vexec.Batch, sel []int32) error {
	if w.gone > 0 && slices.ContainsFunc(sel, func(r int32) bool { return w.parts[w.interns[r]].stale }) {
		if err := w.rebuild(); err != nil {
			return err
		}
		if err := w.intern(b, sel); err != nil {
			return err
		}
	}
	var now ir.Micros
	if w.op.TTL > 0 {
		now = w.clock.Now()
	}
	for _, r := range sel {
		id := w.interns[r]
		p := &w.parts[id]
		p.waits++
		if p.gone {
			p.gone = false
			w.gone--
		}
		if w.op.TTL > 0 {
			if p.seen == ir.MinMicros {
				w.wheel.put(id, now)
			}
			p.seen = now
		}
	}
	return nil
}

// leave notes that a partition is as if it had never had a row. stale: but for its aggregates.
func (w *Over) leave(id uint32, stale bool) {
	p := &w.parts[id]
	if p.gone {
		return
	}
	w.held -= len(p.rows)
	p.rows, p.first = nil, p.done
	p.gone, p.stale = true, stale
	w.gone++
	w.keep.note(w, id)
}

// Due implements vexec.Timed.
func (w *Over) Due() ir.Micros { return w.wheel.due() }

// Tick implements vexec.Timed: it forgets partitions that have got no row for the TTL.
func (w *Over) Tick(now ir.Micros, _ vexec.Emitter) error {
	left := w.wheel.turn(now, func(id uint32) ir.Micros {
		p := &w.parts[id]
		if p.gone {
			return ir.MinMicros
		}
		if p.waits > 0 {
			p.seen = now
		}
		return p.seen
	})
	for _, id := range left {
		w.parts[id].seen = ir.MinMicros
		w.leave(id, true)
	}
	return w.tidyParts()
}

// tidyParts makes new tables when most partitions have been forgotten.
func (w *Over) tidyParts() error {
	if w.gone <= len(w.parts)/2+slack {
		return nil
	}
	return w.rebuild()
}

// rebuild moves the partitions that are left to new tables.
func (w *Over) rebuild() error {
	var ids []uint32
	to := make([]uint32, len(w.parts))
	for id := range w.parts {
		if !w.parts[id].gone {
			to[id] = uint32(len(ids))
			ids = append(ids, uint32(id))
		}
	}
	keys, sets, err := w.moved(ids)
	if err != nil {
		return err
	}
	w.keep.bury(w)
	w.keys.Release()
	w.keys = keys
	for i, f := range w.frames {
		if f.set != nil {
			f.set.Release()
			f.set = sets[i]
		}
	}
	w.renumberParts(ids, to)
	return nil
}

// moved is new tables with the partitions of ids.
func (w *Over) moved(ids []uint32) (keys agg.Grouper, sets []*agg.Set, err error) {
	if keys, err = agg.NewGrouper(w.keyTypes, w.mem); err != nil {
		return nil, nil, err
	}
	defer func() {
		if err == nil {
			return
		}
		keys.Release()
		for _, s := range sets {
			if s != nil {
				s.Release()
			}
		}
	}()
	sets = make([]*agg.Set, len(w.frames))
	for i, f := range w.frames {
		if f.set == nil {
			continue
		}
		if sets[i], err = agg.NewSet(f.calls, w.mem); err != nil {
			return keys, sets, err
		}
	}
	cols, fresh := make([]vexec.Vec, len(w.keyTypes)), make([]uint32, mergeRows)
	for lo := 0; lo < len(ids); lo += mergeRows {
		part := ids[lo:min(lo+mergeRows, len(ids))]
		w.keys.Keys(part, cols)
		if err = keys.Intern(cols, nil, len(part), fresh); err != nil {
			return keys, sets, err
		}
		for i, s := range sets {
			if s == nil {
				continue
			}
			state := make([]vexec.Vec, s.StateWidth())
			w.frames[i].set.State(part, state)
			if err = s.Grow(keys.Groups()); err != nil {
				return keys, sets, err
			}
			s.Merge(state, fresh, nil, len(part))
		}
	}
	for _, s := range sets {
		if s == nil {
			continue
		}
		if err = s.Grow(len(ids)); err != nil { // what Merge took
			return keys, sets, err
		}
	}
	return keys, sets, nil
}

// renumberParts gives the partitions of ids the numbers 0, 1, 2 and so on, which to has by their old ones.
func (w *Over) renumberParts(ids, to []uint32) {
	left := w.expiry.queue[:0]
	for _, last := range w.expiry.queue[w.expiry.first:] {
		if !w.parts[last.id].gone {
			left = append(left, overLast{last.at, to[last.id]})
		}
	}
	w.expiry.queue, w.expiry.first = left, 0
	changed := w.keep.changed[:0]
	for _, id := range w.keep.changed {
		if !w.parts[id].gone {
			changed = append(changed, to[id])
		}
	}
	w.keep.changed = changed
	for r, id := range w.ids { // rows of forgotten partitions are looked at no more
		w.ids[r] = to[id]
	}
	w.wheel.clear()
	parts := make([]overPart, len(ids))
	for i, id := range ids {
		parts[i] = w.parts[id]
		if parts[i].seen != ir.MinMicros {
			w.wheel.put(uint32(i), parts[i].seen)
		}
	}
	w.parts, w.gone = parts, 0
}

// settleParts finds, when the state has been read, which partitions are as if they had never had
// a row, and when the others are to be forgotten.
func (w *Over) settleParts() {
	if !w.op.Streams {
		return
	}
	for i := range w.parts {
		p := &w.parts[i]
		switch {
		case p.done == 0 && p.waits == 0:
			p.gone = true
			w.gone++
		case w.op.TTL > 0:
			if p.seen == ir.MinMicros { // its rows wait, and came since the partition was last written
				p.seen = w.clock.Now()
			}
			w.wheel.put(uint32(i), p.seen)
		}
	}
}

var _ vexec.Timed = (*Over)(nil)
