package bind

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// grouping is a SELECT with GROUP BY or aggregates while it is bound.
//
// Items and HAVING are bound over the input, aggregates becoming references to
// columns from aggBase on. Then what equals a key is replaced by the key, and
// what is left of the input's columns is not grouped.
type grouping struct {
	b    *binder
	in   *relation
	keys []ir.Expr // over the input
	at   []diag.Span
	aggs []ir.AggCall
	sets [][]int                  // grouping sets, as numbers of keys, increasing; nil: there is one, of all keys
	refs map[*ir.ColRef]diag.Span // where input columns were written
	poor bool                     // a key is poison: nothing more is said about grouping
}

func (b *binder) grouped(x *ast.Select, in *relation, s *scope, items []item, o *overs) *relation {
	g := &grouping{b: b, in: in, refs: map[*ir.ColRef]diag.Span{}}
	g.bindKeys(x, s, items)
	named := *s
	named.hidden, named.hiding = aliasPlaces(x), "SELECT"
	eb := &exprBinder{b: b, scope: &named, group: g, over: o}
	exprs := make([]ir.Expr, len(items))
	for i, it := range items {
		exprs[i] = g.bindItem(eb, it)
	}
	var having ir.Expr
	if x.Having != nil {
		inHaving, hs := *eb, *s
		inHaving.over, inHaving.within = nil, "HAVING"
		hs.hidden, hs.hiding = aliasPlaces(x), "HAVING"
		inHaving.scope = &hs
		if having = inHaving.condition(x.Having, "HAVING"); having != nil {
			having = g.above(having)
		}
	}
	q := eb.qualify(x)
	for i := range q {
		if q[i] = g.above(q[i]); q[i] == nil {
			return nil
		}
	}
	start, end, ok := g.windowKeys(x)
	if !g.aboveOvers(o) || !ok || g.poor {
		return nil
	}
	g.name(exprs, items)
	o.name(exprs, items)
	node, ok := g.aggregateNode(x, start, end)
	if !ok {
		return nil
	}
	groups := node.Schema()
	out := &relation{node: node}
	if having != nil {
		out.node = &ir.Filter{Input: node, Pred: g.renumber(having, groups)}
	}
	exprs, q = g.renumbered(exprs, groups), g.renumbered(q, groups)
	for i := range o.calls {
		eachExpr(&o.calls[i], func(e ir.Expr) ir.Expr { return g.renumber(e, groups) })
	}
	out.node = b.qualified(o.over(out.node, exprs, q), q)
	return selected(out, exprs, items)
}

// aggregateNode makes the node of the groups; false: reported.
func (g *grouping) aggregateNode(x *ast.Select, start, end int) (ir.Node, bool) {
	if tvf, _, _ := windowBelow(g.in.node); tvf != nil && tvf.Window.Kind == ir.CountRows && start >= 0 {
		every, ok := g.b.every(x)
		if !ok {
			return nil, false
		}
		if every > 0 {
			g.b.err(diag.BadWindow, x.Emit.Span(), "leave it out", "EMIT EVERY gives results before a window closes, and a window of COUNT_WINDOW is there when its rows are")
			return nil, false
		}
		return g.countedAgg(x, tvf)
	}
	every, ok := g.b.every(x)
	if !ok {
		return nil, false
	}
	if s := g.sessionsAgg(x, every); s != nil {
		n := g.coarsened(x, s, every)
		return n, n != nil
	}
	if p := g.in.node.Props(); every > 0 && start >= 0 && end < 0 {
		// EMIT EVERY has to know when the window ends.
		end = len(g.keys)
		c := g.in.schema().Cols[p.WindowEnd]
		g.keys, g.at = append(g.keys, &ir.ColRef{Index: p.WindowEnd, Name: c.Name, T: c.Type}), append(g.at, g.place(x))
		for i := range g.sets {
			g.sets[i] = append(slices.Clone(g.sets[i]), end)
		}
	}
	agg := &ir.Aggregate{Keys: make([]int, len(g.keys)), Aggs: g.aggs, StartKey: start, EndKey: end}
	agg.Input = g.keyInput(agg)
	g.b.emission(agg, every)
	g.finish(agg)
	g.b.stateAt(agg, g.place(x))
	n := g.coarsened(x, agg, every)
	return n, n != nil
}

