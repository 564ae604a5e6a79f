// Package compiler turns query files into plans.
//
//	text --Parse--> syntax trees --Bind--> ir.Logical --Optimize--> ir.Logical --Plan--> ir.Plan
//
// Compile takes the whole way. It knows nothing of connectors and executors but
// what Env tells it.
package compiler

import (
	"context"
	"slices"

	"github.com/helios-stream/helios/compiler/internal/bind"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/compiler/internal/opt"
	"github.com/helios-stream/helios/compiler/internal/phys"
	"github.com/helios-stream/helios/ir"
)

// File is one query file.
type File struct {
	Name string // as messages call it
	Text string
	Dir  string // folder that relative paths of its mappings start from
}

// Env is what the compiler asks the world.
type Env = bind.Env

// Changelog says how a SELECT shows results that change: "ops", "final", or "" for what
// fits its input.
type Changelog = bind.Changelog

// Options says how to compile.
type Options struct {
	Vars         map[string]string                // of ${name}
	LookupEnv    func(name string) (string, bool) // of ${name} that Vars lacks; nil: none
	Tasks        int                              // parallelism; 0: as SET 'parallelism' in a file says, else DefaultTasks
	DefaultTasks int                              // 0: 1
	DisableRules []string                         // names of rules to leave out; "*": all
	Trace        bool                             // fill Compiled.Trace
	StrictState  bool                             // state that grows without end is an error
	NoWarn       []string                         // codes of warnings that are not reported
	Changelog    Changelog                        // how SELECTs to the client show results that change
	Limit        int64                            // rows that each SELECT to the client gives at most; 0: all
	Analyze      Analyze                          // which queries EXPLAIN ANALYZE may run
}

// Analyze says which queries EXPLAIN ANALYZE may run.
type Analyze int

// Nobody runs Compiled.Analyses, whoever does waits for the end of their input, or ends them by
// the clock.
const (
	AnalyzeNone Analyze = iota
	AnalyzeEnding
	AnalyzeAny
)

// Compiled is a query in all its forms.
type Compiled struct {
	Bound     *ir.Logical       // as the files say it; nil for a plan that was loaded
	Logical   *ir.Logical       // the same without columns and fields that nothing uses: what it means
	Optimized *ir.Logical       // after the optimizer's rules
	Plan      *ir.Plan          // what runs
	Tables    []*ir.Table       // the mappings that the files leave behind
	Settings  map[string]string // of SET
	Analyses  []Analysis        // EXPLAIN ANALYZEs, which are to run first
	Warnings  Diagnostics
	Fired     map[string]int // firings of optimizer rules, by name
	Trace     []Step         // of the optimizer, with Options.Trace
	Choices   []Choice       // of the planner, with Options.Trace
}

// Step is one firing of an optimizer rule.
type Step = opt.Step

// Compile compiles the files as one query. Where the diagnostics hold errors, the
// result is nil; warnings alone are also in the result.
func Compile(ctx context.Context, files []File, env *Env, o Options) (*Compiled, Diagnostics) {
	parsed, errs := Parse(files, o)
	errs = append(errs, checkRules(o.DisableRules)...)
	errs = append(errs, checkNoWarn(o.NoWarn)...)
	bound, more := Bind(ctx, parsed, env, o)
	errs = append(errs, more...)
	errs = append(errs, checkAnalyses(bound, o)...)
	errs = tidy(weigh(errs, o))
	if errs.HasErrors() {
		return nil, errs
	}
	c := &Compiled{Bound: bound.Whole, Logical: bound.Logical, Tables: bound.Tables, Settings: bound.Settings, Warnings: errs}
	learnSizes(ctx, c.Logical, orEmpty(env))
	err := c.explainAll(ctx, bound.Explained, env, o)
	if err != nil {
		return nil, internal(err)
	}
	if err := c.plan(env, o); err != nil {
		return nil, internal(err)
	}
	return c, errs
}

// plan makes the optimized and the physical form of the logical one.
func (c *Compiled) plan(env *Env, o Options) (err error) {
	if c.Optimized, err = c.optimize(env, o); err != nil {
		return err
	}
	if c.Plan, err = Plan(c.Optimized, tasks(o, c.Settings), o); err != nil {
		return err
	}
	asked, _ := ir.ParseDelivery(c.Settings[ir.OptionDelivery])
	c.deliver(asked)
	choices := choicesOf(c.Plan)
	for _, x := range choices {
		c.Fired[x.Rule]++
	}
	if o.Trace {
		c.Choices = choices
	}
	return nil
}

// deliver notes in all forms of the query what it asks for.
func (c *Compiled) deliver(d ir.Delivery) {
	c.Logical.Delivery, c.Optimized.Delivery, c.Plan.Delivery = d, d, d
}

// Bind gives parsed files their meaning. Columns that no result depends on are left
// out here already: what a query does not use is not checked, whatever the
// optimizer does.
func Bind(ctx context.Context, p *Parsed, env *Env, o Options) (*bind.Result, Diagnostics) {
	var errs Diagnostics
	b := bind.Bind(ctx, p.inputs, p.sources, orEmpty(env), o.Changelog, &errs)
	if errs.HasErrors() {
		return b, errs
	}
	b.Whole = limited(b.Logical, o.Limit)
	b.Logical = opt.CheckTogether(opt.Prune(b.Whole))
	if err := ir.Validate(b.Logical); err != nil {
		errs = append(errs, internal(err)...)
	}
	return b, errs
}

func (c *Compiled) optimize(env *Env, o Options) (*ir.Logical, error) {
	l, report, err := opt.Optimize(c.Logical, opt.Options{Fold: orEmpty(env).Fold, Disable: o.DisableRules, Trace: o.Trace})
	if err != nil {
		return nil, err
	}
	c.Fired, c.Trace = report.Fired, report.Steps
	return l, nil
}

// Plan makes the physical plan of an optimized query, with the given number of
// tasks in stages that can have many.
func Plan(l *ir.Logical, tasks int, o Options) (*ir.Plan, error) {
	p, err := phys.Plan(l, phys.Options{
		Tasks: tasks, TwoPhase: !opt.Disabled(o.DisableRules, twoPhase), Share: !opt.Disabled(o.DisableRules, shareScans),
		Limit: !opt.Disabled(o.DisableRules, limitScan), Subplans: !opt.Disabled(o.DisableRules, subplans),
		Exprs: !opt.Disabled(o.DisableRules, shareExprs), Bloom: !opt.Disabled(o.DisableRules, bloom),
	})
	if err != nil {
		return nil, err
	}
	return p, ir.ValidatePlan(p)
}

// tidy puts diagnostics in order of place, and says nothing twice: an item that
// GROUP BY names by its alias is bound in both places.
func tidy(errs Diagnostics) Diagnostics {
	errs.Sort()
	return slices.CompactFunc(errs, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Span == b.Span && a.Message == b.Message
	})
}

func orEmpty(e *Env) *Env {
	if e == nil {
		return &Env{}
	}
	return e
}

func internal(err error) Diagnostics {
	return Diagnostics{{Code: diag.Internal, Message: "internal error: " + err.Error(), Hint: "please report the query"}}
}
