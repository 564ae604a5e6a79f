package querytest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
	"github.com/helios-stream/helios/vexec/run"
)

// Engine compiles and runs statements in a folder of their own. What goes out stays in
// memory, but for files in that folder.
type Engine struct {
	Dir        string            // of the statements
	Memory     *memory.Connector // TYPE Memory
	Connectors []vexec.Connector // the others
	Functions  []*ir.Function    // of one's own
	Define     map[string]string
	Monitor    *run.Monitor // sees what runs do; nil: nobody does
	// Wrap, if set, is around each connector.
	Wrap func(vexec.Connector) vexec.Connector

	fed     map[string]*fed // by name: mappings whose rows the test has
	checked map[string]bool // mappings whose rows the test looks at
}

// CompileError is what is wrong with statements, as a user sees it.
type CompileError string

func (e CompileError) Error() string { return string(e) }

// Compiled is compiled statements and what they were, to compile them again.
type Compiled struct {
	*compiler.Compiled
	files []compiler.File
}

// Connector finds a connector by its name; nil: there is none.
func (e *Engine) Connector(name string) vexec.Connector {
	for _, c := range append([]vexec.Connector{e.Memory}, e.Connectors...) {
		if c.Spec().Name == name || slices.Contains(c.Spec().Aliases, name) {
			if e.Wrap != nil {
				return e.Wrap(c)
			}
			return c
		}
	}
	return nil
}

// specs describe the connectors.
func (e *Engine) specs() []*ir.ConnectorSpec {
	out := []*ir.ConnectorSpec{e.Memory.Spec()}
	for _, c := range e.Connectors {
		out = append(out, c.Spec())
	}
	return out
}

// env is what the compiler asks. Of a mapping that is fed nothing outside is looked at.
func (e *Engine) env() *compiler.Env {
	pruner := func(t *ir.Table) vexec.Pruner {
		if e.fed[t.Name] != nil {
			return nil
		}
		p, _ := e.Connector(t.Connector).(vexec.Pruner)
		return p
	}
	return &compiler.Env{
		Connector: func(name string) *ir.ConnectorSpec {
			if c := e.Connector(name); c != nil {
				return c.Spec()
			}
			return nil
		},
		Connectors: e.specs,
		Bounded: func(t *ir.Table) bool {
			ends := e.Connector(t.Connector).Bounded(t)
			if fed := e.fed[t.Name]; fed != nil {
				fed.bounded = ends
			}
			return ends
		},
		Resolve: func(_, value string) (string, error) { return value, nil }, // nothing is connected to
		Prunes: func(t *ir.Table, col int) bool {
			p := pruner(t)
			return p != nil && p.Prunes(t, col)
		},
		Narrows: func(t *ir.Table, col int) bool {
			p := pruner(t)
			return p != nil && p.Narrows(t, col)
		},
		LookupKey: func(t *ir.Table) []string {
			if l, ok := e.Connector(t.Connector).(vexec.Looker); ok {
				return l.LookupKey(t)
			}
			return nil
		},
		Size: func(ctx context.Context, t *ir.Table) (int64, []int64) {
			if s, ok := e.Connector(t.Connector).(vexec.Sized); ok && e.fed[t.Name] == nil {
				return s.Size(ctx, t)
			}
			return 0, nil
		},
		Check: func(t *ir.Table, sink bool) error {
			if e.fed[t.Name] != nil && !sink {
				return nil
			}
			return e.Connector(t.Connector).Check(t, sink)
		},
		Infer: func(ctx context.Context, t *ir.Table) ([]ir.Column, error) {
			return e.Connector(t.Connector).Infer(ctx, t)
		},
		Functions: e.Functions,
		Fold:      run.Fold,
	}
}

// Compile compiles statements. The error is a CompileError where they are wrong.
func (e *Engine) Compile(files []compiler.File, v Variant) (*Compiled, error) {
	o := compiler.Options{Tasks: v.Tasks, DisableRules: v.Disable, Vars: e.Define}
	if v.Ops {
		o.Changelog = "ops"
	}
	c, diags := compiler.Compile(context.Background(), files, e.env(), o)
	if diags.HasErrors() {
		var text strings.Builder
		if err := compiler.Render(&text, diags, files, false); err != nil {
			return nil, err
		}
		return nil, CompileError(text.String())
	}
	return &Compiled{c, files}, nil
}

// files are the statements of a query.
func (e *Engine) files(f *File, q *Query) ([]compiler.File, error) {
	if q.Files == nil {
		return e.Files(q.Text), nil
	}
	var out []compiler.File
	for _, name := range q.Files {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(f.Path), name)
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no query file %s; the path is seen from the test's folder", path)
		}
		if err != nil {
			return nil, fmt.Errorf("the query file cannot be read: %w", err)
		}
		dir := filepath.Dir(path)
		if len(f.Inputs) > 0 {
			dir = e.Dir // as if it stood in a folder with just these files
		}
		out = append(out, compiler.File{Name: path, Text: string(text), Dir: dir})
	}
	return out, nil
}

// Outcome is what a run gave.
type Outcome struct {
	Selects []*Output          // in their order
	Tables  map[string]*Output // what was inserted and is held in memory, by mapping
	Letters []string
	Late    int // -1: unknown
	Stats   *run.Stats
	Plan    *ir.Plan // of the last start
	Stopped bool     // the input did not end
}