// bindKeys binds GROUP BY: columns, expressions, aliases of items, and positions.
func (g *grouping) bindKeys(x *ast.Select, s *scope, items []item) {
	withAliases := *s
	withAliases.aliases = aliases(x)
	eb := &exprBinder{b: g.b, scope: &withAliases, noAggs: "GROUP BY"}
	sets := [][]int{{}}
	for _, e := range x.GroupBy {
		of, ok := g.setsOf(eb, e, items)
		if ok {
			of, ok = g.cross(sets, of, e)
		}
		if !ok {
			g.poor = true
			continue
		}
		sets = of
	}
	g.takeSets(g.withScalars(x, sets))
}

// withScalars adds the columns of queries that are values to all sets of keys: they are the
// same for all rows.
func (g *grouping) withScalars(x *ast.Select, sets [][]int) [][]int {
	for _, e := range selectedQueries(x) {
		q, _ := e.(*ast.Subquery)
		c := g.b.scalars[q]
		if c == nil {
			continue
		}
		if len(x.GroupBy) == 0 {
			g.b.later(q.Span(), "a query as a value beside aggregates without GROUP BY", "aggregate in a sub-query in FROM, and use the value around it")
			g.poor = true
			return sets
		}
		ref := *c
		k := g.enter(&ref, q.Span())
		for i := range sets {
			sets[i] = append(slices.Clip(sets[i]), k)
		}
	}
	return sets
}

// addKey binds a key and returns its number; false: reported.
func (g *grouping) addKey(eb *exprBinder, e ast.Expr, items []item) (int, bool) {
	key := g.bindKey(eb, e, items)
	if key == nil || !g.b.groupable(key.Type(), e.Span(), "GROUP BY") {
		return 0, false
	}
	return g.enter(settleNull(key), e.Span()), true
}

// groupable reports whether values of a type can be told apart as keys; false: reported.
func (b *binder) groupable(t *ir.Type, at diag.Span, what string) bool {
	if t.Kind == ir.Invalid {
		return false
	}
	err := t.Groupable()
	if err != nil {
		b.err(diag.WrongType, at, "take its parts, or CAST(... AS VARCHAR)", "%s: %s", what, err)
	}
	return err == nil
}

// enter returns the number of a key. One that is given twice is one.
func (g *grouping) enter(key ir.Expr, at diag.Span) int {
	if k := g.keyOf(key); k >= 0 {
		return k
	}
	g.keys, g.at = append(g.keys, key), append(g.at, at)
	return len(g.keys) - 1
}

func (g *grouping) bindKey(eb *exprBinder, e ast.Expr, items []item) ir.Expr {
	switch x := e.(type) {
	case *ast.Literal:
		n, isInt := x.V.(int64)
		if !isInt || !x.T.Kind.IsInteger() {
			break
		}
		if items = written(items); n < 1 || n > int64(len(items)) {
			g.b.err(diag.BadPosition, x.Span(), fmt.Sprintf("name the column, or a position from 1 to %d", len(items)), "GROUP BY %d: SELECT has %d items", n, len(items))
			return nil
		}
		it := items[n-1]
		if it.expr != nil && g.b.containsAggregate(it.expr) {
			g.b.err(diag.BadPosition, x.Span(), "leave it out: GROUP BY names what a group has in common", "GROUP BY %d: item %d of SELECT is an aggregate", n, n)
			g.b.relate(it.at, "this item")
			return nil
		}
		before := len(*g.b.errs)
		plain := &exprBinder{b: g.b, scope: eb.scope, noAggs: "GROUP BY"}
		key := plain.item(it)
		if key == nil {
			*g.b.errs = (*g.b.errs)[:before] // the item itself reports it
		}
		return key
	}
	return eb.bind(e)
}

func (g *grouping) keyOf(e ir.Expr) int {
	for i, k := range g.keys {
		if ir.EqualExpr(k, e) {
			return i
		}
	}
	return -1
}

func (g *grouping) bindItem(eb *exprBinder, it item) ir.Expr {
	e := eb.item(it)
	if e == nil {
		return nil
	}
	if it.expr == nil {
		g.refs[e.(*ir.ColRef)] = it.at
	}
	return g.above(e)
}

// aggBase is where references to aggregates begin while a SELECT is bound: far
// behind all columns and keys.
const aggBase = 1 << 30

