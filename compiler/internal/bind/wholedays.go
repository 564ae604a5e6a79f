package bind

import (
	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// movesByDays reports whether x, of the operands l and r, moves a DATE by whole days, which
// gives a DATE. An interval of another unit gives a TIMESTAMP, and so does one that is not known
// until the query runs: the type has to be known before.
func movesByDays(x *ast.Binary, l, r ir.Expr) bool {
	switch {
	case l.Type().Kind == ir.Date && (x.Op == "+" || x.Op == "-"):
		return wholeDays(x.R, r)
	case r.Type().Kind == ir.Date && x.Op == "+":
		return wholeDays(x.L, l)
	}
	return false
}

// wholeDays reports whether e, bound as x, is made of intervals that are written in days or
// weeks: INTERVAL '1' DAY, 2 * INTERVAL '1' WEEK.
func wholeDays(e ast.Expr, x ir.Expr) bool {
	if x.Type().Kind != ir.Interval {
		return false
	}
	if l, ok := e.(*ast.Literal); ok {
		return l.Days
	}
	call, ok := x.(*ir.Call)
	if !ok {
		return false
	}
	switch e := e.(type) {
	case *ast.Unary:
		return call.Fn == "NEG" && wholeDays(e.X, call.Args[0])
	case *ast.Binary:
		days := func(part ast.Expr, i int) bool { return wholeDays(part, call.Args[i]) }
		number := func(i int) bool { return call.Args[i].Type().Kind.IsInteger() }
		switch call.Fn {
		case "+", "-":
			return days(e.L, 0) && days(e.R, 1)
		case "*":
			return days(e.L, 0) && number(1) || number(0) && days(e.R, 1)
		}
	}
	return false
}
