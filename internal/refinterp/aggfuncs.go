package refinterp

import (
	"fmt"
	"math"
	"math/big"

	"github.com/helios-stream/helios/ir"
)

// results computes all aggregates of a group.
func (g *group) results(aggs []ir.AggCall) ([]ir.Value, error) {
	var out []ir.Value
	for i := range aggs {
		v, err := result(&aggs[i], g.args[i])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// result computes one aggregate over the values of its rows.
func result(a *ir.AggCall, all []ir.Value) (ir.Value, error) {
	vals := notNull(all)
	if a.Distinct {
		vals = distinct(vals)
	}
	if a.Fn == "COUNT" {
		return int64(len(vals)), nil
	}
	if len(vals) == 0 {
		return nil, nil
	}
	t := a.Args[0].Type()
	switch a.Fn {
	case "SUM":
		return sum(a, vals, t)
	case "AVG":
		return mean(a, vals, t)
	case "MIN":
		return extreme(vals, t, -1), nil
	case "MAX":
		return extreme(vals, t, 1), nil
	}
	return nil, fmt.Errorf("refinterp: no such aggregate: %s", a.Fn)
}

func notNull(vals []ir.Value) []ir.Value {
	var out []ir.Value
	for _, v := range vals {
		if v != nil {
			out = append(out, v)
		}
	}
	return out
}

func distinct(vals []ir.Value) []ir.Value {
	seen := map[string]bool{}
	var out []ir.Value
	for _, v := range vals {
		if id := identity([]ir.Value{v}); !seen[id] {
			seen[id] = true
			out = append(out, v)
		}
	}
	return out
}

// extreme returns the value that is the greatest (sign 1) or the least (-1).
func extreme(vals []ir.Value, t *ir.Type, sign int) ir.Value {
	best := vals[0]
	for _, v := range vals[1:] {
		if compare(v, best, t)*sign > 0 {
			best = v
		}
	}
	return best
}

func sum(a *ir.AggCall, vals []ir.Value, t *ir.Type) (ir.Value, error) {
	if t.Kind.IsFloat() {
		return floatSum(vals), nil
	}
	return fromRat(exactSum(vals, t), a.T)
}

func mean(a *ir.AggCall, vals []ir.Value, t *ir.Type) (ir.Value, error) {
	if t.Kind.IsFloat() {
		return floatSum(vals) / float64(len(vals)), nil
	}
	total := exactSum(vals, t)
	return fromRat(total.Quo(total, new(big.Rat).SetInt64(int64(len(vals)))), a.T)
}

func exactSum(vals []ir.Value, t *ir.Type) *big.Rat {
	total := new(big.Rat)
	for _, v := range vals {
		total.Add(total, toRat(v, t))
	}
	return total
}

// floatSum is the exact sum, rounded once; NaN and infinities as IEEE adds them.
func floatSum(vals []ir.Value) float64 {
	total, special := new(big.Rat), 0.0
	for _, v := range vals {
		f := v.(float64)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			special += f
			continue
		}
		total.Add(total, new(big.Rat).SetFloat64(f))
	}
	if special != 0 { // NaN is not equal to 0 either
		return special
	}
	f, _ := total.Float64()
	return f
}
