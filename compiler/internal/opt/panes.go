package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// useWindowPanes turns a windowed Aggregate over a WindowTVF, with filters and
// projections between them, into a WindowAgg over the TVF's input. Conditions on the
// window's columns go above it (panelift.go). It cannot where something else between
// them computes with the window's columns.
//
// Of results that change it takes those that late rows correct, and those of EMIT EVERY
// whose rows are in several windows: where each is in one it would save nothing.
func useWindowPanes(_ *Ctx, n ir.Node) (ir.Node, bool) {
	switch x := n.(type) {
	case *ir.Aggregate:
		if x.Windowed() && x.Emit != ir.Changing {
			return onPanes(x)
		}
	case *ir.Coarsen:
		agg, ok := x.Input.(*ir.Aggregate)
		if !ok || !agg.Windowed() || agg.Emit != ir.Changing {
			return n, false
		}
		on, ok := onPanes(agg)
		if w, is := on.(*ir.WindowAgg); ok && is && w.Window.PerRow() > 1 {
			c := *x
			c.Input, c.By = w, keyColumns(w)
			return &c, true
		}
	}
	return n, false
}

// keyColumns are the columns of x that are keys of its rows: by them they go to tasks.
func keyColumns(x *ir.WindowAgg) []int {
	by := make([]int, len(x.Keys))
	for i, o := range x.Out {
		if o.Kind == ir.OutKey {
			by[o.Index] = i
		}
	}
	return by
}

// onPanes is useWindowPanes for the aggregate.
func onPanes(agg *ir.Aggregate) (ir.Node, bool) {
	u, ok := unwindow(agg.Input)
	if !ok || agg.Emit != ir.Once && (u.window.Keyed() || len(u.lifted) > 0 || u.window.Lateness != agg.Lateness) {
		return agg, false
	}
	out := &ir.WindowAgg{Input: u.node, TimeCol: u.timeCol, Window: u.window, Emit: agg.Emit, S: agg.S, P: agg.P}
	for _, k := range agg.Keys {
		if kind, isWindow := u.windowCol(k); isWindow {
			out.Out = append(out.Out, ir.WindowOut{Kind: kind})
			continue
		}
		out.Out = append(out.Out, ir.WindowOut{Kind: ir.OutKey, Index: len(out.Keys)})
		out.Keys = append(out.Keys, u.to[k])
	}
	if u.window.Keyed() && !sameColumns(out.Keys, u.keys) {
		return agg, false
	}
	for i, a := range agg.Aggs {
		for _, e := range a.Exprs() {
			if !u.plain(e) {
				return agg, false
			}
		}
		out.Out = append(out.Out, ir.WindowOut{Kind: ir.OutAgg, Index: i})
	}
	out.Aggs, _ = mapAggs(agg.Aggs, func(e ir.Expr) ir.Expr { return ir.Shift(e, u.to) })
	return u.lift(agg, out)
}

// unwindowed is a relation as it was before windows were assigned.
type unwindowed struct {
	node    ir.Node
	timeCol int
	window  ir.Window
	keys    []int // of keyed windows, in node
	to      []int // of each column of the windowed relation: its place in node, or a window column
	// lifted are conditions on the window's columns alone, which they call as to does.
	lifted []ir.Expr
	// mayFail: something that was not asked of rows without lifted fails for some.
	mayFail bool
}

// Places in unwindowed.to that are no column.
const (
	startCol = -1 - iota
	endCol
	timeCol
)

func (u *unwindowed) windowCol(col int) (ir.WindowOutKind, bool) {
	switch u.to[col] {
	case startCol:
		return ir.OutStart, true
	case endCol:
		return ir.OutEnd, true
	case timeCol:
		return ir.OutTime, true
	}
	return 0, false
}

// plain reports whether e uses none of the window's columns.
func (u *unwindowed) plain(e ir.Expr) bool {
	return ir.RefersOnly(e, func(c int) bool { return u.to[c] >= 0 })
}

