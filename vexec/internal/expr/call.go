package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// strict computes a function that is NULL where an argument is.
type strict func(c *call)

// call is one run of a strict function.
type call struct {
	args  []*vexec.Vec // each Flat, or Const and not NULL (callStep.nulls: or NULL); never all Const
	out   *vexec.Vec   // Flat, n rows, NULL where an argument is
	n     int
	sel   []int32 // rows wanted; nil: all
	live  []int32 // of them those where no argument is NULL; nil: all
	step  *callStep
	reg   *register
	own   bool // out.Valid is the register's memory
	bad   []failure
	space *space
}

// failure is a row that failed; reason is without the place.
type failure struct {
	row    int32
	reason string
}

// callStep runs a strict function over registers.
type callStep struct {
	fn    strict
	t     *ir.Type
	args  []int
	dst   int
	slot  int
	try   bool   // failures are NULL, not row errors
	nulls bool   // fn takes NULLs: arguments may be NULL, and rows where they are count as live
	each  bool   // fn is computed for each row, also where arguments are the same: all may be Const
	place string // what is behind a reason: " in ... at ..."

	c       call
	headers []vexec.Vec // of arguments that are passed in another form
	flats   []register  // memory for flattened dictionaries
}

func (s *callStep) run(p *Program) {
	dst := p.regs[s.dst]
	if p.slots[s.slot].empty() {
		dst.setConstNull(s.t)
		return
	}
	consts, dict, dicts := 0, -1, 0
	for i, r := range s.args {
		v := &p.regs[r].out
		switch yes, null := isConst(v); {
		case null && !s.nulls:
			dst.setConstNull(s.t)
			return
		case yes:
			consts++
		case v.Enc == vexec.Dict:
			dict, dicts = i, dicts+1
		}
	}
	sel := p.slots[s.slot].rows
	switch {
	case s.each:
		s.runFlat(p, dst, sel)
	case consts == len(s.args):
		s.runConst(p, dst, sel)
	case dicts == 1 && consts == len(s.args)-1 && s.worthDict(p, dict):
		s.runDict(p, dst, dict, sel)
	default:
		s.runFlat(p, dst, sel)
	}
}

// worthDict reports whether it is less work to compute every dictionary entry than every row.
func (s *callStep) worthDict(p *Program, arg int) bool {
	n := entries(p.regs[s.args[arg]].out.Dict)
	return n >= 0 && n < p.live(s.slot) && classOf(s.t) != nested && !s.nulls
}

func (s *callStep) prepare(p *Program) {
	if s.headers == nil {
		s.headers = make([]vexec.Vec, len(s.args))
		s.flats = make([]register, len(s.args))
		s.c.args = make([]*vexec.Vec, len(s.args))
		s.c.step = s
	}
	for i, r := range s.args {
		s.c.args[i] = &p.regs[r].out
	}
	s.c.bad = s.c.bad[:0]
	s.c.space = &p.space
}

// compute runs the function on n rows into the register's own memory.
func (s *callStep) compute(dst *register, n int, sel []int32) {
	c := &s.c
	c.n, c.sel, c.live, c.reg, c.own = n, sel, sel, dst, false
	c.out = dst.reset(s.t, n)
	if !s.nulls {
		c.intersectValid()
	}
	s.fn(c)
	if classOf(s.t) == texts { // what stands on these rows is read by the next function
		for _, f := range c.bad {
			c.out.Views()[f.row] = vexec.View{}
		}
	}
	if s.try {
		for _, f := range c.bad {
			c.setNull(int(f.row))
		}
		c.bad = c.bad[:0]
	}
	for i := range c.args {
		c.args[i] = nil
	}
}

func (s *callStep) runConst(p *Program, dst *register, sel []int32) {
	s.prepare(p)
	for i := range s.c.args {
		s.headers[i] = *s.c.args[i]
		if s.headers[i].Enc = vexec.Flat; !s.nulls {
			s.headers[i].Valid = nil
		}
		s.c.args[i] = &s.headers[i]
	}
	s.compute(dst, 1, nil)
	dst.out = dst.flat
	dst.out.Enc = vexec.Const
	if len(s.c.bad) > 0 {
		forRows(p.n, sel, func(i int32) { s.fail(p, i, s.c.bad[0].reason) })
	}
}

func (s *callStep) runDict(p *Program, dst *register, arg int, sel []int32) {
	s.prepare(p)
	in := p.regs[s.args[arg]].out // a copy: dst may not be the argument, but out is overwritten below
	s.c.args[arg] = in.Dict
	s.compute(dst, entries(in.Dict), nil)
	dst.out = vexec.Vec{Type: s.t, Enc: vexec.Dict, Valid: in.Valid, Data: in.Data, Dict: &dst.flat}
	if len(s.c.bad) == 0 {
		return
	}
	why := make(map[int32]string, len(s.c.bad))
	for _, f := range s.c.bad {
		why[f.row] = f.reason
	}
	codes := in.Codes()
	forRows(p.n, sel, func(i int32) {
		if in.Valid != nil && !vexec.Bit(in.Valid, int(i)) {
			return
		}
		if reason, bad := why[codes[i]]; bad {
			s.fail(p, i, reason)
		}
	})
}

func (s *callStep) runFlat(p *Program, dst *register, sel []int32) {
	s.prepare(p)
	for i, v := range s.c.args {
		if v.Enc == vexec.Dict {
			s.c.args[i] = flatten(v, &s.flats[i], p.n, sel)
		}
	}
	s.compute(dst, p.n, sel)
	dst.out = dst.flat
	for _, f := range s.c.bad {
		s.fail(p, f.row, f.reason)
	}
}

