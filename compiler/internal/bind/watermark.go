package bind

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// watermarkClause takes WATERMARK FOR col AS col [- INTERVAL ...].
func (b *binder) watermarkClause(x *ast.CreateMapping, t *ir.Table) {
	w := x.Watermark
	if w == nil {
		return
	}
	s := t.Schema()
	i := s.Index(w.Col.Name)
	if i < 0 {
		b.err(diag.UnknownColumn, w.Col.Span(), didYouMean(w.Col.Name, columnNames(s), ""), "`%s` has no column `%s`", t.Name, w.Col.Name)
		return
	}
	if typ := s.Cols[i].Type; typ.Kind == ir.Invalid {
		return
	} else if !typ.Kind.IsTimestamp() {
		b.err(diag.BadWatermark, w.Col.Span(), eventTimeHint(w.Col.Name, typ), "event time is a TIMESTAMP, but `%s` is %s", w.Col.Name, typ)
		return
	}
	if lag, ok := b.watermarkLag(w); ok {
		t.Watermark = &ir.WatermarkSpec{Col: w.Col.Name, Lag: lag}
	}
}

// eventTimeHint says how to get an event time out of a column of another type.
func eventTimeHint(col string, t *ir.Type) string {
	switch {
	case t.Kind.IsInteger():
		return "add a computed column, such as event_time AS TO_TIMESTAMP_LTZ(" + col + ", 3), and name that"
	case t.Kind == ir.Varchar:
		return "declare `" + col + "` as TIMESTAMP: text such as 2024-01-02 03:04:05 is read as one"
	}
	return "name a column of type TIMESTAMP or TIMESTAMP_LTZ"
}

func (b *binder) watermarkLag(w *ast.Watermark) (int64, bool) {
	isCol := func(e ast.Expr) bool {
		c, ok := e.(*ast.ColumnRef)
		return ok && len(c.Parts) == 1 && c.Parts[0].Name == w.Col.Name
	}
	if isCol(w.Expr) {
		return 0, true
	}
	bin, ok := w.Expr.(*ast.Binary)
	if !ok || bin.Op != "-" || !isCol(bin.L) {
		b.err(diag.BadWatermark, w.Expr.Span(), fmt.Sprintf("write WATERMARK FOR %s AS %s - INTERVAL '5' SECOND: rows may be that much late", w.Col.Name, w.Col.Name), "a watermark is `%s` or `%s - INTERVAL '5' SECOND`; other expressions are not supported yet", w.Col.Name, w.Col.Name)
		return 0, false
	}
	return b.span(bin.R, "the lag of a watermark", 0)
}

// intervalOf is a hint at how a number or a text is written as an interval.
func intervalOf(e ast.Expr) string {
	l, _ := e.(*ast.Literal)
	if n, ok := wholeNumber(e); ok && n > 0 {
		return fmt.Sprintf("write INTERVAL '%d' SECONDS, or MINUTES, HOURS, ...", n)
	} else if l != nil {
		if s, isText := l.V.(string); isText {
			if f := strings.Fields(s); len(f) == 2 {
				return fmt.Sprintf("write INTERVAL '%s' %s", f[0], strings.ToUpper(f[1]))
			}
		}
	}
	return "write INTERVAL '5' SECONDS"
}

// span returns a constant interval in microseconds, at least least.
func (b *binder) span(e ast.Expr, what string, least int64) (int64, bool) {
	eb := &exprBinder{b: b, scope: &scope{what: what}, noAggs: what, constant: what}
	x := eb.bind(e)
	if x == nil {
		return 0, false
	}
	if x.Type().Kind == ir.IntervalMonth {
		b.err(diag.BadWindow, e.Span(), "write it in days, such as INTERVAL '30' DAYS", "%s cannot be given in months or years: their lengths differ", what)
		return 0, false
	}
	if x.Type().Kind != ir.Interval {
		b.err(diag.BadWindow, e.Span(), intervalOf(e), "%s is an INTERVAL, not %s", what, x.Type())
		return 0, false
	}
	v, err := b.constant(x)
	if err != nil {
		b.err(diag.BadWindow, e.Span(), "write INTERVAL '5' SECOND", "%s: %s", what, err)
		return 0, false
	}
	us, ok := v.(int64)
	if us > ir.MaxSpan || us < -ir.MaxSpan {
		b.err(diag.BadWindow, e.Span(), "", "%s is longer than %s", what, ir.FormatSpan(ir.MaxSpan))
		return 0, false
	}
	if !ok || us < least {
		bound := "must not be negative"
		if least > 0 {
			bound = "must be greater than zero"
		}
		b.err(diag.BadWindow, e.Span(), "write an interval, such as INTERVAL '1' MINUTE", "%s %s", what, bound)
		return 0, false
	}
	return us, true
}
