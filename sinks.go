package helios

import (
	"context"

	"github.com/helios-stream/helios/vexec"
)

// discard is the client of a query whose SELECT rows nobody asked for.
type discard struct{}

func (discard) Open(context.Context, *vexec.SinkContext) error { return nil }
func (discard) Write(context.Context, *vexec.Batch) error      { return nil }
func (discard) Prepare(context.Context, uint64, bool) ([]byte, error) {
	return nil, nil
}
func (discard) Commit(context.Context, uint64, []byte) error { return nil }
func (discard) Close() error                                 { return nil }
func (discard) ExactlyOnce() bool                            { return false }

// rowSink hands rows to Query.Rows.
type rowSink struct {
	discard
	rows chan<- []Row
}

// Write copies the rows and blocks until the reader takes them.
func (s *rowSink) Write(ctx context.Context, b *vexec.Batch) error {
	out := make([]Row, b.Live())
	for i := range out {
		out[i] = b.Values(i)
	}
	select {
	case s.rows <- out:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
