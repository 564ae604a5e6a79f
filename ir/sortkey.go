package ir

import (
	"fmt"
	"strings"
)

// SortKey is one column of an order. NULLs are first or last whichever way the values go.
type SortKey struct {
	Col        int
	Desc       bool
	NullsFirst bool
}

// LeadsWithTime reports whether an order leads with the event time of a relation, ascending.
func LeadsWithTime(order []SortKey, p *Props) bool {
	return len(order) > 0 && p.TimeCol >= 0 && order[0].Col == p.TimeCol && !order[0].Desc
}

// orderText is " order [a, b DESC NULLS FIRST]"; what is not said is the default.
func orderText(in *Schema, order []SortKey) string {
	if len(order) == 0 {
		return ""
	}
	parts := make([]string, len(order))
	for i, k := range order {
		parts[i] = in.Cols[k.Col].Name
		if k.Desc {
			parts[i] += " DESC"
		}
		switch {
		case k.NullsFirst && k.Desc:
			parts[i] += " NULLS FIRST"
		case !k.NullsFirst && !k.Desc:
			parts[i] += " NULLS LAST"
		}
	}
	return " order [" + strings.Join(parts, ", ") + "]"
}

func checkOrder(order []SortKey, in *Schema) error {
	for _, k := range order {
		if err := checkColumns("order column", []int{k.Col}, len(in.Cols)); err != nil {
			return err
		}
		if t := in.Cols[k.Col].Type; !t.Ordered() {
			return fmt.Errorf("order column %s is %s", in.Cols[k.Col].Name, t)
		}
	}
	return nil
}

func sameOrder(a, b []SortKey) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

