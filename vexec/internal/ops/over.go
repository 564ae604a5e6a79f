package ops

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// Over is ir.OverOp. Rows wait until the watermark has passed them, or with Streams off
// until the input has ended. Then those that are ready are taken in the order, a row of each
// partition at a time (a round), so that aggregates work on many partitions at once.
type Over struct {
	op   *ir.OverOp
	time timeColumn
	timeRows
	sorter  sorter
	past    int64 // the greatest time whose rows are out
	given   bool  // without Streams: all rows are out
	maxRows int

	keyTypes []*ir.Type
	keys     agg.Grouper
	ids      []uint32 // by row: its partition
	parts    []overPart
	held     int // rows in parts
	frames   []*overFrame
	calls    []overCall
	reach    int64 // how many rows before one LAG looks back
	last     bool  // a rank looks at the row before

	expiry overExpiry
	keep   overKeeping
	mem    *vexec.Account
	clock  vexec.Clock
	wheel  wheel
	gone   int // partitions that have been forgotten

	// Scratch.
	keyVecs []vexec.Vec
	timely
	interns []uint32
	touched []uint32
	active  []uint32
	round   vexec.Batch // results of a round
	results vexec.Batch // of all rounds
	placed  []int32     // by row of results: its place among the rows that are ready
	bad     map[int32]string
	out     overOut
}

// overPart is a partition: rows that are ready, and before them those that frames need. A
// row's place is how many rows were before it.
type overPart struct {
	rows        []int32
	ready       []int32   // by row from done on: its place among the rows that are ready
	first       int64     // the place of rows[0]
	done        int64     // how many rows have had their results
	lo, hi      []int64   // by frame: the places from lo to hi are in it
	rank, dense int64     // of the row before
	noted       int64     // how far the watermark was when it last had rows that are out (overExpiry)
	changed     bool      // since the last barrier
	waits       int       // rows that wait
	seen        ir.Micros // with a TTL when it last got a row; ir.MinMicros: it is not in the wheel
	gone, stale bool      // it is forgotten; but its aggregates still have its rows
}

func (p *overPart) row(place int64) int32 { return p.rows[place-p.first] }
func (p *overPart) total() int64          { return p.first + int64(len(p.rows)) }

// NewOver returns the operator.
func NewOver(o *ir.OverOp) (vexec.Operator, error) {
	w := &Over{op: o, past: int64(ir.MinMicros)}
	if o.ByTime {
		w.time = newTimeColumn(o.In, o.Order[0].Col)
	}
	w.sorter.keys = append(append(w.sorter.keys, o.Order...), o.Ties...)
	for _, c := range o.Partition {
		w.keyTypes = append(w.keyTypes, o.In.Cols[c].Type)
	}
	if err := w.addCalls(); err != nil {
		return nil, err
	}
	if _, err := agg.NewGrouper(w.keyTypes, nil); err != nil {
		return nil, err
	}
	w.expiry.init(w)
	w.keep.init(w)
	w.out.init(o)
	return w, nil
}

// Tables implements vexec.Stateful.
func (w *Over) Tables() []vexec.TableSpec { return w.keep.tables(w) }

// Open implements vexec.Operator.
func (w *Over) Open(oc *vexec.OpContext) (err error) {
	w.maxRows, w.mem, w.clock, w.wheel.span = max(1, oc.MaxRows), oc.Memory, oc.Clock, w.op.TTL
	w.timeRows.open(w.op.In, oc.Memory)
	if w.keys, err = agg.NewGrouper(w.keyTypes, oc.Memory); err != nil {
		return err
	}
	for _, f := range w.frames {
		if err := f.open(oc); err != nil {
			return err
		}
	}
	return w.keep.open(w, oc)
}

// Push implements vexec.Operator.
func (w *Over) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	var times []int64
	if w.op.ByTime {
		times = w.time.read(b)
		w.find(b, &w.time, times, behind)
	} else {
		w.all(b)
	}
	if len(w.fates) > 0 {
		if err := out.Reject(b, w.fates); err != nil {
			return err
		}
	}
	if len(w.sel) == 0 {
		return nil
	}
	if err := w.intern(b, w.sel); err != nil {
		return err
	}
	if err := w.meet(b, w.sel); err != nil {
		return err
	}
	first, err := w.add(b, w.sel)
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		return fmt.Errorf("OVER holds %d rows, and that is more than fits; a shorter frame holds fewer: %w", w.rows.Rows, err)
	}
	if err != nil {
		return err
	}
	for i, r := range w.sel {
		w.ids = append(w.ids, w.interns[r])
		if w.op.Streams {
			w.wait(times[r], int32(first+i))
		}
	}
	return nil
}

