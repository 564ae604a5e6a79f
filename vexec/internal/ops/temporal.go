package ops

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// Temporal is ir.TemporalOp: rows of the left side wait until the watermark of both sides has
// passed them. Then all versions that may be theirs are there, and they come out with them in
// the order of time.
type Temporal struct {
	op       *ir.TemporalOp
	versions keyVersions

	left     timeRows
	leftTime timeColumn
	sorter   sorter
	wm       ir.Micros // rows before it are out
	maxRows  int
	counted  RowCount
	timely

	kept     timeSegments // rows of the left side in checkpoints
	schema   *ir.Schema
	progress progress
	keeps    bool
	sealedTo int64 // the sequence of the first row that no checkpoint has

	// A block of rows that come out.
	cond   *expr.Filter // over Left and then Right; nil: none
	used   []bool       // columns that cond reads
	errs   expr.Errors
	pair   vexec.Batch // with the columns of Left and then Right
	keys   []vexec.Vec
	ids    []uint32
	refs   []uint32 // of their versions
	gather vexec.Gatherer
	chunks []*vexec.Batch
	out    vexec.Batch
}

// leftTable holds the rows of the left side that wait.
const leftTable = "left"

// NewTemporal returns the operator.
func NewTemporal(o *ir.TemporalOp) (vexec.Operator, error) {
	pairs := ir.PairSchema(o.Type, o.Left, o.Right)
	t := &Temporal{op: o, leftTime: newTimeColumn(o.Left, o.LeftTime), schema: bufferSchema(o.Left), used: make([]bool, len(pairs.Cols)),
		pair: vexec.Batch{Schema: pairs, Cols: make([]vexec.Vec, len(pairs.Cols)), Part: -1}, keys: make([]vexec.Vec, len(o.LeftKeys))}
	t.sorter.keys = []ir.SortKey{{Col: o.LeftTime}}
	if err := t.versions.init(o); err != nil {
		return nil, err
	}
	if o.Cond == nil {
		return t, nil
	}
	ir.UsedColumns(o.Cond, t.used)
	var err error
	t.cond, err = expr.CompileFilter(o.Cond, nil, pairs)
	return t, err
}

// Tables implements vexec.Stateful.
func (t *Temporal) Tables() []vexec.TableSpec {
	left := vexec.TableSpec{Name: leftTable, Version: 1, Schema: t.schema}
	for _, k := range t.op.LeftKeys {
		left.Keys = append(left.Keys, 1+k)
	}
	return append(t.versions.store.tables(), left, progressSpec())
}

// Open implements vexec.Operator.
func (t *Temporal) Open(oc *vexec.OpContext) error {
	t.maxRows, t.keeps = max(1, oc.MaxRows), !oc.NoRestart
	if t.cond != nil {
		t.cond.SetClock(oc.Clock)
	}
	t.left.open(t.op.Left, oc.Memory)
	t.kept.table = oc.State.Table(leftTable)
	var err error
	if t.wm, err = t.progress.open(oc, oc.State.Table(progressTable)); err != nil {
		return err
	}
	waits := func(b *vexec.Batch, row int) bool {
		v, i := b.Cols[1+t.op.LeftTime].At(row)
		at := v.Int64s()[i]
		if t.leftTime.nanos {
			at = floorMicros(at)
		}
		return at >= int64(t.wm)
	}
	if err := t.left.restore(t.kept.table, waits); err != nil {
		return err
	}
	for r, at := range t.leftTime.read(&t.left.rows) {
		t.left.wait(at, int32(r))
	}
	return t.versions.open(oc)
}

// Push implements vexec.Operator.
func (t *Temporal) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	time, late := &t.leftTime, behind // when the watermark has passed it
	if port == 1 {
		time, late = &t.versions.time, nil
	}
	times := time.read(b)
	t.find(b, time, times, late)
	if len(t.fates) > 0 {
		if err := out.Reject(b, t.fates); err != nil {
			return err
		}
	}
	t.counted.Grouped += int64(len(t.sel))
	if port == 1 {
		t.countUsed(b, times)
		return t.versions.add(b, times, t.sel)
	}
	return t.hold(b, times)
}

// countUsed counts late versions, which count from the watermark on behind which they came.
func (t *Temporal) countUsed(b *vexec.Batch, times []int64) {
	marks := b.Late
	for _, r := range t.sel {
		for len(marks) > 0 && marks[0].Row < r {
			marks = marks[1:]
		}
		if len(marks) > 0 && marks[0].Row == r && behind(times[r], marks[0].WM) {
			t.counted.Used++
		}
	}
}

// hold has rows of the left side wait.
func (t *Temporal) hold(b *vexec.Batch, times []int64) error {
	if len(t.sel) == 0 {
		return nil
	}
	first, err := t.left.add(b, t.sel)
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		return fmt.Errorf("FOR SYSTEM_TIME AS OF %s holds %d rows that the watermark of both sides has not passed, and that is more than fits: %w", t.leftTime.name, t.left.rows.Rows, err)
	}
	if err != nil {
		return err
	}
	for i, r := range t.sel {
		t.left.wait(times[r], int32(first+i))
	}
	return nil
}

// Advance implements vexec.Operator.
func (t *Temporal) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if wm <= t.wm {
		return wm, nil
	}
	t.wm = wm
	if rows := t.left.pass(passed(wm, 1)); len(rows) > 0 {
		t.sorter.sortHeld(&t.left.rowBuffer, rows)
		if err := t.give(rows, out); err != nil {
			return wm, err
		}
		if err := t.left.tidy(); err != nil {
			return wm, err
		}
	}
	return wm, t.versions.pass(wm)
}

// Seal implements vexec.Stateful.
func (t *Temporal) Seal(uint64) error {
	if !t.keeps {
		return nil
	}
	t.kept.drop(passed(t.wm, 1))
	all := t.kept.crowded(t.left.waiting(), t.left.added(t.sealedTo))
	rows, last := t.left.unsealed(t.sealedTo, all, t.leftTime.read(&t.left.rows))
	t.kept.add(t.left.sealed(t.schema, rows), last, all)
	t.progress.seal(t.wm)
	t.sealedTo = t.left.next
	return t.versions.seal()
}

// Finish implements vexec.Operator: the watermark has passed all rows of inputs that end.
func (t *Temporal) Finish(out vexec.Emitter) error {
	_, err := t.Advance(ir.MaxMicros, out)
	return err
}

// Counted implements RowCounter.
func (t *Temporal) Counted() RowCount { return t.counted }

// Close implements vexec.Operator.
func (t *Temporal) Close() error {
	t.versions.close()
	t.left.close()
	return nil
}

var (
	_ vexec.Stateful = (*Temporal)(nil)
	_ RowCounter     = (*Temporal)(nil)
)
