// Package build turns a physical plan into the parts that the runtime runs: for
// each task its operators, its inbox and its senders. It decides nothing that the
// plan does not say.
package build

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/exchange"
	"github.com/helios-stream/helios/vexec/internal/jointable"
	"github.com/helios-stream/helios/vexec/internal/ops"
)

// Options are the sizes that plans leave open.
type Options struct {
	BatchRows int             // most live rows in a batch
	Queue     exchange.Limits // of each port
	Budget    *vexec.Budget
	// Loads are what the lookups of the plan look into, by ir.Load.ID.
	Loads map[int]*jointable.Live
	// ByKey makes the operator of a table that is looked up by key.
	ByKey func(op *ir.ByKeyOp, in *ir.Schema) (vexec.Operator, error)
	// Collects: the rows of the last stage go to whoever runs the plan.
	Collects bool
	// Operator makes one operator; nil: Operator of this package.
	Operator func(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error)
}

// Graph is a built plan, its stages in the plan's order: inputs before readers.
type Graph struct {
	Stages []*Stage
}

// Stage is a built ir.Stage.
type Stage struct {
	Plan *ir.Stage
	// Names in checkpoints, which do not change when only the number of tasks does.
	Key     string   // of its scan or values; "": none
	SinkKey string   // "": none
	OpKeys  []string // of its operators
	// Partial names, for an operator that is the only phase of its aggregate here,
	// the phase before it in plans with two: a restart may go from the one kind of
	// plan to the other, and the rows that were counted there are not to be lost.
	// "" for the others.
	Partial   []string
	Inputs    []*Stage
	Tasks     []*Task
	Origin    []*ir.Table // the tables that its rows come from
	LettersTo string      // the mapping that takes its dead letters; "": the file
}

// Task is the parts of one task.
type Task struct {
	Ops     []vexec.Operator
	In      *exchange.Inbox // nil for a stage that reads a table or values
	Out     []*exchange.Sender
	Letters *exchange.Sender // nil: they go to the file
}

// Branches reports whether the stage's tasks are branches of those of its input,
// which drive them: they have no inbox.
func (s *Stage) Branches() bool {
	return len(s.Plan.In) == 1 && s.Plan.In[0].Mode == ir.Forward
}

// Build makes the tasks of a plan. An error names a fault of the plan.
func Build(plan *ir.Plan, o Options) (*Graph, error) {
	if o.Operator == nil {
		o.Operator = Operator
	}
	g := &Graph{}
	byID := map[int]*Stage{}
	names := keys{}
	for _, p := range plan.Stages {
		s, err := newStage(p, byID, names)
		if err == nil {
			err = s.makeTasks(o)
		}
		if err != nil {
			return nil, fmt.Errorf("stage %d: %w", p.ID, err)
		}
		byID[p.ID] = s
		g.Stages = append(g.Stages, s)
	}
	for _, s := range g.Stages {
		for i, in := range s.Plan.In {
			if in.Mode != ir.Forward {
				connect(s, i, in, o)
			}
		}
	}
	return g, g.checkEnds(o.Collects)
}

// checkEnds refuses a stage whose rows go nowhere.
func (g *Graph) checkEnds(collects bool) error {
	read := map[*Stage]bool{}
	for _, s := range g.Stages {
		for i, from := range s.Inputs {
			read[from] = read[from] || s.Plan.In[i].Mode != ir.Letters
		}
	}
	for i, s := range g.Stages {
		if s.Plan.Sink == nil && !read[s] && !(collects && i == len(g.Stages)-1) {
			return fmt.Errorf("stage %d: its rows go nowhere", s.Plan.ID)
		}
	}
	return nil
}

func newStage(p *ir.Stage, byID map[int]*Stage, names keys) (*Stage, error) {
	s := &Stage{Plan: p}
	for _, in := range p.In {
		from := byID[in.From]
		if from == nil {
			return nil, fmt.Errorf("reads stage %d, which does not come before it", in.From)
		}
		s.Inputs = append(s.Inputs, from)
		s.Origin = append(s.Origin, from.Origin...)
	}
	if err := check(s); err != nil {
		return nil, err
	}
	switch {
	case p.Scan != nil:
		s.Key = names.next("scan " + p.Scan.Table.Name)
		s.Origin = []*ir.Table{p.Scan.Table}
	case p.Values != nil:
		s.Key = names.next("values")
	}
	if p.Sink != nil {
		s.SinkKey = names.next("sink " + sinkName(p.Sink))
	}
	for _, op := range p.Ops {
		s.OpKeys = append(s.OpKeys, names.op(op))
		s.Partial = append(s.Partial, partialKey(op))
	}
	return s, nil
}

