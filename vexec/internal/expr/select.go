package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// diffStep sets the slot out to the rows of the slot of that are not in sub.
type diffStep struct{ of, sub, out int }

func (s *diffStep) run(p *Program) {
	of, sub := &p.slots[s.of], &p.slots[s.sub]
	switch p.live(s.sub) {
	case 0:
		p.slots[s.out].rows = of.rows
	case p.live(s.of):
		p.slots[s.out].rows = p.room(s.out)[:0]
	default:
		p.slots[s.out].rows = kernels.SelDiff(of.rows, sub.rows, p.n, p.room(s.out))
	}
}

// unionStep sets the slot out to the rows of the slots a and b, which are parts of
// the slot of.
type unionStep struct{ a, b, of, out int }

func (s *unionStep) run(p *Program) {
	switch {
	case p.live(s.b) == 0 || p.live(s.a) == p.live(s.of):
		p.slots[s.out].rows = p.slots[s.a].rows
	case p.live(s.a) == 0 || p.live(s.b) == p.live(s.of):
		p.slots[s.out].rows = p.slots[s.b].rows
	default:
		rows := kernels.SelUnion(p.slots[s.a].rows, p.slots[s.b].rows, p.room(s.out))
		p.setSlot(s.out, s.of, rows)
	}
}

// none and allOf set the slot out to no row, and to the rows of the slot in.
func (p *Program) none(out int)      { p.slots[out].rows = p.room(out)[:0] }
func (p *Program) allOf(out, in int) { p.slots[out].rows = p.slots[in].rows }

// selNull selects the rows where a register is NULL, or is not.
type selNull struct {
	arg     int
	null    bool
	in, out int
}

func (s *selNull) run(p *Program) {
	v := &p.regs[s.arg].out
	sel := p.slots[s.in].rows
	if p.slots[s.in].empty() {
		p.none(s.out)
		return
	}
	one, null := isConst(v)
	switch {
	case one && null == s.null:
		p.allOf(s.out, s.in)
		return
	case one:
		p.none(s.out)
		return
	case v.Enc == vexec.Dict && v.Dict.Valid != nil:
		out, k := p.room(s.out), 0
		forRows(p.n, sel, func(i int32) {
			out[k] = i
			if v.Null(int(i)) == s.null {
				k++
			}
		})
		p.setSlot(s.out, s.in, out[:k])
		return
	case v.Valid == nil && s.null:
		p.none(s.out)
		return
	case v.Valid == nil:
		p.allOf(s.out, s.in)
		return
	}
	pick := kernels.SelBits
	if s.null {
		pick = kernels.SelNotBits
	}
	p.setSlot(s.out, s.in, pick(v.Valid, p.n, sel, p.room(s.out)))
}

// selBool selects the rows where a BOOLEAN register is true, or is false.
type selBool struct {
	arg     int
	want    bool
	in, out int
	tmp     register
}

func (s *selBool) run(p *Program) {
	v := &p.regs[s.arg].out
	if p.slots[s.in].empty() {
		p.none(s.out)
		return
	}
	if one, null := isConst(v); one {
		if null || v.Bool(0) != s.want {
			p.none(s.out)
			return
		}
		p.allOf(s.out, s.in)
		return
	}
	sel, out := p.slots[s.in].rows, p.room(s.out)
	if v.Enc == vexec.Dict {
		p.setSlot(s.out, s.in, selDictBool(v, s.want, p.n, sel, out, &s.tmp))
		return
	}
	pick := kernels.SelBits
	if !s.want {
		pick = kernels.SelNotBits
	}
	if v.Valid != nil {
		sel = kernels.SelBits(v.Valid, p.n, sel, out)
	}
	p.setSlot(s.out, s.in, pick(v.Data, p.n, sel, out))
}

func selDictBool(v *vexec.Vec, want bool, n int, sel, out []int32, tmp *register) []int32 {
	if v.Valid != nil {
		sel = kernels.SelBits(v.Valid, n, sel, out)
	}
	hit := outcome(v.Dict, want, tmp)
	return kernels.SelByCode(hit, v.Codes()[:n], sel, out)
}

// outcome returns a bitmap of the entries of a BOOLEAN dictionary that are want.
func outcome(d *vexec.Vec, want bool, tmp *register) []byte {
	if want && d.Valid == nil {
		return d.Data
	}
	hit := tmp.bitmap(8 * len(d.Data))
	if want {
		copy(hit, d.Data)
	} else {
		kernels.NotBits(hit, d.Data)
	}
	if d.Valid != nil {
		nb := min(len(hit), len(d.Valid))
		kernels.AndBits(hit[:nb], hit[:nb], d.Valid[:nb])
	}
	return hit
}

// selCompare selects the rows where a comparison of two registers is true.
type selCompare struct {
	cmp     *comparison
	a, b    int
	in, out int
	fa, fb  register // flattened dictionaries
	bools   register // outcome by dictionary entry
}

func (s *selCompare) run(p *Program) {
	a, b := &p.regs[s.a].out, &p.regs[s.b].out
	ca, na := isConst(a)
	cb, nb := isConst(b)
	if na || nb || p.slots[s.in].empty() {
		p.none(s.out)
		return
	}
	sel, out := p.slots[s.in].rows, p.room(s.out)
	if ca && cb {
		x := *a
		x.Enc, x.Valid = vexec.Flat, nil
		if len(s.cmp.sel(s.cmp.op, &x, b, 1, nil, out)) == 0 {
			p.none(s.out)
			return
		}
		p.allOf(s.out, s.in)
		return
	}
	if cb && a.Enc == vexec.Dict || ca && b.Enc == vexec.Dict {
		if s.byDict(p, a, b) {
			return
		}
	}
	if a.Enc == vexec.Dict {
		a = flatten(a, &s.fa, p.n, sel)
	}
	if b.Enc == vexec.Dict {
		b = flatten(b, &s.fb, p.n, sel)
	}
	for _, v := range []*vexec.Vec{a, b} {
		if v.Enc != vexec.Const && v.Valid != nil {
			sel = kernels.SelBits(v.Valid, p.n, sel, out)
		}
	}
	p.setSlot(s.out, s.in, s.cmp.sel(s.cmp.op, a, b, p.n, sel, out))
}

// byDict compares every dictionary entry with the constant, where that is less
// work, and selects by code.
func (s *selCompare) byDict(p *Program, a, b *vexec.Vec) bool {
	v := a
	if b.Enc == vexec.Dict {
		v = b
	}
	n := entries(v.Dict)
	if n < 0 || n >= p.live(s.in) {
		return false
	}
	dict := s.bools.reset(ir.TBoolean, n)
	live := []int32(nil)
	if dict.Valid = v.Dict.Valid; dict.Valid != nil {
		live = kernels.SelBits(dict.Valid, n, nil, s.bools.room(n))
	}
	if v == a {
		s.cmp.set(s.cmp.op, dict.Data, v.Dict, b, n, live)
	} else {
		s.cmp.set(s.cmp.op, dict.Data, a, v.Dict, n, live)
	}
	byCode := vexec.Vec{Type: ir.TBoolean, Enc: vexec.Dict, Valid: v.Valid, Data: v.Data, Dict: dict}
	p.setSlot(s.out, s.in, selDictBool(&byCode, true, p.n, p.slots[s.in].rows, p.room(s.out), &s.fa))
	return true
}
