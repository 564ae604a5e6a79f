package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// overCall is a call and how it is computed.
type overCall struct {
	call  *ir.OverCall
	frame *overFrame // of an aggregate and of NTH_VALUE
	by    int64      // LAG: how many rows before, LEAD: minus how many behind; NTH_VALUE: which row of the frame
	value overSource // LAG, LEAD, NTH_VALUE: what is given of the other row
	other overSource // LAG, LEAD: what is given where there is no such row
	out   vexec.Batch
	rows  []int32 // by active partition: the row whose value counts; -1: none
}

// overSource is a column of the rows, or one value.
type overSource struct {
	col   int
	fixed *vexec.Batch // nil: a column
	none  bool         // NULL
}

// addCalls finds the frames of the calls and what they take.
func (w *Over) addCalls() error {
	w.calls = make([]overCall, len(w.op.Calls))
	for i := range w.op.Calls {
		c := &w.calls[i]
		c.call = &w.op.Calls[i]
		if c.call.Frame != nil {
			c.frame = w.frameOf(c.call.Frame)
		}
		switch c.call.Fn {
		case "ROW_NUMBER":
		case "RANK", "DENSE_RANK":
			w.last = true
		case "LAG", "LEAD", "NTH_VALUE":
			if err := w.addLookup(c); err != nil {
				return err
			}
		default:
			c.frame.calls, c.frame.of = append(c.frame.calls, c.call.AggCall), append(c.frame.of, i)
		}
	}
	for _, f := range w.frames {
		if err := f.prepare(w.op.In); err != nil {
			return err
		}
	}
	return nil
}

func (w *Over) frameOf(f *ir.Frame) *overFrame {
	for _, have := range w.frames {
		if have.frame == *f {
			return have
		}
	}
	w.frames = append(w.frames, &overFrame{frame: *f, at: len(w.frames)})
	return w.frames[len(w.frames)-1]
}

// addLookup prepares a call that gives a value of another row.
func (w *Over) addLookup(c *overCall) (err error) {
	c.by = 1
	if len(c.call.Args) > 1 {
		c.by, _ = c.call.Args[1].(*ir.Const).V.(int64)
	}
	switch c.call.Fn {
	case "LAG":
		w.reach = max(w.reach, c.by)
	case "LEAD":
		c.by = -c.by
	}
	if c.value, err = w.source(c.call.Args[0]); err != nil {
		return err
	}
	c.other.none = true
	if len(c.call.Args) > 2 {
		c.other, err = w.source(c.call.Args[2])
	}
	return err
}

// source is where the values of an expression are: a column or a constant.
func (w *Over) source(e ir.Expr) (overSource, error) {
	if col, ok := e.(*ir.ColRef); ok {
		return overSource{col: col.Index}, nil
	}
	none := &ir.Schema{}
	p, err := expr.Compile([]ir.Expr{e}, none)
	if err != nil {
		return overSource{}, err
	}
	var errs expr.Errors
	out := make([]vexec.Vec, 1)
	if err := p.Eval(&vexec.Batch{Schema: none, Rows: 1, Part: -1}, out, &errs); err != nil {
		return overSource{}, err
	}
	s := ir.NewSchema(ir.Column{Name: "value", Type: e.Type()})
	own := &vexec.Batch{}
	vexec.Compact(own, &vexec.Batch{Schema: s, Cols: out, Rows: 1, Part: -1})
	return overSource{fixed: own}, nil
}

// compute gives all rows that are ready their results, a row of each partition at a time.
func (w *Over) compute() error {
	schema := &ir.Schema{Cols: w.op.Out.Cols[len(w.op.In.Cols):]}
	w.results.Reset(schema)
	w.placed, w.bad = w.placed[:0], nil
	w.active = append(w.active[:0], w.touched...)
	for len(w.active) > 0 {
		w.round.Reset(schema)
		w.round.Rows = len(w.active)
		for _, f := range w.frames {
			if err := f.step(w); err != nil {
				return err
			}
		}
		w.rank()
		for i := range w.calls {
			w.look(i)
		}
		vexec.AppendRows(&w.results, &w.round, nil)
		w.next()
	}
	return nil
}

// next goes on to the next row of each partition that has one.
func (w *Over) next() {
	left := w.active[:0]
	for _, id := range w.active {
		p := &w.parts[id]
		w.placed = append(w.placed, p.ready[int64(len(p.ready))-(p.total()-p.done)])
		if p.done++; p.done < p.total() {
			left = append(left, id)
		}
	}
	w.active = left
}

// fail notes that a result of the round is a row error; a row has one, of its first.
func (w *Over) fail(row int, reason string) {
	at := int32(w.results.Rows + row)
	if w.bad == nil {
		w.bad = map[int32]string{}
	}
	if _, said := w.bad[at]; !said {
		w.bad[at] = reason
	}
}

