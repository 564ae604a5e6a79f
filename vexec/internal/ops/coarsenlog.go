package ops

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// What a row of the log is, in its last column.
const (
	rowWas  = 0 // it was given
	rowIs   = 1 // it is to be given
	rowGone = 2 // nothing is to be given any more
)

// pendingTable has the log.
const pendingTable = "pending"

// Tables implements vexec.Stateful.
func (c *Coarsen) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: pendingTable, Version: 1, Schema: c.stateTypes, Keys: c.op.By}}
}

func (c *Coarsen) noRows() *vexec.Batch {
	b := &vexec.Batch{}
	b.Reset(c.stateTypes)
	return b
}

// restore takes rows of a log as they were written.
func (c *Coarsen) restore(b *vexec.Batch) error {
	if err := c.intern(b, b.Sel); err != nil {
		return err
	}
	role := &b.Cols[len(b.Cols)-1]
	for i := range b.Live() {
		r := b.Row(i)
		v, j := role.At(r)
		p, what := c.key(c.ids[r]), v.Int8s()[j]
		switch at := c.put(int32(r), what); what {
		case rowWas:
			p.was = at
		case rowIs:
			p.is = at
		default:
			p.is = -1
		}
	}
	c.log = c.appended(b)
	return c.reserve()
}

// put has appended put a row of the batch at hand into the log, and returns its place there.
func (c *Coarsen) put(r int32, role int8) int32 {
	c.rows, c.roles = append(c.rows, r), append(c.roles, role)
	return int32(c.log.Rows + len(c.rows) - 1)
}

// appended puts the rows that have been asked for behind those of the log.
func (c *Coarsen) appended(b *vexec.Batch) *vexec.Batch {
	if len(c.rows) == 0 {
		return c.log
	}
	if c.op.EndCol >= 0 {
		ends := c.end.read(b)
		for _, r := range c.rows {
			c.least = min(c.least, ends[r])
		}
	}
	n := len(c.op.Out.Cols)
	c.role.Reset(ir.TTinyInt, b.Rows)
	roles := c.role.Int8s()
	c.row = vexec.Batch{Schema: c.stateTypes, Cols: append(append(c.row.Cols[:0], b.Cols[:n]...), c.role), Rows: b.Rows}
	for i, r := range c.rows {
		roles[r] = c.roles[i]
	}
	vexec.AppendRows(c.log, &c.row, c.rows)
	c.rows, c.roles = c.rows[:0], c.roles[:0]
	return c.log
}

// fewPending are so many rows of the log that are not worth a new one.
const fewPending = 4096

// tidy makes a new log where most rows of it do not matter any more.
func (c *Coarsen) tidy() error {
	if c.log.Rows <= fewPending || c.log.Rows <= 4*c.count {
		return c.reserve()
	}
	return c.rewrite()
}

// rewrite makes a new log of what is pending.
func (c *Coarsen) rewrite() error {
	rows := []int32{} // never nil, which is all rows
	for id := range c.pending {
		p := &c.pending[id]
		for _, at := range []int32{p.was, p.is} {
			if p.on && at >= 0 {
				rows = append(rows, at)
			}
		}
	}
	left, due := c.noRows(), c.due
	vexec.AppendRows(left, c.log, rows)
	if err := c.anew(); err != nil {
		return err
	}
	if err := c.restore(left); err != nil {
		return err
	}
	if c.count > 0 {
		c.due = due
	}
	return nil
}

// anew begins with nothing pending.
func (c *Coarsen) anew() (err error) {
	c.log, c.least = c.noRows(), math.MaxInt64
	c.pending, c.count, c.due = nil, 0, ir.MaxMicros
	for _, id := range c.segs {
		c.table.Drop(id)
	}
	c.segs, c.sealed = c.segs[:0], 0
	c.keys.Release()
	c.keys, err = agg.NewGrouper(c.keyTypes(), c.mem)
	return err
}

// reserve accounts for the log.
func (c *Coarsen) reserve() error {
	want := c.log.MemSize()
	if err := c.mem.Grow(want - c.held); err != nil {
		return err
	}
	c.held = want
	return nil
}

// Seal implements vexec.Stateful: it copies the rows of the log since the last barrier.
func (c *Coarsen) Seal(uint64) error {
	if !c.keep || c.log.Rows == c.sealed {
		return nil
	}
	var rows []int32
	for r := c.sealed; r < c.log.Rows; r++ {
		rows = append(rows, int32(r))
	}
	own := c.noRows()
	vexec.AppendRows(own, c.log, rows)
	c.segs = append(c.segs, c.table.Add(newRowSegment([]*vexec.Batch{own})))
	c.sealed = c.log.Rows
	return nil
}
