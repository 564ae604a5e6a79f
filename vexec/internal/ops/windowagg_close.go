package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Advance implements vexec.Operator: it emits the windows that end up to wm, in
// the order of their ends, and frees the panes that no later window needs.
func (w *statefulAgg) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	closed := w.assign.Closed(wm)
	for {
		end, ok := w.nextEnd()
		if !ok || end > int64(closed) {
			break
		}
		if err := w.closeWindow(end, out); err != nil {
			return wm, err
		}
	}
	w.closed = max(w.closed, closed)
	return handOn(w.assign.Behind(wm), w.op.In.Cols[w.op.TimeCol].Type), nil
}

// nextEnd is the least end of a window that has rows and has not been emitted.
func (w *WindowAgg) nextEnd() (end int64, ok bool) {
	if p := w.panes.first(); p != nil {
		end, ok = w.assign.EndAfter(p.at, w.closed), true
	}
	if o := w.overlays.first(); o != nil && (!ok || o.at < end) {
		end, ok = o.at, true
	}
	return end, ok
}

// closeWindow emits the groups of the window that ends at end.
func (w *WindowAgg) closeWindow(end int64, out vexec.Emitter) error {
	start := w.assign.StartOf(end)
	panes := w.panes.below(end)
	var overlay *bucket
	if o := w.overlays.first(); o != nil && o.at == end {
		overlay = o
	}
	sum, lent, err := w.sum(panes, overlay)
	if err != nil {
		return err
	}
	if !w.assign.Twin(end) {
		if err := w.emitWindow(sum, w.assign.Instant(start), w.assign.Instant(end), out); err != nil {
			return err
		}
	}
	w.closed = max(w.closed, ir.Micros(end))
	switch {
	case w.assign.Cumulates() && len(panes) > 0 && w.assign.LastEnd(panes[0].at) > end:
		w.fold(panes, sum)
		return nil
	case !lent:
		w.give(sum)
	}
	w.dropClosed(end)
	return nil
}

// fold makes one pane, with the groups of sum, of those of a window that has been
// emitted: the windows of CUMULATE that follow have all of them. So each window adds
// what has come since the one before.
func (w *WindowAgg) fold(panes []*bucket, sum *groupTable) {
	first := panes[0]
	for _, p := range first.sealed {
		w.dropPart(p)
	}
	first.sealed = nil
	if first.tail != sum {
		if first.tail != nil {
			w.give(first.tail)
		} else {
			w.noteChanged(first)
		}
		first.tail = sum
	}
	for _, p := range panes[1:] {
		w.drop(p)
	}
	w.panes.cutFrom(1, len(panes))
}

// sum adds up the groups of a window. Where its first pane will not be needed any
// more but in windows that have all the others, too, those are added to that pane's own
// table (lent).
func (w *WindowAgg) sum(panes []*bucket, overlay *bucket) (t *groupTable, lent bool, err error) {
	if w.owns(panes) {
		t, lent = panes[0].tail, true
	} else if t, err = w.take(); err != nil {
		return nil, false, err
	}
	for _, p := range panes {
		if err := w.sumInto(t, p); err != nil {
			return nil, false, err
		}
	}
	if overlay != nil {
		err = w.sumInto(t, overlay)
	}
	return t, lent, err
}

// owns reports whether the sum of a window may grow in the table of its first pane. A
// pane of CUMULATE lives on, and what has been sealed of it must not count twice.
func (w *WindowAgg) owns(panes []*bucket) bool {
	switch {
	case len(panes) == 0 || panes[0].tail == nil:
		return false
	case w.assign.Cumulates():
		return len(panes[0].sealed) == 0
	}
	return len(panes) == 1 && w.assign.SinglePane()
}

// dropClosed forgets what no window that ends after end needs.
func (w *WindowAgg) dropClosed(end int64) {
	n := 0
	for n < len(w.panes.list) && w.assign.LastEnd(w.panes.list[n].at) <= end {
		w.drop(w.panes.list[n])
		n++
	}
	w.panes.cut(n)
	n = 0
	for n < len(w.overlays.list) && w.overlays.list[n].at <= end {
		w.drop(w.overlays.list[n])
		n++
	}
	w.overlays.cut(n)
}

// emitWindow emits the groups of t as results of the window [start, end).
func (w *WindowAgg) emitWindow(t *groupTable, start, end int64, out vexec.Emitter) error {
	return w.emit.results(&w.tables, t, end, out, func(i int, v *vexec.Vec) {
		switch o := w.op.Layout[i]; o.Kind {
		case ir.OutKey:
			*v = w.emit.keys[o.Index]
		case ir.OutAgg:
			*v = w.emit.finals[o.Index]
		default:
			w.column(o.Kind, w.op.Out.Cols[i].Type, start, end, v)
		}
	})
}

// column makes v a column of a window, of type t.
func (w *WindowAgg) column(kind ir.WindowOutKind, t *ir.Type, start, end int64, v *vexec.Vec) {
	switch kind {
	case ir.OutStart:
		constInt(v, t, timeAs(t, start))
	case ir.OutEnd:
		constInt(v, t, timeAs(t, end))
	case ir.OutTime:
		constInt(v, t, lastInstant(w.op.In.Cols[w.op.TimeCol].Type, t, end))
	}
}

// timeAs is a time in microseconds as a column of type t stores it.
func timeAs(t *ir.Type, us int64) int64 {
	if t.Nanos() {
		return us * 1000
	}
	return us
}

// lastInstant is one unit of the event time's precision before the end of a window, as a
// column of type t stores it.
func lastInstant(time, t *ir.Type, end int64) int64 {
	digits := time.P
	switch {
	case digits <= 6:
		return timeAs(t, end-power10(6-digits))
	case t.Nanos():
		return end*1000 - power10(9-digits)
	}
	return end - 1 // the microsecond that it is in
}

func power10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// handOn is the watermark for results whose window_time, at the precision of t, may
// be behind the input's watermark by a unit less a microsecond.
func handOn(wm ir.Micros, t *ir.Type) ir.Micros {
	if t.P >= 6 || wm == ir.MaxMicros {
		return wm
	}
	return wm.Sub(power10(6-t.P) - 1)
}
