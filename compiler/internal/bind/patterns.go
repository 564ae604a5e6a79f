package bind

import (
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// checkPatterns refuses a constant that is no regular expression, pattern of times, path,
// time zone, charset, escape character, precision or number of a part where a function takes one: it would fail
// for each row. It tries the constant on a value of no interest.
func (eb *exprBinder) checkPatterns(call *ir.Call, parts []ast.Expr) bool {
	if eb.b.env.Fold == nil || len(parts) == 0 {
		return true
	}
	for i, arg := range slices.Backward(call.Args) { // the escape character before the pattern
		if patternProbe(call.Fn, i, call.Args) == nil {
			continue
		}
		v, err := eb.constantOf(arg)
		if err != nil || v == nil {
			continue
		}
		args := slices.Clone(call.Args)
		args[i] = &ir.Const{V: v, T: arg.Type()}
		try := patternProbe(call.Fn, i, args)
		if _, err := eb.b.env.Fold(try); err != nil {
			reason, _, _ := strings.Cut(err.Error(), " in "+try.Fn)
			eb.b.err(diag.WrongType, parts[min(i, len(parts)-1)].Span(), "", "%s", strings.TrimSuffix(reason, " in "+try.String()))
			return false
		}
	}
	return true
}

// takesPattern reports whether argument i of a function is a pattern, which no value of
// another type is meant as.
func takesPattern(fn string, i int) bool {
	return i > 0 && fn != "TO_TIMESTAMP_LTZ" && fn != "SPLIT_PART" && patternProbe(fn, i, slices.Repeat([]ir.Expr{text("")}, i+1)) != nil
}

// patternProbe is a call that fails just when argument i of a function is malformed;
// nil: there is nothing to try.
func patternProbe(fn string, i int, args []ir.Expr) *ir.Call {
	probe := func(fn string, t *ir.Type, args ...ir.Expr) *ir.Call { return &ir.Call{Fn: fn, Args: args, T: t} }
	c := args[i]
	switch {
	case strings.HasPrefix(fn, "REGEXP_") && i == 1:
		return probe("REGEXP_LIKE", ir.TBoolean, text(""), c)
	case (fn == "DATE_FORMAT" || fn == "TO_TIMESTAMP" || fn == "TO_DATE") && i == 1:
		return probe("DATE_FORMAT", ir.TVarchar, &ir.Const{V: int64(0), T: ir.TTimestamp}, c)
	case (fn == "JSON_VALUE" || fn == "JSON_QUERY" || fn == "JSON_EXISTS") && i == 1:
		return probe("JSON_EXISTS", ir.TBoolean, text("null"), c)
	case fn == "CONVERT_TZ" && i > 0, (fn == "DATE_TRUNC" || fn == "DATE_CEIL") && i == 2:
		return probe("CONVERT_TZ", ir.TVarchar, text("1970-01-01 00:00:00"), c, text(ir.UTC))
	case fn == "EXTRACT" && i == 0 && (args[1].Type().Kind == ir.Interval || args[1].Type().Kind == ir.IntervalMonth):
		return probe(fn, ir.TBigInt, c, &ir.Const{V: int64(0), T: args[1].Type()})
	case (fn == "LIKE" || fn == "SIMILAR TO") && i == 2:
		return probe(fn, ir.TBoolean, text(""), text(""), c)
	case fn == "SIMILAR TO" && i == 1 && len(args) == 2:
		return probe(fn, ir.TBoolean, text(""), c)
	case (fn == "LIKE" || fn == "SIMILAR TO") && i == 1 && len(args) == 3:
		if escape, isConst := args[2].(*ir.Const); isConst && escape.V != nil {
			return probe(fn, ir.TBoolean, text(""), c, escape)
		}
	case (fn == "ENCODE" || fn == "DECODE") && i == 1:
		return probe("ENCODE", ir.TVarbinary, text(""), c)
	case fn == "SPLIT_PART" && i == 2:
		return probe(fn, ir.TVarchar, text(""), text(","), c)
	case fn == "TO_TIMESTAMP_LTZ" && i == 1:
		return probe(fn, ir.TTimestampLTZ, &ir.Const{V: int64(0), T: ir.TBigInt}, c)
	}
	return nil
}
