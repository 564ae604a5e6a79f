package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/console"
)

type runCmd struct {
	queryFiles
	Format             string         `enum:"table,json,csv,arrow,parquet" default:"table" help:"How rows of a SELECT are printed: table, json (NDJSON), csv, arrow (an IPC stream) or parquet."`
	Output             string         `short:"o" placeholder:"FILE" help:"Write the rows of the SELECT to a .ndjson, .csv, .parquet or .arrow file instead of stdout; DIR/ takes a file for each SELECT (select-1.ndjson or as --format says)."`
	Timestamps         bool           `help:"Show in a first column when each row was shown (UTC)."`
	Limit              *int64         `placeholder:"N" help:"Most rows that each SELECT gives; it ends once it has given them. Default: all."`
	For                *time.Duration `placeholder:"TIME" help:"Stop after so long by the clock, such as 2m, as Ctrl-C does but with exit code 0."`
	Flush              bool           `help:"Where --for or Ctrl-C stops the run its input ends: open windows fire."`
	BatchSize          int            `default:"8192" placeholder:"ROWS" help:"Most rows that go down a chain at once."`
	Memory             string         `placeholder:"SIZE" help:"Most memory for state and queues, such as 2GB; default: no limit."`
	CheckpointDir      string         `placeholder:"DIR" help:"Keep the run's state here; a run that was killed goes on from it."`
	CheckpointInterval time.Duration  `default:"5s" help:"How often a checkpoint is taken."`
	Delivery           string         `enum:"exactly-once,at-least-once,at-most-once," default:"" help:"What a restart does with rows that were under way: exactly-once (the default) shows rows with the checkpoint that holds them; at-least-once shows them at once, and some again after a restart; at-most-once shows none again, and may lose some. See docs/OPERATIONS.md for each sink; SET 'delivery' in the file says the same."`
	DeadLetters        string         `placeholder:"FILE" help:"Where rows go that cannot be processed; default: dead-letters.ndjson in the checkpoint folder, or <query>.dead-letters.ndjson here."`
	CPUProfile         string         `name:"cpu-profile" placeholder:"FILE" help:"Write where the run spends its time, for 'go tool pprof'."`
	Ledger             bool           `help:"At the end show for each operator what became of its rows, with some of those that were lost and their values."`
	Metrics            string         `placeholder:"ADDR" help:"Answer /metrics (Prometheus), /metrics.json, /healthz and /readyz at this address; :9090 is reached from this machine alone, :0 takes a free port."`
	Quiet              bool           `short:"q" help:"Neither summary nor progress on stderr."`
}

// Run compiles, runs to the end of the input and prints a summary to stderr.
func (c *runCmd) Run(io streams) error {
	io, line := c.progress(io)
	defer line.end()
	o, err := c.options(io)
	if err != nil {
		return err
	}
	begin := time.Now()
	if line.w != nil {
		o.Progress = func(p helios.Progress) { line.draw(time.Since(begin), p) }
	}
	q, err := c.compile(io, o)
	if err != nil {
		return err
	}
	if err := c.checkOutput(q); err != nil {
		return err
	}
	unserve, err := serveMetrics(io, c.Metrics, c.Quiet, q)
	if err != nil {
		return err
	}
	defer unserve()
	ctx, stop := interruptible(io)
	defer stop()
	profiled, err := startProfile(c.CPUProfile)
	if err != nil {
		return err
	}
	stats, err := q.Run(ctx)
	line.end()
	if perr := profiled(); err == nil {
		err = perr
	}
	whole := err == nil || errors.Is(err, helios.ErrInterrupted)
	if stats != nil && !c.Quiet && whole {
		fmt.Fprintln(io.err, summary(stats))
		if stats.Stopped {
			fmt.Fprintln(io.err, c.stopped(holdsRows(stats)))
		}
	}
	if stats != nil && c.Ledger {
		printLedger(io.err, stats)
	}
	if stats != nil {
		for _, text := range lostWarnings(stats, whole) { // the last lines
			fmt.Fprintln(io.err, "warning:", printable(text))
		}
	}
	return c.interrupted(err, holdsRows(stats))
}

// holdsRows reports whether operators of the run kept something, such as open windows.
func holdsRows(s *helios.Stats) bool {
	if s == nil || s.Run == nil {
		return false
	}
	for _, st := range s.Run.Stages {
		for _, op := range st.Ops {
			if op.StateBytes > 0 {
				return true
			}
		}
	}
	return false
}

