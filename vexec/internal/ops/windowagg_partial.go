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

// Open implements vexec.Operator.
func (w *partialAgg) Open(oc *vexec.OpContext) error {
	w.open(oc)
	return nil
}

// Push implements vexec.Operator.
func (w *partialAgg) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
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
	if w.mem.Used() <= flushBytes {
		return nil
	}
	err := w.flush(out)
	w.dropFree() // kept tables count too, and would make every batch flush
	return err
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
