package vexec

import (
	"errors"

	"github.com/helios-stream/helios/ir"
)

// ErrDone is returned by Push and Emit to say "send no more". It is not a failure.
var ErrDone = errors.New("no more rows wanted")

// Operator is one link of a task's chain. The task's goroutine makes every call,
// in stream order, after one Open. No operator starts a goroutine, waits, reads
// the clock of the machine or does I/O; one that joins with a table by key has the runtime
// ask it, and waits for that.
type Operator interface {
	// Open comes first, with the restored state in oc.State. An error means that
	// nothing ran.
	Open(oc *OpContext) error
	// Push consumes one batch and emits zero or more. b is lent until Push returns:
	// the operator may replace b.Sel, must not write the columns and must not keep
	// b or what it points to.
	Push(port int, b *Batch, out Emitter) error
	// Advance says that no row with an event time below wm comes any more, but for
	// rows with a late mark. wm only grows. The operator emits what has closed and
	// returns the watermark to hand on, at most wm.
	Advance(wm ir.Micros, out Emitter) (ir.Micros, error)
	// Finish says that every input has ended; bounded runs call Advance(MaxMicros)
	// before it. It emits the rest.
	Finish(out Emitter) error
	// Close frees. It is safe twice and without Open, and returns no error for rows
	// that were not emitted.
	Close() error
}

// Flusher is an Operator that buffers rows without having state: at a barrier it
// emits what it holds, before the barrier goes on.
type Flusher interface {
	Flush(out Emitter) error
}

// PortAware is an Operator with several ports that wants to know when one of them has ended.
type PortAware interface {
	// FinishPort says that no batch comes to the port any more. It is called once for each, after
	// the last Push to it and before Finish; after a restart again. It emits like Advance.
	FinishPort(port int, out Emitter) error
}

// Stateful is an Operator whose rows must survive a restart. It keeps them in the
// tables it declares.
type Stateful interface {
	Tables() []TableSpec
	// Seal is called at an aligned barrier. In time that does not grow with the
	// state, the operator turns what it changed since the last call into segments
	// (Table.Add) that it will not write again. No I/O, no Emit.
	Seal(epoch uint64) error
}

// Emitter is the operator's way down the chain.
type Emitter interface {
	// Emit lends b to the next operator and returns once b is consumed or copied.
	// It blocks for backpressure at the end of the chain.
	Emit(b *Batch) error
	// Reject says what became of rows that do not go on for a reason other than
	// the query's own: late, row error, expired. fates is by physical row of b;
	// every rejected row is counted, and goes where the plan says.
	Reject(b *Batch, fates []RowFate) error
}

// Fate is why a row did not go on.
type Fate uint8

// The fates.
const (
	FateLate    Fate = iota + 1 // behind the watermark
	FateError                   // a row error: overflow, division by zero, failed cast, NULL event time
	FateExpired                 // its state was given up
)

// String is the fate as statistics and dead letters name it.
func (f Fate) String() string { return [...]string{"", "late", "error", "expired"}[f] }

// RowFate is the fate of one physical row.
type RowFate struct {
	Row    int32
	Why    Fate
	Reason string // FateError: in the user's words, with the place in the query if known
}

// OpContext is what an operator gets from its task.
type OpContext struct {
	Stage   int // ir.Stage.ID
	Op      int // position in the chain
	Task    int // 0 .. Tasks-1
	Tasks   int
	Name    string // the operator's name, for messages
	MaxRows int    // most live rows in an emitted batch
	Clock   Clock
	Memory  *Account // reserve before growing
	State   State    // nil unless Stateful
	// NoRestart: the run takes no checkpoints, so that nobody will read what is sealed.
	NoRestart bool
}

// Clock is processing time. Nothing in the engine calls time.Now; the runtime's
// clock and the simulator's virtual one stand behind this.
type Clock interface {
	Now() ir.Micros
}
