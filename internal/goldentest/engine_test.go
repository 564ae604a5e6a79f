// Package goldentest holds the tests that go through all of heliosc: the golden
// files of testdata/sql, and random queries against the reference interpreter.
package goldentest

import (
	"context"
	"fmt"
	"slices"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/internal/querytest"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
	"github.com/helios-stream/helios/vexec/connect/memory"
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

func (v variant) way() querytest.Variant {
	return querytest.Variant{Batch: v.batch, Tasks: v.tasks, Unit: v.unit, Disable: v.disable, Ops: v.changes, Seed: v.kill, Kill: v.kill != 0, Replan: v.replan}
}

func (v variant) String() string { return fmt.Sprintf("%s, pruning %t", v.way(), v.prune) }

// engine compiles and runs statements in a folder.
type engine struct {
	dir  string
	mem  *memory.Connector // TYPE Memory
	file vexec.Connector
	// prune has both leave out all that they may.
	prune  bool
	define map[string]string // replaces ${name}
}

func newEngine(dir string, unit int) *engine {
	return &engine{dir: dir, mem: memory.New(), file: querytest.Recut(file.New(), unit)}
}

func (e *engine) tests() *querytest.Engine {
	t := &querytest.Engine{Dir: e.dir, Memory: e.mem, Connectors: []vexec.Connector{e.file, keyed{e.file, "keyedfile"}, keyed{e.mem, "keyedmemory"}}, Functions: ownFunctions, Define: e.define}
	if e.prune {
		t.Wrap = func(c vexec.Connector) vexec.Connector {
			if _, isLooker := c.(vexec.Looker); isLooker {
				return c // it is not scanned
			}
			return pruning{c}
		}
	}
	return t
}

func (e *engine) connector(name string) vexec.Connector { return e.tests().Connector(name) }

type compiled = querytest.Compiled

// compileError is a rendered diagnostic.
type compileError = querytest.CompileError

func (e *engine) compile(sql string, v variant) (*compiled, error) {
	t := e.tests()
	return t.Compile(t.Files(sql), v.way())
}

// result is the rows of one SELECT or one mapping, as cells of text.
type result struct {
	cols []ir.Column
	rows [][]string
}

func newResult(s *ir.Schema, rows [][]ir.Value) *result {
	r := querytest.NewResult(s, rows)
	return &result{r.Cols, r.Rows}
}

func (r *result) asTested() *querytest.Result { return &querytest.Result{Cols: r.cols, Rows: r.rows} }

// differ says how the rows of got differ from want's; "": not at all.
func differ(want, got *result, ordered bool) string {
	return querytest.Differ(want.asTested(), got.asTested(), ordered)
}

// outcome is what a run gave.
type outcome struct {
	selects []*result
	inserts map[string]*result // into TYPE Memory
	letters []string
	late    int      // -1: unknown
	unknown []string // mappings whose rows are not known
	byKeys  int64    // rows that scans left out by keys
}

// run runs compiled statements. state is a folder for checkpoints of its own.
func (e *engine) run(c *compiled, v variant, state string) (*outcome, error) {
	o, err := e.tests().Run(c, v.way(), state, nil)
	if err != nil {
		return nil, err
	}
	if err := audit(o, v); err != nil {
		return nil, err
	}
	out := &outcome{inserts: map[string]*result{}, letters: o.Letters, late: o.Late}
	for _, s := range o.Stats.Stages {
		if s.Scan != nil {
			for _, f := range s.Scan.Filters {
				out.byKeys += f.Rows
			}
		}
	}
	take := func(from *querytest.Output) (*result, error) {
		r, err := from.Rows()
		if err != nil {
			return nil, err
		}
		return &result{r.Cols, r.Rows}, nil
	}
	for _, s := range o.Selects {
		r, err := take(s)
		if err != nil {
			return nil, err
		}
		out.selects = append(out.selects, r)
	}
	for name, t := range o.Tables {
		if out.inserts[name], err = take(t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// audit holds that no row of a run is missing.
func audit(o *querytest.Outcome, v variant) error {
	if o.Stopped { // it has rows yet
		return nil
	}
	if err := ledger(o.Plan, o.Stats, len(v.replan) > 0); err != nil {
		return fmt.Errorf("rows are missing: %w\n%s", err, o.Stats)
	}
	return nil
}

func assignsWindows(p *ir.Plan) bool { return querytest.AssignsWindows(p) }

func readSplit(ctx context.Context, src vexec.Source, scan *vexec.Scan, split vexec.Split, f func(row []ir.Value, bad []vexec.BadRow)) error {
	return querytest.ReadSplit(ctx, src, scan, split, f)
}

func microsOf(v int64, t *ir.Type) ir.Micros { return querytest.MicrosOf(v, t) }

// checkRows holds that what the reference interpreter gives is what a file says.
func checkRows(q *querytest.Query, out *outcome) error {
	for _, st := range q.Steps {
		if st.Kind != querytest.Rows || slices.Contains(out.unknown, st.Table) {
			continue
		}
		got := out.inserts[st.Table]
		if n := st.Select(); st.Table == "" && n < len(out.selects) {
			got = out.selects[n]
		}
		if got == nil {
			return fmt.Errorf("line %d: the interpreter gives no rows for it", st.Line)
		}
		if msg := querytest.Compare(st, got.asTested()); msg != "" {
			return fmt.Errorf("line %d: %s", st.Line, msg)
		}
	}
	return nil
}

var rules = compiler.Rules()
