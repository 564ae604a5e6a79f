package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// floatSum is SUM and AVG of REAL and DOUBLE: a two-float sum (Knuth's TwoSum), of
// which the second part gathers the rounding errors of the first. So the result
// does not depend on how the rows are parted, to far below 1e-12, unless the
// values cancel to that degree.
//
// Infinities and NaN: once the first part is not finite it is the result, and the
// second is left alone. A sum whose running value leaves the range of DOUBLE is
// an infinity.
type floatSum struct {
	cells []floatSumCell
	held  held
}

type floatSumCell struct {
	sum, err float64
	n        int64
}

func (c *floatSumCell) add(x float64) {
	s := c.sum
	t := s + x
	c.sum = t
	if t-t != 0 { // not finite
		return
	}
	b := t - s
	c.err += (s - (t - b)) + (x - b)
}

func (a *floatSum) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 24, &a.held, floatSumCell{})
	return err
}

func (a *floatSum) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	v := args[0]
	sel = g.values(v, sel, n)
	x, groups := g.float64s(0, v, sel, n), g.groups(ids, sel, n)
	if id, ok := oneGroup(groups); ok {
		c := a.cells[id]
		for _, x := range x {
			c.add(x)
		}
		c.n += int64(len(x))
		a.cells[id] = c
		return
	}
	cells, x := a.cells, x[:len(groups)]
	for j, id := range groups {
		c := &cells[id]
		c.add(x[j])
		c.n++
	}
}

func (a *floatSum) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	sums, errs, counts := g.float64s(0, &state[0], sel, n), g.float64s(1, &state[1], sel, n), g.int64s(0, &state[2], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		c.add(sums[j])
		c.err += errs[j]
		c.n += counts[j]
	}
}

func (a *floatSum) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	sums, errs, counts := out[0].Float64s(), out[1].Float64s(), out[2].Int64s()
	for i, id := range ids {
		c := &a.cells[id]
		sums[i], errs[i], counts[i] = c.sum, c.err, c.n
	}
}

func (a *floatSum) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	for i, id := range ids {
		c := &a.cells[id]
		f := c.sum
		if f-f == 0 {
			f += c.err
		}
		if call.Fn == "AVG" && c.n > 0 {
			f /= float64(c.n)
		}
		if out.Type.Kind == ir.Real {
			out.Float32s()[i] = float32(f)
		} else {
			out.Float64s()[i] = f
		}
	}
	nullWhere(out, ids, func(id uint32) bool { return a.cells[id].n == 0 })
}

func (a *floatSum) bytes() int64 { return a.held.bytes }
func (a *floatSum) reset()       { a.cells = a.cells[:0] }
func (a *floatSum) release()     { a.held.release() }
