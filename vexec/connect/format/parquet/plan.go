package parquet

import (
	"encoding/binary"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
)

// plan is how a column of the file becomes one of the declared type.
type plan struct {
	leaf   *leaf
	want   *ir.Type
	text   bool // the values are string views
	decode decodeFunc
}

// decodeFunc decodes the next n values of the column's page into the rows of dst
// from at on. What the type cannot hold goes to c.bad, with the row of dst.
type decodeFunc func(c *column, dst *vexec.Vec, at, n int) error

// newPlan finds the way from the file's type to the declared one.
func newPlan(l *leaf, want *ir.Type) (*plan, error) {
	p := &plan{leaf: l, want: want}
	nat := l.natural
	if nat == nil { // its bytes can be had
		if want.Kind != ir.Varbinary || l.phys != physBytes && (l.phys != physFixed || l.length < 1 || l.length > maxLength) {
			return nil, l.unknown()
		}
		nat = ir.TVarbinary
	}
	switch {
	case nat.Kind.IsText() && want.Kind.IsText():
		p.text = true
		p.decode = textPlan(l, nat, want)
	case nat.Kind == ir.Boolean && want.Kind == ir.Boolean:
		p.decode = decodeBools
	case nat.Kind.IsInteger() && want.Kind.IsNumeric(), l.unsigned && want.Kind == ir.BigInt:
		p.decode = intPlan(l, want)
	case nat.Kind.IsFloat() && want.Kind.IsFloat():
		p.decode = floatPlan(l, want)
	case nat.Kind == ir.Decimal && want.Kind == ir.Decimal && want.S >= nat.S:
		p.decode = decimalPlan(l, want)
	case nat.Kind == ir.Decimal && want.Kind == ir.Double:
		p.decode = decimalToDouble
	default:
		p.decode = timePlan(l, want)
	}
	if p.decode == nil {
		return nil, columnfile.NotReadAs(kind, l.name, nat, want)
	}
	return p, nil
}

func textPlan(l *leaf, nat, want *ir.Type) decodeFunc {
	switch {
	case l.uuid && want.Kind == ir.Varchar:
		return decodeUUID
	case l.uuid:
		return nil
	case want.Kind == ir.Varbinary, nat.Kind == want.Kind, nat.Kind == ir.JSON:
		return decodeText
	}
	return checked(want)
}

func intPlan(l *leaf, want *ir.Type) decodeFunc {
	switch want.Kind {
	case ir.Integer:
		if l.phys == physInt32 && !l.unsigned {
			return copyInt32
		}
	case ir.BigInt:
		if l.phys == physInt64 && !l.unsigned {
			return copyInt64
		}
	case ir.Real:
		return func(c *column, dst *vexec.Vec, at, n int) error {
			v, err := c.ints(n)
			out := dst.Float32s()[at : at+n]
			for i, x := range v {
				out[i] = float32(x)
			}
			return err
		}
	case ir.Double:
		return func(c *column, dst *vexec.Vec, at, n int) error {
			v, err := c.ints(n)
			out := dst.Float64s()[at : at+n]
			for i, x := range v {
				out[i] = float64(x)
			}
			return err
		}
	case ir.Decimal:
		return decimalPlan(l, want)
	}
	if l.unsigned && l.phys == physInt64 {
		return unsignedToBigInt
	}
	return func(c *column, dst *vexec.Vec, at, n int) error {
		v, err := c.ints(n)
		if err == nil {
			c.storeInts(dst, at, v)
		}
		return err
	}
}

func floatPlan(l *leaf, want *ir.Type) decodeFunc {
	switch {
	case l.half:
		return decodeHalf
	case l.phys == physFloat && want.Kind == ir.Real:
		return copyInt32
	case l.phys == physDouble && want.Kind == ir.Double:
		return copyInt64
	case want.Kind == ir.Real:
		return func(c *column, dst *vexec.Vec, at, n int) error {
			v := c.scratch(ir.TDouble, n)
			err := c.page.vals.int64s(v, 0, n)
			out := dst.Float32s()[at : at+n]
			for i, x := range v.Float64s() {
				out[i] = float32(x)
			}
			return err
		}
	}
	return func(c *column, dst *vexec.Vec, at, n int) error {
		v := c.scratch(ir.TReal, n)
		err := c.page.vals.int32s(v, 0, n)
		out := dst.Float64s()[at : at+n]
		for i, x := range v.Float32s() {
			out[i] = float64(x)
		}
		return err
	}
}

// decodeHalf reads floats of 16 bits.
func decodeHalf(c *column, dst *vexec.Vec, at, n int) error {
	raw, err := c.page.vals.fixedBytes(n)
	if err != nil {
		return err
	}
	for i := range n {
		f := columnfile.HalfToFloat(binary.LittleEndian.Uint16(raw[2*i:]))
		if dst.Type.Kind == ir.Real {
			dst.Float32s()[at+i] = f
		} else {
			dst.Float64s()[at+i] = float64(f)
		}
	}
	return nil
}

func decodeBools(c *column, dst *vexec.Vec, at, n int) error {
	return c.page.vals.bools(dst.Data, at, n)
}
