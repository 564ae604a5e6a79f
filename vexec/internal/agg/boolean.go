package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// boolAcc is COUNT_IF, BOOL_AND and BOOL_OR: how often a condition was true, and how
// often it was not NULL.
type boolAcc struct {
	cells []boolCell
	held  held
}

type boolCell struct{ yes, n int64 }

func (a *boolAcc) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 16, &a.held, boolCell{})
	return err
}

func (a *boolAcc) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.add(g, args[0], ids, sel, n, 1)
}

func (a *boolAcc) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.add(g, args[0], ids, sel, n, -1)
}

func (a *boolAcc) add(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int, sign int64) {
	for _, r := range g.rows.rows(g.values(v, sel, n), n) {
		c := &a.cells[ids[r]]
		c.n += sign
		if v.Bool(int(r)) {
			c.yes += sign
		}
	}
}

func (a *boolAcc) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	yes, counts := g.int64s(0, &state[0], sel, n), g.int64s(1, &state[1], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		c.yes += yes[j]
		c.n += counts[j]
	}
}

func (a *boolAcc) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	yes, counts := out[0].Int64s(), out[1].Int64s()
	for i, id := range ids {
		yes[i], counts[i] = a.cells[id].yes, a.cells[id].n
	}
}

func (a *boolAcc) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	if call.Fn == "COUNT_IF" {
		to := out.Int64s()
		for i, id := range ids {
			to[i] = a.cells[id].yes
		}
		return
	}
	for i, id := range ids {
		if c := a.cells[id]; c.yes == c.n || call.Fn == "BOOL_OR" && c.yes > 0 {
			vexec.SetBit(out.Data, i)
		}
	}
	nullWhere(out, ids, func(id uint32) bool { return a.cells[id].n == 0 })
}

func (a *boolAcc) bytes() int64 { return a.held.bytes }
func (a *boolAcc) reset()       { a.cells = a.cells[:0] }
func (a *boolAcc) release()     { a.held.release() }
