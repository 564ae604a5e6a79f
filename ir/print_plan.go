package ir

import (
	"fmt"
	"strings"
)

// PrintPlan shows a physical plan as text: each stage with its tasks, where its
// rows come from, and its operators in order; on the right the columns that an
// operator gives, where they are not those that it takes. Options of tables are not
// shown, so that no secret is.
func PrintPlan(plan *Plan) string {
	var p printer
	p.plan(plan)
	return p.String()
}

// plan adds the loads of a plan before its stages, as they run before them.
func (p *printer) plan(plan *Plan) {
	for _, l := range plan.Loads {
		p.plan(l.Plan)
		p.add("  "+DescribeLoad(l), describeSchema(l.Out, -1))
		p.gap()
	}
	for i, s := range plan.Stages {
		if i > 0 {
			p.gap()
		}
		p.stage(plan, s)
	}
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
	in := stageInput(plan, s)
	for _, op := range s.Ops {
		right := ""
		if out := op.OutSchema(); in == nil || !in.Equal(out) {
			right = describeSchema(out, -1)
		}
		p.add("  "+DescribeOp(op), right)
		in = op.OutSchema()
	}
	if s.Sink != nil {
		p.add("  "+describeSink(s.Sink.Table, s.Sink.Title), "")
	}
}

// stageInput is what the first operator of a stage takes; nil: nothing.
func stageInput(plan *Plan, s *Stage) *Schema {
	switch {
	case s.Scan != nil:
		return s.Scan.Out
	case s.Values != nil:
		return s.Values.Out
	case len(s.In) > 0:
		if from := stageByID(plan, s.In[0].From); from != nil {
			return s.In[0].Schema(from)
		}
	}
	return nil
}

func stageByID(plan *Plan, id int) *Stage {
	for _, s := range plan.AllStages() {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func describeInput(plan *Plan, in Input) string {
	text := fmt.Sprintf("stage %d, %s", in.From, in.Mode)
	if in.Port > 0 {
		text = "(right side) " + text
	}
	if in.Mode != Hash && in.Mode != HashOrdered {
		return text
	}
	if from := stageByID(plan, in.From); from != nil {
		text += " by " + nameList(from.Out.Select(in.Keys))
	}
	return text
}

func describeScan(s *PhysScan) string {
	text := "Scan " + s.Table.Name + " (" + s.Table.Connector + ") " + nameList(s.Out) + describeTerms(s.Terms, s.Out)
	for _, f := range s.Filters {
		if n := f.Near; n != nil {
			text += fmt.Sprintf(", with a key that stage %d keeps of %s near its time, in %s", n.Stage, f.LoadName, nameList(s.Out.Select(f.Cols)))
			continue
		}
		text += fmt.Sprintf(", with a key of load %d, %s, in %s", f.Load, f.LoadName, nameList(s.Out.Select(f.Cols)))
	}
	if s.TimeCol >= 0 {
		text += ", watermark " + timeBound(s.Out.Cols[s.TimeCol].Name, s.Lag, s.Drop) + markText(s.Mark)
	}
	if s.Numbered {
		text += ", numbers its rows"
	}
	if s.Limit > 0 {
		text += fmt.Sprintf(", until %d rows are enough", s.Limit)
	}
	return text
}

// DescribeOp is an operator as one line.
func DescribeOp(op PhysOp) string {
	switch x := op.(type) {
	case *FilterOp:
		return "Filter " + x.Pred.String() + handsOn(x.Extra, x.Out)
	case *ProjectOp:
		return "Project " + projection(x.Exprs, x.Out) + handsOn(x.Extra, x.Out)
	case *WatermarkOp:
		return "Watermark " + timeBound(x.Out.Cols[x.TimeCol].Name, x.Lag, x.Drop) + markText(x.Mark)
	case *LateOp:
		return lateText(x.Out, x.TimeCol, x.Window, x.Beyond, x.Keys, x.Rest)
	case *ProcTimeOp:
		return "ProcessingTime " + x.Out.Cols[x.TimeCol].Name
	case *OverOp:
		return overText(x.In, x.Partition, x.Order, x.Calls, x.TTL)
	case *SortOp:
		return sortText(x.Name(), x.Out, x.Order, x.Keep, x.ByTime)
	case *LimitOp:
		return limitText(x.Count, x.Offset)
	case *WindowTVFOp:
		return "Window " + windowText(x.Window, x.Out, x.TimeCol) + windowKeys(x.Window, x.Out, x.Keys)
	case *WindowAggOp:
		return x.Name() + " " + windowText(x.Window, x.In, x.TimeCol) + keyList(x.In, x.Keys) + aggList(x.Aggs) + emissionText(x.Emit, x.Window.Lateness)
	case *CoarsenOp:
		return coarsenText(x.Out, x.Every, x.Key, x.EndCol)
	case *JoinOp:
		return joinOpText(x)
	case *LookupOp:
		return lookupText(x)
	case *ByKeyOp:
		return byKeyText(x)
	case *TemporalOp:
		return x.Name() + " " + x.Type.String() + joinOn(x.Left, x.Right, x.LeftKeys, x.RightKeys) + ", as of " + x.Left.Cols[x.LeftTime].Name + joinIf(x.Cond)
	case *RankPartialOp:
		return rankPartialText(x)
	case *RankOp:
		return rankText(x.In, x.Out, x.Fn, x.Partition, x.Order, x.From, x.To, x.Number, x.AtEnd, x.TTL) + emissionText(Once, x.Lateness)
	case *UnnestOp:
		return unnestText(x.In.Cols[x.Col].Name, x.Outer, x.Cols, len(x.In.Cols), x.Out)
	case *ExpandOp:
		return expandText(x.Out, x.Keys, x.Sets)
	case *GroupAggOp:
		return x.Name() + groupsText(keyList(x.In, x.Keys)+aggList(x.Results()), x.AtEnd, x.TTL)
	case *AttachedAggOp:
		names := []string{x.In.Cols[x.StartCol].Name, x.In.Cols[x.EndCol].Name}
		return x.Name() + " over [" + strings.Join(names, ", ") + "]" + keyList(x.In, x.Keys) + aggList(x.Aggs) + emissionText(x.Emit, x.Lateness)
	}
	return op.Name()
}

// handsOn names the columns that an operator adds for others, the last ones of out.
func handsOn(extra []Expr, out *Schema) string {
	if len(extra) == 0 {
		return ""
	}
	return ", hands on " + projection(extra, &Schema{Cols: out.Cols[len(out.Cols)-len(extra):]})
}
