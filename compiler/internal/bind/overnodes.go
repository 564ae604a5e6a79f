package bind

import (
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// over puts the calls over n, a node for each window, and returns the expressions with
// references to their columns. The columns of n stay where they are.
func (o *overs) over(n ir.Node, exprs ...[]ir.Expr) ir.Node {
	if len(o.calls) == 0 {
		return n
	}
	n = o.input(n)
	column := make([]int, len(o.calls))
	for i := range column {
		column[i] = -1
	}
	p := n.Props()
	for _, byTime := range []bool{true, false} { // those that keep the event time come first
		for i := range o.calls {
			if column[i] < 0 && ir.LeadsWithTime(sortKeys(o.calls[i].order), p) == byTime {
				n = o.node(n, i, column)
			}
		}
	}
	for _, list := range exprs {
		for i, e := range list {
			if e != nil {
				list[i] = placed(e, column, n.Schema())
			}
		}
	}
	return n
}

// node puts the calls of one window, that of call i, over n, and notes their columns.
func (o *overs) node(n ir.Node, i int, column []int) ir.Node {
	first, s := &o.calls[i], n.Schema()
	x := &ir.Over{Input: n, Partition: columnsOf(first.partition), Order: sortKeys(first.order), S: s.Select(identity(len(s.Cols))), P: *n.Props()}
	for j := i; j < len(o.calls); j++ {
		if c := &o.calls[j]; column[j] < 0 && sameWindow(first, c) {
			column[j] = len(x.S.Cols)
			x.Calls = append(x.Calls, c.call)
			x.S.Cols = append(x.S.Cols, ir.Column{Name: c.call.Name, Type: c.call.T, NotNull: ir.IsRank(c.call.Fn) || c.call.Fn == "COUNT"})
		}
	}
	if !x.ByTime() { // rows come out when the input has ended
		x.P = ir.NoProps
		x.P.Bounded, x.P.Updating = n.Props().Bounded, n.Props().Updating
	} else {
		x.P.UseTime(x.Order[0].Col)
	}
	if x.Streams() && !x.P.Bounded && len(x.Partition) > 0 && !ir.OfSpans(x.Calls) {
		x.TTL = o.b.groupTTL()
	}
	o.b.stateAt(x, first.at)
	return x
}

// sortKeys are the keys of an order whose expressions are columns.
func sortKeys(order []orderKey) []ir.SortKey {
	out := make([]ir.SortKey, len(order))
	for i, k := range order {
		out[i] = ir.SortKey{Col: k.expr.(*ir.ColRef).Index, Desc: k.desc, NullsFirst: k.nullsFirst}
	}
	return out
}

// placed replaces references to calls by those to their columns.
func placed(e ir.Expr, column []int, s *ir.Schema) ir.Expr {
	return ir.Rewrite(e, func(x ir.Expr) ir.Expr {
		c, ok := x.(*ir.ColRef)
		if !ok || c.Index < overBase {
			return x
		}
		at := column[c.Index-overBase]
		return &ir.ColRef{Index: at, Name: s.Cols[at].Name, T: c.T}
	})
}

// input gives n a column for each expression that the windows and calls are made of.
func (o *overs) input(n ir.Node) ir.Node {
	s := n.Schema()
	exprs, names := passOn(s), columnNames(s)
	column := func(e ir.Expr) ir.Expr {
		switch x := e.(type) {
		case nil:
			return nil
		case *ir.ColRef:
			return &ir.ColRef{Index: x.Index, Name: s.Cols[x.Index].Name, T: x.T}
		}
		at := len(s.Cols)
		for at < len(exprs) && !ir.EqualExpr(exprs[at], e) {
			at++
		}
		if at == len(exprs) {
			exprs, names = append(exprs, e), append(names, clipped(e.String()))
		}
		return &ir.ColRef{Index: at, Name: names[at], T: e.Type()}
	}
	value := func(e ir.Expr) ir.Expr {
		if _, isConst := e.(*ir.Const); isConst {
			return e
		}
		return column(e)
	}
	for i := range o.calls {
		c := &o.calls[i]
		for j, e := range c.partition {
			c.partition[j] = column(e)
		}
		for j := range c.order {
			c.order[j].expr = column(c.order[j].expr)
		}
		c.call.AggCall = c.call.MapExprs(value)
	}
	if len(exprs) == len(s.Cols) {
		return n
	}
	return project(n, exprs, names)
}

func columnsOf(exprs []ir.Expr) []int {
	out := make([]int, len(exprs))
	for i, e := range exprs {
		out[i] = e.(*ir.ColRef).Index
	}
	return out
}

// above turns the parts of all calls of a grouped SELECT into ones over keys and aggregates.
func (g *grouping) aboveOvers(o *overs) bool {
	good := true
	each := func(e ir.Expr) ir.Expr {
		x := g.above(e)
		good = good && x != nil
		return x
	}
	for i := range o.calls {
		eachExpr(&o.calls[i], each)
	}
	return good
}

// eachExpr applies f to the parts of a call.
func eachExpr(c *overCall, f func(ir.Expr) ir.Expr) {
	for j, e := range c.partition {
		c.partition[j] = f(e)
	}
	for j := range c.order {
		c.order[j].expr = f(c.order[j].expr)
	}
	c.call.AggCall = c.call.MapExprs(f)
}

// remainingOvers refuses calls with OVER that would need all rows of an input that never
// ends, or whose rows change.
func (b *binder) remainingOvers(n ir.Node, statement diag.Span) bool {
	for _, in := range n.Inputs() {
		if !b.remainingOvers(in, statement) {
			return false
		}
	}
	x, isOver := n.(*ir.Over)
	if !isOver {
		return true
	}
	at, ok := b.places[n]
	if !ok {
		at = statement
	}
	return b.runs(x, at)
}

// runs reports whether the calls of x can be computed; else it says why not.
func (b *binder) runs(x *ir.Over, at diag.Span) bool {
	in := x.Input.Props()
	switch {
	case in.Updating:
		b.err(diag.RowsChange, at, "leave it out; or group by a window, whose result does not change", "OVER looks at rows that stay as they are, and these change after they were given (%s)", ir.ChangesOf(x.Input))
		b.relateChange(x.Input)
	case in.Bounded || x.Streams():
		return true
	case !x.ByTime():
		name := "the event time"
		if in.TimeCol >= 0 {
			name = "`" + x.Input.Schema().Cols[in.TimeCol].Name + "`"
		}
		b.err(diag.BadFrame, at, "begin its ORDER BY with "+name+", ascending; or number rows and keep the first ones: WHERE rn <= 10"+b.orEnds(x), "the input never ends, so a window of OVER goes by time: its ORDER BY begins with the event time")
	default:
		b.err(diag.BadFrame, at, "look back: ROWS or RANGE ... PRECEDING, LAG, FIRST_VALUE"+b.orEnds(x), "the input never ends, and this looks at rows that have not come yet or at all rows before")
	}
	return false
}
