// Package explain shows plans to people and tools: as text, JSON, Graphviz and SVG.
//
// A plan is first made a Graph, boxes of steps joined by arrows, with what is known of
// each step; all forms are drawings of that.
package explain

import (
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

// Graph is a plan as it is shown.
type Graph struct {
	Form  string      // "logical", "optimized", "physical"
	Run   *Run        // nil: it was not run
	Time  *EventTimes // where event time stood at the end of that run; nil: nobody says
	Boxes []*Box      // inputs before readers
}

// Box is a stage of a physical plan, or a node of a logical one.
type Box struct {
	ID    int
	Title string // "" for a logical node
	Tasks int    // of a stage
	In    []Arrow
	Steps []*Step
	Times *Times // of a stage that was run
}

// Arrow says where rows of a box come from.
type Arrow struct {
	From  int    // Box.ID
	Label string // the exchange; "": none
}

// Step is one operator.
type Step struct {
	Text     string
	Columns  []ir.Column // that it gives
	TimeCol  int         // of Columns; -1: none or not known
	Same     bool        // Columns are those that it takes
	Notes    []Note
	Measured *Measured // nil: not run
}

// Note is one property of a step: "state", "one pane of 1 min by ticker; ...".
type Note struct{ Key, Text string }

// Run is a run as a whole. Elapsed is the sum of the three times behind it.
type Run struct {
	Elapsed     time.Duration
	Starting    time.Duration // until the tasks ran: plan, tables and files were opened
	Running     time.Duration
	Finishing   time.Duration // sinks committed and closed, state was given back
	PeakMemory  int64         // bytes of state and queues
	DeadLetters int64
}

// Times is where the time of a stage's tasks went: Wall, the sum over the tasks, is the
// sum of Waiting, Receive, Send and of the steps' own times. Wall and Idle are Running
// times the number of tasks.
type Times struct {
	Tasks                  int // that had a time of their own
	Wall                   time.Duration
	Waiting, Receive, Send time.Duration
	Idle                   time.Duration // before a task began and after it ended
	Within                 bool          // the stage runs within the tasks of the one before it: its times count in that one's Wall
}

// Measured is what a step did.
type Measured struct {
	RowsIn, RowsOut, Batches   int64
	Units, Bytes               int64 // of a scan
	State                      int64 // most bytes held
	Late, Bad, Errors, Expired int64
	Filtered                   int64
	LateUsed                   int64             // of a join: late rows that it has used, not in Late
	Ledger                     string            // what went in and what became of it
	Pruned                     int64             // of a scan: rows left out by its terms and filters
	Filters                    []run.FilterStats // of a scan: what of Pruned its filters left out
	Keys, Reads, Failed        int64             // of a load: different keys, how often it was read whole, and could not be
	Splits, LeftOut            int64             // of a scan: files and the like, and how many of them were not read, by its terms
	Lookup                     *run.LookupStats  // of a join by key; else nil
	Time                       time.Duration     // in the step itself
	sink                       bool              // nothing comes out of it
}

// byKeys is how many rows the filters of a scan left out.
func (m *Measured) byKeys() (n int64) {
	for _, f := range m.Filters {
		n += f.Rows
	}
	return n
}

func (s *Step) note(key, text string) {
	if text != "" {
		s.Notes = append(s.Notes, Note{key, text})
	}
}
