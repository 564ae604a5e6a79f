package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Expand is ir.ExpandOp: each batch once for each grouping set. It moves no data: what a
// set leaves out is a column of NULLs.
type Expand struct {
	chainLink
	op    *ir.ExpandOp
	width int // columns of the input
	batch vexec.Batch
	cols  []vexec.Vec
	nulls []vexec.Vec // by key
	set   vexec.Vec   // the number of the set
}

// NewExpand returns the operator over rows of the schema in.
func NewExpand(o *ir.ExpandOp, in *ir.Schema) *Expand {
	e := &Expand{op: o, width: len(in.Cols), cols: make([]vexec.Vec, len(o.Out.Cols))}
	for _, k := range o.Keys {
		e.nulls = append(e.nulls, vexec.ConstNull(in.Cols[k].Type))
	}
	return e
}

// Push implements vexec.Operator.
func (e *Expand) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	sel := b.Sel
	for number, set := range e.op.Sets {
		copy(e.cols, b.Cols[:e.width])
		keys := e.cols[e.width:]
		copy(keys, e.nulls)
		for _, k := range set {
			keys[k] = b.Cols[e.op.Keys[k]]
		}
		constInt(&e.set, ir.TBigInt, int64(number))
		keys[len(e.op.Keys)] = e.set
		e.batch = *b
		e.batch.Schema, e.batch.Cols, e.batch.Sel = e.op.Out, e.cols, sel
		if err := out.Emit(&e.batch); err != nil {
			return err
		}
	}
	return nil
}
