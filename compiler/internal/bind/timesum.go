package bind

import (
	"slices"

	"github.com/helios-stream/helios/ir"
)

// timeSum is a time or a distance of times as a sum: columns that are added, columns that are
// taken away, and a constant span in microseconds.
type timeSum struct {
	plus, minus []*ir.ColRef
	span        int64
}

// and is s + t, or s - t.
func (s timeSum) and(t timeSum, minus bool) timeSum {
	if minus {
		t.plus, t.minus, t.span = t.minus, t.plus, -t.span
	}
	return timeSum{slices.Concat(s.plus, t.plus), slices.Concat(s.minus, t.minus), s.span + t.span}
}

// fits reports whether spans stay far from what 64 bits hold.
func (s timeSum) fits() bool {
	return s.span <= ir.MaxSpan && s.span >= -ir.MaxSpan && len(s.plus)+len(s.minus) <= 8
}

// timeSumOf reads sums of times and constant spans: ts - INTERVAL '5' MINUTE, a.ts - b.ts,
// TIMESTAMPADD(MINUTE, 5, ts).
func timeSumOf(e ir.Expr) (s timeSum, ok bool) {
	switch x := e.(type) {
	case *ir.ColRef:
		return timeSum{plus: []*ir.ColRef{x}}, x.T.Kind.IsTimestamp()
	case *ir.Const:
		us, isInt := x.V.(int64)
		s = timeSum{span: us}
		return s, isInt && x.T.Kind == ir.Interval && s.fits()
	case *ir.Cast:
		if x.T.Kind.IsTimestamp() && x.X.Type().Kind == x.T.Kind && !x.Try && x.T.P >= x.X.Type().P { // no digit is cut off
			return timeSumOf(x.X)
		}
	case *ir.Call:
		return timeSumOfCall(x)
	}
	return timeSum{}, false
}

func timeSumOfCall(x *ir.Call) (timeSum, bool) {
	switch {
	case x.Fn == "*" && len(x.Args) == 2:
		n, isInt := constInt(x.Args[0])
		span, isSpan := timeSumOf(x.Args[1])
		if !isInt {
			n, isInt = constInt(x.Args[1])
			span, isSpan = timeSumOf(x.Args[0])
		}
		if !isInt || !isSpan || len(span.plus)+len(span.minus) > 0 || n > ir.MaxSpan || n < -ir.MaxSpan {
			return timeSum{}, false
		}
		hi := float64(n) * float64(span.span)
		return timeSum{span: n * span.span}, hi <= float64(ir.MaxSpan) && hi >= -float64(ir.MaxSpan)
	case x.Fn == "NEG" && len(x.Args) == 1:
		s, ok := timeSumOf(x.Args[0])
		return timeSum{}.and(s, true), ok && x.T.Kind == ir.Interval
	case (x.Fn == "+" || x.Fn == "-") && len(x.Args) == 2:
		a, okA := timeSumOf(x.Args[0])
		b, okB := timeSumOf(x.Args[1])
		if !okA || !okB {
			return timeSum{}, false
		}
		s := a.and(b, x.Fn == "-")
		return s, s.fits()
	}
	return timeSum{}, false
}

func constInt(e ir.Expr) (int64, bool) {
	for {
		c, isCast := e.(*ir.Cast)
		if !isCast || !c.T.Kind.IsInteger() || !c.X.Type().Kind.IsInteger() {
			break
		}
		e = c.X
	}
	c, ok := e.(*ir.Const)
	if !ok {
		return 0, false
	}
	n, ok := c.V.(int64)
	return n, ok && c.T.Kind.IsInteger()
}

// timeComparison is what a condition says of the distance of two times: left - right op distance,
// right over the columns of both sides. Unless exact, it says more than that.
type timeComparison struct {
	left, right *ir.ColRef
	op          string
	distance    int64
	exact       bool
}

