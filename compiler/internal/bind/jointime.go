package bind

import (
	"math"

	"github.com/helios-stream/helios/ir"
)

// timeBounds is what conditions say of the distance between the times of two sides.
type timeBounds struct {
	left, right int // columns; right over those of its own side
	lo, hi      int64
	used        []bool // conditions that say nothing else
	never       bool   // they contradict each other
}

// timeBoundsOf finds columns of both sides whose distance conditions bound from both ends.
// ok is false where there are none.
func timeBoundsOf(conds []ir.Expr, left, right ir.Node) (timeBounds, bool) {
	width := len(left.Schema().Cols)
	type pair struct{ l, r int }
	found := map[pair]*timeBounds{}
	var order []pair
	for i, c := range conds {
		for _, x := range timeComparisons(c, width) {
			p := pair{x.left.Index, x.right.Index - width}
			if !boundsTime(left, p.l) || !boundsTime(right, p.r) || isProcTime(left, p.l) != isProcTime(right, p.r) {
				continue
			}
			t := found[p]
			if t == nil {
				t = &timeBounds{left: p.l, right: p.r, lo: math.MinInt64, hi: math.MaxInt64, used: make([]bool, len(conds))}
				found[p] = t
				order = append(order, p)
			}
			t.add(i, x)
		}
	}
	for _, p := range order {
		if t := found[p]; t.lo != math.MinInt64 && t.hi != math.MaxInt64 {
			t.settle()
			return *t, true
		}
	}
	return timeBounds{}, false
}

// add takes what the condition i says. Of times in nanoseconds the condition stays beside the
// bound, which is of microseconds that are cut off.
func (t *timeBounds) add(i int, x timeComparison) {
	nanos := x.left.T.Nanos() || x.right.T.Nanos()
	step := int64(1)
	if nanos {
		step = 0
	}
	t.used[i] = x.exact && !nanos
	slack := 1 - step
	if nanos && !x.exact {
		slack = 8 // each of up to as many differences is rounded down
	}
	switch x.op {
	case "=":
		t.lo, t.hi = max(t.lo, x.distance-slack), min(t.hi, x.distance+slack)
	case "<":
		t.hi = min(t.hi, x.distance-step+slack)
	case "<=":
		t.hi = min(t.hi, x.distance+slack)
	case ">":
		t.lo = max(t.lo, x.distance+step-slack)
	case ">=":
		t.lo = max(t.lo, x.distance-slack)
	}
}

// settle has bounds that no distance is between be those of one distance, beside the conditions,
// which leave that out, too.
func (t *timeBounds) settle() {
	if t.lo > t.hi {
		t.never, t.hi = true, t.lo
		clear(t.used)
	}
}

// boundsTime reports whether a row of n that is not late has a time in the column that is
// not behind the watermark: event time, or the end of its window.
func boundsTime(n ir.Node, col int) bool {
	p := n.Props()
	return p.IsTime(col) || isProcTime(n, col) || col >= 0 && (col == p.WindowEnd || col == p.WindowTime) && hasTimeWindows(n)
}
