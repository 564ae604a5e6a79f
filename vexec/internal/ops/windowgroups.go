package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// windowGroups are the groups of windows whose results change: a GroupAgg whose groups
// are given when the watermark has reached the end of their window (ir.Corrected), or at
// once (ir.Changing), and forgotten when the window has closed.
type windowGroups struct {
	*GroupAgg
	emission ir.Emission
	lateness int64
	open     openEnds
	reached  ir.Micros // groups of windows that end up to here are given when they change
	closed   ir.Micros // windows that end up to here have closed
	given    []uint32  // groups at hand whose changes go out
}

// newWindowGroups returns the groups of o over rows of the schema in.
func newWindowGroups(o *ir.GroupAggOp, e ir.Emission, lateness int64, in *ir.Schema) (*windowGroups, error) {
	op, err := NewGroupAgg(o, in)
	if err != nil {
		return nil, err
	}
	w := &windowGroups{GroupAgg: op.(*GroupAgg), emission: e, lateness: lateness, reached: ir.MinMicros, closed: ir.MinMicros}
	w.ofWindows = &w.open
	return w, nil
}

// WindowGroups is ir.AttachedAggOp for windows whose results change. Rows for closed windows
// are late: by their marks alone, so that what is left of the changes is the same whenever the
// watermark comes.
type WindowGroups struct {
	*windowGroups
	start, end timeColumn
	noWindow   string

	kept  []int32 // rows of the batch at hand whose windows are open; never nil
	fates []vexec.RowFate
}

// newAttachedGroups returns the operator over rows of the schema in.
func newAttachedGroups(o *ir.AttachedAggOp, in *ir.Schema) (*WindowGroups, error) {
	groups, err := newWindowGroups(&ir.GroupAggOp{Phase: ir.Complete, In: o.In, Keys: o.Keys, Aggs: o.Aggs, Before: true, Out: o.Out}, o.Emit, o.Lateness, in)
	if err != nil {
		return nil, err
	}
	w := &WindowGroups{windowGroups: groups, kept: make([]int32, 0, 64)}
	w.start, w.end = newTimeColumn(o.In, o.StartCol), newTimeColumn(o.In, o.EndCol)
	w.noWindow = fmt.Sprintf("%s or %s is NULL: the row has no window", w.start.name, w.end.name)
	return w, nil
}

// Open implements vexec.Operator.
func (w *windowGroups) Open(oc *vexec.OpContext) error {
	w.open.of = map[int64][]uint32{}
	return w.GroupAgg.Open(oc)
}

// Push implements vexec.Operator.
func (w *WindowGroups) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	w.split(b)
	if len(w.fates) > 0 {
		if err := out.Reject(b, w.fates); err != nil {
			return err
		}
	}
	if len(w.kept) == 0 {
		return nil
	}
	b.Sel, b.Late = w.kept, nil
	keys, sel, err := w.prepare(b, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return err
	}
	w.added.Grouped += selected(sel, b.Rows)
	return w.take(b, keys, sel, w.end.read(b), out)
}

// take takes the rows of sel into their groups, whose windows have these ends, by physical row,
// and gives the changes of those whose time it is.
func (w *windowGroups) take(b *vexec.Batch, keys []vexec.Vec, sel []int32, ends []int64, out vexec.Emitter) error {
	if err := w.intern(w.t, keys, sel, b.Rows); err != nil {
		return err
	}
	if err := w.find(keys, sel, b.Rows); err != nil {
		return err
	}
	w.note(ends, sel, b.Rows)
	w.findGiven()
	w.changes.before(w.GroupAgg, w.given)
	w.add(b, sel)
	w.keep.note(w.touched, w.flags)
	err := w.changes.after(w.GroupAgg, w.given, out)
	w.untouch()
	if err != nil {
		return err
	}
	return w.tidy()
}

// split sets kept, and fates of the other rows.
func (w *WindowGroups) split(b *vexec.Batch) {
	w.kept, w.fates = w.kept[:0], w.fates[:0]
	ends, late := w.end.read(b), b.Late
	for i := range b.Live() {
		r := int32(b.Row(i))
		if b.Cols[w.start.col].Null(int(r)) || b.Cols[w.end.col].Null(int(r)) {
			w.fates = append(w.fates, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: w.noWindow})
			continue
		}
		for len(late) > 0 && late[0].Row < r {
			late = late[1:]
		}
		closed := w.closed // a row without a mark is never behind it
		if len(late) > 0 && late[0].Row == r {
			closed = max(closed, late[0].WM.Sub(w.lateness))
		}
		if closed != ir.MinMicros && int64(closed) >= ends[r] {
			w.fates = append(w.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
			continue
		}
		w.kept = append(w.kept, r)
	}
}

// note remembers the ends of the windows of new groups.
func (w *windowGroups) note(ends []int64, sel []int32, n int) {
	rows := vexec.Batch{Rows: n, Sel: sel}
	for i := range rows.Live() {
		r := rows.Row(i)
		if id := w.ids[r]; w.seen[id] == ir.MinMicros {
			w.seen[id] = ir.Micros(ends[r])
			w.open.put(ends[r], id)
		}
	}
}

// findGiven lists the groups at hand that are given already, or whose time it is.
func (w *windowGroups) findGiven() {
	w.given = w.given[:0]
	for _, id := range w.touched {
		if w.emission == ir.Changing || w.flags[id]&groupShown != 0 || w.reached != ir.MinMicros && w.seen[id] <= w.reached {
			w.given = append(w.given, id)
		}
	}
}

// Advance implements vexec.Operator: it gives the groups of windows that end up to wm, and
// forgets those that have closed.
func (w *windowGroups) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if w.emission == ir.Corrected {
		for _, end := range w.open.between(w.reached, wm) {
			if err := w.give(w.open.of[end], out); err != nil {
				return wm, err
			}
		}
	}
	w.reached = max(w.reached, wm)
	w.closed = max(w.closed, windows.Behind(wm, w.lateness))
	gone := w.open.take(w.closed)
	for _, id := range gone {
		w.seen[id] = ir.MinMicros
		w.flags[id] = w.flags[id]&^(groupLiving|groupShown|groupWrong) | groupExpired
		w.dead++
	}
	w.keep.note(gone, w.flags)
	return wm, w.tidy()
}

// give gives the groups that have not been given.
func (w *windowGroups) give(ids []uint32, out vexec.Emitter) error {
	w.given = w.given[:0]
	for _, id := range ids {
		if w.flags[id]&groupShown == 0 {
			w.given = append(w.given, id)
		}
	}
	w.changes.oldAt = w.changes.oldAt[:0]
	w.keep.note(w.given, w.flags)
	return w.changes.after(w.GroupAgg, w.given, out)
}

// Waiting implements Waiter.
func (w *windowGroups) Waiting() (open int, end ir.Micros) {
	if len(w.open.ends) == 0 {
		return 0, 0
	}
	return len(w.open.ends), ir.Micros(w.open.ends[0])
}

// Finish implements vexec.Operator: a bounded input has advanced to its end before.
func (w *windowGroups) Finish(vexec.Emitter) error { return nil }

var (
	_ vexec.Stateful = (*WindowGroups)(nil)
	_ Waiter         = (*WindowGroups)(nil)
	_ RowCounter     = (*WindowGroups)(nil)
)
