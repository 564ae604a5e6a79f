package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// Project is ir.ProjectOp: it computes a row from each row and rejects those that
// cannot be computed. Columns that are only passed on are not copied.
type Project struct {
	chainLink
	program *expr.Program
	errs    expr.Errors
	batch   vexec.Batch
	out     *ir.Schema
	sel     []int32
}

// NewProject returns the operator over rows of the schema in.
func NewProject(o *ir.ProjectOp, in *ir.Schema) (vexec.Operator, error) {
	all := o.All()
	if len(all) != len(o.Out.Cols) {
		return nil, fmt.Errorf("project: %d expressions for the columns (%s)", len(all), o.Out)
	}
	exprs := make([]ir.Expr, len(all))
	for i, e := range all {
		// A bare NULL takes the type of its column.
		if exprs[i] = e; e.Type().Kind == ir.Null {
			exprs[i] = &ir.Cast{X: e, T: o.Out.Cols[i].Type}
		}
	}
	p, err := expr.Compile(exprs, in)
	if err != nil {
		return nil, err
	}
	return &Project{program: p, out: o.Out, batch: vexec.Batch{Cols: make([]vexec.Vec, len(exprs))}}, nil
}

// Open implements vexec.Operator.
func (p *Project) Open(oc *vexec.OpContext) error {
	p.program.SetClock(oc.Clock)
	return nil
}

// Push implements vexec.Operator.
func (p *Project) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	p.errs.Reset()
	cols := p.batch.Cols
	if err := p.program.Eval(b, cols, &p.errs); err != nil {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return p.Push(port, half, out) })
	}
	sel := b.Sel
	if p.errs.Len() > 0 {
		if err := out.Reject(b, p.errs.Fates()); err != nil {
			return err
		}
		p.sel = p.errs.Without(sel, b.Rows, p.sel)
		if sel = p.sel; len(sel) == 0 {
			return nil
		}
	}
	p.batch = vexec.Batch{Schema: p.out, Cols: cols, Rows: b.Rows, Sel: sel, Kind: b.Kind, Ord: b.Ord, Late: b.Late, Part: b.Part}
	return out.Emit(&p.batch)
}
