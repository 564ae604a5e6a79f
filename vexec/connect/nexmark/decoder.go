package nexmark

import (
	"context"
	"fmt"
	"io"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/nexmark/model"
	"github.com/helios-stream/helios/vexec/connect/numbered"
)

// decoder makes the columns of a scan, and of each event only the fields that one of
// them holds.
type decoder struct {
	set    *settings
	scan   *vexec.Scan
	maker  *model.Maker
	event  model.Event
	leaves [model.Kinds][]*leaf // where the fields of a kind go
	want   [model.Kinds]model.Want
	rows   []rowColumn
	types  []int // columns of event_type
	times  []int // columns of the common dateTime
	unit   numbered.Range
	valid  [model.Kinds][]byte // rows of the batch that are of a kind, where tables have all
	time   timeOf
}

// rowColumn is a ROW with the fields of a kind.
type rowColumn struct {
	col  int
	kind model.Kind
}

// timeOf says how the greatest time of a unit is known: by the number of the last
// event of a kind, or by looking at a field of all of them.
type timeOf struct {
	any   bool // events of any kind
	kind  model.Kind
	field int // of an auction: expires; -1: dateTime
}

func newDecoder(s *settings, scan *vexec.Scan) (vexec.Decoder, error) {
	d := &decoder{set: s, scan: scan, maker: model.NewMaker(s.model)}
	for i, c := range scan.Schema.Cols {
		path := []string{c.Name}
		if scan.Paths != nil {
			path = scan.Paths[i]
		}
		if err := d.column(i, path, c.Type); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// column plans what a column of the scan holds.
func (d *decoder) column(i int, path []string, t *ir.Type) error {
	isTime := i == d.scan.TimeCol
	if !d.set.flat && len(path) == 1 {
		switch path[0] {
		case "event_type":
			d.types = append(d.types, i)
			return nil
		case "dateTime":
			d.times = append(d.times, i)
			if isTime {
				d.time.any = true
			}
			return nil
		}
	}
	kind := d.set.kind
	if !d.set.flat {
		var ok bool
		if kind, ok = kindCalled(path[0]); !ok {
			return fmt.Errorf("the events have no column %s", path[0])
		}
		path = path[1:]
	}
	if len(path) == 0 {
		d.rows = append(d.rows, rowColumn{i, kind})
		for k, f := range t.Fields {
			if err := d.leaf([]int{i, k}, kind, f.Name); err != nil {
				return err
			}
		}
		return nil
	}
	if isTime {
		d.time.kind, d.time.field = kind, -1
		if path[0] == "expires" {
			d.time.field, _ = fieldOf(rowOf(kind), "expires")
		}
	}
	return d.leaf([]int{i}, kind, path[0])
}

func kindCalled(name string) (model.Kind, bool) {
	for k := range model.Kinds {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}

// leaf adds a vector that a field goes to, which stands at a place in the batch.
func (d *decoder) leaf(at []int, kind model.Kind, name string) error {
	i, ok := fieldOf(rowOf(kind), name)
	if !ok {
		return fmt.Errorf("a %s has no field %s", kind, name)
	}
	l := newLeaf(d.set, kind, i)
	l.at = at
	d.leaves[kind] = append(d.leaves[kind], l)
	d.want[kind] |= 1 << i
	return nil
}

// Begin takes a range of events.
func (d *decoder) Begin(_ context.Context, u vexec.Unit) (ir.Micros, error) {
	d.unit = u.Piece.(numbered.Range)
	d.maker.Seek(d.unit.From)
	if d.scan.TimeCol < 0 {
		return ir.MinMicros, nil
	}
	return d.greatest(), nil
}

func (d *decoder) greatest() ir.Micros {
	n, ok := d.unit.To-1, true
	if !d.time.any {
		n, ok = d.set.model.Last(d.time.kind, d.unit.From, d.unit.To)
	}
	switch {
	case !ok:
		return ir.MinMicros
	case d.time.any || d.time.field < 0:
		return ir.Micros(d.set.micros(d.set.model.Millis(n)))
	}
	most := uint64(0)
	k := model.NewMaker(d.set.model)
	k.Seek(d.unit.From)
	for range d.unit.To - d.unit.From {
		if k.Kind() != d.time.kind {
			k.Skip()
			continue
		}
		k.Next(&d.event, 1<<d.time.field)
		most = max(most, d.event.Nums[d.time.field])
	}
	return ir.Micros(d.set.micros(most))
}

// micros is the time of an event as it is stored.
func (s *settings) micros(ms uint64) int64 { return s.base + int64(ms)*1000 }

// Next makes the next events of the range.
func (d *decoder) Next(b *vexec.Batch, _ *vexec.BadRows) error {
	left := d.unit.To - d.unit.From
	if left == 0 {
		return io.EOF
	}
	most := max(d.scan.MaxRows, 1)
	b.Reset(d.scan.Schema)
	if d.set.flat {
		d.bind(b, most)
		b.Rows = d.flat(most)
		d.fit(b)
	} else {
		b.Rows = int(min(left, uint64(most)))
		d.bind(b, b.Rows)
		d.all(b)
	}
	d.finish(b)
	return nil
}

// bind makes the leaves write to the columns of b.
func (d *decoder) bind(b *vexec.Batch, rows int) {
	for i := range b.Cols {
		b.Cols[i].Reset(d.scan.Schema.Cols[i].Type, rows)
	}
	for k := range d.leaves {
		for _, l := range d.leaves[k] {
			v := &b.Cols[l.at[0]]
			if len(l.at) == 2 {
				v = &v.Kids[l.at[1]]
			}
			l.bind(v, !d.set.flat)
		}
	}
}

// flat makes events until there are most of the table's kind or the range ends.
func (d *decoder) flat(most int) (rows int) {
	kind, leaves, want := d.set.kind, d.leaves[d.set.kind], d.want[d.set.kind]
	for d.unit.From < d.unit.To && rows < most {
		d.unit.From++
		switch {
		case d.maker.Kind() != kind:
			d.maker.Skip()
			continue
		case want == 0:
			d.maker.Skip()
		default:
			d.maker.Next(&d.event, want)
		}
		for _, l := range leaves {
			l.put(rows, &d.event)
		}
		rows++
	}
	return rows
}

// fit cuts the columns to the rows there are.
func (d *decoder) fit(b *vexec.Batch) {
	for i := range b.Cols {
		v := &b.Cols[i]
		v.Data = v.Data[:b.Rows*v.Type.Kind.Width()]
	}
}

// all makes a row of each event.
func (d *decoder) all(b *vexec.Batch) {
	size := (b.Rows + 7) / 8
	for k := range d.valid {
		if cap(d.valid[k]) < size {
			d.valid[k] = make([]byte, size)
		}
		d.valid[k] = d.valid[k][:size]
		clear(d.valid[k])
	}
	first := d.unit.From
	for r := range b.Rows {
		kind := d.maker.Kind()
		vexec.SetBit(d.valid[kind], r)
		if d.want[kind] == 0 {
			d.maker.Skip()
			continue
		}
		d.maker.Next(&d.event, d.want[kind])
		for _, l := range d.leaves[kind] {
			l.put(r, &d.event)
		}
	}
	d.unit.From += uint64(b.Rows)
	d.common(b, first)
}

// common fills the columns that events of all kinds have.
func (d *decoder) common(b *vexec.Batch, first uint64) {
	for _, c := range d.types {
		out := b.Cols[c].Int32s()[:b.Rows]
		for r := range out {
			out[r] = int32(d.set.model.KindOf(first + uint64(r)))
		}
	}
	for _, c := range d.times {
		out := b.Cols[c].Int64s()[:b.Rows]
		for r := range out {
			out[r] = d.set.micros(d.set.model.Millis(first + uint64(r)))
		}
	}
}

// finish sets what is NULL, and the buffers that texts stand in.
func (d *decoder) finish(b *vexec.Batch) {
	for k := range d.leaves {
		for _, l := range d.leaves[k] {
			l.finish()
			if !d.set.flat {
				l.v.Valid = d.valid[k]
			}
		}
	}
	for _, r := range d.rows {
		b.Cols[r.col].Valid = d.valid[r.kind]
	}
}

func (d *decoder) Close() error { return nil }
