package refinterp

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// spread is VAR_POP and its like, CORR included, from exact sums.
func spread(a *ir.AggCall, rows []taken) ir.Value {
	n := new(big.Rat).SetInt64(int64(len(rows)))
	by := new(big.Rat).Set(n)
	if strings.HasSuffix(a.Fn, "_SAMP") {
		by.Sub(by, big.NewRat(1, 1))
	}
	if by.Sign() <= 0 {
		return nil
	}
	xs, ok := column(rows, 0, a.Args[0].Type())
	ys := xs
	if ok && len(a.Args) > 1 {
		ys, ok = column(rows, 1, a.Args[1].Type())
	}
	if !ok {
		return math.NaN()
	}
	quotient := func(r *big.Rat) float64 {
		f, _ := r.Quo(r, n).Quo(r, by).Float64()
		return f
	}
	switch {
	case a.Fn == "CORR":
		sx, sy := together(xs, xs, n), together(ys, ys, n)
		if sx.Sign() == 0 || sy.Sign() == 0 {
			return nil
		}
		return quotient(together(xs, ys, n)) / math.Sqrt(quotient(sx)) / math.Sqrt(quotient(sy))
	case strings.HasPrefix(a.Fn, "STDDEV"):
		return math.Sqrt(quotient(together(xs, xs, n)))
	}
	return quotient(together(xs, ys, n))
}

// column is an argument as exact numbers; ok is false where one has no square that is a
// DOUBLE.
func column(rows []taken, c int, t *ir.Type) (out []*big.Rat, ok bool) {
	for _, r := range rows {
		if f, isFloat := r.vals[c].(float64); isFloat && !(math.Abs(f) <= 1e150) {
			return nil, false
		}
		out = append(out, toRat(r.vals[c], t))
	}
	return out, true
}

// together is n times the sum of the products less the product of the sums.
func together(xs, ys []*big.Rat, n *big.Rat) *big.Rat {
	sx, sy, sxy := new(big.Rat), new(big.Rat), new(big.Rat)
	for i := range xs {
		sx.Add(sx, xs[i])
		sy.Add(sy, ys[i])
		sxy.Add(sxy, new(big.Rat).Mul(xs[i], ys[i]))
	}
	sxy.Mul(sxy, n)
	return sxy.Sub(sxy, sx.Mul(sx, sy))
}

// percentile is the least value with at least the share p of all at or below it, of nine
// significant binary digits.
func percentile(vals []ir.Value, p float64) ir.Value {
	vals = slices.Clone(vals)
	slices.SortFunc(vals, func(a, b ir.Value) int { return compareFloats(a.(float64), b.(float64)) })
	rank := max(1, int(math.Ceil(p*float64(len(vals)))))
	f := vals[rank-1].(float64)
	if f == 0 || !isFinite(f) {
		return f + 0
	}
	rounded, _ := new(big.Float).SetMode(big.ToNearestAway).SetPrec(9).Set(new(big.Float).SetFloat64(f)).Float64()
	return rounded
}
