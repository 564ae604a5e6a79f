package opt

import (
	"math"
	"math/bits"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// Interval joins change places where no row of theirs is ever late. Which late rows meet depends
// on what each join keeps when they come, so on the order; without them the pairs follow from
// the conditions alone. Bounds on the times of two pairs of relations, a near b and b near c,
// bound those of the third, a near c, by their sums: so any two parts of the tree can be joined
// with a bound on both sides, and what the query has written and that bound does not imply is
// asked as a condition.

// nearness is lo <= a - b <= hi of two columns of a graph, in microseconds.
type nearness struct {
	a, b   int
	lo, hi int64
}

// apart is that the time of leaf a is at most so much greater than that of leaf b.
type apart struct {
	a, b int
	most int64
}

// far is a distance that nothing bounds.
const far = math.MaxInt64 / 4

// distances are, for leaves a and b, how much greater the time of a is than that of b at most.
type distances [][]int64

func newDistances(n int) distances {
	d := make(distances, n)
	for i := range d {
		d[i] = slices.Repeat([]int64{far}, n)
		d[i][i] = 0
	}
	return d
}

// say takes a bound.
func (d distances) say(x apart) { d[x.a][x.b] = min(d[x.a][x.b], x.most) }

// infer adds what follows: sums of bounds along all ways from one leaf to another.
func (d distances) infer() {
	for over := range d {
		for a := range d {
			for b := range d {
				if d[a][over] < far && d[over][b] < far {
					d[a][b] = min(d[a][b], d[a][over]+d[over][b])
				}
			}
		}
	}
}

// width is how long the interval is in which the time of b can be, for a time of a.
func (d distances) width(a, b int) int64 { return d[a][b] + d[b][a] }

// joinTimes is what a tree of interval joins says of the times of its leaves.
type joinTimes struct {
	cols    []int   // by leaf: its time, a column of the graph
	written []apart // two of each join
	all     distances
	span    float64 // about how long the rows of the relations take together, in microseconds
}

// findTimes finds the times of all leaves, and how far apart they are; false: the tree stays
// as it is.
func (g *joinGraph) findTimes(root *ir.Join) bool {
	t := &g.times
	*t = joinTimes{cols: slices.Repeat([]int{-1}, len(g.leaves)), all: newDistances(len(g.leaves))}
	for _, n := range g.near {
		for _, col := range []int{n.a, n.b} {
			leaf := g.cols[col].leaf
			if was := t.cols[leaf]; was >= 0 && was != col || g.typeOf(col).Nanos() {
				return false // microseconds do not say all of it
			}
			t.cols[leaf] = col
		}
		a, b := g.cols[n.a].leaf, g.cols[n.b].leaf
		t.written = append(t.written, apart{a, b, n.hi}, apart{b, a, -n.lo})
	}
	for _, w := range t.written {
		t.all.say(w)
	}
	t.all.infer()
	for a := range t.all {
		for b, most := range t.all[a] {
			if most > ir.MaxSpan || most < -ir.MaxSpan || t.all.width(a, b) < 0 {
				return false
			}
		}
	}
	if _, ok := g.timesAbove(root); !ok {
		return false
	}
	t.span = g.spanOfLeaves()
	return true
}

// typeOf is the type of a column of the graph.
func (g *joinGraph) typeOf(col int) *ir.Type {
	at := g.cols[col]
	l := &g.leaves[at.leaf]
	own := l.node.Schema().Cols
	if at.col < len(own) {
		return own[at.col].Type
	}
	return l.more[at.col-len(own)].Type()
}

// timesAbove is the leaves whose times are the event time of what the tree gives.
func (g *joinGraph) timesAbove(root *ir.Join) (leaves []int, ok bool) {
	for _, col := range []int{root.P.TimeCol, root.P.OtherTime} {
		if col < 0 {
			continue
		}
		leaf := slices.Index(g.times.cols, g.out[col])
		if leaf < 0 {
			return nil, false
		}
		leaves = append(leaves, leaf)
	}
	return leaves, true
}

// spanOfLeaves is about how long the rows of the relations take: as the one does that takes
// longest, of those of which that is known.
func (g *joinGraph) spanOfLeaves() float64 {
	span := 0.0
	for leaf, col := range g.times.cols {
		if at := g.cols[col].col; at < len(g.leaves[leaf].node.Schema().Cols) {
			span = math.Max(span, g.c.spanOf(g.leaves[leaf].node, at))
		}
	}
	if span == 0 {
		return unknownSpan
	}
	return span
}

// shareOf is about which part of all rows is within a span of time.
func shareOf(span int64, of float64) float64 {
	return math.Min(1, math.Max(float64(span), 1)/of)
}

// part is about which part of all combinations of rows of some leaves is near enough to each
// other: each next leaf is held against the one that bounds it best.
func (t *joinTimes) part(s leafSet) float64 {
	part := 1.0
	in := leafSet(1) << bits.TrailingZeros64(uint64(s))
	for in != s {
		next, least := -1, int64(math.MaxInt64)
		for b := range t.all {
			if !s.has(1<<b) || in.has(1<<b) {
				continue
			}
			for a := range t.all {
				if w := t.all.width(a, b); in.has(1<<a) && w < least {
					next, least = b, w
				}
			}
		}
		in |= 1 << next
		part *= shareOf(least, t.span)
	}
	return part
}

// pairInTime says by which times the parts of p are joined, and what that costs: the rows that
// come out, those that are compared, those of both sides, which are all kept for a time, and what
// is kept at a time by its bytes.
func (g *joinGraph) pairInTime(p *joinPlan) {
	t := &g.times
	best := int64(math.MaxInt64)
	for a := range g.leaves {
		for b := range g.leaves {
			if w := t.all.width(a, b); p.left.of.has(1<<a) && p.right.of.has(1<<b) && w < best {
				p.a, p.b, best = a, b, w
			}
		}
	}
	left, right, out := g.rowsOf(p.left.of), g.rowsOf(p.right.of), g.rowsOf(p.of)
	compared := left * right * shareOf(best, t.span)
	if _, byKey := g.meets(p.left.of, p.right.of); byKey {
		compared = out
		for _, c := range g.conds {
			if g.isFirst(&c, p) {
				compared /= c.part
			}
		}
	}
	bound := ir.TimeBound{Lo: -t.all[p.b][p.a], Hi: t.all[p.a][p.b]}
	kept := left*shareOf(bound.KeepLeft(), t.span)*g.bytesOf(p.left.of) + right*shareOf(bound.KeepRight(), t.span)*g.bytesOf(p.right.of)
	p.cost = p.left.cost + p.right.cost + out + compared + 2*(left+right) + kept/keptBytes
}

// keptBytes of state cost as much as a row that comes out.
const keptBytes = 64

// bytesOf is about how many bytes a row of some leaves has.
func (g *joinGraph) bytesOf(s leafSet) float64 {
	n := 0
	for i, l := range g.leaves {
		if s.has(1 << i) {
			n += ir.RowBytes(l.node.Schema())
		}
	}
	return float64(n)
}

// bounded takes what the joins of p are bounded by.
func (t *joinTimes) bounded(d distances, p *joinPlan) {
	if p.left == nil {
		return
	}
	d.say(apart{p.a, p.b, t.all[p.a][p.b]})
	d.say(apart{p.b, p.a, t.all[p.b][p.a]})
	t.bounded(d, p.left)
	t.bounded(d, p.right)
}

// within takes what is written of the leaves of a part, all of which holds for its rows.
func (t *joinTimes) within(d distances, of leafSet) {
	for _, w := range t.written {
		if of.has(1<<w.a) && of.has(1<<w.b) {
			d.say(w)
		}
	}
}

// notImplied is what is written of the times of p's parts that does not follow from the
// bound of their join and from what holds for the rows of each.
func (t *joinTimes) notImplied(p *joinPlan) []apart {
	d := newDistances(len(t.all))
	t.bounded(d, p)
	t.within(d, p.left.of)
	t.within(d, p.right.of)
	d.infer()
	var out []apart
	for _, w := range t.written {
		if p.of.has(1<<w.a) && p.of.has(1<<w.b) && d[w.a][w.b] > w.most {
			out = append(out, w)
			d.say(w)
			d.infer()
		}
	}
	return out
}

// condition is a bound as a condition over the columns cols of the graph. It never fails: the
// times of all rows that are asked are near each other.
func (x apart) condition(g *joinGraph, cols []int) ir.Expr {
	read := func(leaf int) ir.Expr {
		col := g.times.cols[leaf]
		l := &g.leaves[leaf]
		return &ir.ColRef{Index: slices.Index(cols, col), Name: g.leafExprs(l)[g.cols[col].col].String(), T: g.typeOf(col)}
	}
	distance := &ir.Call{Fn: "-", Args: []ir.Expr{read(x.a), read(x.b)}, T: ir.TInterval}
	return &ir.Call{Fn: "<=", Args: []ir.Expr{distance, &ir.Const{V: x.most, T: ir.TInterval}}, T: ir.TBoolean}
}

// inTime makes x, the join of l and r, an interval join, whose event time are the times of the
// leaves above.
func (g *joinGraph) inTime(p *joinPlan, x *ir.Join, l, r builtJoin, above []int) {
	t := &g.times
	x.Kind, x.AtEnd = ir.IntervalJoin, false
	x.P.Bounded = l.node.Props().Bounded && r.node.Props().Bounded
	x.Time = &ir.TimeBound{Left: slices.Index(l.cols, t.cols[p.a]), Right: slices.Index(r.cols, t.cols[p.b]),
		Lo: -t.all[p.b][p.a], Hi: t.all[p.a][p.b]}
	d := newDistances(len(t.all))
	t.bounded(d, p)
	t.within(d, p.of)
	d.infer()
	cols := slices.Concat(l.cols, r.cols)
	for i, leaf := range above {
		// The last row of a pair to come has a time that is not behind the watermark: a or b.
		if behind := max(d[p.a][leaf], d[p.b][leaf]); behind > x.Time.Spread() {
			x.Time.Behind = behind
		}
		if at := slices.Index(cols, t.cols[leaf]); i == 0 {
			x.P.TimeCol = at
		} else {
			x.P.OtherTime = at
		}
	}
}

// neverLate reports whether no row of n is behind the watermark that was there before it: where
// IMPOSE_ORDER drops those that are, and where what comes out as the watermark passes.
func neverLate(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Watermark:
		return x.Drop
	case *ir.LateRows:
		return x.Rest && x.Window == nil
	case *ir.WindowAgg:
		return !x.Window.Keyed()
	case *ir.WindowTVF:
		return !x.Window.Keyed() && neverLate(x.Input)
	case *ir.Filter, *ir.Project, *ir.Unnest:
		return neverLate(n.Inputs()[0])
	case *ir.Union:
		return !slices.ContainsFunc(x.In, func(in ir.Node) bool { return !neverLate(in) })
	case *ir.Join:
		switch x.Kind {
		case ir.LookupJoin:
			return neverLate(x.Left)
		case ir.IntervalJoin:
			return neverLate(x.Left) && neverLate(x.Right)
		}
	}
	return false
}
