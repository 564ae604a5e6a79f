package parquet

import (
	"fmt"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// plan is how a column of the file becomes one of the declared type.
type plan struct {
	leaf   *leaf
	want   *ir.Type
	text   bool // the values are string views
	decode decodeFunc
}

// decodeFunc decodes n values of the column's page, from value number from on,
// into the rows of dst from at on. What the type cannot hold goes to c.bad, with
// the row of dst.
type decodeFunc func(c *column, dst *vexec.Vec, at, from, n int) error

// newPlan finds the way from the file's type to the declared one.
func newPlan(l *leaf, want *ir.Type) (*plan, error) {
	p := &plan{leaf: l, want: want}
	nat := l.natural
	switch {
	case nat.Kind.IsText() && want.Kind.IsText():
		p.text = true
		p.decode = textPlan(l, want)
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
		return nil, fmt.Errorf("column %s is %s in the Parquet file, which cannot be read as the declared %s; declare it %s and convert it in the query",
			l.name, nat, want, nat)
	}
	return p, nil
}

func textPlan(l *leaf, want *ir.Type) decodeFunc {
	switch {
	case l.uuid && want.Kind == ir.Varchar:
		return decodeUUID
	case l.uuid:
		return nil
	case want.Kind == ir.Varbinary, l.natural.Kind == want.Kind, l.natural.Kind == ir.JSON:
		return decodeText
	}
	return checked(want)
}

func intPlan(l *leaf, want *ir.Type) decodeFunc {
	switch want.Kind {
	case ir.Integer:
		if l.phys == pq.Int32 && !l.unsigned {
			return copyInt32
		}
	case ir.BigInt:
		if l.phys == pq.Int64 && !l.unsigned {
			return copyInt64
		}
	case ir.Real:
		return func(c *column, dst *vexec.Vec, at, from, n int) error {
			out := dst.Float32s()[at : at+n]
			for i, v := range c.ints(from, n) {
				out[i] = float32(v)
			}
			return nil
		}
	case ir.Double:
		return func(c *column, dst *vexec.Vec, at, from, n int) error {
			out := dst.Float64s()[at : at+n]
			for i, v := range c.ints(from, n) {
				out[i] = float64(v)
			}
			return nil
		}
	case ir.Decimal:
		return decimalPlan(l, want)
	}
	if l.unsigned && l.phys == pq.Int64 {
		return unsignedToBigInt
	}
	return func(c *column, dst *vexec.Vec, at, from, n int) error {
		return c.storeInts(dst, at, c.ints(from, n))
	}
}

func floatPlan(l *leaf, want *ir.Type) decodeFunc {
	switch {
	case l.phys == pq.Float && want.Kind == ir.Real:
		return func(c *column, dst *vexec.Vec, at, from, n int) error {
			copy(dst.Float32s()[at:at+n], c.vals.Float()[from:from+n])
			return nil
		}
	case l.phys == pq.Double && want.Kind == ir.Double:
		return func(c *column, dst *vexec.Vec, at, from, n int) error {
			copy(dst.Float64s()[at:at+n], c.vals.Double()[from:from+n])
			return nil
		}
	case want.Kind == ir.Real:
		return func(c *column, dst *vexec.Vec, at, from, n int) error {
			out := dst.Float32s()[at : at+n]
			for i, v := range c.vals.Double()[from : from+n] {
				out[i] = float32(v)
			}
			return nil
		}
	}
	return func(c *column, dst *vexec.Vec, at, from, n int) error {
		out := dst.Float64s()[at : at+n]
		for i, v := range c.vals.Float()[from : from+n] {
			out[i] = float64(v)
		}
		return nil
	}
}

func decodeBools(c *column, dst *vexec.Vec, at, from, n int) error {
	bits := c.vals.Boolean()
	for i := 0; i < n; i++ {
		if vexec.Bit(bits, from+i) {
			vexec.SetBit(dst.Data, at+i)
		} else {
			vexec.ClearBit(dst.Data, at+i)
		}
	}
	return nil
}
