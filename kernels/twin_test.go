package kernels

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// Every kernel is held to a scalar twin: the same in the plainest words, on random
// input, at every length from 0 to 257, at several alignments, over all rows and
// over a selection.

const maxLen = 257

// forShapes calls f for every length, some alignments, and with and without selection.
func forShapes(f func(r *rand.Rand, n, skew int, sel []int32)) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range maxLen + 1 {
		f(r, n, n%9, nil)
		sel := []int32{}
		for i := range n {
			if r.IntN(3) > 0 {
				sel = append(sel, int32(i))
			}
		}
		f(r, n, (n*5)%9, sel)
		if n%16 == 0 {
			f(r, n, 3, []int32{})
		}
	}
}

// forRowsOf calls f for the rows of sel or of [0, n).
func forRowsOf(n int, sel []int32, f func(i int)) {
	for i := range n {
		if sel == nil || slices.Contains(sel, int32(i)) {
			f(i)
		}
	}
}

// skewed returns n numbers that start skew elements behind an aligned place.
func skewed[T any](n, skew int, f func() T) []T {
	a := make([]T, n+skew)[skew:]
	for i := range a {
		a[i] = f()
	}
	return a
}

func randInt[T Int](r *rand.Rand) func() T {
	width := int(unsafe.Sizeof(T(0)) * 8)
	return func() T {
		switch r.IntN(6) {
		case 0:
			return T(int64(math.MaxInt64) >> (64 - width))
		case 1:
			return T(int64(-1) << (width - 1))
		case 2:
			return T(r.IntN(5) - 2)
		}
		return T(r.Int64())
	}
}

func randFloat[T Float](r *rand.Rand) func() T {
	return func() T {
		edge := []float64{0, math.Copysign(0, -1), 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat32}
		if r.IntN(2) == 0 {
			return T(edge[r.IntN(len(edge))])
		}
		return T(r.NormFloat64())
	}
}

// order is -1, 0 or 1, NaN being equal to itself and the greatest.
func order[T Number](x, y T) int {
	switch {
	case x != x && y != y:
		return 0
	case x != x:
		return 1
	case y != y:
		return -1
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

type compareKernels[T Number] struct {
	name     string
	mask     CmpMask
	selConst func(a []T, y T, sel, out []int32) []int32
	selVec   func(a, b []T, sel, out []int32) []int32
	bitConst func(dst []byte, a []T, y T)
	bitVec   func(dst []byte, a, b []T)
}

func intCompares[T Int]() []compareKernels[T] {
	return []compareKernels[T]{
		{"Lt", IsLess, SelLtConst[T], SelLtVec[T], BitsLtConst[T], BitsLtVec[T]},
		{"Le", IsLess | IsEqual, SelLeConst[T], SelLeVec[T], BitsLeConst[T], BitsLeVec[T]},
		{"Gt", IsGreater, SelGtConst[T], SelGtVec[T], BitsGtConst[T], BitsGtVec[T]},
		{"Ge", IsGreater | IsEqual, SelGeConst[T], SelGeVec[T], BitsGeConst[T], BitsGeVec[T]},
		{"Eq", IsEqual, SelEqConst[T], SelEqVec[T], BitsEqConst[T], BitsEqVec[T]},
		{"Ne", IsLess | IsGreater, SelNeConst[T], SelNeVec[T], BitsNeConst[T], BitsNeVec[T]},
	}
}

func floatCompares[T Float]() []compareKernels[T] {
	return []compareKernels[T]{
		{"Lt", IsLess, SelFloatLtConst[T], SelFloatLtVec[T], BitsFloatLtConst[T], BitsFloatLtVec[T]},
		{"Le", IsLess | IsEqual, SelFloatLeConst[T], SelFloatLeVec[T], BitsFloatLeConst[T], BitsFloatLeVec[T]},
		{"Gt", IsGreater, SelFloatGtConst[T], SelFloatGtVec[T], BitsFloatGtConst[T], BitsFloatGtVec[T]},
		{"Ge", IsGreater | IsEqual, SelFloatGeConst[T], SelFloatGeVec[T], BitsFloatGeConst[T], BitsFloatGeVec[T]},
		{"Eq", IsEqual, SelFloatEqConst[T], SelFloatEqVec[T], BitsFloatEqConst[T], BitsFloatEqVec[T]},
		{"Ne", IsLess | IsGreater, SelFloatNeConst[T], SelFloatNeVec[T], BitsFloatNeConst[T], BitsFloatNeVec[T]},
	}
}

func testCompare[T Number](t *testing.T, ks []compareKernels[T], next func(*rand.Rand) func() T) {
	t.Helper()
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		k := ks[n%len(ks)]
		a, b := skewed(n, skew, next(r)), skewed(n, skew/2, next(r))
		y := next(r)()
		for y != y { // the forms with a constant are not for NaN
			y = next(r)()
		}
		var wantConst, wantVec []int32
		forRowsOf(n, sel, func(i int) {
			if k.mask.has(order(a[i], y)) == 1 {
				wantConst = append(wantConst, int32(i))
			}
			if k.mask.has(order(a[i], b[i])) == 1 {
				wantVec = append(wantVec, int32(i))
			}
		})
		if got := k.selConst(a, y, sel, make([]int32, n+1)); !slices.Equal(got, wantConst) {
			t.Fatalf("Sel%sConst %T n=%d: got %v, want %v", k.name, y, n, got, wantConst)
		}
		if got := k.selVec(a, b, sel, make([]int32, n+1)); !slices.Equal(got, wantVec) {
			t.Fatalf("Sel%sVec %T n=%d: got %v, want %v", k.name, y, n, got, wantVec)
		}
		if sel != nil { // in place
			if got := k.selConst(a, y, slices.Clone(sel), slices.Clone(sel)); !slices.Equal(got, wantConst) {
				t.Fatalf("Sel%sConst in place", k.name)
			}
			return
		}
		bitsC, bitsV := make([]byte, BitBytes(n)), make([]byte, BitBytes(n))
		k.bitConst(bitsC, a, y)
		k.bitVec(bitsV, a, b)
		if got := SelBits(bitsC, n, nil, make([]int32, n+1)); !slices.Equal(got, wantConst) {
			t.Fatalf("Bits%sConst %T n=%d: got %v, want %v", k.name, y, n, got, wantConst)
		}
		if got := SelBits(bitsV, n, nil, make([]int32, n+1)); !slices.Equal(got, wantVec) {
			t.Fatalf("Bits%sVec %T n=%d: got %v, want %v", k.name, y, n, got, wantVec)
		}
	})
}

