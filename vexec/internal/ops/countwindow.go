package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// countWindows are the windows of so many rows of a key, in the order in which they come.
// It keeps the rows that windows still need, numbered by key: so a restart knows how far
// each key has come.
type countWindows struct {
	keyGroups
	w       ir.Window
	time    int // column of the event time; -1: none
	store   rowStore
	of      [][]rowRef // by key: rows since its last window, and those before that the next one has
	seen    []int64    // by key: how many rows have come
	live    int        // keys with rows
	maxRows int

	closed  []countWindow
	gone    []ownedRow  // rows that no window needs once closed has been given
	plain   vexec.Batch // the batch at hand with the numbers of its rows
	numbers vexec.Vec
	rows    []int32
}

// countWindow is a window that has its rows.
type countWindow struct {
	key  uint32
	refs []rowRef
}

func newCountWindows(w ir.Window, in *ir.Schema, timeCol int, keys []int) (countWindows, error) {
	stored := ir.NewSchema(append(slices.Clone(in.Cols), ir.Column{Name: "$n", Type: ir.TBigInt, NotNull: true})...)
	c := countWindows{w: w, time: timeCol, store: newRowStore(stored, keys), rows: make([]int32, 0, 64)}
	var err error
	c.keyGroups, err = newKeyGroups(in, keys)
	return c, err
}

func (c *countWindows) open(oc *vexec.OpContext) error {
	c.maxRows = max(1, oc.MaxRows)
	if err := c.keyGroups.open(oc.Memory); err != nil {
		return err
	}
	return c.store.open(oc, &c.keyGroups, func(b *vexec.Batch) error {
		if err := c.intern(b, c.cols, b.Sel); err != nil {
			return err
		}
		c.grow()
		c.rows = c.rows[:0]
		for i := range b.Live() {
			c.rows = append(c.rows, int32(b.Row(i)))
		}
		n := len(b.Cols) - 1
		return c.store.add(b, c.rows, func(r int32, ref rowRef) {
			key := c.ids[r]
			v, j := b.Cols[n].At(int(r))
			c.put(key, ref)
			c.seen[key] = v.Int64s()[j]
		})
	})
}

// grow makes room for keys that have come.
func (c *countWindows) grow() {
	for len(c.of) < c.keys.Groups() {
		c.of, c.seen = append(c.of, nil), append(c.seen, 0)
	}
}

func (c *countWindows) put(key uint32, ref rowRef) {
	if len(c.of[key]) == 0 {
		c.live++
	}
	c.of[key] = append(c.of[key], ref)
}

// add takes a batch: closed has the windows that are full then, in their order.
func (c *countWindows) add(b *vexec.Batch) error {
	if err := c.sweep(); err != nil {
		return err
	}
	if err := c.number(b); err != nil {
		return err
	}
	return c.store.add(&c.plain, c.rows, func(r int32, ref rowRef) {
		key := c.ids[r]
		c.put(key, ref)
		if int64(len(c.of[key])) == c.w.Size {
			c.full(key)
		}
	})
}

// number gives each row its number among those of its key.
func (c *countWindows) number(b *vexec.Batch) error {
	if err := c.intern(b, c.cols, b.Sel); err != nil {
		return err
	}
	c.grow()
	c.numbers.Reset(ir.TBigInt, b.Rows)
	c.rows = c.rows[:0]
	for i := range b.Live() {
		r := b.Row(i)
		key := c.ids[r]
		if c.w.Slide == c.w.Size && c.seen[key] == c.w.Size {
			c.seen[key] = 0 // it keeps no row: this is as the first one
		}
		c.seen[key]++
		c.numbers.Int64s()[r] = c.seen[key]
		c.rows = append(c.rows, int32(r))
	}
	c.plain = *b
	c.plain.Schema = c.store.in
	c.plain.Cols = append(append(c.plain.Cols[:0:0], b.Cols...), c.numbers)
	return nil
}

