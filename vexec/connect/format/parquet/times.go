package parquet

import (
	"encoding/binary"
	"strconv"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

const (
	micros      = 1_000_000
	nanos       = 1_000_000_000
	daySeconds  = 86_400
	julianEpoch = 2_440_588 // 1970-01-01 as a Julian day, for INT96
)

// timePlan is the way between dates, times and timestamps; nil: there is none.
func timePlan(l *leaf, want *ir.Type) decodeFunc {
	nat, to := l.natural.Kind, int64(micros)
	if want.Nanos() {
		to = nanos
	}
	switch {
	case nat == ir.Date && want.Kind == ir.Date && l.phys == physInt32:
		return copyInt32
	case nat == ir.Date && want.Kind.IsTimestamp():
		return rescale(daySeconds*to, 1)
	case l.phys == physInt96 && want.Kind.IsTimestamp():
		return decodeInt96
	case nat == ir.Time && want.Kind == ir.Time, nat.IsTimestamp() && want.Kind.IsTimestamp():
		if l.unit == to && l.phys == physInt64 {
			return copyInt64
		}
		return rescale(max(to/l.unit, 1), max(l.unit/to, 1))
	}
	return nil
}

// rescale multiplies, checked, or divides, rounding down.
func rescale(mul, div int64) decodeFunc {
	return func(c *column, dst *vexec.Vec, at, n int) error {
		vals, err := c.ints(n)
		if err != nil {
			return err
		}
		out := dst.Int64s()[at : at+n]
		for i, v := range vals {
			if div > 1 {
				out[i] = kernels.FloorDiv(v, div)
				continue
			}
			x, ok := columnfile.MulInt64(v, mul)
			if !ok {
				c.outOfRange(at+i, strconv.FormatInt(v, 10))
			}
			out[i] = x
		}
		return nil
	}
}

// decodeInt96 reads the nanoseconds of a day and the Julian day.
func decodeInt96(c *column, dst *vexec.Vec, at, n int) error {
	c.tmp12 = vexec.GrowBytes(c.tmp12, 12*n)
	if err := c.page.vals.fixed(c.tmp12, n); err != nil {
		return err
	}
	out := dst.Int64s()[at : at+n]
	unit := int64(micros)
	if dst.Type.Nanos() {
		unit = nanos
	}
	for i := range out {
		day := int64(int32(binary.LittleEndian.Uint32(c.tmp12[12*i+8:]))) - julianEpoch
		in := int64(leUint64(c.tmp12[12*i:]))
		x, ok := columnfile.MulInt64(day, daySeconds*unit)
		rest := kernels.FloorDiv(in, nanos/unit)
		sum := x + rest
		if !ok || (sum < x) != (rest < 0) {
			c.outOfRange(at+i, "day "+strconv.FormatInt(day, 10))
		}
		out[i] = sum
	}
	return nil
}

// scaleToMicros turns t in units a second into microseconds.
func scaleToMicros(t, unit int64) (ir.Micros, bool) {
	if unit > micros {
		return ir.Micros(kernels.FloorDiv(t, unit/micros)), true
	}
	us, ok := columnfile.MulInt64(t, micros/unit)
	return ir.Micros(us), ok
}

func leUint64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
