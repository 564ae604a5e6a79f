package phys

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// join plans a join: a lookup where its left side is, other kinds where the rows of a key of
// both sides come together.
func (p *planner) join(x *ir.Join) (*rel, error) {
	left, err := p.build(x.Left)
	if err != nil {
		return nil, err
	}
	if x.Kind == ir.LookupJoin {
		return p.lookup(x, left)
	}
	if x.Kind == ir.ByKeyJoin {
		return byKey(x, left), nil
	}
	right, err := p.build(x.Right)
	if err != nil {
		return nil, err
	}
	r := p.meet(x, left, right)
	if x.Kind == ir.TemporalJoin {
		r.add(&ir.TemporalOp{Type: x.Type, Left: left.schema(), Right: right.schema(), LeftKeys: x.LeftKeys, RightKeys: x.RightKeys,
			LeftTime: x.Time.Left, RightTime: x.Time.Right, Arrival: ir.VersionsByArrival(x.Right), Cond: x.Cond, Cols: x.Cols, Out: x.S,
			Label: p.label("TemporalJoin", left.schema(), x.LeftKeys), StuckTime: ir.StuckTime(x)})
		return r, nil
	}
	l, o := x.Left.Props(), x.Right.Props()
	r.add(&ir.JoinOp{Kind: x.Kind, Type: x.Type, Left: left.schema(), Right: right.schema(), LeftKeys: x.LeftKeys, RightKeys: x.RightKeys,
		Cond: x.Cond, Time: x.Time, LeftEnd: x.LeftEnd, RightEnd: x.RightEnd, LeftChanges: l.Updating, RightChanges: o.Updating,
		AtEnd: x.AtEnd, LeftTTL: x.LeftTTL, RightTTL: x.RightTTL, Ends: l.Bounded && o.Bounded, LeftName: x.LeftName, RightName: x.RightName, Rows: x.Rows,
		Cols: x.Cols, Times: timesOf(x.Props()), Out: x.S, Label: p.label("Join", left.schema(), x.LeftKeys), StuckTime: ir.StuckTime(x)})
	return r, nil
}

// timesOf are the columns that event time bounds.
func timesOf(p *ir.Props) []int {
	var out []int
	for _, c := range []int{p.TimeCol, p.OtherTime} {
		if c >= 0 {
			out = append(out, c)
		}
	}
	return out
}

// meet starts a stage that reads both sides: by their keys, or in one task.
func (p *planner) meet(x *ir.Join, left, right *rel) *rel {
	tasks, mode := p.opt.Tasks, ir.Hash
	if len(x.LeftKeys) == 0 || tasks == 1 {
		tasks, mode = 1, ir.Gather
	}
	s := p.newStage(tasks)
	s.Out = left.schema()
	for port, side := range []*rel{left, right} {
		keys := [][]int{x.LeftKeys, x.RightKeys}[port]
		if mode != ir.Hash {
			keys = nil
		}
		for _, from := range side.stages {
			s.In = append(s.In, ir.Input{From: from.ID, Mode: mode, Keys: keys, Port: port})
		}
	}
	return &rel{stages: []*ir.Stage{s}}
}

// lookup has rows look up what a load has read: a plan of its own, which shares nothing with
// this one, as it ends before this one begins.
func (p *planner) lookup(x *ir.Join, left *rel) (*rel, error) {
	load, err := p.load(x)
	if err != nil {
		return nil, err
	}
	for _, s := range left.stages {
		if p.opt.Bloom {
			filterScan(s, x, load)
		}
		op := &ir.LookupOp{Load: load.ID, LoadName: load.Name, Type: x.Type, In: left.schema(), Build: load.Out, Keys: x.LeftKeys, With: load.Keys, Cond: x.Cond, Rows: x.Rows, Cols: x.Cols, Out: x.S}
		s.Ops = append(s.Ops, op)
	}
	for _, s := range left.stages {
		s.Out = x.S
	}
	return left, nil
}

// byKey has rows looked up where they are: nothing is gained from bringing those of a key
// together, as the tasks share what is kept of the answers.
func byKey(x *ir.Join, left *rel) *rel {
	scan := x.Right.(*ir.Scan)
	t, ordinals := scan.Table, scan.Table.Ordinals()
	read := make([]int, len(scan.Cols))
	for i, c := range scan.Cols {
		read[i] = ordinals[c]
	}
	for _, s := range left.stages {
		s.Ops = append(s.Ops, &ir.ByKeyOp{Type: x.Type, Table: t, Read: read, In: left.schema(), Build: scan.Schema(), Keys: x.LeftKeys, With: x.RightKeys,
			Cond: x.Cond, Cache: ir.CacheOf(t), Rows: x.Rows, Cols: x.Cols, Out: x.S})
	}
	for _, s := range left.stages {
		s.Out = x.S
	}
	return left
}

// load is the load of a lookup's right side: one that has been planned, if it is equal.
func (p *planner) load(x *ir.Join) (*ir.Load, error) {
	for _, l := range p.loads {
		if l.load.Single == x.Single && l.load.Reload == x.Reload && slices.Equal(l.load.Keys, x.RightKeys) && sameTree(l.of, x.Right) {
			return l.load, nil
		}
	}
	sub := &planner{opt: p.opt, plan: &ir.Plan{}, sink: p.sink, labels: p.labels}
	sub.findShared(&ir.Logical{Sinks: []*ir.Sink{{Input: x.Right}}})
	r, err := sub.build(x.Right)
	if err != nil {
		return nil, err
	}
	if last := sub.plan.Stages[len(sub.plan.Stages)-1]; len(r.stages) > 1 || r.stages[0] != last {
		sub.exchange(r, 1, ir.Gather, nil)
	}
	l := &ir.Load{ID: len(p.plan.Loads), Name: loadName(x), Plan: sub.plan, Keys: x.RightKeys, Single: x.Single, Reload: x.Reload, Out: x.Right.Schema()}
	p.plan.Loads = append(p.plan.Loads, l)
	p.loads = append(p.loads, plannedLoad{x.Right, l})
	return l, nil
}

// plannedLoad is a load and the relation that it reads.
type plannedLoad struct {
	of   ir.Node
	load *ir.Load
}

func loadName(x *ir.Join) string {
	if x.RightName != "" {
		return x.RightName
	}
	var name string
	var find func(n ir.Node)
	find = func(n ir.Node) {
		if s, ok := n.(*ir.Scan); ok && name == "" {
			name = s.Table.Name
		}
		for _, in := range n.Inputs() {
			find(in)
		}
	}
	if find(x.Right); name == "" {
		return "a sub-query"
	}
	return name
}

// sameTree reports whether two trees are equal but for where they stand in the text.
func sameTree(a, b ir.Node) bool {
	return ir.SameNode(a, b) && slices.EqualFunc(a.Inputs(), b.Inputs(), sameTree) && !slices.ContainsFunc(ir.NodeExprs(a), ir.IsVolatile)
}
