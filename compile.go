package helios

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/internal/explain"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/console"
	"github.com/helios-stream/helios/vexec/connect/file"
	"github.com/helios-stream/helios/vexec/connect/function"
	"github.com/helios-stream/helios/vexec/run"
)

// Query is compiled statements, ready to run.
type Query struct {
	files      []File // as they are shown in messages
	opt        Options
	connectors []vexec.Connector
	functions  []*ir.Function // of one's own
	compiled   *compiler.Compiled
	planID     string // what fingerprint returns; "": it is computed
	statements []sink // before rows are redirected
	monitor    *run.Monitor
	hidden     *[]string // values that must not stand in a message, longest first
}

// CompileError is what is wrong with query files: every error of every file.
type CompileError struct {
	Diagnostics compiler.Diagnostics
	files       []File
}

// Error is the messages, a line each.
func (e *CompileError) Error() string { return e.Diagnostics.Error() }

// Render prints each error with its place, the source line with the span marked,
// and what would fix it.
func (e *CompileError) Render(w io.Writer, colour bool) error {
	return compiler.Render(w, e.Diagnostics, e.files, colour)
}

// RenderJSON prints each error for tools, as a JSON object in a line of its own
// (docs/OPERATIONS.md says what is in it).
func (e *CompileError) RenderJSON(w io.Writer) error {
	return compiler.RenderJSON(w, e.Diagnostics, e.files)
}

// InFiles reports whether something is wrong with the files; else it is with Options.
func (e *CompileError) InFiles() bool {
	return slices.ContainsFunc(e.Diagnostics, func(d compiler.Diagnostic) bool { return d.Span.File != "" })
}

// DidYouMean returns the candidate that a mistyped name was likely meant to be, or "".
func DidYouMean(name string, candidates []string) string {
	return compiler.DidYouMean(name, candidates)
}

// Compile compiles the files as one query: all INSERTs and SELECTs are one dataflow.
// Mistakes in the query come back as a *CompileError.
func Compile(ctx context.Context, files []File, o Options) (*Query, error) {
	q := newQuery(files, o)
	var err error
	if q.functions, err = CheckFunctions(o.Functions...); err != nil {
		return nil, err
	}
	compiled, diags := compiler.Compile(ctx, files, q.env(), q.compilerOptions())
	if diags.HasErrors() {
		return nil, q.compileError(diags)
	}
	q.files, compiled.Warnings = q.shown(compiled.Warnings)
	return q.ready(compiled)
}

func (q *Query) compilerOptions() compiler.Options {
	o := &q.opt
	c := compiler.Options{
		Vars: o.Vars, LookupEnv: o.LookupEnv, Tasks: o.Parallelism, DefaultTasks: runtime.GOMAXPROCS(0), DisableRules: o.DisableRules, Trace: o.Trace,
		StrictState: o.StrictState, Limit: o.Limit, NoWarn: o.NoWarn, Changelog: compiler.Changelog(o.Changelog), Analyze: compiler.AnalyzeEnding,
	}
	if o.For > 0 || o.LookOnly {
		c.Analyze = compiler.AnalyzeAny
	}
	return c
}

// compileError is an error without the values of secret options.
func (q *Query) compileError(list compiler.Diagnostics) *CompileError {
	files, list := q.shown(list)
	return &CompileError{Diagnostics: list, files: files}
}

// shown is the files and what is said of them without the values of secret options.
func (q *Query) shown(list compiler.Diagnostics) ([]File, compiler.Diagnostics) {
	if len(list) == 0 {
		return q.files, list
	}
	return compiler.HideSecrets(q.files, q.scrubAll(list), compiler.Options{Vars: q.opt.Vars, LookupEnv: q.opt.LookupEnv}, q.secretAnywhere)
}

