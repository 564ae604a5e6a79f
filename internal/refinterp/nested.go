package refinterp

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

var nestedScalars = map[string]scalar{
	"ARRAY": makeArray, "MAP": makeMap, "ROW": makeArray, "ITEM": item, "CARDINALITY": cardinality, "ELEMENT": element,
	"ARRAY_CONTAINS": arrayContains, "ARRAY_POSITION": arrayPosition, "ARRAY_DISTINCT": arrayDistinct, "ARRAY_CONCAT": arrayConcat,
	"ARRAY_JOIN": arrayJoin, "ARRAY_SLICE": arraySlice, "ARRAY_SORT": arraySort, "ARRAY_REVERSE": arrayReverse,
	"MAP_KEYS":    entries(func(e ir.MapEntry) ir.Value { return e.Key }),
	"MAP_VALUES":  entries(func(e ir.MapEntry) ir.Value { return e.Val }),
	"MAP_ENTRIES": entries(func(e ir.MapEntry) ir.Value { return []ir.Value{e.Key, e.Val} }),
}

func makeArray(_ *ir.Call, a []ir.Value) (ir.Value, error) { return append([]ir.Value{}, a...), nil }

func makeMap(c *ir.Call, a []ir.Value) (ir.Value, error) {
	out := []ir.MapEntry{}
	for i := 0; i < len(a); i += 2 {
		if a[i] == nil {
			return nil, fail(BadArgument, "a key is NULL")
		}
		again := slices.IndexFunc(out, func(e ir.MapEntry) bool { return compare(e.Key, a[i], c.T.Key) == 0 })
		if again >= 0 { // the entry moves to the place of the last one
			out = slices.Delete(out, again, again+1)
		}
		out = append(out, ir.MapEntry{Key: a[i], Val: a[i+1]})
	}
	return out, nil
}

func item(c *ir.Call, a []ir.Value) (ir.Value, error) {
	switch x := a[0].(type) {
	case []ir.Value:
		if i := a[1].(int64); i >= 1 && i <= int64(len(x)) {
			return x[i-1], nil
		}
	case []ir.MapEntry:
		for _, e := range slices.Backward(x) {
			if e.Key != nil && compare(e.Key, a[1], c.Args[1].Type()) == 0 {
				return e.Val, nil
			}
		}
	}
	return nil, nil
}

func cardinality(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	if m, ok := a[0].([]ir.MapEntry); ok {
		return int64(len(m)), nil
	}
	return int64(len(a[0].([]ir.Value))), nil
}

func element(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	switch x := a[0].([]ir.Value); len(x) {
	case 0:
		return nil, nil
	case 1:
		return x[0], nil
	}
	return nil, fail(BadArgument, "more than one element")
}

// alike is equality with NULL a value like others.
func alike(a, b ir.Value, t *ir.Type) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return compare(a, b, t) == 0
}

func find(list []ir.Value, x ir.Value, t *ir.Type) int {
	return slices.IndexFunc(list, func(v ir.Value) bool { return alike(v, x, t) })
}

func arrayContains(c *ir.Call, a []ir.Value) (ir.Value, error) {
	if a[0] == nil {
		return nil, nil
	}
	return find(a[0].([]ir.Value), a[1], c.Args[1].Type()) >= 0, nil
}

func arrayPosition(c *ir.Call, a []ir.Value) (ir.Value, error) {
	return int64(find(a[0].([]ir.Value), a[1], c.Args[1].Type()) + 1), nil
}

func arrayDistinct(c *ir.Call, a []ir.Value) (ir.Value, error) {
	out := []ir.Value{}
	for _, v := range a[0].([]ir.Value) {
		if find(out, v, c.T.Elem) < 0 {
			out = append(out, v)
		}
	}
	return out, nil
}

func arrayConcat(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	out := []ir.Value{}
	for _, list := range a {
		out = append(out, list.([]ir.Value)...)
	}
	return out, nil
}

func arrayJoin(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	var parts []string
	for _, v := range a[0].([]ir.Value) {
		switch {
		case v != nil:
			parts = append(parts, v.(string))
		case len(a) == 3:
			parts = append(parts, a[2].(string))
		}
	}
	return strings.Join(parts, a[1].(string)), nil
}

func arraySlice(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	list := a[0].([]ir.Value)
	place := func(k int64) int64 {
		if k < 0 {
			return int64(len(list)) + k + 1
		}
		return k
	}
	from, to := place(a[1].(int64)), int64(len(list))
	if len(a) == 3 {
		to = place(a[2].(int64))
	}
	out := []ir.Value{}
	for i, v := range list {
		if k := int64(i) + 1; k >= from && k <= to {
			out = append(out, v)
		}
	}
	return out, nil
}

func arraySort(c *ir.Call, a []ir.Value) (ir.Value, error) {
	sign := 1
	if len(a) > 1 && a[1] == false {
		sign = -1
	}
	nullsFirst := sign == 1
	if len(a) == 3 {
		nullsFirst = a[2] == true
	}
	var out, nulls []ir.Value
	for _, v := range a[0].([]ir.Value) {
		if v == nil {
			nulls = append(nulls, v)
		} else {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(x, y ir.Value) int { return sign * compare(x, y, c.T.Elem) })
	if nullsFirst {
		return append(append([]ir.Value{}, nulls...), out...), nil
	}
	return append(append([]ir.Value{}, out...), nulls...), nil
}

func arrayReverse(_ *ir.Call, a []ir.Value) (ir.Value, error) {
	out := append([]ir.Value{}, a[0].([]ir.Value)...)
	slices.Reverse(out)
	return out, nil
}

func entries(part func(e ir.MapEntry) ir.Value) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) {
		out := []ir.Value{}
		for _, e := range a[0].([]ir.MapEntry) {
			out = append(out, part(e))
		}
		return out, nil
	}
}

// compareMaps is 0 where two maps have the same entries.
func compareMaps(a, b []ir.MapEntry, t *ir.Type) int {
	if len(a) != len(b) {
		return 1
	}
	for _, e := range a {
		at := slices.IndexFunc(b, func(o ir.MapEntry) bool { return alike(o.Key, e.Key, t.Key) })
		if at < 0 || !alike(b[at].Val, e.Val, t.Elem) {
			return 1
		}
	}
	return 0
}
