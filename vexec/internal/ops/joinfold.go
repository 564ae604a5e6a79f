package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// changeFold finds changes of a batch that undo each other: a row that comes, and the same row
// that goes.
type changeFold struct {
	at    map[uint64]int32 // the last row of a hash, plus 1
	chain []int32          // by physical row: the one before of the same hash, plus 1
	done  []bool           // by physical row: another one has undone it
}

// fold sets done for rows of a batch whose hashes are given.
func (f *changeFold) fold(b *vexec.Batch, rows []int32, hash []uint64) {
	f.chain, f.done = grownTo(f.chain, b.Rows), grownTo(f.done, b.Rows)
	clear(f.done)
	if f.at == nil {
		f.at = map[uint64]int32{}
	}
	clear(f.at)
	for _, r := range rows {
		sign := b.KindOf(int(r)).Sign()
		for o := f.at[hash[r]] - 1; o >= 0; o = f.chain[o] - 1 {
			if !f.done[o] && b.KindOf(int(o)).Sign() != sign && sameRow(b.Cols, int(r), b.Cols, int(o)) {
				f.done[o], f.done[r] = true, true
				break
			}
		}
		if !f.done[r] {
			f.chain[r] = f.at[hash[r]]
			f.at[hash[r]] = r + 1
		}
	}
}

// joinHeld is what a batch of changes gives, held back so that what undoes each other does
// not go out: rows that change in columns which the result does not have.
type joinHeld struct {
	on    bool
	batch vexec.Batch
	all   []int
	rows  []int32
	hash  []uint64
	folds changeFold
}

func (h *joinHeld) init(out *ir.Schema) {
	h.all = allColumns(out)
	h.batch.Reset(out)
}

// hold takes rows that would go out.
func (j *Join) hold(b *vexec.Batch, out vexec.Emitter) error {
	h := &j.held
	rows := b.Sel
	if rows == nil {
		rows = countedRows(&h.rows, b.Rows)
	}
	for len(rows) > 0 {
		n := min(len(rows), j.pairs.most-h.batch.Rows)
		if n == 0 {
			if err := j.release(out); err != nil {
				return err
			}
			continue
		}
		vexec.AppendRows(&h.batch, b, rows[:n])
		rows = rows[n:]
	}
	return nil
}

// countedRows is the numbers of the first n rows, in buf.
func countedRows(buf *[]int32, n int) []int32 {
	for i := len(*buf); i < n; i++ {
		*buf = append(*buf, int32(i))
	}
	return (*buf)[:n]
}

// release gives what is held, without what undoes each other.
func (j *Join) release(out vexec.Emitter) error {
	h := &j.held
	b := &h.batch
	if b.Rows == 0 {
		return nil
	}
	if b.Kind != nil {
		h.hash = grownTo(h.hash, b.Rows)
		vexec.HashRows(b, h.all, h.hash)
		h.folds.fold(b, countedRows(&h.rows, b.Rows), h.hash)
		kept := make([]int32, 0, b.Rows)
		for r := range int32(b.Rows) {
			if !h.folds.done[r] {
				kept = append(kept, r)
			}
		}
		b.Sel = kept
	}
	b.Part = -1
	var err error
	if b.Live() > 0 {
		err = out.Emit(b)
	}
	b.Reset(j.op.Out)
	return err
}