// ready takes what has been compiled or loaded, and what Options say of its files.
func (q *Query) ready(c *compiler.Compiled) (*Query, error) {
	q.compiled, q.statements = c, sinks(c)
	if err := q.checkStdin(); err != nil {
		return nil, err
	}
	if err := q.redirect(); err != nil {
		return nil, err
	}
	if name := q.opt.DeadLetters; name != "" {
		if err := q.checkPlace(deadLetterTable(name), name); err != nil {
			var clash *OutputFileError
			if errors.As(err, &clash) {
				return nil, &OutputFileError{name, "rows that cannot be processed go there, and " + clash.Reason + ": --dead-letters=FILE"}
			}
			return nil, err
		}
	}
	return q, nil
}

func newQuery(files []File, o Options) *Query {
	q := &Query{files: files, opt: o, monitor: &run.Monitor{}, hidden: new([]string), connectors: append(slices.Clone(o.Connectors), Connectors()...)}
	if o.Lookups != nil {
		q.connectors = append(q.connectors, function.New(o.Lookups))
	}
	return q
}

// connector finds a connector by its name.
func (q *Query) connector(name string) vexec.Connector {
	for _, c := range q.connectors {
		if c.Spec().Name == name || slices.Contains(c.Spec().Aliases, name) {
			return c
		}
	}
	return nil
}

// env is what the compiler asks of the connectors and the executor.
func (q *Query) env() *compiler.Env {
	return &compiler.Env{
		Connector: func(name string) *ir.ConnectorSpec {
			if c := q.connector(name); c != nil {
				return c.Spec()
			}
			return nil
		},
		Connectors: func() []*ir.ConnectorSpec {
			var out []*ir.ConnectorSpec
			for _, c := range q.connectors {
				out = append(out, c.Spec())
			}
			return out
		},
		Resolve: q.resolve,
		Check: func(t *ir.Table, sink bool) error {
			shown, err := q.revealed(t)
			if err != nil {
				return err
			}
			return q.connector(t.Connector).Check(shown, sink)
		},
		Infer: func(ctx context.Context, t *ir.Table) ([]ir.Column, error) {
			shown, err := q.revealed(t)
			if err != nil {
				return nil, err
			}
			return q.connector(t.Connector).Infer(ctx, shown)
		},
		Bounded: func(t *ir.Table) bool { return q.connector(t.Connector).Bounded(q.shownTable(t)) },
		Prunes: func(t *ir.Table, col int) bool {
			p, ok := q.connector(t.Connector).(vexec.Pruner)
			return ok && p.Prunes(q.shownTable(t), col)
		},
		Narrows: func(t *ir.Table, col int) bool {
			p, ok := q.connector(t.Connector).(vexec.Pruner)
			return ok && p.Narrows(q.shownTable(t), col)
		},
		LookupKey: func(t *ir.Table) []string {
			if l, ok := q.connector(t.Connector).(vexec.Looker); ok {
				return l.LookupKey(q.shownTable(t))
			}
			return nil
		},
		Size: func(ctx context.Context, t *ir.Table) (int64, []int64) {
			if s, ok := q.connector(t.Connector).(vexec.Sized); ok {
				return s.Size(ctx, q.shownTable(t))
			}
			return 0, nil
		},
		Clash:     q.clash,
		Functions: q.functions,
		Fold:      run.Fold,
		Draw: func(l *ir.Logical, p *ir.Plan, format string) (string, error) {
			if p != nil {
				return draw(q.physicalGraph(p), Drawing(format))
			}
			return draw(explain.Logical(l, "logical"), Drawing(format))
		},
	}
}

// clash reports whether two tables are the same files, where that does harm.
func (q *Query) clash(out, other *ir.Table, written bool) bool {
	out, other = q.shownTable(out), q.shownTable(other)
	if out.Connector != "file" || other.Connector != "file" {
		return false
	}
	if written {
		return file.SamePlace(out, other)
	}
	return file.Reads(other, out)
}

