package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// Filter is ir.FilterOp: it keeps the rows for which the predicate is true and
// rejects those for which it cannot be computed. It moves no data; what it hands on of
// the predicate's parts are columns behind those of the input.
type Filter struct {
	chainLink
	filter *expr.Filter
	errs   expr.Errors
	extra  []vexec.Vec
	apart  bool // ir.FilterOp.Apart
	kinds  []vexec.RowKind
	wide   vexec.Batch // the batch at hand with extra; its columns are kept from batch to batch
	out    *ir.Schema
}

// NewFilter returns the operator over rows of the schema in.
func NewFilter(o *ir.FilterOp, in *ir.Schema) (vexec.Operator, error) {
	f, err := expr.CompileFilter(o.Pred, o.Extra, in)
	if err != nil {
		return nil, err
	}
	return &Filter{filter: f, extra: make([]vexec.Vec, len(o.Extra)), apart: o.Apart, out: o.Out}, nil
}

// Open implements vexec.Operator.
func (f *Filter) Open(oc *vexec.OpContext) error {
	f.filter.SetClock(oc.Clock)
	return nil
}

// Push implements vexec.Operator.
func (f *Filter) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	f.errs.Reset()
	sel, err := f.filter.Select(b, f.extra, &f.errs)
	if err != nil {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return f.Push(port, half, out) })
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
	if f.apart && b.Kind != nil {
		f.kinds = apart(f.kinds, b.Kind)
		b.Kind = f.kinds
	}
	if len(f.extra) == 0 {
		return out.Emit(b)
	}
	cols := append(append(f.wide.Cols[:0], b.Cols...), f.extra...)
	f.wide = *b
	f.wide.Schema, f.wide.Cols = f.out, cols
	return out.Emit(&f.wide)
}

// apart makes changes that come in pairs ones that stand alone: -D of -U, +I of +U.
func apart(to, kinds []vexec.RowKind) []vexec.RowKind {
	to = to[:0]
	for _, k := range kinds {
		switch k {
		case vexec.UpdateBefore:
			k = vexec.Delete
		case vexec.UpdateAfter:
			k = vexec.Insert
		}
		to = append(to, k)
	}
	return to
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
