package bind

import "github.com/helios-stream/helios/ir"

// projectProps carries event time and window columns through a projection: a
// column that is passed on as it is keeps what it is, whatever its name.
func projectProps(in *ir.Props, exprs []ir.Expr) ir.Props {
	out := ir.NoProps
	out.Bounded, out.Updating = in.Bounded, in.Updating
	for i, e := range exprs {
		c, ok := e.(*ir.ColRef)
		if !ok {
			continue
		}
		takeProp(&out.TimeCol, in.TimeCol, c.Index, i)
		takeProp(&out.OtherTime, in.OtherTime, c.Index, i)
		takeProp(&out.WindowStart, in.WindowStart, c.Index, i)
		takeProp(&out.WindowEnd, in.WindowEnd, c.Index, i)
		takeProp(&out.WindowTime, in.WindowTime, c.Index, i)
	}
	out.Settle()
	return out
}

// takeProp sets a property to the first column that passes on the one it names.
func takeProp(out *int, in, from, to int) {
	if *out < 0 && in >= 0 && in == from {
		*out = to
	}
}

// project puts a projection over n.
func project(n ir.Node, exprs []ir.Expr, names []string) *ir.Project {
	p := &ir.Project{Input: n, Exprs: exprs, S: &ir.Schema{}, P: projectProps(n.Props(), exprs)}
	in := n.Schema()
	for i, e := range exprs {
		p.S.Cols = append(p.S.Cols, ir.Column{Name: names[i], Type: e.Type(), NotNull: neverNull(e, in)})
	}
	return p
}

// rename gives the columns of n other names and an order, inside of a projection
// that makes them where there is one.
func rename(n ir.Node, exprs []ir.Expr, names []string) ir.Node {
	if p, ok := n.(*ir.Project); ok {
		inner := make([]ir.Expr, len(exprs))
		for i, e := range exprs {
			inner[i] = ir.Substitute(e, p.Exprs)
		}
		return project(p.Input, inner, names)
	}
	return project(n, exprs, names)
}

// neverNull reports whether e is known not to be NULL.
func neverNull(e ir.Expr, in *ir.Schema) bool {
	switch x := e.(type) {
	case *ir.ColRef:
		return in.Cols[x.Index].NotNull
	case *ir.Const:
		return x.V != nil
	}
	return false
}

// watermarkOver names column col of n as event time. The order of rows is that of
// source partitions, so a union takes the watermark in each of its inputs.
func watermarkOver(n ir.Node, col int, lag int64, drop bool) ir.Node {
	if u, ok := n.(*ir.Union); ok {
		c := *u
		c.In = make([]ir.Node, len(u.In))
		for i, in := range u.In {
			c.In[i] = watermarkOver(in, col, lag, drop)
		}
		c.P.TimeCol = col
		return &c
	}
	w := &ir.Watermark{Input: n, TimeCol: col, Lag: lag, Drop: drop, P: *n.Props()}
	w.P.TimeCol = col
	return w
}

// hasSourceOrder reports whether the rows of n are those of scans, in their order.
func hasSourceOrder(n ir.Node) bool {
	switch x := n.(type) {
	case *ir.Scan, *ir.Values:
		return true
	case *ir.WindowTVF:
		return !x.Window.Keyed() && hasSourceOrder(x.Input) && !isUnion(x.Input)
	case *ir.Filter, *ir.Project, *ir.Watermark, *ir.LateRows, *ir.Limit, *ir.Unnest:
		return hasSourceOrder(n.Inputs()[0]) && !isUnion(n.Inputs()[0])
	case *ir.Union:
		for _, in := range x.In {
			if !hasSourceOrder(in) {
				return false
			}
		}
		return true
	}
	return false
}

func isUnion(n ir.Node) bool {
	_, ok := n.(*ir.Union)
	return ok
}

// scans calls f for every scan below n.
func scans(n ir.Node, f func(*ir.Scan)) {
	if s, ok := n.(*ir.Scan); ok {
		f(s)
	}
	for _, in := range n.Inputs() {
		scans(in, f)
	}
}

// hasWatermark reports whether some event time is named below n.
func hasWatermark(n ir.Node) bool {
	if _, ok := n.(*ir.Watermark); ok {
		return true
	}
	for _, in := range n.Inputs() {
		if hasWatermark(in) {
			return true
		}
	}
	return false
}
