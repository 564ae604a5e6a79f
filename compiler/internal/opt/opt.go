// Package opt rewrites logical plans into cheaper ones of the same meaning.
//
// A rule is a named function on one node. The driver applies all rules until none
// fires, checks after each firing that the node's schema is what it was, and can
// leave rules out by name. Rules keep every row; they may remove row errors (a
// filter moved below a failing expression) and never add them.
package opt

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Rule is one rewrite.
type Rule struct {
	Name  string // verb and object: what traces, tests and --disable-rule call it
	Doc   string // one sentence
	Root  bool   // looks at whole trees: Apply gets only the *ir.Sink
	Tidy  bool   // rewrites projections alone: fit to follow a rule that is Whole
	Last  bool   // waits until no other rule fires in any sink: it asks Ctx.isShared
	Once  bool   // of a rule that is Last: it is not tried again when others have fired after it
	Apply func(c *Ctx, n ir.Node) (ir.Node, bool)
	// Whole is in Apply's place for a rule that rewrites the plan as a whole, once no other
	// rule fires any more. It returns its steps, none where it does nothing.
	Whole func(c *Ctx, l *ir.Logical) (*ir.Logical, []Step)
}

// Ctx is what rules may ask.
type Ctx struct {
	// Fold computes an expression without columns; nil: constants are not folded.
	Fold func(ir.Expr) (ir.Value, error)

	unfoldable map[ir.Expr]bool // what Fold refused, so as not to ask again
	sinks      []*ir.Sink       // the whole plan, when rules that are Last are tried
	shared     []ir.Node        // of sinks: aggregates that several parts of the plan read
	sharedDone bool             // shared is known
	joins      []ir.Node        // of sinks: joins that several parts of the plan read
	joinsDone  bool             // joins is known
	merges     bool             // MergeSubplans follows
	trace      bool             // steps have texts
}

// Options says how to optimize.
type Options struct {
	Fold    func(ir.Expr) (ir.Value, error)
	Disable []string // names of rules to leave out; "*": all
	Trace   bool     // fill Report.Steps
}

// Report says what the optimizer did.
type Report struct {
	Fired map[string]int // firings by rule
	Steps []Step         // in order, with Options.Trace
}

// Step is one firing.
type Step struct {
	Rule          string
	Before, After string // the rewritten part of the plan, as ir.PrintNode shows it
}

// maxPasses bounds the rounds over the rules. A plan is right after every firing,
// so stopping early costs speed and nothing else.
const maxPasses = 32

// Optimize returns an equivalent plan. An error is a fault of a rule, named in it.
func Optimize(l *ir.Logical, o Options) (*ir.Logical, *Report, error) {
	d := &driver{ctx: &Ctx{Fold: o.Fold, trace: o.Trace}, report: &Report{Fired: map[string]int{}}, trace: o.Trace}
	var all, last, whole []*Rule
	for i := range rules {
		r := &rules[i]
		switch {
		case Disabled(o.Disable, r.Name):
			continue
		case r.Whole != nil:
			whole = append(whole, r)
			d.ctx.merges = d.ctx.merges || r.Name == mergeName
			continue
		case r.Last:
			last = append(last, r)
		default:
			d.rules = append(d.rules, r)
		}
		if !r.Once {
			all = append(all, r)
		}
	}
	out, err := d.runAll(l, d.run)
	if err == nil && len(last) > 0 {
		d.ctx.sinks = out.Sinks
		out, err = d.runAll(out, func(root ir.Node) (ir.Node, error) {
			d.rules = last
			after, err := d.pass(root)
			if err != nil || after == root {
				return after, err
			}
			d.rules = all
			return d.run(after)
		})
	}
	for _, r := range whole {
		if err == nil {
			out, err = d.rewrite(r, all, out)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	out = noteRows(d.ctx, out)
	return out, d.report, ir.Validate(out)
}

// rewrite applies a rule on the whole plan, and then those that tidy up what is above
// the places where it did something.
func (d *driver) rewrite(r *Rule, all []*Rule, l *ir.Logical) (*ir.Logical, error) {
	out, steps := r.Whole(d.ctx, l)
	if len(steps) == 0 {
		return l, nil
	}
	for i, s := range out.Sinks {
		if was, is := l.Sinks[i].Schema(), s.Schema(); !was.Equal(is) {
			return nil, fmt.Errorf("optimizer rule %s changed the columns (%s) to (%s)", r.Name, was, is)
		}
	}
	d.report.Fired[r.Name] += len(steps)
	if d.trace {
		d.report.Steps = append(d.report.Steps, steps...)
	}
	d.rules = slices.DeleteFunc(slices.Clone(all), func(r *Rule) bool { return !r.Tidy })
	return d.runAll(out, d.run)
}

// Disabled reports whether the list of names switches the rule off.
func Disabled(list []string, name string) bool {
	return slices.Contains(list, name) || slices.Contains(list, "*")
}

// Rules lists all rules in the order in which a pass applies them.
func Rules() []Rule { return slices.Clone(rules) }

type driver struct {
	ctx    *Ctx
	rules  []*Rule
	report *Report
	trace  bool
	err    error
}

// runAll rewrites all sinks.
func (d *driver) runAll(l *ir.Logical, run func(ir.Node) (ir.Node, error)) (*ir.Logical, error) {
	out := &ir.Logical{Sinks: make([]*ir.Sink, len(l.Sinks))}
	for i, s := range l.Sinks {
		n, err := run(s)
		if err != nil {
			return nil, err
		}
		out.Sinks[i] = n.(*ir.Sink)
	}
	return out, nil
}

// run repeats passes until no rule fires.
func (d *driver) run(root ir.Node) (ir.Node, error) {
	for range maxPasses {
		after, err := d.pass(root)
		if err != nil || after == root {
			return after, err
		}
		root = after
	}
	return root, nil
}

// pass tries each rule once, on all nodes.
func (d *driver) pass(root ir.Node) (ir.Node, error) {
	for _, r := range d.rules {
		if r.Root {
			root = d.fire(r, root)
		} else {
			root = ir.RewriteNode(root, func(n ir.Node) ir.Node { return d.fire(r, n) })
		}
		if d.err != nil {
			return nil, d.err
		}
	}
	return root, nil
}

func (d *driver) fire(r *Rule, n ir.Node) ir.Node {
	if d.err != nil {
		return n
	}
	m, fired := r.Apply(d.ctx, n)
	if !fired {
		return n
	}
	if was, is := n.Schema(), m.Schema(); !was.Equal(is) {
		d.err = fmt.Errorf("optimizer rule %s changed the columns (%s) to (%s)", r.Name, was, is)
		return n
	}
	d.report.Fired[r.Name]++
	if d.trace {
		d.report.Steps = append(d.report.Steps, Step{Rule: r.Name, Before: ir.PrintNode(n), After: ir.PrintNode(m)})
	}
	return m
}
