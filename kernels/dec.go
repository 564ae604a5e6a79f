package kernels

import (
	"math"
	"math/big"
	"math/bits"
)

// Dec is an unscaled DECIMAL value in 128-bit two's complement: the layout of
// ir.Dec and of Arrow's decimal128. Scale and precision stand in the type.
type Dec struct {
	Lo uint64
	Hi int64
}

// MaxDigits is the greatest precision.
const MaxDigits = 38

// pow10 holds the powers of ten that fit in 128 bits.
var pow10 = func() (p [MaxDigits + 1]Dec) {
	b := big.NewInt(1)
	for i := range p {
		p[i], _ = decFromBig(b)
		b.Mul(b, big.NewInt(10))
	}
	return p
}()

// Pow10 returns 10 to the power of n, 0 <= n <= MaxDigits.
func Pow10(n int) Dec { return pow10[n] }

// DecOf returns v as a Dec.
func DecOf(v int64) Dec { return Dec{uint64(v), v >> 63} }

// Int64 returns d as an int64; ok is false where it does not fit.
func (d Dec) Int64() (v int64, ok bool) { return int64(d.Lo), d.Hi == int64(d.Lo)>>63 }

// Cmp returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Dec) Cmp(e Dec) int {
	switch {
	case d.Hi != e.Hi && d.Hi < e.Hi, d.Hi == e.Hi && d.Lo < e.Lo:
		return -1
	case d == e:
		return 0
	}
	return 1
}

// Neg returns -d.
func (d Dec) Neg() Dec {
	lo, borrow := bits.Sub64(0, d.Lo, 0)
	return Dec{lo, -d.Hi - int64(borrow)}
}

// Abs returns |d|.
func (d Dec) Abs() Dec {
	if d.Hi < 0 {
		return d.Neg()
	}
	return d
}

// IsZero reports whether d is 0.
func (d Dec) IsZero() bool { return d.Lo|uint64(d.Hi) == 0 }

// Fits reports whether d has at most p digits.
func (d Dec) Fits(p int) bool {
	a, lim := d.Abs(), pow10[p]
	return a.Hi >= 0 && (a.Hi < lim.Hi || a.Hi == lim.Hi && a.Lo < lim.Lo)
}

func (d Dec) big() *big.Int {
	b := big.NewInt(d.Hi)
	b.Lsh(b, 64)
	return b.Add(b, new(big.Int).SetUint64(d.Lo))
}

func decFromBig(b *big.Int) (Dec, bool) {
	if b.BitLen() > 127 {
		return Dec{}, false
	}
	m := new(big.Int).And(b, new(big.Int).SetUint64(math.MaxUint64))
	return Dec{m.Uint64(), new(big.Int).Rsh(b, 64).Int64()}, true
}

// addDec returns d + e; ok is false where it overflows 128 bits.
func addDec(d, e Dec) (r Dec, ok bool) {
	lo, c := bits.Add64(d.Lo, e.Lo, 0)
	hi := d.Hi + e.Hi + int64(c)
	// The sign is wrong just when both operands have the other one.
	return Dec{lo, hi}, (d.Hi^hi)&(e.Hi^hi) >= 0
}

// mulSmall returns d * m for 0 <= m; ok is false where it overflows 128 bits.
func (d Dec) mulSmall(m uint64) (r Dec, ok bool) {
	a := d.Abs()
	h1, lo := bits.Mul64(a.Lo, m)
	over, h2 := bits.Mul64(uint64(a.Hi), m)
	hi, c := bits.Add64(h1, h2, 0)
	if over|c != 0 || int64(hi) < 0 || a.Hi < 0 {
		return Dec{}, false
	}
	r = Dec{lo, int64(hi)}
	if d.Hi < 0 {
		r = r.Neg()
	}
	return r, true
}

// quoSmall returns d / m cut towards zero and the size of the remainder, m > 0.
func (d Dec) quoSmall(m uint64) (q Dec, rem uint64) {
	a := d.Abs()
	hi := uint64(a.Hi) / m
	lo, rem := bits.Div64(uint64(a.Hi)%m, a.Lo, m)
	q = Dec{lo, int64(hi)}
	if d.Hi < 0 {
		q = q.Neg()
	}
	return q, rem
}

