package expr

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// toText prints values as ir.FormatValue does; REAL as short as a REAL can be told.
func toText(from *ir.Type, zone *kernels.Zone) strict {
	if from.Kind.IsNested() && zone != nil {
		return zonedNested(from, zone)
	}
	if from.Kind.IsNested() {
		return func(c *call) { appendJSON(c, text.AppendJSON) }
	}
	one := printer(from)
	if one == nil {
		return nil
	}
	return func(c *call) {
		v := c.args[0]
		c.appendText(func(dst []byte, i int) ([]byte, bool) { return one(dst, v, i), false })
	}
}

// bytesToText takes bytes as UTF-8, with U+FFFD for what is none, as DECODE does.
func bytesToText(c *call) {
	valid := true
	c.each(func(i int) { valid = valid && utf8.Valid(c.bytes(0, i)) })
	if valid {
		c.pieceText(func(s []byte, _ int) ([]byte, bool) { return s, false })
		return
	}
	c.appendText(func(dst []byte, i int) ([]byte, bool) {
		return append(dst, bytes.ToValidUTF8(c.bytes(0, i), []byte("\ufffd"))...), false
	})
}

// printer appends the text of row i of a column.
func printer(t *ir.Type) func(dst []byte, v *vexec.Vec, i int) []byte {
	units := unitsOf(t)
	switch t.Kind {
	case ir.Boolean:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return strconv.AppendBool(dst, vexec.Bit(v.Data, i)) }
	case ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt, ir.IntervalMonth:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return strconv.AppendInt(dst, getInt(v, i), 10) }
	case ir.Real:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return appendFloat(dst, float64(v.Float32s()[i]), 32) }
	case ir.Double:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return kernels.AppendFloat(dst, v.Float64s()[i]) }
	case ir.Decimal:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return kernels.AppendDec(dst, getDecs(v)[i], t.S) }
	case ir.Date:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return kernels.AppendDate(dst, int64(v.Int32s()[i])) }
	case ir.Time:
		return func(dst []byte, v *vexec.Vec, i int) []byte { return kernels.AppendTime(dst, v.Int64s()[i], units) }
	case ir.Timestamp, ir.TimestampLTZ:
		return func(dst []byte, v *vexec.Vec, i int) []byte {
			return kernels.AppendTimestamp(dst, v.Int64s()[i], units)
		}
	case ir.Interval:
		return func(dst []byte, v *vexec.Vec, i int) []byte {
			return text.AppendInterval(dst, v.Int64s()[i])
		}
	}
	return nil
}

// fromText reads values; white space around them does not count.
func fromText(from, to *ir.Type) strict {
	switch {
	case to.Kind == ir.Boolean:
		return parse(to, func(out *vexec.Vec, i int, s []byte) bool {
			v, ok := kernels.ParseBool(s)
			kernels.PutBit(out.Data, i, v)
			return ok
		})
	case to.Kind.IsInteger():
		return parse(to, parseInt(8*to.Kind.Width()))
	case to.Kind == ir.Real:
		return parse(to, func(out *vexec.Vec, i int, s []byte) bool {
			v, ok := kernels.ParseFloat(s, 32)
			out.Float32s()[i] = float32(v)
			return ok
		})
	case to.Kind == ir.Double:
		return parse(to, func(out *vexec.Vec, i int, s []byte) bool {
			v, ok := kernels.ParseFloat(s, 64)
			out.Float64s()[i] = v
			return ok
		})
	case to.Kind == ir.Decimal:
		return parse(to, func(out *vexec.Vec, i int, s []byte) bool {
			v, ok := kernels.ParseDec(s, to.S, to.P, kernels.HalfAway)
			getDecs(out)[i] = v
			return ok
		})
	case to.Kind == ir.Date || to.Kind == ir.Time || to.Kind.IsTimestamp():
		return parseTimeFn(to, to)
	case to.Kind == ir.Interval || to.Kind == ir.IntervalMonth:
		return parse(to, parseInterval)
	case to.Kind == ir.JSON:
		return func(c *call) {
			c.pieceText(func(s []byte, i int) ([]byte, bool) {
				if !json.Valid(s) {
					c.fail(int32(i), notA(quote(s), to))
				}
				return s, false
			})
		}
	}
	return nil
}

// parse reads every row with one, which reports whether the text is a value.
func parse(to *ir.Type, one func(out *vexec.Vec, i int, s []byte) bool) strict {
	return func(c *call) {
		c.each(func(i int) {
			if s := c.bytes(0, i); !one(c.out, i, s) {
				c.fail(int32(i), notA(quote(s), to))
			}
		})
	}
}

// parseInt reads whole numbers; a fraction is cut, as in a CAST from DECIMAL.
func parseInt(width int) func(out *vexec.Vec, i int, s []byte) bool {
	return func(out *vexec.Vec, i int, s []byte) bool {
		v, ok := kernels.ParseInt(s)
		if !ok {
			d, isNumber := kernels.ParseDec(s, 0, kernels.MaxDigits, kernels.Cut)
			v, ok = d.Int64()
			ok = ok && isNumber
		}
		if !ok || v>>(width-1) != v>>63 {
			return false
		}
		putInt(out, i, v)
		return true
	}
}

// parseTimeFn reads dates, times of day and timestamps; digits that the type does
// not show are cut.
func parseTimeFn(to, named *ir.Type) strict {
	switch to.Kind {
	case ir.Date:
		return parse(named, func(out *vexec.Vec, i int, s []byte) bool {
			v, ok := kernels.ParseDate(s)
			out.Int32s()[i] = int32(v)
			return ok
		})
	case ir.Time:
		unit := digitsUnit(6, to.P)
		return parse(named, func(out *vexec.Vec, i int, s []byte) bool {
			v, ok := kernels.ParseTime(s, 1_000_000)
			out.Int64s()[i] = v - v%unit
			return ok
		})
	}
	units, unit := unitsOf(to), digitsUnit(6, to.P)
	if to.Nanos() {
		unit = digitsUnit(9, to.P)
	}
	return parse(named, func(out *vexec.Vec, i int, s []byte) bool {
		v, ok := kernels.ParseTimestamp(s, units)
		out.Int64s()[i] = v - kernels.FloorMod(v, unit)
		return ok
	})
}

// parseInterval reads what an interval prints as, and how SQL writes it.
func parseInterval(out *vexec.Vec, i int, s []byte) bool {
	if out.Type.Kind == ir.IntervalMonth {
		v, ok := kernels.ParseMonths(s)
		out.Int32s()[i] = int32(v)
		return ok
	}
	v, ok := kernels.ParseSpan(s)
	out.Int64s()[i] = v
	return ok
}
