package opt

import "github.com/helios-stream/helios/ir"

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
	width := len(w.Input.Schema().Cols)
	move, stay := splitPred(f.Pred, func(c ir.Expr) bool {
		return ir.RefersOnly(c, func(col int) bool { return col < width })
	})
	if len(move) == 0 {
		return n, false
	}
	return filterOver(w.WithInputs([]ir.Node{filterOver(w.Input, move)}), stay), true
}
