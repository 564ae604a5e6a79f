package ops

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// overFrame is a frame, and the aggregates over its rows.
type overFrame struct {
	frame ir.Frame
	at    int          // its place in Over.frames
	calls []ir.AggCall // over cols
	of    []int        // by call: its place in Over.calls
	set   *agg.Set     // nil: no aggregates
	cols  []int        // the columns that the calls take
	in    *aggInput    // over cols
	args  *ir.Schema   // cols
	plus  overRows     // rows that come into frames in this round
	minus overRows     // rows that leave them
	final []vexec.Vec  // results
}

// overRows is copies of what aggregates take of some rows.
type overRows struct {
	rows  []int32 // of Over.rows
	ids   []uint32
	ord   []uint64
	batch vexec.Batch
}

// moves reports whether rows leave the frame.
func (f *overFrame) moves() bool { return f.frame.Start.Kind != ir.UnboundedPreceding }

// prepare compiles what the calls take of rows of the schema in.
func (f *overFrame) prepare(in *ir.Schema) (err error) {
	if len(f.calls) == 0 {
		return nil
	}
	to := make([]int, len(in.Cols))
	used := make([]bool, len(in.Cols))
	for i := range f.calls {
		for _, e := range f.calls[i].Exprs() {
			ir.UsedColumns(e, used)
		}
	}
	for c := range used {
		if used[c] {
			to[c] = len(f.cols)
			f.cols = append(f.cols, c)
		}
	}
	for i := range f.calls {
		f.calls[i] = f.calls[i].MapExprs(func(e ir.Expr) ir.Expr { return ir.Shift(e, to) })
		f.calls[i].Retracts = f.moves()
	}
	f.args = in.Select(f.cols)
	if f.in, err = newAggInput(nil, f.calls, f.args); err != nil {
		return err
	}
	_, err = agg.NewSet(f.calls, nil)
	return err
}

func (f *overFrame) open(oc *vexec.OpContext) (err error) {
	if len(f.calls) == 0 {
		return nil
	}
	f.in.setClock(oc.Clock)
	f.final = make([]vexec.Vec, len(f.calls))
	f.set, err = agg.NewSet(f.calls, oc.Memory)
	return err
}

// step moves the frame of each active partition to its next row, and computes the
// aggregates over it.
func (f *overFrame) step(w *Over) error {
	f.plus.reset()
	f.minus.reset()
	for _, id := range w.active {
		p := &w.parts[id]
		lo, hi := f.bounds(w, p)
		from, to := max(p.hi[f.at], lo), max(hi, lo)
		if f.set != nil {
			for place := from; place < to; place++ {
				f.plus.add(p.row(place), id, place)
			}
			for place := p.lo[f.at]; f.moves() && place < min(lo, p.hi[f.at]); place++ {
				f.minus.add(p.row(place), id, place)
			}
		}
		p.lo[f.at], p.hi[f.at] = lo, max(p.hi[f.at], to)
	}
	if f.set == nil {
		return nil
	}
	if err := f.take(w, &f.plus, false); err != nil {
		return err
	}
	if err := f.take(w, &f.minus, true); err != nil {
		return err
	}
	if err := f.set.Grow(len(w.parts)); err != nil {
		return err
	}
	f.set.Final(w.active, f.final, func(row int, reason string) { w.fail(row, reason) })
	for i, c := range f.of {
		w.round.Cols[c] = f.final[i]
	}
	return nil
}

func (r *overRows) reset() { r.rows, r.ids, r.ord = r.rows[:0], r.ids[:0], r.ord[:0] }

func (r *overRows) add(row int32, id uint32, place int64) {
	r.rows, r.ids, r.ord = append(r.rows, row), append(r.ids, id), append(r.ord, uint64(place))
}

// take gives rows to the aggregates, or takes them back.
func (f *overFrame) take(w *Over, r *overRows, back bool) error {
	if len(r.rows) == 0 {
		return nil
	}
	view := vexec.Batch{Schema: f.args, Rows: w.rows.Rows, Part: -1}
	for _, c := range f.cols {
		view.Cols = append(view.Cols, w.rows.Cols[c])
	}
	r.batch.Reset(f.args)
	vexec.AppendRows(&r.batch, &view, r.rows)
	r.batch.Rows, r.batch.Ord = len(r.rows), r.ord
	if err := f.in.bind(&r.batch, nil); err != nil {
		return err
	}
	in := f.in.narrow(nil, r.batch.Rows)
	if back {
		f.set.Retract(in, r.ids, nil, r.batch.Rows)
	} else {
		f.set.Update(in, r.ids, nil, r.batch.Rows)
	}
	return nil
}

// bounds is which places the frame of a partition's next row has: from lo up to, not
// including, hi. Neither ever falls from row to row.
func (f *overFrame) bounds(w *Over, p *overPart) (lo, hi int64) {
	i, total := p.done, p.total()
	if f.frame.Rows {
		return max(rowsBound(f.frame.Start, i, total), 0), min(rowsBound(f.frame.End, i, total)+1, total)
	}
	at := p.row(i)
	lo, hi = p.lo[f.at], p.hi[f.at]
	for f.moves() && lo < total && f.side(w, &f.frame.Start, p.row(lo), at) < 0 {
		lo++
	}
	if f.frame.End.Kind == ir.UnboundedFollowing {
		return lo, total
	}
	for hi < total && f.side(w, &f.frame.End, p.row(hi), at) <= 0 {
		hi++
	}
	return lo, hi
}

// rowsBound is the place of a bound that counts rows; -1: before the first.
func rowsBound(b ir.FrameBound, i, total int64) int64 {
	switch b.Kind {
	case ir.UnboundedPreceding:
		return 0
	case ir.Preceding:
		return max(i-b.N, -1)
	case ir.Following:
		return min(i+b.N, total)
	case ir.UnboundedFollowing:
		return total - 1
	}
	return i
}

// side compares row x with a bound of the frame of the row at: -1 before it.
func (f *overFrame) side(w *Over, b *ir.FrameBound, x, at int32) int {
	rows := &w.rows
	if b.Kind == ir.CurrentRow {
		return vexec.CompareRows(w.op.Order, rows, int(x), rows, int(at))
	}
	k := &w.op.Order[0]
	v := &rows.Cols[k.Col]
	if v.Null(int(x)) || v.Null(int(at)) { // NULLs are as far from each other as equal values
		return vexec.CompareKey(k, v, int(x), v, int(at))
	}
	by := b.N
	if v.Type.Nanos() {
		by *= 1000
	}
	if (b.Kind == ir.Preceding) != k.Desc {
		by = -by
	}
	c := compareInts(v.Whole(int(x)), addClamped(v.Whole(int(at)), by))
	if k.Desc {
		return -c
	}
	return c
}

// addClamped adds and stays within what fits.
func addClamped(a, b int64) int64 {
	c := a + b
	switch {
	case b > 0 && c < a:
		return math.MaxInt64
	case b < 0 && c > a:
		return math.MinInt64
	}
	return c
}
