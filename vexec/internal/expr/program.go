package expr

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// Program computes expressions over batches of one schema. It is used by one
// goroutine.
type Program struct {
	in    *ir.Schema
	cols  []colReg
	regs  []*register
	slots []slot
	steps []step
	outs  []int

	n     int // physical rows of the current batch
	errs  *Errors
	space space // for what the current batch makes

	needsClock bool
	clock      vexec.Clock
	now        int64 // of the current batch, in microseconds cut to milliseconds
}

// SetClock says what CURRENT_TIMESTAMP and PROCTIME read, once for each batch. A program
// that has them does not run without.
func (p *Program) SetClock(c vexec.Clock) { p.clock = c }

// step computes one register or one slot.
type step interface{ run(p *Program) }

// colReg binds an input column to a register.
type colReg struct{ col, reg int }

// register is a column of the current batch. out is what others read; the rest is
// memory that is kept from batch to batch.
type register struct {
	out   vexec.Vec
	flat  vexec.Vec
	valid []byte
	text  []byte
	rows  []int32
}

// slot is a selection of rows: nil rows stand for all.
type slot struct {
	rows []int32
	buf  []int32
}

func (s *slot) empty() bool { return s.rows != nil && len(s.rows) == 0 }

// Eval computes the expressions for the live rows of b. out[i] is set to a column
// with b.Rows physical rows (or Const, or Dict), whose values stand at the live
// positions; it is valid until the next Eval and as long as b. Rows that fail are
// added to errs; their values are unspecified. An error means that b does not fit
// the program's schema, or is ErrTooMuch.
func (p *Program) Eval(b *vexec.Batch, out []vexec.Vec, errs *Errors) error {
	if err := p.exec(b, errs); err != nil {
		return err
	}
	for i, r := range p.outs {
		out[i] = p.regs[r].out
	}
	return nil
}

func (p *Program) exec(b *vexec.Batch, errs *Errors) error {
	if len(b.Cols) != len(p.in.Cols) {
		return fmt.Errorf("expr: a batch of %d columns for the schema (%s)", len(b.Cols), p.in)
	}
	p.n, p.errs = b.Rows, errs
	if p.needsClock {
		if p.clock == nil {
			return fmt.Errorf("expr: the time of processing is not known here")
		}
		now := int64(p.clock.Now())
		p.now = now - kernels.FloorMod(now, 1000)
	}
	for _, c := range p.cols {
		p.regs[c.reg].out = b.Cols[c.col]
	}
	p.slots[0].rows = b.Sel
	p.space.begin(b.Live())
	before := errs.Len()
	for _, s := range p.steps {
		s.run(p)
		if p.space.over {
			errs.cut(before)
			return ErrTooMuch
		}
	}
	return nil
}

// live is the number of rows of a slot.
func (p *Program) live(s int) int {
	if rows := p.slots[s].rows; rows != nil {
		return len(rows)
	}
	return p.n
}

// room returns memory for the rows of a slot.
func (p *Program) room(s int) []int32 {
	sl := &p.slots[s]
	if cap(sl.buf) < p.n+1 {
		sl.buf = make([]int32, p.n+1)
	}
	return sl.buf[:p.n+1]
}

// setSlot makes rows, which were selected from the slot of, the rows of slot s.
// Where none is missing s is of, so that "all" stays nil.
func (p *Program) setSlot(s, of int, rows []int32) {
	if len(rows) == p.live(of) {
		p.slots[s].rows = p.slots[of].rows
		return
	}
	p.slots[s].rows = rows
}

// setConstNull makes the register NULL in every row.
func (r *register) setConstNull(t *ir.Type) {
	if t.Kind.IsNested() { // its parts are there, and empty
		r.out, _ = columnOf(t, []ir.Value{nil})
		r.out.Enc = vexec.Const
		return
	}
	r.out = vexec.Vec{Type: t, Enc: vexec.Const, Valid: nullBit, Data: zeroValue, Bufs: nil}
}

var (
	nullBit   = []byte{0}
	zeroValue = vexec.AlignedBytes(16) // never written
)

// reset makes the register's own memory a Flat column of n rows without NULLs. That of
// nested values is new: their parts may be shared with others.
func (r *register) reset(t *ir.Type, n int) *vexec.Vec {
	if t.Kind.IsNested() {
		r.flat = vexec.NewVec(t, n)
		return &r.flat
	}
	r.flat.Reset(t, n)
	return &r.flat
}

// bitmap returns the register's memory for a validity bitmap of n rows.
func (r *register) bitmap(n int) []byte {
	r.valid = vexec.GrowBytes(r.valid, kernels.BitBytes(n))
	return r.valid
}

// isConst reports whether v is one value for all rows, and whether that is NULL.
func isConst(v *vexec.Vec) (yes, null bool) {
	if v.Type.Kind == ir.Null {
		return true, true
	}
	if v.Enc != vexec.Const {
		return false, false
	}
	return true, v.Valid != nil && v.Valid[0]&1 == 0
}

// room returns memory for a selection of up to n rows.
func (r *register) room(n int) []int32 {
	if cap(r.rows) < n+1 {
		r.rows = make([]int32, n+1)
	}
	return r.rows[:n+1]
}

// entries is the number of entries of a dictionary.
func entries(d *vexec.Vec) int {
	switch w := d.Type.Kind.Width(); {
	case d.Type.Kind == ir.Boolean:
		return len(d.Data) * 8
	case w > 0:
		return len(d.Data) / w
	}
	return -1 // nested: not known
}
