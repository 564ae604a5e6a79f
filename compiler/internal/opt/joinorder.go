package opt

import (
	"math"
	"math/bits"
	"slices"

	"github.com/helios-stream/helios/ir"
)

// maxExact is how many relations are joined in the best of all orders; of more, the next
// join is always the cheapest one.
const maxExact = 8

// joinClass is columns that are equal to each other wherever their leaves are joined.
type joinClass struct {
	cols []int
	of   leafSet
}

// joinPlan is an order of joins: of a leaf, or of two parts of which the right one is read first.
type joinPlan struct {
	of          leafSet
	left, right *joinPlan // nil: a leaf
	cost        float64
	// a and b are the leaves, of left and right, by whose times an interval join is bounded.
	a, b int
}

// better finds the cheapest order; ok is false where that is not worth it.
func (g *joinGraph) better() (*joinPlan, bool) {
	g.findClasses()
	was := g.planOf(g.tree)
	var best *joinPlan
	if len(g.leaves) <= maxExact {
		best = g.bestOrder()
	} else {
		best = g.greedyOrder()
	}
	return best, best.cost < worthIt*was.cost
}

// findClasses finds out what is equal, and connects what nothing relates.
func (g *joinGraph) findClasses() {
	u := newUnion(len(g.cols))
	for _, e := range g.equal {
		u.join(e.a, e.b)
	}
	at := map[int]int{}
	for _, e := range g.equal {
		for _, col := range []int{e.a, e.b} {
			root := u.find(col)
			i, known := at[root]
			if !known {
				i = len(g.classes)
				at[root] = i
				g.classes = append(g.classes, joinClass{})
			}
			if c := &g.classes[i]; !slices.Contains(c.cols, col) {
				c.cols = append(c.cols, col)
				c.of |= 1 << g.cols[col].leaf
			}
		}
	}
	g.connect()
}

// connect adds classes without columns between the smallest leaves of parts that no equality
// relates: only there each row meets each.
func (g *joinGraph) connect() {
	u := newUnion(len(g.leaves))
	for _, c := range g.classes {
		first := bits.TrailingZeros64(uint64(c.of))
		for i := range g.leaves {
			if c.of.has(1 << i) {
				u.join(first, i)
			}
		}
	}
	small := map[int]int{}
	for i, l := range g.leaves {
		if at, ok := small[u.find(i)]; !ok || l.rows < g.leaves[at].rows {
			small[u.find(i)] = i
		}
	}
	var link joinClass
	if len(small) > 1 {
		for _, i := range small {
			link.of |= 1 << i
		}
		g.classes = append(g.classes, link)
	}
}

// meets reports whether an equality relates two sets of leaves, and whether it is one between columns.
func (g *joinGraph) meets(a, b leafSet) (related, byKey bool) {
	related = g.how == byTime // all times are near each other
	for _, c := range g.classes {
		if c.of&a != 0 && c.of&b != 0 {
			related, byKey = true, byKey || len(c.cols) > 0
		}
	}
	return related, byKey
}

// rowsOf is about how many rows the leaves of a set give when they are joined, in whatever order.
func (g *joinGraph) rowsOf(s leafSet) float64 {
	if n, ok := g.rows[s]; ok {
		return n
	}
	rows := 1.0
	for i, l := range g.leaves {
		if s.has(1 << i) {
			rows *= l.rows
		}
	}
	for _, k := range g.joined(s) {
		var all []values
		for i := range g.leaves {
			if k.of.has(1 << i) {
				all = append(all, g.valuesAt(i, k.cols))
			}
		}
		rows *= meeting(all)
	}
	for _, c := range g.conds {
		if c.of.count() > 1 && s.has(c.of) {
			rows *= c.part
		}
	}
	if g.how == byTime {
		rows *= g.times.part(s)
	}
	rows = math.Max(rows, 1)
	g.rows[s] = rows
	return rows
}

// joined is what is equal within a set of leaves, by the leaves: keys of several columns
// count as one.
func (g *joinGraph) joined(s leafSet) []joinClass {
	var out []joinClass
	for _, c := range g.classes {
		of := c.of & s
		if of.count() < 2 || len(c.cols) == 0 {
			continue
		}
		if i := slices.IndexFunc(out, func(k joinClass) bool { return k.of == of }); i >= 0 {
			out[i].cols = slices.Concat(out[i].cols, c.cols)
		} else {
			out = append(out, joinClass{c.cols, of})
		}
	}
	return out
}

