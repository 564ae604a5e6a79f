package parse

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Put writes the value that the text s stands for into row r; not for columns
// held as string views (PutView).
func (c *Column) Put(r int, s []byte) Fault {
	switch k := c.Type.Kind; k {
	case ir.Boolean:
		v, f := Bool(s)
		if f == OK {
			c.PutBool(r, v)
		}
		return f
	case ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt:
		v, f := Int(s)
		if f != OK {
			return f
		}
		return c.PutInt(r, v)
	case ir.Real:
		v, f := Float(s, 32)
		if f == OK {
			c.F32[r] = float32(v)
		}
		return f
	case ir.Double:
		v, f := Float(s, 64)
		if f == OK {
			c.F64[r] = v
		}
		return f
	case ir.Decimal:
		v, f := Decimal(s, c.Type.P, c.Type.S)
		if f == OK {
			c.Decs[r] = v
		}
		return f
	}
	return c.putTime(r, s)
}

func (c *Column) putTime(r int, s []byte) Fault {
	switch c.Type.Kind {
	case ir.Date:
		v, f := Date(s)
		if f == OK {
			c.I32[r] = v
		}
		return f
	case ir.Time:
		v, f := Time(s, c.Type.P)
		if f == OK {
			c.I64[r] = v
		}
		return f
	case ir.Timestamp, ir.TimestampLTZ:
		v, f := Timestamp(s, c.Type.P)
		if f == OK {
			c.I64[r] = v
		}
		return f
	}
	return c.putInterval(r, s)
}

// putInterval takes durations, and whole numbers of months.
func (c *Column) putInterval(r int, s []byte) Fault {
	switch c.Type.Kind {
	case ir.Interval:
		v, f := Interval(s)
		if f == OK {
			c.I64[r] = v
		}
		return f
	case ir.IntervalMonth:
		v, f := Int(s)
		if f == OK && !InRange(v, ir.Integer) {
			f = OutOfRange
		}
		if f == OK {
			c.I32[r] = int32(v)
		}
		return f
	}
	return Unparsed
}

// PutBool writes v into row r.
func (c *Column) PutBool(r int, v bool) {
	if v {
		vexec.SetBit(c.Bits, r)
	} else {
		vexec.ClearBit(c.Bits, r)
	}
}

// PutInt writes v into row r of an integer column, if it fits.
func (c *Column) PutInt(r int, v int64) Fault {
	if !InRange(v, c.Type.Kind) {
		return OutOfRange
	}
	switch c.Type.Kind {
	case ir.TinyInt:
		c.I8[r] = int8(v)
	case ir.SmallInt:
		c.I16[r] = int16(v)
	case ir.Integer:
		c.I32[r] = int32(v)
	default:
		c.I64[r] = v
	}
	return OK
}

// Raw is the bytes of row r of a column of fixed width, valid as long as the column.
func (c *Column) Raw(r int) []byte {
	w := c.Type.Kind.Width()
	return c.data[r*w : r*w+w]
}
