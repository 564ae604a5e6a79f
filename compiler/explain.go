package compiler

import (
	"context"
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/bind"
	"github.com/helios-stream/helios/compiler/internal/opt"
	"github.com/helios-stream/helios/ir"
)

// explainAll makes the rows of the EXPLAINs of a file: the lines of their plans, as
// they would be planned in a file of their own.
func (c *Compiled) explainAll(ctx context.Context, list []bind.Explained, env *Env, o Options) error {
	for _, e := range list {
		text, err := c.explained(ctx, e, env, o)
		if err != nil {
			return err
		}
		sink := *c.Logical.Sinks[e.Sink]
		sink.Input = bind.PlanRows(strings.Split(strings.TrimRight(text, "\n"), "\n"))
		c.Logical.Sinks[e.Sink], c.Bound.Sinks[e.Sink] = &sink, &sink
	}
	return nil
}

func (c *Compiled) explained(ctx context.Context, e bind.Explained, env *Env, o Options) (string, error) {
	l := e.Logical
	var p *ir.Plan
	if !e.AsBound {
		l = opt.CheckTogether(opt.Prune(l))
		learnSizes(ctx, l, orEmpty(env))
		best, _, err := opt.Optimize(l, opt.Options{Fold: orEmpty(env).Fold, Disable: o.DisableRules})
		if err != nil {
			return "", err
		}
		if p, err = Plan(best, tasks(o, c.Settings), o); err != nil {
			return "", err
		}
		l = nil
	}
	if l != nil {
		if err := ir.Validate(l); err != nil {
			return "", err
		}
	}
	if draw := orEmpty(env).Draw; draw != nil {
		return draw(l, p, e.Format)
	}
	if e.Format != "text" {
		return "", fmt.Errorf("plans are drawn as text only here, not as %s", e.Format)
	}
	if p != nil {
		return ir.PrintPlan(p), nil
	}
	return ir.Print(l), nil
}
