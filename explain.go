package helios

import (
	"context"
	"errors"
	"fmt"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/internal/explain"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/run"
)

// Drawing is how Query.Draw shows a plan.
type Drawing string

// The drawings.
const (
	DrawText Drawing = "text"
	DrawJSON Drawing = "json" // for tools; PlanJSON is the one that runs
	DrawDot  Drawing = "dot"  // of Graphviz
	DrawSVG  Drawing = "svg"
)

// Draw shows a form of the plan: the operators with the columns that they give, their
// event time, what bounds their state, whether rows end and change. With what Analyze
// returned, the physical form shows what each operator did; nil: the plan alone.
func (q *Query) Draw(s Stage, f Drawing, analyzed *Stats) (string, error) {
	g, err := q.graph(s)
	if err != nil {
		return "", err
	}
	if analyzed != nil {
		if s != Physical {
			return "", errors.New("only the physical plan runs: what a run did cannot be shown in another one")
		}
		g.Measure(analyzed.Run, analyzed.Elapsed)
		g.Time = explain.EventTimesOf(q.Snapshot())
	}
	return draw(g, f)
}

// DrawTimes shows, as text or JSON, where the event time of the run under way stands, or
// stood at the end of the last run: the watermark of each relation, which split holds it
// back and since when, which windows wait for it, and what to do. It may be called by any
// goroutine beside Run.
func (q *Query) DrawTimes(f Drawing) (string, error) {
	t := explain.EventTimesOf(q.Snapshot())
	switch {
	case t == nil:
		return "", errors.New("nothing has run yet")
	case f == DrawText:
		return t.Text(), nil
	case f == DrawJSON:
		text, err := t.JSON()
		return string(text), err
	}
	return "", fmt.Errorf("event times are shown as text or json, not as %s", f)
}

func draw(g *explain.Graph, f Drawing) (string, error) {
	switch f {
	case DrawText:
		return g.Text(), nil
	case DrawJSON:
		text, err := g.JSON()
		return string(text), err
	case DrawDot:
		return g.Dot(), nil
	case DrawSVG:
		return g.SVG(), nil
	}
	return "", fmt.Errorf("unknown format %q", f)
}

func (q *Query) graph(s Stage) (*explain.Graph, error) {
	switch {
	case s == Physical:
		return q.physicalGraph(q.compiled.Plan), nil
	case q.compiled.Logical == nil:
		return nil, errNoLogical
	case s == Logical && q.compiled.Bound != nil:
		return explain.Logical(q.compiled.Bound, "logical"), nil
	case s == Logical:
		return explain.Logical(q.compiled.Logical, "logical"), nil
	}
	return explain.Logical(q.compiled.Optimized, "optimized"), nil
}

func (q *Query) physicalGraph(p *ir.Plan) *explain.Graph {
	return explain.Physical(p, func(t *ir.Table) bool {
		c := q.connector(t.Connector)
		return c != nil && c.Bounded(q.shownTable(t))
	})
}

// Analyze runs the query like Run and measures what each operator does, but nothing
// comes of it: the rows of SELECTs and INSERTs are counted and thrown away, no dead
// letters are written, and no checkpoints are taken or read.
func (q *Query) Analyze(ctx context.Context) (*Stats, error) {
	dry := *q
	dry.opt.CheckpointDir, dry.opt.DeadLetters = "", ""
	return dry.runWith(ctx, func(cfg *run.Config) {
		cfg.Times = true
		cfg.Sink = func(*ir.PhysSink) (vexec.Sink, error) { return discard{}, nil }
	}, nil)
}

// analyzed is the query with the rows of its EXPLAIN ANALYZEs, each of which it runs: one after
// the other and before all else, so that what they measure is theirs.
func (q *Query) analyzed(ctx context.Context) (*Query, error) {
	var texts []string
	for _, a := range q.compiled.Analyses {
		dry := *q
		dry.compiled, dry.monitor, dry.statements = &compiler.Compiled{Plan: a.Plan}, &run.Monitor{}, nil
		stats, err := dry.Analyze(ctx)
		if err != nil {
			return nil, fmt.Errorf("EXPLAIN ANALYZE: %w", err)
		}
		text, err := dry.Draw(Physical, Drawing(a.Format), stats)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	ready := *q
	ready.planID = q.fingerprint() // which the rows change with each run
	var err error
	if ready.compiled, err = q.compiled.Analyzed(texts, q.env(), q.compilerOptions()); err != nil {
		return nil, err
	}
	return &ready, ready.redirect()
}

// plans are the plan of the query and those that its EXPLAIN ANALYZEs run.
func (q *Query) plans() []*ir.Plan {
	out := []*ir.Plan{q.compiled.Plan}
	for _, a := range q.compiled.Analyses {
		out = append(out, a.Plan)
	}
	return out
}

// DumpAST shows the syntax trees of files as text, without the values of secret
// options. Mistakes come back as a *CompileError.
func DumpAST(files []File, o Options) (string, error) {
	q := newQuery(files, o)
	parsed, diags := compiler.Parse(files, compiler.Options{Vars: o.Vars, LookupEnv: o.LookupEnv})
	if diags.HasErrors() {
		return "", q.compileError(diags)
	}
	return parsed.Dump(q.secretAnywhere), nil
}

// secretAnywhere reports whether some connector has a secret option of this name, or
// the name says so: neither a syntax tree nor a wrong file knows which one it is for.
func (q *Query) secretAnywhere(name string) bool {
	if ir.IsSecretName(name) {
		return true
	}
	for _, c := range q.connectors {
		if o, _ := c.Spec().Option(name); o != nil && o.Secret {
			return true
		}
	}
	return false
}

// Code is a code of what the compiler says, as ExplainCode explains it.
type Code = compiler.Code

// Codes lists all codes in their order.
func Codes() []Code { return compiler.CodeList() }

// Rule is an optimizer rule, whose name Options.DisableRules takes.
type Rule = compiler.Rule

// Rules lists the optimizer's rules.
func Rules() []Rule { return compiler.Rules() }
