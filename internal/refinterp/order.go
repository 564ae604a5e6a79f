package refinterp

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// sorted orders rows; those that are equal stay as they are. By time it drops those that
// came behind the watermark: before, they have been waiting for it.
func (r *runner) sorted(n *ir.Sort, in []row) []row {
	var out []row
	for _, x := range in {
		if n.ByTime && r.isBehind(x, n) {
			r.late++
			continue
		}
		out = append(out, x)
	}
	s := n.Schema()
	slices.SortStableFunc(out, func(a, b row) int { return compareOrder(a.vals, b.vals, n.Order, s) })
	return out
}

// isBehind reports whether the watermark had passed a row when it came.
func (r *runner) isBehind(x row, n *ir.Sort) bool {
	t, _ := x.vals[n.Order[0].Col].(int64)
	if n.Schema().Cols[n.Order[0].Col].Type.Nanos() {
		t = floorDiv(t, 1000)
	}
	return x.wm != ir.MinMicros && t+n.Lead <= int64(x.wm)
}
