package bind

import (
	"math"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// ordering is the ORDER BY of a query while it is bound.
type ordering struct {
	b     *binder
	q     *ast.Query
	r     *relation // the query's rows, with what is only ordered by behind their columns
	width int       // columns of the result
	keys  []ir.SortKey
}

// orderMark begins the names of columns that are only ordered by.
const orderMark = "$order"

// ordered binds a query with ORDER BY and LIMIT. Where neither is of use to anybody, in a
// sub-query without LIMIT, the order is left out.
func (b *binder) ordered(q *ast.Query, outermost bool) *relation {
	o := &ordering{b: b, q: q}
	if !o.bindBody() || !o.bindKeys() {
		return b.limit(q, nil)
	}
	if !outermost && q.Limit == nil && q.Offset == nil {
		b.warn(diag.OrderIgnored, q.OrderBy[0].Span().To(q.OrderBy[len(q.OrderBy)-1].Span()),
			"order the outermost query; LIMIT after ORDER BY takes the first rows here", "ORDER BY without LIMIT has no effect here: rows of a sub-query or view have no order")
		return o.visible(o.r.node)
	}
	n := o.sort()
	switch {
	case n == nil && q.Limit != nil:
		return o.best()
	case n == nil:
		o.refuse(o.r.node.Props())
		return nil
	}
	r := b.limit(q, &relation{node: n, at: o.r.at})
	if r == nil {
		return nil
	}
	if l, ok := r.node.(*ir.Limit); ok && !n.ByTime {
		if rows, bounded := l.Bound(); bounded {
			n.Keep = rows
		}
	}
	return o.visible(r.node)
}

// visible leaves out what is only ordered by.
func (o *ordering) visible(n ir.Node) *relation {
	s := n.Schema()
	at := o.r.at
	if len(s.Cols) == o.width {
		return &relation{node: n, at: at}
	}
	names := columnNames(s)[:o.width]
	return &relation{node: project(n, passOn(s)[:o.width], names), at: at[:min(len(at), o.width)]}
}

// bindBody binds what is ordered; false: it is poison.
func (o *ordering) bindBody() bool {
	x, isSelect := o.q.Body.(*ast.Select)
	if !isSelect {
		if o.r = o.b.body(o.q.Body); o.r == nil {
			return false
		}
		o.width = len(o.r.schema().Cols)
		return true
	}
	extended, extra := *x, 0
	for i, it := range o.q.OrderBy {
		if isPosition(it.Expr) || itemOf(x, it.Expr) != nil {
			continue
		}
		extended.Items = append(extended.Items[:len(extended.Items):len(extended.Items)],
			&ast.SelectItem{Place: it.Place, Expr: it.Expr, Alias: &ast.Ident{Place: it.Place, Name: orderMark + strconv.Itoa(i)}, Order: true})
		extra++
	}
	if o.r = o.b.selectRows(&extended); o.r == nil {
		return false
	}
	o.width = len(o.r.schema().Cols) - extra
	if !x.Distinct {
		return true
	}
	if !o.allSelected() {
		return false
	}
	o.r = o.b.distinct(x, o.r)
	return o.r != nil
}

// isPosition reports whether an item of ORDER BY is the place of one of SELECT.
func isPosition(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	if !ok {
		return false
	}
	_, isInt := l.V.(int64)
	return isInt && l.T.Kind.IsInteger()
}

// itemOf is the item of SELECT that an item of ORDER BY names by its alias; nil: none.
func itemOf(x *ast.Select, e ast.Expr) *ast.SelectItem {
	c, ok := e.(*ast.ColumnRef)
	if !ok || len(c.Parts) != 1 {
		return nil
	}
	for _, it := range x.Items {
		if it.Alias != nil && it.Alias.Name == c.Parts[0].Name {
			return it
		}
	}
	return nil
}

// allSelected finds what SELECT DISTINCT is ordered by among what it selects.
func (o *ordering) allSelected() bool {
	good := true
	for i, it := range o.q.OrderBy {
		at := o.r.schema().Index(orderMark + strconv.Itoa(i))
		if at >= 0 && o.twin(at) == at && !o.isPoison(at) {
			o.b.err(diag.BadOrder, it.Span(), "select it, too", "SELECT DISTINCT gives a row for each group of equal ones, and this is not the same in all of them")
			good = false
		}
	}
	if !good {
		return false
	}
	all := o.r
	seen := o.visible(all.node)
	for i := range o.q.OrderBy {
		if at := all.schema().Index(orderMark + strconv.Itoa(i)); at >= 0 {
			o.keys = append(o.keys, ir.SortKey{Col: o.twin(at)})
		} else {
			o.keys = append(o.keys, ir.SortKey{Col: -1})
		}
	}
	o.r = seen
	return true
}

func (o *ordering) isPoison(col int) bool { return o.r.schema().Cols[col].Type.Kind == ir.Invalid }

// twin is the column of the result that holds what a column that is only ordered by does;
// that itself where there is none.
func (o *ordering) twin(col int) int {
	p, ok := o.r.node.(*ir.Project)
	if !ok {
		return col
	}
	for i := range p.Exprs[:o.width] {
		if ir.EqualExpr(p.Exprs[i], p.Exprs[col]) {
			return i
		}
	}
	return col
}

// bindKeys finds the columns of the order; false: one is wrong or poison.
func (o *ordering) bindKeys() bool {
	found := o.keys // of a SELECT DISTINCT
	o.keys = nil
	good := true
	for i, it := range o.q.OrderBy {
		col, ok := -1, true
		if found != nil {
			col = found[i].Col
		}
		if col < 0 {
			col, ok = o.column(i, it)
		}
		if !ok || o.isPoison(col) {
			good = false
			continue
		}
		if t := o.r.schema().Cols[col].Type; !t.Ordered() {
			o.b.err(diag.BadOrder, it.Expr.Span(), "order by parts of it", "ORDER BY takes values that have an order, and this is %s", t)
			good = false
			continue
		}
		if !hasKey(o.keys, col) {
			o.keys = append(o.keys, ir.SortKey{Col: col, Desc: it.Desc, NullsFirst: nullsFirst(it)})
		}
	}
	return good
}

func hasKey(keys []ir.SortKey, col int) bool {
	for _, k := range keys {
		if k.Col == col {
			return true
		}
	}
	return false
}

// column is the column that item i of ORDER BY means; false: reported.
func (o *ordering) column(i int, it *ast.OrderItem) (int, bool) {
	if isPosition(it.Expr) {
		n := it.Expr.(*ast.Literal).V.(int64)
		if n < 1 || n > int64(o.width) {
			o.b.err(diag.BadPosition, it.Expr.Span(), "name the column, or a position from 1 to "+strconv.Itoa(o.width), "ORDER BY %d: the query gives %s", n, count(o.width, "column"))
			return 0, false
		}
		return int(n - 1), true
	}
	x, isSelect := o.q.Body.(*ast.Select)
	if !isSelect {
		return o.computed(it)
	}
	if at := o.r.schema().Index(orderMark + strconv.Itoa(i)); at >= 0 {
		return o.twin(at), true
	}
	named := itemOf(x, it.Expr)
	for c := range o.r.at {
		if o.r.at[c] == named.Span() {
			return c, true
		}
	}
	return 0, false
}

// computed is the column of what the rows of a set operation or of VALUES are ordered by:
// one of theirs, or one that is computed of them.
func (o *ordering) computed(it *ast.OrderItem) (int, bool) {
	s := scopeOf(o.r, "")
	s.what = "the result of the query"
	eb := &exprBinder{b: o.b, scope: s, noAggs: "ORDER BY"}
	e := eb.bind(it.Expr)
	if e == nil {
		return 0, false
	}
	if c, ok := e.(*ir.ColRef); ok {
		return c.Index, true
	}
	in := o.r.schema()
	n := len(in.Cols)
	o.r = &relation{node: project(o.r.node, append(passOn(in), e), append(columnNames(in), orderMark+strconv.Itoa(n))), at: o.r.at}
	return n, true
}

// best is the first rows of an order that time does not follow: a result that changes with
// the rows.
func (o *ordering) best() *relation {
	count, good := o.b.rowCount(o.q.Limit, "LIMIT")
	offset := int64(0)
	if o.q.Offset != nil {
		var fine bool
		offset, fine = o.b.rowCount(o.q.Offset, "OFFSET")
		good = good && fine
	}
	if !good {
		return nil
	}
	in := o.r.node
	if count == 0 {
		return o.visible(&ir.Filter{Input: in, Pred: &ir.Const{V: false, T: ir.TBoolean}})
	}
	n := &ir.Rank{Input: in, Fn: "ROW_NUMBER", Order: o.keys, From: offset + 1, To: min(count, math.MaxInt64-offset) + offset, S: in.Schema(), P: ir.NoProps}
	n.P.Bounded, n.P.Updating = in.Props().Bounded, true
	o.b.stateAt(n, o.q.OrderBy[0].Span())
	return o.visible(n)
}

// sort puts the order over the rows; nil: they never end, and time does not pass along it.
func (o *ordering) sort() *ir.Sort {
	p := o.r.node.Props()
	n := &ir.Sort{Input: o.r.node, Order: o.keys, Keep: -1, P: ir.NoProps}
	if p.Bounded && !p.Updating {
		n.P.Bounded = true
		o.settleTies(n)
		return n
	}
	lead, ok := o.leadOfTime(p)
	if !ok || p.Updating {
		return nil
	}
	n.ByTime, n.Lead, n.P = true, lead, *p
	if p.IsTime(n.Order[0].Col) {
		n.P.UseTime(n.Order[0].Col)
	}
	return n
}

// leadOfTime is how far the watermark has to be ahead of the first key for its rows to be
// complete; false: time does not pass along it.
func (o *ordering) leadOfTime(p *ir.Props) (int64, bool) {
	first := o.keys[0]
	switch {
	case first.Desc:
		return 0, false
	case p.IsTime(first.Col):
		return 1, true
	case first.Col == p.WindowEnd && isClosed(o.r.node):
		return 0, true
	case first.Col == p.WindowTime && isClosed(o.r.node):
		return 1, true
	}
	return 0, false
}

// isClosed reports whether the rows of n are those of windows that have closed.
func isClosed(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Filter, *ir.Project:
		return isClosed(n.Inputs()[0])
	case *ir.Aggregate:
		return x.Windowed()
	}
	return false
}

