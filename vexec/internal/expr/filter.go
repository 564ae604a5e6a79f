package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Filter selects the rows of batches for which a predicate is true. It is used by
// one goroutine.
type Filter struct {
	p    *Program
	slot int
	buf  []int32
}

// CompileFilter makes a filter over the columns of in. The parts of an AND are
// looked at in their order, each only for the rows that are left; extra is computed
// for those that are left in the end, out of what pred has computed.
func CompileFilter(pred ir.Expr, extra []ir.Expr, in *ir.Schema) (*Filter, error) {
	if k := pred.Type().Kind; k != ir.Boolean && k != ir.Null {
		return nil, fmt.Errorf("%s is %s, a condition must be BOOLEAN", shorten(pred.String(), 80), pred.Type())
	}
	c := newCompiler(in)
	slot, err := c.cond(pred, true, c.root)
	if err != nil {
		return nil, err
	}
	kept := c.inside(c.root, slot)
	for _, e := range extra {
		r, err := c.expr(e, kept)
		if err != nil {
			return nil, err
		}
		c.p.outs = append(c.p.outs, r)
	}
	return &Filter{p: c.p, slot: slot}, nil
}

// SetClock is that of Program.
func (f *Filter) SetClock(c vexec.Clock) { f.p.SetClock(c) }

// Select returns the live rows of b for which the predicate is true, without those
// that failed, which are added to errs. nil stands for all physical rows; the
// result is valid until the next Select and may be b.Sel. extra, which is as long as
// what CompileFilter was given, is set to columns whose values stand at the rows of
// the result, as those of Program.Eval.
func (f *Filter) Select(b *vexec.Batch, extra []vexec.Vec, errs *Errors) ([]int32, error) {
	if err := f.p.Eval(b, extra, errs); err != nil {
		if len(extra) > 0 {
			return nil, err
		}
		return f.inParts(b, err, errs)
	}
	sel := f.p.slots[f.slot].rows
	if errs.Len() == 0 {
		return sel, nil
	}
	if cap(f.buf) < b.Rows+1 {
		f.buf = make([]int32, b.Rows+1)
	}
	return errs.Without(sel, b.Rows, f.buf), nil
}

// inParts selects the rows of a batch that is too much (Halves) part by part.
func (f *Filter) inParts(b *vexec.Batch, err error, errs *Errors) ([]int32, error) {
	all := []int32{}
	err = Halves(b, err, func(half *vexec.Batch) error {
		sel, err := f.Select(half, nil, errs)
		if err == nil && sel == nil {
			sel = half.Sel
		}
		all = append(all, sel...)
		return err
	})
	return all, err
}
