package agg

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// floatSpread is the variances, covariances and correlation of DOUBLEs: two-float sums of
// the values, their squares and products, and how many values are not finite, which make
// the result NaN.
//
// What it promises: the result does not depend on how the rows are parted, to within
// 1e-12 as long as the deviation is more than 1e-9 of the mean; one of less than 1e-14 of
// the mean counts as none. Values beyond 1e150, whose squares are too large, count as not
// finite.
type floatSpread struct {
	pairs bool // of y and x: y is the first argument
	cells []floatSpreadCell
	held  held
}

type floatSpreadCell struct {
	x, y, xx, yy, xy twoFloat
	n, wild          int64
}

const (
	floatSpreadBytes = 96
	tooWild          = 1e150
)

// twoFloat is a sum and the rounding errors of it.
type twoFloat struct{ sum, err float64 }

func (t *twoFloat) add(x float64) {
	s := t.sum
	u := s + x
	b := u - s
	t.sum = u
	t.err += (s - (u - b)) + (x - b)
}

// addProduct adds a * b, exactly.
func (t *twoFloat) addProduct(a, b float64) {
	p := a * b
	t.add(p)
	t.err += math.FMA(a, b, -p)
}

// normal is the same sum with a small error part.
func (t twoFloat) normal() twoFloat {
	s := t.sum + t.err
	return twoFloat{s, t.err - (s - t.sum)}
}

// times is the product of two sums.
func (t twoFloat) times(o twoFloat) twoFloat {
	p := t.sum * o.sum
	e := math.FMA(t.sum, o.sum, -p)
	return twoFloat{p, e + t.sum*o.err + t.err*o.sum}.normal()
}

// minus is the difference; one of less than 2^-93 of t is none.
func (t twoFloat) minus(o twoFloat) float64 {
	d := t
	d.add(-o.sum)
	d.err -= o.err
	if f := d.sum + d.err; math.Abs(f) > math.Abs(t.sum)*0x1p-93 {
		return f
	}
	return 0
}

func (c *floatSpreadCell) add(x float64) {
	c.n++
	if !(math.Abs(x) <= tooWild) {
		c.wild++
		return
	}
	c.x.add(x)
	c.xx.addProduct(x, x)
}

func (c *floatSpreadCell) addPair(y, x float64) {
	c.n++
	if !(math.Abs(x) <= tooWild && math.Abs(y) <= tooWild) {
		c.wild++
		return
	}
	c.x.add(x)
	c.y.add(y)
	c.xx.addProduct(x, x)
	c.yy.addProduct(y, y)
	c.xy.addProduct(x, y)
}

func (a *floatSpread) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, floatSpreadBytes, &a.held, floatSpreadCell{})
	return err
}

func (a *floatSpread) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	if !a.pairs {
		sel = g.values(args[0], sel, n)
		x := g.float64s(0, args[0], sel, n)
		for j, id := range g.groups(ids, sel, n) {
			a.cells[id].add(x[j])
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
		a.cells[ids[r]].addPair(y.Float64s()[i], x.Float64s()[k])
	}
}

// lenOf is how many rows a selection has.
func lenOf(sel []int32, n int) int {
	if sel != nil {
		return len(sel)
	}
	return n
}

// sums are the sums in the order of the state's columns, of which a single argument has two.
func (c *floatSpreadCell) sums() [5]*twoFloat {
	return [...]*twoFloat{&c.x, &c.xx, &c.y, &c.yy, &c.xy}
}

func (a *floatSpread) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	k := (len(state) - 2) / 2
	groups := g.groups(ids, sel, n)
	for i := range k {
		sums, errs := g.float64s(0, &state[2*i], sel, n), g.float64s(1, &state[2*i+1], sel, n)
		for j, id := range groups {
			t := a.cells[id].sums()[i]
			t.add(sums[j])
			t.err += errs[j]
		}
	}
	counts, wild := g.int64s(0, &state[2*k], sel, n), g.int64s(1, &state[2*k+1], sel, n)
	for j, id := range groups {
		a.cells[id].n += counts[j]
		a.cells[id].wild += wild[j]
	}
}

func (a *floatSpread) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	k := (len(out) - 2) / 2
	for i, id := range ids {
		c := &a.cells[id]
		sums := c.sums()
		for s, t := range sums[:k] {
			out[2*s].Float64s()[i], out[2*s+1].Float64s()[i] = t.sum, t.err
		}
		out[2*k].Int64s()[i], out[2*k+1].Int64s()[i] = c.n, c.wild
	}
}

func (a *floatSpread) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	to := out.Float64s()
	for i, id := range ids {
		f, ok := a.cells[id].result(call.Fn)
		if to[i] = f; !ok {
			out.SetNull(i, len(ids))
		}
	}
}

// result is what fn gives; ok is false where that is NULL.
func (c *floatSpreadCell) result(fn string) (f float64, ok bool) {
	by := divisor(fn, c.n)
	switch {
	case by <= 0:
		return 0, false
	case c.wild > 0:
		return math.NaN(), true
	}
	x, y, n := c.x.normal(), c.y.normal(), twoFloat{sum: float64(c.n)}
	spreadX := max(0, n.times(c.xx.normal()).minus(x.times(x)))
	both := float64(c.n) * float64(by)
	switch fn {
	case "COVAR_POP", "COVAR_SAMP":
		return c.together(x, y, n) / both, true
	case "CORR":
		spreadY := max(0, n.times(c.yy.normal()).minus(y.times(y)))
		if spreadX == 0 || spreadY == 0 {
			return 0, false
		}
		return min(1, max(-1, c.together(x, y, n)/math.Sqrt(spreadX)/math.Sqrt(spreadY))), true
	}
	return rooted(fn, spreadX/both), true
}

// together is n times the sum of the products less the product of the sums.
func (c *floatSpreadCell) together(x, y, n twoFloat) float64 {
	return n.times(c.xy.normal()).minus(x.times(y))
}

func (a *floatSpread) bytes() int64 { return a.held.bytes }
func (a *floatSpread) reset()       { a.cells = a.cells[:0] }
func (a *floatSpread) release()     { a.held.release() }