// full closes the window of a key that has all its rows.
func (c *countWindows) full(key uint32) {
	refs := c.of[key]
	c.closed = append(c.closed, countWindow{key, slices.Clone(refs)})
	for _, ref := range refs[:c.w.Slide] {
		c.gone = append(c.gone, ownedRow{ref: ref, group: c.group[key]})
	}
	c.of[key] = slices.Delete(refs, 0, int(c.w.Slide))
	if len(c.of[key]) == 0 {
		c.live--
	}
}

// partial closes what keys have of windows that are not full: those with rows that no
// window had.
func (c *countWindows) partial() {
	for key, refs := range c.of {
		n := c.seen[key]
		if n >= c.w.Size {
			n = (n - c.w.Size) % c.w.Slide
		}
		if n > 0 && len(refs) > 0 {
			c.closed = append(c.closed, countWindow{uint32(key), refs})
		}
	}
}

// drop forgets the windows that have been given.
func (c *countWindows) drop() {
	for _, x := range c.gone {
		c.store.forget(x.ref, x.group)
	}
	c.closed, c.gone = c.closed[:0], c.gone[:0]
}

// sweep forgets keys and rows that are gone where most are.
func (c *countWindows) sweep() error {
	if c.keys.Groups() > 2*c.live+fewEntries {
		m, err := c.keyGroups.sweep()
		if err != nil {
			return err
		}
		var keys []uint32
		for key, refs := range c.of {
			if len(refs) > 0 {
				keys = append(keys, uint32(key))
			}
		}
		if err := m.keep(keys); err != nil {
			m.release()
			return err
		}
		of, seen := make([][]rowRef, len(keys)), make([]int64, len(keys))
		for _, key := range keys {
			of[m.at[key]], seen[m.at[key]] = c.of[key], c.seen[key]
		}
		m.done(&c.keyGroups)
		c.of, c.seen = of, seen
	}
	if !c.store.sparse() {
		return nil
	}
	return c.rewrite()
}

// rewrite puts the rows that are left into new chunks.
func (c *countWindows) rewrite() error {
	var all []ownedRow
	for key, refs := range c.of {
		for _, ref := range refs {
			all = append(all, ownedRow{ref, int32(key), c.group[key]})
		}
		c.of[key] = refs[:0]
	}
	return c.store.rewrite(all, func(owner int32, ref rowRef) { c.of[owner] = append(c.of[owner], ref) })
}

func (c *countWindows) seal() error { return c.store.seal(c.rewrite) }

func (c *countWindows) close() {
	if c.keys != nil {
		c.keys.Release()
	}
	c.store.close()
}

// fill writes the times of the first or the last rows of windows to a column: NULL where
// there is no event time.
func (c *countWindows) fill(v *vexec.Vec, t *ir.Type, kind ir.WindowOutKind, rows int, window func(row int) []rowRef) {
	v.Reset(t, rows)
	for i := range rows {
		if c.time < 0 {
			v.SetNull(i, rows)
			continue
		}
		refs := window(i)
		ref := refs[len(refs)-1]
		if kind == ir.OutStart {
			ref = refs[0]
		}
		col := &c.store.at(ref).Cols[c.time]
		if col.Null(int(ref.row)) {
			v.SetNull(i, rows)
			continue
		}
		from, j := col.At(int(ref.row))
		v.Int64s()[i] = from.Int64s()[j]
	}
}

// CountRows is ir.WindowTVFOp for windows of so many rows: it gives the rows of a window,
// with the times of its first and last row, when it has them all.
type CountRows struct {
	countWindows
	op  *ir.WindowTVFOp
	out vexec.Batch
	win []int // window of each row of out
}

func newCountRows(o *ir.WindowTVFOp, in *ir.Schema) (*CountRows, error) {
	c, err := newCountWindows(o.Window, in, o.TimeCol, o.Keys)
	return &CountRows{countWindows: c, op: o}, err
}

