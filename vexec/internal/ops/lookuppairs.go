package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// pairing makes the pairs of a batch's rows with their partners.
type pairing struct {
	// Pairs that the condition is still to be asked about, in the order of the rows. A row
	// without a partner, where it comes out so, stands there with vexec.NoRow.
	src  []int32
	refs []uint32
	sel  []int32

	// The row whose pairs are being looked at, -1: none, and whether it has a partner for
	// which the condition is true.
	row   int32
	found bool

	// Rows of the result.
	outSrc  []int32
	outRefs []uint32
	copies  rowCopies
	probe   []vexec.Vec // columns of In for the condition
	given   []vexec.Vec // columns of In for the result
}

// pushPairs joins rows of which some have several partners.
func (l *Lookup) pushPairs(b *vexec.Batch, out vexec.Emitter) error {
	p := &l.pairing
	if p.given == nil {
		p.given, p.probe = make([]vexec.Vec, len(b.Cols)), make([]vexec.Vec, len(b.Cols))
	}
	p.src, p.refs, p.outSrc, p.outRefs, p.row, p.found = p.src[:0], p.refs[:0], p.outSrc[:0], p.outRefs[:0], -1, false
	for i := range b.Live() {
		r := int32(b.Row(i))
		if err := l.pairRow(b, r, l.table.Of(l.ids[r]), out); err != nil {
			return err
		}
	}
	return l.endPairs(b, out)
}

// endPairs gives what is left of a batch.
func (l *Lookup) endPairs(b *vexec.Batch, out vexec.Emitter) error {
	p := &l.pairing
	if l.filter != nil {
		if err := l.settle(b, out); err != nil {
			return err
		}
		if err := l.endRow(b, out); err != nil {
			return err
		}
	}
	if l.op.Type.LeftOnly() {
		if len(p.outSrc) == 0 {
			return nil
		}
		return l.emitRows(b, p.outSrc, out)
	}
	return l.emitPairs(b, out)
}

// pairRow adds the pairs of one row.
func (l *Lookup) pairRow(b *vexec.Batch, r int32, partners []uint32, out vexec.Emitter) error {
	p := &l.pairing
	if len(partners) == 0 && l.op.Type.KeepsLeft() {
		partners = noPartner
	}
	for len(partners) > 0 {
		src, refs := &p.outSrc, &p.outRefs
		if l.filter != nil {
			src, refs = &p.src, &p.refs
		}
		n := min(len(partners), l.maxRows-len(*refs))
		for range n {
			*src = append(*src, r)
		}
		*refs = append(*refs, partners[:n]...)
		partners = partners[n:]
		if len(*refs) < l.maxRows {
			continue
		}
		if l.filter == nil {
			if err := l.emitPairs(b, out); err != nil {
				return err
			}
			continue
		}
		if err := l.settle(b, out); err != nil {
			return err
		}
		if l.stopFirst && p.row == r && p.found {
			return nil
		}
	}
	return nil
}

var noPartner = []uint32{vexec.NoRow}

// settle asks the condition about the pairs that wait.
func (l *Lookup) settle(b *vexec.Batch, out vexec.Emitter) error {
	p := &l.pairing
	sel, err := l.testPairs(b, out)
	if err != nil {
		return err
	}
	for i, r := range p.src {
		if r != p.row {
			if err := l.endRow(b, out); err != nil {
				return err
			}
			p.row = r
		}
		if len(sel) == 0 || int(sel[0]) != i {
			continue
		}
		sel = sel[1:]
		p.found = true
		if l.op.Type.LeftOnly() {
			continue
		}
		if err := l.give(b, r, p.refs[i], out); err != nil {
			return err
		}
	}
	p.src, p.refs = p.src[:0], p.refs[:0]
	return nil
}

// give adds a row to the result.
func (l *Lookup) give(b *vexec.Batch, r int32, ref uint32, out vexec.Emitter) error {
	p := &l.pairing
	p.outSrc, p.outRefs = append(p.outSrc, r), append(p.outRefs, ref)
	if len(p.outRefs) < l.maxRows {
		return nil
	}
	return l.emitPairs(b, out)
}

// testPairs selects the pairs for which the condition is true, and rejects those that fail.
func (l *Lookup) testPairs(b *vexec.Batch, out vexec.Emitter) ([]int32, error) {
	p := &l.pairing
	l.errs.Reset()
	p.sel = grow(p.sel, len(p.src))[:0]
	for i, ref := range p.refs {
		if ref != vexec.NoRow {
			p.sel = append(p.sel, int32(i))
		}
	}
	if len(p.sel) == 0 {
		return nil, nil
	}
	for c, used := range l.condCols {
		if used {
			l.pairColumn(b, c)
		}
	}
	l.pair.Rows, l.pair.Sel = len(p.src), p.sel
	sel, err := l.filter.Select(&l.pair, nil, &l.errs)
	if err != nil {
		return nil, err
	}
	if sel == nil {
		sel = p.sel
	}
	if l.errs.Len() == 0 {
		return sel, nil
	}
	for c, used := range l.condCols {
		if !used {
			l.pairColumn(b, c)
		}
	}
	l.lost += int64(l.errs.Len())
	return sel, out.Reject(&l.pair, l.errs.Fates())
}

// pairColumn sets a column of the pairs that the condition is asked about.
func (l *Lookup) pairColumn(b *vexec.Batch, c int) {
	p, n := &l.pairing, len(b.Cols)
	if c < n {
		expr.Take(&p.probe[c], &b.Cols[c], p.src)
		l.pair.Cols[c] = p.probe[c]
		return
	}
	l.gather.Gather(&l.tested[c-n], l.op.Build.Cols[c-n].Type, l.table.Chunks, c-n, p.refs)
	l.pair.Cols[c] = l.tested[c-n]
}

// endRow decides about the row whose pairs have all been looked at.
func (l *Lookup) endRow(b *vexec.Batch, out vexec.Emitter) error {
	p := &l.pairing
	r, found := p.row, p.found
	p.row, p.found = -1, false
	switch {
	case r < 0:
	case l.op.Type.LeftOnly():
		if found == (l.op.Type == ir.SemiJoin) {
			p.outSrc = append(p.outSrc, r)
		}
	case !found && l.op.Type == ir.LeftJoin:
		return l.give(b, r, vexec.NoRow, out)
	}
	return nil
}

// emitPairs hands on the rows of the result that have come together.
func (l *Lookup) emitPairs(b *vexec.Batch, out vexec.Emitter) error {
	p := &l.pairing
	if len(p.outSrc) == 0 {
		return nil
	}
	n := len(b.Cols)
	for i, c := range l.op.Cols {
		if c < n {
			expr.Take(&p.given[c], &b.Cols[c], p.outSrc)
			l.cols[i] = p.given[c]
			continue
		}
		l.gather.Gather(&l.build[c-n], l.op.Build.Cols[c-n].Type, l.table.Chunks, c-n, p.outRefs)
		l.cols[i] = l.build[c-n]
	}
	l.batch = p.copies.of(b, p.outSrc)
	l.batch.Schema, l.batch.Cols = l.op.Out, l.cols
	p.outSrc, p.outRefs = p.outSrc[:0], p.outRefs[:0]
	return out.Emit(&l.batch)
}