// valuesAt is what is known of the columns among cols that are the leaf's.
func (g *joinGraph) valuesAt(leaf int, cols []int) values {
	l := &g.leaves[leaf]
	width := len(l.node.Schema().Cols)
	var own []int
	computed := false
	for _, c := range cols {
		at := g.cols[c]
		if at.leaf != leaf {
			continue
		}
		if at.col < width {
			own = append(own, at.col)
		} else if from, ok := source(l.more[at.col-width]); ok {
			own = append(own, from)
		} else {
			computed = true
		}
	}
	if computed || len(own) == 0 {
		return values{rows: l.rows}
	}
	return g.c.values(l.node, own)
}

// pair is the join of two parts: the one with the leaf that stays, or else the larger one, has
// its rows looked up in the other.
func (g *joinGraph) pair(a, b *joinPlan) *joinPlan {
	if pin := leafSet(1) << max(g.pin, 0); g.pin >= 0 && b.of.has(pin) || (g.pin < 0 || !a.of.has(pin)) && g.rowsOf(a.of) < g.rowsOf(b.of) {
		a, b = b, a
	}
	p := &joinPlan{of: a.of | b.of, left: a, right: b}
	if g.how == byTime {
		g.pairInTime(p)
		return p
	}
	probe, build := g.rowsOf(a.of), g.rowsOf(b.of)
	p.cost = a.cost + b.cost + g.rowsOf(p.of) + probe/2 + 2*build
	if _, byKey := g.meets(a.of, b.of); !byKey {
		p.cost += probe * build
	}
	return p
}

// bestOrder is the best of all orders in which related parts are joined.
func (g *joinGraph) bestOrder() *joinPlan {
	all := g.all()
	best := make([]*joinPlan, all+1)
	for s := leafSet(1); s <= all; s++ {
		if s.count() == 1 {
			best[s] = &joinPlan{of: s}
			continue
		}
		for a := (s - 1) & s; a > s&^a; a = (a - 1) & s {
			x, y := best[a], best[s&^a]
			if x == nil || y == nil {
				continue
			}
			if related, _ := g.meets(a, s&^a); !related {
				continue
			}
			if p := g.pair(x, y); best[s] == nil || p.cost < best[s].cost {
				best[s] = p
			}
		}
	}
	return best[all]
}

// greedyOrder joins the two parts next whose join gives the fewest rows, and of equal ones
// costs least.
func (g *joinGraph) greedyOrder() *joinPlan {
	var parts []*joinPlan
	for i := range g.leaves {
		parts = append(parts, &joinPlan{of: 1 << i})
	}
	for len(parts) > 1 {
		var next *joinPlan
		for i, a := range parts {
			for _, b := range parts[i+1:] {
				if related, _ := g.meets(a.of, b.of); !related {
					continue
				}
				p := g.pair(a, b)
				if next == nil || g.rowsOf(p.of) < g.rowsOf(next.of) || g.rowsOf(p.of) == g.rowsOf(next.of) && p.cost < next.cost {
					next = p
				}
			}
		}
		parts = append(slices.DeleteFunc(parts, func(p *joinPlan) bool { return p == next.left || p == next.right }), next)
	}
	return parts[0]
}

// union is sets of numbers that are put together.
type union []int

func newUnion(n int) union { return union(identity(n)) }

func (u union) find(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int) { u[u.find(b)] = u.find(a) }

// planOf is the order of the query as a plan.
func (g *joinGraph) planOf(t *joinTree) *joinPlan {
	if t.left == nil {
		return &joinPlan{of: 1 << t.leaf}
	}
	return g.pair(g.planOf(t.left), g.planOf(t.right))
}

// joinTree is the order in which a query joins leaves.
type joinTree struct {
	leaf        int
	left, right *joinTree // nil: a leaf
}

// isSharedJoin reports whether other parts of the plan do something else with the rows of a
// join, or of a projection or filter of one: it runs once for all as long as it stays as it is.
func (c *Ctx) isSharedJoin(n ir.Node) bool {
	if !c.joinsDone {
		c.joins, c.joinsDone = sharedJoins(c.sinks), true
	}
	return slices.ContainsFunc(c.joins, func(s ir.Node) bool { return sameTree(s, n) })
}

// sharedJoins lists the joins that several nodes read which are not the same.
func sharedJoins(sinks []*ir.Sink) []ir.Node {
	var known []reader
	var out []ir.Node
	var walk func(n, by ir.Node)
	walk = func(n, by ir.Node) {
		if _, how := joinBelow(n); how != stays && len(known) < maxAlike {
			for _, r := range known {
				if r.differs(reader{n, by}, false) {
					out = append(out, n)
					break
				}
			}
			known = append(known, reader{n, by})
		}
		for _, in := range n.Inputs() {
			walk(in, n)
		}
	}
	for _, s := range sinks {
		walk(s.Input, s)
	}
	return out
}
