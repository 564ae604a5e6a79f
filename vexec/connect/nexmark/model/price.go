package model

import "math"

// price returns a price in cents, spread evenly over the orders of magnitude from
// one to a million: 100 * 10^(6u), rounded.
func price(r *rng) uint64 {
	u := r.unit()
	p := quickPrice(u)
	whole := math.Floor(p)
	if d := p - whole - 0.5; d < -doubt || d > doubt {
		if d > 0 {
			whole++
		}
		return uint64(whole)
	}
	return exactPrice(u)
}

func exactPrice(u float64) uint64 { return uint64(math.Round(math.Pow(10, u*6) * 100)) }

// doubt is more than quickPrice may be wrong by, by far.
const doubt = 1e-4

// steps is how many prices are looked up; those between take five terms of e^x.
const steps = 1024

var powers = func() (t [steps]float64) {
	for i := range t {
		t[i] = math.Pow(10, 6*float64(i)/steps) * 100
	}
	return t
}()

// quickPrice is 100 * 10^(6u) but for the last digits, u in [0, 1).
func quickPrice(u float64) float64 {
	i := int(u * steps)
	x := (u - float64(i)/steps) * (6 * math.Ln10) // below 0.0135
	return powers[i] * (1 + x*(1+x/2*(1+x/3*(1+x/4*(1+x/5)))))
}
