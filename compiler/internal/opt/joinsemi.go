package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// useSemiJoin asks only whether there is a partner where no column of the looked-up side is
// needed, and it does not matter how many partners there are: there is one at most, or above
// is an aggregate that takes equal rows for one.
func useSemiJoin(_ *Ctx, n ir.Node) (ir.Node, bool) {
	switch x := n.(type) {
	case *ir.Join:
		if asksOnly(x) && oneAtMost(x) {
			return semi(x), true
		}
	case *ir.Aggregate:
		if slices.ContainsFunc(x.Aggs, countsEqualRows) {
			return n, false
		}
		if in, ok := semiBelow(x.Input); ok {
			return x.WithInputs([]ir.Node{in}), true
		}
	}
	return n, false
}

// semiBelow makes the join below filters and projections a semi join.
func semiBelow(n ir.Node) (ir.Node, bool) {
	switch x := n.(type) {
	case *ir.Join:
		if asksOnly(x) && (x.Cond == nil || !ir.MayFail(x.Cond)) {
			return semi(x), true
		}
		return n, false
	case *ir.Filter:
		if ir.MayFail(x.Pred) || ir.IsVolatile(x.Pred) {
			return n, false
		}
	case *ir.Project:
		if slices.ContainsFunc(x.Exprs, func(e ir.Expr) bool { return ir.MayFail(e) || ir.IsVolatile(e) }) {
			return n, false
		}
	default:
		return n, false
	}
	in, ok := semiBelow(n.Inputs()[0])
	if !ok {
		return n, false
	}
	return n.WithInputs([]ir.Node{in}), true
}

// asksOnly reports whether a lookup gives no column of what it looks rows up in.
func asksOnly(x *ir.Join) bool {
	width := len(x.Left.Schema().Cols)
	return x.Kind == ir.LookupJoin && x.Type == ir.InnerJoin && !x.Single && (x.Cond == nil || !ir.IsVolatile(x.Cond)) &&
		!slices.ContainsFunc(x.Cols, func(c int) bool { return c >= width })
}

// oneAtMost reports whether no row of a join has several partners on the right: by what makes
// the rows there. A PRIMARY KEY, which nobody enforces, does not say so.
func oneAtMost(x *ir.Join) bool {
	key, ok := ir.UpsertKey(x.Right)
	return ok && !slices.ContainsFunc(key, func(k int) bool { return !slices.Contains(x.RightKeys, k) })
}

func semi(x *ir.Join) ir.Node {
	m := *x
	m.Type = ir.SemiJoin
	return &m
}

// countsEqualRows is false of aggregates that are the same when a row comes twice.
func countsEqualRows(a ir.AggCall) bool {
	return a.Fn != "MIN" && a.Fn != "MAX" && !(a.Distinct && a.Fn == "COUNT")
}
