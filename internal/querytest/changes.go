package querytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// kinds that add a row, and those that take one back.
func adds(kind string) bool { return kind == "+I" || kind == "+U" }

// Fold is what is left of changes, whose kinds are in the first column: rows that were
// added and not taken back, in the order in which they came. With a key a row replaces
// the one before it with the same key. An error: a row was taken back that was not there.
func Fold(r *Result, key []int) (*Result, error) {
	out := &Result{Cols: r.Cols[1:]}
	there := map[string][]int{} // by what tells rows apart: those that are there
	gone := map[int]bool{}
	for _, row := range r.Rows {
		id, kind := identity(row, key), row[0]
		last := there[id]
		if adds(kind) {
			if key != nil && len(last) > 0 {
				gone[last[0]] = true
				last = nil
			}
			there[id] = append(last, len(out.Rows))
			out.Rows = append(out.Rows, row[1:])
			continue
		}
		if len(last) == 0 {
			return nil, fmt.Errorf("%s takes back a row that is not there", strings.Join(row, " | "))
		}
		gone[last[len(last)-1]] = true
		there[id] = last[:len(last)-1]
	}
	i := -1
	out.Rows = slices.DeleteFunc(out.Rows, func([]string) bool { i++; return gone[i] })
	return out, nil
}

// identity is what tells a row from others: its key, or all of it.
func identity(row []string, key []int) string {
	if key == nil {
		return strings.Join(row[1:], "\x00")
	}
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = row[1+k]
	}
	return strings.Join(parts, "\x00")
}

// net is what changes come to, whatever happened in between: rows that are more than
// before, with "+", and rows that are fewer, with "-". With a key it is the last change
// of each.
func net(r *Result, key []int) *Result {
	out := &Result{Cols: slices.Concat([]ir.Column{{Name: "", Type: ir.TVarchar}}, r.Cols[1:])}
	count, rows := map[string]int{}, map[string][]string{}
	var order []string
	for _, row := range r.Rows {
		id := identity(row, key)
		if _, seen := rows[id]; !seen {
			order = append(order, id)
		}
		rows[id] = row
		switch {
		case key != nil && adds(row[0]):
			count[id] = 1
		case key != nil:
			count[id] = -1
		case adds(row[0]):
			count[id]++
		default:
			count[id]--
		}
	}
	for _, id := range order {
		sign, n := "+", count[id]
		if n < 0 {
			sign, n = "-", -n
		}
		for range n {
			out.Rows = append(out.Rows, slices.Concat([]string{sign}, rows[id][1:]))
		}
	}
	return out
}
