package querytest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// Result is the rows of one SELECT or one mapping, as cells of text.
type Result struct {
	Cols []ir.Column
	Rows [][]string
}

// NewResult writes values as cells.
func NewResult(s *ir.Schema, rows [][]ir.Value) *Result {
	r := &Result{Cols: s.Cols}
	for _, row := range rows {
		r.Rows = append(r.Rows, cells(row, s.Cols))
	}
	return r
}

func cells(row []ir.Value, cols []ir.Column) []string {
	out := make([]string, len(row))
	for i, v := range row {
		out[i] = Cell(v, cols[i].Type)
	}
	return out
}

// Header is the columns with their types.
func (r *Result) Header() string {
	var parts []string
	for _, c := range r.Cols {
		parts = append(parts, strings.TrimSpace(c.Name+" "+c.Type.String()))
	}
	return strings.Join(parts, ", ")
}

// Lines are the rows as test files write them.
func (r *Result) Lines() []string {
	var out []string
	for _, row := range r.Rows {
		out = append(out, strings.Join(row, " | "))
	}
	return out
}

// Cell is a value as test files write it.
func Cell(v ir.Value, t *ir.Type) string {
	text := ir.FormatValue(v, t)
	if s, ok := v.(string); ok && (s == "" || s == "NULL" || strings.TrimSpace(s) != s || strings.ContainsAny(s, "|\n")) {
		return "'" + s + "'"
	}
	return text
}

// ParseRows reads rows as test files write them, of the columns of like.
func ParseRows(lines []string, cols []ir.Column) *Result {
	r := &Result{Cols: cols}
	for _, line := range lines {
		row := []string{line}
		if len(cols) != 1 {
			row = splitRow(line)
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

func splitRow(line string) []string {
	cells := strings.Split(line, " | ")
	for i := range cells {
		cells[i] = strings.TrimSuffix(strings.TrimPrefix(cells[i], "| "), " |")
	}
	return cells
}

// Differ says how the rows of got differ from want's; "": not at all. They are compared as
// multisets unless ordered; DOUBLE is compared within 1e-9, REAL within 1e-5.
func Differ(want, got *Result, ordered bool) string {
	w, g := slices.Clone(want.Rows), slices.Clone(got.Rows)
	if !ordered {
		want.sort(w)
		want.sort(g)
	}
	if len(w) == len(g) {
		same := true
		for i := range w {
			same = same && sameRow(want.Cols, w[i], g[i])
		}
		if same {
			return ""
		}
	}
	return fmt.Sprintf("want %s, got %d\n%s", plural(len(w), "row"), len(g), diffLines(want, got))
}

// diffLines shows the rows that one side has and the other has not, "-" the expected and
// "+" those that came, and those of both where there are few.
func diffLines(want, got *Result) string {
	var out []string
	differ := false
	few := len(want.Rows)+len(got.Rows) <= 30
	left := slices.Clone(got.Rows)
	for _, row := range want.Rows {
		i := slices.IndexFunc(left, func(o []string) bool { return sameRow(want.Cols, row, o) })
		if i < 0 {
			out, differ = append(out, "- "+strings.Join(row, " | ")), true
			continue
		}
		left = slices.Delete(left, i, i+1)
		if few {
			out = append(out, "  "+strings.Join(row, " | "))
		}
	}
	for _, row := range left {
		out, differ = append(out, "+ "+strings.Join(row, " | ")), true
	}
	if !differ {
		return "the rows came in another order:\n+ " + strings.Join(got.Lines(), "\n+ ")
	}
	const most = 40
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("... and %d more", len(out)-most))
	}
	return strings.Join(out, "\n")
}

func sameRow(cols []ir.Column, a, b []string) bool {
	if len(a) != len(cols) || len(b) != len(cols) {
		return false
	}
	for i := range cols {
		if a[i] != b[i] && !(cols[i].Type.Kind.IsFloat() && near(a[i], b[i], cols[i].Type)) {
			return false
		}
	}
	return true
}

// near reports whether two floats are within 1e-9 of each other, of 1e-5 for REAL.
func near(a, b string, t *ir.Type) bool {
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
func (r *Result) sort(rows [][]string) {
	slices.SortFunc(rows, func(a, b []string) int {
		for _, floats := range []bool{false, true} {
			for i, c := range r.Cols {
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

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
