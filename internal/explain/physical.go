package explain

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Physical makes the graph of a physical plan. bounded says whether a table ends.
func Physical(p *ir.Plan, bounded func(t *ir.Table) bool) *Graph {
	g := &Graph{Form: "physical"}
	g.addPlan(p, bounded)
	return g
}

// addPlan adds the boxes of a plan, behind those of its loads.
func (g *Graph) addPlan(p *ir.Plan, bounded func(t *ir.Table) bool) {
	for _, l := range p.Loads {
		g.addPlan(l.Plan, bounded)
		last := g.Boxes[len(g.Boxes)-1]
		step := &Step{Text: ir.DescribeLoad(l), Columns: l.Out.Cols, TimeCol: -1, Same: true}
		step.note("state", fmt.Sprintf("all rows of `%s`, about %d bytes each, once for all tasks; they are read before the stages that look into them", l.Name, ir.RowBytes(l.Out)))
		last.Steps = append(last.Steps, step)
	}
	ends := map[int]bool{}
	for _, s := range p.Stages {
		b := &Box{ID: s.ID, Title: fmt.Sprintf("Stage %d, %s", s.ID, count(int64(s.Tasks), "task")), Tasks: s.Tasks}
		ends[s.ID] = true
		for _, in := range s.In {
			b.In = append(b.In, Arrow{From: in.From, Label: exchange(p, in)})
			ends[s.ID] = ends[s.ID] && ends[in.From]
		}
		if s.Scan != nil {
			ends[s.ID] = bounded(s.Scan.Table)
		}
		b.In = append(b.In, loadsOf(p, s)...)
		b.Steps = steps(p, s, ends[s.ID])
		g.Boxes = append(g.Boxes, b)
	}
}

// loadsOf are the last stages of the loads that a stage looks rows up in.
func loadsOf(p *ir.Plan, s *ir.Stage) (out []Arrow) {
	for _, op := range s.Ops {
		if x, ok := op.(*ir.LookupOp); ok {
			if l := p.LoadByID(x.Load); l != nil {
				last := l.Plan.Stages[len(l.Plan.Stages)-1]
				if a := (Arrow{From: last.ID, Label: "load " + l.Name}); !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// exchange is how rows come, without where from.
func exchange(p *ir.Plan, in ir.Input) string {
	text := string(in.Mode)
	if from := p.StageByID(in.From); len(in.Keys) > 0 && from != nil {
		text += by(names(from.Out, in.Keys))
	}
	return text
}

func steps(p *ir.Plan, s *ir.Stage, bounded bool) []*Step {
	var out []*Step
	var in []ir.Column
	add := func(text string, cols []ir.Column) *Step {
		step := &Step{Text: text, Columns: cols, TimeCol: -1, Same: in != nil && sameColumns(in, cols)}
		in = cols
		out = append(out, step)
		return step
	}
	switch {
	case s.Scan != nil:
		x := s.Scan
		step := add(ir.DescribeScan(x), x.Out.Cols)
		step.TimeCol = x.TimeCol
		step.note("rows", bounds(bounded, ir.Inserts))
		step.note("estimate", about(x.Table.Rows))
		step.note("columns", reads(x.Table, x.Places()))
		if x.TimeCol >= 0 {
			step.note("event time", eventTime(x.Out.Cols[x.TimeCol].Name, x.Lag, x.Drop))
		}
	case s.Values != nil:
		step := add("Values "+count(int64(len(s.Values.Rows)), "row"), s.Values.Out.Cols)
		step.note("rows", bounds(true, ir.Inserts))
	case len(s.In) > 0:
		in = s.In[0].Schema(p.StageByID(s.In[0].From)).Cols
	}
	for _, op := range s.Ops {
		describeOp(add(ir.DescribeOp(op), op.OutSchema().Cols), op)
	}
	if s.Sink != nil {
		step := add(ir.DescribeSink(s.Sink.Table, s.Sink.Title), in)
		step.note("rows", bounds(bounded, s.Sink.Changes))
	}
	return out
}

func describeOp(s *Step, op ir.PhysOp) {
	if x, ok := op.(*ir.WatermarkOp); ok {
		s.TimeCol = x.TimeCol
		s.note("event time", eventTime(x.Out.Cols[x.TimeCol].Name, x.Lag, x.Drop))
	}
	switch x := op.(type) {
	case *ir.JoinOp:
		s.note("estimate", about(x.Rows))
	case *ir.LookupOp:
		s.note("estimate", about(x.Rows))
	case *ir.ByKeyOp:
		s.note("estimate", about(x.Rows))
	}
	s.note("state", ir.StateOfOp(op).Text)
}
