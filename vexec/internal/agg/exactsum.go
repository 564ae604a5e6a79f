package agg

import "math"

// exactSum is a sum of finite DOUBLEs without any error: parts that do not overlap, the
// smallest first (Shewchuk's expansions). What is added and taken back leaves nothing.
type exactSum struct{ parts []float64 }

func (s *exactSum) add(x float64) {
	n := 0
	for _, y := range s.parts {
		if math.Abs(x) < math.Abs(y) {
			x, y = y, x
		}
		high := x + y
		if low := y - (high - x); low != 0 {
			s.parts[n] = low
			n++
		}
		x = high
	}
	s.parts = s.parts[:n]
	if x != 0 {
		s.parts = append(s.parts, x)
	}
}

// addProduct adds a * b, exactly.
func (s *exactSum) addProduct(a, b float64) {
	p := a * b
	s.add(p)
	s.add(math.FMA(a, b, -p))
}

// twoFloat is the sum in the digits of two DOUBLEs.
func (s *exactSum) twoFloat() (t twoFloat) {
	for i := len(s.parts) - 1; i >= 0; i-- {
		t.add(s.parts[i])
	}
	return t.normal()
}
