package kernels

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randDec returns a DECIMAL of up to p digits, the greatest among them.
func randDec(r *rand.Rand, p int) Dec {
	n := r.IntN(p + 1)
	b := new(big.Int).Sub(bigPow10(n), big.NewInt(1))
	if r.IntN(3) > 0 {
		b.Mul(b, big.NewInt(int64(r.IntN(1000))))
		b.Quo(b, big.NewInt(1000))
	}
	if r.IntN(2) == 0 {
		b.Neg(b)
	}
	d, ok := decFromBig(b)
	if !ok {
		panic("too large")
	}
	return d
}

// bigRound is x / 10^k (or * 10^-k), rounded, in the plainest way.
func bigRound(x *big.Rat, how Rounding) *big.Int {
	floor := new(big.Int).Div(x.Num(), x.Denom())
	if x.IsInt() {
		return floor
	}
	up := new(big.Int).Add(floor, big.NewInt(1))
	frac := new(big.Rat).Sub(x, new(big.Rat).SetInt(floor))
	half := frac.Cmp(big.NewRat(1, 2))
	switch how {
	case Down:
		return floor
	case Up:
		return up
	case Cut:
		if x.Sign() < 0 {
			return up
		}
		return floor
	}
	if half > 0 || half == 0 && x.Sign() > 0 {
		return up
	}
	return floor
}

func ratOf(d Dec, s int) *big.Rat { return new(big.Rat).SetFrac(d.big(), bigPow10(s)) }

func scaled(x *big.Rat, s int) *big.Rat {
	return new(big.Rat).Mul(x, new(big.Rat).SetInt(bigPow10(s)))
}

func TestDecArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 30_000 {
		pa, pb := 1+r.IntN(38), 1+r.IntN(38)
		o := DecOp{A: r.IntN(pa + 1), B: r.IntN(pb + 1), P: 1 + r.IntN(38)}
		o.R = r.IntN(o.P + 1)
		a, b := randDec(r, pa), randDec(r, pb)
		x, y := ratOf(a, o.A), ratOf(b, o.B)
		f := func(name string, got Dec, ok bool, want *big.Rat) {
			t.Helper()
			w := bigRound(scaled(want, o.R), HalfAway)
			fits := w.CmpAbs(bigPow10(o.P)) < 0
			if ok != fits || ok && got.big().Cmp(w) != 0 {
				t.Fatalf("%v %s %v as %+v: got %v %v, want %v %v", x, name, y, o, got.big(), ok, w, fits)
			}
		}
		d, ok := o.Add(a, b)
		f("+", d, ok, new(big.Rat).Add(x, y))
		d, ok = o.Sub(a, b)
		f("-", d, ok, new(big.Rat).Sub(x, y))
		d, ok = o.Mul(a, b)
		f("*", d, ok, new(big.Rat).Mul(x, y))
		if b.IsZero() {
			continue
		}
		d, ok = o.Div(a, b)
		q := new(big.Rat).Quo(x, y)
		f("/", d, ok, q)
		d, ok = o.Mod(a, b)
		f("%", d, ok, new(big.Rat).Sub(x, new(big.Rat).Mul(y, new(big.Rat).SetInt(bigRound(q, Cut)))))
	}
}

func TestDecRounding(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 30_000 {
		p, how := 1+r.IntN(38), Rounding(r.IntN(4))
		from, to, digits := r.IntN(39), r.IntN(39), r.IntN(60)-20
		d := randDec(r, 38)
		got, ok := d.RescaleBy(from, to, p, how)
		want := bigRound(scaled(ratOf(d, from), to), how)
		if fits := want.CmpAbs(bigPow10(p)) < 0; ok != fits || ok && got.big().Cmp(want) != 0 {
			t.Fatalf("%v from %d to %d, %d digits, %d: got %v %v, want %v", d.big(), from, to, p, how, got.big(), ok, want)
		}
		got, ok = d.RoundAt(from, digits, p, how)
		want = d.big()
		if digits < from {
			want = bigRound(new(big.Rat).SetFrac(want, bigPow10(from-digits)), how)
			want.Mul(want, bigPow10(from-digits))
			if fits := want.CmpAbs(bigPow10(p)) < 0; ok != fits {
				t.Fatalf("RoundAt(%d, %d) of %v: %v, want %v", from, digits, d.big(), ok, fits)
			}
		}
		if ok && got.big().Cmp(want) != 0 {
			t.Fatalf("RoundAt(%d, %d) of %v: %v, want %v", from, digits, d.big(), got.big(), want)
		}
	}
}

func TestDecTextAndFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		s := r.IntN(39)
		d := randDec(r, 38)
		text := string(AppendDec(nil, d, s))
		x, ok := new(big.Rat).SetString(text)
		if !ok || x.Cmp(ratOf(d, s)) != 0 {
			t.Fatalf("%v at %d prints as %s", d.big(), s, text)
		}
		if _, frac, _ := strings.Cut(text, "."); len(frac) != s {
			t.Fatalf("%s does not have %d digits", text, s)
		}
		back, ok := ParseDec([]byte(" "+text+" "), s, 38, HalfAway)
		if !ok || back != d {
			t.Fatalf("%s at %d reads as %v %v", text, s, back, ok)
		}
		f, _ := ratOf(d, s).Float64()
		f32, _ := ratOf(d, s).Float32()
		if d.Float(s) != f || d.Float32(s) != f32 {
			t.Fatalf("%s is %v, %v", text, d.Float(s), d.Float32(s))
		}
		e := randDec(r, 38)
		if d.Cmp(e) != d.big().Cmp(e.big()) || d.Cmp(d) != 0 || d.Neg().big().Cmp(new(big.Int).Neg(d.big())) != 0 {
			t.Fatalf("%v, %v", d.big(), e.big())
		}
		v, fits := d.Int64()
		if fits != d.big().IsInt64() || fits && v != d.big().Int64() {
			t.Fatalf("Int64 of %v: %d %v", d.big(), v, fits)
		}
	}
}

func TestParseDec(t *testing.T) {
	f := func(text string, s, p int, want string) {
		t.Helper()
		got := "none"
		if d, ok := ParseDec([]byte(text), s, p, HalfAway); ok {
			got = string(AppendDec(nil, d, s))
		}
		if got != want {
			t.Errorf("%q at (%d, %d): got %s, want %s", text, p, s, got, want)
		}
	}
	f("1.245", 2, 10, "1.25")
	f("-1.245", 2, 10, "-1.25")
	f("1.2449999", 2, 10, "1.24")
	f("1e3", 0, 10, "1000")
	f("12.5E-1", 2, 10, "1.25")
	f(".5", 0, 10, "1")
	f("5.", 1, 10, "5.0")
	f("0.04", 1, 10, "0.0")
	f("0.05", 1, 10, "0.1")
	f("0.5e-1", 1, 10, "0.1")
	f("0.5e-2", 1, 10, "0.0")
	f("+000000000000000000000000000000000000000000007", 0, 1, "7")
	f("99999999999999999999999999999999999999", 0, 38, "99999999999999999999999999999999999999")
	f("99999999999999999999999999999999999999.5", 0, 38, "none")
	f("1e999999", 0, 38, "none")
	f("0e999999", 0, 38, "0")
	f("1e-999999", 2, 38, "0.00")
	for _, bad := range []string{"", " ", "-", ".", "e5", "1e", "1e 5", "1.2.3", "1_000", "0x10", "1/2", "NaN", "--1", "1 2"} {
		f(bad, 2, 38, "none")
	}
}

func TestDecColumns(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		o := DecOp{A: r.IntN(5), B: r.IntN(5), P: 38}
		o.R = []int{o.A + o.B, max(o.A, o.B), 3}[n%3]
		if n%4 == 0 {
			o.B, o.R = o.A, o.A
		}
		digits := []int{9, 18, 30}[n%3]
		next := func() Dec { return randDec(r, digits) }
		a, b := skewed(n, skew, next), skewed(n, 0, next)
		if n%5 == 0 {
			b = []Dec{next()}
		}
		bAt := func(i int) Dec { return b[i&mask(b)] }
		dst := make([]Dec, n)
		f := func(name string, kernel func(dst, a, b []Dec, sel []int32) bool, scalar func(a, b Dec) (Dec, bool)) {
			t.Helper()
			bad, want := kernel(dst, a, b, sel), false
			forRowsOf(n, sel, func(i int) {
				w, ok := Dec{}, false
				if name < "/" || !bAt(i).IsZero() {
					w, ok = scalar(a[i], bAt(i))
				}
				want = want || !ok
				if ok && dst[i] != w {
					t.Fatalf("%v %s %v as %+v: %v, want %v", a[i].big(), name, bAt(i).big(), o, dst[i].big(), w.big())
				}
			})
			if bad != want {
				t.Fatalf("%s n=%d: bad %v, want %v", name, n, bad, want)
			}
		}
		f("+", o.AddDecs, o.Add)
		f("-", o.SubDecs, o.Sub)
		f("*", o.MulDecs, o.Mul)
		f("/", o.DivDecs, o.Div)
		f("mod", o.ModDecs, o.Mod)
		op := CmpMask(1 + n%6)
		bits := make([]byte, BitBytes(n))
		BitsDecs(op, bits, a, b, n, sel)
		var want []int32
		forRowsOf(n, sel, func(i int) {
			hit := op.has(a[i].big().Cmp(bAt(i).big())) == 1
			if hit {
				want = append(want, int32(i))
			}
			if GetBit(bits, i) != hit {
				t.Fatalf("BitsDecs %d row %d", op, i)
			}
		})
		if got := SelDecs(op, a, b, n, sel, make([]int32, n+1)); !slices.Equal(got, want) {
			t.Fatalf("SelDecs %d: %v, want %v", op, got, want)
		}
	})
}
