package querytest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// recutFiles is a file connector with units of a few rows, so that a small file
// is decoded by several tasks and cut by barriers. It reads the file through the
// real decoder when the split is opened.
type recutFiles struct {
	vexec.Connector
	unit int // rows; 0: as the files are
}

// Recut makes units of a few rows of what a file connector reads; unit 0: it leaves them as they are.
func Recut(c vexec.Connector, unit int) vexec.Connector { return recutFiles{c, unit} }

// Prunes and Narrows make it a vexec.Pruner like the connector that it wraps.
func (c recutFiles) Prunes(t *ir.Table, col int) bool {
	p, ok := c.Connector.(vexec.Pruner)
	return ok && p.Prunes(t, col)
}

func (c recutFiles) Narrows(t *ir.Table, col int) bool {
	p, ok := c.Connector.(vexec.Pruner)
	return ok && p.Narrows(t, col)
}

func (c recutFiles) Source(t *ir.Table) (vexec.Source, error) {
	s, err := c.Connector.Source(t)
	if err != nil || c.unit == 0 {
		return s, err
	}
	return recutSource{s, c.unit}, nil
}

type recutSource struct {
	vexec.Source
	unit int
}

func (s recutSource) Open(ctx context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	units := []rowUnit{{}}
	all := *scan
	all.Terms, all.Filters = nil, nil // rows that they leave out have times, too
	err := ReadSplit(ctx, s.Source, &all, split, func(row []ir.Value, bad []vexec.BadRow) {
		last := &units[len(units)-1]
		if len(last.rows)+len(last.bad) >= s.unit {
			units = append(units, rowUnit{})
			last = &units[len(units)-1]
		}
		if row != nil {
			last.rows = append(last.rows, row)
		}
		last.bad = append(last.bad, bad...)
	})
	if err != nil {
		return nil, err
	}
	next := 0
	if from != nil {
		if next, err = strconv.Atoi(string(from)); err != nil || next > len(units) {
			return nil, fmt.Errorf("recut: no such position: %q", from)
		}
	}
	return &recutReader{scan: scan, units: units, next: next}, nil
}

// ReadSplit gives f each row of a split, and with it or alone the bad records that
// were found on the way.
func ReadSplit(ctx context.Context, src vexec.Source, scan *vexec.Scan, split vexec.Split, f func(row []ir.Value, bad []vexec.BadRow)) error {
	r, err := src.Open(ctx, scan, split, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	d, err := r.NewDecoder()
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		u, err := r.Claim(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := d.Begin(ctx, u); err != nil {
			return err
		}
		if err := readUnit(d, f); err != nil {
			return err
		}
	}
}

func readUnit(d vexec.Decoder, f func(row []ir.Value, bad []vexec.BadRow)) error {
	for {
		var b vexec.Batch
		var bad vexec.BadRows
		err := d.Next(&b, &bad)
		if len(bad.Rows) > 0 {
			f(nil, bad.Rows)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range b.Live() {
			f(b.Values(i), nil)
		}
	}
}

type rowUnit struct {
	rows [][]ir.Value
	bad  []vexec.BadRow
}

type recutReader struct {
	scan  *vexec.Scan
	units []rowUnit
	next  int
}

func (r *recutReader) Claim(context.Context) (vexec.Unit, error) {
	if r.next == len(r.units) {
		return vexec.Unit{}, io.EOF
	}
	r.next++
	return vexec.Unit{Piece: r.units[r.next-1]}, nil
}

func (r *recutReader) Position() vexec.Position           { return vexec.Position(strconv.Itoa(r.next)) }
func (r *recutReader) NewDecoder() (vexec.Decoder, error) { return &recutDecoder{scan: r.scan}, nil }
func (r *recutReader) Close() error                       { return nil }

type recutDecoder struct {
	scan *vexec.Scan
	unit rowUnit
	done bool
}

func (d *recutDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.unit, d.done = u.Piece.(rowUnit), false
	greatest := ir.MinMicros
	if c := d.scan.TimeCol; c >= 0 {
		for _, row := range d.unit.rows {
			if v, ok := row[c].(int64); ok {
				greatest = max(greatest, MicrosOf(v, d.scan.Schema.Cols[c].Type))
			}
		}
	}
	return greatest, nil
}

// MicrosOf is a time of the type in microseconds, rounded down.
func MicrosOf(v int64, t *ir.Type) ir.Micros {
	if !t.Nanos() {
		return ir.Micros(v)
	}
	if v%1000 < 0 {
		return ir.Micros(v/1000 - 1)
	}
	return ir.Micros(v / 1000)
}

func (d *recutDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if d.done {
		return io.EOF
	}
	d.done = true
	made, err := memory.NewBatch(d.scan.Schema, d.unit.rows)
	if err != nil {
		return err
	}
	b.Reset(d.scan.Schema)
	b.Rows = made.Rows
	copy(b.Cols, made.Cols)
	bad.Rows = append(bad.Rows, d.unit.bad...)
	return nil
}

func (d *recutDecoder) Close() error { return nil }