// unwindow takes the WindowTVF out from under filters and projections.
func unwindow(n ir.Node) (*unwindowed, bool) {
	switch x := n.(type) {
	case *ir.WindowTVF:
		u := &unwindowed{node: x.Input, timeCol: x.TimeCol, window: x.Window, keys: x.Keys}
		for i := range x.Input.Schema().Cols {
			u.to = append(u.to, i)
		}
		u.to = append(u.to, startCol, endCol, timeCol)
		return u, true
	case *ir.Filter:
		u, ok := unwindow(x.Input)
		if !ok {
			return nil, false
		}
		return u.filter(x)
	case *ir.Project:
		u, ok := unwindow(x.Input)
		if !ok {
			return nil, false
		}
		return u.project(x)
	case *ir.Expand:
		u, ok := unwindow(x.Input)
		if !ok {
			return nil, false
		}
		return u.expand(x)
	}
	return nil, false
}

// project puts x over u without the window's columns, and with the time column.
func (u *unwindowed) project(x *ir.Project) (*unwindowed, bool) {
	p := &ir.Project{Input: u.node, S: &ir.Schema{}, P: ir.NoProps}
	p.P.Bounded, p.P.Updating = x.P.Bounded, x.P.Updating
	to := make([]int, len(x.Exprs))
	for i, e := range x.Exprs {
		ref, isRef := e.(*ir.ColRef)
		switch {
		case isRef && u.to[ref.Index] < 0:
			to[i] = u.to[ref.Index]
			continue
		case !u.plain(e), u.window.Keyed() && ir.MayFail(e):
			return nil, false // below sessions it would see late rows
		}
		to[i] = len(p.Exprs)
		u.mayFail = u.mayFail || ir.MayFail(e)
		if isRef && u.to[ref.Index] == u.timeCol && p.P.TimeCol < 0 {
			p.P.TimeCol = to[i]
		}
		p.Exprs = append(p.Exprs, ir.Shift(e, u.to))
		p.S.Cols = append(p.S.Cols, x.S.Cols[i])
	}
	if p.P.TimeCol < 0 {
		c := u.node.Schema().Cols[u.timeCol]
		p.P.TimeCol = len(p.Exprs)
		p.Exprs = append(p.Exprs, &ir.ColRef{Index: u.timeCol, Name: c.Name, T: c.Type})
		p.S.Cols = append(p.S.Cols, c)
	}
	out := *u
	out.node, out.timeCol, out.to, out.keys = p, p.P.TimeCol, to, nil
	for _, k := range u.keys {
		at := slices.IndexFunc(p.Exprs, func(e ir.Expr) bool {
			ref, ok := e.(*ir.ColRef)
			return ok && ref.Index == k
		})
		if at < 0 {
			return nil, false // no group has the windows' keys
		}
		out.keys = append(out.keys, at)
	}
	return &out, true
}

// expand puts x over u, and below it what drops rows that are late for all of their windows:
// a row is late once, not once for each set.
func (u *unwindowed) expand(x *ir.Expand) (*unwindowed, bool) {
	if u.window.Keyed() || slices.ContainsFunc(x.Keys, func(k int) bool { return u.to[k] < 0 }) {
		return nil, false
	}
	window := u.window
	in := &ir.LateRows{Input: u.node, TimeCol: u.timeCol, Window: &window, Rest: true}
	c := *x
	c.Input, c.Keys = in, moveCols(x.Keys, u.to)
	c.S, c.P = ir.ExpandSchema(in.Schema(), c.Keys), *in.Props()
	out := *u
	out.node, out.to = &c, slices.Clone(u.to)
	for i := range len(x.Keys) + 1 {
		out.to = append(out.to, len(in.Schema().Cols)+i)
	}
	return &out, true
}

// sameColumns reports whether two lists name the same columns, in any order.
func sameColumns(a, b []int) bool {
	in := func(list []int) func(int) bool {
		return func(x int) bool { return !slices.Contains(list, x) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}
