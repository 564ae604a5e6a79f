package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// aggUnion is the aggregates of two relations in one list.
type aggUnion struct {
	list         []ir.AggCall
	b            []int // where those of the other are; those of the one are where they were
	wideA, wideB []int // by the positions that they had: those whose type is a wider one now
}

// uniteAggs joins two lists of aggregates over one input. One that may refuse a group,
// and that only one side has, is given in a type that holds every result: then only who
// looks at it has a row error. False: there is none, or a row could be refused.
func uniteAggs(a, b []ir.AggCall) (*aggUnion, bool) {
	u := &aggUnion{list: slices.Clone(a), b: make([]int, len(b))}
	of := make([]bool, len(a)) // both sides have it
	for i := range b {
		y := &b[i]
		k := slices.IndexFunc(u.list, func(x ir.AggCall) bool { return ir.SameAgg(&x, y) })
		switch {
		case k < 0 && !ownAgg(y):
			return nil, false
		case k < 0:
			k = len(u.list)
			w, widened := widened(y)
			if w.MayFail() {
				return nil, false
			}
			if widened {
				u.wideB = append(u.wideB, i)
			}
			if slices.ContainsFunc(u.list, func(x ir.AggCall) bool { return x.Name == w.Name }) {
				w.Name = w.String()
			}
			u.list = append(u.list, w)
		case !u.fit(k, i, y):
			return nil, false
		case k < len(a):
			of[k] = true
		}
		u.b[i] = k
	}
	for i := range a {
		if of[i] {
			continue
		}
		w, widened := widened(&a[i])
		if w.MayFail() || !ownAgg(&a[i]) {
			return nil, false
		}
		if widened {
			u.wideA = append(u.wideA, i)
		}
		u.list[i] = w
	}
	return u, true
}

// fit has aggregate k of the list be y, too, which is aggregate i of the other side: one
// of them may be wide already.
func (u *aggUnion) fit(k, i int, y *ir.AggCall) bool {
	x := &u.list[k]
	if x.T.Equal(y.T) {
		return true
	}
	if w, ok := y.Wide(); ok && w.T.Equal(x.T) {
		u.wideB = append(u.wideB, i)
		return true
	}
	w, ok := x.Wide()
	if !ok || !w.T.Equal(y.T) {
		return false
	}
	u.list[k] = w
	u.wideA = append(u.wideA, k)
	return true
}

// widened is a in a type that holds every result, if it has to be.
func widened(a *ir.AggCall) (ir.AggCall, bool) {
	if !a.MayFail() {
		return *a, false
	}
	return a.Wide()
}

// ownAgg reports whether an aggregate can be computed of rows of which nobody has asked
// it: it refuses none.
func ownAgg(a *ir.AggCall) bool {
	return !slices.ContainsFunc(a.Exprs(), ir.MayFail)
}

func volatileAggs(n ir.Node) bool { return anyVolatile(ir.NodeExprs(n)) }

func uniteWindowAggs(x, y *ir.WindowAgg) (*united, bool) {
	if x.Window != y.Window || x.Emit != ir.Once || y.Emit != ir.Once || len(x.Keys) != len(y.Keys) || volatileAggs(x) || volatileAggs(y) {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok || moveCol(x.TimeCol, in.a) != moveCol(y.TimeCol, in.b) || !slices.Equal(moveCols(x.Keys, in.a), moveCols(y.Keys, in.b)) {
		return nil, false
	}
	aggs, ok := uniteAggs(shiftAggs(x.Aggs, in.a), shiftAggs(y.Aggs, in.b))
	if !ok {
		return nil, false
	}
	c := *x
	c.Input, c.TimeCol, c.Keys, c.Aggs = in.node, moveCol(x.TimeCol, in.a), moveCols(x.Keys, in.a), aggs.list
	c.Out, c.S = slices.Clone(x.Out), &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	u := &united{node: &c, a: identity(len(x.Out)), b: make([]int, len(y.Out)), wideA: map[int]*ir.AggCall{}, wideB: map[int]*ir.AggCall{}}
	for i, o := range y.Out {
		if o.Kind == ir.OutAgg {
			if slices.Contains(aggs.wideB, o.Index) {
				u.wideB[i] = &y.Aggs[o.Index]
			}
			o.Index = aggs.b[o.Index]
		}
		u.b[i] = slices.Index(c.Out, o)
		if u.b[i] < 0 {
			u.b[i] = len(c.Out)
			c.Out, c.S.Cols = append(c.Out, o), append(c.S.Cols, y.S.Cols[i])
			if o.Kind == ir.OutAgg {
				c.S.Cols[u.b[i]].Name = c.Aggs[o.Index].Name
			}
		}
	}
	for i, o := range c.Out {
		if o.Kind == ir.OutAgg {
			if i < len(x.Out) && slices.Contains(aggs.wideA, o.Index) {
				u.wideA[i] = &x.Aggs[o.Index]
			}
			c.S.Cols[i].Type = c.Aggs[o.Index].T
		}
	}
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

// uniteAggregates unites aggregates that give each group once. One whose groups change
// would give changes of columns that the other does not have.
func uniteAggregates(x, y *ir.Aggregate) (*united, bool) {
	if !x.Windowed() && !x.AtEnd || x.AtEnd != y.AtEnd || x.TTL != y.TTL || x.Emit != ir.Once || y.Emit != ir.Once || x.Lateness != y.Lateness || !slices.Equal(x.Totals, y.Totals) {
		return nil, false
	}
	if x.StartKey != y.StartKey || x.EndKey != y.EndKey || len(x.Keys) != len(y.Keys) || volatileAggs(x) || volatileAggs(y) {
		return nil, false
	}
	in, ok := unite(x.Input, y.Input)
	if !ok || !slices.Equal(moveCols(x.Keys, in.a), moveCols(y.Keys, in.b)) {
		return nil, false
	}
	aggs, ok := uniteAggs(shiftAggs(x.Aggs, in.a), shiftAggs(y.Aggs, in.b))
	if !ok {
		return nil, false
	}
	c := *x
	keys := len(x.Keys)
	c.Input, c.Keys, c.Aggs = in.node, moveCols(x.Keys, in.a), aggs.list
	c.S = &ir.Schema{Cols: slices.Clone(x.S.Cols)}
	u := &united{node: &c, a: identity(len(x.S.Cols)), b: identity(keys), wideA: map[int]*ir.AggCall{}, wideB: map[int]*ir.AggCall{}}
	for i, k := range aggs.b {
		u.b = append(u.b, keys+k)
		if keys+k == len(c.S.Cols) {
			c.S.Cols = append(c.S.Cols, y.S.Cols[keys+i])
		}
	}
	for i, a := range c.Aggs {
		c.S.Cols[keys+i].Name, c.S.Cols[keys+i].Type = a.Name, a.T
	}
	for _, i := range aggs.wideA {
		u.wideA[keys+i] = &x.Aggs[i]
	}
	for _, i := range aggs.wideB {
		u.wideB[keys+i] = &y.Aggs[i]
	}
	c.P, ok = u.props(x.P, y.P)
	return u, ok
}

func shiftAggs(aggs []ir.AggCall, to []int) []ir.AggCall {
	out, _ := mapAggs(aggs, func(e ir.Expr) ir.Expr { return ir.Shift(e, to) })
	return out
}
