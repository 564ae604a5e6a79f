package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// Changelog is ir.ChangelogOp: a first column with the change kind of each row, which is
// a row that is added from there on.
type Changelog struct {
	op    *ir.ChangelogOp
	batch vexec.Batch
	kinds vexec.Vec
}

// NewChangelog returns the operator.
func NewChangelog(o *ir.ChangelogOp) *Changelog { return &Changelog{op: o} }

// Open implements vexec.Operator.
func (c *Changelog) Open(*vexec.OpContext) error { return nil }

// Push implements vexec.Operator.
func (c *Changelog) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	c.batch = vexec.Batch{Schema: c.op.Out, Cols: append(c.batch.Cols[:0], c.column(b)), Rows: b.Rows, Sel: b.Sel, Late: b.Late, Part: b.Part}
	c.batch.Cols = append(c.batch.Cols, b.Cols...)
	return out.Emit(&c.batch)
}

// column is the kinds of a batch's rows.
func (c *Changelog) column(b *vexec.Batch) vexec.Vec {
	c.kinds.Reset(ir.TVarchar, max(b.Rows, 1))
	if b.Kind == nil {
		c.kinds.Enc = vexec.Const
		c.kinds.Views()[0] = kernels.InlineView([]byte(vexec.Insert.String()))
		return c.kinds
	}
	for i, k := range b.Kind {
		c.kinds.Views()[i] = kernels.InlineView([]byte(k.String()))
	}
	return c.kinds
}

// Advance implements vexec.Operator.
func (c *Changelog) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Finish implements vexec.Operator.
func (c *Changelog) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (c *Changelog) Close() error { return nil }