func TestCompare(t *testing.T) {
	testCompare(t, intCompares[int8](), randInt[int8])
	testCompare(t, intCompares[int16](), randInt[int16])
	testCompare(t, intCompares[int32](), randInt[int32])
	testCompare(t, intCompares[int64](), randInt[int64])
	testCompare(t, floatCompares[float32](), randFloat[float32])
	testCompare(t, floatCompares[float64](), randFloat[float64])
	// Each operation at the lengths that its turn leaves out.
	for i := range 6 {
		rot := func(k []compareKernels[int64]) []compareKernels[int64] { return append(k[i:len(k):len(k)], k[:i]...) }
		testCompare(t, rot(intCompares[int64]()), randInt[int64])
		rotf := func(k []compareKernels[float64]) []compareKernels[float64] {
			return append(k[i:len(k):len(k)], k[:i]...)
		}
		testCompare(t, rotf(floatCompares[float64]()), randFloat[float64])
	}
}

type arithKernels[T Int] struct {
	name string
	big  func(z, x, y *big.Int) *big.Int
	vv   func(dst, a, b []T, sel []int32) bool
	vc   func(dst, a []T, y T, sel []int32) bool
	cv   func(dst []T, x T, b []T, sel []int32) bool
	over func(x, y T) bool
}

func testArith[T Int](t *testing.T, ks ...arithKernels[T]) {
	t.Helper()
	fits := func(z *big.Int) bool { return z.IsInt64() && int64(T(z.Int64())) == z.Int64() }
	for _, k := range ks {
		forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
			next := randInt[T](r)
			if n%2 == 0 { // without overflow, mostly
				next = func() T { return T(r.IntN(11) - 5) }
			}
			a, b, y := skewed(n, skew, next), skewed(n, 0, next), next()
			run := func(form string, got func(dst []T) bool, x, y func(i int) T) {
				t.Helper()
				dst := skewed(n, skew, func() T { return 77 })
				over := got(dst)
				wantOver := false
				forRowsOf(n, sel, func(i int) {
					z := k.big(new(big.Int), big.NewInt(int64(x(i))), big.NewInt(int64(y(i))))
					if bad := !fits(z); bad != k.over(x(i), y(i)) {
						t.Fatalf("%s: over(%d, %d) is %v", k.name, x(i), y(i), !bad)
					} else if bad {
						wantOver = true
					} else if int64(dst[i]) != z.Int64() {
						t.Fatalf("%s%s: %d, %d gives %d", k.name, form, x(i), y(i), dst[i])
					}
				})
				if over != wantOver {
					t.Fatalf("%s%s n=%d: overflow %v, want %v", k.name, form, n, over, wantOver)
				}
				for i := range dst {
					if sel != nil && !slices.Contains(sel, int32(i)) && dst[i] != 77 {
						t.Fatalf("%s%s wrote row %d, which is not selected", k.name, form, i)
					}
				}
			}
			ai, bi, yi := func(i int) T { return a[i] }, func(i int) T { return b[i] }, func(int) T { return y }
			run("VV", func(dst []T) bool { return k.vv(dst, a, b, sel) }, ai, bi)
			run("VC", func(dst []T) bool { return k.vc(dst, a, y, sel) }, ai, yi)
			if k.cv != nil {
				run("CV", func(dst []T) bool { return k.cv(dst, y, a, sel) }, yi, ai)
			}
		})
	}
}

