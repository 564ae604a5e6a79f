package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// sessionLate is ir.LateOp for sessions: it follows the sessions as the operator that
// counts their rows does, and gives the rows that are late for them.
type sessionLate struct {
	*SessionAgg
	late  []int32
	marks []vexec.LateMark
}

// newSessionLate returns the operator over rows of the schema in.
func newSessionLate(o *ir.LateOp, in *ir.Schema) (*sessionLate, error) {
	a, err := newSessionAgg(&ir.WindowAggOp{Phase: ir.Complete, In: in, TimeCol: o.TimeCol, Window: *o.Window, Keys: o.Keys, Out: &ir.Schema{}}, in)
	return &sessionLate{SessionAgg: a}, err
}

// Push implements vexec.Operator.
func (l *sessionLate) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := l.sweep(); err != nil {
		return err
	}
	if err := l.put(b); err != nil {
		return err
	}
	for _, r := range l.kept {
		l.note(int32(l.session[r]))
	}
	if err := l.accs.Grow(l.sessions.Len()); err != nil {
		return err
	}
	for _, m := range l.sessions.TakeMerged() {
		l.merge(m.From, m.To)
	}
	l.forgetClosed()
	l.late, l.marks = l.late[:0], l.marks[:0]
	for _, f := range l.fates {
		if f.Why == vexec.FateLate { // others are the business of who counts the rows
			l.late = append(l.late, f.Row)
		}
	}
	if len(l.late) == 0 {
		return nil
	}
	rows := l.late
	for _, m := range b.Late {
		for len(rows) > 0 && rows[0] < m.Row {
			rows = rows[1:]
		}
		if len(rows) > 0 && rows[0] == m.Row {
			l.marks = append(l.marks, m)
		}
	}
	b.Sel, b.Late = l.late, l.marks
	return out.Emit(b)
}

func (l *sessionLate) forgetClosed() {
	for _, n := range l.sessions.TakeClosed() {
		l.forget(n)
	}
}

// Advance implements vexec.Operator.
func (l *sessionLate) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) {
	l.closeUpTo(wm)
	l.forgetClosed()
	return wm, nil
}

var _ vexec.Stateful = (*sessionLate)(nil)
