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

// convertHint proposes the CAST of one argument with which a function takes all of them;
// "" where there is none.
func (b *binder) convertHint(f *ir.Function, types []*ir.Type, parts []ast.Expr) string {
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
		from := types[i]
		if isText(parts[i]) && len(types) > 1 {
			continue // what is in quotes has no other type
		}
		for _, to := range castTypes(types, i) {
			if to.Equal(from) || !ir.CanCast(from, to) {
				continue
			}
			trial := slices.Clone(types)
			trial[i] = to
			if _, _, err := f.Resolve(trial); err == nil {
				return b.castCall(f, parts, i, from, to)
			}
		}
	}
	return ""
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
	if t.Kind == ir.Varchar {
		return 0
	}
	return 1
}

func isText(e ast.Expr) bool {
	l, ok := e.(*ast.Literal)
	return ok && l.T != nil && l.T.Kind == ir.Varchar
}

// castTypes are the types that argument i may be meant as: those of the others first.
func castTypes(types []*ir.Type, i int) []*ir.Type {
	out := slices.Delete(slices.Clone(types), i, i+1)
	return append(out, ir.TVarchar, ir.TDouble, ir.TBigInt, ir.TTimestamp, ir.TBoolean)
}

// castCall is the call with argument i cast.
func (b *binder) castCall(f *ir.Function, parts []ast.Expr, i int, from, to *ir.Type) string {
	cast := fmt.Sprintf("CAST(%s AS %s)", b.written(parts[i], "..."), to)
	if l, ok := parts[i].(*ast.Literal); ok && to.Kind == ir.Varchar && l.T != nil && l.T.Kind.IsNumeric() {
		cast = "'" + b.written(parts[i], "...") + "'"
	}
	text := "write " + cast
	switch {
	case f.Name == "NEG":
		text = "write -" + cast
	case isComparison(f.Name) && len(parts) == 2:
		sides := []string{b.written(parts[0], "..."), b.written(parts[1], "...")}
		sides[i] = cast
		text = "write " + sides[0] + " " + f.Name + " " + sides[1]
		if from.Kind == ir.Boolean {
			text = "compare with TRUE or FALSE, or compare texts: " + strings.TrimPrefix(text, "write ")
		}
	case !f.Operator:
		list := make([]string, len(parts))
		for k, e := range parts {
			list[k] = b.written(e, "...")
		}
		list[i] = cast
		text = "write " + f.Name + "(" + strings.Join(list, ", ") + ")"
	}
	if from.Kind == ir.Varchar && to.Kind.IsNumeric() {
		return "where the text is a number, " + text
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
