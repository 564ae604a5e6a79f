package bind

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// convertHint proposes the conversion of one argument with which a function takes all of
// them; "" where there is none. Whole has it repeat a comparison that is written as one.
func (b *binder) convertHint(f *ir.Function, types []*ir.Type, parts []ast.Expr, whole bool) string {
	if f.Name == "NOT" && len(parts) == 1 {
		return notHint(b.written(parts[0], "x"), types[0])
	}
	if len(parts) != len(types) {
		return ""
	}
	if hint := b.bareDate(types, parts); hint != "" {
		return hint
	}
	order := identity(len(types))
	slices.SortStableFunc(order, func(i, j int) int { return textFirst(types[i]) - textFirst(types[j]) })
	for _, i := range order {
		if isText(parts[i]) && len(types) > 1 {
			continue // what is in quotes has no other type
		}
		if takesPattern(f.Name, i) {
			continue
		}
		for _, to := range castTypes(f, types, i) {
			c := b.convert(parts[i], types[i], to)
			if c.text == "" {
				continue
			}
			trial := slices.Clone(types)
			trial[i] = c.t
			if want, _, err := f.Resolve(trial); err == nil && !readsOther(f, len(parts), types[i], c.t, want[i]) {
				return c.say(b.convertedCall(f, parts, i, types[i], c, whole))
			}
		}
	}
	return ""
}

// readsOther reports whether a function reads the text of a value of from as something
// that it is not: a number's as a time. With a pattern a whole number may be one.
func readsOther(f *ir.Function, args int, from, to, want *ir.Type) bool {
	if from.Kind == ir.Varchar || to.Kind != ir.Varchar {
		return false
	}
	switch f.Name {
	case "TO_DATE", "TO_TIMESTAMP":
		return args != 2 || !from.Kind.IsInteger()
	case "CONVERT_TZ":
		return !from.Kind.IsTimestamp()
	case "UNHEX", "FROM_BASE64":
		return true
	}
	return want.Kind != ir.Varchar
}

// dateForm is a date without quotes, which is a subtraction.
var dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// bareDate is for a time that is compared with 2024-01-31: that is 1992.
func (b *binder) bareDate(types []*ir.Type, parts []ast.Expr) string {
	for i, e := range parts {
		if text := b.written(e, ""); types[i].Kind.IsInteger() && dateForm.MatchString(text) {
			return "without quotes this is a subtraction: write DATE '" + text + "'"
		}
	}
	return ""
}

// textFirst has texts tried first: they hold values of other types more often than not.
func textFirst(t *ir.Type) int {
	if t.Kind == ir.Varchar || t.Kind == ir.JSON {
		return 0
	}
	return 1
}

func isText(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.T != nil && l.T.Kind == ir.Varchar
}

// castTypes are the types that argument i may be meant as: those of the others first.
// Whole numbers are converted to BIGINT, which holds the ordinary ones, and what an interval
// is added to is meant as a time.
func castTypes(f *ir.Function, types []*ir.Type, i int) []*ir.Type {
	out := slices.Delete(slices.Clone(types), i, i+1)
	for k, t := range out {
		switch {
		case t.Kind.IsInteger():
			out[k] = ir.TBigInt
		case (t.Kind == ir.Interval || t.Kind == ir.IntervalMonth) && (f.Name == "+" || f.Name == "-"):
			out[k] = ir.TTimestampLTZ
		}
	}
	return append(out, ir.TVarchar, ir.TDouble, ir.TBigInt, ir.TTimestamp, ir.TBoolean)
}

