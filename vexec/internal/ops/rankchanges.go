package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rankChanges finds out what becomes of the rows that are wanted, and emits it.
type rankChanges struct {
	op      *ir.RankOp
	maxRows int
	batch   vexec.Batch
	kinds   []vexec.RowKind
	refs    []rowRef
	sel     []int32

	epoch   uint32
	marks   []uint32 // by partition: the epoch in which it was touched last
	touched []uint32
	starts  []int // by touched: where its rows begin in old
	old     []numberedRow
	now     []numberedRow
	minus   []numberedRow // what goes out as taken back, and then what comes
	plus    []numberedRow
}

// numberedRow is a row that is wanted, with its number.
type numberedRow struct {
	ref    rowRef
	number int64
	kind   vexec.RowKind
}

func (c *rankChanges) init(o *ir.RankOp) { c.op, c.epoch = o, 1 }

// before remembers what is out of a partition, once a batch.
func (c *rankChanges) before(k *Rank, id uint32) {
	for len(c.marks) <= int(id) {
		c.marks = append(c.marks, 0)
	}
	if c.marks[id] == c.epoch {
		return
	}
	c.marks[id] = c.epoch
	c.touched, c.starts = append(c.touched, id), append(c.starts, len(c.old))
	c.old = k.wanted(c.old, id)
}

// wanted appends the rows of a partition that are wanted, in order.
func (k *Rank) wanted(out []numberedRow, id uint32) []numberedRow {
	list, number := k.lists.of(id), int64(0)
	if k.kind == rowNumber {
		for i := k.op.From - 1; i < min(k.op.To, int64(len(list))); i++ {
			out = append(out, numberedRow{ref: list[i].ref, number: i + 1})
		}
		return out
	}
	for i := range list {
		switch same := i > 0 && k.equal(list[i-1], list[i]); {
		case same:
		case k.kind == rank:
			number = int64(i) + 1
		default:
			number++
		}
		if number > k.op.To {
			break
		}
		if number >= k.op.From {
			out = append(out, numberedRow{ref: list[i].ref, number: number})
		}
	}
	return out
}

// forget forgets what was remembered of the batch at hand.
func (c *rankChanges) forget() {
	c.touched, c.starts, c.old = c.touched[:0], c.starts[:0], c.old[:0]
	c.epoch++
}

// emit gives what has changed of the touched partitions.
func (c *rankChanges) emit(k *Rank, out vexec.Emitter) error {
	for i, id := range c.touched {
		end := len(c.old)
		if i+1 < len(c.starts) {
			end = c.starts[i+1]
		}
		c.now = k.wanted(c.now[:0], id)
		if old := c.old[c.starts[i]:end]; k.kind == rowNumber && (c.op.Number || c.op.One()) {
			c.byPlace(k, old, c.now)
		} else {
			c.byRow(old, c.now)
		}
	}
	c.forget()
	return c.flush(k, out)
}

// byPlace compares what was and is in each place: a row replaces another one.
func (c *rankChanges) byPlace(k *Rank, old, now []numberedRow) {
	for i := range max(len(old), len(now)) {
		switch {
		case i >= len(now):
			c.take(old[i], vexec.Delete)
		case i >= len(old):
			c.give(now[i], vexec.Insert)
		case old[i].ref != now[i].ref && !k.sameRows(old[i].ref, now[i].ref):
			c.take(old[i], vexec.UpdateBefore)
			c.give(now[i], vexec.UpdateAfter)
		}
	}
}

func (k *Rank) sameRows(a, b rowRef) bool {
	x, i := k.at(a)
	y, j := k.at(b)
	return sameRow(x, i, y, j)
}

// byRow compares which rows were and are there, and with which numbers where they count.
func (c *rankChanges) byRow(old, now []numberedRow) {
	if slices.Equal(old, now) {
		return
	}
	byRef := func(a, b numberedRow) int { return compareRefs(a.ref, b.ref) }
	slices.SortFunc(old, byRef)
	slices.SortFunc(now, byRef)
	for len(old) > 0 || len(now) > 0 {
		switch order := firstOf(old, now); {
		case order < 0:
			c.take(old[0], vexec.Delete)
			old = old[1:]
		case order > 0:
			c.give(now[0], vexec.Insert)
			now = now[1:]
		default:
			if c.op.Number && old[0].number != now[0].number {
				c.take(old[0], vexec.UpdateBefore)
				c.give(now[0], vexec.UpdateAfter)
			}
			old, now = old[1:], now[1:]
		}
	}
}

