package opt

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// removeDuplicateConditions leaves out conditions that an earlier one of the same
// filter, or a filter directly below it, has made sure of.
func removeDuplicateConditions(_ *Ctx, n ir.Node) (ir.Node, bool) {
	f, ok := n.(*ir.Filter)
	if !ok {
		return n, false
	}
	var known []ir.Expr
	for in := f.Input; ; {
		below, ok := in.(*ir.Filter)
		if !ok {
			break
		}
		known, in = append(known, ir.Conjuncts(below.Pred)...), below.Input
	}
	var rest []ir.Expr
	list := ir.Conjuncts(f.Pred)
	for _, c := range list {
		same := func(k ir.Expr) bool { return ir.EqualExpr(k, c) }
		if ir.IsVolatile(c) || !slices.ContainsFunc(known, same) {
			rest, known = append(rest, c), append(known, c)
		}
	}
	if len(rest) == len(list) {
		return n, false
	}
	return filterOver(f.Input, rest), true
}
