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

	// The row whose pairs are being looked at, -1: none; its partners for which the
	// condition is true, and whether it failed with one.
	row    int32
	kept   []uint32
	found  bool
	failed bool

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
	p.src, p.refs, p.outSrc, p.outRefs, p.row = p.src[:0], p.refs[:0], p.outSrc[:0], p.outRefs[:0], -1
	l.fates = l.fates[:0]
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
	if len(l.fates) > 0 {
		if err := out.Reject(b, l.fates); err != nil {
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
	sel, err := l.testPairs(b)
	if err != nil {
		return err
	}
	fates := l.errs.Fates()
	for i, r := range p.src {
		if r != p.row {
			if err := l.endRow(b, out); err != nil {
				return err
			}
			p.row = r
		}
		if len(fates) > 0 && int(fates[0].Row) == i {
			if !p.failed {
				f := fates[0]
				f.Row = r
				l.fates = append(l.fates, f)
			}
			p.failed, fates = true, fates[1:]
		}
		if len(sel) > 0 && int(sel[0]) == i {
			sel = sel[1:]
			p.found = true
			if !l.op.Type.LeftOnly() {
				p.kept = append(p.kept, p.refs[i])
			}
		}
	}
	p.src, p.refs = p.src[:0], p.refs[:0]
	return nil
}

// testPairs selects the pairs for which the condition is true; those that failed are in errs.
func (l *Lookup) testPairs(b *vexec.Batch) ([]int32, error) {
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
	n := len(b.Cols)
	for c, used := range l.condCols {
		switch {
		case !used:
		case c < n:
			expr.Take(&p.probe[c], &b.Cols[c], p.src)
			l.pair.Cols[c] = p.probe[c]
		default:
			l.gather.Gather(&l.tested[c-n], l.op.Build.Cols[c-n].Type, l.table.Chunks, c-n, p.refs)
			l.pair.Cols[c] = l.tested[c-n]
		}
	}
	l.pair.Rows, l.pair.Sel = len(p.src), p.sel
	sel, err := l.filter.Select(&l.pair, nil, &l.errs)
	if sel == nil && err == nil {
		sel = p.sel
	}
	return sel, err
}

// endRow decides about the row whose pairs have all been looked at.
func (l *Lookup) endRow(b *vexec.Batch, out vexec.Emitter) error {
	p := &l.pairing
	r, found, failed, kept := p.row, p.found, p.failed, p.kept
	p.row, p.found, p.failed, p.kept = -1, false, false, p.kept[:0]
	switch {
	case r < 0 || failed:
		return nil
	case l.op.Type.LeftOnly():
		if found == (l.op.Type == ir.SemiJoin) {
			p.outSrc = append(p.outSrc, r)
		}
		return nil
	case !found && l.op.Type == ir.LeftJoin:
		kept = noPartner
	}
	for len(kept) > 0 {
		n := min(len(kept), l.maxRows-len(p.outRefs))
		for range n {
			p.outSrc = append(p.outSrc, r)
		}
		p.outRefs = append(p.outRefs, kept[:n]...)
		kept = kept[n:]
		if len(p.outRefs) == l.maxRows {
			if err := l.emitPairs(b, out); err != nil {
				return err
			}
		}
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
