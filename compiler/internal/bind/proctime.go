package bind

import "github.com/helios-stream/helios/ir"

// processed makes column col the event time of r where it is PROCTIME(), computed in the
// query or by its table: rows are then in windows of the clock.
func processed(r *relation, col int) *relation {
	if !isProcTime(r.node, col) {
		return r
	}
	n := &ir.ProcTime{Input: r.node, TimeCol: col, P: *r.node.Props()}
	n.P.TimeCol = col
	out := *r
	out.node = n
	return &out
}

// isProcTime reports whether column col of n is PROCTIME().
func isProcTime(n ir.Node, col int) bool {
	switch x := n.(type) {
	case *ir.Project:
		if ref, ok := x.Exprs[col].(*ir.ColRef); ok {
			return isProcTime(x.Input, ref.Index)
		}
		return isClock(x.Exprs[col])
	case *ir.Scan:
		e := x.Table.Cols[x.Cols[col]].Expr
		return e != nil && isClock(e)
	case *ir.Filter, *ir.Watermark, *ir.Limit:
		return isProcTime(n.Inputs()[0], col)
	case *ir.Unnest:
		return x.Cols[col] < len(x.Input.Schema().Cols) && isProcTime(x.Input, x.Cols[col])
	case *ir.Union:
		for _, in := range x.In {
			if !isProcTime(in, col) {
				return false
			}
		}
		return true
	}
	return false
}

func isClock(e ir.Expr) bool {
	c, ok := e.(*ir.Call)
	return ok && c.Fn == "PROCTIME"
}
