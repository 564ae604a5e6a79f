package bind

import (
	"math"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// overFrame binds the frame of a call, and checks that the window has what the function
// needs.
func (b *binder) overFrame(c *overCall, w *ast.Window, x *ast.Call) bool {
	fn := c.call.Fn
	switch {
	case ir.NeedsOrder(fn) && len(c.order) == 0:
		b.err(diag.BadFrame, x.Over.Span(), "say in which order: OVER (... ORDER BY ts)", "%s goes by the order of the rows, and the window has none", fn)
		return false
	case !ir.HasFrame(fn) && w.Frame != nil:
		b.err(diag.BadFrame, w.Frame.Span(), "leave the frame out", "%s looks at all rows of the partition, not at those of a frame", fn)
		return false
	case !ir.HasFrame(fn):
		return true
	case w.Frame == nil:
		c.call.Frame = ir.DefaultFrame(len(c.order) > 0)
		return true
	}
	f := &ir.Frame{Rows: w.Frame.Rows}
	var ok bool
	if f.Start, ok = b.bound(c, w.Frame, w.Frame.Start); !ok {
		return false
	}
	if f.End, ok = b.bound(c, w.Frame, w.Frame.End); !ok {
		return false
	}
	if f.Start.Kind == ir.UnboundedFollowing || f.End.Kind == ir.UnboundedPreceding || f.Start.Kind > f.End.Kind {
		b.err(diag.BadFrame, w.Frame.Span(), "write the earlier end first: ROWS BETWEEN 2 PRECEDING AND CURRENT ROW", "the frame ends before it starts")
		return false
	}
	c.call.Frame = f
	return true
}

var boundKinds = map[ast.BoundKind]ir.BoundKind{
	ast.UnboundedPreceding: ir.UnboundedPreceding, ast.Preceding: ir.Preceding, ast.CurrentRow: ir.CurrentRow,
	ast.Following: ir.Following, ast.UnboundedFollowing: ir.UnboundedFollowing,
}

func (b *binder) bound(c *overCall, f *ast.Frame, x ast.Bound) (ir.FrameBound, bool) {
	out := ir.FrameBound{Kind: boundKinds[x.Kind]}
	if x.N == nil {
		return out, true
	}
	if !f.Rows && !b.rangeOrder(c, f) {
		return out, false
	}
	if col, ok := x.N.(*ast.ColumnRef); ok {
		b.err(diag.BadFrame, col.Span(), "write a number of rows, or a span of time", "a frame is bounded by a constant, and `%s` is a column", col)
		return out, false
	}
	eb := &exprBinder{b: b, scope: &scope{what: "a frame"}, noAggs: "a frame"}
	e := eb.bind(x.N)
	if e == nil {
		return out, false
	}
	unit, hint := "ROWS", "write a number of rows, as in ROWS 10 PRECEDING"
	want := e.Type().Kind.IsInteger()
	if !f.Rows {
		unit = "RANGE"
		t := c.order[0].expr.Type()
		hint = "write a whole number, as in RANGE 10 PRECEDING"
		if t.Kind.IsTimestamp() || t.Kind == ir.Interval {
			hint = "write a span of time, as in RANGE INTERVAL '1' MINUTE PRECEDING"
			want = e.Type().Kind == ir.Interval
		}
	}
	if !want {
		b.err(diag.BadFrame, x.N.Span(), hint, "%s cannot be bounded by a value of type %s here", unit, e.Type())
		return out, false
	}
	v, err := b.constant(e)
	n, isInt := v.(int64)
	if err != nil || !isInt || n < 0 || n > math.MaxInt64/2000 {
		b.err(diag.BadFrame, x.N.Span(), hint, "a frame is bounded by a constant that is not negative")
		return out, false
	}
	out.N = n
	return out, true
}

// rangeOrder refuses distances in an order that has none.
func (b *binder) rangeOrder(c *overCall, f *ast.Frame) bool {
	switch {
	case len(c.order) == 0:
		b.err(diag.BadFrame, f.Span(), "add ORDER BY, or count rows: ROWS", "RANGE goes by the value of the ORDER BY column, and the window has none")
	case len(c.order) > 1:
		b.err(diag.BadFrame, f.Span(), "order by one column, or count rows: ROWS", "RANGE goes by the value of one ORDER BY column, and the window has %d", len(c.order))
	case !ir.RangeColumn(c.order[0].expr.Type()):
		b.err(diag.BadFrame, f.Span(), "order by a time or a whole number, or count rows: ROWS", "RANGE cannot measure distances in a column of type %s", c.order[0].expr.Type())
	default:
		return true
	}
	return false
}
