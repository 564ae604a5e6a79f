package parse

import (
	"slices"

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

	Offs []int32  // ARRAY, MAP: the elements of row r stand at Offs[r] to Offs[r+1]
	Kids []Column // ROW: the fields, with the rows of the ROW; ARRAY: the elements; MAP: keys, values

	room  int // rows that there is memory for
	data  []byte
	valid []byte      // nil: no NULL yet in this unit
	spare []byte      // memory for valid
	vecs  []vexec.Vec // memory for what Fill makes of the kids
}

// Holds reports whether a column of the type can be built from text: scalars, and what
// is nested of them, with keys of maps that are texts, numbers or times.
func Holds(t *ir.Type) bool {
	switch t.Kind {
	case ir.Row:
		return !slices.ContainsFunc(t.Fields, func(f ir.Field) bool { return !Holds(f.Type) })
	case ir.Array:
		return Holds(t.Elem)
	case ir.Map:
		return t.Key.Kind < ir.Array && t.Key.Kind != ir.Boolean && Holds(t.Key) && Holds(t.Elem)
	case ir.Boolean, ir.TinyInt, ir.SmallInt, ir.Integer, ir.BigInt, ir.Real, ir.Double, ir.Decimal,
		ir.Varchar, ir.Varbinary, ir.JSON, ir.Date, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval, ir.IntervalMonth:
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
		set.Cols[i].init(s.Cols[i])
	}
	set.Grow(1024)
	return set
}

func (c *Column) init(of ir.Column) {
	c.Column = of
	switch t := of.Type; t.Kind {
	case ir.Row:
		c.Kids = make([]Column, len(t.Fields))
		for i, f := range t.Fields {
			c.Kids[i].init(ir.Column{Name: f.Name, Type: f.Type})
		}
	case ir.Array:
		c.Kids = make([]Column, 1)
		c.Kids[0].init(ir.Column{Name: "element", Type: t.Elem})
	case ir.Map:
		c.Kids = make([]Column, 2)
		c.Kids[0].init(ir.Column{Name: "key", Type: t.Key, NotNull: true})
		c.Kids[1].init(ir.Column{Name: "value", Type: t.Elem})
	}
	c.vecs = make([]vexec.Vec, len(c.Kids))
}

// Reset forgets all rows, keeping the memory.
func (s *Set) Reset() {
	for i := range s.Cols {
		s.Cols[i].reset()
	}
}

func (c *Column) reset() {
	if c.valid != nil {
		c.spare, c.valid = c.valid, nil
	}
	for i := range c.Kids {
		c.Kids[i].reset()
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

// Grow makes room for at least n rows of a column of elements, keys or values.
func (c *Column) Grow(n int) {
	if n > c.room {
		c.grow((max(n, 2*c.room) + 63) &^ 63)
	}
}

func (c *Column) grow(n int) {
	c.room = n
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
	switch c.Type.Kind {
	case ir.Row:
		for i := range c.Kids {
			c.Kids[i].grow(n)
		}
	case ir.Array, ir.Map:
		c.Offs = append(c.Offs, make([]int32, n+1-len(c.Offs))...)
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
	case ir.Integer, ir.Date, ir.IntervalMonth:
		c.I32 = v.Int32s()
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
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

// SetNull makes row r NULL, and the fields of a ROW with it. What stands in its place
// is a value too, so that kernels may look at it. A NOT NULL column gives a fault.
func (c *Column) SetNull(r int) Fault {
	if c.NotNull {
		return NoValue
	}
	if c.valid == nil {
		c.valid = append(c.spare[:0], make([]byte, c.room/8)...)
		fill(c.valid)
	}
	vexec.ClearBit(c.valid, r)
	c.Clear(r)
	return OK
}

// Clear puts a zero, or an empty list, into row r: of what is left out too, the rows
// behind must know where their elements begin.
func (c *Column) Clear(r int) {
	switch {
	case c.Bits != nil:
		vexec.ClearBit(c.Bits, r)
	case c.Offs != nil:
		c.Offs[r+1] = c.Offs[r]
	case c.Kids != nil:
		for i := range c.Kids {
			c.Kids[i].SetNull(r)
		}
	default:
		w := c.Type.Kind.Width()
		clear(c.data[r*w : r*w+w])
	}
}

// Restore marks row r as not NULL, and the fields of a ROW with it.
func (c *Column) Restore(r int) {
	if c.valid != nil {
		vexec.SetBit(c.valid, r)
	}
	if c.Kids != nil && c.Offs == nil {
		for i := range c.Kids {
			c.Kids[i].Restore(r)
		}
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
		b.Cols[i] = s.Cols[i].Vec(rows, bufs)
	}
}

// Vec is the first rows rows as a vector, which borrows the column's memory.
func (c *Column) Vec(rows int, bufs [][]byte) vexec.Vec {
	v := vexec.Vec{Type: c.Type}
	switch {
	case c.Bits != nil:
		v.Data = c.data[:(rows+7)/8]
	case c.Offs != nil:
		v.Offs = c.Offs[:rows+1]
		v.Kids = c.vecsOf(int(v.Offs[rows]), bufs)
	case c.Kids != nil:
		v.Kids = c.vecsOf(rows, bufs)
	default:
		v.Data = c.data[:rows*c.Type.Kind.Width()]
	}
	if c.Views != nil {
		v.Bufs = bufs
	}
	if c.valid != nil {
		v.Valid = c.valid[:(rows+7)/8]
	}
	return v
}

func (c *Column) vecsOf(rows int, bufs [][]byte) []vexec.Vec {
	for i := range c.Kids {
		c.vecs[i] = c.Kids[i].Vec(rows, bufs)
	}
	return c.vecs
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
