package run

import (
	"context"
	"fmt"

	"github.com/helios-stream/helios/vexec"
)

// heldToken begins the token of a heldSink: how many rows it holds follows.
const heldToken = "held rows: "

// heldBytes is how much a heldSink holds before it asks for a checkpoint.
const heldBytes = 32 << 20

// heldSink is a sink that cannot take rows back, in a run with AtMostOnce: its rows wait
// in memory until the checkpoint is written behind which nobody reads them again.
type heldSink struct {
	vexec.Sink
	mem   *vexec.Account
	full  func()              // asks for a checkpoint
	open  heldRows            // of the epoch that has begun
	ready map[uint64]heldRows // of epochs that are prepared
}

// heldRows are the rows of one epoch.
type heldRows struct {
	batches []*vexec.Batch
	rows    int
	bytes   int64
	final   bool
}

// Write copies the rows.
func (s *heldSink) Write(_ context.Context, b *vexec.Batch) error {
	own := &vexec.Batch{}
	vexec.Compact(own, b)
	n := own.MemSize()
	if err := s.mem.Grow(n); err != nil {
		return err
	}
	had := s.open.bytes
	s.open.batches, s.open.rows, s.open.bytes = append(s.open.batches, own), s.open.rows+own.Rows, had+n
	if had < heldBytes && s.open.bytes >= heldBytes {
		s.full()
	}
	return nil
}

// Prepare sets the rows of the epoch aside.
func (s *heldSink) Prepare(_ context.Context, epoch uint64, final bool) ([]byte, error) {
	done := s.open
	done.final = final
	s.open = heldRows{}
	if done.rows == 0 && !final {
		return nil, nil
	}
	if s.ready == nil {
		s.ready = map[uint64]heldRows{}
	}
	s.ready[epoch] = done
	return fmt.Appendf(nil, "%s%d", heldToken, done.rows), nil
}

// Commit writes the rows of the epoch, whose checkpoint is written. One that it does not
// know has been written, or is of a run before this one.
func (s *heldSink) Commit(ctx context.Context, epoch uint64, _ []byte) error {
	e, known := s.ready[epoch]
	if !known {
		return nil
	}
	delete(s.ready, epoch)
	defer func() { _ = s.mem.Grow(-e.bytes) }()
	for _, b := range e.batches {
		if err := s.Sink.Write(ctx, b); err != nil {
			return err
		}
	}
	if f, ok := s.Sink.(vexec.Finisher); ok && e.final {
		if err := f.Finish(); err != nil {
			return err
		}
	}
	_, err := s.Sink.Prepare(ctx, epoch, e.final)
	return err
}

// Close drops the rows that no checkpoint holds.
func (s *heldSink) Close() error {
	s.mem.Close()
	return s.Sink.Close()
}

var _ vexec.Sink = (*heldSink)(nil)
