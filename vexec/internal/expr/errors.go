package expr

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Errors collects the rows of one batch that could not be computed, each once with
// the first reason. The zero Errors is ready for use.
type Errors struct {
	fates  []vexec.RowFate
	seen   map[int32]bool
	sorted bool
}

// Reset empties e.
func (e *Errors) Reset() {
	e.fates = e.fates[:0]
	clear(e.seen)
}

// Len is the number of rows with an error.
func (e *Errors) Len() int { return len(e.fates) }

// Add records that the physical row failed. Only the first reason of a row counts.
func (e *Errors) Add(row int32, reason string) {
	if e.seen[row] {
		return
	}
	if e.seen == nil {
		e.seen = map[int32]bool{}
	}
	e.seen[row] = true
	e.fates = append(e.fates, vexec.RowFate{Row: row, Why: vexec.FateError, Reason: reason})
	e.sorted = false
}

// cut forgets what was added since there were n.
func (e *Errors) cut(n int) {
	for _, f := range e.fates[n:] {
		delete(e.seen, f.Row)
	}
	e.fates = e.fates[:n]
}

// Fates returns the rows with errors in row order, valid until Reset.
func (e *Errors) Fates() []vexec.RowFate {
	if !e.sorted {
		slices.SortFunc(e.fates, func(a, b vexec.RowFate) int { return int(a.Row) - int(b.Row) })
		e.sorted = true
	}
	return e.fates
}

// Without returns sel (nil: all of [0, n)) without the rows that have errors, in
// out's memory, which may be sel's.
func (e *Errors) Without(sel []int32, n int, out []int32) []int32 {
	out = out[:0]
	if sel == nil {
		for i := range int32(n) {
			if !e.seen[i] {
				out = append(out, i)
			}
		}
		return out
	}
	for _, i := range sel {
		if !e.seen[i] {
			out = append(out, i)
		}
	}
	return out
}

// where says in which expression, and where in the query, a row failed.
func where(e ir.Expr, at ir.Pos) string {
	text := " in " + shorten(e.String(), 80)
	if at.Line == 0 {
		return text
	}
	return fmt.Sprintf("%s at %s:%d:%d", text, at.File, at.Line, at.Col)
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-3]) + "..."
}
