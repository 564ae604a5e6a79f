package bind

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// timeForm is a function of times that is made of others (ir.Catalog describes them);
// nil: there is none of that name.
func timeForm(name string) func(eb *exprBinder, x *ast.Call) ir.Expr {
	switch name {
	case "LOCALTIMESTAMP":
		return nowAs(&ir.Type{Kind: ir.Timestamp, P: 3})
	case "CURRENT_DATE":
		return nowAs(ir.TDate)
	case "CURRENT_TIME", "LOCALTIME":
		return nowAs(&ir.Type{Kind: ir.Time})
	case "TIMESTAMPADD":
		return (*exprBinder).timestampAdd
	case "FROM_UNIXTIME":
		return (*exprBinder).fromUnixTime
	case "UNIX_TIMESTAMP":
		return (*exprBinder).unixTimestamp
	case "YEAR", "QUARTER", "MONTH", "WEEK", "HOUR", "MINUTE", "SECOND", "DAY":
		return partOf(name)
	case "DAYOFYEAR":
		return partOf("DOY")
	case "DAYOFMONTH":
		return partOf("DAY")
	case "DAYOFWEEK":
		return partOf("DOW")
	}
	return nil
}

// formArgs binds the arguments of a form, of which there are lo to hi; false: reported.
func (eb *exprBinder) formArgs(x *ast.Call, lo, hi int) ([]ir.Expr, bool) {
	if n := len(x.Args); n < lo || n > hi {
		want := fmt.Sprint(lo)
		if lo != hi {
			want = fmt.Sprintf("%d to %d", lo, hi)
		}
		eb.b.err(diag.WrongType, x.Span(), "", "%s takes %s arguments, not %d", strings.ToUpper(x.Name.Name), want, n)
		return nil, false
	}
	return eb.bindAll(x.Args)
}

// nowAs is the instant of processing as another type, in the session's time zone.
func nowAs(t *ir.Type) func(*exprBinder, *ast.Call) ir.Expr {
	return func(eb *exprBinder, x *ast.Call) ir.Expr {
		if _, ok := eb.formArgs(x, 0, 0); !ok {
			return nil
		}
		return eb.b.castTo(eb.apply("CURRENT_TIMESTAMP", x.Span(), nil), t)
	}
}

// partOf is EXTRACT of one unit.
func partOf(unit string) func(*exprBinder, *ast.Call) ir.Expr {
	return func(eb *exprBinder, x *ast.Call) ir.Expr {
		args, ok := eb.formArgs(x, 1, 1)
		if !ok {
			return nil
		}
		all := []ir.Expr{&ir.Const{V: unit, T: ir.TVarchar}, args[0]}
		return eb.apply("EXTRACT", x.Span(), []ast.Expr{x.Args[0], x.Args[0]}, eb.localTimes("EXTRACT", all)...)
	}
}

// stepOf is one unit as an interval; nil: it is none.
func stepOf(unit string) *ir.Const {
	months := map[string]int64{"YEAR": 12, "QUARTER": 3, "MONTH": 1}
	micros := map[string]int64{"WEEK": 604_800_000_000, "DAY": 86_400_000_000, "HOUR": 3_600_000_000, "MINUTE": 60_000_000,
		"SECOND": 1_000_000, "MILLISECOND": 1000, "MICROSECOND": 1}
	unit = strings.ToUpper(unit)
	switch {
	case months[unit] > 0:
		return &ir.Const{V: months[unit], T: ir.TIntervalMonth}
	case micros[unit] > 0:
		return &ir.Const{V: micros[unit], T: ir.TInterval}
	}
	return nil
}

// timestampAdd is t + n * INTERVAL '1' unit. A DATE stays one where the unit is a day or more.
func (eb *exprBinder) timestampAdd(x *ast.Call) ir.Expr {
	args, ok := eb.formArgs(x, 3, 3)
	if !ok {
		return nil
	}
	l, ok := x.Args[0].(*ast.Literal)
	unit := ""
	if ok {
		unit, _ = l.V.(string)
	}
	step := stepOf(unit)
	if step == nil {
		eb.b.err(diag.WrongType, x.Args[0].Span(), didYouMean(strings.ToUpper(unit), extractUnits[:10], "units: "+strings.Join(extractUnits[:10], ", ")), "TIMESTAMPADD takes a unit first, such as DAY")
		return nil
	}
	t := args[2]
	if t.Type().Kind == ir.Varchar {
		t = eb.b.castAt(t, ir.TTimestamp, eb.b.sources.Pos(x.Args[2].Span()))
	}
	by := eb.apply("*", x.Span(), []ast.Expr{x.Args[1], x.Args[0]}, args[1], step)
	if by == nil {
		return nil
	}
	moved := eb.apply("+", x.Span(), []ast.Expr{x.Args[2], x.Args[1]}, t, by)
	if moved != nil && t.Type().Kind == ir.Date && step.T.Kind == ir.Interval && step.V.(int64)%86_400_000_000 == 0 {
		return eb.b.castTo(moved, ir.TDate)
	}
	return moved
}

// fromUnixTime is the text of an instant by the session's clock.
func (eb *exprBinder) fromUnixTime(x *ast.Call) ir.Expr {
	args, ok := eb.formArgs(x, 1, 2)
	if !ok {
		return nil
	}
	at := eb.apply("TO_TIMESTAMP_LTZ", x.Span(), x.Args[:1], args[0], &ir.Const{V: int64(0), T: ir.TInteger})
	if at == nil {
		return nil
	}
	pattern := ir.Expr(&ir.Const{V: "yyyy-MM-dd HH:mm:ss", T: ir.TVarchar})
	if len(args) == 2 {
		pattern = args[1]
	}
	return eb.apply("DATE_FORMAT", x.Span(), x.Args, eb.local(at), pattern)
}

// unixTimestamp is the seconds since 1970 of now, or of a text by the session's clock.
func (eb *exprBinder) unixTimestamp(x *ast.Call) ir.Expr {
	args, ok := eb.formArgs(x, 0, 2)
	if !ok {
		return nil
	}
	var at ir.Expr
	if len(args) == 0 {
		at = eb.apply("CURRENT_TIMESTAMP", x.Span(), nil)
	} else if at = eb.apply("TO_TIMESTAMP", x.Span(), x.Args, args...); at != nil {
		at = eb.b.castTo(at, ir.TTimestampLTZ)
	}
	if at == nil {
		return nil
	}
	return eb.apply("EXTRACT", x.Span(), []ast.Expr{x, x}, &ir.Const{V: "EPOCH", T: ir.TVarchar}, at)
}