// scaleUp returns d * 10^k, k >= 0; ok is false where it overflows 128 bits.
func (d Dec) scaleUp(k int) (r Dec, ok bool) {
	for k > 18 {
		if d, ok = d.mulSmall(pow10[18].Lo); !ok {
			return Dec{}, false
		}
		k -= 18
	}
	return d.mulSmall(pow10[k].Lo)
}

// Rounding says what happens to digits that are cut.
type Rounding uint8

// The roundings.
const (
	HalfAway Rounding = iota // to the nearest, half away from zero
	Cut                      // towards zero
	Down                     // to the next number below
	Up                       // to the next number above
)

// scaleDown returns d / 10^k, k >= 0, rounded.
func (d Dec) scaleDown(k int, how Rounding) Dec {
	switch {
	case k == 0 || d.IsZero():
		return d
	case k > MaxDigits:
		return roundOff(Dec{}, d.Hi < 0, -1, how)
	case k > 19:
		return d.scaleDownFar(k, how)
	}
	m := pow10[k].Lo // 10^19 is the greatest that fits in 64 bits
	q, rem := d.quoSmall(m)
	if rem == 0 {
		return q
	}
	half := -1
	if rem >= m-rem {
		half = 1
	}
	return roundOff(q, d.Hi < 0, half, how)
}

func (d Dec) scaleDownFar(k int, how Rounding) Dec {
	m := pow10[k].big()
	q, r := new(big.Int).QuoRem(d.big(), m, new(big.Int))
	out, _ := decFromBig(q)
	if r.Sign() == 0 {
		return out
	}
	half := -1
	if r.Abs(r).Lsh(r, 1).Cmp(m) >= 0 {
		half = 1
	}
	return roundOff(out, d.Hi < 0, half, how)
}

// roundOff rounds q, the cut quotient of a number with a remainder; half > 0 says
// that the remainder is a half or more.
func roundOff(q Dec, neg bool, half int, how Rounding) Dec {
	away := how == HalfAway && half > 0 || how == Down && neg || how == Up && !neg
	switch {
	case !away:
		return q
	case neg:
		q, _ = addDec(q, DecOf(-1))
	default:
		q, _ = addDec(q, DecOf(1))
	}
	return q
}

// Rescale returns d, which has the scale from, at the scale to, half away from
// zero; ok is false where it has more than p digits.
func (d Dec) Rescale(from, to, p int) (r Dec, ok bool) {
	return d.RescaleBy(from, to, p, HalfAway)
}

// RescaleBy is Rescale with another rounding.
func (d Dec) RescaleBy(from, to, p int, how Rounding) (r Dec, ok bool) {
	if to >= from {
		if r, ok = d.scaleUp(to - from); !ok {
			return Dec{}, false
		}
	} else {
		r = d.scaleDown(from-to, how)
	}
	return r, r.Fits(p)
}

// RoundAt returns d, which has the scale s, rounded to digits behind the point (or,
// negative, before it) at the same scale; ok is false where it has more than p digits.
func (d Dec) RoundAt(s, digits, p int, how Rounding) (r Dec, ok bool) {
	k := s - digits
	if k <= 0 {
		return d, true
	}
	r = d.scaleDown(k, how)
	if r, ok = r.scaleUp(min(k, 2*MaxDigits)); !ok {
		return Dec{}, false
	}
	return r, r.Fits(p)
}

// RoundTo is RoundAt with a result of the scale to, at which all of its digits have a place.
func (d Dec) RoundTo(s, digits, to, p int, how Rounding) (r Dec, ok bool) {
	if to == s {
		return d.RoundAt(s, digits, p, how)
	}
	if digits >= min(s, to) {
		return d.RescaleBy(s, to, p, how)
	}
	r, ok = d.scaleDown(s-digits, how).scaleUp(min(to-digits, 2*MaxDigits))
	return r, ok && r.Fits(p)
}

// Float returns d at the scale s as the nearest float.
func (d Dec) Float(s int) float64 {
	if v, ok := d.Int64(); ok && s <= 22 && v > -1<<53 && v < 1<<53 {
		return float64(v) / floatPow10[s] // both exact, so the quotient is rounded once
	}
	f, _ := new(big.Rat).SetFrac(d.big(), pow10[s].big()).Float64()
	return f
}

var floatPow10 = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
	1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float32 returns d at the scale s as the nearest float32.
func (d Dec) Float32(s int) float32 {
	f, _ := new(big.Rat).SetFrac(d.big(), pow10[s].big()).Float32()
	return f
}
