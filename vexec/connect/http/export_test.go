package http

import (
	"context"
	"errors"
	"io"
	"runtime"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Ending returns the connector with sources that end once over says so. A claim waits
// until there is something to claim, or somebody waits for a checkpoint: a simulator
// takes a run that waits for the outside for one that hangs.
func Ending(c vexec.Connector, over func() bool) vexec.Connector { return ending{c, over} }

type ending struct {
	vexec.Connector
	over func() bool
}

func (e ending) Bounded(*ir.Table) bool { return true }

func (e ending) Source(t *ir.Table) (vexec.Source, error) {
	s, err := e.Connector.Source(t)
	return endingSource{s, e.over}, err
}

type endingSource struct {
	vexec.Source
	over func() bool
}

func (s endingSource) Bounded() bool { return true }

func (s endingSource) Open(ctx context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	r, err := s.Source.Open(ctx, scan, split, from)
	if err != nil {
		return nil, err
	}
	return endingReader{r.(*reader), s.over}, nil
}

type endingReader struct {
	*reader
	over func() bool
}

func (r endingReader) Claim(ctx context.Context) (vexec.Unit, error) {
	for {
		u, err := r.reader.Claim(ctx)
		if !errors.Is(err, vexec.ErrNothingYet) {
			return u, err
		}
		if r.over() {
			return u, io.EOF
		}
		r.mu.Lock()
		busy := len(r.line)+len(r.pending) > 0
		r.mu.Unlock()
		if busy {
			return u, err
		}
		runtime.Gosched()
	}
}
