package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// A filter is never moved below an ir.Watermark: there it would hide rows from
// the watermark.

// mergeFilters joins a filter with the one below it. AND evaluates its right side
// also where the left one is NULL, so a condition that may fail stays by itself.
func mergeFilters(_ *Ctx, n ir.Node) (ir.Node, bool) {
	upper, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	lower, ok := upper.Input.(*ir.Filter)
	if !ok || ir.MayFail(upper.Pred) {
		return n, false
	}
	return &ir.Filter{Input: lower.Input, Pred: ir.And([]ir.Expr{lower.Pred, upper.Pred})}, true
}

// splitPred divides pred into the conjuncts that can move below what is under the
// filter and those that stay. One that may fail is not moved in front of one that
// stays: it would then see rows that it does not see now.
func splitPred(pred ir.Expr, movable func(ir.Expr) bool) (move, stay []ir.Expr) {
	for _, c := range ir.Conjuncts(pred) {
		if movable(c) && !ir.IsVolatile(c) && (len(stay) == 0 || !ir.MayFail(c)) {
			move = append(move, c)
		} else {
			stay = append(stay, c)
		}
	}
	return move, stay
}

// filterOver puts the conjuncts, if any, over n.
func filterOver(n ir.Node, list []ir.Expr) ir.Node {
	if len(list) == 0 {
		return n
	}
	return &ir.Filter{Input: n, Pred: ir.And(list)}
}

// maxPushed is the most parts that a condition may have after its columns are
// replaced by their expressions: a larger one would be computed twice at a price.
const maxPushed = 24

func pushFilterThroughProject(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	p, ok := f.Input.(*ir.Project)
	if !ok || anyVolatile(p.Exprs) {
		return n, false
	}
	move, stay := splitPred(f.Pred, func(c ir.Expr) bool {
		return substitutedSize(c, p.Exprs) <= max(maxPushed, size(c))
	})
	if len(move) == 0 {
		return n, false
	}
	for i, c := range move {
		move[i] = ir.Substitute(c, p.Exprs)
	}
	lower := p.WithInputs([]ir.Node{filterOver(p.Input, move)})
	return filterOver(lower, stay), true
}

func pushFilterThroughUnion(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	u, ok := f.Input.(*ir.Union)
	if !ok {
		return n, false
	}
	in := make([]ir.Node, len(u.In))
	for i, k := range u.In {
		in[i] = &ir.Filter{Input: k, Pred: f.Pred}
	}
	return u.WithInputs(in), true
}

func pushFilterBelowWindowTVF(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	w, ok := f.Input.(*ir.WindowTVF)
	if !ok {
		return n, false
	}
	move, stay := splitPred(f.Pred, func(c ir.Expr) bool { return goesBelow(w, c) })
	if len(move) == 0 {
		return n, false
	}
	return filterOver(w.WithInputs([]ir.Node{filterOver(w.Input, move)}), stay), true
}

// pushFilterBelowExpand filters rows before they are repeated for grouping sets, by
// conditions on the columns that all copies of a row share.
func pushFilterBelowExpand(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	x, ok := f.Input.(*ir.Expand)
	if !ok {
		return n, false
	}
	width := len(x.Input.Schema().Cols)
	move, stay := splitPred(f.Pred, func(c ir.Expr) bool {
		return ir.RefersOnly(c, func(col int) bool { return col < width })
	})
	if len(move) == 0 {
		return n, false
	}
	return filterOver(x.WithInputs([]ir.Node{filterOver(x.Input, move)}), stay), true
}

// goesBelow reports whether a condition on the rows of a window function can be asked
// before windows are assigned. Rows make the windows of the others with their key, so
// that a condition must hold for all of them or for none; and one that may fail would see
// rows that come too late for a session.
func goesBelow(w *ir.WindowTVF, c ir.Expr) bool {
	if !ir.RefersOnly(c, belowWindow(w)) {
		return false
	}
	return !w.Window.Keyed() || !ir.MayFail(c) && !ir.IsVolatile(c) && !ir.RefersOnly(c, func(int) bool { return false })
}

// belowWindow says which columns of a window function's rows decide alike for all rows
// of a window: those of its input, and where windows depend on other rows its keys.
func belowWindow(w *ir.WindowTVF) func(col int) bool {
	in := w.Input.Schema()
	if !w.Window.Keyed() {
		return func(col int) bool { return col < len(in.Cols) }
	}
	return func(col int) bool {
		return w.Window.Max == 0 && slices.Contains(w.Keys, col) && isExact(in.Cols[col].Type)
	}
}
