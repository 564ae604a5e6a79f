package refinterp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// fromOrder computes the aggregates for which the order of the rows matters.
func fromOrder(a *ir.AggCall, rows []taken) (ir.Value, error) {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y taken) int { return compareTaken(a, x, y) })
	switch a.Fn {
	case "FIRST_VALUE", "MIN_BY", "MAX_BY":
		return rows[0].vals[0], nil
	case "LAST_VALUE":
		return rows[len(rows)-1].vals[0], nil
	case "ARRAY_AGG", "COLLECT":
		var out []ir.Value
		for _, r := range rows {
			out = append(out, r.vals[0])
		}
		return out, nil
	case "STRING_AGG":
		sep := ","
		if len(a.Args) > 1 {
			sep = a.Args[1].(*ir.Const).V.(string)
		}
		var parts []string
		for _, r := range rows {
			parts = append(parts, r.vals[0].(string))
		}
		return strings.Join(parts, sep), nil
	}
	return nil, fmt.Errorf("refinterp: no such aggregate: %s", a.Fn)
}

// compareTaken orders rows by what is asked for, then by arrival, then by the value.
func compareTaken(a *ir.AggCall, x, y taken) int {
	order := a.OrderBy
	keys := func(t taken) []ir.Value { return t.vals[1:] }
	switch {
	case a.Fn == "MIN_BY" || a.Fn == "MAX_BY":
		order = []ir.AggOrder{{X: a.Args[1], Desc: a.Fn == "MAX_BY"}}
	case a.Distinct || a.Fn == "COLLECT":
		keys = func(t taken) []ir.Value { return t.vals }
		if len(order) == 0 {
			order = []ir.AggOrder{{X: a.Args[0]}}
		}
	}
	for i, o := range order {
		if c := compareKeys(keys(x)[i], keys(y)[i], o); c != 0 {
			return c
		}
	}
	if x.place != y.place {
		return cmp.Compare(x.place, y.place)
	}
	return compareKeys(x.vals[0], y.vals[0], ir.AggOrder{X: a.Args[0], NullsLast: true})
}

func compareKeys(x, y ir.Value, o ir.AggOrder) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil || y == nil:
		if (x == nil) == o.NullsLast {
			return 1
		}
		return -1
	case o.Desc:
		return -compare(x, y, o.X.Type())
	}
	return compare(x, y, o.X.Type())
}
