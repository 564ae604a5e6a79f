package opt

import (
	"math"
	"math/big"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// castColumn returns the column that e is, and the types that it is cast to from the
// inside out; nil: e is anything else, or a cast that does not keep the order of
// values or makes one of two.
func castColumn(e ir.Expr) (*ir.ColRef, []*ir.Type) {
	switch x := e.(type) {
	case *ir.ColRef:
		return x, nil
	case *ir.Cast:
		if ref, casts := castColumn(x.X); ref != nil && embeds(x.X.Type(), x.T) {
			return ref, append(slices.Clip(casts), x.T)
		}
	}
	return nil, nil
}

// embeds reports whether a cast keeps the values of from apart and in order.
func embeds(from, to *ir.Type) bool {
	f, t := from.Kind, to.Kind
	switch {
	case from.Equal(to):
		return true
	case f.IsInteger() && t.IsInteger():
		return f <= t
	case f.IsInteger() && t == ir.Decimal:
		return true
	case f == ir.Decimal && t == ir.Decimal:
		return to.S >= from.S
	case f.IsInteger() && t == ir.Double:
		return f != ir.BigInt
	case f.IsInteger() && t == ir.Real:
		return f == ir.TinyInt || f == ir.SmallInt
	case f == ir.Real && t == ir.Double, f == ir.Date && t == ir.Timestamp:
		return true
	case f.IsTimestamp() && f == t:
		return to.P >= from.P
	}
	return false
}

// lower takes v, of the last of the casts' types, back through them to the type of
// the column: to the greatest value that is cast to v or to less. ok is false where
// there is none, exact says that it is cast to v itself.
func lower(v ir.Value, column *ir.Type, casts []*ir.Type) (w ir.Value, exact, ok bool) {
	exact = true
	for i := len(casts) - 1; i >= 0; i-- {
		to := column
		if i > 0 {
			to = casts[i-1]
		}
		var same bool
		if v, same, ok = floorTo(v, casts[i], to); !ok {
			return nil, false, false
		}
		exact = exact && same
	}
	return v, exact, true
}

// floorTo is lower for one cast, of a value of to that became v of from.
func floorTo(v ir.Value, from, to *ir.Type) (w ir.Value, exact, ok bool) {
	switch {
	case from.Equal(to):
		return v, true, true
	case to.Kind == ir.Real:
		return floorReal(v.(float64))
	case from.Kind.IsFloat():
		f := v.(float64)
		if math.IsNaN(f) || math.Abs(f) > math.MaxInt32 {
			return nil, false, false
		}
		n := int64(math.Floor(f))
		return n, float64(n) == f, inRange(n, to)
	case from.Kind == ir.Decimal && to.Kind == ir.Decimal:
		q, exact := floorDiv(v.(ir.Dec).Big(), from.S-to.S)
		d, fits := ir.DecFromBig(q)
		return d, exact, fits && q.CmpAbs(power10(to.P)) < 0
	case from.Kind == ir.Decimal:
		q, exact := floorDiv(v.(ir.Dec).Big(), from.S)
		return q.Int64(), exact, q.IsInt64() && inRange(q.Int64(), to)
	case from.Kind.IsTimestamp():
		unit := int64(1)
		if to.Kind == ir.Date {
			unit = 86_400_000_000
		}
		if from.Nanos() && !to.Nanos() {
			unit *= 1000
		}
		n := v.(int64)
		q := n / unit
		if n%unit < 0 {
			q--
		}
		return q, n%unit == 0, inRange(q, to)
	}
	n := v.(int64) // integers
	return n, true, inRange(n, to)
}

// floorReal is the greatest REAL that is not above f.
func floorReal(f float64) (w ir.Value, exact, ok bool) {
	r := float32(f)
	if float64(r) > f {
		r = math.Nextafter32(r, float32(math.Inf(-1)))
	}
	return float64(r), float64(r) == f || math.IsNaN(f), true
}

// floorDiv is n divided by 10^digits, rounded down.
func floorDiv(n *big.Int, digits int) (q *big.Int, exact bool) {
	q, m := new(big.Int).DivMod(n, power10(digits), new(big.Int))
	return q, m.Sign() == 0
}

func power10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// inRange reports whether a whole number is a value of t.
func inRange(n int64, t *ir.Type) bool {
	bits := 8 * t.Kind.Width()
	return bits == 64 || n >= -1<<(bits-1) && n < 1<<(bits-1)
}
