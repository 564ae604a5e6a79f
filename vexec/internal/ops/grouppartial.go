package ops

import (
	"errors"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// partialGroups is the phase Partial: it adds up the rows of a batch, or with AtEnd of many,
// before they go to the tasks of their groups. It keeps nothing over a barrier.
//
// Of rows that may be taken back a group is what they change: its counts and sums may be
// negative. One that comes to nothing is not handed on.
//
// Where adding up hardly makes rows fewer, batches pass for a while without being
// grouped: each row is a group then.
type partialGroups struct {
	op *ir.GroupAggOp
	in *aggInput
	tables
	t        *groupTable
	added    RowCount
	maxRows  int
	retracts bool // rows may be taken back
	passes   int  // batches that are still to pass without being grouped
	batch    vexec.Batch
	passing  vexec.Batch
	zero     []int32
	rest     []int32
}

// When batches pass without being grouped: where more than three rows in four of a batch have
// a group of their own, as many of the next ones do.
const (
	passBatches = 31
	passLeast   = 64 // rows of a batch that tell
)

func newPartialGroups(o *ir.GroupAggOp, g *GroupAgg) *partialGroups {
	p := &partialGroups{op: o, tables: g.tables, in: g.in, rest: []int32{}}
	for i := range o.Aggs {
		p.retracts = p.retracts || o.Aggs[i].Retracts
	}
	return p
}

// Counted implements RowCounter.
func (p *partialGroups) Counted() RowCount { return p.added }

// Open implements vexec.Operator.
func (p *partialGroups) Open(oc *vexec.OpContext) (err error) {
	p.mem, p.maxRows = oc.Memory, max(1, oc.MaxRows)
	p.in.setClock(oc.Clock)
	p.dropFree()
	p.t, err = p.take()
	return err
}

// Push implements vexec.Operator.
func (p *partialGroups) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := p.in.bind(b, b.Sel); err != nil {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return p.Push(port, half, out) })
	}
	sel, err := p.rejectBad(p.in, b, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return err
	}
	rows := selected(sel, b.Rows)
	if p.passes > 0 {
		p.passes--
		if 2*rows > int64(b.Rows) && p.t.accs.Grow(b.Rows) == nil {
			p.added.Grouped += rows
			return p.pass(b, sel, out)
		}
	}
	err = p.add(b, sel)
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		if err := p.Flush(out); err != nil {
			return err
		}
		if err = p.anew(); err == nil {
			err = p.add(b, sel)
		}
	}
	if err != nil {
		return err
	}
	p.added.Grouped += rows
	switch {
	case !p.op.AtEnd:
		if rows >= passLeast && 8*int64(p.t.groups()) > rows {
			p.passes = passBatches
		}
		return p.Flush(out)
	case p.mem.Used() <= flushBytes:
		return nil
	}
	if err := p.Flush(out); err != nil {
		return err
	}
	return p.anew()
}

// add adds the rows of sel to their groups.
func (p *partialGroups) add(b *vexec.Batch, sel []int32) error {
	if err := p.intern(p.t, p.in.keys, sel, b.Rows); err != nil {
		return err
	}
	p.addChanges(p.t, p.in, b, sel)
	return nil
}

// pass hands on each row of sel as a group. There are no others, and there is room for them.
func (p *partialGroups) pass(b *vexec.Batch, sel []int32, out vexec.Emitter) error {
	all := p.span(0, b.Rows)
	ids := p.ids
	p.ids = all
	p.addChanges(p.t, p.in, b, sel)
	p.ids = ids
	p.passing.Reset(p.op.Out)
	p.passing.Rows, p.passing.Sel = b.Rows, sel
	copy(p.passing.Cols, p.in.keys)
	p.t.accs.State(all, p.passing.Cols[len(p.keyTypes):])
	p.t.accs.Reset()
	return out.Emit(&p.passing)
}

// anew gives memory back.
func (p *partialGroups) anew() (err error) {
	p.t.release()
	p.t = nil
	p.t, err = p.take()
	return err
}

// Flush implements vexec.Flusher.
func (p *partialGroups) Flush(out vexec.Emitter) error {
	for lo := 0; lo < p.t.groups(); lo += p.maxRows {
		ids := p.span(lo, min(lo+p.maxRows, p.t.groups()))
		p.batch.Reset(p.op.Out)
		p.batch.Rows = len(ids)
		p.t.keys.Keys(ids, p.batch.Cols[:len(p.keyTypes)])
		p.t.accs.State(ids, p.batch.Cols[len(p.keyTypes):])
		if p.retracts && p.op.TTL == 0 { // with a TTL each row keeps its group for longer
			p.leaveOutNothing()
		}
		if p.batch.Live() == 0 {
			continue
		}
		if err := out.Emit(&p.batch); err != nil {
			return err
		}
	}
	p.t.keys.Reset()
	p.t.accs.Reset()
	p.t.n = 0
	return nil
}

// leaveOutNothing leaves out the groups of the batch that change nothing: all parts of their
// state are zero, or lists without elements.
func (p *partialGroups) leaveOutNothing() {
	zero := p.zero[:0]
	for r := range p.batch.Rows {
		zero = append(zero, int32(r))
	}
	p.zero = zero
	for c := len(p.keyTypes); c < len(p.batch.Cols) && len(zero) > 0; c++ {
		zero = zeros(&p.batch.Cols[c], zero)
	}
	if len(zero) == 0 {
		return
	}
	p.rest = p.rest[:0]
	for r := range p.batch.Rows {
		if len(zero) > 0 && int(zero[0]) == r {
			zero = zero[1:]
			continue
		}
		p.rest = append(p.rest, int32(r))
	}
	p.batch.Sel = p.rest
}

// zeros keeps the rows in which a column of a state says nothing.
func zeros(v *vexec.Vec, rows []int32) []int32 {
	out := rows[:0]
	for _, r := range rows {
		if isZero(v, int(r)) {
			out = append(out, r)
		}
	}
	return out
}

func isZero(v *vexec.Vec, r int) bool {
	switch {
	case v.Null(r):
		return false
	case v.Type.Kind == ir.Array:
		return v.Offs[r] == v.Offs[r+1]
	case v.Type.Kind == ir.BigInt:
		return v.Int64s()[r] == 0
	case v.Type.Kind == ir.Double:
		return v.Float64s()[r] == 0
	case v.Type.Kind == ir.Decimal:
		return v.Decs()[r] == ir.Dec{}
	}
	return false
}

// Advance implements vexec.Operator.
func (p *partialGroups) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Finish implements vexec.Operator.
func (p *partialGroups) Finish(out vexec.Emitter) error { return p.Flush(out) }

// Close implements vexec.Operator.
func (p *partialGroups) Close() error {
	p.dropFree()
	if p.t != nil {
		p.t.release()
		p.t = nil
	}
	return nil
}

var _ vexec.Flusher = (*partialGroups)(nil)
