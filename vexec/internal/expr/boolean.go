package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// bitmaps returns a BOOLEAN column as bitmaps of n rows, right at the rows of sel.
func bitmaps(v *vexec.Vec, tmp *register, n int, sel []int32) kernels.Bools {
	one, null := isConst(v)
	switch {
	case one:
		out := tmp.reset(ir.TBoolean, n)
		if null {
			out.Valid = tmp.bitmap(n)
			clear(out.Valid)
			return kernels.Bools{Val: out.Data, Valid: out.Valid}
		}
		kernels.FillBits(out.Data, v.Bool(0))
		return kernels.Bools{Val: out.Data}
	case v.Enc == vexec.Dict:
		v = flatten(v, tmp, n, sel)
	}
	return kernels.Bools{Val: v.Data, Valid: v.Valid}
}

// junctionStep computes a AND b or a OR b. b may be unspecified where a decides.
type junctionStep struct {
	and        bool
	a, b       int
	dst, slot  int
	tmpA, tmpB register
}

func (s *junctionStep) run(p *Program) {
	dst := p.regs[s.dst]
	if p.slots[s.slot].empty() {
		dst.setConstNull(ir.TBoolean)
		return
	}
	sel := p.slots[s.slot].rows
	a := bitmaps(&p.regs[s.a].out, &s.tmpA, p.n, sel)
	// Where a decides, b was perhaps not computed: a dictionary code there may be
	// anything, so only the open rows of b are read.
	b := bitmaps(&p.regs[s.b].out, &s.tmpB, p.n, s.open(p, a, sel))
	out := dst.reset(ir.TBoolean, p.n)
	out.Valid = dst.bitmap(p.n)
	nb := kernels.BitBytes(p.n)
	three := kernels.Bools{Val: out.Data[:nb], Valid: out.Valid[:nb]}
	if s.and {
		kernels.And3(three, a, b)
	} else {
		kernels.Or3(three, a, b)
	}
	if a.Valid == nil && b.Valid == nil {
		out.Valid = nil
	}
	dst.out = *out
}

// open returns the rows that a leaves open, where b needs them: for a dictionary.
func (s *junctionStep) open(p *Program, a kernels.Bools, sel []int32) []int32 {
	if p.regs[s.b].out.Enc != vexec.Dict {
		return sel
	}
	room := s.tmpA.room(p.n)
	k := 0
	forRows(p.n, sel, func(i int32) {
		room[k] = i
		decided := kernels.GetBit(a.Val, int(i)) != s.and
		if a.Valid != nil && !kernels.GetBit(a.Valid, int(i)) {
			decided = false
		}
		if !decided {
			k++
		}
	})
	return room[:k]
}

// boolTest emits NOT and the IS tests, which have one argument.
func (c *compiler) boolTest(x *ir.Call, sc *scope) (int, error) {
	a, err := c.expr(x.Args[0], sc)
	if err != nil {
		return 0, err
	}
	r, known := c.shared(keyOf(x.Fn, ir.TBoolean, a), sc)
	if !known {
		c.emit(&testStep{fn: x.Fn, arg: a, dst: r, slot: sc.slot})
	}
	return r, nil
}

// testStep computes NOT, IS [NOT] NULL, IS [NOT] TRUE, IS [NOT] FALSE.
type testStep struct {
	fn        string
	arg       int
	dst, slot int
	tmp       register
}

func (s *testStep) run(p *Program) {
	dst := p.regs[s.dst]
	v := &p.regs[s.arg].out
	if p.slots[s.slot].empty() {
		dst.setConstNull(ir.TBoolean)
		return
	}
	if one, null := isConst(v); one {
		val, isNull := s.constant(v, null)
		if isNull {
			dst.setConstNull(ir.TBoolean)
			return
		}
		out := dst.reset(ir.TBoolean, 1)
		kernels.PutBit(out.Data, 0, val)
		dst.out = *out
		dst.out.Enc = vexec.Const
		return
	}
	out := dst.reset(ir.TBoolean, p.n)
	nb := kernels.BitBytes(p.n)
	if s.fn == "IS NULL" || s.fn == "IS NOT NULL" {
		s.nulls(p, v, out.Data[:nb])
		dst.out = *out
		return
	}
	b := bitmaps(v, &s.tmp, p.n, p.slots[s.slot].rows)
	s.truth(out.Data[:nb], b)
	if s.fn == "NOT" {
		out.Valid = b.Valid
	}
	dst.out = *out
}

