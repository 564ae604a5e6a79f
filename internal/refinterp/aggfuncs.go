package refinterp

import (
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

// result computes one aggregate over its rows.
func result(a *ir.AggCall, rows []taken) (ir.Value, error) {
	if a.User != nil {
		return userAggregate(a, rows)
	}
	rows = counting(a, rows)
	if a.Distinct || a.Fn == "COLLECT" || a.Fn == "APPROX_COUNT_DISTINCT" {
		rows = distinct(rows)
	}
	switch a.Fn {
	case "COUNT", "APPROX_COUNT_DISTINCT":
		return int64(len(rows)), nil
	case "COUNT_IF":
		return trues(rows), nil
	}
	if len(rows) == 0 {
		return nil, nil
	}
	vals := make([]ir.Value, len(rows))
	for i, r := range rows {
		vals[i] = r.vals[0]
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
	case "BOOL_AND":
		return trues(rows) == int64(len(rows)), nil
	case "BOOL_OR":
		return trues(rows) > 0, nil
	case "APPROX_PERCENTILE":
		return percentile(vals, a.Args[1].(*ir.Const).V.(float64)), nil
	case "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP", "COVAR_POP", "COVAR_SAMP", "CORR":
		return spread(a, rows), nil
	}
	return fromOrder(a, rows)
}

// counting leaves out the rows that do not count, for a NULL.
func counting(a *ir.AggCall, rows []taken) []taken {
	var cols []int
	switch a.Fn {
	case "COUNT", "COVAR_POP", "COVAR_SAMP", "CORR":
		for i := range a.Args {
			cols = append(cols, i)
		}
	case "MIN_BY", "MAX_BY":
		cols = []int{1}
	case "FIRST_VALUE", "LAST_VALUE", "ARRAY_AGG":
		if a.IgnoreNulls {
			cols = []int{0}
		}
	default:
		cols = []int{0}
	}
	var out []taken
	for _, r := range rows {
		keep := true
		for _, c := range cols {
			keep = keep && r.vals[c] != nil
		}
		if keep {
			out = append(out, r)
		}
	}
	return out
}

func distinct(rows []taken) []taken {
	seen := map[string]bool{}
	var out []taken
	for _, r := range rows {
		if f, ok := r.vals[0].(float64); ok && f == 0 {
			r.vals = append([]ir.Value{0.0}, r.vals[1:]...) // there is one zero
		}
		if id := identity(r.vals); !seen[id] {
			seen[id] = true
			out = append(out, r)
		}
	}
	return out
}

func trues(rows []taken) int64 {
	n := int64(0)
	for _, r := range rows {
		if r.vals[0] == true {
			n++
		}
	}
	return n
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
	total := exactSum(vals, t)
	if t.Kind == ir.Interval || t.Kind == ir.IntervalMonth {
		return fromInt(truncate(total), t)
	}
	return fromRat(total, a.T)
}

func mean(a *ir.AggCall, vals []ir.Value, t *ir.Type) (ir.Value, error) {
	if t.Kind.IsFloat() {
		return floatSum(vals) / float64(len(vals)), nil
	}
	total := exactSum(vals, t)
	if t.Kind == ir.Interval {
		total.Quo(total, new(big.Rat).SetInt64(int64(len(vals))))
		return fromInt(round(total, 0), t)
	}
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
