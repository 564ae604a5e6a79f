package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// LateRows is ir.LateOp: by the marks of the rows it keeps those that are late, or the
// others, of which it rejects the late ones. It moves no data.
type LateRows struct {
	chainLink
	op      *ir.LateOp
	windows *windows.Assigner // nil: late is what is marked
	sel     []int32
	late    []int32
	marks   []vexec.LateMark
	fates   []vexec.RowFate
}

// NewLateRows returns the operator over rows of the schema in.
func NewLateRows(o *ir.LateOp, in *ir.Schema) (vexec.Operator, error) {
	if o.Window != nil && o.Window.Kind == ir.Session {
		return newSessionLate(o, in)
	}
	l := &LateRows{op: o}
	if o.Window == nil {
		return l, nil
	}
	w, err := windows.New(*o.Window)
	if err != nil {
		return nil, err
	}
	l.windows = &w
	return l, nil
}

// Push implements vexec.Operator.
func (l *LateRows) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	l.find(b)
	switch {
	case !l.op.Rest:
		if len(l.late) == 0 {
			return nil
		}
		b.Sel, b.Late = l.late, l.marks
		return out.Emit(b)
	case len(l.late) == 0:
		return out.Emit(b)
	}
	if err := out.Reject(b, l.fates); err != nil {
		return err
	}
	b.Sel, b.Late = l.others(b), l.marksOfOthers(b)
	if b.Live() == 0 {
		return nil
	}
	return out.Emit(b)
}

// find lists the live rows that are late, with their marks and fates.
func (l *LateRows) find(b *vexec.Batch) {
	l.late, l.marks, l.fates = l.late[:0], l.marks[:0], l.fates[:0]
	m := 0
	for i := 0; i < b.Live() && m < len(b.Late); i++ {
		r := int32(b.Row(i))
		for m < len(b.Late) && b.Late[m].Row < r {
			m++
		}
		if m == len(b.Late) || b.Late[m].Row != r || !l.isLate(b, r, b.Late[m].WM) {
			continue
		}
		l.late = append(l.late, r)
		l.marks = append(l.marks, b.Late[m])
		l.fates = append(l.fates, vexec.RowFate{Row: r, Why: vexec.FateLate})
	}
}

// isLate reports whether every window of a row had closed at wm, or without windows whether
// the row was behind it by more than LateOp.Beyond. A row that is in no window is not late.
func (l *LateRows) isLate(b *vexec.Batch, r int32, wm ir.Micros) bool {
	if l.windows == nil && l.op.Beyond == 0 {
		return true
	}
	f, j := b.Cols[l.op.TimeCol].At(int(r))
	t := f.Int64s()[j]
	if f.Type.Nanos() {
		t = kernels.FloorDiv(t, 1000)
	}
	if l.windows == nil {
		return int64(wm) > later(t, l.op.Beyond)
	}
	if t < -windows.MaxTime || t > windows.MaxTime {
		return false // an error of the window, not late
	}
	t = l.windows.Local(t)
	return l.windows.InWindow(t) && int64(l.windows.Closed(wm)) >= l.windows.LastEnd(t)
}

// others is the live rows that are not late.
func (l *LateRows) others(b *vexec.Batch) []int32 {
	l.sel = append(l.sel[:0], 0)[:0] // never nil: that would be all rows
	k := 0
	for i := range b.Live() {
		r := int32(b.Row(i))
		if k < len(l.late) && l.late[k] == r {
			k++
			continue
		}
		l.sel = append(l.sel, r)
	}
	return l.sel
}

// marksOfOthers is the marks of the rows that are not late.
func (l *LateRows) marksOfOthers(b *vexec.Batch) []vexec.LateMark {
	l.marks = l.marks[:0]
	k := 0
	for _, m := range b.Late {
		for k < len(l.late) && l.late[k] < m.Row {
			k++
		}
		if k == len(l.late) || l.late[k] != m.Row {
			l.marks = append(l.marks, m)
		}
	}
	if len(l.marks) == 0 {
		return nil
	}
	return l.marks
}
