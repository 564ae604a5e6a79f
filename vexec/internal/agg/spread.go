package agg

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// spread is VAR_POP and its like over whole numbers and DECIMALs: exact sums of the
// values (192 bits, stored as 256) and of their squares (320 bits), so that the result is
// the correctly rounded one whatever the order of the rows.
type spread struct {
	cells []spreadCell
	held  held
}

type spreadCell struct {
	sum decSumCell // with the count
	sq  [5]uint64
}

const spreadBytes = 72

// square is d * d in 256 bits.
func square(d ir.Dec) (sq [4]uint64) {
	lo, hi := d.Lo, uint64(d.Hi)
	if d.Hi < 0 {
		var carry uint64
		lo, carry = bits.Add64(^lo, 1, 0)
		hi = ^hi + carry
	}
	sq[1], sq[0] = bits.Mul64(lo, lo)
	if hi == 0 {
		return sq
	}
	mid, low := bits.Mul64(lo, hi)
	var carry uint64
	for range 2 {
		sq[1], carry = bits.Add64(sq[1], low, 0)
		sq[2], carry = bits.Add64(sq[2], mid, carry)
		sq[3] += carry
	}
	top, second := bits.Mul64(hi, hi)
	sq[2], carry = bits.Add64(sq[2], second, 0)
	sq[3], _ = bits.Add64(sq[3], top, carry)
	return sq
}

func (c *spreadCell) add(d ir.Dec) {
	c.sum.add(d.Lo, uint64(d.Hi), d.Hi>>63)
	c.sum.n++
	sq := square(d)
	var carry uint64
	for i := range sq {
		c.sq[i], carry = bits.Add64(c.sq[i], sq[i], carry)
	}
	c.sq[4] += carry
}

func (c *spreadCell) subtract(d ir.Dec) {
	c.sum.subtract(d)
	c.sum.n--
	sq := square(d)
	var borrow uint64
	for i := range sq {
		c.sq[i], borrow = bits.Sub64(c.sq[i], sq[i], borrow)
	}
	c.sq[4] -= borrow
}

func (a *spread) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, spreadBytes, &a.held, spreadCell{})
	return err
}

func (a *spread) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(args[0], sel, n)
	x := g.wide(args[0], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.cells[id].add(x[j])
	}
}

func (a *spread) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(args[0], sel, n)
	x := g.wide(args[0], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.cells[id].subtract(x[j])
	}
}

// wide reads whole numbers and DECIMALs as DECIMALs.
func (g *gather) wide(v *vexec.Vec, sel []int32, n int) []ir.Dec {
	if v.Type.Kind == ir.Decimal {
		return g.decimals(0, v, sel, n)
	}
	x := g.int64s(0, v, sel, n)
	g.decs[0] = grown(g.decs[0], len(x))
	for j, x := range x {
		g.decs[0][j] = ir.DecFromInt64(x)
	}
	return g.decs[0]
}

func (a *spread) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	low, high := g.decimals(0, &state[0], sel, n), g.decimals(1, &state[1], sel, n)
	counts, groups := g.int64s(0, &state[5], sel, n), g.groups(ids, sel, n)
	for j, id := range groups {
		c := &a.cells[id]
		c.sum.add(low[j].Lo, uint64(low[j].Hi), int64(high[j].Lo))
		c.sum.n += counts[j]
	}
	for j, id := range groups {
		r := rowAt(sel, j)
		var words [6]uint64
		for k := range 3 {
			v, i := state[2+k].At(r)
			d := v.Decs()[i]
			words[2*k], words[2*k+1] = d.Lo, uint64(d.Hi)
		}
		var carry uint64
		sq := &a.cells[id].sq
		for i := range sq {
			sq[i], carry = bits.Add64(sq[i], words[i], carry)
		}
	}
}

func (a *spread) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	low, high, counts := out[0].Decs(), out[1].Decs(), out[5].Int64s()
	for i, id := range ids {
		c := &a.cells[id]
		low[i], high[i] = ir.Dec{Lo: c.sum.lo, Hi: int64(c.sum.mid)}, ir.DecFromInt64(c.sum.hi)
		words := [6]uint64{c.sq[0], c.sq[1], c.sq[2], c.sq[3], c.sq[4], uint64(int64(c.sq[4]) >> 63)}
		for k := range 3 {
			out[2+k].Decs()[i] = ir.Dec{Lo: words[2*k], Hi: int64(words[2*k+1])}
		}
		counts[i] = c.sum.n
	}
}

func (a *spread) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	scale := call.Args[0].Type().S // 0 of whole numbers
	to := out.Float64s()
	for i, id := range ids {
		c := &a.cells[id]
		to[i] = 0
		if spreadOf(call.Fn, c.sum.n) {
			to[i] = rooted(call.Fn, c.variance(divisor(call.Fn, c.sum.n), scale))
		}
	}
	nullWhere(out, ids, func(id uint32) bool { return !spreadOf(call.Fn, a.cells[id].sum.n) })
}

// spreadOf reports whether n values have the variance that fn asks for.
func spreadOf(fn string, n int64) bool { return divisor(fn, n) > 0 }

// divisor is what fn divides the sum of the squared distances of n values by.
func divisor(fn string, n int64) int64 {
	switch fn {
	case "VAR_SAMP", "STDDEV_SAMP", "COVAR_SAMP":
		return n - 1
	}
	return n
}

// rooted is the deviation where fn asks for it.
func rooted(fn string, variance float64) float64 {
	if fn == "STDDEV_POP" || fn == "STDDEV_SAMP" {
		return math.Sqrt(variance)
	}
	return variance
}

// variance is (n*squares - sum*sum) / (n*by), by the square of 10^scale.
func (c *spreadCell) variance(by int64, scale int) float64 {
	const exact = 1 << 53 // a float holds each integer up to here
	if s := int64(c.sum.lo); scale == 0 && c.sq[1]|c.sq[2]|c.sq[3]|c.sq[4] == 0 && c.sq[0] < exact && c.sum.n < 1<<26 && s > -exact && s < exact {
		// n*squares and sum*sum are below 2^79; their difference is taken exactly.
		hi, lo := bits.Mul64(c.sq[0], uint64(c.sum.n))
		shi, slo := bits.Mul64(uint64(max(s, -s)), uint64(max(s, -s)))
		lo, borrow := bits.Sub64(lo, slo, 0)
		if hi, _ = bits.Sub64(hi, shi, borrow); hi == 0 && lo < exact && c.sum.n*by < exact {
			return float64(lo) / float64(c.sum.n*by)
		}
	}
	sum, sq := c.sum.big(), new(big.Int)
	for i := len(c.sq) - 1; i >= 0; i-- {
		sq.Lsh(sq, 64).Or(sq, new(big.Int).SetUint64(c.sq[i]))
	}
	n := big.NewInt(c.sum.n)
	sq.Mul(sq, n).Sub(sq, sum.Mul(sum, sum))
	n.Mul(n, big.NewInt(by))
	for range 2 * scale {
		n.Mul(n, big.NewInt(10))
	}
	f, _ := new(big.Rat).SetFrac(sq, n).Float64()
	return f
}

func (a *spread) bytes() int64 { return a.held.bytes }
func (a *spread) reset()       { a.cells = a.cells[:0] }
func (a *spread) release()     { a.held.release() }
