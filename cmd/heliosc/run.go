package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/console"
)

type runCmd struct {
	queryFiles
	Format             string        `enum:"table,json,csv" default:"table" help:"How rows of a SELECT are printed: table, json (NDJSON) or csv."`
	Output             string        `short:"o" placeholder:"FILE" help:"Write the rows of the SELECT to a .ndjson, .csv or .parquet file instead of stdout."`
	Limit              *int64        `placeholder:"N" help:"Most rows that each SELECT gives; it ends once it has given them. Default: all."`
	BatchSize          int           `default:"8192" placeholder:"ROWS" help:"Most rows that go down a chain at once."`
	Memory             string        `placeholder:"SIZE" help:"Most memory for state and queues, such as 2GB; default: no limit."`
	CheckpointDir      string        `placeholder:"DIR" help:"Keep the run's state here; a run that was killed goes on from it."`
	CheckpointInterval time.Duration `default:"5s" help:"How often a checkpoint is taken."`
	DeadLetters        string        `placeholder:"FILE" help:"Where rows go that cannot be processed; default: dead-letters.ndjson in the checkpoint folder, or <query>.dead-letters.ndjson here."`
	CPUProfile         string        `name:"cpu-profile" placeholder:"FILE" help:"Write where the run spends its time, for 'go tool pprof'."`
	Quiet              bool          `short:"q" help:"No summary on stderr."`
}

// Run compiles, runs to the end of the input and prints a summary to stderr.
func (c *runCmd) Run(io streams) error {
	o, err := c.options(io)
	if err != nil {
		return err
	}
	q, err := c.compile(io, o)
	if err != nil {
		return err
	}
	if err := c.checkOutput(q); err != nil {
		return err
	}
	ctx, stop := interruptible(io)
	defer stop()
	profiled, err := startProfile(c.CPUProfile)
	if err != nil {
		return err
	}
	stats, err := q.Run(ctx)
	if perr := profiled(); err == nil {
		err = perr
	}
	whole := err == nil || errors.Is(err, helios.ErrInterrupted)
	if stats != nil && !c.Quiet && whole {
		fmt.Fprintln(io.err, summary(stats))
	}
	switch {
	case stats == nil || stats.DeadLetters == 0:
	case !whole: // what the run had written aside since its last checkpoint is not shown
		fmt.Fprintf(io.err, "warning: %s could not be processed before the run failed (first: %s)\n",
			plural(stats.DeadLetters, "row"), stats.FirstDeadLetter)
	default:
		fmt.Fprintf(io.err, "warning: %s went to the dead letters in %s (first: %s)\n", // the last line
			plural(stats.DeadLetters, "row"), stats.DeadLetterPath, stats.FirstDeadLetter)
	}
	return c.interrupted(err)
}

// interrupted adds to an interrupt what has become of the open windows.
func (c *runCmd) interrupted(err error) error {
	switch {
	case !errors.Is(err, helios.ErrInterrupted):
		return err
	case c.CheckpointDir != "":
		return fmt.Errorf("%w; the same command goes on from %s", err, c.CheckpointDir)
	}
	return fmt.Errorf("%w; open windows are lost, and a single output file is left as it was: with --checkpoint-dir the run could go on", err)
}

func (c *runCmd) options(io streams) (helios.Options, error) {
	if c.BatchSize < 1 || c.BatchSize > helios.MaxBatchRows {
		return helios.Options{}, usagef("--batch-size %d: it is 1 to %d", c.BatchSize, helios.MaxBatchRows)
	}
	if c.CheckpointInterval <= 0 {
		return helios.Options{}, usagef("--checkpoint-interval %s: it must be positive", c.CheckpointInterval)
	}
	limit := int64(0)
	if c.Limit != nil {
		if limit = *c.Limit; limit < 1 {
			return helios.Options{}, usagef("--limit %d: it is at least 1, or left out for all rows", limit)
		}
	}
	memory, err := parseSize(c.Memory)
	if err != nil {
		return helios.Options{}, err
	}
	turn := &console.Turn{}
	return helios.Options{
		BatchRows: c.BatchSize, Memory: memory, Limit: limit,
		CheckpointDir: c.CheckpointDir, CheckpointInterval: c.CheckpointInterval,
		DeadLetters: c.deadLetters(), OutputFile: c.Output,
		Client: func(title string) (vexec.Sink, error) {
			return console.New(io.out, console.Options{Format: console.Format(c.Format), Title: title, Width: io.width, Turn: turn}), nil
		},
		Warn: func(text string) { fmt.Fprintln(io.err, "warning:", text) },
	}, nil
}

func (c *runCmd) deadLetters() string {
	switch {
	case c.DeadLetters != "":
		return c.DeadLetters
	case c.CheckpointDir != "":
		return filepath.Join(c.CheckpointDir, "dead-letters.ndjson")
	}
	base := filepath.Base(c.Files[0])
	if base == "-" {
		base = "stdin"
	}
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".dead-letters.ndjson"
}

// checkOutput refuses what would mix the rows of several SELECTs.
func (c *runCmd) checkOutput(q *helios.Query) error {
	if n := q.Selects(); n > 1 && (c.Format != "table" || c.Output != "") {
		return usagef("the files have %d SELECTs, whose rows would mix: only --format table without -o prints several", n)
	}
	shown := q.Prints()
	if c.Output == "" {
		shown += q.Selects()
	}
	if shown > 1 && c.Format != "table" {
		return usagef("%d SELECTs and tables of TYPE Print write to stdout, where their rows would mix: only --format table prints several", shown)
	}
	if c.Output != "" && q.Selects() == 0 {
		return usagef("-o %s: the files have no SELECT whose rows could go there", c.Output)
	}
	return nil
}

func summary(s *helios.Stats) string {
	text := fmt.Sprintf("%s in, %s out", plural(s.RowsIn, "row"), plural(s.RowsOut, "row"))
	if s.Late > 0 {
		text += fmt.Sprintf(", %s late", thousands(s.Late))
	}
	if s.Dropped > 0 {
		text += fmt.Sprintf(", %s dropped as bad", thousands(s.Dropped))
	}
	if s.Checkpoints > 0 {
		text += fmt.Sprintf(", %s", plural(s.Checkpoints, "checkpoint"))
	}
	return fmt.Sprintf("%s in %s", text, s.Elapsed.Round(time.Millisecond))
}

// parseSize reads 64MB, 2 GiB or a number of bytes; "" is 0.
func parseSize(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := helios.ParseBytes(s)
	if err != nil {
		return 0, usagef("--memory %s: %v", s, err)
	}
	return n, nil
}
