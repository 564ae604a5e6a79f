package phys

import "github.com/helios-stream/helios/ir"

// sort orders rows in one task, which takes them in the order of their scan where there is
// one. Where only the first ones are wanted the tasks before it hand on no more than those
// that may be among them; also where there is but one, so that a run with another number of
// tasks goes on with the same counts.
func (p *planner) sort(x *ir.Sort, r *rel) *rel {
	op := ir.SortOp{
		Phase: ir.Complete, Order: x.Order, Keep: x.Keep, ByTime: x.ByTime, Lead: x.Lead, StuckTime: ir.StuckTime(x),
		Label: p.label("Sort", r.schema(), orderColumns(x.Order)),
	}
	if x.Keep >= 0 {
		partial := op
		partial.Phase, partial.Label, partial.Out = ir.Partial, ir.PartialLabel(op.Label), r.schema()
		r.add(&partial)
	}
	r = p.gather(r)
	op.Out = r.schema()
	r.add(&op)
	r.ordered = false
	return r
}

func orderColumns(order []ir.SortKey) []int {
	out := make([]int, len(order))
	for i, k := range order {
		out[i] = k.Col
	}
	return out
}
