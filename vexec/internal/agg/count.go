package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// countAcc is COUNT(*) and COUNT(x); COUNT(x, y) counts the rows where both have a value.
type countAcc struct {
	n    []int64
	held held
}

func (a *countAcc) grow(n int) (err error) {
	a.n, err = growCells(a.n, n, 8, &a.held, 0)
	return err
}

func (a *countAcc) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.add(g, args, ids, sel, n, 1)
}

func (a *countAcc) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.add(g, args, ids, sel, n, -1)
}

func (a *countAcc) add(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int, sign int64) {
	for _, v := range args {
		sel = g.values(v, sel, n)
	}
	groups := g.groups(ids, sel, n)
	if id, ok := oneGroup(groups); ok {
		a.n[id] += sign * int64(len(groups))
		return
	}
	for _, id := range groups {
		a.n[id] += sign
	}
}

func (a *countAcc) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	counts := g.int64s(0, &state[0], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.n[id] += counts[j]
	}
}

func (a *countAcc) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) { a.write(ids, &out[0]) }

func (a *countAcc) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) { a.write(ids, out) }

func (a *countAcc) write(ids []uint32, out *vexec.Vec) {
	to := out.Int64s()
	for i, id := range ids {
		to[i] = a.n[id]
	}
}

func (a *countAcc) bytes() int64 { return a.held.bytes }
func (a *countAcc) reset()       { a.n = a.n[:0] }
func (a *countAcc) release()     { a.held.release() }
