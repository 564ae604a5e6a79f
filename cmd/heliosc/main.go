// Command heliosc compiles query files and runs them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/helios-stream/helios"
)

// version is set by the build (make build).
var version = "devel"

// Exit codes (docs/OPERATIONS.md).
const (
	exitDone        = 0
	exitFailed      = 1 // while running
	exitUsage       = 2
	exitNotCompiled = 3
	exitInterrupted = 130
)

// cli is the command line: a field per command, in the file of its name.
type cli struct {
	Run        runCmd        `cmd:"" help:"Compile query files and run them. Rows go to stdout, all else to stderr."`
	Check      checkCmd      `cmd:"" help:"Compile query files and report every error, without running them."`
	Compile    compileCmd    `cmd:"" help:"Compile query files and write one form of them, such as a plan that 'heliosc run' takes."`
	Explain    explainCmd    `cmd:"" help:"Print the plan of query files, or what an error code means."`
	Connector  connectorCmd  `cmd:"" help:"List the connectors, or show the options of one, with examples."`
	New        newCmd        `cmd:"" help:"Write a small project into a new folder: a query, data and a test."`
	Test       testCmd       `cmd:"" help:"Run tests of queries: files that say what goes in, step by step, and what comes out."`
	Completion completionCmd `cmd:"" help:"Print a script that has the shell complete commands, flags and files."`
	Fmt        fmtCmd        `cmd:"" help:"Format query files: print them, or with -w write them."`
	Dlq        dlqCmd        `cmd:"" help:"Look at dead letters, and write their records out to be read again."`
	Bench      benchCmd      `cmd:"" help:"Measure known queries on this machine."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// streams is where a command writes.
type streams struct {
	out, err io.Writer
	colour   bool // err is a terminal that shows colours
	width    int  // of out, in columns; 0: not a terminal
	progress bool // err is a terminal that a line can be redrawn on
}

func main() {
	floor := tuneCollector()
	code := execute(os.Args[1:], streams{
		out: os.Stdout, err: os.Stderr,
		colour:   isTerminal(os.Stderr) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		width:    terminalWidth(os.Stdout),
		progress: showsProgress(),
	})
	runtime.KeepAlive(floor)
	os.Exit(code)
}

// tuneCollector has the heap grow by half between collections, not by all: what a query holds
// is columns without pointers, which a collection does not look at, and fresh pages cost more
// than it does. Nexmark's q18 over 10 million events takes a fifth less processor time so and a
// tenth less memory; no query takes more than a few hundredths more time.
//
// A small heap would then be collected every few megabytes, a dozen times in the first tenth of
// a second: two fifths of the processor time of q3 from Parquet. So the heap is made to look larger by what is
// returned, which is never touched and so takes no memory; what it costs is up to half of it in
// garbage. The caller refers to it until the end, so that it counts. Go takes it for used where
// there is a GOMEMLIMIT, so there it is left out.
func tuneCollector() (floor []byte) {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	debug.SetGCPercent(50)
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return nil
	}
	return make([]byte, heapFloor)
}

// heapFloor is what the heap is made to look larger by, in bytes.
const heapFloor = 32 << 20

// execute runs one command line and returns the exit code.
func execute(args []string, io streams) int {
	var c cli
	code := -1
	parser, err := kong.New(&c,
		kong.Name("heliosc"),
		kong.Description("A streaming SQL compiler and vectorised executor."),
		kong.Writers(io.out, io.err),
		kong.Exit(func(n int) { code = n }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Bind(io),
	)
	if err != nil {
		fmt.Fprintln(io.err, "heliosc:", err)
		return exitUsage
	}
	args = aliases(args)
	ctx, err := parser.Parse(args)
	if code >= 0 { // --help
		return code
	}
	if err != nil {
		fmt.Fprintf(io.err, "heliosc: %s\n", usageText(err, parser.Model, args))
		fmt.Fprintln(io.err, "Run 'heliosc --help' or 'heliosc <command> --help' for what there is.")
		return exitUsage
	}
	return report(ctx.Run(io), io)
}

// report prints what a command ended with and returns its exit code.
func report(err error, io streams) int {
	var compile *helios.CompileError
	var usage usageError
	var output *helios.OutputFileError
	var file *helios.QueryFileError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errTestsFailed): // which are printed
		return exitFailed
	case errors.Is(err, errShown):
		return exitNotCompiled
	case errors.As(err, &compile):
		_ = compile.Render(io.err, io.colour)
		if !compile.InFiles() {
			return exitUsage
		}
		return exitNotCompiled
	case errors.As(err, &usage), errors.As(err, &output), errors.As(err, &file):
		fmt.Fprintf(io.err, "heliosc: %s\n", printable(err.Error()))
		return exitUsage
	case errors.Is(err, helios.ErrInterrupted):
		fmt.Fprintf(io.err, "heliosc: %s\n", printable(err.Error()))
		return exitInterrupted
	}
	fmt.Fprintf(io.err, "heliosc: %s\n", printable(err.Error()))
	return exitFailed
}

// usageError is a mistake in the command line that the parser does not see.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// queryFiles is what all commands that compile take.
type queryFiles struct {
	Files       []string          `arg:"" name:"file.sql" help:"Query files, or one plan as JSON; '-' is stdin."`
	Define      map[string]string `short:"D" placeholder:"NAME=VALUE" mapsep:"none" help:"Replace $${NAME} in the files by VALUE. A name that is not given is looked up in the environment."`
	DisableRule []string          `placeholder:"RULE" help:"Switch an optimizer rule off by name; '*' is all of them."`
	Messages    string            `enum:"text,json" default:"text" help:"Errors and warnings of the compiler on stderr as text, or as JSON: an object in a line each."`
	NoWarn      []string          `placeholder:"CODE" help:"Leave out warnings of this code, such as H0404."`
	StrictState bool              `help:"State that grows without end is an error, not a warning."`
	Changelog   string            `enum:"ops,final," default:"" help:"How a SELECT shows results that change: ops is each change, with its kind in a first column op; final is what is left when the input ends. Default: final where the input ends, else ops."`
	Parallelism int               `placeholder:"N" help:"Tasks a stage runs as; default: the number of cores."`
}

// compile reads and compiles the files; warnings go to stderr.
func (q *queryFiles) compile(io streams, o helios.Options) (*helios.Query, error) {
	if q.Parallelism < 0 || q.Parallelism > helios.MaxParallelism {
		return nil, usagef("--parallelism %d: it is 1 to %d, or left out for the number of cores", q.Parallelism, helios.MaxParallelism)
	}
	o.Vars, o.LookupEnv = q.Define, os.LookupEnv
	o.DisableRules, o.Parallelism = q.DisableRule, q.Parallelism
	o.NoWarn, o.StrictState, o.Changelog = q.NoWarn, q.StrictState, q.Changelog
	files, err := helios.ReadFiles(q.Files...)
	if err != nil {
		return nil, err
	}
	if plan, err := planOf(files); err != nil || plan != nil {
		if err != nil {
			return nil, err
		}
		return helios.LoadPlan(plan.Name, []byte(plan.Text), o)
	}
	query, err := helios.Compile(context.Background(), files, o)
	switch {
	case q.Messages == "json":
		return query, messagesAsJSON(io.err, query, err)
	case err != nil:
		return nil, err
	}
	return query, query.RenderWarnings(io.err, io.colour)
}

// planOf is the file that is a plan as JSON, by its name or by its first mark, which
// begins no query; nil: there is none.
func planOf(files []helios.File) (*helios.File, error) {
	for i := range files {
		f := &files[i]
		text := strings.TrimLeft(strings.TrimPrefix(f.Text, "\ufeff"), " \t\r\n")
		if !strings.HasSuffix(f.Name, ".json") && !strings.HasPrefix(text, "{") {
			continue
		}
		if len(files) > 1 {
			return nil, usagef("%s: a plan is run alone, not with other files", f.Name)
		}
		return f, nil
	}
	return nil, nil
}

// plural prints "1 row", "2 rows", "2 queries".
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		noun = stem + "ie"
	}
	return fmt.Sprintf("%s %ss", thousands(n), noun)
}

// thousands prints 1234567 as 1,234,567.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return strings.TrimSpace(s)
}
