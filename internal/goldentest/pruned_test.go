package goldentest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// pruning is a connector whose decoders leave out everything that terms and paths let
// them, in all the ways that the contract of vexec.Scan allows: it shows that what
// the compiler asks of decoders is right, whatever real ones make of it.
type pruning struct{ vexec.Connector }

// Prunes implements vexec.Pruner.
func (pruning) Prunes(*ir.Table, int) bool { return true }

// Narrows implements vexec.Pruner.
func (pruning) Narrows(*ir.Table, int) bool { return true }

func (c pruning) Source(t *ir.Table) (vexec.Source, error) {
	s, err := c.Connector.Source(t)
	inner, _ := c.Connector.(vexec.Pruner)
	return pruningSource{s, inner}, err
}

type pruningSource struct {
	vexec.Source
	inner vexec.Pruner // nil: it leaves out nothing by itself
}

// Open reads whole columns, or fields where the inner connector can, and lets the
// decoder take fields and rows out of them.
func (s pruningSource) Open(ctx context.Context, scan *vexec.Scan, split vexec.Split, from vexec.Position) (vexec.SplitReader, error) {
	whole := *scan
	whole.Terms, whole.Filters, whole.Paths, whole.Cols = nil, nil, nil, nil
	r := pruningReader{scan: scan}
	for i, c := range scan.Cols {
		if s.inner != nil && scan.Paths != nil && s.inner.Narrows(scan.Table, c) {
			whole.Cols, whole.Paths, whole.Schema = scan.Cols, scan.Paths, scan.Schema
			r.take = nil
			break
		}
		at := slices.Index(whole.Cols, c)
		if at < 0 {
			at = len(whole.Cols)
			whole.Cols = append(whole.Cols, c)
		}
		var fields []string
		if scan.Paths != nil {
			fields = scan.Paths[i][1:]
		}
		r.take = append(r.take, taking{at, fields})
		if i == scan.TimeCol && len(fields) == 0 {
			whole.TimeCol = at
		} else if i == scan.TimeCol {
			whole.TimeCol = -1
		}
	}
	if whole.Paths == nil {
		whole.Schema = scan.Table.Physical().Select(whole.Cols)
	} else {
		for i := range scan.Cols {
			r.take = append(r.take, taking{col: i})
		}
		whole.TimeCol = scan.TimeCol
	}
	r.whole = whole.Schema
	var err error
	r.SplitReader, err = s.Source.Open(ctx, &whole, split, from)
	return r, err
}

// taking is a column of whole rows, and the fields to follow in it.
type taking struct {
	col    int
	fields []string
}

func (t taking) of(row []ir.Value, s *ir.Schema) ir.Value {
	v, typ := row[t.col], s.Cols[t.col].Type
	for _, name := range t.fields {
		i := slices.IndexFunc(typ.Fields, func(f ir.Field) bool { return f.Name == name })
		typ = typ.Fields[i].Type
		if v != nil {
			v = v.([]ir.Value)[i]
		}
	}
	return v
}

type pruningReader struct {
	vexec.SplitReader
	scan  *vexec.Scan
	whole *ir.Schema // of the rows that are read
	take  []taking   // of each column
}

func (r pruningReader) NewDecoder() (vexec.Decoder, error) {
	d, err := r.SplitReader.NewDecoder()
	return &pruningDecoder{Decoder: d, pruningReader: r, sieve: vexec.NewKeySieve(r.scan.Filters)}, err
}

// rowUnit is a part of a unit as the inner decoder gives it.
type rowUnit struct {
	rows [][]ir.Value
	bad  []vexec.BadRow
}

type pruningDecoder struct {
	vexec.Decoder
	pruningReader
	sieve   *vexec.KeySieve
	units   int
	batches []rowUnit // of the unit, as they come out of the inner decoder
	skipped int64
}

// Close closes the decoder alone.
func (d *pruningDecoder) Close() error { return d.Decoder.Close() }

// Begin reads the whole unit, and leaves it out where no row of it is wanted.
func (d *pruningDecoder) Begin(ctx context.Context, u vexec.Unit) (ir.Micros, error) {
	greatest, err := d.Decoder.Begin(ctx, u)
	if err != nil {
		return greatest, err
	}
	d.units, d.batches, d.skipped = d.units+1, nil, 0
	wanted, rows := 0, 0
	for {
		var b vexec.Batch
		var bad vexec.BadRows
		err := d.Decoder.Next(&b, &bad)
		got := rowUnit{bad: bad.Rows}
		if err == nil {
			for i := range b.Live() {
				full := b.Values(i)
				row := make([]ir.Value, len(d.take))
				for c, t := range d.take {
					row[c] = t.of(full, d.whole)
				}
				if c := d.scan.TimeCol; c >= 0 && row[c] != nil {
					greatest = max(greatest, microsOf(row[c].(int64), d.scan.Schema.Cols[c].Type))
				}
				got.rows = append(got.rows, row)
				rows++
				if d.wants(row) {
					wanted++
				}
			}
		}
		d.batches = append(d.batches, got)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return greatest, err
		}
	}
	if wanted == 0 {
		d.skipped = int64(rows)
		for i := range d.batches {
			d.batches[i].rows = nil
		}
	}
	return greatest, nil
}

