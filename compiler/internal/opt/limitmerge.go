package opt

import (
	"math"

	"github.com/helios-stream/helios/ir"
)

// mergeLimits makes one limit of two that follow each other.
func mergeLimits(_ *Ctx, n ir.Node) (ir.Node, bool) {
	upper, ok := n.(*ir.Limit)
	if !ok {
		return n, false
	}
	lower, ok := upper.Input.(*ir.Limit)
	if !ok || lower.Offset >= math.MaxInt64-upper.Offset {
		return n, false
	}
	count := upper.Count
	if lower.Count >= 0 {
		left := max(lower.Count-upper.Offset, 0)
		if count < 0 || left < count {
			count = left
		}
	}
	return &ir.Limit{Input: lower.Input, Count: count, Offset: lower.Offset + upper.Offset}, true
}
