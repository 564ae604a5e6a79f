package agg

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// backSpread is floatSpread for rows that may be taken back: its sums are exact, as the
// squares of values that come and go would leave errors greater than all that stays.
type backSpread struct {
	pairs bool // of y and x: y is the first argument
	cells []backSpreadCell
	held  held
	lists elements
}

type backSpreadCell struct {
	sums    [5]exactSum // in the order of floatSpreadCell.sums
	n, wild int64
}

// backSpreadBytes is what a cell takes with sums of up to four parts.
const backSpreadBytes = 5*(24+4*8) + 16

func (c *backSpreadCell) add(x, sign float64) {
	c.n += int64(sign)
	if !(math.Abs(x) <= tooWild) {
		c.wild += int64(sign)
		return
	}
	c.sums[0].add(sign * x)
	c.sums[1].addProduct(sign*x, x)
}

func (c *backSpreadCell) addPair(y, x, sign float64) {
	c.n += int64(sign)
	if !(math.Abs(x) <= tooWild && math.Abs(y) <= tooWild) {
		c.wild += int64(sign)
		return
	}
	c.sums[0].add(sign * x)
	c.sums[1].addProduct(sign*x, x)
	c.sums[2].add(sign * y)
	c.sums[3].addProduct(sign*y, y)
	c.sums[4].addProduct(sign*x, y)
}

func (a *backSpread) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, backSpreadBytes, &a.held, backSpreadCell{})
	return err
}

func (a *backSpread) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args, ids, sel, n, 1)
}

func (a *backSpread) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args, ids, sel, n, -1)
}

func (a *backSpread) take(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int, sign float64) {
	if !a.pairs {
		sel = g.values(args[0], sel, n)
		x := g.float64s(0, args[0], sel, n)
		for j, id := range g.groups(ids, sel, n) {
			a.cells[id].add(x[j], sign)
		}
		return
	}
	for j := range lenOf(sel, n) {
		r := rowAt(sel, j)
		if args[0].Null(r) || args[1].Null(r) {
			continue
		}
		y, i := args[0].At(r)
		x, k := args[1].At(r)
		a.cells[ids[r]].addPair(y.Float64s()[i], x.Float64s()[k], sign)
	}
}

func (a *backSpread) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	k := len(state) - 2
	for i := range k {
		a.lists.each(state[i:i+1], ids, sel, n, func(kids []vexec.Vec, ids []uint32, rows []int32, _ int) {
			for _, r := range rows {
				v, at := kids[0].At(int(r))
				a.cells[ids[r]].sums[i].add(v.Float64s()[at])
			}
		})
	}
	counts, wild := g.int64s(0, &state[k], sel, n), g.int64s(1, &state[k+1], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.cells[id].n += counts[j]
		a.cells[id].wild += wild[j]
	}
}

func (a *backSpread) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	k := len(out) - 2
	for s := range k {
		offs := make([]int32, 1, len(ids)+1)
		var parts []float64
		for _, id := range ids {
			parts = append(parts, a.cells[id].sums[s].parts...)
			offs = append(offs, int32(len(parts)))
		}
		copy(listOf(&out[s], offs).Float64s(), parts)
	}
	for i, id := range ids {
		out[k].Int64s()[i], out[k+1].Int64s()[i] = a.cells[id].n, a.cells[id].wild
	}
}

func (a *backSpread) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	to := out.Float64s()
	for i, id := range ids {
		c := &a.cells[id]
		sums := floatSpreadCell{n: c.n, wild: c.wild}
		for s, t := range sums.sums() {
			*t = c.sums[s].twoFloat()
		}
		f, ok := sums.result(call.Fn)
		if to[i] = f; !ok {
			out.SetNull(i, len(ids))
		}
	}
}

func (a *backSpread) bytes() int64 { return a.held.bytes }
func (a *backSpread) reset()       { a.cells = a.cells[:0] }
func (a *backSpread) release()     { a.held.release() }
