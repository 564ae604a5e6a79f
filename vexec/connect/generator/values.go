package generator

import (
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// ints are whole numbers, and what is stored as such: a sequence from lo by step, or
// random from lo on, span of them (0: all that 64 bits can tell).
type ints struct {
	sequence bool
	key      uint64
	lo, step int64
	span     uint64
	unit     int64 // > 1: values are rounded down to multiples of it
}

func (g *ints) fill(v *vexec.Vec, r rows) {
	setInts(v, r, g)
	if g.unit > 1 {
		roundDown(v.Int64s()[:r.n], g.unit)
	}
}

func roundDown(out []int64, unit int64) {
	for i, x := range out {
		out[i] = x - kernels.FloorMod(x, unit)
	}
}

// bools are random.
type bools struct{ key uint64 }

func (g *bools) fill(v *vexec.Vec, r rows) {
	for i := range r.n { // Reset has made them false
		if draw(g.key, r.from+uint64(i))&1 != 0 {
			vexec.SetBit(v.Data, i)
		}
	}
}

// floats are a sequence from lo by step, or random in [lo, lo+step).
type floats struct {
	sequence bool
	key      uint64
	lo, step float64
}

func (g *floats) fill(v *vexec.Vec, r rows) {
	if v.Type.Kind == ir.Real {
		fillFloats(v.Float32s()[:r.n], r.from, g)
	} else {
		fillFloats(v.Float64s()[:r.n], r.from, g)
	}
}

func fillFloats[T float32 | float64](out []T, from uint64, g *floats) {
	if g.sequence {
		for i := range out {
			out[i] = T(g.lo + float64(from+uint64(i))*g.step)
		}
		return
	}
	at := g.key + from*golden
	scale := g.step / (1 << 53)
	for i := range out {
		out[i] = T(g.lo + float64(mix(at)>>11)*scale)
		at += golden
	}
}

// decs are DECIMALs: a sequence of 64-bit ones, or random from lo on, hi:span of them.
type decs struct {
	sequence     bool
	key, key2    uint64
	lo           ir.Dec
	step         int64
	spanHi, span uint64
}

func (g *decs) fill(v *vexec.Vec, r rows) {
	out := v.Decs()[:r.n]
	if g.sequence {
		at := int64(g.lo.Lo) + int64(r.from)*g.step
		for i := range out {
			out[i] = ir.DecFromInt64(at)
			at += g.step
		}
		return
	}
	for i := range out {
		n := r.from + uint64(i)
		var hi, lo uint64
		if g.spanHi == 0 {
			lo = below(g.key, n, g.span)
		} else {
			hi, lo = mul128(draw(g.key2, n), draw(g.key, n), g.spanHi, g.span)
		}
		lo, carry := bits.Add64(lo, g.lo.Lo, 0)
		out[i] = ir.Dec{Lo: lo, Hi: int64(hi + uint64(g.lo.Hi) + carry)}
	}
}

// times are TIMESTAMPs in the column's own unit. Each is a base less a random part
// of past: the base is the time when the row is handed out, or start + n*step.
type times struct {
	sequence    bool
	start, step int64
	key         uint64
	past        int64 // at most so much before the base
	unit        int64 // > 1: rounded down to multiples of it
	nanos       bool
}

// plain reports whether the times never fall.
func (g *times) plain() bool { return g.sequence && g.past == 0 }

// at is the time of row n of a plain sequence.
func (g *times) at(n uint64) int64 {
	t := g.start + int64(n)*g.step
	return t - kernels.FloorMod(t, max(g.unit, 1))
}

func (g *times) fill(v *vexec.Vec, r rows) {
	out := v.Int64s()[:r.n]
	if g.sequence {
		sequence(out, r.from, g.start, g.step)
	} else {
		now := int64(r.now)
		if g.nanos {
			now *= 1000
		}
		for i := range out {
			out[i] = now
		}
	}
	if g.past > 0 {
		for i := range out {
			out[i] -= int64(below(g.key, r.from+uint64(i), uint64(g.past)+1))
		}
	}
	if g.unit > 1 {
		roundDown(out, g.unit)
	}
}

// micros is a stored timestamp as event time.
func micros(t *ir.Type, x int64) ir.Micros {
	if t.Nanos() {
		x = kernels.FloorDiv(x, 1000)
	}
	return ir.Micros(x)
}

// fields are the fields of a ROW.
type fields struct{ kids []*column }

func (g *fields) fill(v *vexec.Vec, r rows) {
	for i, k := range g.kids {
		k.make(&v.Kids[i], r)
	}
}

// list is an ARRAY of a fixed number of elements.
type list struct {
	size int
	elem *column
}

func (g *list) fill(v *vexec.Vec, r rows) {
	for i := range v.Offs {
		v.Offs[i] = int32(i * g.size)
	}
	if len(v.Kids) != 1 {
		v.Kids = make([]vexec.Vec, 1)
	}
	g.elem.make(&v.Kids[0], rows{from: r.from * uint64(g.size), n: r.n * g.size, now: r.now})
}
