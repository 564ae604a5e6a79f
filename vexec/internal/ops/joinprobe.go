package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// joinPairs are pairs of rows of a batch of one side, and rows of the other that are kept:
// a block of them at a time, whose condition is looked at.
type joinPairs struct {
	rows []int32  // of the batch; they do not decrease
	refs []uint32 // of the other side, behind its base
	most int      // in a block

	// Columns of pairs by their place among those of left and then right: each has one memory
	// for what comes from the batch, and another for what is kept.
	taken, kept []vexec.Vec

	cond   *expr.Filter // over the columns of left and then right; nil: none
	used   []int        // columns that cond reads
	batch  vexec.Batch  // the pairs, with these columns
	errs   expr.Errors
	sign   joinSign
	lost   int64 // pairs that were rejected
	gather vexec.Gatherer
}

// joinSign is what happens to the rows of the batch.
type joinSign int8

const (
	joinCount  joinSign = iota // they are counted: nothing comes out
	joinAdd                    // they come
	joinRemove                 // they are taken back
)

func (p *joinPairs) init(o *ir.JoinOp) error {
	pairs := ir.PairSchema(o.Type, o.Left, o.Right)
	n := len(pairs.Cols)
	p.taken, p.kept = make([]vexec.Vec, n), make([]vexec.Vec, n)
	p.batch = vexec.Batch{Schema: pairs, Cols: make([]vexec.Vec, n), Part: -1}
	if o.Cond == nil {
		return nil
	}
	used := map[int]bool{}
	ir.WalkExpr(o.Cond, func(e ir.Expr) bool {
		if c, ok := e.(*ir.ColRef); ok {
			used[c.Index] = true
		}
		return true
	})
	for c := range pairs.Cols {
		if used[c] {
			p.used = append(p.used, c)
		}
	}
	var err error
	p.cond, err = expr.CompileFilter(o.Cond, nil, pairs)
	return err
}

// probe gives the pairs of rows of x, of one side, with the rows of the other that are kept to
// j.block, a block at a time.
func (j *Join) probe(side int, x *joinInput, rows []int32, sign joinSign, out vexec.Emitter) error {
	other := &j.sides[1-side].joinRows
	if other.rows == 0 {
		return nil
	}
	p := &j.pairs
	p.rows, p.refs, p.sign = p.rows[:0], p.refs[:0], sign
	once := j.op.Type.LeftOnly() && side == 0 && j.op.Cond == nil && sign == joinAdd
	var err error
	if j.op.Kind == ir.IntervalJoin {
		err = j.probeTimes(side, x, rows, once, out)
	} else {
		err = j.probeKeys(side, x, rows, once, out)
	}
	if err == nil && len(p.rows) > 0 {
		err = j.block(side, x, out)
	}
	return err
}

// probeKeys pairs all rows of equal keys. With once a row takes part in one pair alone.
func (j *Join) probeKeys(side int, x *joinInput, rows []int32, once bool, out vexec.Emitter) error {
	p, other := &j.pairs, &j.sides[1-side].joinRows
	base := other.base()
	for _, r := range rows {
		for link := &other.heads[x.ids[r]]; *link != vexec.NoRow && *link >= base; {
			at := *link - base
			c, i := other.chunks[at>>vexec.ChunkBits], at&(vexec.ChunkRows-1)
			if c.gone.has(i) {
				*link = c.next[i]
				continue
			}
			if len(p.rows) == p.most {
				if err := j.block(side, x, out); err != nil {
					return err
				}
			}
			p.rows, p.refs = append(p.rows, r), append(p.refs, at)
			if once {
				break
			}
			link = &c.next[i]
		}
	}
	return nil
}

// probeTimes pairs rows of equal keys whose times are near each other, unless one of them
// came when the watermark had passed all times of rows that the other may be paired with.
func (j *Join) probeTimes(side int, x *joinInput, rows []int32, once bool, out vexec.Emitter) error {
	p, own, other := &j.pairs, &j.sides[side].joinRows, &j.sides[1-side].joinRows
	base := other.base()
	b := j.op.Time
	lo, hi := b.Lo, b.Hi // of the other's time less the row's own
	if side == 0 {
		lo, hi = -b.Hi, -b.Lo
	}
	for _, r := range rows {
		t := x.times[r]
		from, to, mark := later(t, lo), later(t, hi), x.mark(r)
		for ref := other.heads[x.ids[r]]; ref != vexec.NoRow && ref >= base; {
			at := ref - base
			c, i := other.chunks[at>>vexec.ChunkBits], at&(vexec.ChunkRows-1)
			ref = c.next[i]
			o := c.times[i]
			if o < from || o > to || mark != ir.MinMicros && int64(mark) > later(o, other.span) ||
				c.marks != nil && int64(c.marks[i]) > later(t, own.span) {
				continue
			}
			if len(p.rows) == p.most {
				if err := j.block(side, x, out); err != nil {
					return err
				}
			}
			p.rows, p.refs = append(p.rows, r), append(p.refs, at)
			if once {
				break
			}
		}
	}
	return nil
}

// block looks at the condition of a block of pairs, and has those that fulfil it taken.
func (j *Join) block(side int, x *joinInput, out vexec.Emitter) error {
	p := &j.pairs
	if p.cond != nil {
		if err := j.filter(side, x, out); err != nil {
			return err
		}
	}
	var err error
	if len(p.rows) > 0 {
		err = j.take(side, x, out)
	}
	p.rows, p.refs = p.rows[:0], p.refs[:0]
	return err
}

// filter keeps the pairs for which the condition is true. Those that it fails for are
// rejected when they come.
func (j *Join) filter(side int, x *joinInput, out vexec.Emitter) error {
	p := &j.pairs
	for _, c := range p.used {
		p.batch.Cols[c] = j.column(c, side, x)
	}
	p.batch.Rows = len(p.rows)
	p.errs.Reset()
	sel, err := p.cond.Select(&p.batch, nil, &p.errs)
	if err != nil {
		return err
	}
	if p.errs.Len() > 0 && p.sign == joinAdd {
		for c := range p.batch.Cols {
			p.batch.Cols[c] = j.column(c, side, x)
		}
		p.lost += int64(p.errs.Len())
		if err := out.Reject(&p.batch, p.errs.Fates()); err != nil {
			return err
		}
	}
	if sel == nil {
		return nil
	}
	for k, i := range sel {
		p.rows[k], p.refs[k] = p.rows[i], p.refs[i]
	}
	p.rows, p.refs = p.rows[:len(sel)], p.refs[:len(sel)]
	return nil
}

// column is a column of the pairs at hand, by its place among those of left and then right.
// It is valid until it is asked for again.
func (j *Join) column(c, side int, x *joinInput) vexec.Vec {
	p := &j.pairs
	of, at := 0, c
	if left := len(j.op.Left.Cols); c >= left {
		of, at = 1, c-left
	}
	if of == side {
		expr.Take(&p.taken[c], &x.batch.Cols[at], p.rows)
		return p.taken[c]
	}
	rows := &j.sides[of].joinRows
	p.gather.Gather(&p.kept[c], rows.in.Cols[at].Type, rows.cols, at, p.refs)
	return p.kept[c]
}
