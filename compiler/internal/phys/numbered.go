package phys

import "github.com/helios-stream/helios/ir"

// numberRows makes the scans number their rows that some aggregate takes in the order of
// arrival, and those of versions.
func numberRows(p *ir.Plan) {
	seen := map[int]bool{}
	var below func(s *ir.Stage)
	below = func(s *ir.Stage) {
		if s == nil || seen[s.ID] {
			return
		}
		seen[s.ID] = true
		if s.Scan != nil {
			s.Scan.Numbered = true
		}
		for _, in := range s.In {
			below(p.StageByID(in.From))
		}
	}
	for _, s := range p.Stages {
		for _, op := range s.Ops {
			if byArrival(op) {
				below(s)
			}
			if t, ok := op.(*ir.TemporalOp); ok && t.Arrival {
				for _, in := range s.In {
					if in.Port == 1 {
						below(p.StageByID(in.From))
					}
				}
			}
		}
	}
}

// byArrival reports whether an operator has an aggregate that looks at the order in which
// rows came.
func byArrival(op ir.PhysOp) bool {
	var aggs []ir.AggCall
	switch x := op.(type) {
	case *ir.WindowAggOp:
		aggs = x.Aggs
	case *ir.AttachedAggOp:
		aggs = x.Aggs
	case *ir.GroupAggOp:
		aggs = x.Aggs
	}
	for i := range aggs {
		if aggs[i].ByArrival() {
			return true
		}
	}
	return false
}
