package bind

import (
	"fmt"
	"math"

	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// wholeArgs reports whether all spans that a window function is given are whole units of the
// event time col.
func (b *binder) wholeArgs(a *tvfArgs, col ir.Column) bool {
	for _, p := range tvfParams[a.fn] {
		arg := a.byArg[p.name]
		if arg == nil || arg.Expr == nil {
			continue
		}
		switch p.name {
		case "SIZE", "SLIDE", "STEP", "GAP", "OFFSET":
			if us, ok := b.span(arg.Expr, "a span of "+a.fn, math.MinInt64); !ok || !b.wholeUnits(us, arg.Span(), a.fn, col) {
				return false
			}
		}
	}
	return true
}

// wholeUnits reports whether a span of a window function is a whole number of units of the event
// time col, and says so where it is not: windows would begin and end between two of its times, which
// window_start and window_end, of its type, could not hold.
func (b *binder) wholeUnits(us int64, at diag.Span, fn string, col ir.Column) bool {
	digits := 0
	for left, unit := us, int64(1_000_000); left%unit != 0; digits++ {
		unit /= 10
	}
	if digits <= col.Type.P {
		return true
	}
	finer := *col.Type
	finer.P = digits
	b.err(diag.BadWindow, at, fmt.Sprintf("write a multiple of %s, or make `%s` %s", ir.SpanInWords(unitOf(col.Type.P)), col.Name, &finer),
		"%s is finer than the event time `%s`, which is %s: windows of %s would begin and end between two of its times", ir.SpanInWords(us), col.Name, col.Type, fn)
	return false
}

// unitOf is the unit of times with so many digits of a second, in microseconds.
func unitOf(digits int) int64 {
	us := int64(1_000_000)
	for range min(digits, spanPrecision) {
		us /= 10
	}
	return us
}
