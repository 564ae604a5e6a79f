// Package querytest runs tests of queries that are files: what goes in, step by step,
// and what must come out. It is behind heliosc test, heliostest and the project's own
// golden files. docs/TESTING.md describes the format.
package querytest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
)

// File is one test.
type File struct {
	Path    string
	Why     string
	Oracle  string // who computed what it expects; "": nobody says
	Only    string // "", "rules on", "rules off": the runs whose dead letters count
	Define  map[string]string
	Inputs  []Input
	Queries []*Query
	Late    int // -1: not checked

	Rejected int      // rows that must go to the dead letters
	Letters  []string // texts that dead letters must hold

	lateLine, rejectedLine int
	head                   string // as it is in the file
	sections               []section
	added                  []added // by an update
}

// Input is a file that the test's queries find in their folder.
type Input struct{ Name, Text string }

// Query is one section sql or query: statements, and what is done to them.
type Query struct {
	Line   int
	Text   string   // of a section sql
	Files  []string // of a section query: paths from the test's folder
	Steps  []*Step
	Errors []string // the statements must not compile, with these texts
	Warns  []string // a text of each warning of the compiler

	errorLine, warnLine int
	section             int // of the sql or query
}

// StepKind is what a step does.
type StepKind int

// The kinds of steps.
const (
	Feed      StepKind = iota // rows come
	Watermark                 // event time moves on without a row
	Idle                      // a partition has had nothing for its 'idle.timeout'
	Clock                     // processing time moves on
	Restart                   // a checkpoint is taken, and the run is killed and started again
	End                       // the input ends
	Rows                      // an output is compared with rows
	Changes                   // an output is compared with changes
)

var stepNames = []string{"feed", "watermark", "idle", "clock", "restart", "end", "rows", "changes"}

// Step is one step.
type Step struct {
	Kind      StepKind
	Line      int    // of its first line in the file
	Table     string // the mapping that is fed, or whose rows are compared; "": the next SELECT
	Partition string
	Records   []Record      // of Feed
	At        ir.Micros     // of Watermark, and of Clock with a time
	Span      time.Duration // of Clock with a span
	Ordered   bool          // the rows are in order
	New       bool          // only rows since the last comparison
	Header    string
	Lines     []string

	section  int
	number   int // among the query's steps
	selected int // which SELECT it looks at, where Table is ""
}

// Record is one record that is fed: JSON, and where it stands in the file.
type Record struct {
	JSON string
	Line int
}

// String is the step as a message names it.
func (s *Step) String() string {
	text := stepNames[s.Kind]
	if s.Table != "" {
		text += " " + s.Table
	}
	if s.Partition != "" && s.Partition != DefaultPartition {
		text += " partition " + s.Partition
	}
	return text
}

// checks reports whether the step compares something.
func (s *Step) checks() bool { return s.Kind == Rows || s.Kind == Changes }

// DefaultPartition is the one that rows are fed to where the step names none.
const DefaultPartition = "0"

// scripted reports whether the query runs step by step.
func (q *Query) scripted() bool {
	return slices.ContainsFunc(q.Steps, func(s *Step) bool { return !s.checks() })
}

// usesClock reports whether results are defined by processing time: then they depend on
// when a run is restarted.
func (q *Query) usesClock() bool {
	return slices.ContainsFunc(q.Steps, func(s *Step) bool { return s.Kind == Clock || s.Kind == Idle })
}

// Scripted reports whether a query of the file runs step by step, over rows that are fed.
func (f *File) Scripted() bool { return slices.ContainsFunc(f.Queries, (*Query).scripted) }

// UsesClock reports whether results are defined by processing time.
func (f *File) UsesClock() bool { return slices.ContainsFunc(f.Queries, (*Query).usesClock) }

// Select is the number of the SELECT that a step without a Table looks at, from 0 on.
func (s *Step) Select() int { return s.selected }

// SeesChanges reports whether a section changes looks at the query's results.
func (q *Query) SeesChanges() bool {
	return slices.ContainsFunc(q.Steps, func(s *Step) bool { return s.Kind == Changes })
}

// ParseError says what is wrong with a test file.
type ParseError struct {
	Path string
	Line int
	Text string
}

func (e *ParseError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Text) }

// Read reads a test.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, string(text))
}

// Name is what the test is called below a folder: its path without the ending.
func Name(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		path = rel
	}
	return strings.TrimSuffix(filepath.ToSlash(path), Ending)
}

// Ending is how the names of tests in a folder end.
const Ending = ".txt"

// WriteInputs puts the file's inputs into a folder.
func (f *File) WriteInputs(dir string) error {
	for _, in := range f.Inputs {
		path := filepath.Join(dir, in.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(in.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
