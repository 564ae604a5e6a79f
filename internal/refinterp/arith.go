package refinterp

import (
	"math"
	"math/big"

	"github.com/helios-stream/helios/ir"
)

func add(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if isTimeArith(c) {
		return addTime(c, a, 1)
	}
	return exact(c, a, (*big.Rat).Add, func(x, y float64) float64 { return x + y })
}

func subtract(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if isTimeArith(c) {
		return addTime(c, a, -1)
	}
	return exact(c, a, (*big.Rat).Sub, func(x, y float64) float64 { return x - y })
}

func multiply(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if isTimeArith(c) && !c.Args[0].Type().Kind.IsInteger() && !c.Args[1].Type().Kind.IsInteger() {
		return scaleSpan(c, a, (*big.Rat).Mul, func(x, y float64) float64 { return x * y })
	}
	if isTimeArith(c) { // an interval and a number
		return spanValue(new(big.Int).Mul(big.NewInt(a[0].(int64)), big.NewInt(a[1].(int64))), c.T)
	}
	return exact(c, a, (*big.Rat).Mul, func(x, y float64) float64 { return x * y })
}

func divide(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if !c.T.Kind.IsFloat() && isZero(a[1]) {
		return nil, fail(DivisionByZero, "division by zero")
	}
	if isTimeArith(c) {
		if a[1] == 0.0 {
			return nil, fail(DivisionByZero, "division by zero")
		}
		return scaleSpan(c, a, (*big.Rat).Quo, func(x, y float64) float64 { return x / y })
	}
	return exact(c, a, (*big.Rat).Quo, func(x, y float64) float64 { return x / y })
}

// scaleSpan multiplies or divides an interval: with a DOUBLE as doubles do, else exactly; what
// is finer than a microsecond is rounded half away from zero.
func scaleSpan(c *ir.Call, a []ir.Value, op func(z, x, y *big.Rat) *big.Rat, float func(x, y float64) float64) (ir.Value, error) {
	for i, v := range a {
		f, ok := v.(float64)
		if !ok {
			continue
		}
		r := float(float64(a[1-i].(int64)), f)
		if math.IsNaN(r) || math.IsInf(r, 0) {
			return nil, overflow(c.T)
		}
		return spanValue(round(new(big.Rat).SetFloat64(math.Round(r)), 0), c.T)
	}
	r := op(new(big.Rat), toRat(a[0], c.Args[0].Type()), toRat(a[1], c.Args[1].Type()))
	return spanValue(round(r, 0), c.T)
}

// exact computes with rational numbers, or with floats where the result is one.
func exact(c *ir.Call, a []ir.Value, op func(z, x, y *big.Rat) *big.Rat, float func(x, y float64) float64) (ir.Value, error) {
	if c.T.Kind.IsFloat() {
		return fitFloat(float(a[0].(float64), a[1].(float64)), c.T), nil
	}
	x, y := toRat(a[0], c.Args[0].Type()), toRat(a[1], c.Args[1].Type())
	return fromRat(op(new(big.Rat), x, y), c.T)
}

func isZero(v ir.Value) bool {
	switch x := v.(type) {
	case int64:
		return x == 0
	case ir.Dec:
		return x == ir.Dec{}
	}
	return false
}

// remainder is x - y * (x / y cut towards zero).
func remainder(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if c.T.Kind.IsFloat() {
		return fitFloat(math.Mod(a[0].(float64), a[1].(float64)), c.T), nil
	}
	if isZero(a[1]) {
		return nil, fail(DivisionByZero, "division by zero")
	}
	x, y := toRat(a[0], c.Args[0].Type()), toRat(a[1], c.Args[1].Type())
	whole := new(big.Rat).SetInt(truncate(new(big.Rat).Quo(x, y)))
	return fromRat(x.Sub(x, whole.Mul(whole, y)), c.T)
}

func negate(c *ir.Call, a []ir.Value) (ir.Value, error) {
	switch x := a[0].(type) {
	case float64:
		return -x, nil
	case int64:
		if isSpan(c.T) {
			return spanValue(new(big.Int).Neg(big.NewInt(x)), c.T)
		}
	}
	x := toRat(a[0], c.T)
	return fromRat(x.Neg(x), c.T)
}
