package opt

import (
	"github.com/helios-stream/helios/ir"
)

// simplifyOuterJoin gives no rows without a partner where what is above keeps none: a filter
// that is not true of the NULLs in their columns, or a join by one of these. The result is not
// one that changes: it would be of other changes.
func simplifyOuterJoin(_ *Ctx, n ir.Node) (ir.Node, bool) {
	switch x := n.(type) {
	case *ir.Filter:
		if in, ok := withoutNulls(x.Input, func(isNull func(col int) bool) bool { return rejects(x.Pred, isNull) }); ok {
			return x.WithInputs([]ir.Node{in}), true
		}
	case *ir.Join:
		left, right, okLeft, okRight := x.Left, x.Right, false, false
		if !x.Type.KeepsLeft() {
			left, okLeft = withoutNulls(x.Left, anyOf(x.LeftKeys))
		}
		if !x.Type.KeepsRight() {
			right, okRight = withoutNulls(x.Right, anyOf(x.RightKeys))
		}
		if (okLeft || okRight) && !x.P.Updating && x.Type != ir.AntiJoin {
			return x.WithInputs([]ir.Node{left, right}), true
		}
	}
	return n, false
}

// anyOf reports whether rows are left out for NULL in one of the columns.
func anyOf(cols []int) func(isNull func(col int) bool) bool {
	return func(isNull func(col int) bool) bool {
		for _, c := range cols {
			if isNull(c) {
				return true
			}
		}
		return false
	}
}

// withoutNulls is n, a join or a projection of one, without rows that have no partner.
// leavesOut says whether rows with NULL in some columns of n are not wanted.
func withoutNulls(n ir.Node, leavesOut func(isNull func(col int) bool) bool) (ir.Node, bool) {
	if p, ok := n.(*ir.Project); ok {
		in, ok := withoutNulls(p.Input, func(isNull func(col int) bool) bool {
			return leavesOut(func(col int) bool { return nullWhere(p.Exprs[col], isNull) })
		})
		if !ok {
			return n, false
		}
		return p.WithInputs([]ir.Node{in}), true
	}
	x, ok := n.(*ir.Join)
	if !ok || x.P.Updating || x.Single || x.Type.LeftOnly() {
		return n, false
	}
	width := len(x.Left.Schema().Cols)
	right, left := x.Type.KeepsLeft(), x.Type.KeepsRight() // which rows may be without a partner
	if right && leavesOut(func(col int) bool { return x.Cols[col] >= width }) {
		right = false
	}
	if left && leavesOut(func(col int) bool { return x.Cols[col] < width }) {
		left = false
	}
	typ := [2][2]ir.JoinType{{ir.InnerJoin, ir.RightJoin}, {ir.LeftJoin, ir.FullJoin}}[index(right)][index(left)]
	if typ == x.Type {
		return n, false
	}
	m := *x
	m.Type = typ
	return &m, true
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rejects reports whether a condition is not true wherever columns are NULL.
func rejects(e ir.Expr, isNull func(col int) bool) bool {
	if x, ok := e.(*ir.Call); ok {
		switch x.Fn {
		case "AND":
			return rejects(x.Args[0], isNull) || rejects(x.Args[1], isNull)
		case "OR":
			return rejects(x.Args[0], isNull) && rejects(x.Args[1], isNull)
		case "IS NOT NULL":
			return nullWhere(x.Args[0], isNull)
		}
	}
	return nullWhere(e, isNull)
}

// nullWhere reports whether an expression is NULL wherever columns are.
func nullWhere(e ir.Expr, isNull func(col int) bool) bool {
	switch x := e.(type) {
	case *ir.ColRef:
		return isNull(x.Index)
	case *ir.Cast:
		return nullWhere(x.X, isNull)
	case *ir.FieldRef:
		return nullWhere(x.X, isNull)
	case *ir.InList:
		return nullWhere(x.X, isNull)
	case *ir.Call:
		f := x.Function()
		if f == nil || f.NullSafe || f.Aggregate {
			return false
		}
		for _, a := range x.Args {
			if nullWhere(a, isNull) {
				return true
			}
		}
	}
	return false
}