func (d *pruningDecoder) Next(b *vexec.Batch, bad *vexec.BadRows) error {
	for len(d.batches) > 0 {
		next := d.batches[0]
		d.batches = d.batches[1:]
		bad.Rows = append(bad.Rows, next.bad...)
		rows, sel := d.prune(next.rows)
		if len(rows) == 0 {
			continue
		}
		made, err := memory.NewBatch(d.scan.Schema, rows)
		if err != nil {
			return err
		}
		b.Reset(d.scan.Schema)
		b.Rows, b.Sel = made.Rows, sel
		copy(b.Cols, made.Cols)
		return nil
	}
	return io.EOF
}

// prune leaves rows out of the batch where the terms are not those of a scan with
// event time, in every second unit. Else they stay, with their times and nothing else
// of theirs, and are left out of the selection.
func (d *pruningDecoder) prune(rows [][]ir.Value) (kept [][]ir.Value, sel []int32) {
	if len(d.scan.Terms)+len(d.scan.Filters) == 0 {
		return rows, nil
	}
	sel = []int32{}
	for _, row := range rows {
		switch {
		case d.wants(row):
			sel = append(sel, int32(len(kept)))
		case d.scan.TimeCol < 0 && d.units%2 == 0:
			d.skipped++
			continue
		default:
			garbage := make([]ir.Value, len(row))
			if d.scan.TimeCol >= 0 {
				garbage[d.scan.TimeCol] = row[d.scan.TimeCol]
			}
			row = garbage
		}
		kept = append(kept, row)
	}
	return kept, sel
}

// FiltersKeys implements vexec.KeyDecoder.
func (*pruningDecoder) FiltersKeys() bool { return true }

// wants reports whether a row fulfils all terms and filters.
func (d *pruningDecoder) wants(row []ir.Value) bool {
	if !wants(d.scan.Terms, row) {
		return false
	}
	for i, f := range d.scan.Filters {
		one, err := memory.NewBatch(d.scan.Schema, [][]ir.Value{row})
		if err != nil {
			panic(err)
		}
		d.sieve.Begin() // a filter that leaves out few is asked all the same
		if !wants(f.Terms, row) || len(d.sieve.Rows(i, one.Cols, 1, nil, make([]int32, 1))) == 0 {
			return false
		}
	}
	return true
}

// Skipped implements vexec.Skipper.
func (d *pruningDecoder) Skipped() int64 { return d.skipped }

// wants reports whether a row fulfils all terms.
func wants(terms []ir.ScanTerm, row []ir.Value) bool {
	for i := range terms {
		if !fulfils(&terms[i], row[terms[i].Col]) {
			return false
		}
	}
	return true
}

func fulfils(t *ir.ScanTerm, v ir.Value) bool {
	if v == nil || t.Op == ir.TermIsNull || t.Op == ir.TermNotNull {
		return (v == nil) == (t.Op == ir.TermIsNull)
	}
	for _, w := range t.Values {
		c := compareValues(v, w)
		switch t.Op {
		case ir.TermEqual, ir.TermIn:
			if c == 0 {
				return true
			}
		case ir.TermLess:
			return c < 0
		case ir.TermLessEqual:
			return c <= 0
		case ir.TermGreater:
			return c > 0
		case ir.TermGreaterEqual:
			return c >= 0
		}
	}
	return false
}

// compareValues orders two values of one type.
func compareValues(a, b ir.Value) int {
	switch x := a.(type) {
	case bool:
		return map[bool]int{true: 1}[x] - map[bool]int{true: 1}[b.(bool)]
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		y := b.(float64)
		if math.IsNaN(x) || math.IsNaN(y) {
			return map[bool]int{true: 1}[math.IsNaN(x)] - map[bool]int{true: 1}[math.IsNaN(y)]
		}
		return cmp.Compare(x, y)
	case ir.Dec:
		return x.Big().Cmp(b.(ir.Dec).Big())
	case string:
		return strings.Compare(x, b.(string))
	}
	return bytes.Compare(a.([]byte), b.([]byte))
}
