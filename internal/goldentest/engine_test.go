package goldentest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
	"github.com/helios-stream/helios/vexec/run"
)

// variant is one way to run a query. Its results must not depend on it.
type variant struct {
	batch   int
	tasks   int
	unit    int      // rows in a unit of a file; 0: as it is
	disable []string // optimizer rules
	prune   bool     // decoders leave out all that they may
	changes bool     // results change while rows come; what is left of the changes counts
	kill    uint64   // not 0: a simulation with this seed, killed and restored
	replan  []int    // of a simulation: the parallelism of each restart, in turn; nil: the same
}

func (v variant) String() string {
	s := fmt.Sprintf("batch %d, parallelism %d, unit %d, rules off %v, pruning %t, changes %t", v.batch, v.tasks, v.unit, v.disable, v.prune, v.changes)
	if v.kill != 0 {
		s += fmt.Sprintf(", kill seed %d, restarts at parallelism %v", v.kill, v.replan)
	}
	return s
}

// rulesOff reports whether no rule is on.
func (v variant) rulesOff() bool { return slices.Contains(v.disable, "*") }

// engine compiles and runs statements in a folder.
type engine struct {
	dir  string
	mem  *memory.Connector // TYPE Memory
	file vexec.Connector
	// prune has both leave out all that they may.
	prune bool
}

func newEngine(dir string, unit int) *engine {
	return &engine{dir: dir, mem: memory.New(), file: newFiles(unit)}
}

func (e *engine) connector(name string) vexec.Connector {
	for _, c := range []vexec.Connector{e.mem, e.file} {
		if c.Spec().Name == name || slices.Contains(c.Spec().Aliases, name) {
			if e.prune {
				return pruning{c}
			}
			return c
		}
	}
	return nil
}

// compiled is a compiled file and its text, from which it can be compiled again.
type compiled struct {
	*compiler.Compiled
	sql string
}

func (e *engine) compile(sql string, v variant) (*compiled, error) {
	files := []compiler.File{{Name: "query.sql", Text: sql, Dir: e.dir}}
	env := &compiler.Env{
		Connector: func(name string) *ir.ConnectorSpec {
			if c := e.connector(name); c != nil {
				return c.Spec()
			}
			return nil
		},
		Connectors: func() []*ir.ConnectorSpec { return []*ir.ConnectorSpec{e.mem.Spec(), e.file.Spec()} },
		Bounded:    func(t *ir.Table) bool { return e.connector(t.Connector).Bounded(t) },
		Prunes: func(t *ir.Table, col int) bool {
			p, ok := e.connector(t.Connector).(vexec.Pruner)
			return ok && p.Prunes(t, col)
		},
		Narrows: func(t *ir.Table, col int) bool {
			p, ok := e.connector(t.Connector).(vexec.Pruner)
			return ok && p.Narrows(t, col)
		},
		Check: func(t *ir.Table, sink bool) error { return e.connector(t.Connector).Check(t, sink) },
		Infer: func(ctx context.Context, t *ir.Table) ([]ir.Column, error) {
			return e.connector(t.Connector).Infer(ctx, t)
		},
		Fold: run.Fold,
	}
	o := compiler.Options{Tasks: v.tasks, DisableRules: v.disable}
	if v.changes {
		o.Changelog = "ops"
	}
	c, diags := compiler.Compile(context.Background(), files, env, o)
	if diags.HasErrors() {
		var text strings.Builder
		if err := compiler.Render(&text, diags, files, false); err != nil {
			return nil, err
		}
		return nil, compileError(text.String())
	}
	return &compiled{c, sql}, nil
}

// compileError is a rendered diagnostic.
type compileError string

func (e compileError) Error() string { return string(e) }

// outcome is what a run gave.
type outcome struct {
	selects []*result
	inserts map[string]*result // into TYPE Memory
	letters []string
	late    int      // -1: unknown
	unknown []string // mappings whose rows are not known
}

