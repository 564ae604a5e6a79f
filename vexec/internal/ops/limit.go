package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Ender is an operator that may have had enough before its input ends. The runtime
// asks it after Open, so that a run which goes on from a checkpoint reads nothing
// for it; and it keeps the operator's state when its task has ended, as rows that
// the sources still have must not begin anew there.
type Ender interface {
	Done() bool
}

// Outlasting is an operator that may have something to remember when its input has ended
// and Finish has been called: what it gave of no rows. Where Outlasts says so, SealLast
// replaces all of its state by that, at the last barrier of its task.
type Outlasting interface {
	Outlasts() bool
	SealLast()
}

// Limit is ir.LimitOp. Its state is the number of rows that it has taken: those
// passed by and those given.
type Limit struct {
	chainLink
	op     *ir.LimitOp
	end    int64 // how many rows it looks at; -1: all
	taken  int64
	rows   []int32
	table  vexec.Table
	sealed vexec.SegmentID
	kept   int64 // what sealed says; 0: nothing is sealed
}

// NewLimit returns the operator.
func NewLimit(o *ir.LimitOp) *Limit {
	l := &Limit{op: o, end: -1}
	if n, ok := o.Bound(); ok {
		l.end = n
	}
	if o.Count == 0 {
		l.end = 0 // it gives nothing, and need pass nothing by
	}
	return l
}

var limitState = ir.NewSchema(ir.Column{Name: "taken", Type: ir.TBigInt, NotNull: true})

// Tables implements vexec.Stateful.
func (l *Limit) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: "rows", Version: 1, Schema: limitState}}
}

// Open implements vexec.Operator.
func (l *Limit) Open(oc *vexec.OpContext) error {
	l.table = oc.State.Table("rows")
	return l.table.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			l.taken += b.Cols[0].Int64s()[b.Row(i)]
		}
		return nil
	})
}

// Done implements Ender.
func (l *Limit) Done() bool { return l.end >= 0 && l.taken >= l.end }

// Push implements vexec.Operator.
func (l *Limit) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if l.Done() {
		return vexec.ErrDone
	}
	n := int64(b.Live())
	from, to := max(l.op.Offset-l.taken, 0), n
	if l.end >= 0 {
		to = min(n, l.end-l.taken)
	}
	l.taken += to
	if from < to {
		if from > 0 || to < n {
			b.Sel = l.cut(b, int(from), int(to))
		}
		if err := out.Emit(b); err != nil {
			return err
		}
	}
	if l.Done() {
		return vexec.ErrDone
	}
	return nil
}

// cut lists the live rows [from, to) of b.
func (l *Limit) cut(b *vexec.Batch, from, to int) []int32 {
	if b.Sel != nil {
		return b.Sel[from:to:to]
	}
	l.rows = l.rows[:0]
	for r := from; r < to; r++ {
		l.rows = append(l.rows, int32(r))
	}
	return l.rows
}

// Seal implements vexec.Stateful.
func (l *Limit) Seal(uint64) error {
	if l.taken == l.kept {
		return nil
	}
	if l.kept > 0 {
		l.table.Drop(l.sealed)
	}
	l.sealed, l.kept = l.table.Add(countSegment(l.taken)), l.taken
	return nil
}

// countSegment is one number.
type countSegment int64

func (s countSegment) Rows() int    { return 1 }
func (s countSegment) Bytes() int64 { return 8 }

func (s countSegment) Read(from, _ int, b *vexec.Batch) (int, error) {
	b.Reset(limitState)
	if from > 0 {
		return 0, nil
	}
	b.Rows = 1
	b.Cols[0].Reset(ir.TBigInt, 1)
	b.Cols[0].Int64s()[0] = int64(s)
	return 1, nil
}