func (s *callStep) fail(p *Program, row int32, reason string) { p.errs.Add(row, reason+s.place) }

func forRows(n int, sel []int32, f func(i int32)) {
	if sel == nil {
		for i := range int32(n) {
			f(i)
		}
		return
	}
	for _, i := range sel {
		f(i)
	}
}

// intersectValid sets out.Valid to the rows where no argument is NULL, and live to
// those of sel.
func (c *call) intersectValid() {
	for _, a := range c.args {
		if a.Enc == vexec.Const || a.Valid == nil {
			continue
		}
		nb := kernels.BitBytes(c.n)
		if c.out.Valid == nil {
			c.out.Valid = a.Valid[:nb]
			continue
		}
		dst := c.reg.bitmap(c.n)
		kernels.AndBits(dst, c.out.Valid, a.Valid[:nb])
		c.out.Valid, c.own = dst, true
	}
	if c.out.Valid == nil {
		return
	}
	c.live = kernels.SelBits(c.out.Valid, c.n, c.sel, c.reg.room(c.n))
}

// setNull makes row i of the result NULL.
func (c *call) setNull(i int) {
	if !c.own {
		dst := c.reg.bitmap(c.n)
		if c.out.Valid == nil {
			kernels.FillBits(dst, true)
		} else {
			copy(dst, c.out.Valid)
		}
		c.out.Valid, c.own = dst, true
	}
	vexec.ClearBit(c.out.Valid, i)
}

// dense is the selection for work that is harmless on any row: all of them, unless
// few are wanted.
func (c *call) dense() []int32 {
	if len(c.sel)*4 >= c.n {
		return nil
	}
	return c.sel
}

// fail records that row i cannot be computed.
func (c *call) fail(i int32, reason string) { c.bad = append(c.bad, failure{i, reason}) }

// failWhere fails the live rows for which bad is true.
func (c *call) failWhere(reason string, bad func(i int) bool) {
	forRows(c.n, c.live, func(i int32) {
		if bad(int(i)) {
			c.fail(i, reason)
		}
	})
}

// each calls f for the live rows.
func (c *call) each(f func(i int)) {
	if c.live == nil {
		for i := range c.n {
			f(i)
		}
		return
	}
	for _, i := range c.live {
		f(int(i))
	}
}

// every calls f for all rows in order, and says which of them are live.
func (c *call) every(f func(i int, live bool)) {
	k := 0
	for i := range c.n {
		live := c.live == nil || k < len(c.live) && int(c.live[k]) == i
		if live {
			k++
		}
		f(i, live)
	}
}

// null reports whether argument k is NULL in row i.
func (c *call) null(k, i int) bool { return c.args[k].Null(i) }

// isConst reports whether argument k is one value for all rows.
func (c *call) isConst(k int) bool { return c.args[k].Enc == vexec.Const }

// bytes returns the text of argument k in row i.
func (c *call) bytes(k, i int) []byte {
	a := c.args[k]
	if a.Enc == vexec.Const {
		i = 0
	}
	return kernels.Bytes(&a.Views()[i], a.Bufs)
}

// appendText writes a text column: f appends the text of a row, or reports that it
// is NULL. A text of more than kernels.MaxText bytes is a row error: f may end it early.
func (c *call) appendText(f func(dst []byte, i int) (text []byte, null bool)) {
	c.appendRuns(func(int) bool { return false }, f)
}

// appendRuns is appendText where a row has the text that f gave last when same says so of it.
func (c *call) appendRuns(same func(i int) bool, f func(dst []byte, i int) (text []byte, null bool)) {
	views := c.out.Views()
	buf := c.reg.text[:0]
	var last kernels.View
	c.each(func(i int) {
		if same(i) {
			views[i] = last
			return
		}
		from := len(buf)
		if c.space.isFull(from) {
			views[i] = kernels.View{}
			return
		}
		text, null := f(buf, i)
		if null {
			c.setNull(i)
			return
		}
		s := text[from:]
		if len(s) > kernels.MaxText {
			c.fail(int32(i), tooLong)
			s = s[:0]
		}
		if len(s) <= kernels.InlineLen {
			last = kernels.InlineView(s)
			buf = text[:from]
		} else {
			last = kernels.MakeView(s, int32(len(c.out.Bufs)), int32(from))
			buf = text
		}
		views[i] = last
	})
	c.out.Bufs = append(c.out.Bufs, buf)
	if c.reg.text = buf; cap(buf) > keptText {
		c.reg.text = nil
	}
	c.space.take(len(buf))
}

// keptText is how much memory for texts a register keeps for the next batch.
const keptText = 4 << 20

// pieceText writes a text column whose values are pieces of argument 0, without
// copying: f returns the piece of s for row i, or reports that it is NULL.
func (c *call) pieceText(f func(s []byte, i int) (piece []byte, null bool)) {
	a := c.args[0]
	in, out := a.Views(), c.out.Views()
	c.out.Bufs = append(c.out.Bufs, a.Bufs...)
	one := a.Enc == vexec.Const
	c.each(func(i int) {
		j := i
		if one {
			j = 0
		}
		s := kernels.Bytes(&in[j], a.Bufs)
		piece, null := f(s, i)
		if null {
			c.setNull(i)
			return
		}
		out[i] = kernels.SubView(&in[j], s, piece)
	})
}
