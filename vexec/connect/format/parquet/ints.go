package parquet

import (
	"math"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// scratch is memory for values on their way through a conversion.
type scratch struct {
	ints []int64
}

func copyInt32(c *column, dst *vexec.Vec, at, from, n int) error {
	copy(dst.Int32s()[at:at+n], c.vals.Int32()[from:from+n])
	return nil
}

func copyInt64(c *column, dst *vexec.Vec, at, from, n int) error {
	copy(dst.Int64s()[at:at+n], c.vals.Int64()[from:from+n])
	return nil
}

// ints returns n whole numbers of the page in memory that the caller may write,
// until the next call. Unsigned 64-bit numbers come as their bits.
func (c *column) ints(from, n int) []int64 {
	if cap(c.tmp.ints) < n {
		c.tmp.ints = make([]int64, max(n, batchRows))
	}
	out := c.tmp.ints[:n]
	switch {
	case c.plan.leaf.phys == pq.Int64:
		copy(out, c.vals.Int64()[from:from+n])
	case c.plan.leaf.unsigned:
		for i, v := range c.vals.Uint32()[from : from+n] {
			out[i] = int64(v)
		}
	default:
		for i, v := range c.vals.Int32()[from : from+n] {
			out[i] = int64(v)
		}
	}
	return out
}

// storeInts puts v into dst, whose kind is an integer or DATE.
func (c *column) storeInts(dst *vexec.Vec, at int, v []int64) error {
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
	return nil
}

func storeNarrow[T int8 | int16 | int32](c *column, out []T, at int, v []int64) {
	for i, x := range v {
		out[i] = T(x)
		if int64(T(x)) != x {
			c.outOfRange(at+i, ir.FormatValue(x, ir.TBigInt))
		}
	}
}

func unsignedToBigInt(c *column, dst *vexec.Vec, at, from, n int) error {
	out := dst.Int64s()[at : at+n]
	for i, v := range c.vals.Uint64()[from : from+n] {
		out[i] = int64(v)
		if v > math.MaxInt64 {
			c.outOfRange(at+i, ir.Dec{Lo: v}.Format(0))
		}
	}
	return nil
}

func (c *column) outOfRange(row int, value string) {
	c.addBad(row, value, "column %s: %s is out of the range of %s", c.plan.leaf.name, value, c.plan.want)
}
