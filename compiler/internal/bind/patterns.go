package bind

import (
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// checkPatterns refuses a constant that is no regular expression, pattern of times, path
// or time zone where a function takes one: it would fail for each row. It tries the
// constant on a value of no interest.
func (eb *exprBinder) checkPatterns(call *ir.Call, parts []ast.Expr) bool {
	if eb.b.env.Fold == nil || len(parts) == 0 {
		return true
	}
	for i, arg := range call.Args {
		c, ok := arg.(*ir.Const)
		if !ok || c.V == nil || c.T.Kind != ir.Varchar {
			continue
		}
		try := patternProbe(call.Fn, i, c)
		if try == nil {
			continue
		}
		if _, err := eb.b.env.Fold(try); err != nil {
			reason, _, _ := strings.Cut(err.Error(), " in "+try.Fn)
			eb.b.err(diag.WrongType, parts[min(i, len(parts)-1)].Span(), "", "%s", strings.TrimSuffix(reason, " in "+try.String()))
			return false
		}
	}
	return true
}

// patternProbe is a call that fails just when argument i of a function is malformed;
// nil: there is nothing to try.
func patternProbe(fn string, i int, c *ir.Const) *ir.Call {
	probe := func(fn string, t *ir.Type, args ...ir.Expr) *ir.Call { return &ir.Call{Fn: fn, Args: args, T: t} }
	switch {
	case strings.HasPrefix(fn, "REGEXP_") && i == 1:
		return probe("REGEXP_LIKE", ir.TBoolean, text(""), c)
	case (fn == "DATE_FORMAT" || fn == "TO_TIMESTAMP" || fn == "TO_DATE") && i == 1:
		return probe("DATE_FORMAT", ir.TVarchar, &ir.Const{V: int64(0), T: ir.TTimestamp}, c)
	case (fn == "JSON_VALUE" || fn == "JSON_QUERY" || fn == "JSON_EXISTS") && i == 1:
		return probe("JSON_EXISTS", ir.TBoolean, text("null"), c)
	case fn == "CONVERT_TZ" && i > 0:
		return probe("CONVERT_TZ", ir.TVarchar, text("1970-01-01 00:00:00"), c, text(ir.UTC))
	}
	return nil
}
