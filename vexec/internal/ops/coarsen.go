package ops

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// Coarsen is ir.CoarsenOp: it holds changes back and gives what they come to. Of each key
// that has changed it keeps the row that was given, which its first change takes back, and
// the one that is to be given; nothing else is known of keys that do not change.
//
// What it keeps is a log of rows: a checkpoint has those since the last one, and all
// are dropped when nothing is pending any more.
type Coarsen struct {
	op    *ir.CoarsenOp
	end   timeColumn
	clock vexec.Clock
	mem   *vexec.Account
	max   int

	keys    agg.Grouper
	pending []pendingKey // by group of keys
	count   int          // keys that are pending
	log     *vexec.Batch // the rows, and behind their columns what they are
	least   int64        // no row of the log has a window that ends before
	held    int64        // bytes reserved
	due     ir.Micros    // of the clock; MaxMicros: nothing is pending

	table  vexec.Table
	segs   []vexec.SegmentID
	sealed int // rows of log that are in segs
	keep   bool

	// Scratch.
	vecs       []vexec.Vec
	ids        []uint32
	rows       []int32 // of the batch at hand, to be put into the log
	roles      []int8
	role       vexec.Vec
	out        vexec.Batch
	ready      []uint32
	from       []int32
	kinds      []vexec.RowKind
	row        vexec.Batch
	stateTypes *ir.Schema
}

// pendingKey is where the rows of a key are in the log; -1: there is none.
type pendingKey struct {
	was, is int32
	on      bool
}

// NewCoarsen returns the operator over rows of the schema in.
func NewCoarsen(o *ir.CoarsenOp, in *ir.Schema) (vexec.Operator, error) {
	c := &Coarsen{op: o, due: ir.MaxMicros, vecs: make([]vexec.Vec, len(o.Key))}
	if o.EndCol >= 0 {
		c.end = newTimeColumn(in, o.EndCol)
	}
	c.stateTypes = ir.NewSchema(append(in.Cols[:len(in.Cols):len(in.Cols)], ir.Column{Name: "$role", Type: ir.TTinyInt, NotNull: true})...)
	_, err := agg.NewGrouper(c.keyTypes(), nil)
	return c, err
}

func (c *Coarsen) keyTypes() (types []*ir.Type) {
	for _, k := range c.op.Key {
		types = append(types, c.op.Out.Cols[k].Type)
	}
	return types
}

// Open implements vexec.Operator.
func (c *Coarsen) Open(oc *vexec.OpContext) (err error) {
	c.clock, c.mem, c.max, c.keep = oc.Clock, oc.Memory, max(2, oc.MaxRows), !oc.NoRestart
	if c.keys, err = agg.NewGrouper(c.keyTypes(), c.mem); err != nil {
		return err
	}
	c.log, c.least = c.noRows(), math.MaxInt64
	c.table = oc.State.Table(pendingTable)
	return c.table.Restored(c.restore)
}

// Push implements vexec.Operator.
func (c *Coarsen) Push(_ int, b *vexec.Batch, _ vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	if err := c.intern(b, b.Sel); err != nil {
		return err
	}
	for i := range b.Live() {
		r := b.Row(i)
		kind := vexec.Insert
		if b.Kind != nil {
			kind = b.Kind[r]
		}
		known := int(c.ids[r]) < len(c.pending) && c.pending[c.ids[r]].on
		p := c.key(c.ids[r])
		switch {
		case kind.Sign() > 0:
			p.is = c.put(int32(r), rowIs)
		case !known:
			p.was = c.put(int32(r), rowWas)
		case kind == vexec.Delete && p.is >= 0:
			p.is = -1
			c.put(int32(r), rowGone)
		}
	}
	c.log = c.appended(b)
	return c.tidy()
}

// intern sets ids for the rows of a batch.
func (c *Coarsen) intern(b *vexec.Batch, sel []int32) error {
	for i, k := range c.op.Key {
		c.vecs[i] = b.Cols[k]
	}
	if len(c.ids) < b.Rows {
		c.ids = make([]uint32, max(b.Rows, mergeRows))
	}
	return c.keys.Intern(c.vecs, sel, b.Rows, c.ids)
}

// key is what is pending of a key, which is so from now on.
func (c *Coarsen) key(id uint32) *pendingKey {
	for int(id) >= len(c.pending) {
		c.pending = append(c.pending, pendingKey{was: -1, is: -1})
	}
	p := &c.pending[id]
	if !p.on {
		p.on = true
		if c.count++; c.due == ir.MaxMicros {
			c.due = c.next()
		}
	}
	return p
}

