package ops

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
	"github.com/helios-stream/helios/windows"
)

// WindowTVF is ir.WindowTVFOp: it adds window_start, window_end and window_time, and
// makes of each row one for each of its windows, in the order of their ends.
// Late rows go on with their marks: what stands behind decides by window. A row
// whose time is beyond what windows are computed for is rejected.
type WindowTVF struct {
	chainLink
	op      *ir.WindowTVFOp
	in      *ir.Schema
	windows windows.Assigner
	maxRows int

	times  []int64 // event time of the physical rows, in microseconds
	starts []int64 // of the rows of src: the window's start
	ends   []int64 // and its end
	src    []int32 // physical row of the input that an output row comes from
	sel    []int32
	bad    []vexec.RowFate
	flat   vexec.Vec // memory for a time column that is not Flat
	batch  vexec.Batch
	cols   []vexec.Vec // memory of the columns
	copies rowCopies
}

// NewWindowTVF returns the operator over rows of the schema in.
func NewWindowTVF(o *ir.WindowTVFOp, in *ir.Schema) (vexec.Operator, error) {
	if o.Window.Kind == ir.Session {
		return newSessionRows(o, in)
	}
	if o.Window.Kind == ir.CountRows {
		return newCountRows(o, in)
	}
	w, err := windows.New(o.Window)
	if err != nil {
		return nil, err
	}
	n := len(in.Cols)
	if len(o.Out.Cols) != n+3 || o.TimeCol < 0 || o.TimeCol >= n || !in.Cols[o.TimeCol].Type.Kind.IsTimestamp() {
		return nil, fmt.Errorf("%s: the columns (%s) over (%s), with time column %d", o.Window.Kind, o.Out, in, o.TimeCol)
	}
	for _, c := range o.Out.Cols[n:] {
		if !c.Type.Kind.IsTimestamp() {
			return nil, fmt.Errorf("%s: the column %s is %s, not a timestamp", o.Window.Kind, c.Name, c.Type)
		}
	}
	return &WindowTVF{op: o, in: in, windows: w, cols: make([]vexec.Vec, n+3),
		batch: vexec.Batch{Cols: make([]vexec.Vec, n+3)}}, nil
}

// Open implements vexec.Operator.
func (w *WindowTVF) Open(oc *vexec.OpContext) error {
	w.maxRows = max(oc.MaxRows, 1)
	return nil
}

// Push implements vexec.Operator.
func (w *WindowTVF) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	w.readTimes(b)
	sel, err := w.rejectBad(b, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return err
	}
	if w.op.Window.Size == w.op.Window.Slide {
		return w.tumble(b, sel, out)
	}
	return w.hop(b, sel, out)
}

// readTimes sets times for the live rows of b.
func (w *WindowTVF) readTimes(b *vexec.Batch) {
	v := &b.Cols[w.op.TimeCol]
	if v.Enc != vexec.Flat {
		w.flat.Reset(v.Type, b.Rows)
		for i := range b.Live() {
			r := b.Row(i)
			f, j := v.At(r)
			w.flat.Int64s()[r] = f.Int64s()[j]
		}
		v = &w.flat
	}
	w.times = v.Int64s()
	if !v.Type.Nanos() {
		w.localTimes(b, v)
		return
	}
	if v != &w.flat {
		w.flat.Reset(v.Type, b.Rows)
	}
	us := w.flat.Int64s()
	for i := range b.Live() {
		r := b.Row(i)
		us[r] = kernels.FloorDiv(w.times[r], 1000)
	}
	w.times = us
	w.localTimes(b, &w.flat)
}

// localTimes replaces times, the values of v, by those of the windows' time zone.
func (w *WindowTVF) localTimes(b *vexec.Batch, v *vexec.Vec) {
	if !w.windows.Zoned() {
		return
	}
	from := w.times
	if v != &w.flat {
		w.flat.Reset(v.Type, b.Rows)
		w.times = w.flat.Int64s()
	}
	for i := range b.Live() {
		r := b.Row(i)
		w.times[r] = w.windows.Local(from[r])
	}
}

// rejectBad rejects rows whose time no window is computed for and returns the rest.
func (w *WindowTVF) rejectBad(b *vexec.Batch, out vexec.Emitter) ([]int32, error) {
	lo, hi, _ := kernels.MinMax(w.times[:b.Rows], b.Sel)
	if lo >= -windows.MaxTime && hi <= windows.MaxTime {
		return b.Sel, nil
	}
	w.bad, w.sel = w.bad[:0], append(w.sel[:0], 0)[:0] // not nil: that would be all rows
	for i := range b.Live() {
		r := int32(b.Row(i))
		if t := w.times[r]; t < -windows.MaxTime || t > windows.MaxTime {
			reason := fmt.Sprintf("the event time %s is out of the range of windows", ir.Micros(t))
			w.bad = append(w.bad, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: reason})
			continue
		}
		w.sel = append(w.sel, r)
	}
	return w.sel, out.Reject(b, w.bad)
}

