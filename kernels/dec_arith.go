package kernels

import "math/big"

// DecOp computes one operation on DECIMALs of given scales. The result is rounded
// half away from zero to the scale R and has at most P digits.
type DecOp struct {
	A, B, R int // scales of the operands and of the result
	P       int // precision of the result
}

// Add returns a + b; ok is false where it does not fit.
func (o DecOp) Add(a, b Dec) (r Dec, ok bool) {
	m := max(o.A, o.B)
	x, xok := a.scaleUp(m - o.A)
	y, yok := b.scaleUp(m - o.B)
	if xok && yok {
		if s, ok := addDec(x, y); ok {
			return s.Rescale(m, o.R, o.P)
		}
	}
	return o.fromBig(new(big.Int).Add(bigScaled(a, m-o.A), bigScaled(b, m-o.B)), m)
}

// Sub returns a - b; ok is false where it does not fit.
func (o DecOp) Sub(a, b Dec) (r Dec, ok bool) { return o.Add(a, b.Neg()) }

// Mul returns a * b; ok is false where it does not fit.
func (o DecOp) Mul(a, b Dec) (r Dec, ok bool) {
	x, xok := a.Int64()
	y, yok := b.Int64()
	if xok && yok {
		hi, lo := mul64(x, y)
		return Dec{lo, hi}.Rescale(o.A+o.B, o.R, o.P)
	}
	return o.fromBig(new(big.Int).Mul(a.big(), b.big()), o.A+o.B)
}

// Div returns a / b for b <> 0; ok is false where it does not fit.
func (o DecOp) Div(a, b Dec) (r Dec, ok bool) {
	e := o.R + o.B - o.A
	x, xok := a.Int64()
	y, yok := b.Int64()
	if xok && yok && e >= 0 && e <= 18 {
		n, _ := DecOf(x).mulSmall(pow10[e].Lo) // below 2^63 * 10^18 < 2^127
		return divSmall(n, y, o.P)
	}
	num, den := a.big(), b.big()
	if e >= 0 {
		num.Mul(num, bigPow10(e))
	} else {
		den.Mul(den, bigPow10(-e))
	}
	return finish(roundQuo(num, den), o.P)
}

func divSmall(n Dec, y int64, p int) (Dec, bool) {
	m := uint64(y)
	if y < 0 {
		m = -m
	}
	q, rem := n.quoSmall(m)
	neg := n.Hi < 0
	if rem >= m-rem && rem != 0 {
		q = roundOff(q, neg, 1, HalfAway)
	}
	if y < 0 {
		q = q.Neg()
	}
	return q, q.Fits(p)
}

// Mod returns the remainder of a / b for b <> 0, with the sign of a; ok is false
// where it does not fit.
func (o DecOp) Mod(a, b Dec) (r Dec, ok bool) {
	m := max(o.A, o.B)
	x, xok := a.scaleUp(m - o.A)
	y, yok := b.scaleUp(m - o.B)
	if xok && yok {
		p, pok := x.Int64()
		q, qok := y.Int64()
		if pok && qok {
			return DecOf(p%q).Rescale(m, o.R, o.P)
		}
	}
	return o.fromBig(new(big.Int).Rem(bigScaled(a, m-o.A), bigScaled(b, m-o.B)), m)
}

// fromBig brings v from the scale s to the result's.
func (o DecOp) fromBig(v *big.Int, s int) (Dec, bool) {
	if o.R >= s {
		v.Mul(v, bigPow10(o.R-s))
	} else {
		v = roundQuo(v, bigPow10(s-o.R))
	}
	return finish(v, o.P)
}

func finish(v *big.Int, p int) (Dec, bool) {
	d, ok := decFromBig(v)
	return d, ok && d.Fits(p)
}

// roundQuo returns n / d, half away from zero.
func roundQuo(n, d *big.Int) *big.Int {
	neg := n.Sign()*d.Sign() < 0
	q, r := new(big.Int).QuoRem(n, d, new(big.Int))
	if r.Abs(r).Lsh(r, 1).CmpAbs(d) >= 0 {
		if neg {
			return q.Sub(q, big.NewInt(1))
		}
		return q.Add(q, big.NewInt(1))
	}
	return q
}

func bigScaled(d Dec, k int) *big.Int { return new(big.Int).Mul(d.big(), bigPow10(k)) }

func bigPow10(k int) *big.Int {
	if k <= MaxDigits {
		return pow10[k].big()
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil)
}

// AddDecs sets dst[i] = a[i] + b[i] for the rows of sel and reports whether one of
// them does not fit; dst is unspecified there. An operand of length 1 stands for
// every row.
func (o DecOp) AddDecs(dst, a, b []Dec, sel []int32) (over bool) {
	if o.A == o.B && o.R == o.A {
		return decRows(dst, a, b, sel, func(x, y Dec) (Dec, bool) {
			r, ok := addDec(x, y)
			return r, ok && r.Fits(o.P)
		})
	}
	return decRows(dst, a, b, sel, o.Add)
}

