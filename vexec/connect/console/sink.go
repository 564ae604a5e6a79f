// Package console shows rows to the client: as an aligned table, as NDJSON, CSV, an
// Arrow IPC stream or a Parquet file, on whatever io.Writer the rows go to.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/csv"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// Format is how rows look.
type Format string

// The formats.
const (
	Table   Format = "table"   // aligned columns under a header
	JSON    Format = "json"    // NDJSON
	CSV     Format = "csv"     // with a header
	Arrow   Format = "arrow"   // an Arrow IPC stream
	Parquet Format = "parquet" // a file, which is there once the run has ended
)

// Options says how a Sink shows its rows.
type Options struct {
	Format          Format // "": Table
	Zone            string // Table, JSON, CSV: the time zone whose clock shows TIMESTAMP_LTZ; "": UTC
	Title           string // Table: a line above the header; "": none
	Types           bool   // Table: a second header line with the types
	Width           int    // Table: display columns to cut lines at; 0: do not cut
	MaxBufferedRows int    // Table: rows that are held to find the columns' widths; 0: 1000
	Turn            *Turn  // Table: shared by the sinks that show rows on one writer; nil: there is one
	Ordinal         int    // with Turn: the place of the statement in the query files
	Bounded         bool   // the statement's rows end
}

// maxBuffered is the most bytes of text that are held before they are written.
const maxBuffered = 64 << 10

// maxBlock is the most bytes of cells that are held to find the columns' widths.
const maxBlock = 1 << 20

// Sink writes rows to the client. It cannot take back what it has shown, so it is
// not exactly-once. Flush may be called at any time by any goroutine.
type Sink struct {
	mu     sync.Mutex
	w      io.Writer
	opt    Options
	buf    []byte
	encode func(dst []byte, b *vexec.Batch) []byte // JSON, CSV
	table  *table                                  // Table
	local  *localTimes                             // nil: instants are shown in UTC
	binary *binary                                 // Arrow, Parquet
	live   bool                                    // rows are shown as they come: they may never end
	last   time.Time                               // when rows were last shown
	// restarts: a later run may go on with this one's checkpoints.
	restarts bool
}

// New returns a sink that writes to w. It does not close w.
func New(w io.Writer, opt Options) *Sink {
	if opt.MaxBufferedRows <= 0 {
		opt.MaxBufferedRows = 1000
	}
	return &Sink{w: w, opt: opt}
}

// Open takes the columns.
func (s *Sink) Open(_ context.Context, sc *vexec.SinkContext) error {
	s.live, s.last = sc.Unbounded && !s.opt.Bounded, time.Now()
	s.restarts = !sc.NoRestart
	if s.opt.Turn != nil {
		s.opt.Turn.join(s)
	}
	shown := sc.Schema // with the types of the query
	if s.opt.Format != Arrow && s.opt.Format != Parquet {
		var err error
		if s.local, err = newLocalTimes(s.opt.Zone, sc.Schema); err != nil {
			return err
		}
		if s.local != nil {
			local := *sc
			local.Schema, sc = s.local.schema, &local
		}
	}
	switch s.opt.Format {
	case Table, "":
		s.table = newTable(shown, s.opt)
	case JSON:
		s.encode = ndjson.NewEncoder(sc.Schema).Append
	case CSV:
		e := csv.NewEncoder(sc.Schema, csv.EncodeOptions{})
		s.encode = e.Append
		if sc.Epoch == 0 { // a restart goes on below the header of the run before it
			s.buf = e.AppendHeader(s.buf)
		}
	case Arrow, Parquet:
		var err error
		s.binary, err = newBinary(s.w, s.opt.Format, sc)
		return err
	default:
		return fmt.Errorf("the console knows no format %q: it is table, json, csv, arrow or parquet", s.opt.Format)
	}
	return nil
}

// Write shows the rows of b, or holds them until Flush, Prepare or a full buffer.
func (s *Sink) Write(_ context.Context, b *vexec.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.local != nil {
		b = s.local.turn(b)
	}
	if b.Kind != nil {
		return s.writeChanges(b)
	}
	return s.write(b)
}