// aggregate enters an aggregate and returns a reference to it.
func (g *grouping) aggregate(a ir.AggCall) ir.Expr {
	for i := range g.aggs {
		if ir.SameAgg(&g.aggs[i], &a) {
			return g.aggRef(i)
		}
	}
	g.aggs = append(g.aggs, a)
	return g.aggRef(len(g.aggs) - 1)
}

func (g *grouping) aggRef(i int) ir.Expr {
	return &ir.ColRef{Index: aggBase + i, Name: g.aggs[i].Fn, T: g.aggs[i].T}
}

// above turns an expression over the input and the aggregates into one over keys
// (from 0 on) and aggregates (from aggBase on); nil: reported.
func (g *grouping) above(e ir.Expr) ir.Expr {
	if c, ok := e.(*ir.ColRef); ok && c.Index >= overBase {
		return e
	}
	if k := g.keyOf(e); k >= 0 {
		return &ir.ColRef{Index: k, Name: exprName(g.keys[k]), T: e.Type()}
	}
	if c, ok := e.(*ir.ColRef); ok {
		if !g.poor && (c.Name == inColumn || c.Name == existsColumn || c.Name == valueColumn) {
			g.b.err(diag.NotGrouped, g.refs[c], "a condition goes into WHERE; else group in a query in FROM, and put this around it; or GROUP BY its alias",
				"%s is computed for each row, not for each group", c.Name)
		} else if !g.poor {
			g.b.err(diag.NotGrouped, g.refs[c], "add it to GROUP BY, or take MIN(`"+c.Name+"`) or another aggregate of it",
				"`%s` is neither in GROUP BY nor inside of an aggregate", c.Name)
		}
		return nil
	}
	kids := ir.Children(e)
	if len(kids) == 0 {
		return e
	}
	fresh := make([]ir.Expr, len(kids))
	for i, k := range kids {
		if fresh[i] = g.above(k); fresh[i] == nil {
			return nil
		}
	}
	return ir.WithChildren(e, fresh)
}

func exprName(e ir.Expr) string {
	if c, ok := e.(*ir.ColRef); ok {
		return c.Name
	}
	return clipped(e.String())
}

// windowKeys finds which keys are the window's columns. One of window_start and
// window_end is enough where it names the window.
func (g *grouping) windowKeys(x *ast.Select) (start, end int, ok bool) {
	p := g.in.node.Props()
	start, end = -1, -1
	for i, k := range g.keys {
		c, isRef := k.(*ir.ColRef)
		switch {
		case g.isPartial(i): // groups of some sets are of no window
		case isRef && p.WindowStart >= 0 && c.Index == p.WindowStart:
			start = i
		case isRef && p.WindowEnd >= 0 && c.Index == p.WindowEnd:
			end = i
		}
	}
	hasWindow := p.WindowStart >= 0 && p.WindowEnd >= 0
	if g.poor || hasWindow && (start >= 0 || end >= 0) {
		return start, end, g.poor || g.namesWindow(x, p, start >= 0, end >= 0)
	}
	if hasWindow || start < 0 && end < 0 {
		g.windowsMixed(x)
		return start, end, true
	}
	g.b.err(diag.NoWindow, g.place(x), "select both window_start and window_end in the sub-query",
		"the window cannot be told from one of its columns alone: the sub-query leaves out the other")
	return -1, -1, false
}

// namesWindow reports whether the window's columns among the keys tell its windows apart,
// and says what lacks where they do not.
func (g *grouping) namesWindow(x *ast.Select, p *ir.Props, byStart, byEnd bool) bool {
	if byStart && byEnd {
		return true
	}
	all := windowsBelow(g.in.node, nil)
	same := !slices.ContainsFunc(all, func(w ir.Window) bool { return w != all[0] })
	zoned := same && len(all) > 0 && all[0].Zone != "" // two windows may end where the clock goes forward
	if same && len(all) > 0 && (all[0].Kind == ir.Tumble || !zoned && (all[0].Kind == ir.Hop || all[0].Kind == ir.Cumulate && byEnd)) {
		return true
	}
	have, lacks := g.in.schema().Cols[p.WindowStart].Name, g.in.schema().Cols[p.WindowEnd].Name
	if byEnd {
		have, lacks = lacks, have
	}
	at := g.place(x)
	why := "windows of several kinds meet here"
	if same && len(all) > 0 {
		why = "several windows of " + all[0].Kind.String() + " can have the same " + have
	}
	g.b.err(diag.NoWindow, at, "add "+lacks+" to GROUP BY", "`%s` alone does not name a window: %s", have, why)
	return false
}

