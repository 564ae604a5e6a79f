package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// pushFilterBelowJoin filters the rows of a side before they are joined, by conditions on that
// side alone; and by those on keys of one side the rows of the other, too, which have no
// partners otherwise. What may fail stays: below, it would see rows that have no pair.
func pushFilterBelowJoin(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	x, ok := f.Input.(*ir.Join)
	if !ok {
		return n, false
	}
	var left, right, stay []ir.Expr
	for _, c := range ir.Conjuncts(f.Pred) {
		below := joinColumns(x, c)
		switch {
		case ir.MayFail(c) || ir.IsVolatile(c) || ir.RefersOnly(c, func(int) bool { return false }):
			stay = append(stay, c)
		case takesLeft(x) && isLeft(x, below):
			left = append(left, below)
			if other, ok := byKeys(below, x.Left, x.Right, x.LeftKeys, x.RightKeys); ok && x.Kind != ir.TemporalJoin && x.Kind != ir.ByKeyJoin {
				right = append(right, other)
			}
		case takesRight(x) && isRight(x, below):
			below = shiftBy(below, -len(x.Left.Schema().Cols))
			right = append(right, below)
			if other, ok := byKeys(below, x.Right, x.Left, x.RightKeys, x.LeftKeys); ok {
				left = append(left, other)
			}
		default:
			stay = append(stay, c)
		}
	}
	if len(left)+len(right) == 0 {
		return n, false
	}
	c := *x
	c.Left, c.Right = filterOver(x.Left, left), filterOver(x.Right, right)
	return filterOver(&c, stay), true
}

// takesLeft reports whether a condition on columns of the left side may be asked before
// the join: where a row of it that does not fulfil it makes no other row come out.
func takesLeft(x *ir.Join) bool { return !x.Type.KeepsRight() }

// takesRight is takesLeft for the right side.
func takesRight(x *ir.Join) bool {
	return (x.Type == ir.InnerJoin || x.Type == ir.RightJoin) && x.Kind != ir.TemporalJoin && x.Kind != ir.ByKeyJoin && !x.Single
}

// joinColumns is a condition on the columns that a join gives over those of both sides.
func joinColumns(x *ir.Join, c ir.Expr) ir.Expr {
	return ir.Rewrite(c, func(e ir.Expr) ir.Expr {
		ref, ok := e.(*ir.ColRef)
		if !ok {
			return e
		}
		m := *ref
		m.Index = x.Cols[ref.Index]
		return &m
	})
}

func isLeft(x *ir.Join, c ir.Expr) bool {
	width := len(x.Left.Schema().Cols)
	return ir.RefersOnly(c, func(i int) bool { return i < width })
}

func isRight(x *ir.Join, c ir.Expr) bool {
	width := len(x.Left.Schema().Cols)
	return ir.RefersOnly(c, func(i int) bool { return i >= width })
}

func shiftBy(e ir.Expr, by int) ir.Expr {
	return ir.Rewrite(e, func(x ir.Expr) ir.Expr {
		ref, ok := x.(*ir.ColRef)
		if !ok {
			return x
		}
		m := *ref
		m.Index += by
		return &m
	})
}

// byKeys is a condition on keys of one side over those of the other, whose rows have no
// partners where it is not true; ok is false where it is about other columns, or about values
// that are equal without being the same (0.0, -0.0).
func byKeys(c ir.Expr, side, otherSide ir.Node, keys, otherKeys []int) (other ir.Expr, ok bool) {
	s, o := side.Schema(), otherSide.Schema()
	ok = ir.RefersOnly(c, func(i int) bool { return slices.Contains(keys, i) && isExact(s.Cols[i].Type) })
	if !ok {
		return nil, false
	}
	return ir.Rewrite(c, func(e ir.Expr) ir.Expr {
		ref, isRef := e.(*ir.ColRef)
		if !isRef {
			return e
		}
		at := otherKeys[slices.Index(keys, ref.Index)]
		return &ir.ColRef{Index: at, Name: o.Cols[at].Name, T: o.Cols[at].Type}
	}), true
}

// pushConditionBelowJoin filters a side by conditions of the join that are about it alone.
func pushConditionBelowJoin(_ *Ctx, n ir.Node) (ir.Node, bool) {
	x, ok := n.(*ir.Join)
	if !ok || x.Cond == nil {
		return n, false
	}
	var left, right, stay []ir.Expr
	width := len(x.Left.Schema().Cols)
	for _, c := range ir.Conjuncts(x.Cond) {
		movable := !ir.MayFail(c) && !ir.IsVolatile(c) && !ir.RefersOnly(c, func(int) bool { return false })
		switch {
		case movable && isLeft(x, c) && (x.Type == ir.InnerJoin || x.Type == ir.SemiJoin || x.Type == ir.RightJoin):
			left = append(left, c)
		case movable && isRight(x, c) && !x.Type.KeepsRight() && x.Kind != ir.TemporalJoin && x.Kind != ir.ByKeyJoin && !x.Single:
			right = append(right, shiftBy(c, -width))
		default:
			stay = append(stay, c)
		}
	}
	if len(left)+len(right) == 0 {
		return n, false
	}
	c := *x
	c.Left, c.Right, c.Cond = filterOver(x.Left, left), filterOver(x.Right, right), nil
	if len(stay) > 0 {
		c.Cond = ir.And(stay)
	}
	return &c, true
}
