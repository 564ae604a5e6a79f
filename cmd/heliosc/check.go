package main

import (
	"fmt"

	"github.com/helios-stream/helios"
)

type checkCmd struct {
	queryFiles
}

// Run compiles and says how many queries there are; errors are the compiler's.
func (c *checkCmd) Run(io streams) error {
	q, err := c.compile(io, helios.Options{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.err, "ok: %s\n", plural(int64(q.Queries()), "query"))
	return err
}
