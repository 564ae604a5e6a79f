package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/bench/nexmark/queries"
)

// benchCmd measures known queries on this machine.
type benchCmd struct {
	Nexmark nexmarkCmd `cmd:"" help:"The queries of Nexmark: events a second, processor time, memory."`
}

type nexmarkCmd struct {
	Queries     []string `placeholder:"q0,q1" help:"Which queries; default: all."`
	Events      int64    `default:"10000000" placeholder:"N" help:"Events of all kinds, of which 46 in 50 are bids."`
	From        string   `enum:"generator,ndjson,parquet" default:"generator" help:"What is read: generator makes the events while it runs; ndjson and parquet read bids.ndjson or bids.parquet in --data."`
	Data        string   `placeholder:"DIR" help:"Folder of the files; default: bench/data/<events>, where 'make bench-peers EVENTS=<events>' puts them."`
	Runs        int      `default:"1" placeholder:"N" help:"How often each query runs; the best counts."`
	Parallelism int      `placeholder:"N" help:"Tasks a stage runs as; default: the number of cores."`
	Format      string   `enum:"table,json" default:"table" help:"table, or an object in a line for each query."`
}

// benched is what one query took.
type benched struct {
	Query   string  `json:"query"`
	From    string  `json:"from"`
	Events  int64   `json:"events"`
	Seconds float64 `json:"seconds"`      // from the start of the process to its end
	CPU     float64 `json:"cpu_seconds"`  // user and system
	Peak    float64 `json:"peak_mib"`     // greatest resident size; 0: not known here
	PerSec  float64 `json:"events_per_s"` // Events / Seconds
}

// Run runs each query in a process of its own, so that its memory is its own.
func (c *nexmarkCmd) Run(io streams) error {
	names := c.Queries
	if len(names) == 0 {
		names = queries.Names()
	}
	for _, n := range names {
		if _, ok := queries.Text(n); !ok {
			return usagef("--queries %s: there are %s", n, strings.Join(queries.Names(), ", "))
		}
	}
	if c.Events < 1 || c.Runs < 1 {
		return usagef("--events and --runs are at least 1")
	}
	tables, err := c.tables()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if c.Format == "table" {
		fmt.Fprintf(io.out, "%-6s %12s %9s %9s %9s\n", "query", "events/s", "seconds", "CPU s", "peak MiB")
	}
	var failed []error
	for _, name := range names {
		best, err := c.best(self, name, tables)
		if err != nil {
			failed = append(failed, err) // the others are of use all the same
			continue
		}
		if err := c.show(io, best); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

func (c *nexmarkCmd) show(io streams, b *benched) error {
	if c.Format == "json" {
		return json.NewEncoder(io.out).Encode(b)
	}
	_, err := fmt.Fprintf(io.out, "%-6s %12s %9.2f %9.2f %9.0f\n", b.Query, thousands(int64(b.PerSec)), b.Seconds, b.CPU, b.Peak)
	return err
}

// tables declares what the queries read.
func (c *nexmarkCmd) tables() (string, error) {
	if c.From == "generator" {
		if c.Data != "" {
			return "", usagef("--data %s: the generator reads no files; --from ndjson or parquet does", c.Data)
		}
		return queries.Generated(c.Events), nil
	}
	folder := c.Data
	if folder == "" {
		folder = filepath.Join("bench", "data", fmt.Sprint(c.Events))
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(folder, "bids."+c.From)); err != nil {
		return "", usagef("there is no bids.%s in %s: make it with 'make bench-peers EVENTS=%d', or use --from generator", c.From, folder, c.Events)
	}
	return queries.Filed(folder, c.From), nil
}

func (c *nexmarkCmd) best(self, name, tables string) (*benched, error) {
	text, _ := queries.Text(name)
	var best *benched
	for range c.Runs {
		got, err := c.once(self, name, tables+text)
		if err != nil {
			return nil, err
		}
		if best == nil || got.Seconds < best.Seconds {
			best = got
		}
	}
	return best, nil
}

func (c *nexmarkCmd) once(self, name, text string) (*benched, error) {
	folder, err := os.MkdirTemp("", "heliosc-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := queries.WriteSideInput(folder); err != nil {
		return nil, err
	}
	args := []string{"run", "--quiet", "--no-warn", "H0401,H0404", "-D", "folder=" + folder, "-"}
	if c.Parallelism > 0 {
		args = slices.Insert(args, 1, "--parallelism", fmt.Sprint(c.Parallelism))
	}
	cmd := exec.Command(self, args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.Dir = folder // for dead letters
	var errs bytes.Buffer
	cmd.Stderr = &errs
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", name, err, errs.String())
	}
	b := &benched{Query: name, From: c.From, Events: c.Events, Seconds: time.Since(begin).Seconds()}
	b.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	b.Peak = peakMiB(cmd.ProcessState)
	b.PerSec = float64(c.Events) / b.Seconds
	return b, nil
}
