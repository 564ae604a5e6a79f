package opt

import (
	"math/bits"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// maxLeaves is how many relations a set of them (a word of bits) can have.
const maxLeaves = 64

// leafSet is a set of leaves of a joinGraph.
type leafSet uint64

func (s leafSet) has(all leafSet) bool { return s&all == all }
func (s leafSet) count() int           { return bits.OnesCount64(uint64(s)) }

// joinGraph is a tree of joins without its order: the relations, what is equal in them, and
// the other conditions. Its columns are numbered as they were met.
type joinGraph struct {
	c      *Ctx
	leaves []joinLeaf
	cols   []leafCol
	equal  []colPair
	conds  []joinCond
	out    []int // the columns of the result
	pin    int   // the leaf that stays on the left; -1: none
	tree   *joinTree
	how    moves
	near   []nearness // what interval joins say
	times  joinTimes  // of interval joins

	classes []joinClass
	rows    map[leafSet]float64
}

// joinLeaf is a relation that is joined, with columns that are computed of it alone.
type joinLeaf struct {
	node ir.Node
	name string
	more []ir.Expr
	rows float64
}

// leafCol is a column of a leaf; those behind its own are computed.
type leafCol struct{ leaf, col int }

type colPair struct{ a, b int }

type joinCond struct {
	cond ir.Expr // over the columns of the graph
	of   leafSet
	part float64
}

// graph takes a tree of joins apart.
func (r *reorderer) graph(x *ir.Join) *joinGraph {
	g := &joinGraph{c: r.c, pin: -1, rows: map[leafSet]float64{}, how: movesOf(x)}
	g.out, g.tree = g.join(x)
	if g.how == byRows && pinned(x) {
		g.pin = 0
	}
	for i := range g.leaves {
		g.leaves[i].rows = r.c.Rows(g.leaves[i].node)
	}
	return g
}

// all is the set of all leaves.
func (g *joinGraph) all() leafSet { return leafSet(1)<<len(g.leaves) - 1 }

// add takes a node apart, called name by the query, and returns its columns.
func (g *joinGraph) add(n ir.Node, name string) ([]int, *joinTree) {
	if _, how := joinBelow(n); how != g.how || g.c.isSharedJoin(n) {
		return g.leaf(n, name)
	}
	switch x := n.(type) {
	case *ir.Join:
		return g.join(x)
	case *ir.Filter:
		cols, t := g.add(x.Input, "")
		for _, c := range ir.Conjuncts(x.Pred) {
			g.condition(ir.Shift(c, cols))
		}
		return cols, t
	}
	return g.project(n.(*ir.Project), name)
}

func (g *joinGraph) join(x *ir.Join) ([]int, *joinTree) {
	cols, left := g.add(x.Left, x.LeftName)
	width := len(cols)
	more, right := g.add(x.Right, x.RightName)
	cols = slices.Concat(cols, more)
	for i, k := range x.LeftKeys {
		g.equal = append(g.equal, colPair{cols[k], cols[width+x.RightKeys[i]]})
	}
	if x.Cond != nil {
		for _, c := range ir.Conjuncts(x.Cond) {
			g.condition(ir.Shift(c, cols))
		}
	}
	if g.how == byTime {
		g.near = append(g.near, nearness{cols[x.Time.Left], cols[width+x.Time.Right], x.Time.Lo, x.Time.Hi})
	}
	return moveCols(x.Cols, cols), &joinTree{left: left, right: right}
}

func (g *joinGraph) leaf(n ir.Node, name string) ([]int, *joinTree) {
	var out []int
	for i := range n.Schema().Cols {
		out = append(out, len(g.cols))
		g.cols = append(g.cols, leafCol{len(g.leaves), i})
	}
	g.leaves = append(g.leaves, joinLeaf{node: n, name: name})
	return out, &joinTree{leaf: len(g.leaves) - 1}
}

// project has what a projection computes computed by the leaves. Where it needs several for one
// column it is a leaf itself.
func (g *joinGraph) project(x *ir.Project, name string) ([]int, *joinTree) {
	leaves, cols, equal, conds, near := len(g.leaves), len(g.cols), len(g.equal), len(g.conds), len(g.near)
	in, t := g.add(x.Input, name)
	out := make([]int, len(x.Exprs))
	for i, e := range x.Exprs {
		if ref, ok := e.(*ir.ColRef); ok {
			out[i] = in[ref.Index]
			continue
		}
		e = ir.Shift(e, in)
		of := g.leavesOf(e)
		if of.count() != 1 {
			g.leaves, g.cols, g.equal, g.conds, g.near = g.leaves[:leaves], g.cols[:cols], g.equal[:equal], g.conds[:conds], g.near[:near]
			return g.leaf(x, name)
		}
		out[i] = g.computed(bits.TrailingZeros64(uint64(of)), e)
	}
	return out, t
}

// computed is a column of a leaf that e computes, which is over the columns of the graph.
func (g *joinGraph) computed(leaf int, e ir.Expr) int {
	l := &g.leaves[leaf]
	width := len(l.node.Schema().Cols)
	at := make([]int, len(g.cols))
	for i, c := range g.cols {
		at[i] = c.col
	}
	e = ir.Substitute(ir.Shift(e, at), g.leafExprs(l))
	l.more = append(l.more, e)
	g.cols = append(g.cols, leafCol{leaf, width + len(l.more) - 1})
	return len(g.cols) - 1
}

// leafExprs is what a leaf's columns are over those of its node.
func (g *joinGraph) leafExprs(l *joinLeaf) []ir.Expr {
	s := l.node.Schema()
	out := make([]ir.Expr, 0, len(s.Cols)+len(l.more))
	for i, c := range s.Cols {
		out = append(out, &ir.ColRef{Index: i, Name: c.Name, T: c.Type})
	}
	return append(out, l.more...)
}

func (g *joinGraph) condition(c ir.Expr) {
	g.conds = append(g.conds, joinCond{c, g.leavesOf(c), selectivityOf(c)})
}

// leavesOf is the leaves that an expression over the graph's columns refers to.
func (g *joinGraph) leavesOf(e ir.Expr) leafSet {
	used := make([]bool, len(g.cols))
	ir.UsedColumns(e, used)
	var s leafSet
	for i, u := range used {
		if u {
			s |= 1 << g.cols[i].leaf
		}
	}
	return s
}
