package ops

import (
	"errors"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// changingAgg is WindowAgg in the phases Complete and Final where results change: the groups
// of each window stand by themselves (windowGroups), and rows are added up in panes until
// somebody asks for what they change. Then the groups of a pane go to all windows over it.
//
// That is before a window ends, at once where one has ended, at each barrier, and when memory
// asks. An EmitEvery behind it asks at the multiples of Every on the clock, if changes are
// pending there: so of what comes behind one of these the first batch that changes anything
// goes to the windows at once.
type changingAgg struct {
	*WindowAgg // rows that no window has yet
	groups     *windowGroups
	passed     ir.Micros // windows that end up to here are over, as they count time
	clock      vexec.Clock
	due        ir.Micros // when the EmitEvery behind gives what it has; MaxMicros: nothing is known to be there

	to    paneEmitter
	input vexec.Batch // groups of one window, as windowGroups takes them
	ends  []int64
}

// paneEmitter takes the groups of panes into windows, and what is rejected further on.
type paneEmitter struct {
	w     *changingAgg
	out   vexec.Emitter
	given int // rows
}

// Emit implements vexec.Emitter for partial groups.
func (e *paneEmitter) Emit(b *vexec.Batch) error { return e.w.spread(b) }

// Reject implements vexec.Emitter.
func (e *paneEmitter) Reject(b *vexec.Batch, fates []vexec.RowFate) error {
	return e.out.Reject(b, fates)
}

// counted counts the changes that go out.
type counted struct {
	vexec.Emitter
	rows *int
}

func (e counted) Emit(b *vexec.Batch) error {
	*e.rows += b.Live()
	return e.Emitter.Emit(b)
}

func newChangingAgg(w *WindowAgg) (*changingAgg, error) {
	n := len(w.op.Layout) - len(w.op.Aggs)
	in := &ir.Schema{Cols: w.op.Out.Cols[:n:n]}
	op := &ir.GroupAggOp{Phase: ir.Final, In: in, Keys: make([]int, n), Aggs: w.op.Aggs, Before: true, Out: w.op.Out}
	for i := range op.Keys {
		op.Keys[i] = i
	}
	groups, err := newWindowGroups(op, w.op.Emit, w.op.Window.Lateness, ir.GroupSchema(op))
	if err != nil {
		return nil, err
	}
	c := &changingAgg{WindowAgg: w, groups: groups, passed: ir.MinMicros, due: ir.MaxMicros}
	c.to.w = c
	c.input.Schema = ir.GroupSchema(op)
	c.input.Cols = make([]vexec.Vec, len(c.input.Schema.Cols))
	return c, nil
}

// Tables implements vexec.Stateful. The key groups are those by which rows come: of the keys
// alone.
func (w *changingAgg) Tables() []vexec.TableSpec {
	specs := w.groups.Tables()
	keys := make([]int, len(w.op.Keys))
	for i, o := range w.op.Layout {
		if o.Kind == ir.OutKey {
			keys[o.Index] = keptHead + i
		}
	}
	specs[0].Keys = keys
	return specs
}

// Open implements vexec.Operator.
func (w *changingAgg) Open(oc *vexec.OpContext) error {
	w.open(oc)
	w.clock = oc.Clock
	return w.groups.Open(oc)
}

// Push implements vexec.Operator.
func (w *changingAgg) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	w.to.out = out
	add := w.addBatch
	if w.op.Phase == ir.Final {
		add = w.addPartial
	}
	if err := add(b, &w.to); err != nil {
		return err
	}
	switch {
	case w.op.Emit == ir.Changing && w.due == ir.MaxMicros:
		return w.prime()
	case w.held() > flushBytes:
		err := w.flush(&w.to)
		w.dropFree()
		return err
	}
	return w.flushTo(w.passed, &w.to)
}

// prime takes all to the windows, so that an EmitEvery behind has changes to give.
func (w *changingAgg) prime() error {
	at := w.next()
	w.to.given = 0
	if err := w.flush(&w.to); err != nil {
		return err
	}
	if w.to.given > 0 {
		w.due = at
	}
	return nil
}

// next is when an EmitEvery behind gives what it gets now; MaxMicros: it does at once, or there
// is none.
func (w *changingAgg) next() ir.Micros {
	if w.op.Every == 0 {
		return ir.MaxMicros
	}
	return nextMultiple(w.clock.Now(), w.op.Every)
}

