package opt

import "github.com/helios-stream/helios/ir"

// filterTimeForWindow replaces conditions on the columns of windows that rows are in
// one of at most by those on event time that hold for the same rows: TUMBLE's
// window_start >= x is ts >= the first start from x on. So a filter on windows hinders
// neither panes nor terms of scans.
func filterTimeForWindow(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	w, ok := f.Input.(*ir.WindowTVF)
	if !ok || w.Window.PerRow() != 1 {
		return n, false
	}
	width := len(w.Input.Schema().Cols)
	t := windowTimes{w.Window, columnOf(w.Input, w.TimeCol), func(col int) (ir.WindowOutKind, bool) {
		return windowOut[max(col-width, 0)], col >= width
	}}
	var move, stay []ir.Expr
	for _, c := range ir.Conjuncts(f.Pred) {
		if on, ok := t.of(c); ok {
			move = append(move, on...)
		} else {
			stay = append(stay, c)
		}
	}
	if len(move) == 0 {
		return n, false
	}
	return filterOver(w.WithInputs([]ir.Node{filterOver(w.Input, move)}), stay), true
}

// windowOut is the columns that a window function adds, in order.
var windowOut = [...]ir.WindowOutKind{ir.OutStart, ir.OutEnd, ir.OutTime}

func columnOf(n ir.Node, col int) *ir.ColRef {
	c := n.Schema().Cols[col]
	return &ir.ColRef{Index: col, Name: c.Name, T: c.Type}
}

// windowTimes turns conditions on the columns of windows into those on event time.
type windowTimes struct {
	window ir.Window
	time   *ir.ColRef
	// kind says which column of the window a column is, if any.
	kind func(col int) (ir.WindowOutKind, bool)
}

// maxBoundary bounds the times that are computed with, so that no sum overflows.
const maxBoundary = 1 << 60

// of returns what a comparison of a column of windows with a constant says of the
// event time of rows: they are true for all rows of the windows for which c is, and
// where rows are in one window at most, for no others. ok is false where c is
// anything else. Neither can fail, nor be NULL.
func (w *windowTimes) of(c ir.Expr) (list []ir.Expr, ok bool) {
	call, ok := c.(*ir.Call)
	if !ok || w.window.Kind != ir.Tumble && w.window.Kind != ir.Hop || w.window.Zone != "" {
		return nil, false
	}
	switch call.Fn {
	case "=", "<", "<=", ">", ">=":
	default:
		return nil, false
	}
	t, ok := callTerm(call)
	if !ok {
		return nil, false
	}
	start, ok := w.startOf(&t)
	if !ok {
		return nil, false
	}
	g := w.window
	first := w.floor(start) // the last start up to the constant
	switch t.Op {
	case ir.TermGreater:
		return []ir.Expr{w.compare(">=", first+g.Slide)}, true
	case ir.TermLessEqual:
		return []ir.Expr{w.compare("<", first+g.Size)}, true
	case ir.TermGreaterEqual:
		return []ir.Expr{w.compare(">=", w.floor(start+g.Slide-1))}, true
	case ir.TermLess:
		return []ir.Expr{w.compare("<", w.floor(start-1)+g.Size)}, true
	}
	if first != start {
		return []ir.Expr{boolConst(false)}, true
	}
	return []ir.Expr{w.compare(">=", start), w.compare("<", start+g.Size)}, true
}

// startOf is what the term compares window_start with, in microseconds.
func (w *windowTimes) startOf(t *ir.ScanTerm) (int64, bool) {
	kind, ok := w.kind(t.Col)
	if !ok || !t.T.Kind.IsTimestamp() || !t.T.Equal(w.time.T) || t.T.P > 6 {
		return 0, false
	}
	unit := int64(1) // what times of the column are multiples of
	for range 6 - t.T.P {
		unit *= 10
	}
	g := w.window
	at, ok := t.Values[0].(int64)
	if !ok || at > maxBoundary || at < -maxBoundary || g.Size%unit != 0 || g.Slide%unit != 0 || g.Offset%unit != 0 {
		return 0, false
	}
	switch kind {
	case ir.OutEnd:
		at -= g.Size
	case ir.OutTime:
		at -= g.Size - unit
	}
	return at, true
}

// floor is the last start of a window that is not after t.
func (w *windowTimes) floor(t int64) int64 {
	m := (t - w.window.Offset) % w.window.Slide
	if m < 0 {
		m += w.window.Slide
	}
	return t - m
}

func (w *windowTimes) compare(op string, t int64) ir.Expr {
	return &ir.Call{Fn: op, Args: []ir.Expr{w.time, &ir.Const{V: t, T: w.time.T}}, T: ir.TBoolean}
}
