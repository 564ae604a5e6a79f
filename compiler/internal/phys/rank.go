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
	// Also in front of one task, so that a run with another number of tasks goes on with the same counts.
	if p.opt.TwoPhase && !in.Updating && x.TTL == 0 && x.Fn != "DENSE_RANK" && x.To <= ir.MaxPartialRank && len(x.Order) > 0 {
		r.add(&ir.RankPartialOp{Partition: x.Partition, Order: x.Order, To: x.To, Out: r.schema(), Label: ir.PartialLabel(op.Label)})
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
