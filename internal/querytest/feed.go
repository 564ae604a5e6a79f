package querytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
)

// fed is a mapping whose rows the test has: a source of partitions that hold what the
// steps put there, shown up to the step that the script has come to.
type fed struct {
	path    string // of the test
	bounded bool
	unit    int // most rows in a unit; 0: all of a step
	parts   []*partition

	shown int // entries of steps below this one can be claimed
	ended bool
}

type partition struct {
	name    string
	entries []entry
	heard   ir.Micros // when the script last had something for it
}

// entry is one thing that a partition has, of one step: a record; or, without one, nothing
// or a time that event time has come to.
type entry struct {
	step     int
	record   *Record
	greatest ir.Micros
}

// partition finds one, making it where it is new.
func (t *fed) partition(name string) *partition {
	i := slices.IndexFunc(t.parts, func(p *partition) bool { return p.name == name })
	if i < 0 {
		i = len(t.parts)
		t.parts = append(t.parts, &partition{name: name})
	}
	return t.parts[i]
}

// Splits implements vexec.Source.
func (t *fed) Splits(context.Context) ([]vexec.Split, error) {
	var out []vexec.Split
	for _, p := range t.parts {
		out = append(out, vexec.Split{ID: p.name})
	}
	return out, nil
}

// Bounded implements vexec.Source.
func (t *fed) Bounded() bool { return t.bounded }

// Open implements vexec.Source.
func (t *fed) Open(_ context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	next := 0
	if from != nil {
		var err error
		if next, err = strconv.Atoi(string(from)); err != nil {
			return nil, fmt.Errorf("%q is no position in what a test feeds", from)
		}
	}
	return &fedReader{table: t, part: t.partition(split.ID), scan: scan, next: next}, nil
}

type fedReader struct {
	table *fed
	part  *partition
	scan  *vexec.Scan
	next  int
}

// Claim takes entries of one step: records, or one without.
func (r *fedReader) Claim(context.Context) (vexec.Unit, error) {
	left := r.part.entries[r.next:]
	n := 0
	for n < len(left) && left[n].step < r.table.shown && left[n].step == left[0].step && (n == 0 || left[n].record != nil && left[0].record != nil) && (r.table.unit == 0 || n < r.table.unit) {
		n++
	}
	r.next += n
	switch {
	case n > 0:
		return vexec.Unit{Piece: left[:n]}, nil
	case r.table.ended && len(left) == 0:
		return vexec.Unit{}, io.EOF
	}
	return vexec.Unit{}, vexec.ErrNothingYet
}

func (r *fedReader) Position() vexec.Position { return vexec.Position(strconv.Itoa(r.next)) }
func (r *fedReader) Close() error             { return nil }

func (r *fedReader) NewDecoder() (vexec.Decoder, error) {
	d, err := ndjson.NewDecoder(r.scan)
	return &fedDecoder{Decoder: d, reader: r}, err
}

// fedDecoder decodes records as JSON, whatever the format of the mapping is.
type fedDecoder struct {
	*ndjson.Decoder
	reader *fedReader
	unit   []entry
	text   []byte
	ended  bool
}

func (d *fedDecoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	unit, ok := u.Piece.([]entry)
	if !ok {
		return 0, errors.New("a unit of another source")
	}
	d.unit, d.text, d.ended = unit, d.text[:0], false
	if unit[0].record == nil {
		d.ended = true
		if d.reader.scan.TimeCol < 0 {
			return ir.MinMicros, nil
		}
		return unit[0].greatest, nil
	}
	for _, e := range unit {
		d.text = append(append(d.text, e.record.JSON...), '\n')
	}
	n := len(d.text)
	d.text = append(d.text, make([]byte, ndjson.Padding)...)
	return d.Decode(d.text, n, 0), nil
}

func (d *fedDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	if d.ended {
		return io.EOF
	}
	before := len(bad.Rows)
	err := d.Decoder.Next(b, bad)
	for i := before; i < len(bad.Rows); i++ {
		r := &bad.Rows[i]
		line := bytes.Count(d.text[:r.Offset], []byte{'\n'})
		r.Split, r.Line = filepath.Base(d.reader.table.path), int64(d.unit[line].record.Line)
	}
	return err
}

func (d *fedDecoder) Close() error { return nil }
