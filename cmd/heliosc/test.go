package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/internal/querytest"
)

type testCmd struct {
	Tests   []string          `arg:"" optional:"" name:"test" type:"path" help:"Tests (docs/TESTING.md), or folders: all files below them that end in .txt. Default: the working folder."`
	Update  bool              `short:"u" help:"Write what comes out into the tests, in place of what they expect."`
	Only    string            `name:"run" placeholder:"REGEXP" help:"Only tests whose name (path below the folder, without .txt) matches."`
	Seed    uint64            `default:"1" placeholder:"N" help:"Where the random numbers begin that say when a run is killed and in which order its parts work. A failure names it."`
	JUnit   string            `name:"junit" type:"path" placeholder:"FILE" help:"Also write the results as JUnit XML, for build servers."`
	Define  map[string]string `short:"D" placeholder:"NAME=VALUE" mapsep:"none" help:"Replace $${NAME} in the queries by VALUE, where the test does not say define: NAME=."`
	Verbose bool              `short:"v" help:"Also name the tests that pass."`
}

// errTestsFailed is that tests were run and did not all pass.
var errTestsFailed = errors.New("tests failed")

// Run runs tests and prints those that fail, and a line at the end.
func (c *testCmd) Run(io streams) error {
	if len(c.Tests) == 0 {
		c.Tests = []string{"."}
	}
	var only *regexp.Regexp
	var err error
	if c.Only != "" {
		if only, err = regexp.Compile(c.Only); err != nil {
			return usagef("--run %s is no regular expression: %v", c.Only, err)
		}
	}
	for i, path := range c.Tests {
		c.Tests[i] = seenFromHere(path)
	}
	cases, err := querytest.Find(c.Tests, only)
	switch {
	case err != nil:
		return usagef("%v", err)
	case len(cases) == 0 && only != nil:
		return usagef("no test in %s has a name that matches %s", strings.Join(c.Tests, ", "), c.Only)
	case len(cases) == 0:
		return usagef("no tests in %s: they are files that end in .txt; docs/TESTING.md says how to write one", strings.Join(c.Tests, ", "))
	}
	var junit *os.File
	if c.JUnit != "" {
		if junit, err = os.Create(c.JUnit); err != nil {
			return usagef("--junit: %v", err)
		}
		defer junit.Close()
	}
	o := &querytest.Options{Connectors: helios.Connectors, Seed: c.Seed, Define: c.Define, Update: c.Update}
	begin := time.Now()
	failed := 0
	o.RunAll(cases, func(t *querytest.Case) {
		if t.Failed() {
			failed++
		}
		c.print(io.out, t)
	})
	elapsed := time.Since(begin)
	if junit != nil {
		if err := errors.Join(querytest.WriteJUnit(junit, cases, elapsed), junit.Close()); err != nil {
			return fmt.Errorf("%s cannot be written: %w", c.JUnit, err)
		}
	}
	text := fmt.Sprintf("%s: %d passed", plural(int64(len(cases)), "test"), len(cases)-failed)
	if failed > 0 {
		text += fmt.Sprintf(", %d failed", failed)
	}
	fmt.Fprintf(io.out, "%s (%s)\n", text, elapsed.Round(10*time.Millisecond))
	if failed > 0 {
		return errTestsFailed
	}
	return nil
}

// print shows what became of a test.
func (c *testCmd) print(w io.Writer, t *querytest.Case) {
	took := t.Elapsed.Round(time.Millisecond)
	switch {
	case t.Failed():
		fmt.Fprintf(w, "FAIL  %s (%s)\n", t.Name, took)
		for line := range strings.Lines(t.Text()) {
			fmt.Fprint(w, "    ", line)
		}
		fmt.Fprintln(w)
		if t.Err == nil && !t.Report.First {
			fmt.Fprintf(w, "    To run it alone: heliosc test %s --seed %d\n", t.Path, c.Seed)
		}
	case t.Report.Updated:
		fmt.Fprintf(w, "wrote %s\n", t.Path)
	case c.Verbose:
		fmt.Fprintf(w, "ok    %s (%s, %s)\n", t.Name, plural(int64(t.Report.Runs), "run"), took)
	}
}

// seenFromHere is a path as seen from the working folder, where that is shorter.
func seenFromHere(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if rest, below := strings.CutPrefix(path, wd+string(os.PathSeparator)); below {
			return rest
		}
		if path == wd {
			return "."
		}
	}
	return path
}
