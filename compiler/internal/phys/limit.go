package phys

import "github.com/helios-stream/helios/ir"

// limit counts rows in one task, which takes them in the order of their scan where
// there is one.
func (p *planner) limit(x *ir.Limit, r *rel) *rel {
	if n, ok := x.Bound(); ok && n > 0 && p.opt.Limit {
		boundScan(r, n)
	}
	label := p.label("Limit", r.schema(), nil)
	r = p.gather(r)
	r.add(&ir.LimitOp{Count: x.Count, Offset: x.Offset, Out: r.schema(), Label: label})
	return r
}

// boundScan tells the scan that r is how many rows of it are enough: where each of
// its rows is one of r's, in the order of tickets.
func boundScan(r *rel, rows int64) {
	if !r.ordered || len(r.stages) != 1 || r.stages[0].Scan == nil {
		return
	}
	for _, op := range r.stages[0].Ops {
		project, ok := op.(*ir.ProjectOp)
		if !ok {
			return
		}
		for _, e := range project.Exprs {
			if ir.MayFail(e) {
				return
			}
		}
	}
	r.stages[0].Scan.Limit = rows
}
