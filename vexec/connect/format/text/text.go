// Package text prints SQL values as bytes, appending to a buffer and without
// allocating: what CSV, NDJSON and the console show. It agrees with
// ir.FormatValue for every scalar but REAL, which it prints in the shortest form
// that reads back as the same 32-bit number, and bytes, whose form is the
// format's own.
package text

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// AppendScalar prints row i of v, which is not NULL and not nested: text as it
// is, bytes as base64.
func AppendScalar(dst []byte, v *vexec.Vec, i int) []byte {
	f, j := v.At(i)
	switch f.Type.Kind {
	case ir.Boolean:
		return strconv.AppendBool(dst, vexec.Bit(f.Data, j))
	case ir.TinyInt:
		return strconv.AppendInt(dst, int64(f.Int8s()[j]), 10)
	case ir.SmallInt:
		return strconv.AppendInt(dst, int64(f.Int16s()[j]), 10)
	case ir.Integer, ir.IntervalMonth:
		return strconv.AppendInt(dst, int64(f.Int32s()[j]), 10)
	case ir.BigInt:
		return strconv.AppendInt(dst, f.Int64s()[j], 10)
	case ir.Real:
		return AppendReal(dst, f.Float32s()[j])
	case ir.Double:
		return AppendDouble(dst, f.Float64s()[j])
	case ir.Decimal:
		return AppendDec(dst, f.Decs()[j], f.Type.S)
	case ir.Varchar, ir.JSON:
		return append(dst, f.Bytes(j)...)
	case ir.Varbinary:
		return base64.StdEncoding.AppendEncode(dst, f.Bytes(j))
	}
	return appendTime(dst, f, j)
}

func appendTime(dst []byte, f *vexec.Vec, j int) []byte {
	switch f.Type.Kind {
	case ir.Date:
		return AppendDate(dst, int64(f.Int32s()[j]))
	case ir.Time:
		return AppendTime(dst, f.Int64s()[j])
	case ir.Timestamp, ir.TimestampLTZ:
		if f.Type.Nanos() {
			return AppendNanos(dst, f.Int64s()[j])
		}
		return AppendMicros(dst, f.Int64s()[j])
	case ir.Interval:
		return AppendInterval(dst, f.Int64s()[j])
	}
	return dst
}

// AppendDouble prints f in its shortest exact form; NaN, Infinity and -Infinity by name.
func AppendDouble(dst []byte, f float64) []byte { return appendFloat(dst, f, 64) }

// AppendReal is AppendDouble for a 32-bit number.
func AppendReal(dst []byte, f float32) []byte { return appendFloat(dst, float64(f), 32) }

func appendFloat(dst []byte, f float64, bits int) []byte {
	a := math.Abs(f)
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == math.Trunc(f) && a < 1<<24: // exact, and much quicker
		if f == 0 && math.Signbit(f) {
			dst = append(dst, '-')
		}
		return append(strconv.AppendInt(dst, int64(f), 10), ".0"...)
	case a < 1e-6 || a >= 1e21:
		return strconv.AppendFloat(dst, f, 'e', -1, bits)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	for _, c := range dst[from:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// AppendDec prints the unscaled decimal d with the scale s.
func AppendDec(dst []byte, d ir.Dec, s int) []byte {
	hi, lo := uint64(d.Hi), d.Lo
	if d.Hi < 0 {
		dst = append(dst, '-')
		hi, lo = ^hi, -lo
		if lo == 0 {
			hi++
		}
	}
	var raw [48]byte
	digits := appendUint128(raw[:0], hi, lo)
	if s <= 0 {
		return append(dst, digits...)
	}
	if len(digits) <= s {
		dst = append(dst, '0', '.')
		for n := s - len(digits); n > 0; n-- {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(dst, digits[:len(digits)-s]...)
	dst = append(dst, '.')
	return append(dst, digits[len(digits)-s:]...)
}

// AppendInterval prints microseconds as a duration: 1h2m3.5s.
func AppendInterval(dst []byte, us int64) []byte {
	if us > math.MinInt64/1000 && us < math.MaxInt64/1000 {
		return append(dst, time.Duration(us*1000).String()...)
	}
	const hour = 3600_000_000 // beyond a time.Duration: 292 years
	dst = strconv.AppendInt(dst, us/hour, 10)
	rest := us % hour
	if rest < 0 {
		rest = -rest
	}
	dst = append(dst, 'h')
	dst = strconv.AppendInt(dst, rest/60_000_000, 10)
	dst = append(dst, 'm')
	return append(dst, time.Duration(rest%60_000_000*1000).String()...)
}
