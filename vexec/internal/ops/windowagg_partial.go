package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// partialAgg is the phase Partial. It keeps nothing over a barrier.
type partialAgg struct {
	*WindowAgg
	passed ir.Micros // windows that end up to here are over, as they count time
}

// maxOpen is the most panes that the phase Partial has open if it can help it.
const maxOpen = 8

// Open implements vexec.Operator.
func (w *partialAgg) Open(oc *vexec.OpContext) error {
	w.open(oc)
	w.keep = maxOpen
	return nil
}

// Push implements vexec.Operator.
func (w *partialAgg) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	w.turn++
	if err := w.addBatch(b, out); err != nil {
		return err
	}
	switch w.op.Emit {
	case ir.Changing: // whoever wants changes waits for them
		return w.flush(out)
	case ir.Corrected: // so does who gave the windows of late rows
		if err := w.flushTo(w.passed, out); err != nil {
			return err
		}
	}
	if err := w.passOn(out); err != nil {
		return err
	}
	if w.mem.Used() <= flushBytes {
		return nil
	}
	err := w.flush(out)
	w.dropFree() // kept tables count too, and would make every batch flush
	return err
}

// passOn hands on the first panes, but of those that the batch at hand had rows for, where there are
// many: rows mostly come in the order of time, and a watermark that passes them may be many panes
// away, as it comes with each unit of a scan. Their tables are used again, which saves growing as
// many new ones as a unit has panes.
func (w *partialAgg) passOn(out vexec.Emitter) error {
	if w.op.Emit != ir.Once || len(w.panes.list) <= maxOpen {
		return nil
	}
	return w.emitWhile(&w.panes, out, func(b *bucket) bool { return b.turn != w.turn })
}

// Advance implements vexec.Operator: it hands on the panes of which a window has
// closed, and the overlays of closed windows; where late rows correct results, when they are over.
func (w *partialAgg) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if w.op.Emit == ir.Once {
		return wm, w.flushTo(w.assign.Closed(wm), out)
	}
	w.passed = max(w.passed, w.assign.Passed(wm))
	return wm, w.flushTo(w.passed, out)
}

// flushTo hands on the panes of which a window ends up to end, and the overlays that do.
func (w *WindowAgg) flushTo(end ir.Micros, out vexec.Emitter) error {
	if end == ir.MinMicros {
		return nil
	}
	if err := w.emitWhile(&w.panes, out, func(b *bucket) bool { return w.assign.FirstEnd(b.at) <= int64(end) }); err != nil {
		return err
	}
	return w.emitWhile(&w.overlays, out, func(b *bucket) bool { return b.at <= int64(end) })
}

// Flush implements vexec.Flusher.
func (w *partialAgg) Flush(out vexec.Emitter) error { return w.flush(out) }

// Finish implements vexec.Operator.
func (w *partialAgg) Finish(out vexec.Emitter) error { return w.flush(out) }

func (w *WindowAgg) flush(out vexec.Emitter) error {
	all := func(*bucket) bool { return true }
	if err := w.emitWhile(&w.panes, out, all); err != nil {
		return err
	}
	return w.emitWhile(&w.overlays, out, all)
}

// emitWhile emits the groups of the first buckets and forgets them.
func (w *WindowAgg) emitWhile(l *buckets, out vexec.Emitter, while func(*bucket) bool) error {
	for b := l.first(); b != nil && while(b); b = l.first() {
		if b.tail != nil {
			if err := w.emit.groups(&w.store, b.tail, b.head, out); err != nil {
				return err
			}
		}
		l.cut(1)
		w.drop(b)
	}
	return nil
}

var _ vexec.Flusher = (*partialAgg)(nil)
