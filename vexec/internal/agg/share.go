package agg

import "github.com/helios-stream/helios/ir"

func isSum(c *ir.AggCall) bool { return c.Fn == "SUM" || c.Fn == "AVG" }

// isStat reports whether intStats have the result of a call.
func isStat(c *ir.AggCall) bool {
	return isSum(c) || c.Fn == "MIN" || c.Fn == "MAX" || c.Fn == "COUNT"
}

// sameRows reports whether two calls see the same values of one argument.
func sameRows(a, b *ir.AggCall) bool {
	return len(a.Args) == 1 && len(b.Args) == 1 && a.Filter == nil && b.Filter == nil && isPlain(a) && isPlain(b) &&
		a.Retracts == b.Retracts && sameExpr(a.Args[0], b.Args[0])
}

// isPlain reports whether a call takes all values of its rows: MIN and MAX do so with
// DISTINCT, too.
func isPlain(c *ir.AggCall) bool { return !c.Distinct || c.Fn == "MIN" || c.Fn == "MAX" }

// fused reports whether call i is kept in intStats: it is of a BIGINT column of
// which there is a SUM or AVG, and a MIN or MAX, and rows are not taken back.
func fused(calls []ir.AggCall, i int) bool {
	if !isStat(&calls[i]) {
		return false
	}
	sum, extreme := false, false
	for j := range calls {
		if c := &calls[j]; sameRows(&calls[i], c) {
			sum, extreme = sum || isSum(c), extreme || c.Fn == "MIN" || c.Fn == "MAX"
		}
	}
	return sum && extreme && calls[i].Args[0].Type().Kind == ir.BigInt && !calls[i].Retracts
}

// sharedWith returns the first call before i whose cells it can use, or -1.
func sharedWith(calls []ir.AggCall, i int) int {
	all := fused(calls, i)
	for j := range i {
		if a, b := &calls[i], &calls[j]; sameRows(a, b) && (all && isStat(b) || isSum(a) && isSum(b)) {
			return j
		}
	}
	return -1
}

// hasState reports whether the state of call i stands in that of another: AVG's in
// SUM's of the same values, and where cells are fused COUNT's too.
func hasState(calls []ir.AggCall, i int) bool {
	a := &calls[i]
	all := fused(calls, i)
	if all && a.Fn == "COUNT" {
		return true
	}
	for j := range i {
		if b := &calls[j]; sameRows(a, b) && (isSum(a) && isSum(b) || all && a.Fn == b.Fn) {
			return true
		}
	}
	return false
}

// sameExpr reports whether a and b are the same column, or the same cast of it.
func sameExpr(a, b ir.Expr) bool {
	switch x := a.(type) {
	case *ir.ColRef:
		y, ok := b.(*ir.ColRef)
		return ok && x.Index == y.Index
	case *ir.Cast:
		y, ok := b.(*ir.Cast)
		return ok && x.Try == y.Try && x.T.Equal(y.T) && sameExpr(x.X, y.X)
	}
	return false
}
