package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/helios-stream/helios"
)

type explainCmd struct {
	queryFiles
	Logical   bool   `xor:"stage" help:"The plan as the query says it."`
	Optimized bool   `xor:"stage" help:"The plan after the optimizer's rules."`
	Physical  bool   `xor:"stage" help:"Stages, tasks, exchanges and operators (the default)."`
	Trace     bool   `help:"Also the rules that fired, in order, with the plan after each."`
	Analyze   bool   `help:"Run the query and show what each operator did. Nothing is written: all rows are counted and thrown away."`
	Format    string `enum:"text,json,dot,svg" default:"text" help:"How the plan is shown: text, json (for tools), dot (Graphviz) or svg."`
}

var errorCode = regexp.MustCompile(`^[Hh]\d{1,5}$`)

// Run prints a plan, or the explanation of an error code.
func (c *explainCmd) Run(io streams) error {
	if len(c.Files) == 1 && errorCode.MatchString(c.Files[0]) {
		return c.code(io)
	}
	stage := helios.Physical
	switch {
	case c.Logical:
		stage = helios.Logical
	case c.Optimized:
		stage = helios.Optimized
	}
	if c.Analyze && stage != helios.Physical {
		return usagef("--analyze shows the physical plan, which is what runs: leave --logical and --optimized away")
	}
	if c.Trace && c.Format != "text" {
		return usagef("--trace is text: leave --format away")
	}
	q, err := c.compile(io, helios.Options{Trace: c.Trace, LookOnly: !c.Analyze})
	if err != nil {
		return err
	}
	if c.Trace {
		if _, err := fmt.Fprintf(io.out, "%s\n", q.ExplainTrace()); err != nil {
			return err
		}
	}
	var stats *helios.Stats
	var failed error
	if c.Analyze {
		ctx, stop := interruptible(io)
		defer stop()
		if stats, failed = q.Analyze(ctx); stats == nil || stats.Run == nil || len(stats.Run.Stages) == 0 {
			return failed
		}
	}
	text, err := q.Draw(stage, helios.Drawing(c.Format), stats)
	if err == nil {
		_, err = fmt.Fprint(io.out, text)
	}
	if failed != nil {
		return failed // what was measured until then has been shown
	}
	return err
}

func (c *explainCmd) code(io streams) error {
	text, ok := helios.ExplainCode(strings.ToUpper(c.Files[0]))
	if !ok {
		return usagef("there is no error code %s; a code is H and four digits, as it stands in a message: H0202", c.Files[0])
	}
	_, err := fmt.Fprintln(io.out, text)
	return err
}
