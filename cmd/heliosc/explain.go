package main

import (
	"fmt"
	"regexp"

	"github.com/helios-stream/helios"
)

type explainCmd struct {
	queryFiles
	Logical   bool `xor:"stage" help:"The plan as the query says it."`
	Optimized bool `xor:"stage" help:"The plan after the optimizer's rules."`
	Physical  bool `xor:"stage" help:"Stages, tasks, exchanges and operators (the default)."`
	Trace     bool `help:"Also the rules that fired, in order, with the plan after each."`
}

var errorCode = regexp.MustCompile(`^H\d{4}$`)

// Run prints a plan, or the explanation of an error code.
func (c *explainCmd) Run(io streams) error {
	if len(c.Files) == 1 && errorCode.MatchString(c.Files[0]) {
		text, ok := helios.ExplainCode(c.Files[0])
		if !ok {
			return usagef("there is no error code %s", c.Files[0])
		}
		_, err := fmt.Fprintln(io.out, text)
		return err
	}
	q, err := c.compile(io, helios.Options{Trace: c.Trace})
	if err != nil {
		return err
	}
	if c.Trace {
		if _, err := fmt.Fprint(io.out, q.ExplainTrace()); err != nil {
			return err
		}
	}
	stage := helios.Physical
	switch {
	case c.Logical:
		stage = helios.Logical
	case c.Optimized:
		stage = helios.Optimized
	}
	_, err = fmt.Fprint(io.out, q.Explain(stage))
	return err
}