// OutputFileError says why Options.OutputFile or Options.DeadLetters cannot be written.
type OutputFileError struct{ Name, Reason string }

func (e *OutputFileError) Error() string { return "output file " + e.Name + ": " + e.Reason }

// checkPlace refuses a file beside the query's own tables that one of them is.
func (q *Query) checkPlace(t *ir.Table, name string) error {
	for _, s := range q.statements {
		if s.table != nil && q.clash(t, s.table, true) {
			return &OutputFileError{name, "an INSERT of the query writes it, too"}
		}
	}
	for _, p := range q.plans() {
		for _, from := range p.AllStages() {
			if from.Scan != nil && q.clash(t, from.Scan.Table, false) {
				return &OutputFileError{name, fmt.Sprintf("the query reads it, as `%s`; write to another file", from.Scan.Table.Name)}
			}
		}
	}
	return nil
}

// Warnings are the compiler's, in order of place.
func (q *Query) Warnings() compiler.Diagnostics { return slices.Clone(q.compiled.Warnings) }

// RenderWarnings prints the compiler's warnings.
func (q *Query) RenderWarnings(w io.Writer, colour bool) error {
	return compiler.Render(w, q.compiled.Warnings, q.files, colour)
}

// RenderWarningsJSON prints the compiler's warnings as CompileError.RenderJSON prints errors.
func (q *Query) RenderWarningsJSON(w io.Writer) error {
	return compiler.RenderJSON(w, q.compiled.Warnings, q.files)
}

// Queries is the number of statements that make rows, Selects how many of them are SELECTs.
func (q *Query) Queries() int {
	n := 0
	for _, s := range q.statements {
		if !s.side {
			n++
		}
	}
	return n
}

// Selects is the number of SELECT statements whose rows go to the client.
func (q *Query) Selects() int {
	n := 0
	for _, s := range q.statements {
		if s.table == nil {
			n++
		}
	}
	return n
}

// Prints is the number of INSERTs into mappings of TYPE Print, whose rows go to
// Options.Client as those of a SELECT do.
func (q *Query) Prints() int {
	n := 0
	for _, s := range q.statements {
		if s.table != nil && s.table.Connector == console.PrintName {
			n++
		}
	}
	return n
}

// sink is where the rows of one statement go.
type sink struct {
	table  *ir.Table // nil: the client
	schema *ir.Schema
	side   bool // no statement: it takes what others do not
}

// sinks lists the statements' sinks, in order. A plan that was loaded may have no
// logical form.
func sinks(c *compiler.Compiled) []sink {
	var out []sink
	if l := c.Logical; l != nil {
		for _, s := range l.Sinks {
			out = append(out, sink{s.Table, s.Schema(), s.Side})
		}
		return out
	}
	for _, st := range c.Plan.Stages {
		if st.Sink != nil {
			out = append(out, sink{st.Sink.Table, st.Sink.In, st.Sink.Side})
		}
	}
	return out
}

// Stage is a form of the plan that Query.Explain prints.
type Stage int

// The forms.
const (
	Logical   Stage = iota // as the query says it
	Optimized              // after the optimizer's rules
	Physical               // stages, tasks, exchanges and operators
)

// Explain prints the plan as text. Secrets in options are left out.
func (q *Query) Explain(s Stage) string {
	switch s {
	case Logical:
		if q.compiled.Bound != nil {
			return ir.Print(q.compiled.Bound)
		}
		return ir.Print(q.compiled.Logical)
	case Optimized:
		return ir.Print(q.compiled.Optimized)
	}
	return ir.PrintPlan(q.compiled.Plan)
}

// ExplainTrace prints the optimizer's steps; empty without Options.Trace.
func (q *Query) ExplainTrace() string { return q.compiled.FormatTrace() }

// ExplainCode returns the explanation of an error code such as H0101.
func ExplainCode(code string) (string, bool) { return compiler.ExplainCode(code) }
