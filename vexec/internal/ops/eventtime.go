package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// EventTime fixes the event time of batches in the order of their split: rows
// behind the watermark before them get a late mark or, with drop, go away. Scans
// and WatermarkOp share it. Used by one goroutine.
type EventTime struct {
	col    int
	nanos  bool
	late   Late
	isNull string // reason for a row without a time
	sel    []int32
	marks  []vexec.LateMark
	fates  []vexec.RowFate
}

// Late says what EventTime does with late rows.
type Late int

// What becomes of late rows.
const (
	MarkBehind    Late = iota // those behind the relation's watermark get a mark
	DropBehindOwn             // those behind their split's watermark go away
	MarkBehindOwn             // those behind their split's watermark get a mark
)

// LateOf is what a watermark of a plan does.
func LateOf(drop, mark bool) Late {
	switch {
	case drop:
		return DropBehindOwn
	case mark:
		return MarkBehindOwn
	}
	return MarkBehind
}

// NewEventTime returns the event time of column col of the schema.
func NewEventTime(in *ir.Schema, col int, late Late) *EventTime {
	c := &in.Cols[col]
	return &EventTime{
		col: col, nanos: c.Type.Nanos(), late: late,
		isNull: fmt.Sprintf("the event time %s is NULL", c.Name),
		sel:    []int32{}, // never nil: that would be all rows
	}
}

// Apply takes the live rows of b through the cursor. It sets b.Late and b.Sel, in
// memory that is valid until the next call, and returns the fates of rows that it
// has taken out of b.Sel: those without a time, and with drop those strictly
// behind their split's watermark.
func (e *EventTime) Apply(b *vexec.Batch, c *windows.Cursor) []vexec.RowFate {
	b.Late = nil
	v := &b.Cols[e.col]
	first := 0
	if v.Enc == vexec.Flat && v.Valid == nil && b.Sel == nil && !e.nanos {
		first = c.FirstBehind(v.Int64s()[:b.Rows])
		if first == b.Rows {
			return nil
		}
	}
	return e.slow(b, v, c, first)
}

// ApplyPruned is Apply for a batch fresh from a decoder that left rows out of b.Sel
// by terms: their times count for the watermark as those of the others, and nothing
// else of them does. One without a time is no error.
func (e *EventTime) ApplyPruned(b *vexec.Batch, c *windows.Cursor) []vexec.RowFate {
	if b.Sel == nil {
		return e.Apply(b, c)
	}
	b.Late = nil
	v := &b.Cols[e.col]
	first := 0
	if v.Enc == vexec.Flat && v.Valid == nil && !e.nanos {
		first = c.FirstBehind(v.Int64s()[:b.Rows])
		if first == b.Rows {
			return nil
		}
	}
	e.reset()
	live := b.Sel
	for r := int32(first); r < int32(b.Rows); r++ {
		for len(live) > 0 && live[0] < r {
			e.sel, live = append(e.sel, live[0]), live[1:]
		}
		switch {
		case len(live) > 0 && live[0] == r:
			e.row(v, c, r)
			live = live[1:]
		case !v.Null(int(r)):
			c.Next(e.time(v, int(r)))
		}
	}
	return e.settle(b)
}

// slow goes row by row from live row first on.
func (e *EventTime) slow(b *vexec.Batch, v *vexec.Vec, c *windows.Cursor, first int) []vexec.RowFate {
	e.reset()
	for i := range first {
		e.sel = append(e.sel, int32(b.Row(i)))
	}
	for i := first; i < b.Live(); i++ {
		e.row(v, c, int32(b.Row(i)))
	}
	return e.settle(b)
}

func (e *EventTime) reset() { e.sel, e.marks, e.fates = e.sel[:0], e.marks[:0], e.fates[:0] }

// row takes one live row through the cursor.
func (e *EventTime) row(v *vexec.Vec, c *windows.Cursor, r int32) {
	if v.Null(int(r)) {
		e.fates = append(e.fates, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: e.isNull})
		return
	}
	ts := e.time(v, int(r))
	switch {
	case e.late == MarkBehindOwn:
		if wm := c.SplitWatermark(); ts < wm {
			e.marks = append(e.marks, vexec.LateMark{Row: r, WM: wm})
		}
	case e.late == DropBehindOwn && ts < c.SplitWatermark():
		e.fates = append(e.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
		return
	case e.late == MarkBehind:
		if wm := c.Watermark(); ts < wm {
			e.marks = append(e.marks, vexec.LateMark{Row: r, WM: wm})
		}
	}
	c.Next(ts)
	e.sel = append(e.sel, r)
}

// settle hands on what the rows came to.
func (e *EventTime) settle(b *vexec.Batch) []vexec.RowFate {
	if len(e.fates) > 0 {
		b.Sel = e.sel
	}
	if len(e.marks) > 0 {
		b.Late = e.marks
	}
	return e.fates
}

// time is the event time of row r: nanoseconds are floored.
func (e *EventTime) time(v *vexec.Vec, r int) ir.Micros {
	f, j := v.At(r)
	t := f.Int64s()[j]
	if e.nanos {
		if t %= 1000; t < 0 {
			t += 1000
		}
		t = (f.Int64s()[j] - t) / 1000
	}
	return ir.Micros(t)
}
