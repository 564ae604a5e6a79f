package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// maxSets is the most grouping sets of a SELECT: each row is grouped once for each of them.
const maxSets = 1024

// setRef is the column of a reference to the number of the grouping set, while a SELECT is
// bound: behind the calls with OVER and before the aggregates.
const setRef = aggBase - 1

// setsOf binds one item of GROUP BY and returns its grouping sets, as numbers of keys. Of a
// plain key that is one set; false: reported.
func (g *grouping) setsOf(eb *exprBinder, e ast.Expr, items []item) ([][]int, bool) {
	if _, is := isGroupWindow(e); is && eb.scope.window != nil {
		var set []int
		for _, c := range eb.scope.window.cols {
			set = append(set, g.enter(c, e.Span()))
		}
		return [][]int{set}, true
	}
	x, ok := e.(*ast.GroupingSets)
	if !ok {
		k, ok := g.addKey(eb, e, items)
		return [][]int{{k}}, ok
	}
	parts := make([][][]int, len(x.Sets)) // of each element its sets: one, but of nested ones
	good := true
	for i, set := range x.Sets {
		parts[i], ok = g.element(eb, x, set, items)
		good = good && ok
	}
	if !good {
		return nil, false
	}
	switch x.Kind {
	case "ROLLUP":
		return rollup(parts), true
	case "CUBE":
		return g.cube(x, parts)
	}
	return slices.Concat(parts...), true
}

// element binds one element of GROUPING SETS, ROLLUP or CUBE: a list of keys, or in
// GROUPING SETS others of them.
func (g *grouping) element(eb *exprBinder, x *ast.GroupingSets, list []ast.Expr, items []item) ([][]int, bool) {
	if len(list) == 1 {
		if inner, ok := list[0].(*ast.GroupingSets); ok {
			if x.Kind != "GROUPING SETS" {
				g.b.err(diag.BadGrouping, inner.Span(), "write them behind each other, GROUP BY "+x.Kind+"(a), "+inner.Kind+"(...), or both in GROUPING SETS", "%s takes keys and lists of keys, not %s", x.Kind, inner.Kind)
				return nil, false
			}
			return g.setsOf(eb, inner, items)
		}
	}
	var set []int
	good := true
	for _, e := range list {
		k, ok := g.addKey(eb, e, items)
		set, good = append(set, k), good && ok
	}
	return [][]int{set}, good
}

// rollup is all elements, all but the last, and so on down to none.
func rollup(parts [][][]int) [][]int {
	var out [][]int
	for n := len(parts); n >= 0; n-- {
		var set []int
		for _, p := range parts[:n] {
			set = append(set, p[0]...)
		}
		out = append(out, set)
	}
	return out
}

// cube is every choice of the elements.
func (g *grouping) cube(x *ast.GroupingSets, parts [][][]int) ([][]int, bool) {
	n := len(parts)
	if n > 62 || 1<<n > maxSets {
		g.tooMany(x)
		return nil, false
	}
	var out [][]int
	for left := range 1 << n {
		var set []int
		for i, p := range parts {
			if left>>(n-1-i)&1 == 0 {
				set = append(set, p[0]...)
			}
		}
		out = append(out, set)
	}
	return out, true
}

func (g *grouping) tooMany(e ast.Expr) {
	g.b.err(diag.BadGrouping, e.Span(), "name the sets that are wanted in GROUPING SETS (...)", "these are more than %d grouping sets, and each row is grouped once for each", maxSets)
}

// cross is each set of a with each of b: items of GROUP BY that stand behind each other.
func (g *grouping) cross(a, b [][]int, e ast.Expr) ([][]int, bool) {
	if len(a)*len(b) > maxSets {
		g.tooMany(e)
		return nil, false
	}
	var out [][]int
	for _, s := range a {
		for _, t := range b {
			out = append(out, slices.Concat(s, t))
		}
	}
	return out, true
}

// takeSets keeps the sets of GROUP BY, unless there is just one.
func (g *grouping) takeSets(sets [][]int) {
	if len(sets) == 1 {
		return
	}
	for i, s := range sets {
		slices.Sort(s)
		sets[i] = slices.Compact(s)
	}
	g.sets = sets
}

// isPartial reports whether some grouping set leaves out key i.
func (g *grouping) isPartial(i int) bool {
	return slices.ContainsFunc(g.sets, func(s []int) bool { return !slices.Contains(s, i) })
}

// width is how many columns of the aggregate stand before its results.
func (g *grouping) width() int {
	if g.sets != nil {
		return len(g.keys) + 1
	}
	return len(g.keys)
}

// expanded puts an Expand over n, of which keys are the columns of the keys, and makes these
// the columns of what it gives.
func (g *grouping) expanded(n ir.Node, agg *ir.Aggregate) ir.Node {
	x := &ir.Expand{Input: n, P: *n.Props()}
	place := make([]int, len(g.keys)) // in x.Keys
	for i, k := range agg.Keys {
		if place[i] = -1; g.isPartial(i) {
			place[i] = len(x.Keys)
			x.Keys = append(x.Keys, k)
		}
	}
	for _, s := range g.sets {
		set := []int{}
		for _, k := range s {
			if place[k] >= 0 {
				set = append(set, place[k])
			}
		}
		x.Sets = append(x.Sets, set)
	}
	x.S = ir.ExpandSchema(n.Schema(), x.Keys)
	width := len(n.Schema().Cols)
	for i, at := range place {
		if at >= 0 {
			agg.Keys[i] = width + at
		}
	}
	agg.Keys = append(agg.Keys, width+len(x.Keys))
	if len(x.Keys) == len(g.keys) && !agg.Windowed() {
		agg.Totals = x.Totals()
	}
	return x
}

