package kernels

import (
	"math"
	"strconv"
)

// ModFloat is the remainder of x / y with the sign of x; NaN where y is 0.
func ModFloat(x, y float64) float64 { return math.Mod(x, y) }

// RoundFloat rounds x to digits behind the point (or, negative, before it) as its
// shortest decimal form reads: RoundFloat(2.675, 2) is 2.68. A zero has no sign.
func RoundFloat(x float64, digits int, how Rounding) float64 {
	if x != x || math.IsInf(x, 0) {
		return x
	}
	if digits == 0 {
		switch how {
		case HalfAway:
			return math.Round(x) + 0 // -0 + 0 is 0
		case Cut:
			return math.Trunc(x) + 0
		}
	}
	var mem [32]byte
	b := strconv.AppendFloat(mem[:0], math.Abs(x), 'e', -1, 64) // d.ddde±xx
	e := len(b) - 1
	for b[e] != 'e' {
		e--
	}
	exp, _ := strconv.Atoi(string(b[e+1:]))
	mant := append(b[:1:1], b[min(2, e):e]...)
	keep := exp + 1 + digits // digits of the mantissa that stay
	if keep >= len(mant) {
		return x + 0
	}
	up := keep >= 0 && how == HalfAway && mant[keep] >= '5'
	if keep <= 0 {
		mant = []byte{'0'}
		keep = 1
	}
	out := append(mem[:0:0], mant[:keep]...)
	if up && exp+1+digits <= 0 {
		out[0] = '1'
	} else if up {
		out = bump(out)
	}
	out = append(out, 'e')
	out = strconv.AppendInt(out, int64(-digits), 10)
	r, err := strconv.ParseFloat(string(out), 64)
	if err != nil { // rounded up past the greatest float
		r = math.Inf(1)
	}
	return math.Copysign(r, x) + 0
}

// bump adds one to a decimal number.
func bump(d []byte) []byte {
	for i := len(d) - 1; i >= 0; i-- {
		if d[i] != '9' {
			d[i]++
			return d
		}
		d[i] = '0'
	}
	return append([]byte{'1'}, d...)
}

// RoundInt rounds x to -digits places before the point; ok is false where the
// result does not fit in width bits.
func RoundInt(x int64, digits, width int, how Rounding) (r int64, ok bool) {
	if digits >= 0 {
		return x, true
	}
	d, ok := DecOf(x).RoundAt(0, max(digits, -MaxDigits), MaxDigits, how)
	if !ok {
		return 0, false
	}
	r, ok = d.Int64()
	return r, ok && r>>(width-1) == r>>63
}

// RoundAs is RoundFloat for either width: a float32 is rounded by its own shortest form.
func RoundAs[T Float](x T, digits int, how Rounding) T {
	if _, narrow := any(x).(float32); narrow {
		short, _ := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'e', -1, 32), 64)
		return T(RoundFloat(short, digits, how))
	}
	return T(RoundFloat(float64(x), digits, how))
}