// timeComparisons reads a condition on times of two sides, the left one of so many columns.
func timeComparisons(e ir.Expr, width int) []timeComparison {
	c, isCall := e.(*ir.Call)
	if !isCall || len(c.Args) != 2 || mirrored[c.Fn] == "" {
		return nil
	}
	if a, ok := timeSumOf(c.Args[0]); ok {
		b, ok := timeSumOf(c.Args[1])
		if !ok {
			return nil
		}
		t, ok := a.and(b, true).compared(c.Fn, width)
		if !ok {
			return nil
		}
		return []timeComparison{t}
	}
	if n, ok := constInt(c.Args[1]); ok {
		return wholeUnits(c.Args[0], c.Fn, n, width)
	}
	if n, ok := constInt(c.Args[0]); ok {
		return wholeUnits(c.Args[1], mirrored[c.Fn], n, width)
	}
	return nil
}

// compared reads s op 0.
func (s timeSum) compared(op string, width int) (timeComparison, bool) {
	for _, p := range s.plus { // what is added and taken away is not there
		if i := slices.IndexFunc(s.minus, func(m *ir.ColRef) bool { return m.Index == p.Index }); i >= 0 {
			at := slices.Index(s.plus, p)
			t, ok := timeSum{slices.Concat(s.plus[:at], s.plus[at+1:]), slices.Concat(s.minus[:i], s.minus[i+1:]), s.span}.compared(op, width)
			t.exact = false // it may be NULL
			return t, ok
		}
	}
	if len(s.plus) != 1 || len(s.minus) != 1 || s.plus[0].T.Kind != s.minus[0].T.Kind || !s.fits() {
		return timeComparison{}, false
	}
	t := timeComparison{left: s.plus[0], right: s.minus[0], op: op, distance: -s.span, exact: true}
	if t.left.Index >= width {
		t.left, t.right, t.op, t.distance = t.right, t.left, mirrored[op], s.span
	}
	return t, t.left.Index < width && t.right.Index >= width
}

// unitSpans are the units of TIMESTAMPDIFF that are always as long.
var unitSpans = map[string]int64{"MICROSECOND": 1, "MILLISECOND": 1e3, "SECOND": 1e6, "MINUTE": 60e6, "HOUR": 3600e6, "DAY": 86400e6, "WEEK": 7 * 86400e6}

// wholeUnits reads TIMESTAMPDIFF(unit, a, b) op n, and ABS of it. Whole units are less than one
// away from the distance, so that bounds are one wider, and the condition has the last word.
func wholeUnits(e ir.Expr, op string, n int64, width int) []timeComparison {
	c, ok := e.(*ir.Call)
	if !ok {
		return nil
	}
	if c.Fn == "ABS" && len(c.Args) == 1 {
		switch op {
		case "<", "<=", "=":
			return append(wholeUnits(c.Args[0], "<=", n, width), wholeUnits(c.Args[0], ">=", -n, width)...)
		}
		return nil
	}
	if c.Fn != "TIMESTAMPDIFF" || len(c.Args) != 3 {
		return nil
	}
	name, _ := c.Args[0].(*ir.Const)
	if name == nil {
		return nil
	}
	text, _ := name.V.(string)
	unit := unitSpans[text]
	from, okFrom := timeSumOf(c.Args[1])
	to, okTo := timeSumOf(c.Args[2])
	if unit == 0 || !okFrom || !okTo || n > ir.MaxSpan/unit-1 || n < 1-ir.MaxSpan/unit {
		return nil
	}
	var out []timeComparison
	add := func(op string, n int64) {
		if t, ok := to.and(from, true).and(timeSum{span: n * unit}, true).compared(op, width); ok {
			t.exact = false
			out = append(out, t)
		}
	}
	if op != ">" && op != ">=" {
		add("<", n+1)
	}
	if op != "<" && op != "<=" {
		add(">", n-1)
	}
	return out
}
