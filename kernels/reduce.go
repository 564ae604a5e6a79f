package kernels

import "math/bits"

// MinMax returns the least and the greatest of a over the rows of sel, or over
// all; ok is false where there is none.
func MinMax[T Int](a []T, sel []int32) (lo, hi T, ok bool) {
	if sel == nil {
		if len(a) == 0 {
			return 0, 0, false
		}
		lo, hi = a[0], a[0]
		for _, x := range a {
			lo, hi = min(lo, x), max(hi, x)
		}
		return lo, hi, true
	}
	if len(sel) == 0 {
		return 0, 0, false
	}
	lo, hi = a[sel[0]], a[sel[0]]
	for _, i := range sel {
		lo, hi = min(lo, a[i]), max(hi, a[i])
	}
	return lo, hi, true
}

// MinMaxFloat is MinMax for floats, NaN being the greatest.
func MinMaxFloat[T Float](a []T, sel []int32) (lo, hi T, ok bool) {
	if sel != nil {
		for n, i := range sel {
			lo, hi = minMaxStep(lo, hi, a[i], n == 0)
		}
		return lo, hi, len(sel) > 0
	}
	for n, x := range a {
		lo, hi = minMaxStep(lo, hi, x, n == 0)
	}
	return lo, hi, len(a) > 0
}

func minMaxStep[T Float](lo, hi, x T, first bool) (T, T) {
	if first {
		return x, x
	}
	if x < lo || lo != lo {
		lo = x
	}
	if x > hi || x != x {
		hi = x
	}
	return lo, hi
}

// SumInt returns the exact sum of a over the rows of sel, or over all.
func SumInt[T Int](a []T, sel []int32) Dec {
	var lo uint64
	var hi int64
	add := func(x int64) {
		var c uint64
		lo, c = bits.Add64(lo, uint64(x), 0)
		hi += x>>63 + int64(c)
	}
	if sel == nil {
		for _, x := range a {
			add(int64(x))
		}
		return Dec{lo, hi}
	}
	for _, i := range sel {
		add(int64(a[i]))
	}
	return Dec{lo, hi}
}

// SumFloat returns the sum of a over the rows of sel, or over all, in row order.
func SumFloat[T Float](a []T, sel []int32) float64 {
	var s float64
	if sel == nil {
		for _, x := range a {
			s += float64(x)
		}
		return s
	}
	for _, i := range sel {
		s += float64(a[i])
	}
	return s
}
