package opt

import "github.com/helios-stream/helios/ir"

// maxMerged is the number of expression parts up to which two projections are
// merged even where the result is larger than both.
const maxMerged = 64

// mergeProjects computes both projections in one, unless what the upper one uses
// many times would make the result much larger.
func mergeProjects(_ *Ctx, n ir.Node) (ir.Node, bool) {
	upper, ok := n.(*ir.Project)
	if !ok {
		return n, false
	}
	lower, ok := upper.Input.(*ir.Project)
	if !ok || anyVolatile(lower.Exprs) {
		return n, false
	}
	before, after := 0, 0
	for _, e := range lower.Exprs {
		before += size(e)
	}
	for _, e := range upper.Exprs {
		before += size(e)
		after += substitutedSize(e, lower.Exprs)
	}
	if after > max(before, maxMerged) {
		return n, false
	}
	c := *upper
	c.Input = lower.Input
	c.Exprs, _ = mapList(upper.Exprs, func(e ir.Expr) ir.Expr { return ir.Substitute(e, lower.Exprs) })
	return &c, true
}

// removeNoopProject removes a projection of all input columns in order, by their names.
func removeNoopProject(_ *Ctx, n ir.Node) (ir.Node, bool) {
	p, ok := n.(*ir.Project)
	if !ok || !p.S.Equal(p.Input.Schema()) || p.P != *p.Input.Props() {
		return n, false
	}
	for i, e := range p.Exprs {
		if c, isRef := e.(*ir.ColRef); !isRef || c.Index != i {
			return n, false
		}
	}
	return p.Input, true
}

// pushWatermarkThroughProject moves a watermark below a projection that passes the
// time column on as it is and rejects no row: the watermark sees the same rows there.
func pushWatermarkThroughProject(_ *Ctx, n ir.Node) (ir.Node, bool) {
	w, ok := n.(*ir.Watermark)
	if !ok {
		return n, false
	}
	p, ok := w.Input.(*ir.Project)
	if !ok {
		return n, false
	}
	ref, ok := p.Exprs[w.TimeCol].(*ir.ColRef)
	if !ok {
		return n, false
	}
	for _, e := range p.Exprs {
		if ir.MayFail(e) {
			return n, false
		}
	}
	lower := *w
	lower.Input = p.Input
	lower.TimeCol = ref.Index
	lower.P = *p.Input.Props()
	lower.P.TimeCol = ref.Index
	upper := *p
	upper.Input = &lower
	upper.P = w.P
	return &upper, true
}
