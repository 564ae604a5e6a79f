package generator

import (
	"hash/fnv"
	"math/bits"

	"github.com/helios-stream/helios/vexec"
)

// A random value is a function of its column's key and its row's number: a counter
// put through the finalizer of splitmix64. So any row can be made at any time.

// golden is the step of the counter: odd, and without pattern.
const golden = 0x9E3779B97F4A7C15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// keyOf is the key of what is drawn for a column: another one for each seed, path
// and purpose.
func keyOf(seed uint64, path, purpose string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(path + "\x00" + purpose))
	return mix(mix(seed*golden+1) ^ h.Sum64())
}

// draw is the random number of row n.
func draw(key, n uint64) uint64 { return mix(key + n*golden) }

// below is the random number of row n in [0, span); a span of 0 is all 64 bits.
func below(key, n, span uint64) uint64 {
	x := draw(key, n)
	if span == 0 {
		return x
	}
	hi, _ := bits.Mul64(x, span)
	return hi
}

type whole interface{ int8 | int16 | int32 | int64 }

// randomInts fills out with numbers from lo on, span of them.
func randomInts[T whole](out []T, key, from uint64, lo int64, span uint64) {
	at := key + from*golden
	if span == 0 {
		for i := range out {
			out[i] = T(mix(at))
			at += golden
		}
		return
	}
	for i := range out {
		hi, _ := bits.Mul64(mix(at), span)
		out[i] = T(lo + int64(hi))
		at += golden
	}
}

// sequence fills out with start + n*step.
func sequence[T whole](out []T, from uint64, start, step int64) {
	at := start + int64(from)*step
	for i := range out {
		out[i] = T(at)
		at += step
	}
}

// setInts makes the values of a column that is stored as whole numbers.
func setInts(v *vexec.Vec, r rows, g *ints) {
	switch v.Type.Kind.Width() {
	case 1:
		fillInts(v.Int8s(), r, g)
	case 2:
		fillInts(v.Int16s(), r, g)
	case 4:
		fillInts(v.Int32s(), r, g)
	case 8:
		fillInts(v.Int64s(), r, g)
	}
}

func fillInts[T whole](out []T, r rows, g *ints) {
	if g.sequence {
		sequence(out[:r.n], r.from, g.lo, g.step)
	} else {
		randomInts(out[:r.n], g.key, r.from, g.lo, g.span)
	}
}

// mul128 is the upper half of the product of two 128-bit numbers.
func mul128(ahi, alo, bhi, blo uint64) (hi, lo uint64) {
	p, _ := bits.Mul64(alo, blo)
	m1h, m1l := bits.Mul64(alo, bhi)
	m2h, m2l := bits.Mul64(ahi, blo)
	th, tl := bits.Mul64(ahi, bhi)
	_, c1 := bits.Add64(p, m1l, 0)
	_, c2 := bits.Add64(p+m1l, m2l, 0)
	lo, c := bits.Add64(m1h, m2h, c1)
	lo, d := bits.Add64(lo, tl, c2)
	return th + c + d, lo
}
