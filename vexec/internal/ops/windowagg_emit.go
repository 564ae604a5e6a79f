package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
	"github.com/helios-stream/helios/windows"
)

// emitter writes the groups of a table as batches.
type emitter struct {
	out     *ir.Schema
	maxRows int
	batch   vexec.Batch
	keys    []vexec.Vec
	finals  []vexec.Vec
	fates   []vexec.RowFate
	lost    int64 // results that did not exist
	sel     []int32
	ord     []uint64
}

// results emits the results of all groups of t. column fills output column i from
// the keys and the final values of the rows at hand. The results of a window, which ends
// at end, are before those of later ones in the order of arrival above; they have none
// among themselves.
func (e *emitter) results(s *tables, t *groupTable, end int64, out vexec.Emitter, column func(i int, v *vexec.Vec)) error {
	if e.finals == nil {
		e.keys, e.finals = make([]vexec.Vec, len(s.keyTypes)), make([]vexec.Vec, len(s.calls))
	}
	for lo := 0; lo < t.groups(); lo += e.maxRows {
		ids := s.span(lo, min(lo+e.maxRows, t.groups()))
		if err := e.some(t.keys, t.accs, ids, ids, func(int) int64 { return end }, column, out); err != nil {
			return err
		}
	}
	return nil
}

// some emits the results of some cells of accs, whose keys are these of groups, and whose
// windows end at end.
func (e *emitter) some(groups agg.Grouper, accs *agg.Set, keys, cells []uint32, end func(i int) int64, column func(i int, v *vexec.Vec), out vexec.Emitter) error {
	groups.Keys(keys, e.keys)
	e.fates = e.fates[:0]
	accs.Final(cells, e.finals, e.fail)
	e.batch.Reset(e.out)
	e.batch.Rows = len(cells)
	e.ord = slices.Grow(e.ord[:0], len(cells))[:len(cells)]
	for i := range e.ord {
		e.ord[i] = uint64(max(-windows.MaxTime, min(end(i), windows.MaxTime)) + 1<<62)
	}
	e.batch.Ord = e.ord
	for i := range e.batch.Cols {
		column(i, &e.batch.Cols[i])
	}
	return e.send(out)
}

// fail notes a result that is a row error; a row has one fate, of its first error.
func (e *emitter) fail(row int, reason string) {
	for i := range e.fates {
		if e.fates[i].Row == int32(row) {
			return
		}
	}
	e.fates = append(e.fates, vexec.RowFate{Row: int32(row), Why: vexec.FateError, Reason: reason})
}

// send rejects the rows that have a fate and emits the others.
func (e *emitter) send(out vexec.Emitter) error {
	if len(e.fates) > 0 {
		e.lost += int64(len(e.fates))
		if err := out.Reject(&e.batch, e.fates); err != nil {
			return err
		}
		e.sel = without(e.sel[:0], e.batch.Rows, e.fates)
		e.batch.Sel = e.sel
	}
	if e.batch.Live() == 0 {
		return nil
	}
	return out.Emit(&e.batch)
}

// without appends the rows of [0, n) that have no fate. The result is never nil,
// which as a selection is all rows.
func without(sel []int32, n int, fates []vexec.RowFate) []int32 {
	if sel == nil {
		sel = make([]int32, 0, n)
	}
	bad := make([]bool, n)
	for _, f := range fates {
		bad[f.Row] = true
	}
	for i, b := range bad {
		if !b {
			sel = append(sel, int32(i))
		}
	}
	return sel
}

// groups emits the groups of t as rows of state.
func (e *emitter) groups(s *store, t *groupTable, head [2]int64, out vexec.Emitter) error {
	for lo := 0; lo < t.groups(); lo += e.maxRows {
		s.row.read(t, head, s.span(lo, min(lo+e.maxRows, t.groups())), &e.batch)
		if err := out.Emit(&e.batch); err != nil {
			return err
		}
	}
	return nil
}
