package agg

import (
	"math"
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// intStats is several aggregates of one BIGINT column in one cell, SUM or AVG
// among them: with many groups a row then costs one cache miss, not one for each.
type intStats struct {
	cells []intStatsCell
	held  held
}

type intStatsCell struct {
	intSumCell
	least, most int64
}

var noStats = intStatsCell{least: math.MaxInt64, most: math.MinInt64}

func (a *intStats) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 40, &a.held, noStats)
	return err
}

func (a *intStats) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	v := args[0]
	sel = g.values(v, sel, n)
	x, groups := g.int64s(0, v, sel, n), g.groups(ids, sel, n)
	if id, ok := oneGroup(groups); ok {
		a.reduce(&a.cells[id], x)
		return
	}
	cells, x := a.cells, x[:len(groups)]
	for j, id := range groups {
		c, x := &cells[id], x[j]
		var carry uint64
		c.lo, carry = bits.Add64(c.lo, uint64(x), 0)
		c.hi += x>>63 + int64(carry)
		c.n++
		if x < c.least {
			c.least = x
		}
		if x > c.most {
			c.most = x
		}
	}
}

func (a *intStats) reduce(to *intStatsCell, x []int64) {
	c := *to
	for _, x := range x {
		c.add(uint64(x), x>>63)
		c.least, c.most = min(c.least, x), max(c.most, x)
	}
	c.n += int64(len(x))
	*to = c
}

// merge takes the columns of one call; those of SUM or AVG carry the count.
func (a *intStats) merge(call *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	if call.Fn == "SUM" || call.Fn == "AVG" {
		sums, counts := g.decimals(0, &state[0], sel, n), g.int64s(0, &state[1], sel, n)
		for j, id := range g.groups(ids, sel, n) {
			c := &a.cells[id]
			c.add(sums[j].Lo, sums[j].Hi)
			c.n += counts[j]
		}
		return
	}
	sel = g.values(&state[0], sel, n)
	x := g.int64s(0, &state[0], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		if c := &a.cells[id]; call.Fn == "MIN" {
			c.least = min(c.least, x[j])
		} else {
			c.most = max(c.most, x[j])
		}
	}
}

func (a *intStats) state(call *ir.AggCall, ids []uint32, out []vexec.Vec) {
	if call.Fn != "SUM" && call.Fn != "AVG" {
		a.write(call, ids, &out[0])
		return
	}
	sums, counts := out[0].Decs(), out[1].Int64s()
	for i, id := range ids {
		c := &a.cells[id]
		sums[i], counts[i] = ir.Dec{Lo: c.lo, Hi: c.hi}, c.n
	}
}

func (a *intStats) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	switch call.Fn {
	case "SUM", "AVG":
		finalIntSum(call, ids, out, func(id uint32) *intSumCell { return &a.cells[id].intSumCell }, fail)
	default:
		a.write(call, ids, out)
	}
}

// write writes MIN, MAX or COUNT, whose state is its result.
func (a *intStats) write(call *ir.AggCall, ids []uint32, out *vexec.Vec) {
	to := out.Int64s()
	for i, id := range ids {
		switch c := &a.cells[id]; call.Fn {
		case "MIN":
			to[i] = c.least
		case "MAX":
			to[i] = c.most
		default:
			to[i] = c.n
		}
	}
	if call.Fn != "COUNT" {
		nullWhere(out, ids, func(id uint32) bool { return a.cells[id].n == 0 })
	}
}

func (a *intStats) bytes() int64 { return a.held.bytes }
func (a *intStats) reset()       { a.cells = a.cells[:0] }
func (a *intStats) release()     { a.held.release() }
