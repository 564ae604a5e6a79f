package goldentest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// result is the rows of one SELECT or one mapping, as cells of text.
type result struct {
	cols []ir.Column
	rows [][]string
}

func newResult(s *ir.Schema, rows [][]ir.Value) *result {
	r := &result{cols: s.Cols}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = cell(v, s.Cols[i].Type)
		}
		r.rows = append(r.rows, cells)
	}
	return r
}

// header is the columns with their types.
func (r *result) header() string {
	var parts []string
	for _, c := range r.cols {
		parts = append(parts, strings.TrimSpace(c.Name+" "+c.Type.String()))
	}
	return strings.Join(parts, ", ")
}

// cell is a value as golden files write it.
func cell(v ir.Value, t *ir.Type) string {
	text := ir.FormatValue(v, t)
	if s, ok := v.(string); ok && (s == "" || s == "NULL" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "|\n")) {
		return "'" + s + "'"
	}
	return text
}

func splitRow(line string) []string {
	cells := strings.Split(line, " | ")
	for i := range cells {
		cells[i] = strings.TrimSuffix(strings.TrimPrefix(cells[i], "| "), " |")
	}
	return cells
}

// differ says how the rows of got differ from want's; "": not at all. They are compared as
// multisets unless ordered.
func differ(want, got *result, ordered bool) string {
	w, g := slices.Clone(want.rows), slices.Clone(got.rows)
	if !ordered {
		want.sort(w)
		want.sort(g)
	}
	if len(w) == len(g) {
		same := true
		for i := range w {
			same = same && sameRow(want.cols, w[i], g[i])
		}
		if same {
			return ""
		}
	}
	return fmt.Sprintf("want %d rows, got %d\n%s", len(w), len(g), diffLines(want.cols, w, g))
}

// diffLines shows the rows that one side has and the other has not.
func diffLines(cols []ir.Column, want, got [][]string) string {
	var out []string
	left := slices.Clone(got)
	for _, row := range want {
		i := slices.IndexFunc(left, func(o []string) bool { return sameRow(cols, row, o) })
		if i < 0 {
			out = append(out, "missing: "+strings.Join(row, " | "))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, row := range left {
		out = append(out, "extra:   "+strings.Join(row, " | "))
	}
	if len(out) == 0 {
		out = append(out, "the same rows in another order: "+fmt.Sprint(got))
	}
	const most = 20
	if len(out) > most {
		out = append(out[:most], "...")
	}
	return strings.Join(out, "\n")
}

func sameRow(cols []ir.Column, a, b []string) bool {
	if len(a) != len(cols) || len(b) != len(cols) {
		return false
	}
	for i := range cols {
		if a[i] != b[i] && !(cols[i].Type.Kind.IsFloat() && close(a[i], b[i], cols[i].Type)) {
			return false
		}
	}
	return true
}

// close reports whether two floats are within 1e-9 of each other, of 1e-5 for REAL.
func close(a, b string, t *ir.Type) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return false
	}
	within := 1e-9
	if t.Kind == ir.Real {
		within = 1e-5
	}
	return x == y || math.Abs(x-y) <= within*math.Max(1, math.Max(math.Abs(x), math.Abs(y)))
}

// sort orders rows by their exact columns, and then by the others.
func (r *result) sort(rows [][]string) {
	slices.SortFunc(rows, func(a, b []string) int {
		for _, floats := range []bool{false, true} {
			for i, c := range r.cols {
				if c.Type.Kind.IsFloat() != floats || i >= len(a) || i >= len(b) {
					continue
				}
				if o := compareCells(a[i], b[i], floats); o != 0 {
					return o
				}
			}
		}
		return 0
	})
}

// compareCells orders cells by their text, floats by their value with NULL first.
func compareCells(a, b string, floats bool) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case !floats || errX != nil && errY != nil:
		return cmp.Compare(a, b)
	case errX != nil:
		return -1
	case errY != nil:
		return 1
	}
	return cmp.Compare(x, y)
}