// settleTies orders rows that are equal by their other columns where they come in no order
// of their own, so that the result does not depend on the number of tasks.
func (o *ordering) settleTies(n *ir.Sort) {
	if hasSourceOrder(o.r.node) {
		return
	}
	for i, c := range o.r.schema().Cols[:o.width] {
		if c.Type.Ordered() && !hasKey(n.Order, i) {
			n.Order = append(n.Order, ir.SortKey{Col: i, NullsFirst: true})
		}
	}
}

// refuse says why rows that never end cannot be ordered so, and what can be done.
func (o *ordering) refuse(p *ir.Props) {
	at := o.q.OrderBy[0].Span()
	if p.Updating {
		o.b.err(diag.RowsChange, at, "LIMIT n keeps the first n as they change; or group by a window, and order by window_end",
			"ORDER BY takes rows that stay as they are, and rows of this query change after they were given (%s)", ir.ChangesOf(o.r.node))
		o.b.relateChange(o.r.node)
		return
	}
	if p.TimeCol >= 0 {
		name := o.r.schema().Cols[p.TimeCol].Name
		if name == "" || p.TimeCol >= o.width {
			name = "the event time"
		}
		o.b.err(diag.BadOrder, at, "begin with it: ORDER BY "+name+", ...; LIMIT n keeps the first n of any order, as they change"+o.b.orEnds(o.r.node), "the input never ends, so its rows can be put in order only as time passes: by `%s`, ascending, and then by others", name)
		return
	}
	o.b.err(diag.BadOrder, at, "name the event time (WATERMARK FOR ts AS ts - INTERVAL '5' SECOND in the mapping), select it, and begin with it: ORDER BY ts; LIMIT n keeps the first n of any order, as they change"+o.b.orEnds(o.r.node),
		"the input never ends, so its rows can be put in order only as time passes, and the query has no event time")
}

// written are the items that stand in SELECT, without what it is only ordered by.
func written(items []item) []item {
	n := len(items)
	for n > 0 && strings.HasPrefix(items[n-1].name, orderMark) {
		n--
	}
	return items[:n]
}

// orderAliases are the items of SELECT that ORDER BY may name; nil: it is none of ORDER BY.
func orderAliases(x *ast.Select, it *ast.SelectItem) map[string]ast.Expr {
	if !it.Order {
		return nil
	}
	out := map[string]ast.Expr{}
	for _, other := range x.Items {
		if other.Alias != nil && !other.Order {
			out[other.Alias.Name] = other.Expr
		}
	}
	return out
}

// withAliases is eb for what may name items of SELECT by their aliases.
func (eb *exprBinder) withAliases(aliases map[string]ast.Expr) *exprBinder {
	inner, s := *eb, *eb.scope
	s.aliases, s.hidden = aliases, nil
	inner.scope = &s
	return &inner
}