// SubDecs is AddDecs for a[i] - b[i].
func (o DecOp) SubDecs(dst, a, b []Dec, sel []int32) (over bool) {
	return decRows(dst, a, b, sel, o.Sub)
}

// MulDecs is AddDecs for a[i] * b[i].
func (o DecOp) MulDecs(dst, a, b []Dec, sel []int32) (over bool) {
	if o.R != o.A+o.B {
		return decRows(dst, a, b, sel, o.Mul)
	}
	lim := pow10[o.P]
	if sel != nil || len(b) != 1 {
		return decRows(dst, a, b, sel, func(x, y Dec) (Dec, bool) { return o.mulExact(x, y, lim) })
	}
	// Column times constant is the common case: no calls while all fit in 64 bits.
	y, fits := b[0].Int64()
	for i, x := range a[:min(len(a), len(dst))] {
		if fits && x.Hi == int64(x.Lo)>>63 {
			hi, lo := mul64(int64(x.Lo), y)
			if hi^hi>>63 < lim.Hi {
				dst[i] = Dec{lo, hi}
				continue
			}
		}
		r, ok := o.Mul(x, b[0])
		dst[i] = r
		over = over || !ok
	}
	return over
}

func (o DecOp) mulExact(a, b, lim Dec) (Dec, bool) {
	if a.Hi != int64(a.Lo)>>63 || b.Hi != int64(b.Lo)>>63 {
		return o.Mul(a, b)
	}
	hi, lo := mul64(int64(a.Lo), int64(b.Lo))
	r := Dec{lo, hi}
	if hi^hi>>63 < lim.Hi {
		return r, true
	}
	return r, r.Fits(o.P)
}

// DivDecs is AddDecs for a[i] / b[i]; a division by zero is reported like an overflow.
func (o DecOp) DivDecs(dst, a, b []Dec, sel []int32) (bad bool) {
	return decRows(dst, a, b, sel, func(x, y Dec) (Dec, bool) {
		if y.IsZero() {
			return Dec{}, false
		}
		return o.Div(x, y)
	})
}

// ModDecs is AddDecs for the remainder of a[i] / b[i]; a division by zero is
// reported like an overflow.
func (o DecOp) ModDecs(dst, a, b []Dec, sel []int32) (bad bool) {
	return decRows(dst, a, b, sel, func(x, y Dec) (Dec, bool) {
		if y.IsZero() {
			return Dec{}, false
		}
		return o.Mod(x, y)
	})
}

func decRows(dst, a, b []Dec, sel []int32, f func(x, y Dec) (Dec, bool)) (bad bool) {
	ma, mb := mask(a), mask(b)
	if sel == nil {
		for i := range dst {
			r, ok := f(a[i&ma], b[i&mb])
			dst[i] = r
			bad = bad || !ok
		}
		return bad
	}
	for _, i := range sel {
		r, ok := f(a[int(i)&ma], b[int(i)&mb])
		dst[i] = r
		bad = bad || !ok
	}
	return bad
}

// mask is 0 for an operand that stands for every row, else -1.
func mask[T any](a []T) int {
	if len(a) == 1 {
		return 0
	}
	return -1
}

// CmpMask names a comparison by the outcomes that make it true.
type CmpMask uint8

// The outcomes of a comparison, to be or-ed.
const (
	IsLess    CmpMask = 1 << iota // a < b
	IsEqual                       // a = b
	IsGreater                     // a > b
)

func (m CmpMask) has(cmp int) int { return int(m>>(cmp+1)) & 1 }

// SelDecs writes to out the rows of sel where a op b, and returns them. An operand
// of length 1 stands for every row; n is the number of rows.
func SelDecs(op CmpMask, a, b []Dec, n int, sel, out []int32) []int32 {
	ma, mb, k := mask(a), mask(b), 0
	if sel == nil {
		for i := range n {
			out[k] = int32(i)
			k += op.has(a[i&ma].Cmp(b[i&mb]))
		}
		return out[:k]
	}
	for _, i := range sel {
		out[k] = i
		k += op.has(a[int(i)&ma].Cmp(b[int(i)&mb]))
	}
	return out[:k]
}

// BitsDecs sets bit i of dst just where a[i] op b[i], for the rows of sel.
func BitsDecs(op CmpMask, dst []byte, a, b []Dec, n int, sel []int32) {
	ma, mb := mask(a), mask(b)
	if sel == nil {
		clear(dst[:BitBytes(n)])
		for i := range n {
			dst[i>>3] |= byte(op.has(a[i&ma].Cmp(b[i&mb]))) << (i & 7)
		}
		return
	}
	for _, i := range sel {
		PutBit(dst, int(i), op.has(a[int(i)&ma].Cmp(b[int(i)&mb])) == 1)
	}
}

// IntsToDecs sets dst[i] = a[i] at the scale 0 for the rows of sel.
func IntsToDecs[T Int](dst []Dec, a []T, sel []int32) {
	if sel == nil {
		dst = dst[:len(a)]
		for i, x := range a {
			dst[i] = DecOf(int64(x))
		}
		return
	}
	for _, i := range sel {
		dst[i] = DecOf(int64(a[i]))
	}
}
