package run

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// The defaults of Config.
const (
	DefaultBatchRows  = 4096
	DefaultQueueRows  = 16 << 10
	DefaultQueueBytes = 4 << 20
)

// ErrInterrupted is returned by Run when Config.Interrupt has stopped it: what was
// written until then is shown, no open window has fired, and with a checkpoint
// folder the next run goes on from there.
var ErrInterrupted = errors.New("interrupted")

// Config is what a run needs beside its plan. Source and Sink must be set where
// the plan has such stages; the rest has a meaning when empty.
type Config struct {
	BatchRows  int           // most live rows in a batch; 0: DefaultBatchRows
	QueueRows  int           // rows that wait between two tasks; 0: DefaultQueueRows
	QueueBytes int64         // their bytes; 0: DefaultQueueBytes
	Memory     int64         // bytes that state and queues may hold; 0: no limit
	Dir        string        // checkpoint folder; "": none, and sinks show their rows at the end
	Interval   time.Duration // between checkpoints; 0: only one at the end
	Delivery   ir.Delivery   // "": as the plan asks, else exactly once
	Clock      vexec.Clock   // nil: the machine's
	PlanID     string        // fingerprint of the query: a checkpoint of another one is refused
	Run        string        // SinkContext.Run of a fresh start; "": made up

	Source func(t *ir.Table) (vexec.Source, error)
	Sink   func(s *ir.PhysSink) (vexec.Sink, error)
	// Lookup makes what answers for a table that the plan looks up by key (ir.ByKeyOp); it
	// must be set where the plan has one.
	Lookup func(t *ir.Table) (vexec.Lookup, error)

	// DeadLetters makes the sink for rows that cannot be processed, of
	// DeadLetterSchema; it is called when there is one, or after a restart. nil:
	// they are only counted.
	DeadLetters func() (vexec.Sink, error)

	Warn     func(text string) // nil: warnings are not shown
	Notify   func(text string) // what sources and sinks tell of themselves, by any goroutine; nil: it is not shown
	Progress func(p Progress)  // about five times a second; nil: none

	// Interrupt, once closed, drains the run: scans stop, a last checkpoint is
	// taken, and Run returns ErrInterrupted. Cancelling the context ends it at once.
	Interrupt <-chan struct{}
	// Stop does so too, but Run returns nil, and sinks of a run without a checkpoint
	// folder show what they have, as nobody will take it up.
	Stop <-chan struct{}
	// Flush has Interrupt and Stop end the input where it is: open windows fire, and
	// the query is over.
	Flush bool

	// Monitor, if there is one, can be asked at any time what the run has done.
	Monitor *Monitor

	// Times has the run measure how long tasks are at each of their operators
	// (OpStats.Time and the like), which costs two looks at the clock a batch.
	Times bool

	// Samples has the ledger hold some of the rows that were lost, with their values.
	Samples bool

	operator operatorMaker // tests put in operators of their own
}

// Progress is how far a run has come.
type Progress struct {
	Rows  int64 // read by all scans, since this start
	Bytes int64 // of Total that the scans have read, what was read before a restart included
	Total int64 // 0: unknown
	Epoch uint64
	// Time is the least watermark of the scans that have one and are not over, in
	// UTC; the zero time: none.
	Time time.Time
	// Unbounded: a scan does not end by itself.
	Unbounded bool
	// Loading is the relation that is being read before the tasks run: Rows, Bytes and Total
	// are of that. "": they run.
	Loading string
}

func (c Config) withDefaults() Config {
	if c.BatchRows <= 0 {
		c.BatchRows = DefaultBatchRows
	}
	if c.QueueRows <= 0 {
		c.QueueRows = max(DefaultQueueRows, 4*c.BatchRows)
	}
	if c.QueueBytes <= 0 {
		c.QueueBytes = DefaultQueueBytes
	}
	if c.Clock == nil {
		c.Clock = systemClock{}
	}
	if c.Warn == nil {
		c.Warn = func(string) {}
	}
	return c
}

// systemClock is the machine's clock: the one place that reads it.
type systemClock struct{}

func (systemClock) Now() ir.Micros { return ir.Micros(time.Now().UnixMicro()) }

// taskError says where a run failed. The place is added once, at the operator.
type taskError struct {
	stage int
	part  string    // operator, scan or sink
	table *ir.Table // of a scan or sink; nil: none
	err   error
}

// Error begins with the place of the mapping where there is one: that is where a
// user can mend what a source or a sink has met.
func (e *taskError) Error() string {
	if e.table != nil && e.table.Pos.Line > 0 {
		p := e.table.Pos
		return fmt.Sprintf("%s:%d:%d: %v", p.File, p.Line, p.Col, e.err)
	}
	if e.table != nil && strings.Contains(e.err.Error(), e.table.Name) {
		return e.err.Error() // a table of the command line, such as an output file
	}
	var full *vexec.MemoryError
	if errors.As(e.err, &full) && strings.HasPrefix(full.Owner, e.part+" of stage ") {
		return e.err.Error() // which names the operator already
	}
	return fmt.Sprintf("stage %d %s: %v", e.stage, e.part, e.err)
}
func (e *taskError) Unwrap() error { return e.err }

// PanicError is a panic of an operator or a connector, as an error. Stack is for
// a report of the fault; it is not part of the message.
type PanicError struct {
	Value any
	Stack string
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("internal error: %v (this is a fault of heliosc; please report it)", e.Value)
}
