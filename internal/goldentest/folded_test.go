package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// folded is what is left of changes, whose kinds are in the first column: rows that were
// added and not taken back, in the order in which they came. An error: a row was taken
// back that was not there.
func folded(r *result) (*result, error) {
	out := &result{cols: r.cols[1:]}
	last := map[string][]int{} // by text: the rows of it that are there
	gone := map[int]bool{}
	for _, row := range r.rows {
		text := strings.Join(row[1:], "\x00")
		if kind := row[0]; kind == "+I" || kind == "+U" {
			last[text] = append(last[text], len(out.rows))
			out.rows = append(out.rows, row[1:])
			continue
		}
		there := last[text]
		if len(there) == 0 {
			return nil, fmt.Errorf("%s takes back a row that is not there", strings.Join(row, " | "))
		}
		gone[there[len(there)-1]] = true
		last[text] = there[:len(there)-1]
	}
	i := -1
	out.rows = slices.DeleteFunc(out.rows, func([]string) bool { i++; return gone[i] })
	return out, nil
}
