package phys

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// windowAgg aggregates in place where one task sees all rows; else first where the
// rows are and then by key (two phases), or by key alone.
func (p *planner) windowAgg(x *ir.WindowAgg, r *rel) *rel {
	op := ir.WindowAggOp{
		Phase: ir.Complete, In: r.schema(), TimeCol: x.TimeCol, Window: x.Window,
		Keys: x.Keys, Aggs: x.Aggs, Layout: x.Out, Emit: x.Emit, Out: x.S,
		Label: p.label("WindowAgg", r.schema(), x.Keys), StuckTime: ir.StuckTime(x),
	}
	if x.Window.Keyed() {
		r = p.keyed(r, x.Window, x.Keys)
	} else {
		partial := op
		partial.Phase, partial.Label, partial.Out = ir.Partial, ir.PartialLabel(op.Label), ir.PartialSchema(&op)
		r, op.Phase = p.phases(r, x.Keys, &partial, groupColumns(len(x.Keys)))
	}
	r.add(&op)
	r.ordered = false
	return r
}

// heldBack tells the aggregate that r comes from, if it is one of windows that change, that its
// changes are asked for every so often.
func heldBack(r *rel, every int64) {
	for _, s := range r.stages {
		if n := len(s.Ops); n > 0 {
			if w, ok := s.Ops[n-1].(*ir.WindowAggOp); ok && w.Emit == ir.Changing && !w.Window.Keyed() {
				w.Every = every
			}
		}
	}
}

// phases brings rows to the tasks of their keys, where they do not all come to one: behind
// the phase partial, if there is one (nil) and it is wanted, whose groups have their keys in
// the columns groups. It returns the phase of what follows.
func (p *planner) phases(r *rel, keys []int, partial ir.PhysOp, groups []int) (*rel, ir.AggPhase) {
	switch {
	case r.oneTask():
		return r, ir.Complete
	case p.opt.TwoPhase && partial != nil:
		r.add(partial)
		return p.distribute(r, groups), ir.Final
	}
	return p.distribute(r, keys), ir.Complete
}

// groupColumns are the places of n keys in partial groups.
func groupColumns(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = ir.PartialHead + i
	}
	return out
}

// distribute gives each key's rows to one task; without keys there is one task.
func (p *planner) distribute(r *rel, keys []int) *rel {
	if len(keys) == 0 || p.opt.Tasks == 1 {
		return p.exchange(r, 1, ir.Gather, nil)
	}
	return p.exchange(r, p.opt.Tasks, ir.Hash, keys)
}

// attachedAgg aggregates rows that carry their window.
func (p *planner) attachedAgg(x *ir.Aggregate, r *rel) (*rel, error) {
	props := x.Input.Props()
	if x.StartKey < 0 && x.EndKey < 0 || props.WindowStart < 0 || props.WindowEnd < 0 {
		return nil, fmt.Errorf("no plan for an aggregate without a window")
	}
	if !r.oneTask() {
		r = p.distribute(r, x.Keys)
	}
	r.add(&ir.AttachedAggOp{
		In: r.schema(), StartCol: props.WindowStart, EndCol: props.WindowEnd,
		Keys: x.Keys, Aggs: x.Aggs, Emit: x.Emit, Lateness: x.Lateness, Out: x.S, Label: p.label("AttachedAgg", r.schema(), x.Keys), StuckTime: ir.StuckTime(x),
	})
	r.ordered = false
	return r, nil
}

// groupAgg aggregates without a window, in place or first where the rows are and then by
// key, as windowAgg does.
func (p *planner) groupAgg(x *ir.Aggregate, r *rel) *rel {
	op := ir.GroupAggOp{
		Phase: ir.Complete, In: r.schema(), Keys: x.Keys, Aggs: x.Aggs, AtEnd: x.AtEnd, Before: true, TTL: x.TTL, Totals: x.Totals, Ends: x.Input.Props().Bounded, Out: x.S,
		Label: p.label("GroupAgg", r.schema(), x.Keys),
	}
	if x.Input.Props().Updating {
		op.Aggs, op.Counts = retracting(x.Aggs, len(x.Keys) > 0), len(x.Keys) > 0
	}
	var first ir.PhysOp
	if !slices.ContainsFunc(op.Aggs, keptApart) {
		partial := op
		partial.Phase, partial.Label, partial.Out = ir.Partial, ir.PartialLabel(op.Label), ir.GroupSchema(&op)
		first = &partial
	}
	r, op.Phase = p.phases(r, x.Keys, first, identity(len(x.Keys)))
	r.add(&op)
	r.ordered = false
	return r
}

// keptApart reports whether an aggregate of rows that may be taken back has to keep them, or
// their values: the state of some is then about as large as they are, and takes more work, so
// rows go to their groups as they are. Others have a number or a few, which adds up.
func keptApart(a ir.AggCall) bool { return a.Retracts && a.KeepsEach() }

// retracting is aggregates of rows that may be taken back, and with count the number of
// a group's rows behind them.
func retracting(aggs []ir.AggCall, count bool) []ir.AggCall {
	out := slices.Clone(aggs)
	for i := range out {
		out[i].Retracts = true
	}
	if count {
		out = append(out, ir.AggCall{Fn: "COUNT", T: ir.TBigInt, Name: "$rows", Retracts: true})
	}
	return out
}

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// label names an operator's state: by the sink, the operator and its keys, so that
// edits elsewhere in the file keep it.
func (p *planner) label(kind string, in *ir.Schema, keys []int) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = in.Cols[k].Name
	}
	l := p.sink + "/" + kind + "(" + strings.Join(names, ",") + ")"
	p.labels[l]++
	if n := p.labels[l]; n > 1 {
		l += "#" + strconv.Itoa(n)
	}
	return l
}

// sinkName names a sink for labels: its table, or the number of the SELECT.
func sinkName(s *ir.Sink, number int) string {
	if s.Table != nil {
		return s.Table.Name
	}
	return "select-" + strconv.Itoa(number)
}
