package ops

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
	"github.com/helios-stream/helios/windows"
)

// WindowAgg is ir.WindowAggOp: aggregates by window and key on panes. An on-time
// row goes to one pane; when the watermark reaches a window's end the window's
// panes are added up and its groups emitted. A row that is late for some of its
// windows goes to an overlay of each of the others; one of CUMULATE to the first pane
// whose windows are all open for it, and so to no other.
type WindowAgg struct {
	op     *ir.WindowAggOp
	assign windows.Assigner
	time   timeColumn
	in     *aggInput // nil in the phase Final
	store
	panes    buckets // at: the pane's start
	overlays buckets // at: the window's end
	split    paneSplit
	emit     emitter
	turn     int64 // counts batches in the phase Partial

	added    RowCount
	closed   ir.Micros // all windows that end up to here, as they count time, have been emitted
	progress progress
}

// flushBytes is how much the phase Partial holds before it hands its groups on.
const flushBytes = 32 << 20

// NewWindowAgg returns the operator over rows of the schema in; in the phase Final
// these are partial groups (ir.PartialSchema). It refuses windows and aggregates
// that do not exist.
func NewWindowAgg(o *ir.WindowAggOp, in *ir.Schema) (vexec.Operator, error) {
	if o.Window.Kind == ir.Session {
		return newSessionAgg(o, in)
	}
	if o.Window.Kind == ir.CountRows {
		return newCountAgg(o, in)
	}
	assign, err := windows.New(o.Window)
	if err != nil {
		return nil, err
	}
	w := &WindowAgg{op: o, assign: assign, closed: ir.MinMicros}
	w.time = newTimeColumn(o.In, o.TimeCol)
	w.time.in(&w.assign)
	w.calls = o.Aggs
	for _, k := range o.Keys {
		w.keyTypes = append(w.keyTypes, o.In.Cols[k].Type)
	}
	w.row = groupRow{schema: ir.PartialSchema(o), keys: len(o.Keys)}
	w.emit = emitter{out: o.Out}
	if o.Phase == ir.Final {
		if !sameTypes(in, w.row.schema) {
			return nil, fmt.Errorf("%s takes partial groups (%s), not (%s)", o.Name(), w.row.schema, in)
		}
	} else if w.in, err = newAggInput(o.Keys, o.Aggs, in); err != nil {
		return nil, err
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	switch {
	case o.Phase == ir.Partial:
		return &partialAgg{WindowAgg: w, passed: ir.MinMicros}, nil
	case o.Emit != ir.Once && (o.Phase == ir.Complete || o.Phase == ir.Final):
		return newChangingAgg(w)
	case o.Phase == ir.Complete || o.Phase == ir.Final:
		return &statefulAgg{w}, nil
	}
	return nil, fmt.Errorf("a window aggregate has no phase %q", o.Phase)
}

func sameTypes(a, b *ir.Schema) bool {
	if len(a.Cols) != len(b.Cols) {
		return false
	}
	for i := range a.Cols {
		if !a.Cols[i].Type.Equal(b.Cols[i].Type) {
			return false
		}
	}
	return true
}

func (w *WindowAgg) open(oc *vexec.OpContext) {
	w.in.setClock(oc.Clock)
	w.mem = oc.Memory
	w.dropFree() // made before there was an account
	w.emit.maxRows = max(1, oc.MaxRows)
}

// Close implements vexec.Operator.
func (w *WindowAgg) Close() error {
	w.store.close(&w.panes, &w.overlays)
	return nil
}

// pane and overlay return the bucket of a pane, by its start, and of a window, by its end.
func (w *WindowAgg) pane(start int64) *bucket {
	return w.panes.get(start, ir.PaneGroup, [2]int64{start, ir.PaneGroup})
}

func (w *WindowAgg) overlay(end int64) *bucket {
	return w.overlays.get(end, ir.OverlayGroup, [2]int64{end, ir.OverlayGroup})
}

// addBatch adds the rows of a batch to their buckets, and rejects those that have
// none: late for all of their windows, without a usable time, or with an argument
// that cannot be computed.
func (w *WindowAgg) addBatch(b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if p, ok := w.onePane(b); ok {
		if err := w.in.bind(b, b.Sel); err != nil {
			return expr.Halves(b, err, func(half *vexec.Batch) error { return w.addBatch(half, out) })
		}
		if w.in.errs.Len() == 0 {
			err := w.addTo(w.pane(p), b.Sel, b.Rows, out)
			if err == nil {
				w.added.Grouped += int64(b.Live())
			}
			return err
		}
	}
	w.splitRows(b)
	if err := w.in.bind(b, w.split.kept); err != nil {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return w.addBatch(half, out) })
	}
	w.split.dropBad(&w.in.errs)
	if len(w.split.fates) > 0 {
		if err := out.Reject(b, w.split.fates); err != nil {
			return err
		}
	}
	for _, k := range w.split.touched {
		rows := k.rows
		k.rows = k.rows[:0]
		if len(rows) == 0 {
			continue
		}
		if err := w.addTo(k, rows, b.Rows, out); err != nil {
			return err
		}
		if k.head[1] != ir.OverlayGroup {
			w.added.Grouped += int64(len(rows))
		}
	}
	w.added.Grouped += int64(len(w.split.spread))
	w.added.Outside += w.split.outside
	return nil
}

