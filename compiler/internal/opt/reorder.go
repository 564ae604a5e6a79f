package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// worthIt is how much cheaper another order of joins has to be, by what is guessed of it.
const worthIt = 0.8

// reorderJoins joins three and more relations in the order that is guessed to be cheapest.
// It takes trees of inner joins whose inputs end, and of lookups, whose conditions cannot
// fail: each pair of such a join is wanted whatever the order. A relation whose rows are
// looked up for stays where it is, so that the order and the event time of its rows do.
// And it takes trees of inner interval joins of rows that are never late (jointimes.go).
func reorderJoins(c *Ctx, n ir.Node) (ir.Node, bool) {
	s, ok := n.(*ir.Sink)
	if !ok {
		return n, false
	}
	r := &reorderer{c: c}
	in := r.rewrite(s.Input, false)
	if !r.fired {
		return n, false
	}
	return s.WithInputs([]ir.Node{in}), true
}

type reorderer struct {
	c     *Ctx
	fired bool
}

// rewrite reorders the joins of n and below it. ordered says that the order of n's rows
// means something above.
func (r *reorderer) rewrite(n ir.Node, ordered bool) ir.Node {
	x, ok := n.(*ir.Join)
	if !ok || movesOf(x) == stays {
		return r.below(n, ordered || usesOrder(n))
	}
	g := r.graph(x)
	if len(g.leaves) > 2 && len(g.leaves) <= maxLeaves && (g.pin < 0 || !ordered) && (g.how == byRows || g.findTimes(x)) {
		if found, ok := g.better(); ok {
			r.fired = true
			for i := range g.leaves {
				g.leaves[i].node = r.rewrite(g.leaves[i].node, ordered)
			}
			return g.build(found, x)
		}
	}
	return r.leavesOf(n, g, ordered)
}

// leavesOf rewrites the leaves of a tree of joins that stays as it is.
func (r *reorderer) leavesOf(n ir.Node, g *joinGraph, ordered bool) ir.Node {
	if slices.ContainsFunc(g.leaves, func(l joinLeaf) bool { return l.node == n }) {
		return r.rewrite(n, ordered)
	}
	return withInputs(n, func(in ir.Node) ir.Node { return r.leavesOf(in, g, ordered) })
}

func (r *reorderer) below(n ir.Node, ordered bool) ir.Node {
	return withInputs(n, func(in ir.Node) ir.Node { return r.rewrite(in, ordered) })
}

// withInputs is n over what f makes of its inputs.
func withInputs(n ir.Node, f func(ir.Node) ir.Node) ir.Node {
	in := n.Inputs()
	out, changed := make([]ir.Node, len(in)), false
	for i := range in {
		out[i] = f(in[i])
		changed = changed || out[i] != in[i]
	}
	if !changed {
		return n
	}
	return n.WithInputs(out)
}

// usesOrder reports whether the result of n may depend on the order in which the rows of its
// input come.
func usesOrder(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Filter, *ir.Project, *ir.Union, *ir.Changelog, *ir.Repeat, *ir.Expand:
		return false
	case *ir.Aggregate:
		return slices.ContainsFunc(x.Aggs, listsRows)
	case *ir.WindowAgg:
		return x.Window.Keyed() || slices.ContainsFunc(x.Aggs, listsRows)
	case *ir.WindowTVF:
		return x.Window.Keyed()
	case *ir.Join:
		return x.Kind == ir.TemporalJoin
	}
	return true
}

// listsRows is true of aggregates other than those of which the order does not matter.
func listsRows(a ir.AggCall) bool {
	return !slices.Contains([]string{"COUNT", "SUM", "AVG", "MIN", "MAX"}, a.Fn)
}

// moves says with which others a join may change places.
type moves uint8

const (
	stays  moves = iota
	byRows       // with joins of what ends, and lookups
	byTime       // with interval joins
)

// movesOf says how a join moves: it gives all pairs of its sides that fulfil its conditions,
// which cannot fail, whatever is joined before.
func movesOf(x *ir.Join) moves {
	if x.Type != ir.InnerJoin || x.Single || x.Reload != 0 || x.Cond != nil && (ir.MayFail(x.Cond) || ir.IsVolatile(x.Cond)) {
		return stays
	}
	switch {
	case joinsWhole(x) || x.Kind == ir.LookupJoin:
		return byRows
	case x.Kind == ir.IntervalJoin && neverLate(x.Left) && neverLate(x.Right):
		return byTime
	}
	return stays
}

// pinned reports whether the leftmost relation of a tree of joins has to stay there.
func pinned(n ir.Node) bool {
	for {
		x, how := joinBelow(n)
		if how != byRows {
			return true
		}
		if x.Kind != ir.LookupJoin || x.AnyOrder {
			return false
		}
		n = x.Left
	}
}

// joinBelow is the join that n is, or that it is a projection or a filter of, if it can be
// moved, and how.
func joinBelow(n ir.Node) (*ir.Join, moves) {
	switch x := n.(type) {
	case *ir.Join:
		if how := movesOf(x); how != stays {
			return x, how
		}
	case *ir.Filter:
		if !ir.MayFail(x.Pred) && !ir.IsVolatile(x.Pred) {
			return joinBelow(x.Input)
		}
	case *ir.Project:
		for _, e := range x.Exprs {
			if ir.MayFail(e) || ir.IsVolatile(e) {
				return nil, stays
			}
		}
		return joinBelow(x.Input)
	}
	return nil, stays
}