// onceByRow has what aggregates compute that may fail, or that is not the same each time,
// computed below the Expand: a row is refused once, and not for each set. exprs are the
// columns of its input.
func (g *grouping) onceByRow(exprs []ir.Expr, names []string) ([]ir.Expr, []string) {
	hoist := func(e ir.Expr) ir.Expr {
		if !ir.MayFail(e) && !ir.IsVolatile(e) {
			return e
		}
		at := slices.IndexFunc(exprs, func(o ir.Expr) bool { return ir.EqualExpr(o, e) })
		if at < 0 || ir.IsVolatile(e) {
			at = len(exprs)
			exprs, names = append(exprs, e), append(names, clipped(e.String()))
		}
		return &ir.ColRef{Index: at, Name: names[at], T: e.Type()}
	}
	for i, a := range g.aggs {
		filter, hoisted := a.Filter, a.Filter // the guard is over the input, as the columns that are added here are
		if filter != nil {
			hoisted = hoist(filter)
		}
		guarded := func(e ir.Expr) ir.Expr {
			if filter == nil || !ir.MayFail(e) {
				return hoist(e)
			}
			return hoist(&ir.Case{Whens: []ir.When{{Cond: filter, Then: e}}, T: e.Type()})
		}
		a.Filter = nil
		a = a.MapExprs(guarded)
		a.Filter = hoisted
		g.aggs[i] = a
	}
	return exprs, names
}

// setFunctions tell the results of grouping sets apart.
var setFunctions = []string{"GROUPING", "GROUPING_ID", "GROUP_ID"}

// groupingCall binds GROUPING, GROUPING_ID or GROUP_ID: a number for each grouping set.
func (eb *exprBinder) groupingCall(name string, x *ast.Call) ir.Expr {
	g := eb.group
	switch {
	case g == nil:
		eb.b.err(diag.AggregateHere, x.Span(), "write it in SELECT, HAVING or ORDER BY of a query with GROUP BY", "%s tells grouping sets apart, and there are none in %s", name, eb.place())
		return nil
	case x.Star || x.Distinct || x.Filter != nil || len(x.OrderBy)+len(x.Within) > 0 || x.Nulls != "" || x.Over != nil:
		eb.b.err(diag.Syntax, x.Span(), "", "DISTINCT, ORDER BY, FILTER and OVER belong to aggregates, and %s is none", name)
		return nil
	case name == "GROUP_ID" && len(x.Args) > 0:
		eb.b.err(diag.WrongType, x.Span(), "GROUPING_ID("+strings.Join(g.writtenArgs(x), ", ")+") says which of them are rolled up", "GROUP_ID takes no arguments: it numbers grouping sets that are equal")
		return nil
	case name != "GROUP_ID" && (len(x.Args) == 0 || len(x.Args) > 62):
		eb.b.err(diag.WrongType, x.Span(), "write "+name+"(a) or "+name+"(a, b): keys of GROUP BY", "%s takes 1 to 62 keys", name)
		return nil
	}
	var keys []int
	for _, arg := range x.Args {
		e := eb.bind(arg)
		if e == nil {
			return nil
		}
		k := g.keyOf(e)
		if k < 0 {
			if !g.poor {
				eb.b.err(diag.NotGrouped, arg.Span(), "name a key of GROUP BY", "%s is of the keys of GROUP BY, and `%s` is none", name, exprName(e))
			}
			return nil
		}
		keys = append(keys, k)
	}
	if name == "GROUP_ID" {
		return g.bySet(func(set int) int64 { return int64(g.equalBefore(set)) })
	}
	return g.bySet(func(set int) int64 { return g.leftOut(set, keys) })
}

func (g *grouping) writtenArgs(x *ast.Call) []string {
	var out []string
	for _, a := range x.Args {
		out = append(out, g.b.written(a, "x"))
	}
	return out
}

// leftOut has a bit for each of keys, the last one the lowest: 1 where the set is without it.
func (g *grouping) leftOut(set int, keys []int) (bits int64) {
	for _, k := range keys {
		bits <<= 1
		if g.sets != nil && !slices.Contains(g.sets[set], k) {
			bits |= 1
		}
	}
	return bits
}

// equalBefore is how many sets before a set are the same.
func (g *grouping) equalBefore(set int) (n int) {
	for i := range set {
		if slices.Equal(g.sets[i], g.sets[set]) {
			n++
		}
	}
	return n
}

// bySet is an expression that has a value for each grouping set.
func (g *grouping) bySet(value func(set int) int64) ir.Expr {
	constant := func(v int64) ir.Expr { return &ir.Const{V: v, T: ir.TBigInt} }
	if g.sets == nil {
		return constant(value(0))
	}
	sets := map[int64][]ir.Value{} // by value
	var order []int64
	for i := range g.sets {
		v := value(i)
		if sets[v] == nil {
			order = append(order, v)
		}
		sets[v] = append(sets[v], int64(i))
	}
	last := len(order) - 1
	if last == 0 {
		return constant(order[0])
	}
	c := &ir.Case{Else: constant(order[last]), T: ir.TBigInt}
	for _, v := range order[:last] {
		in := &ir.InList{X: &ir.ColRef{Index: setRef, Name: ir.SetColumn, T: ir.TBigInt}, Values: sets[v]}
		c.Whens = append(c.Whens, ir.When{Cond: in, Then: constant(v)})
	}
	return c
}