// Tables implements vexec.Stateful.
func (c *CountRows) Tables() []vexec.TableSpec { return c.store.tables() }

// Open implements vexec.Operator.
func (c *CountRows) Open(oc *vexec.OpContext) error { return c.open(oc) }

// Push implements vexec.Operator.
func (c *CountRows) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := c.add(b); err != nil {
		return err
	}
	return c.emit(out)
}

// emit gives the rows of the windows that have been closed.
func (c *CountRows) emit(out vexec.Emitter) error {
	c.out.Reset(c.op.Out)
	c.win = c.win[:0]
	for w := range c.closed {
		for refs := c.closed[w].refs; len(refs) > 0; {
			some := refs[:min(len(refs), c.maxRows-c.out.Rows)]
			refs = refs[len(some):]
			c.store.copyTo(&c.out, some)
			for range some {
				c.win = append(c.win, w)
			}
			if c.out.Rows == c.maxRows {
				if err := c.send(out); err != nil {
					return err
				}
			}
		}
	}
	if err := c.send(out); err != nil {
		return err
	}
	c.drop()
	return nil
}

func (c *CountRows) send(out vexec.Emitter) error {
	if c.out.Rows == 0 {
		return nil
	}
	first := len(c.op.Out.Cols) - 3
	for k, kind := range []ir.WindowOutKind{ir.OutStart, ir.OutEnd, ir.OutTime} {
		c.fill(&c.out.Cols[first+k], c.op.Out.Cols[first+k].Type, kind, c.out.Rows, func(row int) []rowRef { return c.closed[c.win[row]].refs })
	}
	err := out.Emit(&c.out)
	c.out.Reset(c.op.Out)
	c.win = c.win[:0]
	return err
}

// Advance implements vexec.Operator.
func (c *CountRows) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Seal implements vexec.Stateful.
func (c *CountRows) Seal(uint64) error { return c.seal() }

// Finish implements vexec.Operator.
func (c *CountRows) Finish(out vexec.Emitter) error {
	if !c.op.Window.Partial {
		return nil
	}
	c.partial()
	return c.emit(out)
}

// Close implements vexec.Operator.
func (c *CountRows) Close() error {
	c.close()
	return nil
}

// CountAgg is ir.WindowAggOp for windows of so many rows: aggregates of their rows. A row
// with an argument that cannot be computed is in its windows as others are, and in no
// aggregate; a window of such rows alone gives none.
type CountAgg struct {
	countWindows
	op    *ir.WindowAggOp
	in    *aggInput
	accs  *agg.Set
	emits emitter
	added RowCount
	bad   int64       // rows of windows that could not be counted
	batch vexec.Batch // rows of windows
	cells []uint32    // window of each row of batch
}

func newCountAgg(o *ir.WindowAggOp, in *ir.Schema) (*CountAgg, error) {
	a := &CountAgg{op: o, emits: emitter{out: o.Out, keys: make([]vexec.Vec, len(o.Keys)), finals: make([]vexec.Vec, len(o.Aggs))}}
	var err error
	if a.countWindows, err = newCountWindows(o.Window, in, o.TimeCol, o.Keys); err != nil {
		return nil, err
	}
	if a.in, err = newAggInput(o.Keys, o.Aggs, in); err != nil {
		return nil, err
	}
	a.accs, err = agg.NewSet(o.Aggs, nil)
	return a, err
}

// Tables implements vexec.Stateful.
func (a *CountAgg) Tables() []vexec.TableSpec { return a.store.tables() }

// Open implements vexec.Operator.
func (a *CountAgg) Open(oc *vexec.OpContext) (err error) {
	if a.accs, err = agg.NewSet(a.op.Aggs, oc.Memory); err != nil {
		return err
	}
	a.emits.maxRows = max(1, oc.MaxRows)
	a.in.setClock(oc.Clock)
	return a.open(oc)
}

