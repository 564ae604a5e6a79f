package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Repeat is ir.RepeatOp: each row as often as its last column says.
type Repeat struct {
	op    *ir.RepeatOp
	batch vexec.Batch
	left  []int64 // by live row: how often it is still to be given
	sel   []int32
	kinds []vexec.RowKind
}

// NewRepeat returns the operator.
func NewRepeat(o *ir.RepeatOp) *Repeat { return &Repeat{op: o} }

// Open implements vexec.Operator.
func (r *Repeat) Open(*vexec.OpContext) error {
	return nil
}

// Push implements vexec.Operator. It gives all rows that are left once, until none is.
func (r *Repeat) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	n := len(b.Cols) - 1
	times := &b.Cols[n]
	r.left = r.left[:0]
	for i := range b.Live() {
		row := b.Row(i)
		if times.Null(row) {
			r.left = append(r.left, 0)
			continue
		}
		v, j := times.At(row)
		r.left = append(r.left, v.Int64s()[j])
	}
	r.batch = vexec.Batch{Schema: r.op.Out, Cols: b.Cols[:n:n], Rows: b.Rows, Kind: b.Kind, Late: b.Late, Part: b.Part}
	if b.Kind != nil {
		r.cancel(b)
		r.kinds = apart(r.kinds, b.Kind) // how often an old row is given need not be how often the new one is
		r.batch.Kind = r.kinds
	}
	for {
		if r.sel == nil {
			r.sel = make([]int32, 0, b.Rows)
		}
		r.sel = r.sel[:0]
		for i := range r.left {
			if r.left[i] > 0 {
				r.left[i]--
				r.sel = append(r.sel, int32(b.Row(i)))
			}
		}
		if len(r.sel) == 0 {
			return nil
		}
		r.batch.Sel = r.sel
		if err := out.Emit(&r.batch); err != nil {
			return err
		}
	}
}

// cancel leaves out what a pair of changes takes back and gives again: of a row that is there
// a thousand times, and then once more, one comes.
func (r *Repeat) cancel(b *vexec.Batch) {
	after := 0
	for before := range r.left {
		if b.Kind[b.Row(before)] != vexec.UpdateBefore {
			continue
		}
		for after < len(r.left) && b.Kind[b.Row(after)] != vexec.UpdateAfter {
			after++
		}
		if after == len(r.left) {
			return
		}
		if both := min(r.left[before], r.left[after]); both > 0 && r.alike(b, before, after) {
			r.left[before] -= both
			r.left[after] -= both
		}
		after++
	}
}

// alike reports whether two live rows are the same but for how often they are given.
func (r *Repeat) alike(b *vexec.Batch, x, y int) bool {
	for i := range r.batch.Cols {
		if !vexec.SameAt(&b.Cols[i], b.Row(x), &b.Cols[i], b.Row(y)) {
			return false
		}
	}
	return true
}

// Advance implements vexec.Operator.
func (r *Repeat) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Finish implements vexec.Operator.
func (r *Repeat) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (r *Repeat) Close() error { return nil }
