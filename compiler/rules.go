package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/bind"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/compiler/internal/opt"
)

// The choices of the planner that can be switched off like rules.
const (
	twoPhase   = "TwoPhaseAggregation"
	shareScans = "ShareScans"
	limitScan  = "PushLimitIntoScan"
	subplans   = "ShareSubplans"
	shareExprs = "ShareExpressions"
	bloom      = "BloomPreFilter"
)

// Rule is a rewrite that Options.DisableRules can leave out.
type Rule struct {
	Name string
	Doc  string // one sentence
}

// Rules lists all rules in the order in which they are tried.
func Rules() []Rule {
	var out []Rule
	for _, r := range opt.Rules() {
		out = append(out, Rule{Name: r.Name, Doc: r.Doc})
	}
	return append(out,
		Rule{Name: limitScan, Doc: "Begins no more of a table once a LIMIT over it has enough rows."},
		Rule{Name: shareScans, Doc: "Reads a table once for all statements that read it with the same watermark."},
		Rule{Name: subplans, Doc: "Runs equal parts of statements once: the same filter over the same scan, the same aggregate."},
		Rule{Name: shareExprs, Doc: "Computes an expression once that several operators of a chain need: a condition and the columns above it."},
		Rule{Name: bloom, Doc: "Has scans leave out rows whose keys are not among those that a lookup above them has read before, or that an interval join above them keeps near their time."},
		Rule{Name: twoPhase, Doc: "Aggregates where the rows are first, and then by key."})
}

// checkRules refuses names of rules that do not exist.
func checkRules(names []string) Diagnostics {
	var known []string
	for _, r := range Rules() {
		known = append(known, r.Name)
	}
	var errs Diagnostics
	for _, n := range names {
		if n == "*" || slices.Contains(known, n) {
			continue
		}
		hint := "there are: " + strings.Join(known, ", ")
		if near := diag.DidYouMean(n, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		errs.Add(diag.UnknownRule, diag.Span{}, fmt.Sprintf("there is no optimizer rule %q", n), hint)
	}
	return errs
}

// tasks is the parallelism of a query: as the caller says, else as the file does.
func tasks(o Options, settings map[string]string) int {
	if o.Tasks > 0 {
		return min(o.Tasks, bind.MaxTasks)
	}
	if n, err := strconv.Atoi(settings[bind.Parallelism]); err == nil {
		return n
	}
	return min(max(o.DefaultTasks, 1), bind.MaxTasks)
}

// FormatTrace is the optimizer's steps as text: of each the rule, and the part of
// the plan before and after it. Then come the planner's choices, each with what it did.
func (c *Compiled) FormatTrace() string {
	var b strings.Builder
	for i, s := range c.Trace {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%d. %s\n%sbecomes\n%s", i+1, s.Rule, indent(s.Before), indent(s.After))
	}
	if len(c.Trace) > 0 && len(c.Choices) > 0 {
		b.WriteByte('\n')
	}
	for i, x := range c.Choices {
		fmt.Fprintf(&b, "%d. %s: %s\n", len(c.Trace)+i+1, x.Rule, x.Did)
	}
	return b.String()
}

func indent(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	return "    " + strings.Join(lines, "    ") + "\n"
}