// rank counts the rows of each partition up to the next one.
func (w *Over) rank() {
	if w.last {
		for _, id := range w.active {
			p := &w.parts[id]
			if p.done == 0 || vexec.CompareRows(w.op.Order, &w.rows, int(p.row(p.done-1)), &w.rows, int(p.row(p.done))) != 0 {
				p.rank, p.dense = p.done+1, p.dense+1
			}
		}
	}
	for i := range w.calls {
		fn := w.calls[i].call.Fn
		if !ir.IsRank(fn) {
			continue
		}
		v := &w.round.Cols[i]
		v.Reset(ir.TBigInt, len(w.active))
		out := v.Int64s()
		for k, id := range w.active {
			switch p := &w.parts[id]; fn {
			case "RANK":
				out[k] = p.rank
			case "DENSE_RANK":
				out[k] = p.dense
			default:
				out[k] = p.done + 1
			}
		}
	}
}

// look computes call i if it gives a value of another row.
func (w *Over) look(i int) {
	c := &w.calls[i]
	switch c.call.Fn {
	case "LAG", "LEAD":
		c.rows = c.rows[:0]
		for _, id := range w.active {
			p := &w.parts[id]
			c.find(p, p.done-c.by)
		}
	case "NTH_VALUE":
		c.rows = c.rows[:0]
		for _, id := range w.active {
			p := &w.parts[id]
			place := p.lo[c.frame.at] + c.by - 1
			if place >= p.hi[c.frame.at] {
				place = -1
			}
			c.find(p, place)
		}
	default:
		return
	}
	c.gather(w)
	w.round.Cols[i] = c.out.Cols[0]
}

func (c *overCall) find(p *overPart, place int64) {
	if place < 0 || place >= p.total() {
		c.rows = append(c.rows, -1)
		return
	}
	c.rows = append(c.rows, p.row(place))
}

// gather puts the values of the rows found together, and what stands for those that are not.
func (c *overCall) gather(w *Over) {
	s := ir.NewSchema(ir.Column{Name: c.call.Name, Type: c.call.T})
	c.out.Reset(s)
	for k, r := range c.rows {
		own := w.parts[w.active[k]].row(w.parts[w.active[k]].done)
		switch {
		case r >= 0:
			c.value.append(&c.out, w, s, r)
		case c.other.none:
			c.value.append(&c.out, w, s, own)
		default:
			c.other.append(&c.out, w, s, own)
		}
	}
	if !c.other.none {
		return
	}
	for k, r := range c.rows {
		if r < 0 {
			c.out.Cols[0].SetNull(k, c.out.Rows)
		}
	}
}

func (o *overSource) append(to *vexec.Batch, w *Over, s *ir.Schema, row int32) {
	if o.fixed != nil {
		vexec.AppendRows(to, o.fixed, nil)
		return
	}
	view := vexec.Batch{Schema: s, Cols: w.rows.Cols[o.col : o.col+1], Rows: w.rows.Rows, Part: -1}
	vexec.AppendRows(to, &view, []int32{row})
}

// overOut emits rows with their results.
type overOut struct {
	op        *ir.OverOp
	in, calls *ir.Schema
	rows      vexec.Batch
	results   vexec.Batch
	out       vexec.Batch
	at        []int32 // by place among the rows that are ready: its row of results
	some, of  []int32
}

func (o *overOut) init(op *ir.OverOp) {
	n := len(op.In.Cols)
	o.op, o.in, o.calls = op, op.In, &ir.Schema{Cols: op.Out.Cols[n:]}
}

// emit emits the rows that were ready, in their order, and rejects those without a result.
func (w *Over) emit(rows []int32, out vexec.Emitter) error {
	o := &w.out
	o.at = append(o.at[:0], make([]int32, len(rows))...)
	for result, k := range w.placed {
		o.at[k] = int32(result)
	}
	if err := w.rejectBad(rows, out); err != nil {
		return err
	}
	for lo := 0; lo < len(rows); lo += w.maxRows {
		o.some, o.of = o.some[:0], o.of[:0]
		for k := lo; k < min(lo+w.maxRows, len(rows)); k++ {
			if _, bad := w.bad[o.at[k]]; !bad {
				o.some, o.of = append(o.some, rows[k]), append(o.of, o.at[k])
			}
		}
		if err := o.send(w, out); err != nil {
			return err
		}
	}
	return nil
}

func (o *overOut) send(w *Over, out vexec.Emitter) error {
	if len(o.some) == 0 {
		return nil
	}
	o.rows.Reset(o.in)
	vexec.AppendRows(&o.rows, &w.rows, o.some)
	o.results.Reset(o.calls)
	vexec.AppendRows(&o.results, &w.results, o.of)
	o.out = vexec.Batch{Schema: o.op.Out, Cols: append(append(o.out.Cols[:0], o.rows.Cols...), o.results.Cols...), Rows: len(o.some), Part: -1}
	return out.Emit(&o.out)
}

// rejectBad rejects the rows of which a result is a row error.
func (w *Over) rejectBad(rows []int32, out vexec.Emitter) error {
	if len(w.bad) == 0 {
		return nil
	}
	var b vexec.Batch
	b.Reset(w.op.In)
	var fates []vexec.RowFate
	for k, r := range rows {
		if reason, bad := w.bad[w.out.at[k]]; bad {
			fates = append(fates, vexec.RowFate{Row: int32(b.Rows), Why: vexec.FateError, Reason: reason})
			vexec.AppendRows(&b, &w.rows, []int32{r})
		}
	}
	return out.Reject(&b, fates)
}