// Push implements vexec.Operator.
func (a *CountAgg) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := a.add(b); err != nil {
		return err
	}
	a.added.Grouped += int64(len(a.rows))
	lost, bad := a.emits.lost, a.bad
	err := a.emit(out)
	a.added.Lost += a.emits.lost - lost
	a.added.Grouped -= a.bad - bad
	return err
}

// emit gives the results of the windows that have been closed, some at a time.
func (a *CountAgg) emit(out vexec.Emitter) error {
	for lo := 0; lo < len(a.closed); {
		hi, rows := lo, 0
		for hi < len(a.closed) && hi-lo < a.maxRows && (hi == lo || rows+len(a.closed[hi].refs) <= mergeRows) {
			rows += len(a.closed[hi].refs)
			hi++
		}
		if err := a.results(a.closed[lo:hi], out); err != nil {
			return err
		}
		lo = hi
	}
	a.drop()
	return nil
}

// results gives the results of some windows.
func (a *CountAgg) results(windows []countWindow, out vexec.Emitter) error {
	a.batch.Reset(a.store.in)
	a.cells = a.cells[:0]
	for w := range windows {
		a.store.copyTo(&a.batch, windows[w].refs)
		for range windows[w].refs {
			a.cells = append(a.cells, uint32(w))
		}
	}
	batch := a.batch // without the numbers of the rows
	batch.Schema, batch.Cols = a.op.In, a.batch.Cols[:len(a.op.In.Cols)]
	if err := a.in.bind(&batch, nil); err != nil {
		return err
	}
	a.accs.Reset()
	if err := a.accs.Grow(len(windows)); err != nil {
		return err
	}
	rows := a.in.errs.Without(nil, a.batch.Rows, make([]int32, 0, a.batch.Rows))
	a.accs.Update(a.in.narrow(rows, a.batch.Rows), a.cells, rows, a.batch.Rows)
	var cells, keys []uint32 // of windows with a row
	for _, r := range rows {
		if w := a.cells[r]; len(cells) == 0 || cells[len(cells)-1] != w {
			cells, keys = append(cells, w), append(keys, windows[w].key)
		}
	}
	if a.in.errs.Len() > 0 {
		a.bad += int64(a.in.errs.Len())
		if err := out.Reject(&batch, a.in.errs.Fates()); err != nil {
			return err
		}
	}
	if len(cells) == 0 {
		return nil
	}
	end := func(i int) int64 { // what orders the results of one key
		last := windows[cells[i]].refs
		return int64(last[len(last)-1].chunk)*mergeRows + int64(last[len(last)-1].row)
	}
	return a.emits.some(a.keys, a.accs, keys, cells, end, func(i int, v *vexec.Vec) {
		switch o := a.op.Layout[i]; o.Kind {
		case ir.OutKey:
			*v = a.emits.keys[o.Index]
		case ir.OutAgg:
			*v = a.emits.finals[o.Index]
		default:
			a.fill(v, a.op.Out.Cols[i].Type, o.Kind, len(cells), func(row int) []rowRef { return windows[cells[row]].refs })
		}
	}, out)
}

// Counted implements RowCounter.
func (a *CountAgg) Counted() RowCount { return a.added }

// Advance implements vexec.Operator.
func (a *CountAgg) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Seal implements vexec.Stateful.
func (a *CountAgg) Seal(uint64) error { return a.seal() }

// Finish implements vexec.Operator.
func (a *CountAgg) Finish(out vexec.Emitter) error {
	if !a.op.Window.Partial {
		return nil
	}
	a.partial()
	return a.emit(out)
}

// Close implements vexec.Operator.
func (a *CountAgg) Close() error {
	a.close()
	a.accs.Release()
	return nil
}

var (
	_ vexec.Stateful = (*CountRows)(nil)
	_ vexec.Stateful = (*CountAgg)(nil)
)
