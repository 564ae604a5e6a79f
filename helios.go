// Package helios compiles streaming SQL and runs it in this process: the engine
// behind the heliosc command as a Go library.
//
//	files, err := helios.ReadFiles("totals.sql")
//	query, err := helios.Compile(ctx, files, helios.Options{})
//	stats, err := query.Run(ctx)
//
// A query is compiled once and may be run several times, one run at a time. INSERT
// statements write to their mappings; the rows of a SELECT go to Options.Client, or
// are read with Query.Rows.
package helios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/run"
)

// The limits and defaults of Options.
const (
	MaxParallelism   = 256 // tasks a stage can have: one for each key group
	MaxBatchRows     = 1 << 20
	DefaultBatchRows = 8192
)

// ErrInterrupted is what Query.Run returns, wrapped, after its context was cancelled
// with it as the cause: the run has drained and, with a checkpoint folder, can go on.
var ErrInterrupted = run.ErrInterrupted

// Options says how a query is compiled and run. The zero Options are fine.
type Options struct {
	// Compilation.
	Vars         map[string]string                // replaces ${name}
	LookupEnv    func(name string) (string, bool) // asked for names that Vars lacks; nil: nothing
	Parallelism  int                              // tasks a stage runs as; 0: as SET 'parallelism' says, else runtime.GOMAXPROCS
	DisableRules []string                         // optimizer rules to leave out; "*": all
	Limit        int64                            // rows that each SELECT to the client gives at most, and then its part of the query ends; 0: all
	LookOnly     bool                             // LoadPlan: secrets and references may be missing; the query can be drawn, and Run says what it lacks
	Trace        bool                             // keep the optimizer's steps for Query.ExplainTrace
	StrictState  bool                             // state that grows without end is an error, not a warning
	NoWarn       []string                         // codes of warnings to leave out, such as H0404
	Changelog    string                           // how a SELECT shows results that change: "ops" (each change, with its kind in a first column), "final" (what is left at the end), "" (final where the input ends)
	Connectors   []vexec.Connector                // beside the built-in ones; a name given again wins
	Functions    []Function                       // of one's own; LoadPlan needs those that the plan calls
	// Lookups are Go functions that find rows by key, for joins with mappings of TYPE Function:
	// each by the name of its mapping. With nil there is no such TYPE.
	Lookups map[string]LookupFunc

	// Running.
	BatchRows          int           // most live rows in a batch; 0: DefaultBatchRows
	Memory             int64         // bytes for state and queues; 0: no limit
	CheckpointDir      string        // "": none; results of files are shown when the run ends
	CheckpointInterval time.Duration // 0: five seconds
	// Delivery says how often a sink gets a row that was being worked on when a run was
	// killed; "": as SET 'delivery' says, else ExactlyOnce. docs/OPERATIONS.md tells what
	// that is for each sink.
	Delivery    Delivery
	For         time.Duration // the run drains after so long by the clock, and Run returns nil; 0: it runs until its input ends
	Flush       bool          // For, and an interrupt, end the input where it is: open windows fire, and the query is over
	DeadLetters string        // file for rows that cannot be processed; "": they are counted, and a warning says so
	// Samples has Stats.Run.Ledger hold some of the rows that were lost, with their values.
	Samples      bool
	OutputFile   string // rows of the SELECT go to this file (.ndjson, .csv, .parquet, .arrow) instead of to Client; with a / at its end it is a folder with a file for each SELECT
	OutputFormat string // ndjson, csv, parquet or arrow, for an OutputFile whose name does not say so; "": ndjson in a folder
	// Client makes the sink for the rows of one statement; nil: they are dropped. It is
	// called for each, in the order of the files, before any of them runs.
	Client func(s ClientStatement) (vexec.Sink, error)
	Warn   func(text string) // nil: warnings are dropped
	// Notify is told by any goroutine what sources say of themselves, such as the address
	// that TYPE Http listens on; nil: nobody is.
	Notify func(text string)
	// Progress is told about five times a second how far the run has come, by one
	// goroutine that it must not hold up; nil: nobody.
	Progress func(Progress)
}

