package opt

import "github.com/helios-stream/helios/ir"

// removeEmpty replaces what gives no row by no rows: a limit of 0, a filter that
// never holds, and what stands over such. What is below is not read at all.
func removeEmpty(_ *Ctx, n ir.Node) (ir.Node, bool) {
	switch x := n.(type) {
	case *ir.Limit:
		if x.Count == 0 || isEmpty(x.Input) {
			return emptyLike(n), true
		}
	case *ir.Filter:
		if c, ok := x.Pred.(*ir.Const); ok && c.V != true || isEmpty(x.Input) {
			return emptyLike(n), true
		}
	case *ir.Aggregate:
		// Without keys and a window there is one group, also of no rows.
		if (len(x.Keys) > 0 || x.StartKey >= 0 || x.EndKey >= 0) && len(x.Totals) == 0 && isEmpty(x.Input) {
			return emptyLike(n), true
		}
	case *ir.Join:
		if emptyJoin(x) {
			return emptyLike(n), true
		}
	case *ir.Project, *ir.Changelog, *ir.Expand, *ir.Unnest, *ir.Repeat, *ir.ProcTime, *ir.Watermark, *ir.LateRows, *ir.WindowTVF, *ir.WindowAgg, *ir.Over, *ir.Sort, *ir.Rank, *ir.Coarsen:
		if isEmpty(n.Inputs()[0]) {
			return emptyLike(n), true
		}
	}
	return n, false
}

// isEmpty reports whether n is known to have no row.
func isEmpty(n ir.Node) bool {
	v, ok := n.(*ir.Values)
	return ok && len(v.Rows) == 0
}

// emptyLike is no rows with n's columns.
func emptyLike(n ir.Node) ir.Node {
	v := &ir.Values{S: n.Schema(), P: *n.Props()}
	v.P.Bounded = true
	return v
}
