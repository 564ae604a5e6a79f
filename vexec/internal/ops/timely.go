package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// timely tells the rows of a batch that are in time from the others.
type timely struct {
	sel   []int32         // the live rows that are; never nil
	fates []vexec.RowFate // of the others
}

// find takes a batch with its times, by physical row. late says of a time and the watermark
// in the row's mark whether the row is late; nil: none is.
func (t *timely) find(b *vexec.Batch, time *timeColumn, times []int64, late func(at int64, wm ir.Micros) bool) {
	t.sel, t.fates = append(t.sel[:0], 0)[:0], t.fates[:0]
	marks := b.Late
	if late == nil {
		marks = nil
	}
	for i := range b.Live() {
		r := int32(b.Row(i))
		for len(marks) > 0 && marks[0].Row < r {
			marks = marks[1:]
		}
		switch {
		case b.Cols[time.col].Null(int(r)):
			t.fates = append(t.fates, vexec.RowFate{Row: r, Why: vexec.FateError, Reason: time.isNull})
		case len(marks) > 0 && marks[0].Row == r && late(times[r], marks[0].WM):
			t.fates = append(t.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
		default:
			t.sel = append(t.sel, r)
		}
	}
}

// all takes all live rows of a batch.
func (t *timely) all(b *vexec.Batch) {
	t.sel, t.fates = append(t.sel[:0], 0)[:0], t.fates[:0]
	for i := range b.Live() {
		t.sel = append(t.sel, int32(b.Row(i)))
	}
}

// behind reports whether a time is behind a watermark.
func behind(at int64, wm ir.Micros) bool { return at < int64(wm) }
