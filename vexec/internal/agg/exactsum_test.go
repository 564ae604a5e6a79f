package agg

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestExactSum holds sums of values of all sizes, of which some are taken back, against
// rational numbers.
func TestExactSum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var s exactSum
		want := new(big.Rat)
		var in []float64
		for range r.IntN(40) {
			x := math.Ldexp(r.Float64()*2-1, r.IntN(900)-450)
			if len(in) > 0 && r.IntN(2) == 0 {
				x = -in[r.IntN(len(in))]
			}
			in = append(in, x)
			s.addProduct(x, 3)
			want.Add(want, new(big.Rat).Mul(new(big.Rat).SetFloat64(x), big.NewRat(3, 1)))
		}
		got := new(big.Rat)
		for _, p := range s.parts {
			got.Add(got, new(big.Rat).SetFloat64(p))
		}
		if got.Cmp(want) != 0 {
			t.Fatalf("the sum of 3 times %v is %v, not %v", in, got, want)
		}
		two := s.twoFloat()
		off := new(big.Rat).Sub(new(big.Rat).Add(new(big.Rat).SetFloat64(two.sum), new(big.Rat).SetFloat64(two.err)), want)
		if rest, _ := off.Float64(); math.Abs(rest) > math.Abs(two.sum)*1e-30 {
			t.Fatalf("%v + %v is %v off the sum of 3 times %v", two.sum, two.err, rest, in)
		}
	}
}
