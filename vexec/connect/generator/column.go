package generator

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rows are the rows that a column is to make.
type rows struct {
	from uint64
	n    int
	now  ir.Micros
}

// column makes the values of one column or part of a column. It is used by one
// goroutine: it keeps the memory of what it made last.
type column struct {
	t       *ir.Type
	values  values
	nulls   uint64 // a row whose random number is below it is NULL
	nullKey uint64
	valid   []byte
}

// values fills a vector that is Reset to the column's type and r.n rows.
type values interface {
	fill(v *vexec.Vec, r rows)
}

// make fills v with the rows.
func (c *column) make(v *vexec.Vec, r rows) {
	v.Reset(c.t, r.n)
	c.values.fill(v, r)
	if c.nulls == 0 {
		return
	}
	size := (r.n + 7) / 8
	if cap(c.valid) < size {
		c.valid = make([]byte, size)
	}
	c.valid = c.valid[:size]
	clear(c.valid)
	for i := range r.n {
		if draw(c.nullKey, r.from+uint64(i)) >= c.nulls {
			vexec.SetBit(c.valid, i)
		}
	}
	v.Valid = c.valid
}

// greatest is the greatest event time that the column has in the rows from to to-1.
func (c *column) greatest(from, to uint64, now ir.Micros, v *vexec.Vec) ir.Micros {
	if t, ok := c.values.(*times); ok && c.nulls == 0 && t.plain() {
		return micros(c.t, t.at(to-1))
	}
	const chunk = 4096
	most := ir.MinMicros
	for ; from < to; from += chunk {
		r := rows{from: from, n: int(min(chunk, to-from)), now: now}
		c.make(v, r)
		for i, x := range v.Int64s()[:r.n] {
			if v.Valid == nil || vexec.Bit(v.Valid, i) {
				most = max(most, micros(c.t, x))
			}
		}
	}
	return most
}
