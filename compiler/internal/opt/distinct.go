package opt

import (
	"math"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// values is what is known of the values that columns of a relation have, before rows were
// left out by conditions.
type values struct {
	rows     float64 // of the relation
	distinct float64 // about how many the columns have together, at most; 0: nobody knows
}

// meeting is about which part of all combinations of rows of several relations is equal in
// the columns of which these are the values: each value of one with few of them is
// taken to be one of those with more. Of which nobody knows how many they are, they are taken
// for the rows of the smallest relation: one that others refer to.
func meeting(of []values) float64 {
	least := math.Inf(1)
	for _, v := range of {
		least = math.Min(least, v.rows)
	}
	counts := make([]float64, len(of))
	for i, v := range of {
		if counts[i] = v.distinct; v.distinct == 0 {
			counts[i] = least
		}
	}
	slices.Sort(counts)
	part := 1.0
	for _, n := range counts[1:] {
		part /= math.Max(n, 1)
	}
	return part
}

// values is what is known of columns of n together.
func (c *Ctx) values(n ir.Node, cols []int) values {
	v := values{distinct: 1}
	for _, col := range cols {
		one := c.valuesOf(n, col)
		v.rows = math.Max(v.rows, one.rows)
		v.distinct *= one.distinct
	}
	if v.distinct > v.rows || v.distinct == 0 && isKey(n, cols) {
		v.distinct = v.rows
	}
	return v
}

// valuesOf follows a column to where it comes from.
func (c *Ctx) valuesOf(n ir.Node, col int) values {
	switch x := n.(type) {
	case *ir.Scan:
		return c.scanned(x, col)
	case *ir.Filter:
		v := c.valuesOf(x.Input, col)
		if slices.ContainsFunc(ir.Conjuncts(x.Pred), func(e ir.Expr) bool { at, ok := fixedColumn(e); return ok && at == col }) {
			v.distinct = 1
		}
		return v
	case *ir.Watermark, *ir.ProcTime, *ir.LateRows:
		return c.valuesOf(n.Inputs()[0], col)
	case *ir.Project:
		if at, ok := source(x.Exprs[col]); ok {
			return c.valuesOf(x.Input, at)
		}
	case *ir.Aggregate:
		if col < len(x.Keys) {
			v := c.valuesOf(x.Input, x.Keys[col])
			v.rows = c.Rows(n)
			return v
		}
	case *ir.Join:
		at, width := x.Cols[col], len(x.Left.Schema().Cols)
		if at < width {
			return c.valuesOf(x.Left, at)
		}
		return c.valuesOf(x.Right, at-width)
	}
	return values{rows: c.Rows(n)}
}

// unknownSpan is how long the rows of a table are taken to take together, in microseconds, of
// which nobody knows: a day.
const unknownSpan = 86_400_000_000

// spanOf is about how long it is from the least to the greatest time in a column, in
// microseconds; 0: nobody knows. Those of a table do not get nearer by leaving out rows.
func (c *Ctx) spanOf(n ir.Node, col int) float64 {
	switch x := n.(type) {
	case *ir.Scan:
		t := x.Schema().Cols[col].Type
		if n := c.distinctOf(x, col); n > 2 && t.Kind.IsTimestamp() {
			return float64(n-2) * math.Pow10(6-t.P)
		}
	case *ir.Filter, *ir.Watermark, *ir.LateRows:
		return c.spanOf(n.Inputs()[0], col)
	case *ir.Project:
		if ref, ok := x.Exprs[col].(*ir.ColRef); ok {
			return c.spanOf(x.Input, ref.Index)
		}
	case *ir.Join:
		at, width := x.Cols[col], len(x.Left.Schema().Cols)
		if at < width {
			return c.spanOf(x.Left, at)
		}
		return c.spanOf(x.Right, at-width)
	}
	return 0
}

// source is the column that an expression has the value of, of another type perhaps.
func source(e ir.Expr) (col int, ok bool) {
	switch x := e.(type) {
	case *ir.ColRef:
		return x.Index, true
	case *ir.Cast:
		return source(x.X)
	}
	return 0, false
}

func (c *Ctx) scanned(x *ir.Scan, col int) values {
	v := values{rows: c.Rows(x)}
	v.distinct = math.Min(float64(c.distinctOf(x, col)), v.rows)
	return v
}

// distinctOf is how many values the table says that a column has at most; 0: it does not know.
func (c *Ctx) distinctOf(x *ir.Scan, col int) int64 {
	at := x.Cols[col]
	if x.Table.Distinct == nil || x.Table.Cols[at].Expr != nil || x.Fields != nil && len(x.Fields[col]) > 0 {
		return 0
	}
	return x.Table.Distinct[x.Table.Ordinals()[at]]
}

// isKey reports whether no two rows of n should have the same values in the columns: by what
// makes them, or by a PRIMARY KEY, which nobody enforces.
func isKey(n ir.Node, cols []int) bool {
	if key, ok := ir.UpsertKey(n); ok {
		return !slices.ContainsFunc(key, func(k int) bool { return !slices.Contains(cols, k) })
	}
	switch x := n.(type) {
	case *ir.Scan:
		s := x.Schema()
		return len(x.Table.Key) > 0 && !slices.ContainsFunc(x.Table.Key, func(name string) bool {
			return !slices.ContainsFunc(cols, func(col int) bool { return s.Cols[col].Name == name && (x.Fields == nil || len(x.Fields[col]) == 0) })
		})
	case *ir.Filter, *ir.Watermark, *ir.ProcTime, *ir.LateRows:
		return isKey(n.Inputs()[0], cols)
	case *ir.Project:
		var below []int
		for _, col := range cols {
			if ref, ok := x.Exprs[col].(*ir.ColRef); ok {
				below = append(below, ref.Index)
			}
		}
		return isKey(x.Input, below)
	}
	return false
}
