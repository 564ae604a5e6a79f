package phys

import "github.com/helios-stream/helios/ir"

// windowTVF assigns windows: where the rows are, or where those of their key are.
func (p *planner) windowTVF(x *ir.WindowTVF, r *rel) *rel {
	op := &ir.WindowTVFOp{TimeCol: x.TimeCol, Window: x.Window, Keys: x.Keys, Out: x.S}
	if x.Window.Keyed() {
		op.Label, op.StuckTime = p.label(x.Window.Kind.String(), r.schema(), x.Keys), ir.StuckTime(x)
		r = p.keyed(r, x.Window, x.Keys)
		r.ordered = false // rows come out when their windows close
	}
	r.add(op)
	return r
}

// lateRows finds the late rows of what is below: of sessions where all rows of a key are.
func (p *planner) lateRows(x *ir.LateRows, r *rel) *rel {
	op := &ir.LateOp{TimeCol: x.TimeCol, Window: x.Window, Beyond: x.Beyond, Keys: x.Keys, Rest: x.Rest, Out: r.schema()}
	if x.Window != nil && x.Window.Keyed() {
		op.Label, op.StuckTime = p.label("LateRows", r.schema(), x.Keys), ir.StuckTime(x)
		r = p.keyed(r, *x.Window, x.Keys)
		r.ordered = false
	}
	r.add(op)
	return r
}

// keyed brings all rows of a key to one task, in the order of the scan where there is one.
// A bound on all sessions together needs all rows in one task.
func (p *planner) keyed(r *rel, w ir.Window, keys []int) *rel {
	switch {
	case r.oneTask():
		return r
	case len(keys) == 0, w.Max > 0, p.opt.Tasks == 1:
		return p.gather(r)
	}
	return p.exchange(r, p.opt.Tasks, w.Mode(r.ordered), keys)
}
