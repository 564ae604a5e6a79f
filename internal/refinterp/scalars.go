package refinterp

import "github.com/helios-stream/helios/ir"

// scalar computes one function of one row. No argument is nil unless the function
// is NullSafe.
type scalar func(c *ir.Call, a []ir.Value) (ir.Value, error)

// scalars has every scalar function of the registry but AND, OR and COALESCE, which
// evalCall knows.
var scalars = map[string]scalar{
	"+": add, "-": subtract, "*": multiply, "/": divide, "%": remainder, "NEG": negate,

	"=":  comparison(func(c int) bool { return c == 0 }),
	"<>": comparison(func(c int) bool { return c != 0 }),
	"<":  comparison(func(c int) bool { return c < 0 }),
	"<=": comparison(func(c int) bool { return c <= 0 }),
	">":  comparison(func(c int) bool { return c > 0 }),
	">=": comparison(func(c int) bool { return c >= 0 }),

	"IS DISTINCT FROM":     func(c *ir.Call, a []ir.Value) (ir.Value, error) { return !same(c, a), nil },
	"IS NOT DISTINCT FROM": func(c *ir.Call, a []ir.Value) (ir.Value, error) { return same(c, a), nil },

	"NOT":          test(func(v ir.Value) bool { return v == false }),
	"IS NULL":      test(func(v ir.Value) bool { return v == nil }),
	"IS NOT NULL":  test(func(v ir.Value) bool { return v != nil }),
	"IS TRUE":      test(func(v ir.Value) bool { return v == true }),
	"IS NOT TRUE":  test(func(v ir.Value) bool { return v != true }),
	"IS FALSE":     test(func(v ir.Value) bool { return v == false }),
	"IS NOT FALSE": test(func(v ir.Value) bool { return v != false }),

	"NULLIF": nullIf, "GREATEST": greatest(1), "LEAST": greatest(-1),

	"ABS": absolute, "SIGN": sign, "CEIL": ceiling, "FLOOR": flooring, "ROUND": rounding, "TRUNCATE": cutting,
	"POWER": power, "SQRT": squareRoot, "EXP": exponential, "LN": naturalLog, "LOG10": decimalLog,

	"||": concat, "CONCAT": concat, "LOWER": lower, "UPPER": upper, "TRIM": trim(true, true),
	"LTRIM": trim(true, false), "RTRIM": trim(false, true), "CHAR_LENGTH": charLength, "OCTET_LENGTH": octetLength,
	"SUBSTRING": substring, "LEFT": left, "RIGHT": right, "POSITION": position, "REPLACE": replace,
	"REVERSE": reverse, "STARTS_WITH": startsWith, "SPLIT_INDEX": splitIndex, "LIKE": like,

	"EXTRACT": extract, "DATE_TRUNC": dateTrunc, "TO_TIMESTAMP": toTimestamp, "TO_TIMESTAMP_LTZ": toTimestampLTZ,
}

// scalarNamed finds a function in the tables; nil: there is none.
func scalarNamed(name string) scalar {
	for _, table := range []map[string]scalar{scalars, moreMaths, moreTexts, moreTimes, nestedScalars, jsonScalars} {
		if f := table[name]; f != nil {
			return f
		}
	}
	return nil
}

func test(is func(ir.Value) bool) scalar {
	return func(_ *ir.Call, a []ir.Value) (ir.Value, error) { return is(a[0]), nil }
}