// intern finds the partitions of the rows of sel.
func (w *Over) intern(b *vexec.Batch, sel []int32) error {
	if len(w.interns) < b.Rows {
		w.interns = make([]uint32, b.Rows)
	}
	w.keyVecs = w.keyVecs[:0]
	for _, c := range w.op.Partition {
		w.keyVecs = append(w.keyVecs, b.Cols[c])
	}
	if err := w.keys.Intern(w.keyVecs, sel, b.Rows, w.interns); err != nil {
		return err
	}
	return w.growParts()
}

func (w *Over) growParts() error {
	n := w.keys.Groups()
	for len(w.parts) < n {
		bounds := make([]int64, 2*len(w.frames))
		w.parts = append(w.parts, overPart{lo: bounds[:len(w.frames)], hi: bounds[len(w.frames):], seen: ir.MinMicros})
	}
	for _, f := range w.frames {
		if f.set != nil {
			if err := f.set.Grow(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Advance implements vexec.Operator. Without Streams no time passes before the end.
func (w *Over) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if !w.op.Streams {
		if wm < ir.MaxMicros {
			return ir.MinMicros, nil
		}
		return wm, w.giveAll(out)
	}
	past := passed(wm, 1)
	if past <= w.past {
		return wm, nil
	}
	w.past = past
	if rows := w.pass(past); len(rows) > 0 {
		if err := w.give(rows, out); err != nil {
			return wm, err
		}
	}
	if err := w.expire(); err != nil {
		return wm, err
	}
	if err := w.tidyParts(); err != nil {
		return wm, err
	}
	return wm, w.tidy()
}

// Finish implements vexec.Operator.
func (w *Over) Finish(out vexec.Emitter) error {
	_, err := w.Advance(ir.MaxMicros, out)
	return err
}

// giveAll gives the results of all rows, at the end.
func (w *Over) giveAll(out vexec.Emitter) error {
	if w.given {
		return nil
	}
	w.given = true
	rows := make([]int32, w.rows.Rows)
	for i := range rows {
		rows[i] = int32(i)
	}
	if err := w.give(rows, out); err != nil {
		return err
	}
	// A checkpoint from here on has nothing that would come out again.
	w.ids, w.parts, w.held = nil, nil, 0
	return w.keepOnly([]int32{})
}

// give computes and emits rows that are ready, in the order.
func (w *Over) give(rows []int32, out vexec.Emitter) error {
	if len(w.sorter.keys) > 0 {
		w.sorter.sortHeld(&w.rowBuffer, rows)
	}
	w.touched = w.touched[:0]
	for k, r := range rows {
		id := w.ids[r]
		p := &w.parts[id]
		p.waits--
		if len(p.ready) == 0 {
			w.touched = append(w.touched, id)
		}
		p.rows, p.ready = append(p.rows, r), append(p.ready, int32(k))
	}
	w.held += len(rows)
	if err := w.compute(); err != nil {
		return err
	}
	for _, id := range w.touched {
		w.expiry.note(w, id)
		w.trim(&w.parts[id])
		w.keep.note(w, id)
	}
	return w.emit(rows, out)
}

// trim forgets the rows of a partition that no frame will look at again.
func (w *Over) trim(p *overPart) {
	p.ready = p.ready[:0]
	keep := p.done
	if w.last && keep > 0 {
		keep--
	}
	keep = min(keep, max(p.done-w.reach, 0))
	for i, f := range w.frames {
		keep = min(keep, p.hi[i])
		if f.moves() {
			keep = min(keep, p.lo[i])
		}
	}
	if n := keep - p.first; n > 0 {
		p.rows, p.first = p.rows[n:], keep
		w.held -= int(n)
	}
}

// tidy forgets the rows that nothing needs when they are most of those held.
func (w *Over) tidy() error {
	living := w.waiting() + w.held
	if w.rows.Rows <= 2*living+slack {
		return nil
	}
	is := w.living()
	keep, to := make([]int32, 0, living), make([]int32, len(is))
	for r, lives := range is {
		if lives {
			to[r] = int32(len(keep))
			w.ids[len(keep)] = w.ids[r]
			keep = append(keep, int32(r))
		}
	}
	w.ids = w.ids[:len(keep)]
	w.renumber(to)
	for i := range w.parts {
		rows := w.parts[i].rows
		fresh := make([]int32, len(rows))
		for k, r := range rows {
			fresh[k] = to[r]
		}
		w.parts[i].rows = fresh
	}
	return w.keepOnly(keep)
}

// living marks the rows that wait and those that frames need.
func (w *Over) living() []bool {
	is := make([]bool, w.rows.Rows)
	w.waitingRows(is)
	for i := range w.parts {
		for _, r := range w.parts[i].rows {
			is[r] = true
		}
	}
	return is
}

// Close implements vexec.Operator.
func (w *Over) Close() error {
	w.timeRows.close()
	w.parts, w.ids = nil, nil
	return nil
}

var _ vexec.Stateful = (*Over)(nil)
