package bind

import "github.com/helios-stream/helios/ir"

// spanPrecision is the digits of a second that intervals of columns have.
const spanPrecision = 6

// finer gives a time as many digits as it needs to hold what an interval makes of it: of
// TIMESTAMP(0) + INTERVAL '0.25' SECOND the first two.
func (eb *exprBinder) finer(fn string, args []ir.Expr) []ir.Expr {
	if len(args) != 2 || fn != "+" && fn != "-" {
		return args
	}
	at, span := 0, 1
	if args[0].Type().Kind == ir.Interval {
		at, span = 1, 0
	}
	t := args[at].Type()
	if !t.Kind.IsTimestamp() && t.Kind != ir.Time || args[span].Type().Kind != ir.Interval {
		return args
	}
	digits := spanDigits(args[span])
	if t.P >= digits {
		return args
	}
	out := []ir.Expr{args[0], args[1]}
	out[at] = eb.b.castTo(args[at], &ir.Type{Kind: t.Kind, P: digits})
	return out
}

// spanDigits is how many digits of a second an interval has at most.
func spanDigits(e ir.Expr) int {
	switch x := e.(type) {
	case *ir.Const:
		us, isSpan := x.V.(int64)
		if !isSpan || x.T.Kind != ir.Interval { // NULL, or how often an interval is taken
			return 0
		}
		digits := spanPrecision
		for ; digits > 0 && us%10 == 0; digits-- {
			us /= 10
		}
		return digits
	case *ir.Call:
		switch x.Fn {
		case "+", "-", "*", "COALESCE", "NULLIF", "GREATEST", "LEAST":
			digits := 0
			for _, a := range x.Args {
				if k := a.Type().Kind; x.Fn == "*" && (k == ir.Decimal || k == ir.Double) {
					return spanPrecision
				}
				digits = max(digits, partDigits(a))
			}
			return digits
		}
	case *ir.Case:
		digits := 0
		for _, w := range x.Whens {
			digits = max(digits, spanDigits(w.Then))
		}
		if x.Else != nil {
			digits = max(digits, spanDigits(x.Else))
		}
		return digits
	}
	return spanPrecision
}

// partDigits is spanDigits of what an interval is computed from: intervals, times that are
// subtracted, and numbers that intervals are multiplied by.
func partDigits(e ir.Expr) int {
	switch t := e.Type(); {
	case t.Kind == ir.Interval:
		return spanDigits(e)
	case t.Kind.IsTimestamp():
		return min(t.P, spanPrecision)
	}
	return 0
}