// writeChanges takes a batch with change kinds as long as all of them are inserts.
func (s *Sink) writeChanges(b *vexec.Batch) error {
	for i, n := 0, b.Live(); i < n; i++ {
		if k := b.KindOf(b.Row(i)); k != vexec.Insert {
			return fmt.Errorf("the console shows rows that are added; this query also changes rows (%s)", k)
		}
	}
	return s.write(b)
}

func (s *Sink) write(b *vexec.Batch) error {
	switch {
	case s.binary != nil && s.live:
		return s.lost(s.binary.show(b))
	case s.binary != nil:
		return s.lost(s.binary.write(b))
	}
	if s.table == nil {
		s.buf = s.encode(s.buf, b)
	} else {
		for i, n := 0, b.Live(); i < n; i++ {
			s.table.add(b, b.Row(i))
			if s.table.rows == s.opt.MaxBufferedRows || len(s.table.text) > maxBlock {
				s.buf = s.table.flush(s.buf)
			}
		}
	}
	if s.live || time.Since(s.last) > patience {
		s.layOut()
		return s.drain()
	}
	if len(s.buf) < maxBuffered {
		return nil
	}
	return s.drain()
}

// patience is how long rows that end are held for more of them.
const patience = 500 * time.Millisecond

// layOut puts the rows of a table that are held into the text.
func (s *Sink) layOut() {
	if s.table != nil && s.table.rows > 0 {
		s.buf = s.table.flush(s.buf)
	}
}

// Flush shows all rows that were written: for a stream that has gone quiet.
func (s *Sink) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.layOut()
	return s.drain()
}

func (s *Sink) drain() error {
	if len(s.buf) == 0 {
		return nil
	}
	var err error
	s.last = time.Now()
	if s.opt.Turn != nil {
		err = s.opt.Turn.take(s, s.buf)
	} else {
		_, err = s.w.Write(s.buf)
	}
	s.buf = s.buf[:0]
	return s.lost(err)
}

// lost says that the client cannot be reached.
func (s *Sink) lost(err error) error {
	if err != nil {
		return fmt.Errorf("cannot write rows to the client: %w", err)
	}
	return nil
}

// Prepare shows what is held: a checkpoint must not count rows that nobody saw. After
// the last epoch nothing follows.
func (s *Sink) Prepare(_ context.Context, _ uint64, final bool) ([]byte, error) {
	if s.binary != nil { // which takes part in no checkpoints
		if s.live && !final {
			return nil, nil
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return nil, s.lost(s.binary.end())
	}
	if final {
		return nil, s.Finish()
	}
	if err := s.Flush(); err != nil || s.opt.Turn == nil || !s.restarts {
		return nil, err
	}
	return nil, s.lost(s.opt.Turn.hurry(s))
}

// Finish shows what is held, of a table without rows its header, and lets the next
// statement have its turn. Calling it again does nothing.
func (s *Sink) Finish() error {
	if s.binary != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.table != nil {
		s.buf = s.table.flush(s.buf)
	}
	err := s.drain()
	if s.opt.Turn != nil {
		err = errors.Join(err, s.lost(s.opt.Turn.done(s)))
	}
	return err
}

// Commit does nothing: rows are shown when they are written.
func (s *Sink) Commit(context.Context, uint64, []byte) error { return nil }

// Close shows what is held: rows that came before a failure are still rows.
func (s *Sink) Close() error {
	if s.binary != nil {
		return s.lost(s.binary.drop())
	}
	err := s.Flush()
	if s.opt.Turn != nil {
		err = errors.Join(err, s.lost(s.opt.Turn.done(s)))
	}
	return err
}

// ExactlyOnce is false.
func (s *Sink) ExactlyOnce() bool { return false }

var (
	_ vexec.Sink     = (*Sink)(nil)
	_ vexec.Finisher = (*Sink)(nil)
)

// alignRight reports whether values of a type stand at the right of their column.
func alignRight(t *ir.Type) bool { return t.Kind.IsNumeric() }