func arithOf[T Int](mulVV func(dst, a, b []T, sel []int32) bool, mulVC func(dst, a []T, y T, sel []int32) bool) []arithKernels[T] {
	return []arithKernels[T]{
		{"Add", (*big.Int).Add, AddVV[T], AddVC[T], nil, AddOver[T]},
		{"Sub", (*big.Int).Sub, SubVV[T], SubVC[T], SubCV[T], SubOver[T]},
		{"Mul", (*big.Int).Mul, mulVV, mulVC, nil, MulOver[T]},
	}
}

func TestArith(t *testing.T) {
	testArith(t, arithOf(MulSmallVV[int8], MulSmallVC[int8])...)
	testArith(t, arithOf(MulSmallVV[int16], MulSmallVC[int16])...)
	testArith(t, arithOf(MulSmallVV[int32], MulSmallVC[int32])...)
	testArith(t, arithOf(MulVV, MulVC)...)
}

func TestFloatArith(t *testing.T) {
	same := func(x, y float64) bool { return x == y || x != x && y != y }
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		a, b, y := skewed(n, skew, randFloat[float64](r)), skewed(n, 0, randFloat[float64](r)), randFloat[float64](r)()
		dst := make([]float64, n)
		f := func(name string, run func(), want func(i int) float64) {
			t.Helper()
			run()
			forRowsOf(n, sel, func(i int) {
				if !same(dst[i], want(i)) {
					t.Fatalf("%s: %v, %v, %v gives %v", name, a[i], b[i], y, dst[i])
				}
			})
		}
		f("AddFloatVV", func() { AddFloatVV(dst, a, b, sel) }, func(i int) float64 { return a[i] + b[i] })
		f("AddFloatVC", func() { AddFloatVC(dst, a, y, sel) }, func(i int) float64 { return a[i] + y })
		f("SubFloatVV", func() { SubFloatVV(dst, a, b, sel) }, func(i int) float64 { return a[i] - b[i] })
		f("SubFloatVC", func() { SubFloatVC(dst, a, y, sel) }, func(i int) float64 { return a[i] - y })
		f("SubFloatCV", func() { SubFloatCV(dst, y, a, sel) }, func(i int) float64 { return y - a[i] })
		f("MulFloatVV", func() { MulFloatVV(dst, a, b, sel) }, func(i int) float64 { return a[i] * b[i] })
		f("MulFloatVC", func() { MulFloatVC(dst, a, y, sel) }, func(i int) float64 { return a[i] * y })
		f("DivFloatVV", func() { DivFloatVV(dst, a, b, sel) }, func(i int) float64 { return a[i] / b[i] })
		f("DivFloatVC", func() { DivFloatVC(dst, a, y, sel) }, func(i int) float64 { return a[i] / y })
		f("DivFloatCV", func() { DivFloatCV(dst, y, a, sel) }, func(i int) float64 { return y / a[i] })
	})
}

