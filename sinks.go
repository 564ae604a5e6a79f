package helios

import (
	"context"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/console"
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

// clientStatements describes the sinks of a plan whose rows go to the client.
func (q *Query) clientStatements(p *ir.Plan) map[*ir.PhysSink]ClientStatement {
	out := map[*ir.PhysSink]ClientStatement{}
	ends := make([]bool, len(p.Stages)) // inputs stand before their readers
	for i, st := range p.Stages {
		ends[i] = st.Scan == nil || q.connector(st.Scan.Table.Connector).Bounded(st.Scan.Table)
		for _, in := range st.In {
			ends[i] = ends[i] && ends[in.From]
		}
		s := st.Sink
		if s == nil || s.Table != nil && s.Table.Connector != console.PrintName {
			continue
		}
		c := ClientStatement{Title: s.Title, Zone: s.Zone, Ordinal: len(out), Bounded: ends[i]}
		if s.Table != nil {
			c.Title = s.Table.Name
		}
		out[s] = c
	}
	return out
}
