package agg

import (
	"math/big"
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// intSum is SUM and AVG of BIGINT and of INTERVALs: a sum of 128 bits, so that no order of the rows
// overflows, and the number of values.
type intSum struct {
	cells []intSumCell
	held  held
}

type intSumCell struct {
	lo uint64
	hi int64
	n  int64
}

func (c *intSumCell) add(lo uint64, hi int64) {
	var carry uint64
	c.lo, carry = bits.Add64(c.lo, lo, 0)
	c.hi += hi + int64(carry)
}

func (c *intSumCell) subtract(lo uint64, hi int64) {
	var borrow uint64
	c.lo, borrow = bits.Sub64(c.lo, lo, 0)
	c.hi -= hi + int64(borrow)
}

func (a *intSum) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 24, &a.held, intSumCell{})
	return err
}

func (a *intSum) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	v := args[0]
	sel = g.values(v, sel, n)
	x, groups := g.ordered(v, sel, n), g.groups(ids, sel, n)
	if id, ok := oneGroup(groups); ok {
		c := a.cells[id]
		for _, x := range x {
			c.add(uint64(x), x>>63)
		}
		c.n += int64(len(x))
		a.cells[id] = c
		return
	}
	cells, x := a.cells, x[:len(groups)]
	for j, id := range groups {
		c := &cells[id]
		c.add(uint64(x[j]), x[j]>>63)
		c.n++
	}
}

func (a *intSum) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	v := args[0]
	sel = g.values(v, sel, n)
	x := g.ordered(v, sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.cells[id].subtract(uint64(x[j]), x[j]>>63)
		a.cells[id].n--
	}
}

func (a *intSum) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	sums, counts := g.decimals(0, &state[0], sel, n), g.int64s(0, &state[1], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		c.add(sums[j].Lo, sums[j].Hi)
		c.n += counts[j]
	}
}

func (a *intSum) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	sums, counts := out[0].Decs(), out[1].Int64s()
	for i, id := range ids {
		c := &a.cells[id]
		sums[i], counts[i] = ir.Dec{Lo: c.lo, Hi: c.hi}, c.n
	}
}

func (a *intSum) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	finalIntSum(call, ids, out, func(id uint32) *intSumCell { return &a.cells[id] }, fail)
}

// finalIntSum writes SUM or AVG of the cells of the given groups.
func finalIntSum(call *ir.AggCall, ids []uint32, out *vexec.Vec, cell func(id uint32) *intSumCell, fail failed) {
	switch {
	case call.T.Kind == ir.Double:
		to := out.Float64s()
		for i, id := range ids {
			to[i] = cell(id).mean()
		}
	case call.T.Kind == ir.Decimal: // ir.AggCall.Wide: it holds every sum
		to := out.Decs()
		for i, id := range ids {
			c := cell(id)
			to[i] = ir.Dec{Lo: c.lo, Hi: c.hi}
		}
	case call.T.Kind == ir.IntervalMonth:
		to := out.Int32s()
		for i, id := range ids {
			c := cell(id)
			to[i] = int32(c.lo)
			if c.hi != int64(c.lo)>>63 || int64(c.lo) != int64(to[i]) {
				out.SetNull(i, len(ids))
				fail(i, "")
			}
		}
	case call.Fn == "AVG": // of INTERVALs
		to := out.Int64s()
		for i, id := range ids {
			to[i] = cell(id).rounded()
		}
	default:
		to := out.Int64s()
		for i, id := range ids {
			c := cell(id)
			to[i] = int64(c.lo)
			if c.hi != int64(c.lo)>>63 {
				out.SetNull(i, len(ids))
				fail(i, "")
			}
		}
	}
	nullWhere(out, ids, func(id uint32) bool { return cell(id).n == 0 })
}

// mean is the correctly rounded quotient of the sum and the number of values.
func (c *intSumCell) mean() float64 {
	const exact = 1 << 53 // a float holds each integer up to here
	switch s := int64(c.lo); {
	case c.n == 0:
		return 0
	case c.hi == s>>63 && -exact <= s && s <= exact && c.n <= exact:
		return float64(s) / float64(c.n)
	}
	f, _ := new(big.Rat).SetFrac(ir.Dec{Lo: c.lo, Hi: c.hi}.Big(), big.NewInt(c.n)).Float64()
	return f
}

// rounded is the mean, rounded half away from zero.
func (c *intSumCell) rounded() int64 {
	if c.n == 0 {
		return 0
	}
	b := ir.Dec{Lo: c.lo, Hi: c.hi}.Big()
	divRound(b, big.NewInt(c.n))
	return b.Int64()
}

func (a *intSum) bytes() int64 { return a.held.bytes }
func (a *intSum) reset()       { a.cells = a.cells[:0] }
func (a *intSum) release()     { a.held.release() }
