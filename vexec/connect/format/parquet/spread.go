package parquet

import (
	"github.com/helios-stream/helios/vexec"
)

// spread moves the values that part has put at the front of its rows to where
// they belong, and marks the others as NULL.
func (c *column) spread(at int, defs []byte, values, n, badFrom int) {
	if c.out.Valid == nil {
		c.mask = vexec.GrowBytes(c.mask, (n+7)/8)
		for i := range c.mask {
			c.mask[i] = 0xFF
		}
		c.out.Valid = c.mask
	}
	for i, d := range defs {
		if d == 0 {
			vexec.ClearBit(c.out.Valid, at+i)
		}
	}
	switch c.spreadWidth() {
	case 1:
		spread(c.out.Int8s()[at:], defs, values)
	case 2:
		spread(c.out.Int16s()[at:], defs, values)
	case 4:
		spread(c.out.Int32s()[at:], defs, values)
	case 8:
		spread(c.out.Int64s()[at:], defs, values)
	case 16:
		spread(c.out.Decs()[at:], defs, values)
	default:
		spreadBits(c.out.Data, at, defs, values)
	}
	moveBad(c.bad[badFrom:], at, defs)
}

func (c *column) spreadWidth() int {
	if c.plan.text && c.text.form == codes {
		return 4
	}
	return c.plan.want.Kind.Width()
}

func spread[T any](d []T, defs []byte, values int) {
	var zero T
	d = d[:len(defs)]
	j := values - 1
	for i := len(defs) - 1; i > j; i-- {
		if defs[i] == 0 {
			d[i] = zero
		} else {
			d[i] = d[j]
			j--
		}
	}
}

func spreadBits(d []byte, at int, defs []byte, values int) {
	j := values - 1
	for i := len(defs) - 1; i > j; i-- {
		if defs[i] != 0 && vexec.Bit(d, at+j) {
			vexec.SetBit(d, at+i)
		} else {
			vexec.ClearBit(d, at+i)
		}
		if defs[i] != 0 {
			j--
		}
	}
}

// moveBad does for the rows of bad, which are increasing, what spread does for values.
func moveBad(bad []badValue, at int, defs []byte) {
	value := 0
	for i, d := range defs {
		if len(bad) == 0 {
			return
		}
		if d == 0 {
			continue
		}
		if int(bad[0].row) == at+value {
			bad[0].row = int32(at + i)
			bad = bad[1:]
		}
		value++
	}
}
