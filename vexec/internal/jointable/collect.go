package jointable

import (
	"errors"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// ErrManyRows is what a relation of one row gives that has more.
var ErrManyRows = errors.New("a query that stands for one value gives more than one row: give it LIMIT 1, an aggregate such as MAX, or a condition that one row fulfils")

// Collector takes rows and keeps copies of those whose keys are not NULL: others are equal
// to none. It is used by one goroutine.
type Collector struct {
	load   *ir.Load
	chunks []*vexec.Batch // each but the last has vexec.ChunkRows rows
	rows   int
	mem    *vexec.Account
	tail   int64 // bytes of the last chunk that are reserved
	sel    []int32
	some   []int32
}

// NewCollector returns a collector for rows of a load, whose memory is reserved from mem.
func NewCollector(load *ir.Load, mem *vexec.Account) *Collector {
	return &Collector{load: load, mem: mem}
}

// Rows is how many are kept.
func (c *Collector) Rows() int { return c.rows }

// Bytes is the memory that is reserved.
func (c *Collector) Bytes() int64 { return c.mem.Used() }

// Close gives the memory back. It is for collectors of which no table was made.
func (c *Collector) Close() {
	c.chunks = nil
	c.mem.Close()
}

// Add copies the live rows of b. Errors: ErrManyRows, a *vexec.MemoryError.
func (c *Collector) Add(b *vexec.Batch) error {
	rows := c.withKeys(b)
	c.rows += len(rows)
	if c.load.Single && c.rows > 1 {
		return ErrManyRows
	}
	plain := *b
	plain.Kind, plain.Ord, plain.Late, plain.Part = nil, nil, nil, -1
	for len(rows) > 0 {
		to := c.room(len(rows))
		n := min(len(rows), vexec.ChunkRows-to.Rows)
		vexec.AppendRows(to, &plain, rows[:n])
		rows = rows[n:]
		size := to.MemSize()
		if err := c.mem.Grow(size - c.tail); err != nil {
			return err
		}
		c.tail = size
	}
	return nil
}

// room is the chunk that takes more rows.
func (c *Collector) room(rows int) *vexec.Batch {
	if n := len(c.chunks); n > 0 && c.chunks[n-1].Rows < vexec.ChunkRows {
		return c.chunks[n-1]
	}
	to := &vexec.Batch{}
	to.Reset(c.load.Out)
	if len(c.chunks) > 0 || rows >= vexec.ChunkRows { // it will be full
		for i := range to.Cols {
			if w := c.load.Out.Cols[i].Type.Kind.Width(); w > 0 {
				to.Cols[i].Data = vexec.AlignedBytes(vexec.ChunkRows * w)[:0]
			}
		}
	}
	c.chunks, c.tail = append(c.chunks, to), 0
	return to
}

// withKeys lists the live rows of b whose keys are not NULL.
func (c *Collector) withKeys(b *vexec.Batch) []int32 {
	rows := b.Sel
	if rows == nil {
		for i := len(c.sel); i < b.Rows; i++ {
			c.sel = append(c.sel, int32(i))
		}
		rows = c.sel[:b.Rows]
	}
	for _, k := range c.load.Keys {
		rows = c.notNull(&b.Cols[k], rows)
	}
	return rows
}

func (c *Collector) notNull(v *vexec.Vec, rows []int32) []int32 {
	if !v.MayBeNull() {
		return rows
	}
	if cap(c.some) < len(rows) {
		c.some = make([]int32, 0, len(rows))
	}
	out := c.some[:0] // at most as many as have been looked at: rows may be its own memory
	for _, r := range rows {
		if !v.Null(int(r)) {
			out = append(out, r)
		}
	}
	return out
}
