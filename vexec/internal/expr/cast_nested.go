package expr

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// castNested casts the parts of ARRAYs, MAPs and ROWs, column by column; nil: a part
// cannot be cast.
func castNested(from, to *ir.Type, zone *kernels.Zone) strict {
	if from.Kind != to.Kind {
		return nil
	}
	var parts []*partCast
	add := func(f, t *ir.Type) bool {
		p := newPartCast(f, t, zone)
		parts = append(parts, p)
		return p != nil
	}
	if from.Kind == ir.Row {
		for i := range from.Fields {
			if !add(from.Fields[i].Type, to.Fields[i].Type) {
				return nil
			}
		}
		return func(c *call) { castFields(c, parts) }
	}
	tos := kidTypes(to)
	for i, f := range kidTypes(from) {
		if !add(f, tos[i]) {
			return nil
		}
	}
	merges := from.Kind == ir.Map && parts[0].fn != nil // different keys may become equal
	return func(c *call) {
		castLists(c, parts)
		if merges {
			dropEqualKeys(c)
		}
	}
}

func castFields(c *call, parts []*partCast) {
	row := c.args[0]
	for k, p := range parts {
		var bad []failure
		c.out.Kids[k], bad = p.run(&row.Kids[k], c.n, c.live)
		c.bad = append(c.bad, bad...)
	}
}

// castLists casts the elements of the live rows.
func castLists(c *call, parts []*partCast) {
	list := c.args[0]
	c.out.Offs = append(c.out.Offs[:0], list.Offs[:c.n+1]...)
	c.out.Kids = make([]vexec.Vec, len(parts))
	elems, owner := []int32{}, []int32{}
	c.each(func(i int) {
		for e := list.Offs[i]; e < list.Offs[i+1]; e++ {
			elems, owner = append(elems, e), append(owner, int32(i))
		}
	})
	n := 0
	if len(elems) > 0 {
		n = int(elems[len(elems)-1]) + 1
	}
	for k, p := range parts {
		out, bad := p.run(&list.Kids[k], n, elems)
		c.out.Kids[k] = out
		at := 0
		for _, f := range bad { // in the order of the elements
			for elems[at] != f.row {
				at++
			}
			c.fail(owner[at], f.reason)
		}
	}
}

// partCast casts a column that is a part of nested values.
type partCast struct {
	to   *ir.Type
	fn   strict // nil: the values stay
	step callStep
	reg  register
	flat register
}

func newPartCast(from, to *ir.Type, zone *kernels.Zone) *partCast {
	p := &partCast{to: to}
	if !ir.NeedsZone(from, to) {
		zone = nil
	}
	if from.Equal(to) || from.Kind == ir.Null || zone == nil && sameStorage(from, to) {
		return p
	}
	if p.fn = castFn(from, to, zone); p.fn == nil {
		return nil
	}
	p.step = callStep{fn: p.fn, t: to, headers: make([]vexec.Vec, 1), flats: make([]register, 1)}
	p.step.c.step = &p.step
	return p
}

// run casts the rows of sel, of n, and returns those that failed, in order.
func (p *partCast) run(v *vexec.Vec, n int, sel []int32) (vexec.Vec, []failure) {
	if p.fn == nil {
		return asType(v, p.to, n), nil
	}
	if v.Enc != vexec.Flat {
		v = pickSel(v, &p.flat, n, sel)
	}
	p.step.c.args, p.step.c.bad = []*vexec.Vec{v}, nil
	p.step.compute(&p.reg, n, sel)
	return p.reg.flat, p.step.c.bad
}

// asType returns v as values of another type that are stored alike; bare NULLs become
// NULLs of the type.
func asType(v *vexec.Vec, t *ir.Type, n int) vexec.Vec {
	if v.Type.Kind == ir.Null && t.Kind != ir.Null {
		out := vexec.NewVec(t, n)
		for i := range n {
			out.SetNull(i, n)
		}
		if t.Kind.IsNested() && t.Kind != ir.Row {
			out.Kids = make([]vexec.Vec, len(kidTypes(t)))
			for k, kt := range kidTypes(t) {
				out.Kids[k] = vexec.NewVec(kt, 0)
			}
		}
		return out
	}
	out := *v
	out.Type = t
	if v.Enc == vexec.Dict {
		d := *v.Dict
		d.Type = t
		out.Dict = &d
	}
	return out
}
