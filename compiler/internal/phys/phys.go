// Package phys turns logical plans into physical ones: stages of fused operators,
// each run by some tasks, joined by exchanges.
package phys

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// Options says how to plan.
type Options struct {
	Tasks    int  // tasks of a stage that can have many; at least 1
	TwoPhase bool // aggregate where the rows are first, and then by key (TwoPhaseAggregation)
	Limit    bool // scans begin no units that a LIMIT does not need (PushLimitIntoScan)
	Share    bool // read a table once for all statements that read it alike (ShareScans)
	Subplans bool // run equal parts of statements once (ShareSubplans)
	Bloom    bool // scans leave out rows without a partner in a load, or near in time in a join (BloomPreFilter)
	Exprs    bool // compute equal expressions of a chain once (ShareExpressions)
}

// Plan plans all sinks. An error is a fault of the compiler: the binder refuses
// what cannot be planned.
func Plan(l *ir.Logical, o Options) (*ir.Plan, error) {
	p := &planner{opt: o, plan: &ir.Plan{}, labels: map[string]int{}}
	p.findShared(l)
	p.opt.Tasks = max(o.Tasks, 1)
	selects := 0
	for _, s := range lettersLast(l.Sinks) {
		if s.Table == nil {
			selects++
		}
		p.sink = sinkName(s, selects)
		if err := p.planSink(s); err != nil {
			return nil, err
		}
	}
	p.plan.NumberLoads() // each stage is found by its number
	p.opt.finish(p.plan)
	return p.plan, nil
}

// finish does what needs a whole plan, whose stages have their numbers, and those of its loads.
func (o *Options) finish(plan *ir.Plan) {
	for _, l := range plan.Loads {
		o.finish(l.Plan)
	}
	if o.Bloom {
		filterByJoins(plan)
	}
	if o.Exprs {
		for _, s := range plan.Stages {
			shareExpressions(s, plan.InputOf(s))
		}
	}
	numberRows(plan)
}

// lettersLast puts the sinks of dead letters behind all whose rows may become some.
func lettersLast(sinks []*ir.Sink) []*ir.Sink {
	var rows, letters []*ir.Sink
	for _, s := range sinks {
		if ir.ReadsLetters(s) {
			letters = append(letters, s)
		} else {
			rows = append(rows, s)
		}
	}
	return append(rows, letters...)
}

type planner struct {
	opt    Options
	plan   *ir.Plan
	sink   string         // whose tree is being planned
	labels map[string]int // how often each was given
	shared map[shareKey]*sharedScan
	trees  *subplans // nil: equal trees are not shared
	once   map[*class]*rel
	loads  []plannedLoad
}

// rel is a relation in the making: the rows that leave the chains of its stages,
// which all have the same schema.
type rel struct {
	stages []*ir.Stage
	// ordered: one stage, whose rows are those of one scan, in its order but for
	// what its tasks do at the same time.
	ordered bool
}

func (r *rel) schema() *ir.Schema { return r.stages[0].Out }

// oneTask reports whether all rows pass through one task.
func (r *rel) oneTask() bool { return len(r.stages) == 1 && r.stages[0].Tasks == 1 }

// add appends an operator to the chains of all stages.
func (r *rel) add(op ir.PhysOp) {
	for _, s := range r.stages {
		s.Ops = append(s.Ops, op)
		s.Out = op.OutSchema()
	}
}

func (p *planner) newStage(tasks int) *ir.Stage {
	s := &ir.Stage{ID: len(p.plan.Stages), Tasks: tasks}
	p.plan.Stages = append(p.plan.Stages, s)
	return s
}

// exchange starts a stage that reads r.
func (p *planner) exchange(r *rel, tasks int, mode ir.Exchange, keys []int) *rel {
	out := r.schema()
	s := p.newStage(tasks)
	s.Out = out
	for _, from := range r.stages {
		s.In = append(s.In, ir.Input{From: from.ID, Mode: mode, Keys: keys})
	}
	return &rel{stages: []*ir.Stage{s}, ordered: r.ordered && mode == ir.GatherOrdered}
}

// gather brings all rows to one task, in the order of the scan where there is one.
func (p *planner) gather(r *rel) *rel {
	switch {
	case r.oneTask():
		return r
	case r.ordered:
		return p.exchange(r, 1, ir.GatherOrdered, nil)
	}
	return p.exchange(r, 1, ir.Gather, nil)
}