// progress is the streams of a run, with a line of progress where they are a terminal.
func (c *runCmd) progress(io streams) (streams, *progressLine) {
	line := &progressLine{width: func() int { return terminalWidth(os.Stderr) }}
	if c.Quiet || !io.progress {
		return io, line
	}
	line.w = io.err
	io.err = line.under(io.err)
	if io.width > 0 {
		io.out = line.under(io.out)
	}
	return io, line
}

// stopped says what has become of the open windows when --for has ended a run.
func (c *runCmd) stopped(holds bool) string {
	text := fmt.Sprintf("stopped after %s, as --for says", *c.For)
	switch {
	case c.Flush:
		return text + "; open windows have fired"
	case c.CheckpointDir != "":
		return text + "; the same command goes on from " + c.CheckpointDir
	case !holds:
		return text
	}
	return text + "; open windows are lost: --flush has them fire, with --checkpoint-dir the run could go on"
}

// interrupted adds to an interrupt what has become of the open windows.
func (c *runCmd) interrupted(err error, holds bool) error {
	switch {
	case !errors.Is(err, helios.ErrInterrupted):
		return err
	case c.Flush:
		return fmt.Errorf("%w; open windows have fired", err)
	case c.CheckpointDir != "":
		return fmt.Errorf("%w; the same command goes on from %s", err, c.CheckpointDir)
	case !holds:
		return fmt.Errorf("%w; a single output file is left as it was: with --checkpoint-dir the run could go on", err)
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
	if c.For != nil && *c.For <= 0 {
		return helios.Options{}, usagef("--for %s: it must be positive, or left out for no end", *c.For)
	}
	if err := c.checkFormat(io); err != nil {
		return helios.Options{}, err
	}
	memory, err := parseSize(c.Memory)
	if err != nil {
		return helios.Options{}, err
	}
	turn := &console.Turn{}
	o := helios.Options{
		BatchRows: c.BatchSize, Memory: memory, Limit: limit,
		CheckpointDir: c.CheckpointDir, CheckpointInterval: c.CheckpointInterval, Delivery: helios.Delivery(c.Delivery),
		DeadLetters: c.deadLetters(), Samples: c.Ledger, OutputFile: c.Output, OutputFormat: outputFormats[c.Format], Flush: c.Flush,
		Client: func(s helios.ClientStatement) (vexec.Sink, error) {
			sink := console.New(io.out, console.Options{Format: console.Format(c.Format), Title: s.Title, Zone: s.Zone, Types: true, Width: io.width,
				Turn: turn, Ordinal: s.Ordinal, Bounded: s.Bounded})
			if c.Timestamps {
				return console.Stamped(sink), nil
			}
			return sink, nil
		},
		Warn:   func(text string) { fmt.Fprintln(io.err, "warning:", printable(text)) },
		Notify: func(text string) { fmt.Fprintln(io.err, printable(text)) },
	}
	if c.For != nil {
		o.For = *c.For
	}
	return o, nil
}

// outputFormats are the formats of files that --format names.
var outputFormats = map[string]string{"json": "ndjson", "csv": "csv", "parquet": "parquet", "arrow": "arrow"}

// checkFormat refuses what no terminal should show, and no file can hold.
func (c *runCmd) checkFormat(io streams) error {
	binary := c.Format == "arrow" || c.Format == "parquet"
	switch {
	case binary && c.Output == "" && io.width > 0:
		return usagef("--format %s is not for a terminal: write '> FILE' or '| program' behind the command", c.Format)
	case binary && c.Output == "" && c.CheckpointDir != "":
		return usagef("--format %s on stdout is one file, which cannot go on after a restart: leave --checkpoint-dir away, or INSERT INTO a mapping of TYPE File", c.Format)
	}
	return nil
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
	folder := strings.HasSuffix(c.Output, "/")
	if n := q.Selects(); n > 1 && !folder && (c.Format != "table" || c.Output != "") {
		return usagef("the files have %d SELECTs, whose rows would mix: only --format table without -o prints several, and -o DIR/ writes a file for each", n)
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
	if s.LateUsed > 0 {
		text += fmt.Sprintf(", %s late and used", thousands(s.LateUsed))
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
