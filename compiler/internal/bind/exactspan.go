package bind

import (
	"math"

	"github.com/helios-stream/helios/ir"
)

// An INTERVAL is of microseconds, and the difference of times in nanoseconds is rounded down to
// them. So a - b >= i and a - b < i are what they are of the exact difference; the other
// comparisons are written so that they are, too: a - b > i is b - a < -i.

// exactSpans is a comparison of the difference of times, or of its ABS, with an interval where it
// has to be written in another way; nil: it is fine as it stands.
func exactSpans(op string, l, r ir.Expr) ir.Expr {
	if l.Type().Kind != ir.Interval || r.Type().Kind != ir.Interval {
		return nil
	}
	if !isDistance(l) && !isDistance(r) {
		return nil
	}
	if isDistance(r) {
		if isDistance(l) || mirrored[op] == "" && op != "<>" && len(op) <= 2 {
			return nil
		}
		l, r = r, l
		if m := mirrored[op]; m != "" {
			op = m
		}
	}
	if c := l.(*ir.Call); c.Fn == "ABS" {
		return absSpan(op, c.Args[0], r)
	}
	d, op, r := difference(l, op, r)
	if !hasExactSpan(d) || d == l && (op == ">=" || op == "<") {
		return nil
	}
	return exactSpan(op, d.(*ir.Call), r)
}

// exactSpan is d op r for the difference d of times.
func exactSpan(op string, d *ir.Call, r ir.Expr) ir.Expr {
	turned := &ir.Call{Fn: "-", Args: []ir.Expr{d.Args[1], d.Args[0]}, T: d.T, At: d.At}
	least := func() ir.Expr { return spanCall(">=", d, r) }
	most := func() ir.Expr { return spanCall(">=", turned, minus(r)) }
	switch op {
	case ">=", "<":
		return spanCall(op, d, r)
	case "<=":
		return most()
	case ">":
		return spanCall("<", turned, minus(r))
	case "=":
		return ir.And([]ir.Expr{least(), most()})
	case "<>":
		return oneOf(spanCall("<", d, r), spanCall("<", turned, minus(r)))
	}
	c, ok := r.(*ir.Const)
	if !ok || c.V == nil {
		return nil // IS DISTINCT FROM what may be NULL: of the difference as it is shown
	}
	test := "IS TRUE"
	if op == "IS DISTINCT FROM" {
		test = "IS NOT TRUE"
	}
	return &ir.Call{Fn: test, Args: []ir.Expr{ir.And([]ir.Expr{least(), most()})}, T: ir.TBoolean}
}

// absSpan is ABS(x) op r as bounds of x from both ends, which joins look for, too.
func absSpan(op string, x, r ir.Expr) ir.Expr {
	compare := func(op string, r ir.Expr) ir.Expr {
		if e := exactSpans(op, x, r); e != nil {
			return e
		}
		return spanCall(op, x, r)
	}
	switch op {
	case "<", "<=":
		return ir.And([]ir.Expr{compare(op, r), compare(mirrored[op], minus(r))})
	case ">", ">=":
		return oneOf(compare(op, r), compare(mirrored[op], minus(r)))
	}
	return nil
}

// difference takes apart what is a difference of times and intervals that are added to it: the
// difference, and the comparison that is left for it.
func difference(l ir.Expr, op string, r ir.Expr) (d ir.Expr, o string, with ir.Expr) {
	c := l.(*ir.Call)
	turn := func() string {
		if m := mirrored[op]; m != "" {
			return m
		}
		return op
	}
	switch {
	case c.Fn == "NEG":
		return difference(c.Args[0], turn(), minus(r))
	case c.Fn == "+" && isDistance(c.Args[0]) && !isDistance(c.Args[1]):
		return difference(c.Args[0], op, spanOf("-", r, c.Args[1]))
	case c.Fn == "+" && isDistance(c.Args[1]) && !isDistance(c.Args[0]):
		return difference(c.Args[1], op, spanOf("-", r, c.Args[0]))
	case c.Fn == "-" && isDistance(c.Args[0]) && !isDistance(c.Args[1]) && c.Args[0].Type().Kind == ir.Interval:
		return difference(c.Args[0], op, spanOf("+", r, c.Args[1]))
	case c.Fn == "-" && isDistance(c.Args[1]) && !isDistance(c.Args[0]) && c.Args[1].Type().Kind == ir.Interval:
		return difference(c.Args[1], turn(), spanOf("-", c.Args[0], r))
	}
	return l, op, r
}

// isDistance reports whether e is the difference of two times, with intervals added or as ABS.
func isDistance(e ir.Expr) bool {
	c, ok := e.(*ir.Call)
	if !ok || c.T.Kind != ir.Interval {
		return false
	}
	switch {
	case c.Fn == "-" && c.Args[0].Type().Kind.IsTimestamp() && c.Args[1].Type().Kind.IsTimestamp():
		return true
	case c.Fn == "+" || c.Fn == "-" && c.Args[0].Type().Kind == ir.Interval && c.Args[1].Type().Kind == ir.Interval:
		return isDistance(c.Args[0]) || isDistance(c.Args[1])
	}
	return (c.Fn == "NEG" || c.Fn == "ABS") && isDistance(c.Args[0])
}

// hasExactSpan reports whether e is the difference of two times of which one is in nanoseconds.
func hasExactSpan(e ir.Expr) bool {
	c, ok := e.(*ir.Call)
	return ok && c.Fn == "-" && len(c.Args) == 2 && c.T.Kind == ir.Interval && (c.Args[0].Type().Nanos() || c.Args[1].Type().Nanos())
}

func spanCall(op string, l, r ir.Expr) ir.Expr {
	return &ir.Call{Fn: op, Args: []ir.Expr{l, r}, T: ir.TBoolean}
}

// spanOf is a sum or difference of two intervals, computed where both are constants.
func spanOf(op string, l, r ir.Expr) ir.Expr {
	x, xok := spanConst(l)
	y, yok := spanConst(r)
	if xok && yok {
		if op == "-" {
			y = -y
		}
		return &ir.Const{V: x + y, T: ir.TInterval}
	}
	return &ir.Call{Fn: op, Args: []ir.Expr{l, r}, T: ir.TInterval}
}

// minus is an interval with the other sign.
func minus(e ir.Expr) ir.Expr {
	if n, ok := spanConst(e); ok {
		return &ir.Const{V: -n, T: ir.TInterval}
	}
	if c, ok := e.(*ir.Call); ok && c.Fn == "NEG" {
		return c.Args[0]
	}
	return &ir.Call{Fn: "NEG", Args: []ir.Expr{e}, T: ir.TInterval}
}

// spanConst is an interval that is a constant, and far from what 64 bits hold.
func spanConst(e ir.Expr) (int64, bool) {
	c, ok := e.(*ir.Const)
	if !ok {
		return 0, false
	}
	n, ok := c.V.(int64)
	return n, ok && n < math.MaxInt64/4 && n > -math.MaxInt64/4
}

func oneOf(x, y ir.Expr) ir.Expr {
	return &ir.Call{Fn: "OR", Args: []ir.Expr{x, y}, T: ir.TBoolean}
}
