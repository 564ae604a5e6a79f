package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// SplitAware is an operator that needs to know the splits that its rows come
// from. The runtime calls Splits before Open, with the numbers of those there are
// and whether more may come, which rows bring with them. EndSplit and IdleSplit come
// in stream order: when a split has no more rows (after a restart again for those
// that had ended and are listed), and when it has had none for 'idle.timeout'. Where
// more may come, one of the state that is not listed had ended.
type SplitAware interface {
	Splits(parts []int32, more bool)
	EndSplit(part int32)
	IdleSplit(part int32)
}

// TimeMaker is an operator that makes the event time of what it emits, so that
// watermarks from above end at it. The runtime asks for the watermark after units
// of its input and hands it on.
type TimeMaker interface {
	Watermark() ir.Micros
}

// Follower is a TimeMaker whose splits may all be idle. Its watermark then follows that of
// relations that its rows meet.
type Follower interface {
	TimeMaker
	// AllIdle reports whether no split holds the watermark back, as all of them that have
	// not ended are idle.
	AllIdle() bool
	// Follow raises the watermark while AllIdle: rows that come behind it are late.
	Follow(wm ir.Micros)
}

// Watermark is ir.WatermarkOp: the one task that sees the relation's rows in their
// order fixes their event time. It keeps the greatest time of each split.
type Watermark struct {
	op      *ir.WatermarkOp
	event   *EventTime
	tracker *windows.Tracker
	known   map[int32]int // splits by their number in the stream, to that in the tracker
	parts   []int32       // the other way
	more    bool          // splits that are not known may come
	table   vexec.Table
	sealed  vexec.SegmentID
	has     bool // sealed is live
}

// NewWatermark returns the operator over rows of the schema in.
func NewWatermark(o *ir.WatermarkOp, in *ir.Schema) *Watermark {
	return &Watermark{
		op: o, event: NewEventTime(in, o.TimeCol, LateOf(o.Drop, o.Mark)), tracker: windows.NewTracker(o.Lag, 0), known: map[int32]int{},
	}
}

// Splits implements SplitAware.
func (w *Watermark) Splits(parts []int32, more bool) {
	for _, p := range parts {
		w.add(p)
	}
	if w.more = more; more {
		w.tracker.KeepOpen()
	}
}

func (w *Watermark) add(part int32) int {
	if i, ok := w.known[part]; ok {
		return i
	}
	i := w.tracker.Add()
	w.known[part] = i
	w.parts = append(w.parts, part)
	return i
}

// EndSplit implements SplitAware. A split that rows have not come from is new here.
func (w *Watermark) EndSplit(part int32) { w.tracker.End(w.add(part)) }

// IdleSplit implements SplitAware.
func (w *Watermark) IdleSplit(part int32) { w.tracker.Idle(w.add(part)) }

// AllIdle implements Follower.
func (w *Watermark) AllIdle() bool { return w.tracker.AllIdle() }

// Follow implements Follower.
func (w *Watermark) Follow(wm ir.Micros) { w.tracker.Follow(wm) }

// Watermark implements TimeMaker.
func (w *Watermark) Watermark() ir.Micros { return w.tracker.Watermark() }

var watermarkState = ir.NewSchema(
	ir.Column{Name: "split", Type: ir.TInteger, NotNull: true}, // -1: the watermark of them all
	ir.Column{Name: "greatest", Type: ir.TTimestamp, NotNull: true},
)

// Tables implements vexec.Stateful.
func (w *Watermark) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: "times", Version: 2, Schema: watermarkState}}
}

// Open implements vexec.Operator.
func (w *Watermark) Open(oc *vexec.OpContext) error {
	w.table = oc.State.Table("times")
	low := ir.MinMicros
	err := w.table.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			r := b.Row(i)
			part, at := b.Cols[0].Int32s()[r], ir.Micros(b.Cols[1].Int64s()[r])
			if part < 0 {
				low = at
				continue
			}
			if _, listed := w.known[part]; w.more && !listed {
				continue
			}
			w.tracker.Raise(w.add(part), at)
		}
		return nil
	})
	w.tracker.Restore(low)
	return err
}

// Push implements vexec.Operator.
func (w *Watermark) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	split, known := w.known[b.Part]
	switch {
	case known:
	case b.Part < 0 && w.tracker.Splits() == 1:
		split = 0
	case b.Part >= 0 && w.more:
		split = w.add(b.Part)
	default:
		return fmt.Errorf("rows come without the order of their split (%d of %d)", b.Part, w.tracker.Splits())
	}
	w.tracker.Wake(split)
	stamped := *b
	cursor := w.tracker.Cursor(split)
	fates := w.event.Apply(&stamped, &cursor)
	w.tracker.Raise(split, cursor.Greatest())
	if len(fates) > 0 {
		if err := out.Reject(b, fates); err != nil {
			return err
		}
	}
	if stamped.Live() == 0 {
		return nil
	}
	return out.Emit(&stamped)
}

// Advance implements vexec.Operator: watermarks from above say nothing here but
// for the end of the input.
func (w *Watermark) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) {
	if wm == ir.MaxMicros {
		return wm, nil
	}
	return min(wm, w.tracker.Watermark()), nil
}

// Finish implements vexec.Operator.
func (w *Watermark) Finish(vexec.Emitter) error { return nil }

// Seal implements vexec.Stateful.
func (w *Watermark) Seal(uint64) error {
	if w.has {
		w.table.Drop(w.sealed)
	}
	s := &timesSegment{}
	if wm := w.tracker.Watermark(); wm != ir.MaxMicros {
		s.splits, s.times = append(s.splits, -1), append(s.times, int64(wm))
	}
	for i, part := range w.parts {
		if w.more && w.tracker.Ended(i) {
			continue // it is not heard of any more
		}
		s.splits, s.times = append(s.splits, part), append(s.times, int64(w.tracker.Greatest(i)))
	}
	w.sealed, w.has = w.table.Add(s), true
	return nil
}

// Close implements vexec.Operator.
func (w *Watermark) Close() error { return nil }

// timesSegment is the greatest time of each split.
type timesSegment struct {
	splits []int32
	times  []int64
}

func (s *timesSegment) Rows() int    { return len(s.splits) }
func (s *timesSegment) Bytes() int64 { return int64(12 * len(s.splits)) }

func (s *timesSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	n := min(limit, len(s.splits)-from)
	b.Reset(watermarkState)
	b.Rows = n
	b.Cols[0].Reset(ir.TInteger, n)
	b.Cols[1].Reset(ir.TTimestamp, n)
	copy(b.Cols[0].Int32s(), s.splits[from:from+n])
	copy(b.Cols[1].Int64s(), s.times[from:from+n])
	return n, nil
}