// firstOf says which of two sorted lists has the first row: -1 the first one, 0 both.
func firstOf(a, b []numberedRow) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return compareRefs(a[0].ref, b[0].ref)
}

func (c *rankChanges) take(r numberedRow, kind vexec.RowKind) {
	r.kind = kind
	c.minus = append(c.minus, r)
}

func (c *rankChanges) give(r numberedRow, kind vexec.RowKind) {
	r.kind = kind
	c.plus = append(c.plus, r)
}

// show gives all wanted rows of a partition.
func (c *rankChanges) show(k *Rank, id uint32) {
	c.plus = k.wanted(c.plus, id)
}

// flush emits what has been collected.
func (c *rankChanges) flush(k *Rank, out vexec.Emitter) error {
	for _, list := range []*[]numberedRow{&c.minus, &c.plus} {
		rows := *list
		slices.SortFunc(rows, func(a, b numberedRow) int { return compareRefs(a.ref, b.ref) })
		for part := range slices.Chunk(rows, c.maxRows) {
			if err := c.write(k, part, out); err != nil {
				return err
			}
		}
		*list = rows[:0]
	}
	return nil
}

// write emits rows in the order of their places.
func (c *rankChanges) write(k *Rank, rows []numberedRow, out vexec.Emitter) error {
	b := &c.batch
	b.Reset(c.op.Out)
	c.refs, c.kinds = c.refs[:0], c.kinds[:0]
	changes := false
	for _, r := range rows {
		c.refs, c.kinds = append(c.refs, r.ref), append(c.kinds, r.kind)
		changes = changes || r.kind != vexec.Insert
	}
	k.store.copyTo(b, c.refs)
	if c.op.Number {
		v := &b.Cols[len(b.Cols)-1]
		v.Reset(ir.TBigInt, len(rows))
		for i, r := range rows {
			v.Int64s()[i] = r.number
		}
	}
	if changes {
		b.Kind = c.kinds
	}
	return out.Emit(b)
}

// all emits all wanted rows, in the order in which they came, as they stand in the store.
func (c *rankChanges) all(k *Rank, out vexec.Emitter) error {
	size := int64(len(k.store.chunks)) * mergeRows * 8
	if err := k.lists.mem.Grow(size); err != nil {
		return err
	}
	defer func() { _ = k.lists.mem.Grow(-size) }()
	numbers := make([]int64, len(k.store.chunks)*mergeRows) // 0: not wanted
	for id := range k.lists.lists {
		c.now = k.wanted(c.now[:0], uint32(id))
		for _, r := range c.now {
			numbers[int(r.ref.chunk-k.store.first)*mergeRows+int(r.ref.row)] = r.number
		}
	}
	for i, chunk := range k.store.chunks {
		if chunk.batch == nil {
			continue
		}
		if err := c.chunk(chunk.batch, numbers[i*mergeRows:(i+1)*mergeRows], out); err != nil {
			return err
		}
	}
	return nil
}

// chunk emits the rows of a chunk that have a number.
func (c *rankChanges) chunk(from *vexec.Batch, numbers []int64, out vexec.Emitter) error {
	c.sel = c.sel[:0]
	for r := range from.Rows {
		if numbers[r] != 0 {
			c.sel = append(c.sel, int32(r))
		}
	}
	b := vexec.Batch{Schema: c.op.Out, Cols: from.Cols, Rows: from.Rows, Part: -1}
	if c.op.Number {
		number := vexec.NewVec(ir.TBigInt, from.Rows)
		copy(number.Int64s(), numbers[:from.Rows])
		b.Cols = append(slices.Clip(from.Cols), number)
	}
	for part := range slices.Chunk(c.sel, c.maxRows) {
		b.Sel = part
		if err := out.Emit(&b); err != nil {
			return err
		}
	}
	return nil
}