// tumble adds columns to the same rows: each has just one window.
func (w *WindowTVF) tumble(b *vexec.Batch, sel []int32, out vexec.Emitter) error {
	w.starts = slices.Grow(w.starts[:0], b.Rows)[:b.Rows]
	kernels.WindowStart(w.starts, w.times[:b.Rows], w.op.Window.Offset, w.windows.Slide(), sel)
	w.ends = slices.Grow(w.ends[:0], b.Rows)[:b.Rows]
	for i, s := range w.starts {
		w.ends[i] = s + w.op.Window.Size
	}
	if w.windows.Zoned() {
		rows := vexec.Batch{Rows: b.Rows, Sel: sel}
		for i := range rows.Live() {
			r := rows.Row(i)
			w.starts[r], w.ends[r] = w.windows.Instant(w.starts[r]), w.windows.Instant(w.ends[r])
		}
	}
	copy(w.batch.Cols, b.Cols)
	w.addWindows(b.Rows, sel)
	w.batch = vexec.Batch{Schema: w.op.Out, Cols: w.batch.Cols, Rows: b.Rows, Sel: sel, Kind: b.Kind, Ord: b.Ord, Late: b.Late, Part: b.Part}
	return out.Emit(&w.batch)
}

// addWindows fills the three window columns of n rows from starts and ends, for the rows
// of sel.
func (w *WindowTVF) addWindows(n int, sel []int32) {
	at := len(w.in.Cols)
	step, nanos := timeUnit(w.in.Cols[w.op.TimeCol].Type)
	for k := range 3 {
		v, t := &w.cols[at+k], w.op.Out.Cols[at+k].Type
		v.Reset(t, n)
		dst, scale, less := v.Int64s(), int64(1), int64(0)
		if t.Nanos() {
			scale = 1000
		}
		from := w.ends
		switch k {
		case 0:
			from = w.starts
		case 2:
			less = step
			if t.Nanos() && !nanos {
				less *= 1000
			}
			if !t.Nanos() && nanos {
				less = 1 // the column cannot tell less than a microsecond
			}
		}
		if sel == nil {
			for i, at := range from[:n] {
				dst[i] = at*scale - less
			}
		} else {
			for _, i := range sel {
				dst[i] = from[i]*scale - less
			}
		}
		w.batch.Cols[at+k] = *v
	}
}

// timeUnit is the smallest step of a timestamp type, in microseconds or, for those
// stored so, in nanoseconds.
func timeUnit(t *ir.Type) (step int64, nanos bool) {
	digits := 6
	if t.Nanos() {
		digits, nanos = 9, true
	}
	step = 1
	for p := t.P; p < digits; p++ {
		step *= 10
	}
	return step, nanos
}

// hop repeats each row for its windows, in batches of at most maxRows rows.
func (w *WindowTVF) hop(b *vexec.Batch, sel []int32, out vexec.Emitter) error {
	w.src, w.starts, w.ends = w.src[:0], w.starts[:0], w.ends[:0]
	add := func(r int32) error {
		t := w.times[r]
		last := w.windows.LastEnd(t)
		for e := w.windows.FirstEnd(t); e <= last; e += w.windows.Slide() {
			if w.windows.Twin(e) {
				continue
			}
			if len(w.src) == w.maxRows {
				if err := w.emit(b, out); err != nil {
					return err
				}
			}
			w.src, w.starts, w.ends = append(w.src, r), append(w.starts, w.windows.Instant(w.windows.StartOf(e))), append(w.ends, w.windows.Instant(e))
		}
		return nil
	}
	if sel == nil {
		for r := range int32(b.Rows) {
			if err := add(r); err != nil {
				return err
			}
		}
	}
	for _, r := range sel {
		if err := add(r); err != nil {
			return err
		}
	}
	return w.emit(b, out)
}

// emit hands on the rows collected in src.
func (w *WindowTVF) emit(b *vexec.Batch, out vexec.Emitter) error {
	n := len(w.src)
	if n == 0 {
		return nil
	}
	for c := range w.in.Cols {
		expr.Take(&w.cols[c], &b.Cols[c], w.src)
		w.batch.Cols[c] = w.cols[c]
	}
	w.addWindows(n, nil)
	cols := w.batch.Cols
	w.batch = w.copies.of(b, w.src)
	w.batch.Schema, w.batch.Cols = w.op.Out, cols
	w.src, w.starts, w.ends = w.src[:0], w.starts[:0], w.ends[:0]
	return out.Emit(&w.batch)
}