// run runs compiled statements. state is a folder for checkpoints of its own.
func (e *engine) run(c *compiled, v variant, state string) (*outcome, error) {
	cl := newClients(c.Plan)
	plans := map[int]*ir.Plan{v.tasks: c.Plan}
	for _, tasks := range v.replan {
		if plans[tasks] == nil {
			again := v
			again.tasks = tasks
			other, err := e.compile(c.sql, again)
			if err != nil {
				return nil, err
			}
			plans[tasks] = other.Plan
			cl.also(other.Plan)
		}
	}
	letters := &memory.Store{}
	cfg := run.Config{
		BatchRows: v.batch, PlanID: "golden", Run: "golden",
		Source: func(t *ir.Table) (vexec.Source, error) { return e.connector(t.Connector).Source(t) },
		Sink: func(s *ir.PhysSink) (vexec.Sink, error) {
			if s.Table == nil {
				return cl.bySink[s].Sink(), nil
			}
			return e.connector(s.Table.Connector).Sink(s.Table)
		},
		DeadLetters: func() (vexec.Sink, error) { return letters.Sink(), nil },
	}
	last, stats, err := execute(plans, cfg, v, state)
	if err != nil {
		return nil, err
	}
	if err := ledger(last, stats, len(v.replan) > 0); err != nil {
		return nil, fmt.Errorf("rows are missing: %w\n%s", err, stats)
	}
	out := &outcome{inserts: map[string]*result{}, late: lateOf(c.Plan, stats)}
	for i, store := range cl.stores {
		r := newResult(cl.schemas[i], store.Values())
		if v.changes && cl.changes[i] {
			if r, err = folded(r); err != nil {
				return nil, err
			}
		}
		out.selects = append(out.selects, r)
	}
	for name, s := range cl.tables {
		if s.Table.Connector == "memory" {
			out.inserts[name] = newResult(s.Table.Schema(), e.mem.Store(name).Values())
		}
	}
	for _, l := range letters.Values() {
		out.letters = append(out.letters, letterText(l))
	}
	return out, nil
}

// clients are the stores of a file's SELECTs, in their order.
type clients struct {
	stores  []*memory.Store
	schemas []*ir.Schema
	changes []bool // the first column says which change a row is
	bySink  map[*ir.PhysSink]*memory.Store
	tables  map[string]*ir.PhysSink // what is inserted into
}

func newClients(p *ir.Plan) *clients {
	cl := &clients{bySink: map[*ir.PhysSink]*memory.Store{}, tables: map[string]*ir.PhysSink{}}
	for _, st := range p.Stages {
		switch {
		case st.Sink == nil:
		case st.Sink.Table != nil:
			cl.tables[st.Sink.Table.Name] = st.Sink
		default:
			store := &memory.Store{}
			cl.stores, cl.schemas = append(cl.stores, store), append(cl.schemas, st.Sink.In)
			cl.changes = append(cl.changes, len(st.Sink.In.Cols) > 0 && st.Sink.In.Cols[0].Name == ir.ChangelogColumn)
			cl.bySink[st.Sink] = store
		}
	}
	return cl
}

// also gives the SELECTs of another plan of the same file the same stores.
func (cl *clients) also(p *ir.Plan) {
	n := 0
	for _, st := range p.Stages {
		if st.Sink != nil && st.Sink.Table == nil {
			cl.bySink[st.Sink] = cl.stores[n]
			n++
		}
	}
}

// execute runs the plan for v.tasks; plans has one for each parallelism of v. It
// returns the plan of the last start with its statistics.
func execute(plans map[int]*ir.Plan, cfg run.Config, v variant, state string) (*ir.Plan, *run.Stats, error) {
	last := plans[v.tasks]
	if v.kill == 0 {
		s, err := run.Run(context.Background(), last, cfg)
		return last, s, err
	}
	cfg.Dir = state
	opt := run.SimOptions{CheckpointEvery: 10, KillEvery: 40, DrainEvery: 100, MaxRestarts: 4}
	if len(v.replan) > 0 {
		opt.Replan = func(restart int) *ir.Plan {
			last = plans[v.replan[(restart-1)%len(v.replan)]]
			return last
		}
	}
	first := last
	res, err := run.Simulate(first, cfg, v.kill, opt)
	return last, res.Stats, err
}

// lateOf is the rows that came too late; -1 where the statistics do not know: as
// the run was killed after its end, or as windows were assigned before the
// aggregate, which then counts a row for each of its windows.
func lateOf(p *ir.Plan, s *run.Stats) int {
	if s.Done || assignsWindows(p) {
		return -1
	}
	n := int64(0)
	for _, st := range s.Stages {
		if st.Scan != nil {
			n += st.Scan.Late
		}
		for _, op := range st.Ops {
			n += op.Late
		}
	}
	return int(n)
}

// assignsWindows reports whether a plan makes several rows of one before it
// aggregates them: then late rows and row errors count several times.
func assignsWindows(p *ir.Plan) bool {
	for _, st := range p.Stages {
		for _, op := range st.Ops {
			if w, ok := op.(*ir.WindowTVFOp); ok && w.Window.Slide < w.Window.Size {
				return true
			}
		}
	}
	return false
}

// letterText is a dead letter in a line: SPLIT:LINE COLUMN OPERATOR: REASON: RECORD.
func letterText(row []ir.Value) string {
	get := func(name string) string {
		if v := row[run.DeadLetterSchema.Index(name)]; v != nil {
			return fmt.Sprint(v)
		}
		return ""
	}
	return fmt.Sprintf("%s:%s %s %s: %s: %s%s", get("split"), get("line"), get("column"), get("operator"), get("reason"), get("raw"), get("row"))
}
