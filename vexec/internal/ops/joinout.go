package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// joinOut makes the rows that a join gives.
type joinOut struct {
	cols    []vexec.Vec // of the batch that goes out
	kept    []vexec.Vec // memory of columns of rows that are kept
	nulls   []vexec.Vec // by place among those of left and then right: one NULL
	deletes []vexec.RowKind
	late    []vexec.LateMark
	times   []timeColumn // of op.Times
	read    [][]int64
	refs    []uint32
}

func (o *joinOut) init(op *ir.JoinOp) {
	o.cols, o.kept = make([]vexec.Vec, len(op.Cols)), make([]vexec.Vec, len(op.Cols))
	for _, s := range []*ir.Schema{op.Left, op.Right} {
		for _, c := range s.Cols {
			o.nulls = append(o.nulls, vexec.ConstNull(c.Type))
		}
	}
	for _, c := range op.Times {
		o.times = append(o.times, newTimeColumn(op.Out, c))
	}
	o.read = make([][]int64, len(o.times))
}

// emitPairs gives the pairs at hand.
func (j *Join) emitPairs(side int, x *joinInput, kind vexec.RowKind, out vexec.Emitter) error {
	p := &j.pairs
	for k, c := range j.op.Cols {
		j.out.cols[k] = j.column(c, side, x)
	}
	rows := &j.sides[1-side].joinRows
	return j.send(len(p.rows), nil, kind, x.marks != nil || rows.late > 0, func(i int) ir.Micros {
		c, at := rows.at(p.refs[i])
		return max(x.mark(p.rows[i]), c.mark(at))
	}, out)
}

func (c *joinChunk) mark(i uint32) ir.Micros {
	if c.marks == nil {
		return ir.MinMicros
	}
	return c.marks[i]
}

// emitRows gives rows of a batch of one side, which are increasing, without a pair.
func (j *Join) emitRows(side int, x *joinInput, rows []int32, kind vexec.RowKind, out vexec.Emitter) error {
	if len(rows) == 0 {
		return nil
	}
	for k, c := range j.op.Cols {
		if at, of := j.place(c); of == side {
			j.out.cols[k] = x.batch.Cols[at]
		} else {
			j.out.cols[k] = j.out.nulls[c]
		}
	}
	return j.send(x.batch.Rows, rows, kind, x.marks != nil, func(i int) ir.Micros { return x.mark(int32(i)) }, out)
}

// place is where a column is, and in which side.
func (j *Join) place(c int) (at, side int) {
	if left := len(j.op.Left.Cols); c >= left {
		return c - left, 1
	}
	return c, 0
}

// emitKept gives rows that are kept of one side, without a pair.
func (j *Join) emitKept(side int, refs []uint32, kind vexec.RowKind, out vexec.Emitter) error {
	s := &j.sides[side].joinRows
	for len(refs) > 0 {
		some := refs[:min(len(refs), j.pairs.most)]
		refs = refs[len(some):]
		for k, c := range j.op.Cols {
			at, of := j.place(c)
			if of != side {
				j.out.cols[k] = j.out.nulls[c]
				continue
			}
			j.pairs.gather.Gather(&j.out.kept[k], s.in.Cols[at].Type, s.cols, at, some)
			j.out.cols[k] = j.out.kept[k]
		}
		err := j.send(len(some), nil, kind, s.late > 0, func(i int) ir.Micros {
			c, at := s.at(some[i])
			return c.mark(at)
		}, out)
		if err != nil {
			return err
		}
	}
	return nil
}

// send emits the columns of out: rows of them, of which sel (nil: all). mark is the greatest
// late mark of the rows that row i is of; it is not asked where there is none.
func (j *Join) send(rows int, sel []int32, kind vexec.RowKind, marked bool, mark func(i int) ir.Micros, out vexec.Emitter) error {
	o := &j.out
	b := &vexec.Batch{Schema: j.op.Out, Cols: o.cols, Rows: rows, Sel: sel, Part: -1}
	if kind != vexec.Insert {
		for len(o.deletes) < rows {
			o.deletes = append(o.deletes, vexec.Delete)
		}
		b.Kind = o.deletes[:rows]
	}
	if j.held.on {
		return j.hold(b, out)
	}
	if marked && len(o.times) > 0 {
		j.markLate(b, mark)
	}
	return out.Emit(b)
}

// markLate marks the rows that are behind the watermark that was handed on when their parts
// came.
func (j *Join) markLate(b *vexec.Batch, mark func(i int) ir.Micros) {
	o := &j.out
	o.late = o.late[:0]
	for k := range o.times {
		o.read[k] = o.times[k].read(b)
	}
	for i := range b.Live() {
		r := b.Row(i)
		wm := mark(r)
		if wm == ir.MinMicros {
			continue
		}
		wm = j.handOn(wm)
		for k := range o.times {
			if !b.Cols[o.times[k].col].Null(r) && o.read[k][r] < int64(wm) {
				o.late = append(o.late, vexec.LateMark{Row: int32(r), WM: wm})
				break
			}
		}
	}
	if len(o.late) > 0 {
		b.Late = o.late
	}
}

// handOn is the watermark of the results where that of the rows is wm.
func (j *Join) handOn(wm ir.Micros) ir.Micros {
	switch {
	case wm == ir.MaxMicros || wm == ir.MinMicros:
		return wm
	case j.op.Kind == ir.IntervalJoin:
		return wm.Sub(j.op.Time.Spread())
	case j.op.Kind == ir.WindowJoin:
		return handOn(wm, j.op.Left.Cols[j.op.LeftEnd].Type)
	}
	return wm
}
