package phys

import "github.com/helios-stream/helios/ir"

// over brings the rows of a partition to one task, in the order of their scan where there
// is one.
func (p *planner) over(x *ir.Over, r *rel) *rel {
	op := &ir.OverOp{
		In: r.schema(), Partition: x.Partition, Order: x.Order, Calls: x.Calls, ByTime: x.ByTime(), Streams: x.Streams(), TTL: x.TTL, Ends: x.Input.Props().Bounded,
		StuckTime: ir.StuckTime(x), Out: x.S, Label: p.label("Over", r.schema(), x.Partition),
	}
	if !ir.HasArrival(x.Input) {
		op.Ties = allColumns(op.In)
	}
	switch {
	case r.oneTask():
	case len(x.Partition) == 0 || p.opt.Tasks == 1:
		r = p.gather(r)
	case r.ordered:
		r = p.exchange(r, p.opt.Tasks, ir.HashOrdered, x.Partition)
	default:
		r = p.exchange(r, p.opt.Tasks, ir.Hash, x.Partition)
	}
	r.add(op)
	r.ordered = false
	return r
}

// allColumns is an order by all columns that have one, NULLs last.
func allColumns(s *ir.Schema) []ir.SortKey {
	var out []ir.SortKey
	for i, c := range s.Cols {
		if c.Type.Ordered() {
			out = append(out, ir.SortKey{Col: i})
		}
	}
	return out
}
