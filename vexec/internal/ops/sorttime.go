package ops

import (
	"errors"
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// sortByTime is ir.SortOp with ByTime: rows come out in order as the watermark passes them.
type sortByTime struct {
	op   *ir.SortOp
	time timeColumn
	timeRows
	sorter  sorter
	past    int64 // the greatest time whose rows are out
	maxRows int
	out     vexec.Batch
	timely

	schema   *ir.Schema
	kept     timeSegments
	progress progress
	keeps    bool
	sealedTo int64 // the sequence of the first row that no checkpoint has
}

func newSortByTime(o *ir.SortOp, in *ir.Schema) *sortByTime {
	s := &sortByTime{op: o, time: newTimeColumn(in, o.Order[0].Col), schema: bufferSchema(in), past: int64(ir.MinMicros)}
	s.sorter.keys = o.Order
	return s
}

// Tables implements vexec.Stateful.
func (s *sortByTime) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: rowsTable, Version: 1, Schema: s.schema}, progressSpec()}
}

// Open implements vexec.Operator.
func (s *sortByTime) Open(oc *vexec.OpContext) error {
	s.maxRows, s.keeps = max(1, oc.MaxRows), !oc.NoRestart
	s.timeRows.open(s.op.Out, oc.Memory)
	s.kept.table = oc.State.Table(rowsTable)
	past, err := s.progress.open(oc, oc.State.Table(progressTable))
	if err != nil {
		return err
	}
	s.past = int64(past)
	keep := func(b *vexec.Batch, row int) bool {
		v, i := b.Cols[1+s.time.col].At(row)
		return s.micros(v.Int64s()[i]) > s.past
	}
	if err := s.restore(s.kept.table, keep); err != nil {
		return err
	}
	s.line0()
	return nil
}

func (s *sortByTime) micros(t int64) int64 {
	if s.time.nanos {
		return floorMicros(t)
	}
	return t
}

// line0 has all rows wait.
func (s *sortByTime) line0() {
	times := s.time.read(&s.rows)
	for r, t := range times {
		s.wait(t, int32(r))
	}
}

// Push implements vexec.Operator.
func (s *sortByTime) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	times := s.time.read(b)
	s.find(b, &s.time, times, func(at int64, wm ir.Micros) bool { return at <= passed(wm, s.op.Lead) })
	if len(s.fates) > 0 {
		if err := out.Reject(b, s.fates); err != nil {
			return err
		}
	}
	if len(s.sel) == 0 {
		return nil
	}
	first, err := s.add(b, s.sel)
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		return fmt.Errorf("ORDER BY %s holds %d rows that the watermark has not passed, and that is more than fits: %w", s.time.name, s.rows.Rows, err)
	}
	if err != nil {
		return err
	}
	for i, r := range s.sel {
		s.wait(times[r], int32(first+i))
	}
	return nil
}

// Advance implements vexec.Operator.
func (s *sortByTime) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	past := passed(wm, s.op.Lead)
	if past <= s.past {
		return wm, nil
	}
	s.past = past
	rows := s.pass(past)
	if len(rows) == 0 {
		return wm, nil
	}
	s.sorter.sortHeld(&s.rowBuffer, rows)
	if err := emitRows(&s.rows, rows, s.op.Out, &s.out, s.maxRows, out); err != nil {
		return wm, err
	}
	return wm, s.tidy()
}

// Seal implements vexec.Stateful.
func (s *sortByTime) Seal(uint64) error {
	if !s.keeps {
		return nil
	}
	s.kept.drop(s.past)
	all := s.kept.crowded(s.waiting(), s.added(s.sealedTo))
	rows, last := s.unsealed(s.sealedTo, all, s.time.read(&s.rows))
	s.kept.add(s.timeRows.sealed(s.schema, rows), last, all)
	s.progress.seal(ir.Micros(s.past))
	s.sealedTo = s.next
	return nil
}

// Finish implements vexec.Operator: the watermark has passed all rows of an input that ends.
func (s *sortByTime) Finish(out vexec.Emitter) error {
	_, err := s.Advance(ir.MaxMicros, out)
	return err
}

// Close implements vexec.Operator.
func (s *sortByTime) Close() error {
	s.timeRows.close()
	return nil
}

var _ vexec.Stateful = (*sortByTime)(nil)
