package compiler

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// Choice is something that the planner did which can be switched off like a rule.
type Choice struct {
	Rule string
	Did  string // what and where, by the stages of the plan
}

// choicesOf lists the planner's choices, by what is in the plan.
func choicesOf(p *ir.Plan) []Choice {
	var out []Choice
	add := func(rule, format string, args ...any) {
		out = append(out, Choice{rule, fmt.Sprintf(format, args...)})
	}
	for _, s := range p.AllStages() {
		if len(s.In) == 1 && s.In[0].Mode == ir.Forward {
			if from := p.StageByID(s.In[0].From); from.Scan != nil && len(from.Ops) == 0 {
				add(shareScans, "stage %d takes the rows of %s that stage %d reads", s.ID, from.Scan.Table.Name, from.ID)
			} else {
				add(subplans, "stage %d takes the rows that stage %d computes, %s the last of it", s.ID, from.ID, lastOf(from))
			}
		}
		if s.Scan != nil && s.Scan.Limit > 0 {
			add(limitScan, "stage %d begins no more of %s after %d rows", s.ID, s.Scan.Table.Name, s.Scan.Limit)
		}
		if s.Scan != nil {
			for _, f := range s.Scan.Filters {
				add(bloom, "stage %d leaves out rows of %s without a key of %s", s.ID, s.Scan.Table.Name, f.LoadName)
			}
		}
		for _, op := range s.Ops {
			switch x := op.(type) {
			case *ir.WindowAggOp:
				if x.Phase == ir.Partial {
					add(twoPhase, "stage %d aggregates its own rows before they go to the tasks of their keys: %s", s.ID, ir.DescribeOp(op))
				}
			case *ir.GroupAggOp:
				if x.Phase == ir.Partial {
					add(twoPhase, "stage %d aggregates its own rows before they go to the tasks of their keys: %s", s.ID, ir.DescribeOp(op))
				}
			case *ir.FilterOp:
				for _, e := range x.Extra {
					add(shareExprs, "stage %d computes %s once, in a filter, for what is above it", s.ID, e)
				}
			case *ir.ProjectOp:
				for _, e := range x.Extra {
					add(shareExprs, "stage %d computes %s once, in a projection, for what is above it", s.ID, e)
				}
			}
		}
	}
	return out
}

// lastOf is the last operator of a stage, as plans print it.
func lastOf(s *ir.Stage) string {
	if len(s.Ops) == 0 {
		return "an exchange"
	}
	return ir.DescribeOp(s.Ops[len(s.Ops)-1])
}
