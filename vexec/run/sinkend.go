package run

import (
	"context"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// sinkEnd is a sink with the lock that keeps the coordinator's Commit apart from
// the calls of its task.
type sinkEnd struct {
	key   string    // in checkpoints
	name  string    // for errors
	id    int       // of the stage
	table *ir.Table // nil: the client, or the dead letters

	mu    sync.Mutex
	sink  vexec.Sink
	mem   *vexec.Account
	fresh bool // rows were written that no prepare and no show has seen
}

// waits: the sink is a table that shows its rows when an epoch is committed.
func (s *sinkEnd) waits() bool { return s.table != nil && s.sink.ExactlyOnce() }

func (s *sinkEnd) write(ctx context.Context, b *vexec.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = true
	return s.sink.Write(ctx, b)
}

func (s *sinkEnd) prepare(ctx context.Context, epoch uint64, last bool) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = false
	return s.sink.Prepare(ctx, epoch, last)
}

// finish tells a sink that wants to know it that no row comes any more.
func (s *sinkEnd) finish() error {
	f, ok := s.sink.(vexec.Finisher)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.Finish()
}

// commit shows the rows of an epoch; nil token: there are none.
func (s *sinkEnd) commit(ctx context.Context, epoch uint64, token []byte) error {
	if token == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.sink.Commit(ctx, epoch, token); err != nil {
		return &taskError{stage: s.id, part: s.name, table: s.table, err: err}
	}
	return nil
}

func (s *sinkEnd) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.sink.Close()
	s.mem.Close()
	if err != nil {
		return &taskError{stage: s.id, part: s.name, table: s.table, err: err}
	}
	return nil
}
