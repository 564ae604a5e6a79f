package refinterp

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/ir"
)

func evalCast(e *ir.Cast, in []ir.Value) (ir.Value, error) {
	v, err := eval(e.X, in)
	if err != nil || v == nil {
		return nil, err
	}
	out, err := castIn(v, e.X.Type(), e.T, e.Zone)
	if _, isRowError := err.(*evalError); isRowError && e.Try {
		return nil, nil
	}
	return out, err
}

// cast converts a value that is not nil.
func cast(v ir.Value, from, to *ir.Type) (ir.Value, error) {
	switch {
	case from.Equal(to):
		return v, nil
	case to.Kind == ir.Varchar || to.Kind == ir.JSON && from.Kind != ir.Varchar:
		return castToText(v, from), nil
	case from.Kind == ir.JSON && to.Kind.IsNested():
		return fromJSON(json.RawMessage(v.(string)), to)
	case from.Kind.IsText():
		return castText(text(v), to)
	case to.Kind == ir.Boolean:
		if f, ok := v.(float64); ok {
			return f != 0, nil
		}
		return toRat(v, from).Sign() != 0, nil
	case from.Kind == ir.Boolean:
		if v == true {
			return fromRat(big.NewRat(1, 1), to)
		}
		return fromRat(new(big.Rat), to)
	case isTime(from) && isTime(to):
		return castTime(v.(int64), from, to)
	case from.Kind.IsNumeric() && to.Kind.IsNumeric():
		return castNumber(v, from, to)
	}
	return nil, fail(BadCast, "%s to %s", from, to)
}

func text(v ir.Value) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return v.(string)
}

func castToText(v ir.Value, from *ir.Type) ir.Value {
	if b, ok := v.([]byte); ok {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return ir.FormatValue(v, from)
}

func castNumber(v ir.Value, from, to *ir.Type) (ir.Value, error) {
	f, isFloat := v.(float64)
	switch {
	case to.Kind.IsFloat() && isFloat:
		return fitFloat(f, to), nil
	case isFloat && !isFinite(f):
		return nil, overflow(to)
	case isFloat && to.Kind == ir.Decimal:
		return toDecimal(shortest(f, from), to)
	}
	return fromRat(toRat(v, from), to)
}

// castTime converts between DATE, TIME and the timestamps, in UTC. Digits that the
// new precision has not are cut.
func castTime(v int64, from, to *ir.Type) (ir.Value, error) {
	perDay := func(t *ir.Type) int64 { return microsPerDay * unitsPerMicro(t) }
	switch {
	case from.Kind == ir.Date && to.Kind.IsTimestamp():
		return spanValue(bigSum(0, v, 1, perDay(to)), to)
	case from.Kind.IsTimestamp() && to.Kind == ir.Date:
		return spanValue(big.NewInt(floorDiv(v, perDay(from))), to)
	case from.Kind.IsTimestamp() && to.Kind == ir.Time:
		inDay := v - floorDiv(v, perDay(from))*perDay(from)
		return cutDigits(inDay/unitsPerMicro(from), to), nil
	case from.Kind == ir.Time && to.Kind == ir.Time:
		return cutDigits(v, to), nil
	case from.Kind.IsTimestamp() && to.Kind.IsTimestamp():
		micros := floorDiv(v, unitsPerMicro(from))
		if from.Nanos() && to.Nanos() {
			return floorDiv(v, pow10(9-to.P)) * pow10(9-to.P), nil
		}
		if to.Nanos() {
			return spanValue(bigSum(0, micros, 1, 1000), to)
		}
		return cutDigits(micros, to), nil
	}
	return nil, fail(BadCast, "%s to %s", from, to)
}

// cutDigits rounds microseconds down to the precision of t.
func cutDigits(micros int64, t *ir.Type) int64 {
	unit := pow10(max(0, 6-t.P))
	return floorDiv(micros, unit) * unit
}

// castText reads a value from its text.
func castText(s string, to *ir.Type) (ir.Value, error) {
	bad := fail(BadCast, "%q is not a %s", s, to)
	trimmed := strings.TrimSpace(s)
	switch {
	case to.Kind == ir.Boolean:
		switch strings.ToLower(trimmed) {
		case "true", "t", "yes", "y", "1":
			return true, nil
		case "false", "f", "no", "n", "0":
			return false, nil
		}
		return nil, bad
	case to.Kind.IsFloat():
		if strings.ContainsAny(trimmed, "xX_pP") { // Go's own forms
			return nil, bad
		}
		f, err := strconv.ParseFloat(trimmed, 8*to.Kind.Width())
		if err != nil {
			return nil, bad
		}
		return f, nil
	case to.Kind.IsInteger() || to.Kind == ir.Decimal:
		r, ok := parseNumber(trimmed)
		if !ok {
			return nil, bad
		}
		return fromRat(r, to)
	case to.Kind.IsTimestamp():
		return parseTimestamp(trimmed, to)
	case to.Kind == ir.Date:
		return parseDate(trimmed, to)
	case to.Kind == ir.Time:
		return parseTime(trimmed, to)
	case to.Kind == ir.Varbinary:
		return []byte(s), nil
	case to.Kind == ir.JSON && json.Valid([]byte(s)):
		return s, nil
	case isSpan(to):
		if v, ok := parseSpan(trimmed, to); ok {
			return v, nil
		}
	}
	return nil, bad
}

// parseNumber reads digits with an optional sign, point and exponent.
func parseNumber(s string) (*big.Rat, bool) {
	const longest = 200 // an exponent must not make a number that fills memory
	if s == "" || len(s) > longest || strings.Trim(s, "+-.0123456789eE") != "" {
		return nil, false
	}
	if _, exp, ok := strings.Cut(strings.ToLower(s), "e"); ok && len(exp) > 4 {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}
