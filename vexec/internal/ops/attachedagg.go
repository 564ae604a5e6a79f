package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
	"github.com/helios-stream/helios/windows"
)

// AttachedAgg is ir.AttachedAggOp that emits Once: aggregates of rows that carry their
// window in two columns. A row counts in that window alone, and is late just when it carries
// a mark that has reached the window's end.
type AttachedAgg struct {
	op         *ir.AttachedAggOp
	start, end timeColumn
	in         *aggInput
	store
	windows buckets // at: the end, aux: the start
	split   paneSplit
	emit    emitter
	added   RowCount
	closed  ir.Micros
	noStart string
}

// NewAttachedAgg returns the operator over rows of the schema in.
func NewAttachedAgg(o *ir.AttachedAggOp, in *ir.Schema) (vexec.Operator, error) {
	if o.Emit != ir.Once {
		return newAttachedGroups(o, in)
	}
	a := &AttachedAgg{op: o, closed: ir.MinMicros, emit: emitter{out: o.Out}}
	a.start, a.end = newTimeColumn(o.In, o.StartCol), newTimeColumn(o.In, o.EndCol)
	a.noStart = fmt.Sprintf("%s or %s is NULL: the row has no window", a.start.name, a.end.name)
	a.calls = o.Aggs
	state := ir.NewSchema(
		ir.Column{Name: "$start", Type: ir.TTimestamp, NotNull: true},
		ir.Column{Name: "$end", Type: ir.TTimestamp, NotNull: true})
	for _, k := range o.Keys {
		a.keyTypes = append(a.keyTypes, o.In.Cols[k].Type)
		state.Cols = append(state.Cols, o.In.Cols[k])
	}
	for i, types := range ir.AggStates(o.Aggs) {
		for _, t := range types {
			state.Cols = append(state.Cols, ir.Column{Name: ir.StateName(&o.Aggs[i]), Type: t})
		}
	}
	a.row = groupRow{schema: state, keys: len(o.Keys)}
	var err error
	if a.in, err = newAggInput(o.Keys, o.Aggs, in); err != nil {
		return nil, err
	}
	return a, a.check()
}

// Tables implements vexec.Stateful.
func (a *AttachedAgg) Tables() []vexec.TableSpec {
	spec := vexec.TableSpec{Name: groupsTable, Version: 1, Schema: a.row.schema}
	for i := range a.op.Keys {
		spec.Keys = append(spec.Keys, ir.PartialHead+i)
	}
	return []vexec.TableSpec{spec}
}

// Open implements vexec.Operator.
func (a *AttachedAgg) Open(oc *vexec.OpContext) error {
	a.mem = oc.Memory
	a.in.setClock(oc.Clock)
	a.dropFree() // made before there was an account
	a.emit.maxRows = max(1, oc.MaxRows)
	a.table = oc.State.Table(groupsTable)
	return a.table.Restored(a.restore)
}

func (a *AttachedAgg) window(start, end int64) *bucket {
	return a.windows.get(end, start, [2]int64{start, end})
}

// restore adds groups of a checkpoint to their windows.
func (a *AttachedAgg) restore(b *vexec.Batch) error {
	keys, state := a.row.split(b)
	a.split.reset()
	for i := range b.Live() {
		r := b.Row(i)
		start, j := b.Cols[0].At(r)
		end, k := b.Cols[1].At(r)
		a.split.add(a.window(start.Int64s()[j], end.Int64s()[k]), int32(r))
	}
	for _, w := range a.split.touched {
		rows := w.rows
		w.rows = w.rows[:0]
		t, err := a.tail(w)
		if err != nil {
			return err
		}
		if err := a.addGroups(t, keys, state, rows, b.Rows); err != nil {
			return err
		}
	}
	return nil
}

// Push implements vexec.Operator.
func (a *AttachedAgg) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if err := a.compact(); err != nil {
		return err
	}
	if b.Live() == 0 {
		return nil
	}
	a.splitRows(b)
	if err := a.in.bind(b, a.split.kept); err != nil {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return a.Push(port, half, out) })
	}
	a.split.dropBad(&a.in.errs)
	if len(a.split.fates) > 0 {
		if err := out.Reject(b, a.split.fates); err != nil {
			return err
		}
	}
	for _, w := range a.split.touched {
		rows := w.rows
		w.rows = w.rows[:0]
		if len(rows) == 0 {
			continue
		}
		t, err := a.tail(w)
		if err != nil {
			return err
		}
		if err := a.addRows(t, a.in, rows, b.Rows); err != nil {
			return err
		}
		a.added.Grouped += int64(len(rows))
	}
	return nil
}

// Counted implements RowCounter.
func (a *AttachedAgg) Counted() RowCount { return a.added }

// splitRows gives each live row to its window, or to nobody.
func (a *AttachedAgg) splitRows(b *vexec.Batch) {
	s := &a.split
	s.reset()
	starts, ends, late := a.start.read(b), a.end.read(b), b.Late
	for i := range b.Live() {
		r := int32(b.Row(i))
		if b.Cols[a.start.col].Null(int(r)) || b.Cols[a.end.col].Null(int(r)) {
			s.reject(r, vexec.FateError, a.noStart)
			continue
		}
		for len(late) > 0 && late[0].Row < r {
			late = late[1:]
		}
		wm := a.closed // a row without a mark is never behind it
		if len(late) > 0 && late[0].Row == r {
			wm = max(wm, late[0].WM.Sub(a.op.Lateness))
		}
		if wm != ir.MinMicros && int64(wm) >= ends[r] {
			s.reject(r, vexec.FateLate, "")
			continue
		}
		s.add(a.window(starts[r], ends[r]), r)
		s.kept = append(s.kept, r)
	}
}

// Advance implements vexec.Operator: it emits the windows that end up to wm.
func (a *AttachedAgg) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	wm = windows.Behind(wm, a.op.Lateness)
	for w := a.windows.first(); w != nil && w.at <= int64(wm); w = a.windows.first() {
		if err := a.closeWindow(w, out); err != nil {
			return wm, err
		}
		a.windows.cut(1)
		a.drop(w)
	}
	a.closed = max(a.closed, wm)
	return handOn(wm, a.op.In.Cols[a.op.EndCol].Type), nil
}

func (a *AttachedAgg) closeWindow(w *bucket, out vexec.Emitter) error {
	t := w.tail
	if t == nil {
		var err error
		if t, err = a.take(); err != nil {
			return err
		}
		w.tail = t
	}
	if err := a.sumInto(t, w); err != nil {
		return err
	}
	keys := len(a.op.Keys)
	return a.emit.results(&a.tables, t, w.at, out, func(i int, v *vexec.Vec) {
		if i < keys {
			*v = a.emit.keys[i]
			return
		}
		*v = a.emit.finals[i-keys]
	})
}

// Seal implements vexec.Stateful.
func (a *AttachedAgg) Seal(uint64) error {
	a.seal()
	return nil
}

// Finish implements vexec.Operator: a bounded input has advanced to its end before.
func (a *AttachedAgg) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (a *AttachedAgg) Close() error {
	a.store.close(&a.windows)
	return nil
}

var _ vexec.Stateful = (*AttachedAgg)(nil)
