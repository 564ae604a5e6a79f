package ir

import (
	"fmt"
	"strings"
)

// PrintPlan shows a physical plan as text: each stage with its tasks, where its
// rows come from, its operators in order with what they give, and where its rows
// go. Options of tables are not shown, so that no secret is.
func PrintPlan(plan *Plan) string {
	var p printer
	for i, s := range plan.Stages {
		if i > 0 {
			p.gap()
		}
		p.stage(plan, s)
	}
	return p.String()
}

func (p *printer) stage(plan *Plan, s *Stage) {
	p.add(fmt.Sprintf("Stage %d, %s", s.ID, plural(s.Tasks, "task")), "")
	for _, in := range s.In {
		p.add("  from "+describeInput(plan, in), "")
	}
	if s.Scan != nil {
		p.add("  "+describeScan(s.Scan), describeSchema(s.Scan.Out, s.Scan.TimeCol))
	}
	if s.Values != nil {
		p.add("  Values "+plural(len(s.Values.Rows), "row"), describeSchema(s.Values.Out, -1))
	}
	for _, op := range s.Ops {
		p.add("  "+DescribeOp(op), describeSchema(op.OutSchema(), -1))
	}
	if s.Sink != nil {
		p.add("  "+describeSink(s.Sink.Table, s.Sink.Title), "")
	}
}

func describeInput(plan *Plan, in Input) string {
	text := fmt.Sprintf("stage %d, %s", in.From, in.Mode)
	if in.Mode != Hash {
		return text
	}
	for _, s := range plan.Stages {
		if s.ID == in.From {
			return text + " " + nameList(s.Out.Select(in.Keys))
		}
	}
	return text
}

func describeScan(s *PhysScan) string {
	text := "Scan " + s.Table.Name + " (" + s.Table.Connector + ") " + nameList(s.Out)
	if s.TimeCol >= 0 {
		text += ", watermark " + timeBound(s.Out.Cols[s.TimeCol].Name, s.Lag, s.Drop)
	}
	return text
}

// DescribeOp is an operator as one line.
func DescribeOp(op PhysOp) string {
	switch x := op.(type) {
	case *FilterOp:
		return "Filter " + x.Pred.String()
	case *ProjectOp:
		return "Project " + projection(x.Exprs, x.Out)
	case *WatermarkOp:
		return "Watermark " + timeBound(x.Out.Cols[x.TimeCol].Name, x.Lag, x.Drop)
	case *WindowTVFOp:
		return "Window " + windowText(x.Window, x.Out.Cols[x.TimeCol].Name)
	case *WindowAggOp:
		return x.Name() + " " + windowText(x.Window, x.In.Cols[x.TimeCol].Name) + keyList(x.In, x.Keys) + aggList(x.Aggs)
	case *AttachedAggOp:
		names := []string{x.In.Cols[x.StartCol].Name, x.In.Cols[x.EndCol].Name}
		return x.Name() + " over [" + strings.Join(names, ", ") + "]" + keyList(x.In, x.Keys) + aggList(x.Aggs)
	}
	return op.Name()
}