// held is the memory of what no window has yet.
func (w *changingAgg) held() (bytes int64) {
	for _, l := range []*buckets{&w.panes, &w.overlays} {
		for _, b := range l.list {
			if b.tail != nil {
				bytes += b.tail.bytes()
			}
		}
	}
	return bytes
}

// spread takes the groups of a pane, or of an overlay, to their windows.
func (w *changingAgg) spread(b *vexec.Batch) error {
	at := b.Cols[ir.PartialTime].Int64s()[0]
	if b.Cols[ir.PartialKind].Int8s()[0] == ir.OverlayGroup {
		return w.window(at, b)
	}
	for end, last := w.assign.FirstEnd(at), w.assign.LastEnd(at); end <= last; end += w.assign.Slide() {
		if err := w.window(end, b); err != nil {
			return err
		}
	}
	return nil
}

// window takes the groups of b to the window that ends at end.
func (w *changingAgg) window(end int64, b *vexec.Batch) error {
	start, stop := w.assign.Instant(w.assign.StartOf(end)), w.assign.Instant(end)
	if w.assign.Twin(end) || w.groups.closed != ir.MinMicros && stop <= int64(w.groups.closed) {
		return nil
	}
	n := len(w.op.Layout) - len(w.op.Aggs)
	for i, o := range w.op.Layout[:n] {
		if v := &w.input.Cols[i]; o.Kind == ir.OutKey {
			*v = b.Cols[ir.PartialHead+o.Index]
		} else {
			w.column(o.Kind, w.op.Out.Cols[i].Type, start, stop, v)
		}
	}
	copy(w.input.Cols[n:], b.Cols[ir.PartialHead+len(w.op.Keys):])
	w.input.Rows, w.input.Sel = b.Rows, b.Sel
	w.ends = slices.Grow(w.ends[:0], b.Rows)[:b.Rows]
	for i := range w.ends {
		w.ends[i] = stop
	}
	return w.groups.take(&w.input, w.input.Cols[:n], b.Sel, w.ends, counted{w.to.out, &w.to.given})
}

// Advance implements vexec.Operator.
func (w *changingAgg) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	w.to.out = out
	w.passed = max(w.passed, w.assign.Passed(wm))
	if end, ok := w.nextEnd(); w.due != ir.MaxMicros && (ok && end <= int64(w.passed) || w.groups.open.upTo(wm) > w.groups.open.upTo(w.groups.reached)) {
		// What an EmitEvery behind has may all be of windows that end: nothing may be held then.
		if err := w.flush(&w.to); err != nil {
			return wm, err
		}
		w.due = ir.MaxMicros
	}
	if err := w.flushTo(w.passed, &w.to); err != nil {
		return wm, err
	}
	return w.groups.Advance(wm, out)
}

// Due implements vexec.Timed.
func (w *changingAgg) Due() ir.Micros { return w.due }

// Tick implements vexec.Timed: the EmitEvery behind is called next.
func (w *changingAgg) Tick(_ ir.Micros, out vexec.Emitter) error {
	w.due = ir.MaxMicros
	return w.Flush(out)
}

// Flush implements vexec.Flusher: what no window has yet is in no checkpoint.
func (w *changingAgg) Flush(out vexec.Emitter) error {
	w.to.out = out
	return w.flush(&w.to)
}

// Seal implements vexec.Stateful.
func (w *changingAgg) Seal(epoch uint64) error { return w.groups.Seal(epoch) }

// Counted implements RowCounter.
func (w *changingAgg) Counted() RowCount {
	n := w.added
	n.Lost = w.groups.added.Lost
	return n
}

// Waiting implements Waiter.
func (w *changingAgg) Waiting() (open int, end ir.Micros) {
	if open, end = w.groups.Waiting(); open > 0 {
		return open, end
	}
	return w.WindowAgg.Waiting()
}

// Finish implements vexec.Operator.
func (w *changingAgg) Finish(out vexec.Emitter) error { return w.Flush(out) }

// Close implements vexec.Operator.
func (w *changingAgg) Close() error { return errors.Join(w.WindowAgg.Close(), w.groups.Close()) }

var (
	_ vexec.Stateful = (*changingAgg)(nil)
	_ vexec.Flusher  = (*changingAgg)(nil)
	_ vexec.Timed    = (*changingAgg)(nil)
	_ Waiter         = (*changingAgg)(nil)
)