// convertedCall is the call with argument i converted.
func (b *binder) convertedCall(f *ir.Function, parts []ast.Expr, i int, from *ir.Type, c conversion, whole bool) string {
	text := "write " + c.text
	switch {
	case f.Name == "NEG":
		text = "write -" + c.text
	case isComparison(f.Name) && whole:
		sides := []string{b.written(parts[0], "..."), b.written(parts[1], "...")}
		sides[i] = c.text
		text = "write " + sides[0] + " " + f.Name + " " + sides[1]
		if from.Kind == ir.Boolean {
			text = "compare with TRUE or FALSE, or compare texts: " + strings.TrimPrefix(text, "write ")
		}
	case len(parts) == 2 && parts[0] == parts[1]: // HOUR(t) or FLOOR(t TO HOUR)
	case f.Name == "EXTRACT" && i == 1:
		text = "write EXTRACT(" + b.written(parts[0], "HOUR") + " FROM " + c.text + ")"
	case !f.Operator:
		list := make([]string, len(parts))
		for k, e := range parts {
			list[k] = b.written(e, "...")
		}
		list[i] = c.text
		text = "write " + f.Name + "(" + strings.Join(list, ", ") + ")"
	}
	return text
}

// notHint is for what NOT cannot negate.
func notHint(value string, t *ir.Type) string {
	switch {
	case t.Kind == ir.Varchar:
		return fmt.Sprintf("NOT takes a condition: write NOT %s = 'text', or NOT CAST(%s AS BOOLEAN) where the text is true or false", value, value)
	case t.Kind.IsNumeric():
		return fmt.Sprintf("NOT takes a condition: write %s = 0", value)
	}
	return fmt.Sprintf("NOT takes a condition: write %s IS NULL", value)
}

// valueHint is for an aggregate without an argument, or with a star.
func valueHint(f *ir.Function, star bool) string {
	sig := strings.ReplaceAll(f.Sig, "[DISTINCT] ", "")
	switch {
	case f.User != nil:
		return "it is " + f.Sig + "; COUNT(*) is the number of rows"
	case f.Name == "COUNT":
		return "write COUNT(*) for the number of rows, or COUNT(column) for those where the column is not NULL"
	case star:
		return "write " + sig + " with a column for x, or COUNT(*) for the number of rows"
	}
	return "write " + sig + " with a column for x"
}

// conversionHint is for CONVERT(x, type) of MySQL and CONVERT(type, x) of SQL Server.
func (eb *exprBinder) conversionHint(x *ast.Call) string {
	value, to := x.Args[0], x.Args[1]
	if c, ok := value.(*ast.ColumnRef); ok && len(c.Parts) == 1 && len(eb.scope.find("", c.Parts[0].Name)) == 0 {
		value, to = to, value
	}
	return fmt.Sprintf("write CAST(%s AS %s)", eb.b.written(value, "x"), strings.ToUpper(eb.b.written(to, "type")))
}

// castEither is for results that must have one type: what CAST makes one of the other.
func (b *binder) castEither(here ast.Expr, t, before *ir.Type) string {
	if isText(here) && before.Kind != ir.Varchar {
		return fmt.Sprintf("write CAST(... AS %s) around those before, or give all one type", t)
	}
	return castAny(b.written(here, "..."), t, before)
}

// castAny is castEither for a text in the file.
func castAny(text string, t, before *ir.Type) string {
	switch {
	case ir.CanCast(t, before):
		return fmt.Sprintf("write CAST(%s AS %s), or give all one type", text, before)
	case ir.CanCast(before, t):
		return fmt.Sprintf("write CAST(... AS %s) around those before, or give all one type", t)
	}
	return "select another value, or cast all of them to VARCHAR"
}

// divisor warns of a constant divisor that is zero. Numbers with a point that floats
// follow IEEE, where that gives an infinity.
func (eb *exprBinder) divisor(by ir.Expr, t *ir.Type, parts []ast.Expr, at diag.Span) {
	if t.Kind == ir.Double || t.Kind == ir.Real || len(parts) != 2 {
		return
	}
	v, err := eb.constantOf(by)
	if err != nil || v == nil {
		return
	}
	if d, isDec := v.(ir.Dec); isDec && d.Big().Sign() != 0 || !isDec && v != int64(0) {
		return
	}
	x, y := eb.b.written(parts[0], "x"), eb.b.written(parts[1], "y")
	eb.b.warn(diag.DivisionByZero, parts[0].Span().To(parts[1].Span()),
		"divide by another value; where a divisor may be zero, x / NULLIF(y, 0) is NULL then",
		"the divisor is zero: %s divided by %s fails for each row that needs it", x, y)
}
