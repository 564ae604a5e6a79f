package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/helios-stream/helios"
)

type compileCmd struct {
	queryFiles
	Emit   string `enum:"ast,logical,optimized,physical,json,dot" default:"physical" help:"What to write: the syntax tree, the plan as the query says it, after the optimizer or as it runs (all as text), the plan that runs as JSON for 'heliosc run', or as Graphviz."`
	Output string `short:"o" type:"path" placeholder:"FILE" help:"Write to this file instead of stdout. Folders in the JSON are relative to it."`
}

// Run compiles and writes one form of the query.
func (c *compileCmd) Run(io streams) error {
	text, err := c.emit(io)
	if err != nil {
		return err
	}
	if c.Output == "" {
		_, err = fmt.Fprint(io.out, text)
		return err
	}
	if err := os.WriteFile(c.Output, []byte(text), 0o644); err != nil {
		return fmt.Errorf("the plan cannot be written: %w", err)
	}
	return nil
}

func (c *compileCmd) emit(io streams) (string, error) {
	if c.Emit == "ast" {
		return c.ast()
	}
	q, err := c.compile(io, helios.Options{LookOnly: true})
	if err != nil {
		return "", err
	}
	switch c.Emit {
	case "logical":
		return q.Draw(helios.Logical, helios.DrawText, nil)
	case "optimized":
		return q.Draw(helios.Optimized, helios.DrawText, nil)
	case "json":
		text, err := q.PlanJSON(helios.Physical, filepath.Dir(c.Output))
		return string(text), err
	case "dot":
		return q.Draw(helios.Physical, helios.DrawDot, nil)
	}
	return q.Draw(helios.Physical, helios.DrawText, nil)
}

func (c *compileCmd) ast() (string, error) {
	files, err := helios.ReadFiles(c.Files...)
	if err != nil {
		return "", err
	}
	if plan, err := planOf(files); err != nil {
		return "", err
	} else if plan != nil {
		return "", usagef("%s: a plan has no syntax tree", plan.Name)
	}
	return helios.DumpAST(files, helios.Options{Vars: c.Define, LookupEnv: os.LookupEnv})
}