func sinkName(p *ir.PhysSink) string {
	if p.Table == nil {
		return "client"
	}
	return p.Table.Name
}

// check refuses what the runtime cannot run.
func check(s *Stage) error {
	p := s.Plan
	sources := len(p.In)
	if p.Scan != nil {
		sources++
	}
	if p.Values != nil {
		sources++
	}
	switch {
	case p.Tasks < 1:
		return fmt.Errorf("has %d tasks", p.Tasks)
	case sources == 0:
		return fmt.Errorf("reads nothing")
	case sources > len(p.In) && len(p.In) > 0 || p.Scan != nil && p.Values != nil:
		return fmt.Errorf("reads a table and other stages at once")
	case (p.Sink != nil || p.Values != nil) && p.Tasks != 1:
		return fmt.Errorf("a sink or literal rows in %d tasks; they need one", p.Tasks)
	}
	for _, op := range p.Ops {
		if ir.NeedsOneTask(op) && p.Tasks != 1 {
			return fmt.Errorf("%s in %d tasks; it needs one", op.Name(), p.Tasks)
		}
	}
	for i, in := range p.In {
		from := s.Inputs[i].Plan
		switch {
		case in.Mode == ir.Forward:
			if len(p.In) != 1 || p.Tasks != from.Tasks {
				return fmt.Errorf("%s from %d tasks into %d, with %d inputs", in.Mode, from.Tasks, p.Tasks, len(p.In))
			}
		case in.Mode == ir.Letters && s.Inputs[i].LettersTo != "":
			return fmt.Errorf("two stages take the dead letters of stage %d", from.ID)
		case in.Mode != ir.Hash && in.Mode != ir.HashOrdered && in.Mode != ir.Gather && in.Mode != ir.GatherOrdered && in.Mode != ir.Letters:
			return fmt.Errorf("unknown exchange %q", in.Mode)
		case in.Mode != ir.Hash && in.Mode != ir.HashOrdered && p.Tasks != 1:
			return fmt.Errorf("%s into %d tasks; it needs one", in.Mode, p.Tasks)
		case isOrdered(in.Mode) && !s.Inputs[i].ticketed() && from.Tasks != 1:
			return fmt.Errorf("takes rows in order from stage %d, whose %d tasks have none", from.ID, from.Tasks)
		}
	}
	return nil
}

func (s *Stage) makeTasks(o Options) error {
	var inputs []exchange.Input
	for i, from := range s.Inputs {
		inputs = append(inputs, exchange.Input{Ports: from.Plan.Tasks, Ordered: s.Ordered(i)})
	}
	for range s.Plan.Tasks {
		t := &Task{}
		if len(inputs) > 0 && !s.Branches() {
			account := o.Budget.Account(fmt.Sprintf("the queue of stage %d", s.Plan.ID))
			t.In = exchange.NewInbox(inputs, o.Queue, account)
		}
		in := s.inSchema()
		for _, op := range s.Plan.Ops {
			made, err := o.operator(op, in)
			if err != nil {
				return fmt.Errorf("%s: %w", op.Name(), err)
			}
			t.Ops = append(t.Ops, made)
			in = op.OutSchema()
		}
		s.Tasks = append(s.Tasks, t)
	}
	return nil
}

// operator makes an operator. Only lookups need to know of what is outside of their chain.
func (o *Options) operator(op ir.PhysOp, in *ir.Schema) (vexec.Operator, error) {
	switch x := op.(type) {
	case *ir.LookupOp:
		return ops.NewLookup(x, in, o.Loads[x.Load])
	case *ir.ByKeyOp:
		if o.ByKey == nil {
			return nil, fmt.Errorf("nothing here asks %s", x.Table.Name)
		}
		return o.ByKey(x, in)
	}
	return o.Operator(op, in)
}

