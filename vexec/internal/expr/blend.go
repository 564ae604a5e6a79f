package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// flatten writes the rows of sel of a Dict vector to r's memory as a Flat vector
// of n rows.
func flatten(v *vexec.Vec, r *register, n int, sel []int32) *vexec.Vec {
	if classOf(v.Type) == nested {
		return pickSel(v, r, n, sel)
	}
	out := r.reset(v.Type, n)
	codes, d := v.Codes(), v.Dict
	if v.Valid != nil { // codes of NULL rows are not followed
		sel = kernels.SelBits(v.Valid, n, sel, r.room(n))
	}
	if v.Valid != nil || d.Valid != nil {
		out.Valid = r.bitmap(n)
		clear(out.Valid)
		if d.Valid != nil {
			kernels.GatherBits(out.Valid, d.Valid, codes[:n], sel)
		} else {
			kernels.PutBits(out.Valid, true, n, sel)
		}
	}
	gather(out, d, codes[:n], sel)
	return out
}

// repeat writes a Const vector to r's memory as a Flat vector of n rows, at those of sel.
func repeat(v *vexec.Vec, r *register, n int, sel []int32) *vexec.Vec {
	if classOf(v.Type) == nested {
		return pickSel(v, r, n, sel)
	}
	b := newBlender(r, v.Type, n)
	b.add(v, sel)
	return b.out
}

// pickSel picks the rows of sel; the others are NULL.
func pickSel(v *vexec.Vec, r *register, n int, sel []int32) *vexec.Vec {
	rows := noRows(n)
	forRows(n, sel, func(i int32) { rows[i] = i })
	pickRows(&r.flat, v.Type, []*vexec.Vec{v}, nil, rows)
	return &r.flat
}

// noRows are n rows of which none is picked.
func noRows(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = -1
	}
	return rows
}

// gather sets the values of out at the rows of sel to those of d at their codes.
func gather(out, d *vexec.Vec, codes, sel []int32) {
	switch classOf(out.Type) {
	case bits:
		kernels.GatherBits(out.Data, d.Data, codes, sel)
	case int8s:
		kernels.TakeSel(out.Int8s(), d.Int8s(), codes, sel)
	case int16s:
		kernels.TakeSel(out.Int16s(), d.Int16s(), codes, sel)
	case int32s:
		kernels.TakeSel(out.Int32s(), d.Int32s(), codes, sel)
	case int64s:
		kernels.TakeSel(out.Int64s(), d.Int64s(), codes, sel)
	case float32s:
		kernels.TakeSel(out.Float32s(), d.Float32s(), codes, sel)
	case float64s:
		kernels.TakeSel(out.Float64s(), d.Float64s(), codes, sel)
	case decs:
		kernels.TakeSel(out.Decs(), d.Decs(), codes, sel)
	case texts:
		kernels.TakeSel(out.Views(), d.Views(), codes, sel)
		out.Bufs = append(out.Bufs, d.Bufs...)
	}
}

// blender builds a Flat column out of rows of several columns.
type blender struct {
	out *vexec.Vec
	reg *register
	n   int
}

func newBlender(r *register, t *ir.Type, n int) *blender {
	return &blender{out: r.reset(t, n), reg: r, n: n}
}

// add sets the rows of sel to those of v.
func (b *blender) add(v *vexec.Vec, sel []int32) {
	if sel != nil && len(sel) == 0 {
		return
	}
	one, null := isConst(v)
	if null {
		b.validity()
		kernels.PutBits(b.out.Valid, false, b.n, sel)
		return
	}
	if v.Enc == vexec.Dict {
		var tmp register
		v = flatten(v, &tmp, b.n, sel)
	}
	switch {
	case !one && v.Valid != nil:
		b.validity()
		kernels.CopyBits(b.out.Valid, v.Valid, b.n, sel)
	case b.out.Valid != nil:
		kernels.PutBits(b.out.Valid, true, b.n, sel)
	}
	b.values(v, one, sel)
}

// validity makes the bitmap; what was set before had no NULL.
func (b *blender) validity() {
	if b.out.Valid == nil {
		b.out.Valid = b.reg.bitmap(b.n)
		kernels.FillBits(b.out.Valid, true)
	}
}

func (b *blender) values(v *vexec.Vec, one bool, sel []int32) {
	out := b.out
	switch classOf(out.Type) {
	case bits:
		if one {
			kernels.PutBits(out.Data, v.Data[0]&1 == 1, b.n, sel)
			return
		}
		kernels.CopyBits(out.Data, v.Data, b.n, sel)
	case int8s:
		put(out.Int8s(), v.Int8s(), one, sel)
	case int16s:
		put(out.Int16s(), v.Int16s(), one, sel)
	case int32s:
		put(out.Int32s(), v.Int32s(), one, sel)
	case int64s:
		put(out.Int64s(), v.Int64s(), one, sel)
	case float32s:
		put(out.Float32s(), v.Float32s(), one, sel)
	case float64s:
		put(out.Float64s(), v.Float64s(), one, sel)
	case decs:
		put(out.Decs(), v.Decs(), one, sel)
	case texts:
		shift := int32(len(out.Bufs))
		out.Bufs = append(out.Bufs, v.Bufs...)
		if one {
			kernels.Fill(out.Views(), kernels.ShiftView(v.Views()[0], shift), sel)
			return
		}
		kernels.CopyViews(out.Views(), v.Views(), shift, sel)
	}
}

func put[T any](dst, src []T, one bool, sel []int32) {
	if one {
		kernels.Fill(dst, src[0], sel)
		return
	}
	kernels.CopySel(dst, src, sel)
}

// mergeStep builds a register from parts of the slot of, which are disjoint slots.
type mergeStep struct {
	t     *ir.Type
	dst   int
	of    int
	parts []part
}

// part is a register that holds the values of one slot.
type part struct{ reg, slot int }

func (s *mergeStep) run(p *Program) {
	dst := p.regs[s.dst]
	if p.slots[s.of].empty() {
		dst.setConstNull(s.t)
		return
	}
	for _, q := range s.parts {
		if p.live(q.slot) == p.live(s.of) { // one part has all rows: nothing to build
			dst.out = p.regs[q.reg].out
			if dst.out.Type.Kind == ir.Null {
				dst.setConstNull(s.t)
			}
			return
		}
	}
	if classOf(s.t) == nested {
		s.mergeNested(p, dst)
		return
	}
	b := newBlender(dst, s.t, p.n)
	for _, q := range s.parts {
		b.add(&p.regs[q.reg].out, p.slots[q.slot].rows)
	}
	dst.out = dst.flat
}

// mergeNested is run for values that are not of one place in memory each.
func (s *mergeStep) mergeNested(p *Program, dst *register) {
	srcs := make([]*vexec.Vec, len(s.parts))
	which, rows := make([]int32, p.n), noRows(p.n)
	for k, q := range s.parts {
		srcs[k] = &p.regs[q.reg].out
		forRows(p.n, p.slots[q.slot].rows, func(i int32) { which[i], rows[i] = int32(k), i })
	}
	pickRows(&dst.flat, s.t, srcs, which, rows)
	dst.out = dst.flat
}
