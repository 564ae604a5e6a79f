package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// field emits r.f.
func (c *compiler) field(x *ir.FieldRef, sc *scope) (int, error) {
	t := x.X.Type()
	if t.Kind != ir.Row || x.Index < 0 || x.Index >= len(t.Fields) {
		return 0, fmt.Errorf("%s has no field number %d", t, x.Index)
	}
	arg, err := c.expr(x.X, sc)
	if err != nil {
		return 0, err
	}
	r, known := c.shared(keyOf(fmt.Sprintf("field %d", x.Index), x.T, arg), sc)
	if !known {
		c.emit(&fieldStep{t: x.T, index: x.Index, arg: arg, dst: r, slot: sc.slot})
	}
	return r, nil
}

// fieldStep hands a field of a ROW on without copying: NULL where the ROW is.
type fieldStep struct {
	t         *ir.Type
	index     int
	arg       int
	dst, slot int
	tmp       register
	dict      vexec.Vec
}

func (s *fieldStep) run(p *Program) {
	v := &p.regs[s.arg].out
	dst := p.regs[s.dst]
	one, null := isConst(v)
	switch {
	case null || p.slots[s.slot].empty():
		dst.setConstNull(s.t)
	case one:
		kid := v.Kids[s.index]
		if kid.Enc == vexec.Dict {
			kid = *flatten(&kid, &s.tmp, 1, nil)
		}
		kid.Enc = vexec.Const
		dst.out = kid
	case v.Enc == vexec.Dict:
		s.ofDict(p, dst, v)
	default:
		dst.out = s.withRow(&v.Kids[s.index], v.Valid, dst, p.n, p.slots[s.slot].rows)
	}
}

// withRow returns the field's column, with the NULLs of the row added to its own.
func (s *fieldStep) withRow(kid *vexec.Vec, valid []byte, dst *register, n int, sel []int32) vexec.Vec {
	if valid == nil {
		return *kid
	}
	if kid.Enc == vexec.Const {
		kid = repeat(kid, &s.tmp, n, sel)
	}
	out := *kid
	nb := kernels.BitBytes(n)
	if kid.Valid == nil {
		out.Valid = valid[:nb]
		return out
	}
	out.Valid = dst.bitmap(n)
	kernels.AndBits(out.Valid, kid.Valid[:nb], valid[:nb])
	return out
}

// ofDict takes the field of the dictionary's entries; the codes stay.
func (s *fieldStep) ofDict(p *Program, dst *register, v *vexec.Vec) {
	n, codes := 0, v.Codes()
	forRows(p.n, p.slots[s.slot].rows, func(i int32) {
		if v.Valid == nil || vexec.Bit(v.Valid, int(i)) {
			n = max(n, int(codes[i])+1)
		}
	})
	s.dict = s.withRow(&v.Dict.Kids[s.index], v.Dict.Valid, dst, n, nil)
	if s.dict.Enc == vexec.Dict {
		s.dict = *flatten(&s.dict, &s.tmp, n, nil)
	}
	dst.out = vexec.Vec{Type: s.t, Enc: vexec.Dict, Valid: v.Valid, Data: v.Data, Dict: &s.dict}
}
