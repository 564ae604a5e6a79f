package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// A condition on a window alone holds for all rows of a group or for none, so it can
// be asked of the groups. Groups that it leaves out are computed then: that adds no row
// error where nothing that is computed for them can fail. A sum that may be out of the
// range of its type is computed in one that holds every sum, and cast above the condition.

// filter puts x over u: what it asks of the window's columns alone into lifted, and
// the rest over the node.
func (u *unwindowed) filter(x *ir.Filter) (*unwindowed, bool) {
	var stay []ir.Expr
	for _, c := range ir.Conjuncts(x.Pred) {
		switch {
		case u.plain(c) && (!u.window.Keyed() || u.onKeys(c)):
			stay = append(stay, ir.Shift(c, u.to))
			u.mayFail = u.mayFail || ir.MayFail(c)
		case ir.RefersOnly(c, func(col int) bool { return u.to[col] < 0 }) && !ir.IsVolatile(c) && !ir.MayFail(c):
			u.lifted = append(u.lifted, ir.Shift(c, u.to))
		default:
			return nil, false
		}
	}
	u.node = filterOver(u.node, stay)
	return u, true
}

// onKeys reports whether a condition holds for all rows with the keys of a keyed window or
// for none, and can be asked of late rows, too.
func (u *unwindowed) onKeys(c ir.Expr) bool {
	s := u.node.Schema()
	exact := ir.RefersOnly(c, func(col int) bool {
		return slices.Contains(u.keys, u.to[col]) && isExact(s.Cols[u.to[col]].Type)
	})
	return exact && u.window.Max == 0 && !ir.MayFail(c) && !ir.IsVolatile(c) && !ir.RefersOnly(c, func(int) bool { return false })
}

// lift puts what is lifted over out, which took agg's place; false: it cannot be asked
// of the groups. Of rows that are in windows that are not wanted alone it keeps as few
// as event time can tell.
func (u *unwindowed) lift(agg *ir.Aggregate, out *ir.WindowAgg) (ir.Node, bool) {
	if len(u.lifted) == 0 {
		return out, true
	}
	if u.mayFail || !widenAll(out) {
		return agg, false
	}
	place := map[int]int{} // of the window's columns, in out
	for i, k := range agg.Keys {
		if u.to[k] < 0 {
			place[u.to[k]] = i
		}
	}
	times := windowTimes{u.window, columnOf(u.node, u.timeCol), func(col int) (ir.WindowOutKind, bool) {
		return windowOut[startCol-col], true
	}}
	var above, below []ir.Expr
	for _, c := range u.lifted {
		if !ir.RefersOnly(c, func(col int) bool { _, ok := place[col]; return ok }) {
			return agg, false
		}
		if on, ok := times.of(c); ok {
			below = append(below, on...)
		}
		above = append(above, ir.Rewrite(c, func(e ir.Expr) ir.Expr {
			if ref, ok := e.(*ir.ColRef); ok {
				return columnOf(out, place[ref.Index])
			}
			return e
		}))
	}
	out.Input = filterOver(u.node, below)
	return castBack(filterOver(out, above), agg), true
}

// widenAll gives the aggregates types that hold every result; false: one may fail still.
func widenAll(x *ir.WindowAgg) bool {
	x.S = &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	for i := range x.Aggs {
		a, _ := widened(&x.Aggs[i])
		if a.MayFail() || !ownAgg(&a) {
			return false
		}
		x.Aggs[i] = a
	}
	for i, o := range x.Out {
		if o.Kind == ir.OutAgg {
			x.S.Cols[i].Type = x.Aggs[o.Index].T
		}
	}
	return true
}

// castBack gives the columns of n, which does what agg does, the types of agg's.
func castBack(n ir.Node, agg *ir.Aggregate) ir.Node {
	exprs := ownColumns(n)
	for i, e := range exprs {
		if t := agg.S.Cols[i].Type; !e.Type().Equal(t) {
			exprs[i] = &ir.Cast{X: e, T: t, At: agg.Aggs[i-len(agg.Keys)].At}
		}
	}
	return pick(n, exprs, agg.S)
}