// windowsBelow lists the windows that rows of n carry.
func windowsBelow(n ir.Node, all []ir.Window) []ir.Window {
	if w, ok := n.(*ir.WindowTVF); ok {
		return append(all, w.Window)
	}
	for _, in := range n.Inputs() {
		all = windowsBelow(in, all)
	}
	return all
}

// place is what makes the query a grouped one: GROUP BY, else the items.
func (g *grouping) place(x *ast.Select) diag.Span {
	switch {
	case len(x.GroupBy) > 0:
		return x.GroupBy[0].Span().To(x.GroupBy[len(x.GroupBy)-1].Span())
	case len(x.Items) > 0:
		return x.Items[0].Span().To(x.Items[len(x.Items)-1].Span())
	}
	return x.Span()
}

// keyInput is the input of the aggregate: with a column for each key that is an
// expression, and once for each grouping set.
func (g *grouping) keyInput(agg *ir.Aggregate) ir.Node {
	s, keys := g.in.schema(), agg.Keys
	exprs, names := passOn(s), columnNames(s)
	for i, k := range g.keys {
		if c, ok := k.(*ir.ColRef); ok {
			keys[i] = c.Index
			continue
		}
		keys[i] = len(exprs)
		exprs = append(exprs, k)
		names = append(names, exprName(k))
	}
	if g.sets != nil {
		exprs, names = g.onceByRow(exprs, names)
	}
	in := g.in.node
	if len(exprs) > len(s.Cols) {
		in = project(in, exprs, names)
	}
	if g.sets != nil {
		in = g.expanded(in, agg)
	}
	return in
}

// maxName is the longest text of an aggregate that is its column's name.
const maxName = 64

// name gives aggregates the names of the items that they are, or else their text.
func (g *grouping) name(exprs []ir.Expr, items []item) {
	for i, e := range exprs {
		if c, ok := e.(*ir.ColRef); ok && c.Index >= aggBase {
			if a := &g.aggs[c.Index-aggBase]; a.Name == "" {
				a.Name = items[i].name
			}
		}
	}
	for i := range g.aggs {
		a := &g.aggs[i]
		if a.Name == "" {
			a.Name = a.String()
		}
		if len(a.Name) > maxName {
			a.Name = "agg$" + strconv.Itoa(i)
		}
	}
}

// finish fills in the aggregate's schema and properties.
func (g *grouping) finish(agg *ir.Aggregate) {
	in, p := agg.Input.Schema(), agg.Input.Props()
	agg.S, agg.P = &ir.Schema{}, ir.NoProps
	agg.P.Bounded = p.Bounded
	agg.P.Updating = agg.Emit != ir.Once || !agg.Windowed() && !agg.AtEnd && (len(g.aggs) > 0 || p.Updating)
	for i, k := range agg.Keys {
		agg.S.Cols = append(agg.S.Cols, in.Cols[k])
		if !agg.Windowed() || agg.Emit != ir.Once {
			continue
		}
		takeProp(&agg.P.WindowStart, p.WindowStart, k, i)
		takeProp(&agg.P.WindowEnd, p.WindowEnd, k, i)
		takeProp(&agg.P.WindowTime, p.WindowTime, k, i)
	}
	agg.P.TimeCol = agg.P.WindowTime
	for i := range g.aggs {
		agg.S.Cols = append(agg.S.Cols, aggColumn(&g.aggs[i]))
	}
}

// renumbered moves references to aggregates to their place behind the keys.
func (g *grouping) renumbered(exprs []ir.Expr, s *ir.Schema) []ir.Expr {
	out := make([]ir.Expr, len(exprs))
	for i, e := range exprs {
		if e != nil {
			out[i] = g.renumber(e, s)
		}
	}
	return out
}

func (g *grouping) renumber(e ir.Expr, s *ir.Schema) ir.Expr {
	return ir.Rewrite(e, func(x ir.Expr) ir.Expr {
		c, ok := x.(*ir.ColRef)
		if !ok || c.Index >= overBase && c.Index < setRef {
			return x
		}
		i := c.Index
		switch {
		case i == setRef:
			i = len(g.keys)
		case i >= aggBase:
			i = i - aggBase + g.width()
		}
		return &ir.ColRef{Index: i, Name: s.Cols[i].Name, T: c.T}
	})
}