func (s *testStep) constant(v *vexec.Vec, null bool) (val, isNull bool) {
	t := !null && s.fn != "IS NULL" && s.fn != "IS NOT NULL" && v.Bool(0)
	switch s.fn {
	case "IS NULL":
		return null, false
	case "IS NOT NULL":
		return !null, false
	case "IS TRUE":
		return !null && t, false
	case "IS NOT TRUE":
		return null || !t, false
	case "IS FALSE":
		return !null && !t, false
	case "IS NOT FALSE":
		return null || t, false
	}
	return !t, null
}

// nulls sets bit i where v is NULL (IS NULL) or is not.
func (s *testStep) nulls(p *Program, v *vexec.Vec, dst []byte) {
	null := s.fn == "IS NULL"
	switch {
	case v.Enc == vexec.Dict && v.Dict.Valid != nil:
		forRows(p.n, p.slots[s.slot].rows, func(i int32) { kernels.PutBit(dst, int(i), v.Null(int(i)) == null) })
	case v.Valid == nil:
		kernels.FillBits(dst, !null)
	case null:
		kernels.NotBits(dst, v.Valid)
	default:
		copy(dst, v.Valid)
	}
}

// truth sets dst for the tests of a boolean: true and false alone are known values.
func (s *testStep) truth(dst []byte, b kernels.Bools) {
	switch s.fn {
	case "NOT":
		kernels.NotBits(dst, b.Val)
		return
	case "IS TRUE", "IS NOT TRUE":
		copy(dst, b.Val)
	default:
		kernels.NotBits(dst, b.Val)
	}
	if b.Valid != nil {
		kernels.AndBits(dst, dst, b.Valid[:len(dst)])
	}
	if s.fn == "IS NOT TRUE" || s.fn == "IS NOT FALSE" {
		kernels.NotBits(dst, dst)
	}
}

// distinct emits IS [NOT] DISTINCT FROM.
func (c *compiler) distinct(x *ir.Call, sc *scope) (int, error) {
	args, err := c.exprs(x.Args, sc)
	if err != nil {
		return 0, err
	}
	cmp, err := comparisonFor(eq, x.Args)
	if err != nil {
		return 0, err
	}
	r, known := c.shared(keyOf(x.Fn, ir.TBoolean, args...), sc)
	if !known {
		c.emit(&distinctStep{cmp: cmp, same: x.Fn == "IS NOT DISTINCT FROM", a: args[0], b: args[1], dst: r, slot: sc.slot})
	}
	return r, nil
}

// distinctStep compares with NULL as a value like others.
type distinctStep struct {
	cmp       *comparison
	same      bool
	a, b      int
	dst, slot int
	fa, fb    register
	both      register
}

func (s *distinctStep) run(p *Program) {
	dst := p.regs[s.dst]
	if p.slots[s.slot].empty() {
		dst.setConstNull(ir.TBoolean)
		return
	}
	sel := p.slots[s.slot].rows
	a, b := &p.regs[s.a].out, &p.regs[s.b].out
	out := dst.reset(ir.TBoolean, p.n)
	both, k := s.both.room(p.n), 0
	forRows(p.n, sel, func(i int32) {
		an, bn := a.Null(int(i)), b.Null(int(i))
		kernels.PutBit(out.Data, int(i), (an && bn) == s.same)
		both[k] = i
		if !an && !bn {
			k++
		}
	})
	both = both[:k]
	if len(both) > 0 {
		s.compare(p, a, b, both, out.Data)
	}
	dst.out = *out
}

// compare sets the outcome of the rows where neither side is NULL.
func (s *distinctStep) compare(p *Program, a, b *vexec.Vec, both []int32, dst []byte) {
	if a.Enc == vexec.Dict {
		a = flatten(a, &s.fa, p.n, both)
	}
	if b.Enc == vexec.Dict || a.Enc == vexec.Const && b.Enc == vexec.Const {
		if b.Enc == vexec.Const {
			b = repeat(b, &s.fb, p.n, both)
		} else {
			b = flatten(b, &s.fb, p.n, both)
		}
	}
	kernels.PutBits(dst, !s.same, p.n, both)
	equal := s.cmp.sel(eq, a, b, p.n, both, both)
	kernels.PutBits(dst, s.same, p.n, equal)
}
