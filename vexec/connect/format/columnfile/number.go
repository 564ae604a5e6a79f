package columnfile

import (
	"math"
	"math/bits"
)

// MulInt64 is a * b for b > 0; false: it is out of range.
func MulInt64(a, b int64) (int64, bool) {
	abs := uint64(a)
	if a < 0 {
		abs = -abs
	}
	hi, lo := bits.Mul64(abs, uint64(b))
	return a * b, hi == 0 && lo <= math.MaxInt64
}

// HalfToFloat is the value of a float of 16 bits.
func HalfToFloat(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0:
		f := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31:
		return math.Float32frombits(sign | 0xFF<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}
