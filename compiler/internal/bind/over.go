package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// overBase is where references to calls with OVER begin while a SELECT is bound: behind
// all columns and before the aggregates.
const overBase = 1 << 29

// overs is the calls with OVER of a SELECT while it is bound. They become references to
// columns from overBase on.
type overs struct {
	b       *binder
	windows []*ast.NamedWindow
	calls   []overCall
}

// overCall is one call and its window, over the input of the SELECT or, where that is
// grouped, over keys and aggregates.
type overCall struct {
	partition []ir.Expr
	order     []orderKey
	call      ir.OverCall
	at        diag.Span
}

// orderKey is one item of ORDER BY.
type orderKey struct {
	expr             ir.Expr
	desc, nullsFirst bool
}

// newOvers checks the WINDOW clause of a SELECT.
func (b *binder) newOvers(x *ast.Select) *overs {
	o := &overs{b: b, windows: x.Windows}
	for i, w := range x.Windows {
		for _, before := range x.Windows[:i] {
			if before.Name.Name == w.Name.Name {
				b.err(diag.AlreadyExists, w.Name.Span(), "", "WINDOW names `%s` twice", w.Name.Name)
				b.relate(before.Name.Span(), "first here")
			}
		}
	}
	return o
}

// overCall binds a call with OVER.
func (eb *exprBinder) overCall(x *ast.Call) ir.Expr {
	name := strings.ToUpper(x.Name.Name)
	if eb.over == nil {
		eb.b.err(diag.OverHere, x.Over.Span(), overHint(eb.place()), "%s OVER cannot stand in %s", name, eb.place())
		return nil
	}
	agg, fn := ir.LookupFunction(name), ir.LookupOver(name)
	if list := eb.b.user(name); len(list) > 0 {
		agg = list[0]
	}
	switch {
	case agg == nil && fn == nil:
		eb.unknownFunction(x, name)
		return nil
	case fn == nil && !agg.Aggregate:
		eb.b.err(diag.OverHere, x.Over.Span(), "leave OVER out: it stands behind aggregates, ROW_NUMBER, RANK, LAG and their like", "%s gives a value for one row and looks at no others", name)
		return nil
	}
	w, ok := eb.over.window(x.Over, len(eb.over.windows))
	if !ok {
		return nil
	}
	inner := *eb
	inner.over, inner.within = nil, "a call with OVER"
	c := overCall{at: x.Span()}
	if fn != nil {
		c.call, ok = inner.overFunction(x, fn)
	} else {
		c.call.AggCall, ok = inner.aggCall(x, agg)
	}
	ok = inner.windowOf(&c, w) && ok
	if !ok || !eb.b.overFrame(&c, w, x) || !eb.b.slides(&c, x) {
		return nil
	}
	return eb.over.add(c)
}

// place is where the expression stands, for messages about calls that cannot stand there.
func (eb *exprBinder) place() string {
	switch {
	case eb.within != "":
		return eb.within
	case eb.noAggs != "":
		return eb.noAggs
	}
	return "this place"
}

func overHint(place string) string {
	switch place {
	case "WHERE", "HAVING":
		return "write it in QUALIFY, or compute it in a sub-query and look at its column here: SELECT * FROM (SELECT *, ROW_NUMBER() OVER (...) AS rn FROM t) WHERE rn <= 3"
	case "a call with OVER":
		return "compute the inner one in a sub-query, and use its column here"
	}
	return "compute it in a sub-query, and use its column here"
}

// needsOver refuses a function of windows without OVER.
func (eb *exprBinder) needsOver(x *ast.Call, f *ir.Function) {
	eb.b.err(diag.OverHere, x.Span(), "it is "+f.Sig, "%s takes a window: OVER (...)", f.Name)
}

// overFunction binds a call of a function that is no aggregate.
func (eb *exprBinder) overFunction(x *ast.Call, f *ir.Function) (ir.OverCall, bool) {
	c := ir.OverCall{AggCall: ir.AggCall{Fn: f.Name, At: eb.b.sources.Pos(x.Span())}}
	switch {
	case x.Star || x.Distinct || x.Filter != nil || len(x.OrderBy)+len(x.Within) > 0:
		eb.b.err(diag.Syntax, x.Span(), "", "DISTINCT, ORDER BY and FILTER belong to aggregates, and %s is none", f.Name)
		return c, false
	case x.Nulls == "IGNORE":
		eb.b.later(x.Span(), f.Name+" with IGNORE NULLS", "")
		return c, false
	}
	args, ok := eb.bindAll(x.Args)
	if !ok || !eb.resolveAgg(&c.AggCall, f, x, args) {
		return c, false
	}
	for i := 1; i < len(c.Args) && i < 2; i++ {
		least := int64(0)
		if f.Name == "NTH_VALUE" {
			least = 1
		}
		n, ok := eb.b.rowDistance(c.Args[i], x.Args[i], f.Name, least)
		if !ok {
			return c, false
		}
		c.Args[i] = &ir.Const{V: n, T: ir.TBigInt}
	}
	return c, true
}

