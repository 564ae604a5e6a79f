package ops

import (
	"errors"
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// RankPartial is ir.RankPartialOp. It remembers, of each partition, the beginnings of the
// first values that it has seen in the order (rankOrder.prefixes): a row whose own is greater
// than the last of enough others is among the first ones nowhere.
type RankPartial struct {
	chainLink
	op     *ir.RankPartialOp
	order  rankOrder
	types  []*ir.Type
	keys   agg.Grouper
	mem    *vexec.Account
	vecs   []vexec.Vec
	ids    []uint32
	best   []uint64 // op.To by partition, the least first; MaxUint64: there are not so many
	sel    []int32
	seen   int   // rows since it was last asked whether this pays
	passed int   // of them
	rest   int   // rows that pass unseen, as it did not pay
	held   int64 // bytes of best
}

const (
	// partialRankGroups is how many partitions are remembered at most.
	partialRankGroups = 1 << 20
	// partialRankTrial is after how many rows it is asked whether this pays, and
	// partialRankRest how many pass by where it does not: where nine in ten go on.
	partialRankTrial = 1 << 17
	partialRankRest  = 1 << 21
)

// NewRankPartial returns the operator over rows of the schema in.
func NewRankPartial(o *ir.RankPartialOp, in *ir.Schema) (vexec.Operator, error) {
	p := &RankPartial{op: o, order: newRankOrder(in, o.Order, true), vecs: make([]vexec.Vec, len(o.Partition)), sel: []int32{}}
	for _, c := range o.Partition {
		p.types = append(p.types, in.Cols[c].Type)
	}
	_, err := agg.NewGrouper(p.types, nil)
	return p, err
}

// Open implements vexec.Operator.
func (p *RankPartial) Open(oc *vexec.OpContext) (err error) {
	p.mem = oc.Memory
	p.keys, err = agg.NewGrouper(p.types, p.mem)
	return err
}

// Push implements vexec.Operator.
func (p *RankPartial) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if p.rest > 0 {
		p.rest -= b.Live()
		return out.Emit(b)
	}
	if p.keys.Groups() > partialRankGroups {
		p.forget()
	}
	if err := p.intern(b); err != nil {
		var full *vexec.MemoryError
		if !errors.As(err, &full) {
			return err
		}
		p.forget() // it does without, and so does the query
		p.rest = partialRankRest
		return out.Emit(b)
	}
	rows := p.choose(b)
	p.note(b.Live(), len(rows))
	if len(rows) == 0 {
		return nil
	}
	b.Sel = rows
	return out.Emit(b)
}

// intern finds the partitions of the rows, and makes room for new ones.
func (p *RankPartial) intern(b *vexec.Batch) error {
	for i, c := range p.op.Partition {
		p.vecs[i] = b.Cols[c]
	}
	if len(p.ids) < b.Rows {
		p.ids = make([]uint32, max(b.Rows, mergeRows))
	}
	if err := p.keys.Intern(p.vecs, b.Sel, b.Rows, p.ids); err != nil {
		return err
	}
	want := p.keys.Groups() * int(p.op.To)
	if want <= len(p.best) {
		return nil
	}
	want = max(want, 2*len(p.best), 1024*int(p.op.To))
	if err := p.mem.Grow(int64(want-len(p.best)) * 8); err != nil {
		return err
	}
	p.held += int64(want-len(p.best)) * 8
	bigger := make([]uint64, want)
	for i := copy(bigger, p.best); i < want; i++ {
		bigger[i] = math.MaxUint64
	}
	p.best = bigger
	return nil
}

// choose returns the rows that go on. A row with a late mark does, and counts for nothing:
// it may be dropped as late.
func (p *RankPartial) choose(b *vexec.Batch) []int32 {
	prefix := p.order.prefixes(b)
	p.sel = p.sel[:0]
	n := int(p.op.To)
	late := b.Late
	for i := range b.Live() {
		r := b.Row(i)
		for len(late) > 0 && int(late[0].Row) < r {
			late = late[1:]
		}
		if len(late) > 0 && int(late[0].Row) == r {
			p.sel = append(p.sel, int32(r))
			continue
		}
		first := p.best[int(p.ids[r])*n:][:n]
		x := prefix[r]
		if x > first[n-1] {
			continue
		}
		p.sel = append(p.sel, int32(r))
		at := n - 1
		for at > 0 && first[at-1] > x {
			first[at] = first[at-1]
			at--
		}
		first[at] = x
	}
	return p.sel
}

// note sees whether this pays.
func (p *RankPartial) note(rows, passed int) {
	p.seen, p.passed = p.seen+rows, p.passed+passed
	if p.seen < partialRankTrial {
		return
	}
	if p.passed > p.seen/10*9 {
		p.forget()
		p.rest = partialRankRest
	}
	p.seen, p.passed = 0, 0
}

// forget forgets all partitions.
func (p *RankPartial) forget() {
	p.keys.Reset()
	p.best = nil
	_ = p.mem.Grow(-p.held)
	p.held = 0
}

// Close implements vexec.Operator.
func (p *RankPartial) Close() error {
	if p.keys != nil {
		p.keys.Release()
	}
	_ = p.mem.Grow(-p.held)
	p.best, p.held = nil, 0
	return nil
}