// inSchema is the schema of the rows that enter the chain.
func (s *Stage) inSchema() *ir.Schema {
	switch {
	case s.Plan.Scan != nil:
		return s.Plan.Scan.Out
	case s.Plan.Values != nil:
		return s.Plan.Values.Out
	}
	return s.Plan.In[0].Schema(s.Inputs[0].Plan)
}

// connect gives each task of the sending stage a sender to input i of s.
func connect(s *Stage, i int, in ir.Input, o Options) {
	first := 0
	for _, before := range s.Inputs[:i] {
		first += before.Plan.Tasks
	}
	inboxes := make([]*exchange.Inbox, len(s.Tasks))
	for t := range s.Tasks {
		inboxes[t] = s.Tasks[t].In
	}
	for n, from := range s.Inputs[i].Tasks {
		to := exchange.NewSender(inboxes, first+n, in.Keys, o.BatchRows)
		if in.Mode == ir.Letters {
			from.Letters = to
		} else {
			from.Out = append(from.Out, to)
		}
	}
	if in.Mode == ir.Letters {
		s.Inputs[i].LettersTo = s.takes()
	}
}

// takes is the name of the mapping that a stage writes to.
func (s *Stage) takes() string {
	if s.Plan.Sink == nil || s.Plan.Sink.Table == nil {
		return fmt.Sprintf("stage %d", s.Plan.ID)
	}
	return s.Plan.Sink.Table.Name
}

// keys counts the names given so far.
type keys map[string]int

// next returns the name, numbered from its second use on.
func (k keys) next(name string) string {
	k[name]++
	if n := k[name]; n > 1 {
		return fmt.Sprintf("%s #%d", name, n)
	}
	return name
}

// op is the key of an operator: its label where it has one.
func (k keys) op(op ir.PhysOp) string {
	switch x := op.(type) {
	case *ir.WindowAggOp:
		if x.Label != "" {
			return k.next(x.Label + " " + string(stateOf(x.Phase)))
		}
	case *ir.WindowTVFOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.LateOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.LimitOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.OverOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.SortOp:
		if x.Label != "" {
			return k.next(x.Label + " " + string(x.Phase))
		}
	case *ir.CoarsenOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.RankPartialOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.RankOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.GroupAggOp:
		if x.Label != "" {
			return k.next(x.Label + " " + string(stateOf(x.Phase)))
		}
	case *ir.JoinOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.TemporalOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	case *ir.AttachedAggOp:
		if x.Label != "" {
			return k.next(x.Label)
		}
	}
	return k.next(op.Name())
}

// partialKey is the key of the phase Partial of an aggregate that this plan does in
// one; "" for what is no such aggregate.
func partialKey(op ir.PhysOp) string {
	switch x := op.(type) {
	case *ir.WindowAggOp:
		if x.Phase == ir.Complete && x.Label != "" {
			return keys{}.op(&ir.WindowAggOp{Phase: ir.Partial, Label: ir.PartialLabel(x.Label)})
		}
	case *ir.GroupAggOp:
		if x.Phase == ir.Complete && x.Label != "" {
			return keys{}.op(&ir.GroupAggOp{Phase: ir.Partial, Label: ir.PartialLabel(x.Label)})
		}
	}
	return ""
}

// stateOf gives Complete and Final one key: they hold the same state, and a plan
// for one task may use the one where a plan for several uses the other.
func stateOf(p ir.AggPhase) ir.AggPhase {
	if p == ir.Complete {
		return ir.Final
	}
	return p
}

// Ordered reports whether the rows of an input come by the tickets of a scan.
func (s *Stage) Ordered(input int) bool {
	return isOrdered(s.Plan.In[input].Mode) && s.Inputs[input].ticketed()
}

func isOrdered(e ir.Exchange) bool { return e == ir.GatherOrdered || e == ir.HashOrdered }

// ticketed reports whether the stage's rows carry the tickets of a scan: its own,
// or that of the stage whose branch it is.
func (s *Stage) ticketed() bool {
	return s.Plan.Scan != nil || s.Branches() && s.Inputs[0].ticketed()
}
