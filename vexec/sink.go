package vexec

import (
	"context"

	"github.com/helios-stream/helios/ir"
)

// Sink writes rows to a table or to the client and takes part in checkpoints.
// One task makes Open, Write, Prepare and Close; Commit may come from another
// goroutine, but never at the same time as another call.
//
// The protocol: rows written since the last Prepare belong to the next epoch.
// Prepare makes them durable without showing them and returns a token, which is
// stored in the epoch's checkpoint. Once that checkpoint is complete, Commit
// shows them. After a crash, Open is given the token of the restored epoch and
// must leave the medium as if that epoch had been committed and nothing had been
// written since: commit it again (Commit is idempotent), remove the rest.
type Sink interface {
	Open(ctx context.Context, sc *SinkContext) error
	// Write consumes one batch, which is lent.
	Write(ctx context.Context, b *Batch) error
	// Prepare ends an epoch. final: no more rows come after it, also in a run that goes
	// on with this one. A nil token means that there is nothing to commit.
	Prepare(ctx context.Context, epoch uint64, final bool) (token []byte, err error)
	Commit(ctx context.Context, epoch uint64, token []byte) error
	// Close frees; what was not committed is removed or left for Open to remove.
	Close() error
	// ExactlyOnce reports whether the medium can take part in Prepare and Commit.
	// A sink that cannot (a terminal) shows rows when they are written, and may
	// show them again after a restart.
	ExactlyOnce() bool
}

// Finisher is a Sink that is told, by its task and at once, when the last row has been
// written. The last Prepare comes with the last epoch, when all statements have ended.
type Finisher interface {
	Finish() error
}

// Shower is a Sink that can show rows before a checkpoint holds them.
type Shower interface {
	Sink
	// Show shows what has been written and can be shown. Only a run with AtLeastOnce
	// calls it, between Commit and the next Prepare; epoch is that of the rows. A token
	// of an earlier epoch must stay of use: Open takes back what Show has shown since, as
	// it does all that was written behind its token, and the rows come again.
	Show(ctx context.Context, epoch uint64) error
}

// SinkContext is what a sink gets from its task.
type SinkContext struct {
	Schema *ir.Schema
	// Changes are the kinds of changes that come, of a sink that takes them
	// (ir.ConnectorSpec.Changes); 0: rows are only added.
	Changes ir.Changes
	// Unbounded: the rows may never end, so that a sink cannot wait for the last
	// epoch to show them.
	Unbounded bool
	// NoRestart: the run takes no checkpoints, so that nobody will take up what was
	// prepared and not shown; Close removes it. If it is Unbounded it has epochs all the
	// same, so that its rows are shown while it runs, and the one in which it is told to
	// stop is final.
	NoRestart bool
	// Delivery: "" is ExactlyOnce. With another one than ExactlyOnce, a sink that is not
	// ExactlyOnce writes rows when they are written to it, or when a batch of them is
	// full, and at the latest in Prepare: none wait for a checkpoint in it. With AtMostOnce
	// it writes no row again of which it does not know that nobody has taken it.
	Delivery ir.Delivery
	Name     string // names the sink within the run, the same at every start
	Run      string // names this run and its restarts in file names: short, unique, of [0-9a-z]
	Epoch    uint64 // of the restored checkpoint; 0: a fresh start
	Token    []byte // of the restored checkpoint
	Memory   *Account
	Clock    Clock // processing time
	// Interrupted is closed when somebody wants the run to stop and waits for that: what
	// has been written still counts, but a sink whose medium does not take it soon fails.
	// nil: never.
	Interrupted <-chan struct{}
	// Notify tells the user what is worth knowing while the run goes on, such as that rows
	// wait for a medium that is down; nil: nobody.
	Notify func(text string)
}
