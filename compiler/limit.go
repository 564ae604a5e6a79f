package compiler

import "github.com/helios-stream/helios/ir"

// limited puts a limit over the rows of every SELECT to the client; rows 0: none.
func limited(l *ir.Logical, rows int64) *ir.Logical {
	if rows <= 0 {
		return l
	}
	out := &ir.Logical{Sinks: make([]*ir.Sink, len(l.Sinks))}
	for i, s := range l.Sinks {
		out.Sinks[i] = s
		if s.Table == nil {
			out.Sinks[i] = s.WithInputs([]ir.Node{&ir.Limit{Input: s.Input, Count: rows}}).(*ir.Sink)
		}
	}
	return out
}

// limitPlan is limited for a physical plan, whose sinks have one task each.
func limitPlan(p *ir.Plan, rows int64) *ir.Plan {
	if rows <= 0 {
		return p
	}
	out := &ir.Plan{Stages: make([]*ir.Stage, len(p.Stages)), Loads: p.Loads, Delivery: p.Delivery}
	for i, s := range p.Stages {
		out.Stages[i] = s
		if s.Sink != nil && s.Sink.Table == nil {
			c := *s
			c.Ops = append(c.Ops[:len(c.Ops):len(c.Ops)], &ir.LimitOp{Count: rows, Out: s.Out})
			out.Stages[i] = &c
		}
	}
	return out
}
