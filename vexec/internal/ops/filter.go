package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// Filter is ir.FilterOp: it keeps the rows for which the predicate is true and
// rejects those for which it cannot be computed. It moves no data.
type Filter struct {
	chainLink
	filter *expr.Filter
	errs   expr.Errors
}

// NewFilter returns the operator over rows of the schema in.
func NewFilter(o *ir.FilterOp, in *ir.Schema) (vexec.Operator, error) {
	f, err := expr.CompileFilter(o.Pred, in)
	if err != nil {
		return nil, err
	}
	return &Filter{filter: f}, nil
}

// Push implements vexec.Operator.
func (f *Filter) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	f.errs.Reset()
	sel, err := f.filter.Select(b, &f.errs)
	if err != nil {
		return err
	}
	if f.errs.Len() > 0 {
		if err := out.Reject(b, f.errs.Fates()); err != nil {
			return err
		}
	}
	b.Sel = sel
	if b.Live() == 0 {
		return nil
	}
	return out.Emit(b)
}

// chainLink is what stateless operators that hold nothing back have in common.
type chainLink struct{}

// Open implements vexec.Operator.
func (chainLink) Open(*vexec.OpContext) error { return nil }

// Advance implements vexec.Operator.
func (chainLink) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Finish implements vexec.Operator.
func (chainLink) Finish(vexec.Emitter) error { return nil }

// Close implements vexec.Operator.
func (chainLink) Close() error { return nil }