// addTo adds rows to one bucket. Where there is no memory for more, whoever hands groups on
// does it and tries once again.
func (w *WindowAgg) addTo(k *bucket, sel []int32, n int, out vexec.Emitter) error {
	k = w.living(k)
	k.turn = w.turn
	t, err := w.tail(k)
	if err != nil {
		return err
	}
	err = w.addRows(t, w.in, sel, n)
	var full *vexec.MemoryError
	if w.op.Phase != ir.Partial && w.op.Emit == ir.Once || !errors.As(err, &full) {
		return err
	}
	if err := w.flush(out); err != nil {
		return err
	}
	w.dropFree()
	if t, err = w.tail(w.living(k)); err != nil {
		return err
	}
	return w.addRows(t, w.in, sel, n)
}

// living returns the bucket that stands for k, which may have been handed on since
// the batch was split.
func (w *WindowAgg) living(k *bucket) *bucket {
	switch {
	case !k.gone:
		return k
	case k.head[1] == ir.OverlayGroup:
		return w.overlay(k.at)
	}
	return w.pane(k.at)
}

// statefulAgg is the phases Complete and Final.
type statefulAgg struct{ *WindowAgg }

// The tables of a window aggregate; Complete and Final have the same.
const (
	groupsTable   = "groups"
	progressTable = "progress"
)

// Tables implements vexec.Stateful. The key groups are those by which the rows, or
// the partial groups, come: of the keys alone.
func (w *statefulAgg) Tables() []vexec.TableSpec {
	groups := vexec.TableSpec{Name: groupsTable, Version: 2, Schema: w.row.schema}
	for i := range w.op.Keys {
		groups.Keys = append(groups.Keys, ir.PartialHead+i)
	}
	if w.assign.SinglePane() {
		return []vexec.TableSpec{groups}
	}
	return []vexec.TableSpec{groups, progressSpec()}
}

// Open implements vexec.Operator.
func (w *statefulAgg) Open(oc *vexec.OpContext) error {
	w.open(oc)
	w.table = oc.State.Table(groupsTable)
	if !w.assign.SinglePane() {
		var err error
		if w.closed, err = w.progress.open(oc, oc.State.Table(progressTable)); err != nil {
			return err
		}
	}
	return w.table.Restored(func(b *vexec.Batch) error { return w.addPartial(b, ignored{}) })
}

// ignored takes what a restart rejects: groups whose windows went out before the
// checkpoint.
type ignored struct{}

func (ignored) Emit(*vexec.Batch) error                    { return nil }
func (ignored) Reject(*vexec.Batch, []vexec.RowFate) error { return nil }

// Push implements vexec.Operator.
func (w *statefulAgg) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if err := w.compact(); err != nil {
		return err
	}
	if w.op.Phase == ir.Final {
		return w.addPartial(b, out)
	}
	return w.addBatch(b, out)
}

// addPartial adds partial groups to their buckets, and rejects those of windows
// that have been emitted, which whoever sends them promises not to send.
func (w *WindowAgg) addPartial(b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	keys, state := w.row.split(b)
	if k := w.oneBucket(b); k != nil {
		return w.addGroupsTo(k, keys, state, b.Sel, b.Rows)
	}
	s := &w.split
	s.reset()
	for i := range b.Live() {
		r := b.Row(i)
		if k := w.bucketOf(b, r); k != nil {
			s.add(k, int32(r))
		} else {
			s.reject(int32(r), vexec.FateLate, "")
		}
	}
	if len(s.fates) > 0 {
		if err := out.Reject(b, s.fates); err != nil {
			return err
		}
	}
	for _, k := range s.touched {
		rows := k.rows
		k.rows = k.rows[:0]
		if err := w.addGroupsTo(k, keys, state, rows, b.Rows); err != nil {
			return err
		}
	}
	return nil
}

// oneBucket returns the bucket that all partial groups of a batch are of; nil:
// there are several, or none.
func (w *WindowAgg) oneBucket(b *vexec.Batch) *bucket {
	first := w.bucketOf(b, b.Row(0))
	if b.Cols[ir.PartialTime].Enc == vexec.Const && b.Cols[ir.PartialKind].Enc == vexec.Const {
		return first
	}
	for i := 1; i < b.Live(); i++ {
		if w.bucketOf(b, b.Row(i)) != first {
			return nil
		}
	}
	return first
}

// bucketOf returns the bucket of the partial group in row r; nil: it has been emitted.
func (w *WindowAgg) bucketOf(b *vexec.Batch, r int) *bucket {
	v, i := b.Cols[ir.PartialTime].At(r)
	kind, j := b.Cols[ir.PartialKind].At(r)
	at := v.Int64s()[i]
	switch overlay := kind.Int8s()[j] == ir.OverlayGroup; {
	case overlay && w.isClosed(at), !overlay && !w.accepts(at):
		return nil
	case overlay:
		return w.overlay(at)
	}
	return w.pane(at)
}

func (w *WindowAgg) addGroupsTo(k *bucket, keys, state []vexec.Vec, sel []int32, n int) error {
	t, err := w.tail(k)
	if err != nil {
		return err
	}
	if err := w.addGroups(t, keys, state, sel, n); err != nil {
		return err
	}
	if sel != nil {
		n = len(sel)
	}
	w.added.Grouped += int64(n)
	return nil
}

// Counted implements RowCounter.
func (w *WindowAgg) Counted() RowCount { return w.added }

// Seal implements vexec.Stateful.
func (w *statefulAgg) Seal(uint64) error {
	w.seal()
	if !w.assign.SinglePane() {
		w.progress.seal(w.closed)
	}
	return nil
}

// Finish implements vexec.Operator: a bounded input has advanced to its end before.
func (w *statefulAgg) Finish(vexec.Emitter) error { return nil }

var _ vexec.Stateful = (*statefulAgg)(nil)
