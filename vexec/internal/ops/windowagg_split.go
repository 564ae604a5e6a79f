package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
	"github.com/helios-stream/helios/windows"
)

// timeColumn reads event times as microseconds.
type timeColumn struct {
	col    int
	name   string
	nanos  bool
	local  *windows.Assigner // whose times they are given as; nil: instants
	times  []int64           // scratch, by physical row
	isNull string            // reasons of row errors
	isFar  string
}

func newTimeColumn(in *ir.Schema, col int) timeColumn {
	c := &in.Cols[col]
	return timeColumn{
		col: col, name: c.Name, nanos: c.Type.Nanos(),
		isNull: fmt.Sprintf("the event time %s is NULL", c.Name),
		isFar:  fmt.Sprintf("the event time %s is too far from 1970 to be in a window", c.Name),
	}
}

// in has times given as those of the assigner's time zone, if it has one.
func (t *timeColumn) in(a *windows.Assigner) {
	if a.Zoned() {
		t.local = a
	}
}

// read returns the times by physical row; those of rows that are NULL or not live
// mean nothing.
func (t *timeColumn) read(b *vexec.Batch) []int64 {
	v := &b.Cols[t.col]
	if v.Enc == vexec.Flat && !t.nanos && t.local == nil {
		return v.Int64s()[:b.Rows]
	}
	if cap(t.times) < b.Rows {
		t.times = make([]int64, b.Rows)
	}
	t.times = t.times[:b.Rows]
	for i := range b.Live() {
		r := b.Row(i)
		if v.Null(r) {
			continue
		}
		f, j := v.At(r)
		t.times[r] = f.Int64s()[j]
		if t.nanos {
			t.times[r] = floorMicros(t.times[r])
		}
		if t.local != nil {
			t.times[r] = t.local.Local(t.times[r])
		}
	}
	return t.times
}

// floorMicros is the microsecond that a nanosecond is in.
func floorMicros(ns int64) int64 {
	us := ns / 1000
	if ns%1000 < 0 {
		us--
	}
	return us
}

// bounds returns the least and the greatest time of the live rows.
func bounds(times []int64, sel []int32) (least, greatest int64) {
	if sel == nil {
		least, greatest = times[0], times[0]
		for _, t := range times {
			least, greatest = min(least, t), max(greatest, t)
		}
		return least, greatest
	}
	least, greatest = times[sel[0]], times[sel[0]]
	for _, r := range sel {
		least, greatest = min(least, times[r]), max(greatest, times[r])
	}
	return least, greatest
}

// paneSplit is which bucket each row of the batch at hand goes to.
type paneSplit struct {
	touched []*bucket
	kept    []int32 // rows that go to any; never nil
	spread  []int32 // of those the ones that may go to several: to overlays
	outside int64   // rows that are in no window
	fates   []vexec.RowFate
}

func (s *paneSplit) reset() {
	if s.kept == nil {
		s.kept = make([]int32, 0, 64)
	}
	for _, k := range s.touched { // of a batch that was given up
		k.rows = k.rows[:0]
	}
	s.touched, s.kept, s.spread, s.fates = s.touched[:0], s.kept[:0], s.spread[:0], s.fates[:0]
	s.outside = 0
}

func (s *paneSplit) add(k *bucket, r int32) {
	if len(k.rows) == 0 {
		s.touched = append(s.touched, k)
	}
	k.rows = append(k.rows, r)
}

func (s *paneSplit) reject(r int32, why vexec.Fate, reason string) {
	s.fates = append(s.fates, vexec.RowFate{Row: r, Why: why, Reason: reason})
}

// dropBad takes rows whose arguments cannot be computed out of all buckets.
func (s *paneSplit) dropBad(errs *expr.Errors) {
	if errs.Len() == 0 {
		return
	}
	s.fates = append(s.fates, errs.Fates()...)
	s.spread = errs.Without(s.spread, 0, s.spread)
	for _, k := range s.touched {
		k.rows = errs.Without(k.rows, 0, k.rows)
	}
}

// onePane returns the pane that all rows of a batch are in, if there is one and no
// row is late or has no time.
func (w *WindowAgg) onePane(b *vexec.Batch) (int64, bool) {
	v := &b.Cols[w.time.col]
	if len(b.Late) > 0 || v.Valid != nil || v.Enc == vexec.Dict && v.Dict.Valid != nil {
		return 0, false
	}
	least, greatest := bounds(w.time.read(b), b.Sel)
	if least < -windows.MaxTime || greatest > windows.MaxTime {
		return 0, false
	}
	p := w.assign.PaneOf(least)
	return p, greatest < p+w.assign.Pane() && w.accepts(p)
}

// accepts reports whether rows of a pane can still be in a window that has not
// been emitted. It is false for rows that are in none, and for rows without a mark
// behind the watermark, which whoever sends them promises not to send.
func (w *WindowAgg) accepts(pane int64) bool {
	return w.assign.InWindow(pane) && !w.isClosed(w.assign.LastEnd(pane))
}

// isClosed reports whether windows that end at end have been emitted.
func (w *WindowAgg) isClosed(end int64) bool {
	return w.closed != ir.MinMicros && end <= int64(w.closed)
}

// splitRows gives each live row to its pane, to the overlays of the windows that
// are open for it, or to nobody.
func (w *WindowAgg) splitRows(b *vexec.Batch) {
	s := &w.split
	s.reset()
	v, times, late := &b.Cols[w.time.col], w.time.read(b), b.Late
	var cur *bucket // of the rows before, which are in [from, from+pane)
	var from int64
	for i := range b.Live() {
		r := int32(b.Row(i))
		if v.Null(int(r)) {
			s.reject(r, vexec.FateError, w.time.isNull)
			continue
		}
		t := times[r]
		if t < -windows.MaxTime || t > windows.MaxTime {
			s.reject(r, vexec.FateError, w.time.isFar)
			continue
		}
		for len(late) > 0 && late[0].Row < r {
			late = late[1:]
		}
		if len(late) > 0 && late[0].Row == r {
			if closed := w.assign.Closed(late[0].WM); !w.onTime(t, closed) {
				w.splitLate(r, t, closed)
				continue
			}
		}
		if cur == nil || t < from || t-from >= w.assign.Pane() {
			from = w.assign.PaneOf(t)
			if !w.accepts(from) {
				cur = nil
				if w.assign.InWindow(t) {
					s.reject(r, vexec.FateLate, "")
				} else {
					s.outside++
				}
				continue
			}
			cur = w.pane(from)
		}
		s.add(cur, r)
		s.kept = append(s.kept, r)
	}
}

// onTime reports whether no window of t had closed when those up to wm had.
func (w *WindowAgg) onTime(t int64, wm ir.Micros) bool {
	return !w.assign.InWindow(t) || int64(wm) < w.assign.FirstEnd(t)
}

// splitLate gives a row that is late for some of its windows to the overlays of
// the others, or to a pane that is in just those, and rejects one that is late for all.
func (w *WindowAgg) splitLate(r int32, t int64, wm ir.Micros) {
	end, last := w.assign.OpenEnd(t, max(wm, w.closed)), w.assign.LastEnd(t)
	switch {
	case end > last:
		w.split.reject(r, vexec.FateLate, "")
		return
	case w.assign.Cumulates():
		w.split.add(w.pane(end-w.assign.Pane()), r)
	default:
		for ; end <= last; end += w.assign.Slide() {
			w.split.add(w.overlay(end), r)
		}
		w.split.spread = append(w.split.spread, r)
	}
	w.split.kept = append(w.split.kept, r)
}
