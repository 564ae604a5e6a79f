package arrowipc

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// conv makes a column of the declared type of one of the file, or a part of it. Its
// memory holds until it runs again.
type conv struct {
	f      *field
	want   *ir.Type
	kids   []*conv
	pos    []int // ROW: which kid of f each field is
	values func(c *conv, x *slice, a *array, from, n int) error
	out    vexec.Vec

	data  []byte // memory of out
	valid []byte
	wide  []byte
	offs  []int32
	at    []int64
	bufs  [][]byte
	dict  dictValues
}

// slice is one run over some rows.
type slice struct {
	file    *file
	nullBad bool
	bad     []badValue // of the column, by its own rows, increasing
}

// newConv finds the way from the file's type to the declared one.
func newConv(f *field, want *ir.Type, depth int) (*conv, error) {
	nat := f.natural
	if nat == nil {
		return nil, f.unknown()
	}
	c := &conv{f: f, want: want}
	if f.dict != nil {
		return c, c.planDict(depth)
	}
	var err error
	switch k := nat.Kind; {
	case f.id == typeNull:
		c.values = allNull
	case k == ir.Row && want.Kind == ir.Row, k == ir.Array && want.Kind == ir.Array, k == ir.Map && want.Kind == ir.Map:
		err = c.planNested(depth)
	case k.IsText() && want.Kind.IsText():
		c.values = textPlan(f)
	case k == ir.Boolean && want.Kind == ir.Boolean:
		c.values = bools
	case f.id == typeInt && want.Kind.IsNumeric():
		c.values = intPlan(f, want)
	case k.IsFloat() && want.Kind.IsFloat():
		c.values = floatPlan(f, want)
	case k == ir.Decimal && want.Kind == ir.Decimal && want.S >= nat.S:
		c.values = decimals
	case k == ir.Decimal && want.Kind == ir.Double:
		c.values = decimalToDouble
	default:
		c.values = timePlan(f, want)
	}
	if err == nil && c.values == nil {
		err = columnfile.NotReadAs(kind, f.path, nat, want)
	}
	return c, err
}

// run converts the rows of a from on into c.out.
func (c *conv) run(x *slice, a *array, from, n int) error {
	if from < 0 || n < 0 || from > a.n || n > a.n-from {
		return fmt.Errorf("column %s: %w", c.f.path, errBatch)
	}
	c.out = vexec.Vec{Type: c.want, Kids: c.out.Kids[:0]}
	c.setValid(a, from, n)
	x.bad = nil
	if err := c.values(c, x, a, from, n); err != nil {
		return err
	}
	if x.nullBad {
		for _, b := range x.bad {
			c.setNull(b.row, n)
		}
		x.bad = nil
	}
	return nil
}

// setValid takes the validity of the rows.
func (c *conv) setValid(a *array, from, n int) {
	if a.valid != nil {
		c.out.Valid = c.bits(&c.valid, a.valid, from, n)
	}
}

// bits is n bits of b from a bit on: where they stand, if they begin a word.
func (c *conv) bits(mem *[]byte, b []byte, from, n int) []byte {
	if from%64 == 0 {
		return b[from/8 : from/8+(n+7)/8]
	}
	out := vexec.GrowBytes(*mem, (n+7)/8)
	*mem = out
	clear(out)
	for i := range n {
		if vexec.Bit(b, from+i) {
			vexec.SetBit(out, i)
		}
	}
	return out
}

// setNull makes row i of n NULL.
func (c *conv) setNull(i, n int) {
	c.ownValid(n)
	vexec.ClearBit(c.out.Valid, i)
}

// ownValid makes the validity one that may be written.
func (c *conv) ownValid(n int) {
	own := make([]byte, (n+7)/8)
	if c.out.Valid == nil {
		for i := range own {
			own[i] = 0xFF
		}
	}
	copy(own, c.out.Valid)
	c.out.Valid = own
}

// fresh is memory for n values of the declared type.
func (c *conv) fresh(n int) {
	c.data = vexec.GrowBytes(c.data, n*c.want.Kind.Width())
	c.out.Data = c.data
}

// plain is the values as the file has them, w bytes each.
func (c *conv) plain(a *array, from, n, w int) []byte {
	b := a.data[from*w : (from+n)*w]
	if from%8 == 0 || vexec.IsAligned(b) {
		return b
	}
	c.data = vexec.GrowBytes(c.data, n*w)
	copy(c.data, b)
	return c.data
}

// report notes that a value does not fit; NULLs may hold anything.
func (c *conv) report(x *slice, a *array, from, i int, value, format string, args ...any) {
	if !a.null(from + i) {
		x.bad = append(x.bad, badValue{row: i, value: value, reason: fmt.Sprintf(format, args...)})
	}
}

func (c *conv) outOfRange(x *slice, a *array, from, i int, value string) {
	c.report(x, a, from, i, value, "column %s: %s is out of the range of %s", c.f.path, value, c.want)
}

// allNull reads a column that has no values.
func allNull(c *conv, _ *slice, _ *array, _, n int) error {
	c.makeNull(n)
	return nil
}

// makeNull makes all of n rows NULL.
func (c *conv) makeNull(n int) {
	c.out = nulls(c.want, n)
}

func nulls(t *ir.Type, n int) vexec.Vec {
	v := vexec.NewVec(t, n)
	clear(v.Data)
	v.Valid = make([]byte, (n+7)/8)
	switch t.Kind {
	case ir.Row:
		for i, f := range t.Fields {
			v.Kids[i] = nulls(f.Type, n)
		}
	case ir.Array:
		v.Kids = []vexec.Vec{nulls(t.Elem, 0)}
	case ir.Map:
		v.Kids = []vexec.Vec{nulls(t.Key, 0), nulls(t.Elem, 0)}
	}
	return v
}

func bools(c *conv, _ *slice, a *array, from, n int) error {
	c.out.Data = c.bits(&c.data, a.data, from, n)
	return nil
}