func (p *planner) planSink(s *ir.Sink) error {
	r, err := p.build(s.Input)
	if err != nil {
		return err
	}
	r = p.gather(r)
	r.stages[0].Sink = &ir.PhysSink{Table: s.Table, Title: s.Title, Zone: s.Zone, Side: s.Side, In: r.schema(), Changes: changesInto(s)}
	return nil
}

// changesInto is what comes into a sink; 0: rows are only added.
func changesInto(s *ir.Sink) ir.Changes {
	if c := ir.ChangesOf(s.Input); c != ir.Inserts {
		return c
	}
	return 0
}

func (p *planner) build(n ir.Node) (*rel, error) {
	if r, err := p.buildShared(n); r != nil || err != nil {
		return r, err
	}
	return p.buildOwn(n)
}

// buildOwn plans n for one reader.
func (p *planner) buildOwn(n ir.Node) (*rel, error) {
	switch x := n.(type) {
	case *ir.Scan:
		return p.scan(x, nil)
	case *ir.Values:
		s := p.newStage(1)
		s.Values = &ir.PhysValues{Rows: x.Rows, Out: x.S}
		s.Out = x.S
		return &rel{stages: []*ir.Stage{s}, ordered: true}, nil
	case *ir.DeadLetters:
		return p.letters(x)
	case *ir.Watermark:
		return p.watermark(x)
	case *ir.Union:
		return p.union(x)
	case *ir.Join:
		return p.join(x)
	}
	r, err := p.build(n.Inputs()[0])
	if err != nil {
		return nil, err
	}
	switch x := n.(type) {
	case *ir.Filter:
		r.add(&ir.FilterOp{Pred: x.Pred, Apart: ir.ChangesApart(x), Out: r.schema()})
	case *ir.LateRows:
		return p.lateRows(x, r), nil
	case *ir.Project:
		r.add(&ir.ProjectOp{Exprs: x.Exprs, Out: x.S})
	case *ir.WindowTVF:
		return p.windowTVF(x, r), nil
	case *ir.Coarsen:
		heldBack(r, x.Every)
		r.add(&ir.CoarsenOp{Every: x.Every, Key: x.Key, By: x.By, EndCol: x.EndCol, Together: x.Together, Out: r.schema(), Label: p.label("EmitEvery", r.schema(), x.Key)})
	case *ir.Rank:
		return p.rank(x, r), nil
	case *ir.Limit:
		return p.limit(x, r), nil
	case *ir.ProcTime:
		r.add(&ir.ProcTimeOp{TimeCol: x.TimeCol, Out: r.schema()})
		r.ordered = false
	case *ir.Over:
		return p.over(x, r), nil
	case *ir.Sort:
		return p.sort(x, r), nil
	case *ir.Expand:
		r.add(&ir.ExpandOp{Keys: x.Keys, Sets: x.Sets, Out: x.S})
		r.ordered = false
	case *ir.Unnest:
		r.add(&ir.UnnestOp{In: x.Input.Schema(), Col: x.Col, Outer: x.Outer, Cols: x.Cols, Out: x.S})
	case *ir.Repeat:
		r.add(&ir.RepeatOp{Out: x.S})
		r.ordered = false
	case *ir.Changelog:
		r.add(&ir.ChangelogOp{Out: x.S})
	case *ir.Aggregate:
		if !x.Windowed() {
			return p.groupAgg(x, r), nil
		}
		return p.attachedAgg(x, r)
	case *ir.WindowAgg:
		return p.windowAgg(x, r), nil
	default:
		return nil, fmt.Errorf("no plan for a %T", n)
	}
	return r, nil
}

func (p *planner) union(x *ir.Union) (*rel, error) {
	out := &rel{}
	for _, in := range x.In {
		r, err := p.build(in)
		if err != nil {
			return nil, err
		}
		out.stages = append(out.stages, r.stages...)
		out.ordered = r.ordered && len(x.In) == 1
	}
	return out, nil
}

// watermark fixes event time in the scan where the time is a column that the scan
// decodes, else in one task that sees the rows in the scan's order.
func (p *planner) watermark(x *ir.Watermark) (*rel, error) {
	if s, _ := ir.ScanOf(x); s != nil {
		return p.scan(s, x)
	}
	r, err := p.build(x.Input)
	if err != nil {
		return nil, err
	}
	if !r.ordered {
		return nil, fmt.Errorf("a watermark over rows without an order of their own")
	}
	r = p.gather(r)
	r.add(&ir.WatermarkOp{TimeCol: x.TimeCol, Lag: x.Lag, Drop: x.Drop, Mark: x.Mark, Out: r.schema()})
	return r, nil
}
