package udf

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"time"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
)

// Date is a DATE: days since 1970-01-01.
type Date int32

// Time is the first instant of the day in UTC.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// DateOf is the day of t in t's own time zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// String is the day as YYYY-MM-DD.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// Instant is a TIMESTAMP_LTZ, where time.Time is a TIMESTAMP: the clock of a wall, read
// as UTC.
type Instant time.Time

// fromMicros is the time of microseconds since 1970 in UTC.
func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// toMicros is fromMicros backwards; what is finer is cut.
func toMicros(t time.Time) (int64, string) {
	if s := t.Unix(); s > math.MaxInt64/1_000_000-1 || s < math.MinInt64/1_000_000+1 {
		return 0, fmt.Sprintf("the year %d is out of the range of TIMESTAMP", t.Year())
	}
	return t.UnixMicro(), ""
}

// fromSpan is a span in microseconds, held at the ends of what a Duration can be.
func fromSpan(us int64) time.Duration {
	return time.Duration(min(max(us, math.MinInt64/1000), math.MaxInt64/1000)) * time.Microsecond
}

// decimalScale is the digits behind the point of the DECIMAL that a *big.Rat is.
const decimalScale = 18

var (
	decimalUnit = new(big.Int).Exp(big.NewInt(10), big.NewInt(decimalScale), nil)
	decimalEnd  = new(big.Int).Exp(big.NewInt(10), big.NewInt(ir.MaxPrecision), nil)
)

func fromDec(d ir.Dec) *big.Rat { return new(big.Rat).SetFrac(d.Big(), decimalUnit) }

// toDec rounds half away from zero.
func toDec(r *big.Rat) (ir.Dec, string) {
	if r == nil {
		return ir.Dec{}, "the function gave a nil *big.Rat; NULL is a helios.Null"
	}
	num := new(big.Int).Mul(r.Num(), decimalUnit)
	num.Lsh(num, 1)
	half := new(big.Int).Set(r.Denom())
	if num.Sign() < 0 {
		half.Neg(half)
	}
	num.Add(num, half)
	num.Quo(num, new(big.Int).Lsh(r.Denom(), 1))
	d, ok := ir.DecFromBig(num)
	if !ok || num.CmpAbs(decimalEnd) >= 0 {
		return d, fmt.Sprintf("the result is out of the range of DECIMAL(%d, %d)", ir.MaxPrecision, decimalScale)
	}
	return d, ""
}

// maxText is the most bytes that a function may give as one value.
const maxText = 16 << 20

func checkText(s string) string {
	if !utf8.ValidString(s) {
		return "the function gave text that is not valid UTF-8; give bytes as []byte"
	}
	return ""
}

func checkJSON(s []byte) string {
	if !json.Valid(s) {
		return fmt.Sprintf("the function gave what is no JSON: %.60q", s)
	}
	return ""
}
