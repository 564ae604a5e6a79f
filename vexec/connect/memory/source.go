// Package memory holds tables in memory: sources of batches and rows whose splits
// and units are cut as a test wants them, and a transactional sink. They serve
// tests and the Go API.
package memory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Source is a table in memory. Its batches must hold the columns of the table's
// Physical schema and are not changed while it is read. It is safe for use by
// many goroutines.
type Source struct {
	mu     sync.Mutex
	splits [][][]*vexec.Batch // split, unit, batch
	live   bool
	ended  bool
}

// NewSource returns a source of bounded splits, each a list of batches of one unit each.
func NewSource(splits ...[]*vexec.Batch) *Source {
	s := &Source{}
	for _, batches := range splits {
		units := make([][]*vexec.Batch, len(batches))
		for i := range batches {
			units[i] = batches[i : i+1]
		}
		s.splits = append(s.splits, units)
	}
	return s
}

// rows counts what the source holds.
func (s *Source) rows() (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, split := range s.splits {
		for _, unit := range split {
			for _, b := range unit {
				n += int64(b.Live())
			}
		}
	}
	return n
}

// Cut says how rows become splits, units and batches. A zero is: one split, all
// rows in one unit, the whole unit in one batch.
type Cut struct {
	Splits    int // each gets a contiguous part of the rows
	UnitRows  int
	BatchRows int
}

// FromRows returns a bounded source of rows of the schema, which NewBatch takes.
func FromRows(schema *ir.Schema, rows [][]ir.Value, cut Cut) (*Source, error) {
	s := &Source{}
	n := max(cut.Splits, 1)
	for i := 0; i < n; i++ {
		part := rows[i*len(rows)/n : (i+1)*len(rows)/n]
		var units [][]*vexec.Batch
		for _, unit := range cutRows(part, cut.UnitRows) {
			var batches []*vexec.Batch
			for _, chunk := range cutRows(unit, cut.BatchRows) {
				b, err := NewBatch(schema, chunk)
				if err != nil {
					return nil, err
				}
				b.Part = int32(i)
				batches = append(batches, b)
			}
			units = append(units, batches)
		}
		s.splits = append(s.splits, units)
	}
	return s, nil
}

func cutRows(rows [][]ir.Value, size int) (out [][][]ir.Value) {
	if size <= 0 {
		size = max(len(rows), 1)
	}
	for len(rows) > 0 {
		n := min(size, len(rows))
		out, rows = append(out, rows[:n]), rows[n:]
	}
	return out
}

// NewLive returns an unbounded source of one split, which rows are added to with Add
// until End is called.
func NewLive() *Source { return &Source{splits: make([][][]*vexec.Batch, 1), live: true} }

// Add puts a unit of one batch at the end of a live source. The batch belongs to
// the source from then on.
func (s *Source) Add(b *vexec.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.splits[0] = append(s.splits[0], []*vexec.Batch{b})
}

// End says that nothing is added to a live source any more.
func (s *Source) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
}

// Splits lists the splits, named by their number.
func (s *Source) Splits(context.Context) ([]vexec.Split, error) {
	if len(s.splits) == 0 {
		return nil, errors.New("the table in memory has no splits")
	}
	out := make([]vexec.Split, len(s.splits))
	for i := range out {
		out[i].ID = strconv.Itoa(i)
	}
	return out, nil
}

// Bounded reports whether all rows are there already.
func (s *Source) Bounded() bool { return !s.live }

// Open begins a split at a unit.
func (s *Source) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	n, err := strconv.Atoi(split.ID)
	if err != nil || n < 0 || n >= len(s.splits) {
		return nil, fmt.Errorf("the table in memory has no split %q, only 0 to %d", split.ID, len(s.splits)-1)
	}
	next := 0
	if from != nil {
		if next, err = strconv.Atoi(string(from)); err != nil || next < 0 {
			return nil, fmt.Errorf("%q is no position in a table in memory", from)
		}
	}
	return &reader{src: s, scan: scan, split: n, next: next}, nil
}

type reader struct {
	src   *Source
	scan  *vexec.Scan
	split int
	next  int
}

func (r *reader) Claim(context.Context) (vexec.Unit, error) {
	r.src.mu.Lock()
	defer r.src.mu.Unlock()
	units := r.src.splits[r.split]
	switch {
	case r.next < len(units):
		r.next++
		return vexec.Unit{Piece: units[r.next-1]}, nil
	case r.src.live && !r.src.ended:
		return vexec.Unit{}, vexec.ErrNothingYet
	}
	return vexec.Unit{}, io.EOF
}

func (r *reader) Position() vexec.Position { return vexec.Position(strconv.Itoa(r.next)) }
func (r *reader) Close() error             { return nil }

func (r *reader) NewDecoder() (vexec.Decoder, error) { return &decoder{scan: r.scan}, nil }

// decoder hands out batches that share their columns with the source's.
type decoder struct {
	scan    *vexec.Scan
	batches []*vexec.Batch
}

func (d *decoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.batches = u.Piece.([]*vexec.Batch)
	greatest := ir.MinMicros
	if err := d.check(); err != nil || d.scan.TimeCol < 0 {
		return greatest, err
	}
	for _, b := range d.batches {
		v := &b.Cols[d.scan.Cols[d.scan.TimeCol]]
		for i, n := 0, b.Live(); i < n; i++ {
			if r := b.Row(i); !v.Null(r) {
				greatest = max(greatest, timeOf(v, r))
			}
		}
	}
	return greatest, nil
}

// check refuses batches whose columns are not those that the mapping declares.
func (d *decoder) check() error {
	for _, b := range d.batches {
		for i, c := range d.scan.Cols {
			want := d.scan.Schema.Cols[i]
			if c >= len(b.Cols) {
				return fmt.Errorf("column %s: the table in memory has only %d columns", want.Name, len(b.Cols))
			}
			if have := b.Cols[c].Type; !have.Equal(want.Type) {
				return fmt.Errorf("column %s: the table in memory holds %s, the mapping declares %s", want.Name, have, want.Type)
			}
		}
	}
	return nil
}

// timeOf is the event time of row i; nanoseconds are floored.
func timeOf(v *vexec.Vec, i int) ir.Micros {
	f, j := v.At(i)
	t := f.Int64s()[j]
	if !f.Type.Nanos() {
		return ir.Micros(t)
	}
	us := t / 1000
	if t%1000 < 0 {
		us--
	}
	return ir.Micros(us)
}

func (d *decoder) Next(b *vexec.Batch, _ *vexec.BadRows) error {
	if len(d.batches) == 0 {
		return io.EOF
	}
	from := d.batches[0]
	d.batches = d.batches[1:]
	b.Reset(d.scan.Schema)
	for i, c := range d.scan.Cols {
		b.Cols[i] = from.Cols[c]
	}
	b.Rows, b.Sel, b.Kind, b.Part = from.Rows, from.Sel, from.Kind, from.Part
	return nil
}

func (d *decoder) Close() error { return nil }
