package compiler

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/bind"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/compiler/internal/opt"
	"github.com/helios-stream/helios/ir"
)

// Analysis is an EXPLAIN ANALYZE of a file: it shows what a run of its plan did, which is to take
// place each time before the query itself runs. What came of it goes to Compiled.Analyzed.
type Analysis struct {
	Plan   *ir.Plan // as it would be in a file of its own
	Format string   // of its rows: text, json or dot
	sink   int      // of Logical, which takes the rows
}

// checkAnalyses refuses EXPLAIN ANALYZE of queries that would not end.
func checkAnalyses(bound *bind.Result, o Options) Diagnostics {
	var errs Diagnostics
	for _, e := range bound.Explained {
		endless := slices.ContainsFunc(e.Logical.Sinks, func(s *ir.Sink) bool { return !ends(s.Input) })
		switch {
		case !e.Analyze || o.Analyze == AnalyzeAny:
		case o.Analyze == AnalyzeNone:
			errs.Add(diag.NotSupported, e.At, "EXPLAIN ANALYZE has no place here: the times that it shows are others each time", "write EXPLAIN, or leave it to heliosc run")
		case endless:
			errs.Add(diag.NotSupported, e.At, "EXPLAIN ANALYZE runs its query to the end, and the input of this one does not end",
				"say for how long: heliosc run --for 10s; or heliosc explain --analyze --for 10s with the query alone; or LIMIT its rows")
		}
	}
	return errs
}

// ends reports whether a query comes to an end: its input does, or it wants so many rows only.
func ends(n ir.Node) bool {
	if l, ok := n.(*ir.Limit); ok && l.Count >= 0 {
		return true
	}
	return n.Props().Bounded
}

// explainAll makes the rows of the EXPLAINs of a file: the lines of their plans, as
// they would be planned in a file of their own.
func (c *Compiled) explainAll(ctx context.Context, list []bind.Explained, env *Env, o Options) error {
	for _, e := range list {
		text := toRun
		if e.AsBound {
			if err := ir.Validate(e.Logical); err != nil {
				return err
			}
			var err error
			if text, err = drawn(e.Logical, nil, e.Format, env); err != nil {
				return err
			}
		} else {
			p, err := c.planAside(ctx, e.Logical, env, o)
			if err != nil {
				return err
			}
			if e.Analyze {
				c.Analyses = append(c.Analyses, Analysis{Plan: p, Format: e.Format, sink: e.Sink})
			} else if text, err = drawn(nil, p, e.Format, env); err != nil {
				return err
			}
		}
		c.setLines(e.Sink, text)
	}
	return nil
}

// toRun stands for the rows of an EXPLAIN ANALYZE until there are any.
const toRun = "(the plan with what a run of it did)"

// Analyzed is the query with the rows of its EXPLAIN ANALYZEs, whose texts are in the order of
// Analyses, ready to run.
func (c *Compiled) Analyzed(texts []string, env *Env, o Options) (*Compiled, error) {
	out := *c
	out.Analyses = nil
	l, bound := *c.Logical, *c.Bound
	out.Logical, out.Bound = &l, &bound
	l.Sinks, bound.Sinks = slices.Clone(l.Sinks), slices.Clone(bound.Sinks)
	for i, text := range texts {
		out.setLines(c.Analyses[i].sink, text)
	}
	return &out, out.plan(env, o)
}

// setLines makes the lines of a text the rows of a sink.
func (c *Compiled) setLines(at int, text string) {
	sink := *c.Logical.Sinks[at]
	sink.Input = bind.PlanRows(strings.Split(strings.TrimRight(text, "\n"), "\n"))
	c.Logical.Sinks[at], c.Bound.Sinks[at] = &sink, &sink
}

// planAside plans a query as it would be in a file of its own.
func (c *Compiled) planAside(ctx context.Context, l *ir.Logical, env *Env, o Options) (*ir.Plan, error) {
	l = opt.CheckTogether(opt.Prune(l))
	learnSizes(ctx, l, orEmpty(env))
	best, _, err := opt.Optimize(l, opt.Options{Fold: orEmpty(env).Fold, Disable: o.DisableRules})
	if err != nil {
		return nil, err
	}
	return Plan(best, tasks(o, c.Settings), o)
}

// drawn shows one of both forms of a query.
func drawn(l *ir.Logical, p *ir.Plan, format string, env *Env) (string, error) {
	if draw := orEmpty(env).Draw; draw != nil {
		return draw(l, p, format)
	}
	if format != "text" {
		return "", fmt.Errorf("plans are drawn as text only here, not as %s", format)
	}
	if p != nil {
		return ir.PrintPlan(p), nil
	}
	return ir.Print(l), nil
}
