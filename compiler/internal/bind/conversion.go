package bind

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/ir"
)

// conversion is an expression that makes a value of another type, in words for a hint.
type conversion struct {
	text   string   // "": there is none that ordinary values come through
	t      *ir.Type // what it gives
	before string   // when it is right: "where the text is a number"
	behind string   // what else it may be: "for seconds, 0"
}

// say puts the conditions around what is to be written.
func (c conversion) say(write string) string {
	if c.before != "" {
		write = c.before + ", " + write
	}
	if c.behind != "" {
		write += "; " + c.behind
	}
	return write
}

// convert proposes how e, of type from, becomes a value of to.
func (b *binder) convert(e ast.Expr, from, to *ir.Type) conversion {
	value := b.written(e, "...")
	literal := isLiteral(e)
	c := conversion{t: to}
	switch {
	case to.Equal(from) || from.Kind == ir.Null || to.Kind == ir.Null:
	case from.Kind.IsNumeric() && (to.Kind.IsTimestamp() || to.Kind == ir.Date):
		return numberAsTime(value, from, to, literal)
	case from.Kind.IsNumeric() && to.Kind == ir.Interval:
		c.text, c.behind = asWhole(value, from)+" * INTERVAL '1' SECOND", "with your unit for SECOND"
	case literal && to.Kind == ir.IntervalMonth && len(value) > 5: // that would be out of range
	case from.Kind.IsNumeric() && to.Kind == ir.IntervalMonth:
		c.text = asWhole(value, from) + " * INTERVAL '1' MONTH"
	case from.Kind == ir.JSON && to.Kind != ir.Varchar && !to.Kind.IsNested():
		if ir.CanCast(ir.TVarchar, to) && to.Kind != ir.Varbinary {
			c.text, c.behind = "JSON_VALUE("+value+", '$' RETURNING "+to.String()+")", "with the path of the value for $"
		}
	case to.Kind == ir.JSON || !ir.CanCast(from, to):
	case literal && from.Kind.IsNumeric() && to.Kind == ir.Varchar:
		c.text = "'" + value + "'"
	case literal && from.Kind == ir.Decimal && to.Kind.IsInteger(): // it would lose its digits
	default:
		c.text = fmt.Sprintf("CAST(%s AS %s)", value, to)
		if from.Kind == ir.Varchar && to.Kind.IsNumeric() {
			c.before = "where the text is a number"
		}
	}
	return c
}

func isLiteral(e ast.Expr) bool {
	_, ok := e.(*ast.Literal)
	return ok
}

// asWhole is a number as a whole one.
func asWhole(value string, from *ir.Type) string {
	if from.Kind.IsInteger() {
		return value
	}
	return "CAST(" + value + " AS BIGINT)"
}

// numberAsTime proposes what a number may be meant as where a time stands: milliseconds
// since 1970, or a day written 20240131.
func numberAsTime(value string, from, to *ir.Type, literal bool) conversion {
	c := conversion{t: ir.TTimestampLTZ, before: "for milliseconds since 1970", behind: "for seconds, 0"}
	c.text = "TO_TIMESTAMP_LTZ(" + asWhole(value, from) + ", 3)"
	if day := dayDigits(value); literal && day != "" {
		return conversion{t: ir.TDate, text: "DATE '" + day + "'"}
	}
	if to.Kind == ir.Date {
		c.t, c.text = ir.TDate, "CAST("+c.text+" AS DATE)"
		c.behind = "for days such as 20240131, TO_DATE(CAST(" + asWhole(value, from) + " AS VARCHAR), 'yyyyMMdd')"
	}
	return c
}

// dayDigits is 20240131 as 2024-01-31; "" where it is no day.
func dayDigits(text string) string {
	if len(text) != 8 || strings.Trim(text, "0123456789") != "" || text[4:6] < "01" || text[4:6] > "12" || text[6:] < "01" || text[6:] > "31" {
		return ""
	}
	return text[:4] + "-" + text[4:6] + "-" + text[6:]
}

// compareHint is for two values that no conversion makes comparable.
func (b *binder) compareHint(fn string, types []*ir.Type, parts []ast.Expr, whole bool) string {
	if len(types) != 2 || len(parts) != 2 {
		return ""
	}
	for i, list := range types {
		value, other := b.written(parts[1-i], "x"), types[1-i]
		if list.Kind != ir.Array || ir.CommonType(list.Elem, other) == nil {
			continue
		}
		if fn == "=" && whole {
			return fmt.Sprintf("write ARRAY_CONTAINS(%s, %s) to look for an element, or compare with one, as in %[1]s[1]", b.written(parts[i], "a"), value)
		}
		return "compare with an element, as in " + b.written(parts[i], "a") + "[1]"
	}
	isTime := func(t *ir.Type) bool { return t.Kind.IsTimestamp() || t.Kind == ir.Date }
	for i, span := range types {
		if (span.Kind == ir.Interval || span.Kind == ir.IntervalMonth) && isTime(types[1-i]) {
			return fmt.Sprintf("compare an interval with the time between two times, as in a - b > %s, or times: a > b - %[1]s", b.written(parts[i], "INTERVAL '1' DAY"))
		}
	}
	for i, t := range types {
		if t.Kind.IsNested() || t.Kind == ir.JSON {
			return "compare a part of " + b.written(parts[i], "it") + " that has the other's type"
		}
	}
	return "select values of one kind, or compare their texts: CAST(" + b.written(parts[0], "a") + " AS VARCHAR) and CAST(" + b.written(parts[1], "b") + " AS VARCHAR)"
}
