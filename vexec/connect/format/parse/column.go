package parse

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Column is a column under construction. The typed slices are the memory of the
// vector, as long as the set's capacity; those of other kinds than the column's
// are nil. Decoders may write them directly.
//
// A row is written from the front, possibly several times (a record may turn out
// bad, and the next one takes its place). Bits of rows that are not finished yet
// say "not NULL"; Restore brings that back.
type Column struct {
	ir.Column

	I8    []int8
	I16   []int16
	I32   []int32
	I64   []int64
	F32   []float32
	F64   []float64
	Decs  []ir.Dec
	Views []vexec.View
	Bits  []byte // BOOLEAN

	data  []byte
	valid []byte // nil: no NULL yet in this unit
	spare []byte // memory for valid
}

// Holds reports whether a column of the type can be built from text.
func Holds(t *ir.Type) bool {
	switch t.Kind {
	case ir.Boolean, ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt, ir.Real, ir.Double, ir.Decimal,
		ir.Varchar, ir.Varbinary, ir.JSON, ir.Date, ir.Time, ir.Timestamp, ir.TimestampLTZ:
		return true
	}
	return false
}

// Set is the columns of a batch under construction.
type Set struct {
	Cols []Column
	Cap  int // rows that the columns have room for
}

// NewSet returns empty columns of the schema, whose types must satisfy Holds.
func NewSet(s *ir.Schema) *Set {
	set := &Set{Cols: make([]Column, len(s.Cols))}
	for i := range set.Cols {
		set.Cols[i].Column = s.Cols[i]
	}
	set.Grow(1024)
	return set
}

// Reset forgets all rows, keeping the memory.
func (s *Set) Reset() {
	for i := range s.Cols {
		c := &s.Cols[i]
		if c.valid != nil {
			c.spare, c.valid = c.valid, nil
		}
	}
}

// Grow makes room for at least n rows and keeps what is there.
func (s *Set) Grow(n int) {
	if n <= s.Cap {
		return
	}
	n = (max(n, 2*s.Cap) + 63) &^ 63
	for i := range s.Cols {
		s.Cols[i].grow(n)
	}
	s.Cap = n
}

func (c *Column) grow(n int) {
	size := n * c.Type.Kind.Width()
	if c.Type.Kind == ir.Boolean {
		size = n / 8
	}
	data := vexec.AlignedBytes(size)
	copy(data, c.data)
	c.data = data
	if c.valid != nil {
		old := len(c.valid)
		c.valid = append(c.valid, make([]byte, n/8-old)...)
		fill(c.valid[old:])
	}
	c.bind()
}

// bind points the slice of the column's kind to its memory.
func (c *Column) bind() {
	v := vexec.Vec{Type: c.Type, Data: c.data}
	switch c.Type.Kind {
	case ir.Boolean:
		c.Bits = c.data
	case ir.TinyInt:
		c.I8 = v.Int8s()
	case ir.SmallInt:
		c.I16 = v.Int16s()
	case ir.Integer, ir.Date:
		c.I32 = v.Int32s()
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ:
		c.I64 = v.Int64s()
	case ir.Real:
		c.F32 = v.Float32s()
	case ir.Double:
		c.F64 = v.Float64s()
	case ir.Decimal:
		c.Decs = v.Decs()
	case ir.Varchar, ir.Varbinary, ir.JSON:
		c.Views = v.Views()
	}
}

func fill(b []byte) {
	for i := range b {
		b[i] = 0xFF
	}
}

// SetNull makes row r NULL. What stands in its place is a value too, so that
// kernels may look at it. A NOT NULL column gives a fault.
func (s *Set) SetNull(c *Column, r int) Fault {
	if c.NotNull {
		return NoValue
	}
	if c.valid == nil {
		c.valid = append(c.spare[:0], make([]byte, s.Cap/8)...)
		fill(c.valid)
	}
	vexec.ClearBit(c.valid, r)
	c.zero(r)
	return OK
}

func (c *Column) zero(r int) {
	switch {
	case c.Bits != nil:
		vexec.ClearBit(c.Bits, r)
	default:
		w := c.Type.Kind.Width()
		clear(c.data[r*w : r*w+w])
	}
}

// Restore marks row r as not NULL.
func (c *Column) Restore(r int) {
	if c.valid != nil {
		vexec.SetBit(c.valid, r)
	}
}

// HasNulls reports whether a row has been NULL since Reset.
func (c *Column) HasNulls() bool { return c.valid != nil }

// Restore marks row r of every column as not NULL.
func (s *Set) Restore(r int) {
	for i := range s.Cols {
		s.Cols[i].Restore(r)
	}
}

// Fill makes b a batch of the first rows rows. b borrows the set's memory: it is
// valid until the set is written again.
func (s *Set) Fill(b *vexec.Batch, schema *ir.Schema, rows int, bufs [][]byte) {
	b.Reset(schema)
	b.Rows = rows
	for i := range s.Cols {
		c := &s.Cols[i]
		v := vexec.Vec{Type: c.Type, Data: c.data[:rows*c.Type.Kind.Width()]}
		if c.Bits != nil {
			v.Data = c.data[:(rows+7)/8]
		}
		if c.Views != nil {
			v.Bufs = bufs
		}
		if c.valid != nil {
			v.Valid = c.valid[:(rows+7)/8]
		}
		b.Cols[i] = v
	}
}

// Greatest is the greatest event time in the first rows rows of a timestamp
// column, floored to microseconds; MinMicros where there is none.
func (c *Column) Greatest(rows int) ir.Micros {
	most, found := int64(0), false
	for r, v := range c.I64[:rows] {
		if (!found || v > most) && (c.valid == nil || vexec.Bit(c.valid, r)) {
			most, found = v, true
		}
	}
	switch {
	case !found:
		return ir.MinMicros
	case c.Type.Nanos():
		return ir.Micros(floorDiv(most, 1000))
	}
	return ir.Micros(most)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

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
