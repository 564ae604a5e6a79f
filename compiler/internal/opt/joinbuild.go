package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// builtJoin is a part of a graph as a node.
type builtJoin struct {
	node  ir.Node
	name  string
	cols  []int     // the graph's columns that it gives
	equal []colPair // what its joins have made equal
}

// build makes an order of joins a tree that gives what root gives.
func (g *joinGraph) build(p *joinPlan, root *ir.Join) ir.Node {
	var above []int
	if g.how == byTime {
		above, _ = g.timesAbove(root)
	}
	b := g.part(p, above)
	x := b.node.(*ir.Join)
	cols := make([]int, len(g.out))
	for i, c := range g.out {
		cols[i] = x.Cols[slices.Index(b.cols, c)]
	}
	m := *x
	m.Cols, m.S, m.P = cols, root.S, root.P
	return &m
}

// part builds a part of an order. The event time of an interval join are the times of the
// leaves above.
func (g *joinGraph) part(p *joinPlan, above []int) builtJoin {
	if p.left == nil {
		return g.builtLeaf(p.of)
	}
	l, r := g.part(p.left, []int{p.a}), g.part(p.right, []int{p.b})
	x := &ir.Join{Left: l.node, Right: r.node, LeftName: l.name, RightName: r.name, Kind: ir.RegularJoin, Type: ir.InnerJoin, AtEnd: true, LeftEnd: -1, RightEnd: -1, P: ir.NoProps}
	out := builtJoin{node: x, cols: slices.Concat(l.cols, r.cols), equal: slices.Concat(l.equal, r.equal)}
	for _, pair := range g.keys(p, out.equal) {
		x.LeftKeys = append(x.LeftKeys, slices.Index(l.cols, pair.a))
		x.RightKeys = append(x.RightKeys, slices.Index(r.cols, pair.b))
		out.equal = append(out.equal, pair)
	}
	x.Cols = identity(len(out.cols))
	x.S = ir.PairSchema(x.Type, l.node.Schema(), r.node.Schema())
	x.Cond = g.condOf(p, out.cols)
	x.P.Bounded = true
	if g.how == byTime {
		g.inTime(p, x, l, r, above)
		return out
	}
	if g.pin >= 0 && p.of.has(1<<g.pin) {
		x.Kind, x.AtEnd, x.P = ir.LookupJoin, false, *l.node.Props()
	}
	return out
}

// builtLeaf is a leaf with its computed columns and the conditions on it alone.
func (g *joinGraph) builtLeaf(of leafSet) builtJoin {
	var b builtJoin
	for i := range g.leaves {
		if of != 1<<i {
			continue
		}
		l := &g.leaves[i]
		b.node, b.name = l.node, l.name
		if len(l.more) > 0 {
			b.node = l.withMore(g.leafExprs(l))
		}
		b.cols = make([]int, len(b.node.Schema().Cols))
		for c, at := range g.cols {
			if at.leaf == i {
				b.cols[at.col] = c
			}
		}
	}
	var own []ir.Expr
	for _, c := range g.conds {
		if c.of == of {
			own = append(own, c.over(b.cols))
		}
	}
	b.node = filterOver(b.node, own)
	return b
}

// withMore is the leaf's node with the columns that are computed of it.
func (l *joinLeaf) withMore(exprs []ir.Expr) ir.Node {
	s := &ir.Schema{Cols: slices.Clone(l.node.Schema().Cols)}
	for _, e := range l.more {
		s.Cols = append(s.Cols, ir.Column{Name: e.String(), Type: e.Type()})
	}
	return &ir.Project{Input: l.node, Exprs: exprs, S: s, P: *l.node.Props()}
}

// keys are the pairs of columns, of the left side and the right one, that a join makes equal,
// without those that follow from others.
func (g *joinGraph) keys(p *joinPlan, equal []colPair) []colPair {
	u := newUnion(len(g.cols))
	for _, e := range equal {
		u.join(e.a, e.b)
	}
	var out []colPair
	take := func(a, b int) {
		if p.right.of.has(1 << g.cols[a].leaf) {
			a, b = b, a
		}
		if p.left.of.has(1<<g.cols[a].leaf) && p.right.of.has(1<<g.cols[b].leaf) && u.find(a) != u.find(b) {
			u.join(a, b)
			out = append(out, colPair{a, b})
		}
	}
	for _, e := range g.equal {
		take(e.a, e.b)
	}
	for _, c := range g.classes {
		met := slices.ContainsFunc(out, func(k colPair) bool { return slices.Contains(c.cols, k.a) })
		for i := 0; i < len(c.cols) && !met; i++ {
			for _, b := range c.cols[i+1:] {
				n := len(out)
				if take(c.cols[i], b); len(out) > n {
					met = true
					break
				}
			}
		}
	}
	return out
}

// condOf is the conditions that a join is the first to have all columns of; nil: none. Those
// without columns are asked by the last one.
func (g *joinGraph) condOf(p *joinPlan, cols []int) ir.Expr {
	all := g.all()
	var own []ir.Expr
	for _, c := range g.conds {
		if g.isFirst(&c, p) || c.of == 0 && p.of == all {
			own = append(own, c.over(cols))
		}
	}
	if g.how == byTime {
		for _, c := range g.times.notImplied(p) {
			own = append(own, c.condition(g, cols))
		}
	}
	if len(own) == 0 {
		return nil
	}
	return ir.And(own)
}

// isFirst reports whether p is the first join that has all columns of a condition.
func (g *joinGraph) isFirst(c *joinCond, p *joinPlan) bool {
	return p.of.has(c.of) && !p.left.of.has(c.of) && !p.right.of.has(c.of)
}

// over is the condition over a relation of the graph's columns cols.
func (c *joinCond) over(cols []int) ir.Expr {
	return ir.Rewrite(c.cond, func(e ir.Expr) ir.Expr {
		ref, ok := e.(*ir.ColRef)
		if !ok {
			return e
		}
		return &ir.ColRef{Index: slices.Index(cols, ref.Index), Name: ref.Name, T: ref.T}
	})
}
