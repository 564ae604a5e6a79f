package ir

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Micros is an instant of event time: microseconds since 1970-01-01 00:00:00 UTC.
type Micros int64

// The ends of event time. A watermark of MaxMicros says that the input has ended;
// MinMicros that nothing is known yet.
const (
	MinMicros Micros = math.MinInt64
	MaxMicros Micros = math.MaxInt64
)

// String is the instant in SQL's timestamp form.
func (m Micros) String() string {
	switch m {
	case MinMicros:
		return "-infinity"
	case MaxMicros:
		return "+infinity"
	}
	return FormatMicros(int64(m))
}

// Sub returns m - d, held at MinMicros instead of wrapping.
func (m Micros) Sub(d int64) Micros {
	if d > 0 && m < MinMicros+Micros(d) {
		return MinMicros
	}
	return m - Micros(d)
}

// Dec is an unscaled DECIMAL value in 128-bit two's complement, in the memory
// layout of Arrow's decimal128 (little endian).
type Dec struct {
	Lo uint64
	Hi int64
}

// DecFromInt64 returns v as a Dec.
func DecFromInt64(v int64) Dec { return Dec{Lo: uint64(v), Hi: v >> 63} }

// Big returns d as a big integer.
func (d Dec) Big() *big.Int {
	b := big.NewInt(d.Hi)
	b.Lsh(b, 64)
	return b.Add(b, new(big.Int).SetUint64(d.Lo))
}

// DecFromBig returns b as a Dec; ok is false where it does not fit in 128 bits.
func DecFromBig(b *big.Int) (d Dec, ok bool) {
	if b.BitLen() > 127 {
		return Dec{}, false
	}
	m := new(big.Int).And(b, maxUint64)
	return Dec{Lo: m.Uint64(), Hi: new(big.Int).Rsh(b, 64).Int64()}, true
}

var maxUint64 = new(big.Int).SetUint64(math.MaxUint64)

// Format prints d with the scale s.
func (d Dec) Format(s int) string {
	text := d.Big().String()
	if s == 0 {
		return text
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	if len(text) <= s {
		text = strings.Repeat("0", s-len(text)+1) + text
	}
	return sign + text[:len(text)-s] + "." + text[len(text)-s:]
}

// Value is one SQL value outside of a batch: a literal, a test's expectation, a
// row of the Go API. By kind: nil (NULL), bool, int64 (all integers, Date in
// days, Time, Timestamp and Interval in the column's unit, IntervalMonth),
// float64 (Real and Double), Dec, string (Varchar, JSON), []byte (Varbinary),
// []Value (Array and Row), []MapEntry (Map).
type Value any

// MapEntry is a key and a value of a Map.
type MapEntry struct{ Key, Val Value }

// FormatMicros prints microseconds since the epoch as YYYY-MM-DD HH:MM:SS[.ffffff].
func FormatMicros(us int64) string {
	t := time.UnixMicro(us).UTC()
	if us%1_000_000 == 0 {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02 15:04:05.000000")
}

// FormatValue prints v of type t as CSV and the console show it; NULL is "NULL".
func FormatValue(v Value, t *Type) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(x)
	case int64:
		return formatInt(x, t)
	case float64:
		if t.Kind == Real {
			return formatReal(x)
		}
		return FormatDouble(x)
	case Dec:
		return x.Format(t.S)
	case string:
		return x
	case []byte:
		return fmt.Sprintf("x'%X'", x)
	}
	return FormatJSON(v, t)
}

// formatReal prints a REAL as short as a REAL can be told.
func formatReal(f float64) string {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64); err == nil {
		f = short
	}
	return FormatDouble(f)
}

func formatInt(x int64, t *Type) string {
	switch t.Kind {
	case Date:
		return time.Unix(x*86400, 0).UTC().Format("2006-01-02")
	case Time:
		return strings.TrimSuffix(time.UnixMicro(x).UTC().Format("15:04:05.000000"), ".000000")
	case Timestamp, TimestampLTZ:
		if t.Nanos() {
			return formatNanos(x)
		}
		return FormatMicros(x)
	case Interval:
		return time.Duration(x * 1000).String()
	}
	return strconv.FormatInt(x, 10)
}

func formatNanos(ns int64) string {
	t := time.Unix(0, ns).UTC()
	if ns%1_000_000_000 == 0 {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02 15:04:05.000000000")
}

// FormatDouble prints f in its shortest exact form; Infinity, -Infinity and NaN by name.
func FormatDouble(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	a := math.Abs(f)
	if a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
