package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// joined makes the nodes of a tree. above are the conditions of WHERE; those that it has not
// taken for a join are left to a filter above it. ok is false where something was reported.
func (b *binder) joined(t *joinTree, above []ir.Expr) (n ir.Node, rest []ir.Expr, ok bool) {
	if t.rel != nil {
		return t.rel.node, above, true
	}
	if t.unnest != nil {
		return b.unnested(t, above)
	}
	if t.lateral != nil {
		return b.computed(t, above)
	}
	d := t.divide(above)
	left, leftRest, ok := b.joined(t.left, d.left)
	if !ok {
		return nil, nil, false
	}
	right, rightRest, ok := b.joined(t.right, d.right)
	if !ok {
		return nil, nil, false
	}
	left, right = filteredBy(left, leftRest), filteredBy(right, rightRest)
	if n = b.joinNode(t, left, right, d.own); n == nil {
		return nil, nil, false
	}
	if len(t.merged) > 0 {
		s := n.Schema()
		exprs, names := passOn(s), columnNames(s)
		for _, m := range t.merged {
			exprs, names = append(exprs, m), append(names, "")
		}
		n = project(n, exprs, names)
	}
	return n, d.rest, true
}

// filteredBy is the rows of a side for which what its own joins did not take is true.
func filteredBy(n ir.Node, conds []ir.Expr) ir.Node {
	if len(conds) == 0 {
		return n
	}
	return &ir.Filter{Input: n, Pred: ir.And(conds)}
}

// division is where the conditions of a join and of what is above it go.
type division struct {
	left, right []ir.Expr // into the joins of a side, over its columns
	own         []ir.Expr // of the join, over both sides
	rest        []ir.Expr // to a filter above
}

// divide sorts the conditions. One goes down into the joins of a side if it is about several
// of that side's tables: it may be what relates them. What may fail stays where it was written,
// for the rows that it would see there, unless it is a key or a bound on times.
func (t *joinTree) divide(above []ir.Expr) division {
	var d division
	both := t.left.width + t.right.width
	inner := t.kind == ast.JoinInner || t.kind == ast.JoinCross
	keepsLeft := inner || t.kind == ast.JoinLeft || t.kind == ast.JoinSemi || t.kind == ast.JoinAnti
	keepsRight := inner || t.kind == ast.JoinRight
	for _, c := range above {
		switch {
		case ir.IsVolatile(c) || !ir.RefersOnly(c, func(i int) bool { return i < both }):
			d.rest = append(d.rest, c)
		case keepsLeft && t.left.relates(c):
			d.left = append(d.left, c)
		case keepsRight && t.right.relates(moveColumns(c, -t.left.width)):
			d.right = append(d.right, moveColumns(c, -t.left.width))
		case inner && (crosses(c, t.left.width) || t.saysKey(c)):
			d.own = append(d.own, c)
		default:
			d.rest = append(d.rest, c)
		}
	}
	for _, c := range t.on {
		switch {
		case inner && !ir.IsVolatile(c) && t.left.relates(c):
			d.left = append(d.left, c)
		case inner && !ir.IsVolatile(c) && t.right.relates(moveColumns(c, -t.left.width)):
			d.right = append(d.right, moveColumns(c, -t.left.width))
		case inner && !crosses(c, t.left.width) && !t.saysKey(c):
			d.rest = append(d.rest, c)
		default:
			d.own = append(d.own, c)
		}
	}
	return d
}

// relates reports whether a condition is about columns of both sides of a join in the tree
// alone, and may be moved to it.
func (t *joinTree) relates(c ir.Expr) bool {
	if t.rel != nil || !ir.RefersOnly(c, func(i int) bool { return i >= 0 && i < t.width-len(t.merged) }) {
		return false
	}
	if t.unnest != nil || t.lateral != nil {
		return t.left.relates(c)
	}
	if !(ir.MayFail(c) && !isComparable(c)) && crosses(c, t.left.width) || t.saysKey(c) {
		return true
	}
	return t.left.relates(c) || t.right.relates(moveColumns(c, -t.left.width))
}

// isComparable reports whether a condition is a comparison of columns, of times with a
// distance between them: what a join is made of.
func isComparable(c ir.Expr) bool {
	call, ok := c.(*ir.Call)
	if !ok || !isComparison(call.Fn) || len(call.Args) != 2 {
		return false
	}
	for _, a := range call.Args {
		if _, isCol := a.(*ir.ColRef); isCol {
			continue
		}
		if _, ok := timeSumOf(a); !ok {
			return false
		}
	}
	return true
}

// crosses reports whether e refers to columns before width and from there on.
func crosses(e ir.Expr, width int) bool {
	return !ir.RefersOnly(e, func(i int) bool { return i < width }) && !ir.RefersOnly(e, func(i int) bool { return i >= width })
}

// moveColumns is e over columns that stand by places further right.
func moveColumns(e ir.Expr, by int) ir.Expr {
	return ir.Rewrite(e, func(x ir.Expr) ir.Expr {
		if c, ok := x.(*ir.ColRef); ok {
			m := *c
			m.Index += by
			return &m
		}
		return x
	})
}
