package phys

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// letters reads the dead letters of the stages whose rows come from the tables alone.
// All of them are planned: the sinks of dead letters come last.
func (p *planner) letters(x *ir.DeadLetters) (*rel, error) {
	origins := map[int][]*ir.Table{}
	s := &ir.Stage{Tasks: 1, Out: ir.LetterSchema}
	for _, from := range p.plan.Stages {
		origins[from.ID] = originOf(from, origins)
		if (from.Scan != nil || len(from.Ops) > 0 || from.Sink.Required() != nil) && allIn(origins[from.ID], x.Tables) {
			s.In = append(s.In, ir.Input{From: from.ID, Mode: ir.Letters})
		}
	}
	if len(s.In) == 0 { // the optimizer found that nothing is read of the tables
		s.Values = &ir.PhysValues{Out: ir.LetterSchema}
	}
	s.ID = len(p.plan.Stages)
	p.plan.Stages = append(p.plan.Stages, s)
	return &rel{stages: []*ir.Stage{s}}, nil
}

// originOf is the tables that a stage's rows come from. Dead letters come from none: what
// is wrong with them goes to the file.
func originOf(s *ir.Stage, origins map[int][]*ir.Table) []*ir.Table {
	if s.Scan != nil {
		return []*ir.Table{s.Scan.Table}
	}
	var out []*ir.Table
	for _, in := range s.In {
		if in.Mode != ir.Letters {
			out = append(out, origins[in.From]...)
		}
	}
	return out
}

func allIn(tables, in []*ir.Table) bool {
	return len(tables) > 0 && !slices.ContainsFunc(tables, func(t *ir.Table) bool { return !slices.Contains(in, t) })
}