// ClientStatement is a statement whose rows go to the client: a SELECT, another one with
// rows such as SHOW, or all INSERTs into one table of TYPE Print.
type ClientStatement struct {
	Zone    string // the time zone of SET 'time.zone', for what people read; "": UTC
	Title   string // its text, shortened, or the table's name; "": it is the only one
	Ordinal int    // its place among all such statements in the files, from 0 on
	Bounded bool   // its rows end by themselves
}

// Progress is how far a run has come, Snapshot all that it has done so far.
type (
	Progress = run.Progress
	Snapshot = run.Snapshot
)

// Delivery says how often a row is written that a run was working on when it was killed.
type Delivery = ir.Delivery

// The deliveries.
const (
	ExactlyOnce = ir.ExactlyOnce
	AtLeastOnce = ir.AtLeastOnce
	AtMostOnce  = ir.AtMostOnce
)

// File is a query file: its name for messages, its text, and the folder that
// relative paths in OPTIONS start from.
type File = compiler.File

// ReadFiles reads query files; "-" is standard input, relative to the working folder.
func ReadFiles(names ...string) ([]File, error) {
	var out []File
	for _, name := range names {
		if name == "-" {
			text, err := io.ReadAll(os.Stdin)
			if err != nil {
				return nil, fmt.Errorf("standard input cannot be read: %w", err)
			}
			out = append(out, File{Name: "<stdin>", Text: string(text), Dir: "."})
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, &QueryFileError{name, err}
		}
		out = append(out, File{Name: name, Text: string(text), Dir: filepath.Dir(name)})
	}
	return out, nil
}

// QueryFileError says why a query file or a plan cannot be read.
type QueryFileError struct {
	Name string
	Err  error
}

func (e *QueryFileError) Unwrap() error { return e.Err }

func (e *QueryFileError) Error() string {
	if errors.Is(e.Err, fs.ErrNotExist) {
		text := e.Name + ": there is no such query file"
		if near := compiler.DidYouMean(filepath.Base(e.Name), queryFilesIn(filepath.Dir(e.Name))); near != "" {
			return text + "; did you mean " + filepath.Join(filepath.Dir(e.Name), near) + "?"
		}
		if dir, err := os.Getwd(); err == nil && !filepath.IsAbs(e.Name) {
			text += ", seen from " + dir
		}
		return text + "; check the name, or write '-' to read the query from standard input"
	}
	if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
		return e.Name + " is a folder, not a query file; name the files in it, such as " + filepath.Join(e.Name, "*.sql")
	}
	reason := e.Err
	var path *fs.PathError
	if errors.As(reason, &path) {
		reason = path.Err
	}
	return fmt.Sprintf("%s cannot be read: %v", e.Name, reason)
}

// queryFilesIn are the query files of a folder.
func queryFilesIn(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext == ".sql" || ext == ".json" {
			out = append(out, e.Name())
		}
	}
	return out
}

// ParseBytes reads a size: 4096, 64KB, 1.5 GiB. K, M and G count by 1024 in all spellings.
func ParseBytes(s string) (int64, error) {
	text := strings.ToUpper(strings.TrimSpace(s))
	digits := strings.TrimRight(text, "KMGTIB ")
	unit := strings.TrimSpace(text[len(digits):])
	shift, ok := map[string]uint{"": 0, "B": 0, "K": 10, "KB": 10, "KIB": 10, "M": 20, "MB": 20, "MIB": 20,
		"G": 30, "GB": 30, "GIB": 30, "T": 40, "TB": 40, "TIB": 40}[unit]
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if !ok || err != nil || n < 0 || n*float64(int64(1)<<shift) >= 1<<62 {
		return 0, fmt.Errorf("%q is not a size such as 64MB or 2GB", s)
	}
	return int64(n * float64(int64(1)<<shift)), nil
}
