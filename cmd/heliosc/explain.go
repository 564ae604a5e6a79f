package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/helios-stream/helios"
)

type explainCmd struct {
	queryFiles
	Logical   bool          `xor:"stage" help:"The plan as the query says it."`
	Optimized bool          `xor:"stage" help:"The plan after the optimizer's rules."`
	Physical  bool          `xor:"stage" help:"Stages, tasks, exchanges and operators (the default)."`
	Trace     bool          `help:"Also the rules that fired, in order, with the plan after each."`
	Analyze   bool          `help:"Run the query and show what each operator did. Nothing is written: all rows are counted and thrown away."`
	Watermark bool          `help:"Run the query as --analyze does and show where event time stands: the watermark, which file or partition holds it back and since when, which windows wait, and what to do."`
	For       time.Duration `placeholder:"DURATION" help:"With --analyze or --watermark: stop after so long, for input that does not end."`
	Format    string        `enum:"text,json,dot,svg" default:"text" help:"How the plan is shown: text, json (for tools), dot (Graphviz) or svg."`
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
	if c.Watermark && (c.Analyze || c.Trace || stage != helios.Physical || c.Format != "text" && c.Format != "json") {
		return usagef("--watermark shows event time alone, as text or json: leave the other forms away (--analyze shows it, too)")
	}
	if c.For < 0 || c.For > 0 && !c.Analyze && !c.Watermark {
		return usagef("--for says how long --analyze or --watermark runs the query; it needs one of them and a time such as 10s")
	}
	if c.Trace && c.Format != "text" {
		return usagef("--trace is text: leave --format away")
	}
	q, err := c.compile(io, helios.Options{Trace: c.Trace, LookOnly: !c.Analyze && !c.Watermark, For: c.For})
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
	if c.Analyze || c.Watermark {
		ctx, stop := interruptible(io)
		defer stop()
		if stats, failed = q.Analyze(ctx); stats == nil || stats.Run == nil || len(stats.Run.Stages) == 0 {
			return failed
		}
	}
	var text string
	if c.Watermark {
		text, err = q.DrawTimes(helios.Drawing(c.Format))
	} else {
		text, err = q.Draw(stage, helios.Drawing(c.Format), stats)
	}
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
