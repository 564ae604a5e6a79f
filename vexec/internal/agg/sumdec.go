package agg

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// decSum is SUM and AVG of DECIMAL: a sum of 192 bits, stored as one of 256, which
// no number of rows overflows, and the number of values.
type decSum struct {
	cells []decSumCell
	held  held
}

type decSumCell struct {
	lo, mid uint64
	hi      int64
	n       int64
}

func (c *decSumCell) add(lo, mid uint64, hi int64) {
	var carry uint64
	c.lo, carry = bits.Add64(c.lo, lo, 0)
	c.mid, carry = bits.Add64(c.mid, mid, carry)
	c.hi += hi + int64(carry)
}

func (c *decSumCell) subtract(d ir.Dec) {
	var borrow uint64
	c.lo, borrow = bits.Sub64(c.lo, d.Lo, 0)
	c.mid, borrow = bits.Sub64(c.mid, uint64(d.Hi), borrow)
	c.hi -= d.Hi>>63 + int64(borrow)
}

func (a *decSum) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 32, &a.held, decSumCell{})
	return err
}

func (a *decSum) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	v := args[0]
	sel = g.values(v, sel, n)
	x := g.decimals(0, v, sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		c.add(x[j].Lo, uint64(x[j].Hi), x[j].Hi>>63)
		c.n++
	}
}

func (a *decSum) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	v := args[0]
	sel = g.values(v, sel, n)
	x := g.decimals(0, v, sel, n)
	for j, id := range g.groups(ids, sel, n) {
		a.cells[id].subtract(x[j])
		a.cells[id].n--
	}
}

func (a *decSum) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	low, high := g.decimals(0, &state[0], sel, n), g.decimals(1, &state[1], sel, n)
	counts := g.int64s(0, &state[2], sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		c.add(low[j].Lo, uint64(low[j].Hi), int64(high[j].Lo))
		c.n += counts[j]
	}
}

func (a *decSum) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	low, high, counts := out[0].Decs(), out[1].Decs(), out[2].Int64s()
	for i, id := range ids {
		c := &a.cells[id]
		low[i], high[i] = ir.Dec{Lo: c.lo, Hi: int64(c.mid)}, ir.DecFromInt64(c.hi)
		counts[i] = c.n
	}
}

func (a *decSum) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	shift := 0
	if call.Fn == "AVG" {
		shift = call.T.S - call.Args[0].Type().S
	}
	limit := pow10(call.T.P)
	to := out.Decs()
	for i, id := range ids {
		c := &a.cells[id]
		to[i] = ir.Dec{}
		if c.n == 0 {
			continue
		}
		d, ok := c.result(call.Fn == "AVG", shift, limit)
		if !ok {
			out.SetNull(i, len(ids))
			fail(i, "")
			continue
		}
		to[i] = d
	}
	nullWhere(out, ids, func(id uint32) bool { return a.cells[id].n == 0 })
}

// result is the sum, or the mean moved by shift digits and rounded half away from
// zero; ok is false where it is not below limit.
func (c *decSumCell) result(mean bool, shift int, limit *big.Int) (d ir.Dec, ok bool) {
	if small := int64(c.lo); c.hi == small>>63 && int64(c.mid) == small>>63 && limit.BitLen() > 63 {
		if !mean {
			return ir.DecFromInt64(small), true
		}
		if m, ok := smallMean(small, c.n, shift); ok {
			return ir.DecFromInt64(m), true
		}
	}
	b := c.big()
	if mean {
		b.Mul(b, pow10(shift))
		divRound(b, big.NewInt(c.n))
	}
	if b.CmpAbs(limit) >= 0 {
		return ir.Dec{}, false
	}
	return ir.DecFromBig(b)
}

// big is the sum.
func (c *decSumCell) big() *big.Int {
	b := big.NewInt(c.hi)
	b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(c.mid))
	return b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(c.lo))
}

// smallMean is sum * 10^shift / n, rounded half away from zero, where all fits in
// 64 bits.
func smallMean(sum, n int64, shift int) (int64, bool) {
	if shift > 18 || n > math.MaxInt64/2 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(max(sum, -sum)), pow10(shift).Uint64())
	if hi != 0 || lo > math.MaxInt64/2 || sum == math.MinInt64 {
		return 0, false
	}
	q, r := int64(lo)/n, int64(lo)%n
	if 2*r >= n {
		q++
	}
	if sum < 0 {
		q = -q
	}
	return q, true
}

// divRound sets b to b / n, rounded half away from zero.
func divRound(b, n *big.Int) {
	negative := b.Sign() < 0
	b.Abs(b)
	b.Lsh(b, 1).Add(b, n)
	b.Quo(b, new(big.Int).Lsh(n, 1))
	if negative {
		b.Neg(b)
	}
}

var powers = func() [ir.MaxPrecision + 1]*big.Int {
	var p [ir.MaxPrecision + 1]*big.Int
	p[0] = big.NewInt(1)
	for i := 1; i < len(p); i++ {
		p[i] = new(big.Int).Mul(p[i-1], big.NewInt(10))
	}
	return p
}()

// pow10 is 10^n, which must not be written.
func pow10(n int) *big.Int { return powers[n] }

func (a *decSum) bytes() int64 { return a.held.bytes }
func (a *decSum) reset()       { a.cells = a.cells[:0] }
func (a *decSum) release()     { a.held.release() }