// Run runs compiled statements. state is a folder for checkpoints of its own; s is what
// happens step by step, nil: the input is there.
func (e *Engine) Run(c *Compiled, v Variant, state string, s *Script) (*Outcome, error) {
	plans := map[int]*ir.Plan{v.Tasks: c.Plan}
	out := e.outputs(c)
	bySink := out.stores(c.Plan)
	for _, tasks := range v.Replan {
		if plans[tasks] != nil {
			continue
		}
		again := v
		again.Tasks = tasks
		other, err := e.Compile(c.files, again)
		if err != nil {
			return nil, err
		}
		plans[tasks] = other.Plan
		for sink, store := range out.stores(other.Plan) {
			bySink[sink] = store
		}
	}
	letters := &memory.Store{}
	cfg := run.Config{
		BatchRows: v.Batch, PlanID: "test", Run: "test", Monitor: e.Monitor,
		Source: e.source,
		Lookup: e.lookup,
		Sink: func(s *ir.PhysSink) (vexec.Sink, error) {
			if store := bySink[s]; store != nil {
				return store.Sink(), nil
			}
			return e.Connector(s.Table.Connector).Sink(s.Table)
		},
		DeadLetters: func() (vexec.Sink, error) { return letters.Sink(), nil },
	}
	if err := e.unfed(c.Plan); err != nil {
		return nil, err
	}
	if s != nil {
		s.begin(out, c.Plan)
	}
	var err error
	if out.Plan, out.Stats, err = execute(plans, cfg, v, state, s); err != nil {
		return nil, err
	}
	out.Stopped = s != nil && s.stopped
	out.Late = lateOf(c.Plan, out.Stats)
	for _, l := range letters.Values() {
		out.Letters = append(out.Letters, letterText(l))
	}
	return out, nil
}

func (e *Engine) source(t *ir.Table) (vexec.Source, error) {
	if fed := e.fed[t.Name]; fed != nil {
		return fed, nil
	}
	return e.Connector(t.Connector).Source(t)
}

// lookup is what answers for a table that is looked up by key.
func (e *Engine) lookup(t *ir.Table) (vexec.Lookup, error) {
	if fed := e.fed[t.Name]; fed != nil {
		return &fedLookup{table: fed}, nil
	}
	l, ok := e.Connector(t.Connector).(vexec.Looker)
	if !ok {
		return nil, fmt.Errorf("%s: the connector %s cannot be looked up by key", t.Name, t.Connector)
	}
	return l.Lookup(t)
}

// unfed refuses to wait for what never ends, and to ask what is not here.
func (e *Engine) unfed(p *ir.Plan) error {
	for _, st := range p.AllStages() {
		for _, t := range st.ByKeyTables() {
			if c := e.Connector(t.Connector); e.fed[t.Name] == nil && !c.Bounded(t) {
				return fmt.Errorf("the query looks rows up in %s (TYPE %s), which a test does not ask, and the test has no rows for it: add a section '-- feed %s'", t.Name, c.Spec().Name, t.Name)
			}
		}
		if st.Scan == nil {
			continue
		}
		t := st.Scan.Table
		if c := e.Connector(t.Connector); e.fed[t.Name] == nil && !c.Bounded(t) {
			return fmt.Errorf("the query reads %s (TYPE %s), which has no end, and the test has no rows for it: add a section '-- feed %s'", t.Name, c.Spec().Name, t.Name)
		}
	}
	return nil
}

// execute runs the plan for v.Tasks, and after a kill one of the others. It returns the plan
// of the last start with its statistics.
func execute(plans map[int]*ir.Plan, cfg run.Config, v Variant, state string, s *Script) (*ir.Plan, *run.Stats, error) {
	last := plans[v.Tasks]
	if !v.Kill && s == nil {
		stats, err := run.Run(context.Background(), last, cfg)
		return last, stats, err
	}
	cfg.Dir = state
	var opt run.SimOptions
	if v.Kill {
		opt = run.SimOptions{CheckpointEvery: 10, KillEvery: 40, DrainEvery: 100, MaxRestarts: 4}
	}
	if s != nil {
		opt.Quiet, opt.MaxRestarts = s.quiet, opt.MaxRestarts+s.restarts()
		opt.Begin = s.begins()
	}
	if len(v.Replan) > 0 {
		opt.Replan = func(restart int) *ir.Plan {
			last = plans[v.Replan[(restart-1)%len(v.Replan)]]
			return last
		}
	}
	res, err := run.Simulate(last, cfg, v.Seed, opt)
	return last, res.Stats, err
}

// lateOf is the rows that came too late; -1 where the statistics do not know: as
// the run was killed after its end, or as windows were assigned before the
// aggregate, which then counts a row for each of its windows.
func lateOf(p *ir.Plan, s *run.Stats) int {
	if s.Done || AssignsWindows(p) {
		return -1
	}
	return int(lateIn(s.Stages) + lateInLoads(s.Loads))
}

func lateIn(stages []run.StageStats) (n int64) {
	for _, st := range stages {
		if st.Scan != nil {
			n += st.Scan.Late
		}
		for _, op := range st.Ops {
			n += op.Late
		}
	}
	return n
}

// lateInLoads is those of relations that were read first.
func lateInLoads(loads []run.LoadStats) (n int64) {
	for _, l := range loads {
		n += lateIn(l.Stages) + lateInLoads(l.Loads)
	}
	return n
}

// AssignsWindows reports whether a plan makes several rows of one before it
// aggregates them: then late rows and row errors count several times.
func AssignsWindows(p *ir.Plan) bool {
	for _, st := range p.AllStages() {
		for _, op := range st.Ops {
			switch x := op.(type) {
			case *ir.WindowTVFOp:
				if x.Window.Slide < x.Window.Size {
					return true
				}
			case *ir.ExpandOp:
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
