package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// findZone takes the session's time zone from the SETs: it holds for all of the files,
// also above the SET. A zone that is none is reported where the SET is bound.
func (b *binder) findZone(files []Input) {
	for _, f := range files {
		for _, s := range f.Tree.Stmts {
			x, ok := s.(*ast.Set)
			if !ok || !strings.EqualFold(x.Key.S, timeZone) && !strings.EqualFold(x.Key.S, "table.local-time-zone") {
				continue
			}
			if loc, err := ir.Zone(x.Value.S); err == nil {
				if b.zone = x.Value.S; loc.String() == ir.UTC {
					b.zone = ""
				}
			}
		}
	}
}

// sessionZone is the time zone whose days windows over the event time count: the session's
// for instants and windows of whole days; "": UTC.
func (b *binder) sessionZone(time ir.Column, w ir.Window) string {
	if time.Type.Kind != ir.TimestampLTZ || !w.TakesZone() {
		return ""
	}
	return b.zone
}

// windowZone is sessionZone, unless the window function names a zone; false: reported.
func (b *binder) windowZone(a *tvfArgs, time ir.Column, w ir.Window) (string, bool) {
	arg := a.byArg["TIME_ZONE"]
	if arg == nil {
		return b.sessionZone(time, w), true
	}
	hint := "write TIME_ZONE => 'Europe/Berlin'"
	lit, ok := arg.Expr.(*ast.Literal)
	name, isText := "", false
	if ok {
		name, isText = lit.V.(string)
	}
	if !isText {
		b.err(diag.BadArgument, arg.Span(), hint, "TIME_ZONE of %s is the name of a time zone, in quotes", a.fn)
		return "", false
	}
	loc, err := ir.Zone(name)
	switch {
	case err != nil:
		if near := diag.DidYouMean(name, ir.ZoneNames()); near != "" {
			hint = "did you mean '" + near + "'?"
		}
		b.err(diag.BadArgument, arg.Span(), hint, "%s", err)
		return "", false
	case time.Type.Kind != ir.TimestampLTZ:
		b.err(diag.BadArgument, arg.Span(), "leave it out, or declare the column as TIMESTAMP_LTZ", "`%s` is a %s: it shows what a clock shows already, and has no time zone", time.Name, time.Type)
		return "", false
	case !w.TakesZone():
		b.err(diag.BadArgument, arg.Span(), "leave it out, or use a size of whole days", "a time zone matters to windows of whole days; these are of %s", ir.FormatSpan(w.Size))
		return "", false
	case loc.String() == ir.UTC:
		return "", true
	}
	return name, true
}

// localTimes has functions of calendar times go by the session's clock where they take an
// instant: EXTRACT gets what it shows, functions that round to a unit get the time zone. Only
// the seconds since 1970 are the same everywhere.
func (eb *exprBinder) localTimes(fn string, args []ir.Expr) []ir.Expr {
	if eb.b.zone == "" || len(args) != 2 || args[1].Type().Kind != ir.TimestampLTZ {
		return args
	}
	switch fn {
	case "DATE_TRUNC", "DATE_CEIL":
		return []ir.Expr{args[0], args[1], &ir.Const{V: eb.b.zone, T: ir.TVarchar}}
	case "EXTRACT":
		if u, ok := args[0].(*ir.Const); ok {
			if s, isText := u.V.(string); isText && strings.EqualFold(s, "EPOCH") {
				return args
			}
		}
		return []ir.Expr{args[0], eb.local(args[1])}
	}
	return args
}

// local is an instant as the TIMESTAMP that the session's clock shows.
func (eb *exprBinder) local(e ir.Expr) ir.Expr {
	return eb.b.castTo(e, &ir.Type{Kind: ir.Timestamp, P: e.Type().P})
}

// placeOf is where argument i of a call stands; a call without arguments stands for itself.
func (b *binder) placeOf(parts []ast.Expr, i int, call diag.Span) ir.Pos {
	if len(parts) == 0 {
		return b.sources.Pos(call)
	}
	return b.sources.Pos(parts[min(i, len(parts)-1)].Span())
}
