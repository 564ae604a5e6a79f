package bind

import (
	"math"

	"github.com/helios-stream/helios/ir"
)

// timeTerm reads a column of time, or one and a constant distance: ts - INTERVAL '5' MINUTE.
func timeTerm(e ir.Expr) (col *ir.ColRef, distance int64, ok bool) {
	switch x := e.(type) {
	case *ir.ColRef:
		return x, 0, x.T.Kind.IsTimestamp()
	case *ir.Cast:
		if x.T.Kind.IsTimestamp() && x.X.Type().Kind == x.T.Kind && !x.Try && x.T.P >= x.X.Type().P { // no digit is cut off
			return timeTerm(x.X)
		}
	case *ir.Call:
		if len(x.Args) != 2 || x.Fn != "+" && x.Fn != "-" {
			return nil, 0, false
		}
		a, b := x.Args[0], x.Args[1]
		if _, isConst := a.(*ir.Const); isConst && x.Fn == "+" {
			a, b = b, a
		}
		span, isConst := b.(*ir.Const)
		if !isConst || span.T.Kind != ir.Interval {
			return nil, 0, false
		}
		us, isInt := span.V.(int64)
		col, distance, ok = timeTerm(a)
		if !ok || !isInt || us > ir.MaxSpan || us < -ir.MaxSpan {
			return nil, 0, false
		}
		if x.Fn == "-" {
			us = -us
		}
		distance += us
		return col, distance, distance <= ir.MaxSpan && distance >= -ir.MaxSpan
	}
	return nil, 0, false
}

// timeBounds is what conditions say of the distance between the times of two sides.
type timeBounds struct {
	left, right int // columns; right over those of its own side
	lo, hi      int64
	used        []bool // conditions that say nothing else
}

// timeBoundsOf finds columns of both sides whose distance conditions bound from both ends.
// ok is false where there are none.
func timeBoundsOf(conds []ir.Expr, left, right ir.Node) (timeBounds, bool) {
	width := len(left.Schema().Cols)
	type pair struct{ l, r int }
	found := map[pair]*timeBounds{}
	var order []pair
	for i, c := range conds {
		l, r, op, distance, ok := timeComparison(c, width)
		if !ok || !boundsTime(left, l.Index) || !boundsTime(right, r.Index-width) || isProcTime(left, l.Index) != isProcTime(right, r.Index-width) {
			continue
		}
		p := pair{l.Index, r.Index - width}
		t := found[p]
		if t == nil {
			t = &timeBounds{left: p.l, right: p.r, lo: math.MinInt64, hi: math.MaxInt64, used: make([]bool, len(conds))}
			found[p] = t
			order = append(order, p)
		}
		t.add(i, op, distance, l.T.Nanos() || r.T.Nanos())
	}
	for _, p := range order {
		if t := found[p]; t.lo != math.MinInt64 && t.hi != math.MaxInt64 {
			return *t, true
		}
	}
	return timeBounds{}, false
}

// add takes the condition i: left - right op distance. Of times in nanoseconds the condition
// stays beside the bound, which is of microseconds that are cut off.
func (t *timeBounds) add(i int, op string, distance int64, nanos bool) {
	step := int64(1)
	if nanos {
		step = 0
	}
	t.used[i] = !nanos
	slack := 1 - step
	switch op {
	case "=":
		t.lo, t.hi = max(t.lo, distance-slack), min(t.hi, distance+slack)
	case "<":
		t.hi = min(t.hi, distance-step+slack)
	case "<=":
		t.hi = min(t.hi, distance+slack)
	case ">":
		t.lo = max(t.lo, distance+step-slack)
	case ">=":
		t.lo = max(t.lo, distance-slack)
	}
}

// timeComparison reads a comparison of times of two sides as left - right op distance.
func timeComparison(e ir.Expr, width int) (l, r *ir.ColRef, op string, distance int64, ok bool) {
	c, isCall := e.(*ir.Call)
	if !isCall || len(c.Args) != 2 || mirrored[c.Fn] == "" {
		return nil, nil, "", 0, false
	}
	a, x, okA := timeTerm(c.Args[0])
	b, y, okB := timeTerm(c.Args[1])
	if !okA || !okB || a.T.Kind != b.T.Kind {
		return nil, nil, "", 0, false
	}
	l, r, op, distance = a, b, c.Fn, y-x
	if a.Index >= width {
		l, r, op, distance = b, a, mirrored[op], x-y
	}
	if l.Index >= width || r.Index < width {
		return nil, nil, "", 0, false
	}
	return l, r, op, distance, true
}

// boundsTime reports whether a row of n that is not late has a time in the column that is
// not behind the watermark: event time, or the end of its window.
func boundsTime(n ir.Node, col int) bool {
	p := n.Props()
	return p.IsTime(col) || isProcTime(n, col) || col >= 0 && (col == p.WindowEnd || col == p.WindowTime) && hasTimeWindows(n)
}
