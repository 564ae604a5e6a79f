package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// pushOne joins rows that have one partner at most, or of which it is only asked whether
// they have any.
func (l *Lookup) pushOne(b *vexec.Batch, out vexec.Emitter) error {
	l.split(b)
	if l.op.Type.LeftOnly() && l.filter == nil {
		sel := l.matched
		if l.op.Type == ir.AntiJoin {
			sel = l.missed
		}
		return l.emitRows(b, sel, out)
	}
	l.partners(b)
	if l.filter != nil && len(l.matched) > 0 {
		if err := l.test(b, out); err != nil {
			return err
		}
	}
	switch l.op.Type {
	case ir.AntiJoin:
		return l.emitRows(b, l.missed, out)
	case ir.LeftJoin:
		return l.emitRows(b, merged(l.marked(b), b.Rows, l.matched, l.missed, b.Sel), out)
	}
	return l.emitRows(b, l.matched, out)
}

// split parts the live rows into those that have a partner and the others.
func (l *Lookup) split(b *vexec.Batch) {
	n := b.Live()
	l.matched, l.missed = grow(l.matched, n+1), grow(l.missed, n+1)
	m, k := 0, 0
	for i := range n {
		r := int32(b.Row(i))
		hit := 0
		if l.ids[r] != agg.NoGroup {
			hit = 1
		}
		l.matched[m], l.missed[k] = r, r
		m, k = m+hit, k+1-hit
	}
	l.matched, l.missed = l.matched[:m], l.missed[:k]
}

// partners sets refs for all physical rows: those that are not live get any. Groups are
// references (jointable.Table).
func (l *Lookup) partners(b *vexec.Batch) {
	l.refs = grow(l.refs, b.Rows)
	other := uint32(vexec.NoRow)
	if c := l.table.Chunks; len(c) > 0 && c[0].Rows > 0 {
		other = 0
	}
	if b.Live() == b.Rows {
		copy(l.refs, l.ids)
	} else {
		for r := range l.refs {
			l.refs[r] = other
		}
		for _, r := range l.matched {
			l.refs[r] = l.ids[r]
		}
	}
	if l.op.Type == ir.LeftJoin {
		other = vexec.NoRow
	}
	for _, r := range l.missed {
		l.refs[r] = other
	}
}

// test leaves those in matched for which the condition is true, and puts the others to
// missed. Pairs that it fails for are rejected.
func (l *Lookup) test(b *vexec.Batch, out vexec.Emitter) error {
	l.pair.Rows, l.pair.Sel = b.Rows, l.matched
	n := len(b.Cols)
	copy(l.pair.Cols, b.Cols)
	for c := range l.op.Build.Cols {
		if l.condCols[n+c] {
			l.pair.Cols[n+c] = *l.partner(l.tested, c)
		}
	}
	l.errs.Reset()
	sel, err := l.filter.Select(&l.pair, nil, &l.errs)
	if err != nil {
		return err
	}
	if l.errs.Len() > 0 {
		for c := range l.op.Build.Cols {
			if !l.condCols[n+c] {
				l.pair.Cols[n+c] = *l.partner(l.tested, c)
			}
		}
		l.lost += int64(l.errs.Len())
		if err := out.Reject(&l.pair, l.errs.Fates()); err != nil {
			return err
		}
	}
	if sel == nil {
		return nil // all physical rows, which were all in matched
	}
	if l.op.Type != ir.InnerJoin && l.op.Type != ir.SemiJoin {
		l.miss(b, sel)
	}
	l.matched = append(l.matched[:0], sel...)
	return nil
}

// miss puts rows of matched that are not in sel among those without a partner.
func (l *Lookup) miss(b *vexec.Batch, sel []int32) {
	mark := l.marked(b)
	for _, r := range l.missed {
		mark[r] = true
	}
	for _, r := range l.matched {
		mark[r] = true
		l.refs[r] = keepIf(l.op.Type != ir.LeftJoin, l.refs[r])
	}
	for _, r := range sel {
		mark[r] = false
		l.refs[r] = l.ids[r]
	}
	l.missed = l.missed[:0]
	for i := range b.Live() {
		if r := int32(b.Row(i)); mark[r] {
			l.missed = append(l.missed, r)
		}
	}
}

// keepIf is ref, or where it is not to be kept no row.
func keepIf(keep bool, ref uint32) uint32 {
	if keep {
		return ref
	}
	return vexec.NoRow
}

// marked returns a mark for each physical row, all false.
func (l *Lookup) marked(b *vexec.Batch) []bool {
	l.marks = grow(l.marks, b.Rows)
	clear(l.marks)
	return l.marks
}

// merged is the rows of a and b, both rising, out of sel, in its order; nil where they are all n
// physical rows. mark is scratch.
func merged(mark []bool, n int, a, b, sel []int32) []int32 {
	switch {
	case len(a)+len(b) == n:
		return nil
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	case sel != nil && len(a)+len(b) == len(sel):
		return sel
	}
	out := make([]int32, 0, len(a)+len(b))
	for _, r := range a {
		mark[r] = true
	}
	for _, r := range b {
		mark[r] = true
	}
	for r, in := range mark {
		if in {
			out = append(out, int32(r))
		}
	}
	return out
}

// partner is column c of the partners of all physical rows, in memory of to.
func (l *Lookup) partner(to []vexec.Vec, c int) *vexec.Vec {
	if l.single != nil && (l.op.Type != ir.LeftJoin || len(l.missed) == 0) {
		return &l.single[c]
	}
	l.gather.Gather(&to[c], l.op.Build.Cols[c].Type, l.table.Chunks, c, l.refs)
	return &to[c]
}

// emitRows hands on rows of b, sel, with the columns of their partners.
func (l *Lookup) emitRows(b *vexec.Batch, sel []int32, out vexec.Emitter) error {
	if sel != nil && len(sel) == 0 {
		return nil
	}
	if len(sel) == b.Rows {
		sel = nil
	}
	n := len(b.Cols)
	for i, c := range l.op.Cols {
		if c < n {
			l.cols[i] = b.Cols[c]
		} else {
			l.cols[i] = *l.partner(l.build, c-n)
		}
	}
	l.batch = vexec.Batch{Schema: l.op.Out, Cols: l.cols, Rows: b.Rows, Sel: sel, Kind: b.Kind, Ord: b.Ord, Late: b.Late, Part: b.Part}
	return out.Emit(&l.batch)
}
