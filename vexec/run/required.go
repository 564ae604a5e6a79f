package run

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// required looks for rows that lack a value for a column of a sink (ir.PhysSink.Required).
type required struct {
	cols  []int
	names []string
	table string
	fates []vexec.RowFate
	sel   []int32
}

// requiredOf returns nil where nothing has to be looked at.
func requiredOf(s *ir.PhysSink) *required {
	cols := s.Required()
	if cols == nil {
		return nil
	}
	r := &required{cols: cols, table: s.Table.Name}
	names := s.Table.Physical().Cols
	for _, c := range cols {
		r.names = append(r.names, names[c].Name)
	}
	return r
}

// check returns the rows of b that lack a value, and those that do not where there
// are any of the former. Both are valid until the next call.
func (r *required) check(b *vexec.Batch) (fates []vexec.RowFate, keep []int32) {
	r.fates = r.fates[:0]
	if !r.suspect(b) {
		return nil, nil
	}
	r.sel = r.sel[:0]
	for i, n := 0, b.Live(); i < n; i++ {
		row := b.Row(i)
		if c := r.lacks(b, row); c >= 0 {
			r.fates = append(r.fates, vexec.RowFate{Row: int32(row), Why: vexec.FateError,
				Reason: fmt.Sprintf("column %s of %s is NOT NULL, and the row has NULL for it", r.names[c], r.table)})
		} else {
			r.sel = append(r.sel, int32(row))
		}
	}
	return r.fates, r.sel
}

// suspect reports whether b may hold a NULL in one of the columns.
func (r *required) suspect(b *vexec.Batch) bool {
	for _, c := range r.cols {
		v := &b.Cols[c]
		if v.Valid != nil || v.Type.Kind == ir.Null || v.Enc == vexec.Dict && v.Dict.Valid != nil {
			return true
		}
	}
	return false
}

// lacks is the first of the columns that is NULL in the row; -1: none is.
func (r *required) lacks(b *vexec.Batch, row int) int {
	for i, c := range r.cols {
		if b.Cols[c].Null(row) {
			return i
		}
	}
	return -1
}

// toSink writes the rows of b that the sink's mapping allows.
func (t *task) toSink(b *vexec.Batch, end *link) error {
	if t.required == nil {
		return t.sink.write(t.job.ctx, b)
	}
	fates, keep := t.required.check(b)
	if len(fates) == 0 {
		return t.sink.write(t.job.ctx, b)
	}
	if err := end.Reject(b, fates); err != nil || len(keep) == 0 {
		return err
	}
	good := *b
	good.Sel = keep
	return t.sink.write(t.job.ctx, &good)
}
