package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// give hands on rows that waited, which are in order, with their versions.
func (t *Temporal) give(rows []int32, out vexec.Emitter) error {
	t.chunks = t.versions.batches(t.chunks[:0])
	for len(rows) > 0 {
		n := min(len(rows), t.maxRows)
		if err := t.giveBlock(rows[:n], out); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (t *Temporal) giveBlock(rows []int32, out vexec.Emitter) error {
	for c := range t.op.Left.Cols {
		expr.Take(&t.pair.Cols[c], &t.left.rows.Cols[c], rows)
	}
	t.pair.Rows, t.pair.Sel = len(rows), nil
	t.lookUp()
	if t.cond != nil {
		if err := t.test(out); err != nil {
			return err
		}
	}
	t.out = vexec.Batch{Schema: t.op.Out, Cols: t.out.Cols[:0], Rows: len(rows), Part: -1}
	if t.op.Type == ir.InnerJoin {
		if t.out.Sel = t.found(); len(t.out.Sel) == 0 {
			return nil
		}
		if len(t.out.Sel) == len(rows) {
			t.out.Sel = nil
		}
	}
	for _, c := range t.op.Cols {
		if c >= len(t.op.Left.Cols) {
			t.version(c)
		}
		t.out.Cols = append(t.out.Cols, t.pair.Cols[c])
	}
	return out.Emit(&t.out)
}

// lookUp sets the versions of the block's rows.
func (t *Temporal) lookUp() {
	n := t.pair.Rows
	for i, k := range t.op.LeftKeys {
		t.keys[i] = t.pair.Cols[k]
	}
	t.ids, t.refs = grow(t.ids, n), grow(t.refs, n)
	t.versions.keys.keys.Finder().Find(t.keys, nil, n, t.ids)
	times := t.leftTime.read(&t.pair)
	for i, id := range t.ids {
		t.refs[i] = t.versions.at(id, times[i])
	}
}

// test takes the versions for which the condition is not true from their rows.
func (t *Temporal) test(out vexec.Emitter) error {
	sel := t.found()
	if len(sel) == 0 {
		return nil
	}
	for c := len(t.op.Left.Cols); c < len(t.used); c++ {
		if t.used[c] {
			t.version(c)
		}
	}
	t.errs.Reset()
	t.pair.Sel = sel
	kept, err := t.cond.Select(&t.pair, nil, &t.errs)
	if err != nil || kept == nil {
		return err // nil: it is true for all rows
	}
	if t.errs.Len() > 0 {
		for c := len(t.op.Left.Cols); c < len(t.used); c++ {
			t.version(c)
		}
		t.counted.Lost += int64(t.errs.Len())
		if err := out.Reject(&t.pair, t.errs.Fates()); err != nil {
			return err
		}
	}
	for _, r := range sel {
		if len(kept) > 0 && kept[0] == r {
			kept = kept[1:]
			continue
		}
		t.refs[r] = vexec.NoRow
	}
	return nil
}

// found is the rows of the block that have a version.
func (t *Temporal) found() []int32 {
	t.sel = append(t.sel[:0], 0)[:0] // not nil: that would be all rows
	for i, ref := range t.refs {
		if ref != vexec.NoRow {
			t.sel = append(t.sel, int32(i))
		}
	}
	return t.sel
}

// version sets column c of the block, which is one of the right side.
func (t *Temporal) version(c int) {
	col := c - len(t.op.Left.Cols)
	t.gather.Gather(&t.pair.Cols[c], t.op.Right.Cols[col].Type, t.chunks, col, t.refs)
}
