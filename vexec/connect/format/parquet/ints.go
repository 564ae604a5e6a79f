package parquet

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// scratch returns n values of a type that the caller may write, until the next call.
func (c *column) scratch(t *ir.Type, n int) *vexec.Vec {
	c.tmp.Reset(t, n)
	return &c.tmp
}

func copyInt32(c *column, dst *vexec.Vec, at, n int) error { return c.page.vals.int32s(dst, at, n) }
func copyInt64(c *column, dst *vexec.Vec, at, n int) error { return c.page.vals.int64s(dst, at, n) }

// ints returns the next n whole numbers of the page in memory that the caller may
// write, until the next call. Unsigned 64-bit numbers come as their bits.
func (c *column) ints(n int) ([]int64, error) {
	wide := c.scratch(ir.TBigInt, n)
	if c.plan.leaf.phys == physInt64 {
		return wide.Int64s(), c.page.vals.int64s(wide, 0, n)
	}
	c.tmp4.Reset(ir.TInteger, n)
	if err := c.page.vals.int32s(&c.tmp4, 0, n); err != nil {
		return nil, err
	}
	out := wide.Int64s()
	if c.plan.leaf.unsigned {
		for i, v := range c.tmp4.Int32s() {
			out[i] = int64(uint32(v))
		}
	} else {
		for i, v := range c.tmp4.Int32s() {
			out[i] = int64(v)
		}
	}
	return out, nil
}

// storeInts puts v into dst, whose kind is an integer or DATE.
func (c *column) storeInts(dst *vexec.Vec, at int, v []int64) {
	switch dst.Type.Kind.Width() {
	case 1:
		storeNarrow(c, dst.Int8s()[at:at+len(v)], at, v)
	case 2:
		storeNarrow(c, dst.Int16s()[at:at+len(v)], at, v)
	case 4:
		storeNarrow(c, dst.Int32s()[at:at+len(v)], at, v)
	default:
		copy(dst.Int64s()[at:at+len(v)], v)
	}
}

func storeNarrow[T int8 | int16 | int32](c *column, out []T, at int, v []int64) {
	for i, x := range v {
		out[i] = T(x)
		if int64(T(x)) != x {
			c.outOfRange(at+i, ir.FormatValue(x, ir.TBigInt))
		}
	}
}

func unsignedToBigInt(c *column, dst *vexec.Vec, at, n int) error {
	if err := c.page.vals.int64s(dst, at, n); err != nil {
		return err
	}
	for i, v := range dst.Int64s()[at : at+n] {
		if v < 0 {
			c.outOfRange(at+i, ir.Dec{Lo: uint64(v)}.Format(0))
		}
	}
	return nil
}

func (c *column) outOfRange(row int, value string) {
	c.addBad(row, value, "column %s: %s is out of the range of %s", c.plan.leaf.name, value, c.plan.want)
}