// next is the next multiple of the span on the clock.
func (c *Coarsen) next() ir.Micros { return nextMultiple(c.clock.Now(), c.op.Every) }

// nextMultiple is the next multiple of a span.
func nextMultiple(now ir.Micros, every int64) ir.Micros {
	m := int64(now) % every
	if m < 0 {
		m += every
	}
	return now - ir.Micros(m) + ir.Micros(every)
}

// Due implements vexec.Timed.
func (c *Coarsen) Due() ir.Micros { return c.due }

// Tick implements vexec.Timed.
func (c *Coarsen) Tick(_ ir.Micros, out vexec.Emitter) error { return c.fire(out) }

// Advance implements vexec.Operator: what is pending of windows that have ended goes out.
func (c *Coarsen) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if c.op.EndCol < 0 || c.count == 0 || c.least > int64(wm) {
		return wm, nil
	}
	ends := c.end.read(c.log)
	c.ready = c.ready[:0]
	for id := range c.pending {
		p := &c.pending[id]
		if at := max(p.was, p.is); p.on && at >= 0 && ends[at] <= int64(wm) {
			c.ready = append(c.ready, uint32(id))
		}
	}
	switch {
	case len(c.ready) == 0:
		return wm, nil
	case c.op.Together || len(c.ready) == c.count:
		return wm, c.fire(out)
	}
	if err := c.give(c.ready, out); err != nil {
		return wm, err
	}
	return wm, c.rewrite() // what has been given is state no more
}

// fire gives all that is pending.
func (c *Coarsen) fire(out vexec.Emitter) error {
	c.ready = c.ready[:0]
	for id := range c.pending {
		if c.pending[id].on {
			c.ready = append(c.ready, uint32(id))
		}
	}
	if err := c.give(c.ready, out); err != nil {
		return err
	}
	if err := c.anew(); err != nil {
		return err
	}
	return c.reserve()
}

// give gives the changes of keys, and takes them out of what is pending.
func (c *Coarsen) give(ids []uint32, out vexec.Emitter) error {
	c.from, c.kinds = c.from[:0], c.kinds[:0]
	for _, id := range ids {
		p := &c.pending[id]
		c.change(p)
		*p = pendingKey{was: -1, is: -1}
		c.count--
		if len(c.from) >= c.max-1 { // a change is two rows
			if err := c.send(out); err != nil {
				return err
			}
		}
	}
	return c.send(out)
}

// change lists the rows of one change.
func (c *Coarsen) change(p *pendingKey) {
	add := func(at int32, k vexec.RowKind) { c.from, c.kinds = append(c.from, at), append(c.kinds, k) }
	switch {
	case p.was >= 0 && p.is >= 0:
		if !c.same(int(p.was), int(p.is)) {
			add(p.was, vexec.UpdateBefore)
			add(p.is, vexec.UpdateAfter)
		}
	case p.was >= 0:
		add(p.was, vexec.Delete)
	case p.is >= 0:
		add(p.is, vexec.Insert)
	}
}

func (c *Coarsen) same(a, b int) bool {
	for i := range c.op.Out.Cols {
		if !vexec.SameAt(&c.log.Cols[i], a, &c.log.Cols[i], b) {
			return false
		}
	}
	return true
}

// send emits the rows of the log that are listed.
func (c *Coarsen) send(out vexec.Emitter) error {
	if len(c.from) == 0 {
		return nil
	}
	n := len(c.op.Out.Cols)
	c.row = vexec.Batch{Schema: c.op.Out, Cols: append(c.row.Cols[:0], c.log.Cols[:n]...), Rows: c.log.Rows}
	c.out.Reset(c.op.Out)
	vexec.AppendRows(&c.out, &c.row, c.from)
	c.out.Part, c.out.Kind = -1, c.kinds
	err := out.Emit(&c.out)
	c.from, c.kinds = c.from[:0], c.kinds[:0]
	return err
}

// Finish implements vexec.Operator.
func (c *Coarsen) Finish(out vexec.Emitter) error {
	if c.count == 0 {
		return nil
	}
	return c.fire(out)
}

// Close implements vexec.Operator.
func (c *Coarsen) Close() error {
	if c.keys != nil {
		c.keys.Release()
		c.keys = nil
	}
	if c.held != 0 {
		_ = c.mem.Grow(-c.held)
		c.held = 0
	}
	return nil
}

var (
	_ vexec.Stateful = (*Coarsen)(nil)
	_ vexec.Timed    = (*Coarsen)(nil)
)