// rowDistance is a constant number of rows, at least least.
func (b *binder) rowDistance(e ir.Expr, at ast.Expr, what string, least int64) (int64, bool) {
	if !ir.RefersOnly(e, func(int) bool { return false }) {
		b.err(diag.BadFrame, at.Span(), "write a number", "the number of rows of %s is constant, and this is not", what)
		return 0, false
	}
	v, err := b.constant(e)
	n, isInt := v.(int64)
	switch {
	case err != nil:
		b.err(diag.BadFrame, at.Span(), "write a number", "the number of rows of %s cannot be computed: %s", what, err)
	case !isInt || n < least:
		b.err(diag.BadFrame, at.Span(), "write "+strconv.FormatInt(least, 10)+" or more", "%s takes a whole number of rows from %d on, and this is %s", what, least, ir.FormatValue(v, e.Type()))
	default:
		return n, true
	}
	return 0, false
}

// windowOf binds PARTITION BY and ORDER BY of a window.
func (eb *exprBinder) windowOf(c *overCall, w *ast.Window) bool {
	good := true
	take := func(e ast.Expr, what string) ir.Expr {
		x := eb.bind(e)
		if x == nil {
			good = false
			return nil
		}
		x = settleNull(x)
		switch {
		case what == "PARTITION BY":
			good = eb.b.groupable(x.Type(), e.Span(), what) && good
		case !x.Type().Ordered():
			eb.b.err(diag.WrongType, e.Span(), "name a part of it", "values of type %s cannot be in %s", x.Type(), what)
			good = false
		}
		return x
	}
	for _, e := range w.Partition {
		c.partition = append(c.partition, take(e, "PARTITION BY"))
	}
	for _, o := range w.OrderBy {
		c.order = append(c.order, orderKey{take(o.Expr, "ORDER BY"), o.Desc, nullsFirst(o)})
	}
	return good
}

// nullsFirst: NULL counts as less than all values, unless it is said otherwise.
func nullsFirst(o *ast.OrderItem) bool {
	if o.Nulls == ast.NullsDefault {
		return !o.Desc
	}
	return o.Nulls == ast.NullsFirst
}

// window resolves the name of a window among the first n of the WINDOW clause.
func (o *overs) window(w *ast.Window, n int) (*ast.Window, bool) {
	if w.Name == nil {
		return w, true
	}
	i := slices.IndexFunc(o.windows[:n], func(x *ast.NamedWindow) bool { return x.Name.Name == w.Name.Name })
	if i < 0 {
		var names []string
		for _, x := range o.windows[:n] {
			names = append(names, x.Name.Name)
		}
		hint := "name it behind FROM: WINDOW " + w.Name.Name + " AS (PARTITION BY k ORDER BY ts)"
		o.b.err(diag.BadFrame, w.Name.Span(), didYouMean(w.Name.Name, names, hint), "there is no window `%s`", w.Name.Name)
		return nil, false
	}
	base, ok := o.window(o.windows[i].Window, i)
	if !ok || w.Bare {
		return base, ok
	}
	out := *base
	for _, clause := range []struct {
		twice bool
		what  string
	}{
		{len(w.Partition) > 0, "PARTITION BY belongs to the window that is named"},
		{len(w.OrderBy) > 0 && len(base.OrderBy) > 0, "both have ORDER BY"},
		{base.Frame != nil, "the window that is named has a frame, and can only be used as it is: OVER " + w.Name.Name},
	} {
		if clause.twice {
			o.b.err(diag.BadFrame, w.Span(), "write the whole window out", "the window cannot be made of `%s`: %s", w.Name.Name, clause.what)
			return nil, false
		}
	}
	if len(w.OrderBy) > 0 {
		out.OrderBy = w.OrderBy
	}
	if w.Frame != nil {
		out.Frame = w.Frame
	}
	return &out, true
}

// add enters a call and returns a reference to it.
func (o *overs) add(c overCall) ir.Expr {
	i := slices.IndexFunc(o.calls, func(x overCall) bool { return sameWindow(&x, &c) && ir.SameOverCall(&x.call, &c.call) })
	if i < 0 {
		i = len(o.calls)
		o.calls = append(o.calls, c)
	}
	return &ir.ColRef{Index: overBase + i, Name: c.call.Fn, T: c.call.T}
}

func sameWindow(a, b *overCall) bool {
	return slices.EqualFunc(a.partition, b.partition, ir.EqualExpr) && slices.EqualFunc(a.order, b.order, func(x, y orderKey) bool {
		return x.desc == y.desc && x.nullsFirst == y.nullsFirst && ir.EqualExpr(x.expr, y.expr)
	})
}

// name gives calls the names of the items that they are, or else their text.
func (o *overs) name(exprs []ir.Expr, items []item) {
	for i, e := range exprs {
		if c, ok := e.(*ir.ColRef); ok && c.Index >= overBase && c.Index < aggBase {
			if call := &o.calls[c.Index-overBase].call; call.Name == "" {
				call.Name = items[i].name
			}
		}
	}
	for i := range o.calls {
		c := &o.calls[i].call
		if c.Name == "" {
			c.Name = c.String()
		}
		if len(c.Name) > maxName {
			c.Name = "over$" + strconv.Itoa(i)
		}
	}
}
