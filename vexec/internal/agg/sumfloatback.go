package agg

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// floatBackSum is SUM and AVG of floats whose rows may be taken back. NaN and the
// infinities are counted and do not touch the sum of the finite values, so each can
// be taken back. Their sum is kept divided by 2^32, so that no running value leaves the
// range of DOUBLE.
//
// What it promises: the sum of the values that are left, to within 1e-12 of the greatest
// running value that the group ever had; so small values that huge ones have come and
// gone with are exact to about 1e-30 of those.
type floatBackSum struct {
	cells []floatBackCell
	held  held
}

type floatBackCell struct {
	floatSumCell      // of the finite values, divided by 2^32; n counts all values
	nan, above, below int64
}

const backScale = 32

func (c *floatBackCell) add(x float64, sign int64) {
	c.n += sign
	switch {
	case x != x:
		c.nan += sign
	case math.IsInf(x, 1):
		c.above += sign
	case math.IsInf(x, -1):
		c.below += sign
	default:
		c.floatSumCell.add(float64(sign) * x / (1 << backScale))
	}
}

// result is the sum as IEEE adds the values in any order.
func (c *floatBackCell) result() float64 {
	switch {
	case c.nan > 0 || c.above > 0 && c.below > 0:
		return math.NaN()
	case c.above > 0:
		return math.Inf(1)
	case c.below > 0:
		return math.Inf(-1)
	}
	return (c.sum + c.err) * (1 << backScale)
}

func (a *floatBackSum) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 48, &a.held, floatBackCell{})
	return err
}

func (a *floatBackSum) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.add(g, args[0], ids, sel, n, 1)
}

func (a *floatBackSum) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.add(g, args[0], ids, sel, n, -1)
}

func (a *floatBackSum) add(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int, sign int64) {
	sel = g.values(v, sel, n)
	x := g.float64s(0, v, sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.cells[id].add(x[j], sign)
	}
}

func (a *floatBackSum) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	sums, errs := g.float64s(0, &state[0], sel, n), g.float64s(1, &state[1], sel, n)
	groups := g.groups(ids, sel, n)
	for j, id := range groups {
		a.cells[id].floatSumCell.add(sums[j])
		a.cells[id].err += errs[j]
	}
	for i := range 4 {
		counts := g.int64s(0, &state[2+i], sel, n)
		for j, id := range groups {
			*a.cells[id].count(i) += counts[j]
		}
	}
}

// count is the cell's count in state column 2+i.
func (c *floatBackCell) count(i int) *int64 {
	return [...]*int64{&c.n, &c.nan, &c.above, &c.below}[i]
}

func (a *floatBackSum) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	sums, errs := out[0].Float64s(), out[1].Float64s()
	for i, id := range ids {
		c := &a.cells[id]
		sums[i], errs[i] = c.sum, c.err
		for k := range 4 {
			out[2+k].Int64s()[i] = *c.count(k)
		}
	}
}

func (a *floatBackSum) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	for i, id := range ids {
		c := &a.cells[id]
		f := c.result()
		if call.Fn == "AVG" && c.n > 0 {
			f /= float64(c.n)
		}
		out.Float64s()[i] = f
	}
	nullWhere(out, ids, func(id uint32) bool { return a.cells[id].n == 0 })
}

func (a *floatBackSum) bytes() int64 { return a.held.bytes }
func (a *floatBackSum) reset()       { a.cells = a.cells[:0] }
func (a *floatBackSum) release()     { a.held.release() }
