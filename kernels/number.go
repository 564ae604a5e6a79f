package kernels

import (
	"math"
	"math/bits"
)

//go:generate go run ./gen

// Int is the signed integers that columns are made of.
type Int interface{ int8 | int16 | int32 | int64 }

// SmallInt is the integers whose product fits in 64 bits.
type SmallInt interface{ int8 | int16 | int32 }

// Float is the floating-point numbers that columns are made of.
type Float interface{ float32 | float64 }

// Number is what columns of fixed width hold, DECIMAL apart.
type Number interface{ Int | Float }

// AddOver reports whether x + y overflows.
func AddOver[T Int](x, y T) bool { r := x + y; return (x^r)&(y^r) < 0 }

// SubOver reports whether x - y overflows.
func SubOver[T Int](x, y T) bool { r := x - y; return (x^y)&(x^r) < 0 }

// MulOver reports whether x * y overflows T.
func MulOver[T Int](x, y T) bool {
	hi, lo := mul64(int64(x), int64(y))
	return hi != int64(lo)>>63 || int64(T(lo)) != int64(lo)
}

// mul64 returns the 128-bit product of x and y.
func mul64(x, y int64) (hi int64, lo uint64) {
	h, l := bits.Mul64(uint64(x), uint64(y))
	return int64(h) - (x>>63)&y - (y>>63)&x, l
}

// MulVV sets dst[i] = a[i] * b[i] for the rows of sel and reports whether one of them overflowed.
func MulVV(dst, a, b []int64, sel []int32) bool {
	var over int64
	if sel == nil {
		b, dst = b[:len(a)], dst[:len(a)]
		for i, x := range a {
			hi, lo := mul64(x, b[i])
			over |= hi ^ int64(lo)>>63
			dst[i] = int64(lo)
		}
		return over != 0
	}
	for _, i := range sel {
		hi, lo := mul64(a[i], b[i])
		over |= hi ^ int64(lo)>>63
		dst[i] = int64(lo)
	}
	return over != 0
}

// MulVC sets dst[i] = a[i] * y for the rows of sel and reports whether one of them overflowed.
func MulVC(dst, a []int64, y int64, sel []int32) bool {
	var over int64
	if sel == nil {
		dst = dst[:len(a)]
		for i, x := range a {
			hi, lo := mul64(x, y)
			over |= hi ^ int64(lo)>>63
			dst[i] = int64(lo)
		}
		return over != 0
	}
	for _, i := range sel {
		hi, lo := mul64(a[i], y)
		over |= hi ^ int64(lo)>>63
		dst[i] = int64(lo)
	}
	return over != 0
}

// DivInt sets dst[i] = a[i] / b[i], cut towards zero, for the rows of sel, and
// reports whether one of them divided by zero or overflowed (DivFails says which);
// dst is 0 and the lowest number there.
func DivInt[T Int](dst, a, b []T, sel []int32) (bad bool) {
	return each2(len(a), sel, func(i int) bool {
		x, y := a[i], b[i]
		if y == 0 {
			dst[i] = 0
			return true
		}
		q := x / y
		dst[i] = q
		return y == -1 && q == x && x != 0
	})
}

// DivFails says why a / b fails: division by zero, overflow, or neither.
func DivFails[T Int](x, y T) (zero, over bool) {
	return y == 0, y == -1 && x != 0 && -x == x
}

// ModInt sets dst[i] to the remainder of a[i] / b[i], with the sign of a[i], for
// the rows of sel, and reports whether one of them divided by zero; dst is 0 there.
func ModInt[T Int](dst, a, b []T, sel []int32) (bad bool) {
	return each2(len(a), sel, func(i int) bool {
		y := b[i]
		if y == 0 {
			dst[i] = 0
			return true
		}
		dst[i] = a[i] % y
		return false
	})
}

// each2 calls f for the rows of sel, or all of [0, n), and or-s what it returns. It
// is for loops whose body costs more than the call: divisions.
func each2(n int, sel []int32, f func(i int) bool) bool {
	bad := false
	if sel == nil {
		for i := range n {
			if f(i) {
				bad = true
			}
		}
		return bad
	}
	for _, i := range sel {
		if f(int(i)) {
			bad = true
		}
	}
	return bad
}

// NegInt sets dst[i] = -a[i] for the rows of sel and reports whether one overflowed.
func NegInt[T Int](dst, a []T, sel []int32) bool { return SubCV(dst, 0, a, sel) }

// AbsInt sets dst[i] = |a[i]| for the rows of sel and reports whether one overflowed.
func AbsInt[T Int](dst, a []T, sel []int32) bool {
	var over T
	if sel == nil {
		dst = dst[:len(a)]
		for i, x := range a {
			if x < 0 {
				x = -x
			}
			over |= x
			dst[i] = x
		}
		return over < 0
	}
	for _, i := range sel {
		x := a[i]
		if x < 0 {
			x = -x
		}
		over |= x
		dst[i] = x
	}
	return over < 0
}

// MapNumber sets dst[i] = f(a[i]) for the rows of sel: for functions that cost more
// than a call, such as logarithms.
func MapNumber[T, U Number](dst []U, a []T, sel []int32, f func(T) U) {
	if sel == nil {
		dst = dst[:len(a)]
		for i, x := range a {
			dst[i] = f(x)
		}
		return
	}
	for _, i := range sel {
		dst[i] = f(a[i])
	}
}

// CastInt sets dst[i] = a[i] for the rows of sel and reports whether one of them
// does not fit.
func CastInt[T, U Int](dst []U, a []T, sel []int32) bool {
	var bad int64
	if sel == nil {
		dst = dst[:len(a)]
		for i, x := range a {
			r := U(x)
			bad |= int64(r) ^ int64(x)
			dst[i] = r
		}
		return bad != 0
	}
	for _, i := range sel {
		r := U(a[i])
		bad |= int64(r) ^ int64(a[i])
		dst[i] = r
	}
	return bad != 0
}

// Convert sets dst[i] = a[i] for the rows of sel, rounded to the nearest float:
// from integers to floats and between floats.
func Convert[T Number, U Float](dst []U, a []T, sel []int32) {
	if sel == nil {
		dst = dst[:len(a)]
		for i, x := range a {
			dst[i] = U(x)
		}
		return
	}
	for _, i := range sel {
		dst[i] = U(a[i])
	}
}

// FloatFits reports whether x, cut towards zero, fits in an integer of the given bits.
func FloatFits(x float64, bits int) bool {
	lim := math.Ldexp(1, bits-1)
	t := math.Trunc(x)
	return t >= -lim && t < lim // false for NaN
}

// CastFloat sets dst[i] = a[i] cut towards zero for the rows of sel and reports
// whether one of them does not fit (FloatFits); dst is 0 there.
func CastFloat[T Float, U Int](dst []U, a []T, width int, sel []int32) bool {
	lim := math.Ldexp(1, width-1)
	one := func(x float64) (U, bool) {
		t := math.Trunc(x)
		if t >= -lim && t < lim {
			return U(int64(t)), false
		}
		return 0, true
	}
	bad := false
	if sel == nil {
		for i, x := range a {
			r, b := one(float64(x))
			dst[i], bad = r, bad || b
		}
		return bad
	}
	for _, i := range sel {
		r, b := one(float64(a[i]))
		dst[i], bad = r, bad || b
	}
	return bad
}
