package phys

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// rank puts the rows of each partition in one task, in the order of their source where
// they have one.
func (p *planner) rank(x *ir.Rank, r *rel) *rel {
	in := x.Input.Props()
	op := &ir.RankOp{
		In: r.schema(), Fn: x.Fn, Partition: x.Partition, Order: x.Order, From: x.From, To: x.To, Number: x.Number,
		Arrival: ir.HasArrival(x.Input), EndCol: -1, AtEnd: x.AtEnd, Lateness: x.Lateness, Retracts: in.Updating, TTL: x.TTL, Ends: in.Bounded, Out: x.S,
		Label: p.label("Rank", r.schema(), x.Partition), StuckTime: ir.StuckTime(x),
	}
	if x.Windowed() {
		op.EndCol = in.WindowEnd
	}
	switch {
	case r.oneTask():
	case len(x.Partition) == 0 || p.opt.Tasks == 1:
		r = p.gather(r)
	case r.ordered:
		r = p.exchange(r, p.opt.Tasks, ir.HashOrdered, slices.Clone(x.Partition))
	default:
		r = p.exchange(r, p.opt.Tasks, ir.Hash, slices.Clone(x.Partition))
	}
	r.add(op)
	r.ordered = false
	return r
}
