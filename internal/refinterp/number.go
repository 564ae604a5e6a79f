package refinterp

import (
	"math"
	"math/big"

	"github.com/helios-stream/helios/ir"
)

// toRat returns a finite number exactly.
func toRat(v ir.Value, t *ir.Type) *big.Rat {
	switch x := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(x)
	case ir.Dec:
		return new(big.Rat).SetFrac(x.Big(), tenTo(t.S))
	case float64:
		return new(big.Rat).SetFloat64(x)
	}
	return nil
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// fromRat returns r as a value of a numeric type: integers cut it towards zero, a
// DECIMAL rounds half away from zero. Out of the type's range is a row error.
func fromRat(r *big.Rat, t *ir.Type) (ir.Value, error) {
	switch {
	case t.Kind.IsInteger():
		return fromInt(truncate(r), t)
	case t.Kind == ir.Decimal:
		return toDecimal(r, t)
	case t.Kind == ir.Real:
		f, _ := r.Float32()
		return float64(f), nil
	}
	f, _ := r.Float64()
	return f, nil
}

// fromInt returns x as a value of an integer type.
func fromInt(x *big.Int, t *ir.Type) (ir.Value, error) {
	limit := new(big.Int).Lsh(big.NewInt(1), uint(8*t.Kind.Width()-1)) // values are in [-limit, limit)
	if x.Cmp(new(big.Int).Neg(limit)) < 0 || x.Cmp(limit) >= 0 {
		return nil, overflow(t)
	}
	return x.Int64(), nil
}

// toDecimal rounds r to the scale of t.
func toDecimal(r *big.Rat, t *ir.Type) (ir.Value, error) {
	return unscaled(round(r, t.S), t)
}

// unscaled returns the DECIMAL of type t whose digits without the point are x.
func unscaled(x *big.Int, t *ir.Type) (ir.Value, error) {
	if new(big.Int).Abs(x).Cmp(tenTo(t.P)) >= 0 {
		return nil, overflow(t)
	}
	d, _ := ir.DecFromBig(x) // 38 digits fit
	return d, nil
}

// truncate cuts r towards zero.
func truncate(r *big.Rat) *big.Int { return new(big.Int).Quo(r.Num(), r.Denom()) }

// floor is the greatest whole number not above r.
func floor(r *big.Rat) *big.Int {
	return new(big.Int).Div(r.Num(), r.Denom()) // Div floors, as the denominator is positive
}

// ceil is the least whole number not below r.
func ceil(r *big.Rat) *big.Int {
	x := floor(new(big.Rat).Neg(r))
	return x.Neg(x)
}

// shifted is r * 10^digits.
func shifted(r *big.Rat, digits int) *big.Rat {
	out := new(big.Rat).Set(r)
	if digits >= 0 {
		return out.Mul(out, new(big.Rat).SetInt(tenTo(digits)))
	}
	return out.Quo(out, new(big.Rat).SetInt(tenTo(-digits)))
}

// round is r * 10^digits, rounded to a whole number half away from zero.
func round(r *big.Rat, digits int) *big.Int {
	s := shifted(r, digits)
	half := big.NewRat(1, 2)
	if s.Sign() < 0 {
		half.Neg(half)
	}
	return truncate(s.Add(s, half))
}

// fitFloat rounds a result to REAL where its type is.
func fitFloat(f float64, t *ir.Type) ir.Value {
	if t.Kind == ir.Real {
		return float64(float32(f))
	}
	return f
}

func isFinite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
