package refinterp

import (
	"math"
	"math/big"
	"strconv"

	"github.com/helios-stream/helios/ir"
)

func absolute(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if f, ok := a[0].(float64); ok {
		return math.Abs(f), nil
	}
	if isSpan(c.T) {
		return spanValue(new(big.Int).Abs(big.NewInt(a[0].(int64))), c.T)
	}
	x := toRat(a[0], c.T)
	return fromRat(x.Abs(x), c.T)
}

func sign(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if f, ok := a[0].(float64); ok {
		switch {
		case f > 0:
			return 1.0, nil
		case f < 0:
			return -1.0, nil
		}
		return f, nil // zero and NaN
	}
	return fromRat(new(big.Rat).SetInt64(int64(toRat(a[0], c.T).Sign())), c.T)
}

func ceiling(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if f, ok := a[0].(float64); ok {
		return math.Ceil(f), nil
	}
	return fromRat(new(big.Rat).SetInt(ceil(toRat(a[0], c.Args[0].Type()))), c.T)
}

func flooring(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if f, ok := a[0].(float64); ok {
		return math.Floor(f), nil
	}
	return fromRat(new(big.Rat).SetInt(floor(toRat(a[0], c.Args[0].Type()))), c.T)
}

func rounding(c *ir.Call, a []ir.Value) (ir.Value, error) { return toDigits(c, a, round) }

func cutting(c *ir.Call, a []ir.Value) (ir.Value, error) {
	return toDigits(c, a, func(r *big.Rat, digits int) *big.Int { return truncate(shifted(r, digits)) })
}

// mostDigits is beyond what any number has, before or behind the point.
const mostDigits = 400

// toDigits keeps some digits behind the point, or in front of it where they are
// negative, by the given way of rounding.
func toDigits(c *ir.Call, a []ir.Value, cut func(r *big.Rat, digits int) *big.Int) (ir.Value, error) {
	digits := 0
	if len(a) == 2 {
		digits = int(max(-mostDigits, min(mostDigits, a[1].(int64))))
	}
	t := c.Args[0].Type()
	if f, ok := a[0].(float64); ok {
		if !isFinite(f) {
			return f, nil
		}
		back := shifted(new(big.Rat).SetInt(cut(shortest(f, t), digits)), -digits)
		return fromRat(back, c.T)
	}
	return fromRat(shifted(new(big.Rat).SetInt(cut(toRat(a[0], t), digits)), -digits), c.T)
}

// shortest is the number that a float is printed as: 1.005, not 1.00499999999999989.
func shortest(f float64, t *ir.Type) *big.Rat {
	bits := 64
	if t.Kind == ir.Real {
		bits = 32
	}
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, bits))
	return r
}

func power(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	return math.Pow(a[0].(float64), a[1].(float64)), nil
}

func squareRoot(_ *ir.Call, a []ir.Value) (ir.Value, error) { return math.Sqrt(a[0].(float64)), nil }

func exponential(_ *ir.Call, a []ir.Value) (ir.Value, error) { return math.Exp(a[0].(float64)), nil }

func naturalLog(_ *ir.Call, a []ir.Value) (ir.Value, error) { return math.Log(a[0].(float64)), nil }

func decimalLog(_ *ir.Call, a []ir.Value) (ir.Value, error) { return math.Log10(a[0].(float64)), nil }