func testDivision[T Int](t *testing.T) {
	t.Helper()
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		a, b := skewed(n, skew, randInt[T](r)), skewed(n, 0, randInt[T](r))
		q, m := make([]T, n), make([]T, n)
		divBad, modBad := DivInt(q, a, b, sel), ModInt(m, a, b, sel)
		wantDiv, wantMod := false, false
		forRowsOf(n, sel, func(i int) {
			zero, over := DivFails(a[i], b[i])
			wantDiv, wantMod = wantDiv || zero || over, wantMod || zero
			if zero != (b[i] == 0) {
				t.Fatalf("DivFails(%d, %d)", a[i], b[i])
			}
			if zero {
				return
			}
			wq, wm := new(big.Int).QuoRem(big.NewInt(int64(a[i])), big.NewInt(int64(b[i])), new(big.Int))
			if fits := wq.IsInt64() && int64(T(wq.Int64())) == wq.Int64(); fits == over || fits && int64(q[i]) != wq.Int64() || int64(m[i]) != wm.Int64() {
				t.Fatalf("%d / %d: %d rest %d, overflow %v", a[i], b[i], q[i], m[i], over)
			}
		})
		if divBad != wantDiv || modBad != wantMod {
			t.Fatalf("n=%d: bad %v %v, want %v %v", n, divBad, modBad, wantDiv, wantMod)
		}
	})
}

func TestDivision(t *testing.T) {
	testDivision[int8](t)
	testDivision[int32](t)
	testDivision[int64](t)
}

func TestNegAbsAndCasts(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		a := skewed(n, skew, randInt[int32](r))
		f := skewed(n, skew, randFloat[float64](r))
		if n%2 == 0 {
			a = skewed(n, skew, func() int32 { return int32(r.IntN(200) - 100) })
		}
		neg, abs, narrow, wide, cut := make([]int32, n), make([]int32, n), make([]int8, n), make([]int64, n), make([]int16, n)
		fl := make([]float32, n)
		negOver, absOver := NegInt(neg, a, sel), AbsInt(abs, a, sel)
		narrowBad, wideBad, cutBad := CastInt(narrow, a, sel), CastInt(wide, a, sel), CastFloat(cut, f, 16, sel)
		Convert(fl, a, sel)
		wantMin, wantNarrow, wantCut := false, false, false
		forRowsOf(n, sel, func(i int) {
			x := int64(a[i])
			wantMin = wantMin || x == math.MinInt32
			wantNarrow = wantNarrow || x < -128 || x > 127
			fits := f[i] > -32769 && f[i] < 32768
			wantCut = wantCut || !fits
			if FloatFits(f[i], 16) != fits || fits && float64(cut[i]) != math.Trunc(f[i]) {
				t.Fatalf("CastFloat %v gives %d", f[i], cut[i])
			}
			if int64(wide[i]) != x || fl[i] != float32(a[i]) || narrow[i] != int8(x) {
				t.Fatalf("casts of %d: %d %v %d", x, wide[i], fl[i], narrow[i])
			}
			if x != math.MinInt32 && (int64(neg[i]) != -x || int64(abs[i]) != max(x, -x)) {
				t.Fatalf("NEG %d, ABS %d of %d", neg[i], abs[i], x)
			}
		})
		if negOver != wantMin || absOver != wantMin || narrowBad != wantNarrow || wideBad || cutBad != wantCut {
			t.Fatalf("n=%d: flags %v %v %v %v %v", n, negOver, absOver, narrowBad, wideBad, cutBad)
		}
	})
}

func TestReductions(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		a, f := skewed(n, skew, randInt[int64](r)), skewed(n, skew, randFloat[float64](r))
		var picked []int64
		var pickedF []float64
		sum, sumF := new(big.Int), 0.0
		forRowsOf(n, sel, func(i int) {
			picked, pickedF = append(picked, a[i]), append(pickedF, f[i])
			sum.Add(sum, big.NewInt(a[i]))
			sumF += f[i]
		})
		lo, hi, ok := MinMax(a, sel)
		lof, hif, okf := MinMaxFloat(f, sel)
		if ok != (len(picked) > 0) || okf != ok || SumInt(a, sel).big().Cmp(sum) != 0 || order(SumFloat(f, sel), sumF) != 0 {
			t.Fatalf("n=%d: %v %v, sum %v want %v", n, ok, okf, SumInt(a, sel), sum)
		}
		if ok && (lo != slices.Min(picked) || hi != slices.Max(picked) ||
			order(lof, slices.MinFunc(pickedF, order)) != 0 || order(hif, slices.MaxFunc(pickedF, order)) != 0) {
			t.Fatalf("n=%d: %d..%d, %v..%v of %v", n, lo, hi, lof, hif, pickedF)
		}
	})
}
