package kernels

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func randBits(r *rand.Rand, n int) []byte {
	b := make([]byte, BitBytes(n))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestBits(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		a, b := randBits(r, n), randBits(r, n)
		and, or, xor, not, andNot := make([]byte, len(a)), make([]byte, len(a)), make([]byte, len(a)), make([]byte, len(a)), make([]byte, len(a))
		AndBits(and, a, b)
		OrBits(or, a, b)
		XorBits(xor, a, b)
		NotBits(not, a)
		AndNotBits(andNot, a, b)
		count := 0
		var set, clear []int32
		for i := range n {
			x, y := GetBit(a, i), GetBit(b, i)
			if x {
				count++
			}
			if GetBit(and, i) != (x && y) || GetBit(or, i) != (x || y) || GetBit(xor, i) != (x != y) ||
				GetBit(not, i) == x || GetBit(andNot, i) != (x && !y) {
				t.Fatalf("n=%d bit %d", n, i)
			}
		}
		forRowsOf(n, sel, func(i int) {
			if GetBit(a, i) {
				set = append(set, int32(i))
			} else {
				clear = append(clear, int32(i))
			}
		})
		if CountBits(a, n) != count {
			t.Fatalf("CountBits n=%d: %d, want %d", n, CountBits(a, n), count)
		}
		got, gotNot := SelBits(a, n, sel, make([]int32, n+1)), SelNotBits(a, n, sel, make([]int32, n+1))
		if !slices.Equal(got, set) || !slices.Equal(gotNot, clear) {
			t.Fatalf("n=%d: SelBits %v want %v, SelNotBits %v want %v", n, got, set, gotNot, clear)
		}
	})
}

func TestMovingBits(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		src, before := randBits(r, n), randBits(r, n)
		idx := skewed(n, skew, func() int32 { return int32(r.IntN(n)) })
		gathered, copied, put := slices.Clone(before), slices.Clone(before), slices.Clone(before)
		GatherBits(gathered, src, idx, sel)
		CopyBits(copied, src, n, sel)
		PutBits(put, n%2 == 0, n, sel)
		for i := range n {
			in := sel == nil || slices.Contains(sel, int32(i))
			old := GetBit(before, i)
			want := func(v bool) bool { return in && v || !in && old }
			if GetBit(gathered, i) != want(GetBit(src, int(idx[i]))) || GetBit(copied, i) != want(GetBit(src, i)) ||
				GetBit(put, i) != want(n%2 == 0) {
				t.Fatalf("n=%d bit %d", n, i)
			}
		}
	})
}

// three is a three-valued boolean: 0 false, 1 true, 2 NULL.
func three(b Bools, i int) int {
	switch {
	case b.Valid != nil && !GetBit(b.Valid, i):
		return 2
	case GetBit(b.Val, i):
		return 1
	}
	return 0
}

func TestThreeValuedLogic(t *testing.T) {
	and := [3][3]int{{0, 0, 0}, {0, 1, 2}, {0, 2, 2}}
	or := [3][3]int{{0, 1, 2}, {1, 1, 1}, {2, 1, 2}}
	forShapes(func(r *rand.Rand, n, _ int, _ []int32) {
		a, b := Bools{Val: randBits(r, n)}, Bools{Val: randBits(r, n)}
		if n%2 == 0 {
			a.Valid = randBits(r, n)
		}
		if n%3 == 0 {
			b.Valid = randBits(r, n)
		}
		x, y := Bools{randBits(r, n), randBits(r, n)}, Bools{randBits(r, n), randBits(r, n)}
		And3(x, a, b)
		Or3(y, a, b)
		for i := range n {
			if three(x, i) != and[three(a, i)][three(b, i)] || three(y, i) != or[three(a, i)][three(b, i)] {
				t.Fatalf("n=%d row %d: %d, %d: AND %d, OR %d", n, i, three(a, i), three(b, i), three(x, i), three(y, i))
			}
		}
	})
}

func TestSelections(t *testing.T) {
	forShapes(func(r *rand.Rand, n, _ int, sel []int32) {
		var sub, rest []int32
		forRowsOf(n, sel, func(i int) {
			if r.IntN(2) == 0 {
				sub = append(sub, int32(i))
			} else {
				rest = append(rest, int32(i))
			}
		})
		if got := SelDiff(sel, sub, n, make([]int32, n+1)); !slices.Equal(got, rest) {
			t.Fatalf("SelDiff n=%d: %v, want %v", n, got, rest)
		}
		both := append(slices.Clone(sub), rest...)
		slices.Sort(both)
		if got := SelUnion(sub, rest, make([]int32, n+1)); !slices.Equal(got, both) {
			t.Fatalf("SelUnion n=%d: %v, want %v", n, got, both)
		}
		if got := SelUnion(sub, both, make([]int32, 2*n+1)); !slices.Equal(got, both) {
			t.Fatalf("SelUnion with common rows n=%d: %v, want %v", n, got, both)
		}
		all := SelAll(n, make([]int32, n))
		for i, x := range all {
			if int(x) != i {
				t.Fatalf("SelAll %v", all)
			}
		}
	})
}

func TestTakeCopyFill(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		src := skewed(n, skew, randInt[int64](r))
		idx := skewed(n, 0, func() int32 { return int32(r.IntN(n)) })
		took, copied, filled := make([]int64, n), make([]int64, n), make([]int64, n)
		views := skewed(n, skew, func() View {
			return MakeView(make([]byte, r.IntN(30)), int32(r.IntN(3)), int32(r.IntN(9)))
		})
		moved := make([]View, n)
		TakeSel(took, src, idx, sel)
		CopySel(copied, src, sel)
		Fill(filled, 7, sel)
		CopyViews(moved, views, 5, sel)
		for i := range n {
			in := sel == nil || slices.Contains(sel, int32(i))
			if !in {
				if took[i]|copied[i]|filled[i] != 0 || moved[i] != (View{}) {
					t.Fatalf("n=%d wrote row %d", n, i)
				}
				continue
			}
			if took[i] != src[idx[i]] || copied[i] != src[i] || filled[i] != 7 {
				t.Fatalf("n=%d row %d", n, i)
			}
			want := views[i]
			if !want.IsInline() {
				want = View{want.Lo, uint64(want.Buf()+5) | uint64(want.Off())<<32}
			}
			if moved[i] != want {
				t.Fatalf("n=%d row %d: view %v, want %v", n, i, moved[i], want)
			}
		}
	})
}

func TestSelByCode(t *testing.T) {
	forShapes(func(r *rand.Rand, n, skew int, sel []int32) {
		bits := randBits(r, 50)
		codes := skewed(n, skew, func() int32 { return int32(r.IntN(50)) })
		var want []int32
		forRowsOf(n, sel, func(i int) {
			if GetBit(bits, int(codes[i])) {
				want = append(want, int32(i))
			}
		})
		if got := SelByCode(bits, codes, sel, make([]int32, n+1)); !slices.Equal(got, want) {
			t.Fatalf("n=%d: %v, want %v", n, got, want)
		}
		dst, a := make([]Dec, n), skewed(n, skew, randInt[int32](r))
		IntsToDecs(dst, a, sel)
		forRowsOf(n, sel, func(i int) {
			if v, ok := dst[i].Int64(); !ok || v != int64(a[i]) {
				t.Fatalf("%d as DECIMAL is %v", a[i], dst[i])
			}
		})
	})
}
