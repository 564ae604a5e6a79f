package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Row is one row of a Store: its values and its change.
type Row struct {
	Kind   vexec.RowKind
	Values []ir.Value
}

// Store is the medium that sinks of the package write to. It outlives them, as a
// disk outlives a process: a restart opens a new sink on the same Store. It is
// safe for use by many goroutines.
type Store struct {
	mu     sync.Mutex
	epochs []epoch // by number
}

// epoch is the rows of one Prepare of one run.
type epoch struct {
	run       string
	number    uint64
	committed bool
	rows      []Row
}

// Rows returns the committed rows in the order in which they were written.
func (s *Store) Rows() []Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Row
	for _, e := range s.epochs {
		if e.committed {
			out = append(out, e.rows...)
		}
	}
	return out
}

// Values is Rows without the changes.
func (s *Store) Values() [][]ir.Value {
	rows := s.Rows()
	out := make([][]ir.Value, len(rows))
	for i, r := range rows {
		out[i] = r.Values
	}
	return out
}

// Sink returns a new sink that writes to the store.
func (s *Store) Sink() vexec.Sink { return &sink{store: s} }

func (s *Store) prepare(run string, number uint64, rows []Row) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.epochs {
		if e.run == run && e.number >= number {
			return fmt.Errorf("memory sink: epoch %d was prepared after epoch %d", number, e.number)
		}
	}
	s.epochs = append(s.epochs, epoch{run: run, number: number, rows: rows})
	return nil
}

// commit shows the epochs of a run up to a number.
func (s *Store) commit(run string, upTo uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.epochs {
		if e := &s.epochs[i]; e.run == run && e.number <= upTo {
			e.committed = true
		}
	}
}

// rewind removes what a run wrote after an epoch.
func (s *Store) rewind(run string, after uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epochs = slices.DeleteFunc(s.epochs, func(e epoch) bool { return e.run == run && e.number > after })
}

type sink struct {
	store *Store
	run   string
	rows  []Row
}

func (s *sink) Open(_ context.Context, sc *vexec.SinkContext) error {
	s.run = sc.Run
	s.store.rewind(s.run, sc.Epoch)
	s.store.commit(s.run, sc.Epoch)
	return nil
}

func (s *sink) Write(_ context.Context, b *vexec.Batch) error {
	for i, n := 0, b.Live(); i < n; i++ {
		s.rows = append(s.rows, Row{Kind: b.KindOf(b.Row(i)), Values: b.Values(i)})
	}
	return nil
}

func (s *sink) Prepare(_ context.Context, number uint64, _ bool) ([]byte, error) {
	rows := s.rows
	s.rows = nil
	if len(rows) == 0 {
		return nil, nil
	}
	return fmt.Appendf(nil, "%d", number), s.store.prepare(s.run, number, rows)
}

func (s *sink) Commit(_ context.Context, number uint64, _ []byte) error {
	s.store.commit(s.run, number)
	return nil
}

func (s *sink) Close() error      { s.rows = nil; return nil }
func (s *sink) ExactlyOnce() bool { return true }
