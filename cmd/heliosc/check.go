package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/helios-stream/helios"
)

type checkCmd struct {
	queryFiles
	Format string `enum:"text,json" default:"text" help:"text, or json: an object for each error and warning, in a line each on stdout."`
}

// Run compiles and says how many queries there are; errors are the compiler's.
func (c *checkCmd) Run(io streams) error {
	if c.Format == "json" {
		c.Messages = "json"
		io.err = io.out
	}
	q, err := c.compile(io, helios.Options{LookOnly: true})
	if err != nil || c.Messages == "json" {
		return err
	}
	_, err = fmt.Fprintf(io.err, "ok: %s\n", plural(int64(q.Queries()), "query"))
	return err
}

// errShown is a query that does not compile, and whose errors are printed.
var errShown = errors.New("the query does not compile")

// messagesAsJSON prints what a compilation said and returns what it ended with.
func messagesAsJSON(w io.Writer, q *helios.Query, err error) error {
	var wrong *helios.CompileError
	switch {
	case errors.As(err, &wrong):
		return errors.Join(errShown, wrong.RenderJSON(w))
	case err != nil:
		return err
	}
	return q.RenderWarningsJSON(w)
}
