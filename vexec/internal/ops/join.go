package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Join is ir.JoinOp: it pairs rows of two inputs as they come. It keeps the rows of both
// sides, by their keys, as long as they may get a pair; a batch of one side is held against
// those of the other.
//
// Interval and window joins free rows by the watermark, and give those without a pair then
// (jointimed.go). Regular ones keep rows until they are taken back or are old, and give
// changes (joinregular.go).
type Join struct {
	op      *ir.JoinOp
	keys    keyGroups // of both sides
	sides   [2]joinSide
	pairs   joinPairs
	out     joinOut
	clock   vexec.Clock
	counted RowCount
	changes joinChanges
	held    joinHeld
	x       joinInput
	sel     []int32
	alone   []int32 // rows of the batch that cannot have a pair
	known   []int32 // of a batch that is linked late: those of sel whose key is known
	flipped []uint32
	fates   []vexec.RowFate
}

// joinSide is a side of a join.
type joinSide struct {
	joinRows
	time   timeColumn // that rows are compared by, or their window's end
	timed  bool
	shows  bool  // rows without a pair come out
	lost   int64 // interval join: a row that came so far behind the watermark has no pair any more
	ended  bool  // no row comes any more
	spared bool  // rows are not kept, as the other side has ended
	change bool  // rows may be taken back
	near   joinNear
}

// NewJoin returns the operator.
func NewJoin(o *ir.JoinOp) (vexec.Operator, error) {
	if o.Kind != ir.IntervalJoin && o.Kind != ir.WindowJoin && o.Kind != ir.RegularJoin {
		return nil, fmt.Errorf("a %s join of two streams", o.Kind)
	}
	j := &Join{op: o}
	var err error
	if j.keys, err = newKeyGroups(o.Left, o.LeftKeys); err != nil {
		return nil, err
	}
	j.initSide(0, o.Left, o.LeftKeys, "left")
	j.initSide(1, o.Right, o.RightKeys, "right")
	j.out.init(o)
	j.held.init(o.Out)
	return j, j.pairs.init(o)
}

func (j *Join) initSide(side int, in *ir.Schema, keys []int, name string) {
	o, s := j.op, &j.sides[side]
	s.in, s.joinRows.keys, s.walk, s.whole = in, keys, joinWalk, wholeRows
	s.keep.init(in, name)
	left := side == 0
	s.shows = left && o.Type.KeepsLeft() || !left && o.Type.KeepsRight()
	s.has.paired = s.shows || left && o.Type == ir.SemiJoin
	s.change = left && o.LeftChanges || !left && o.RightChanges
	switch o.Kind {
	case ir.IntervalJoin:
		col, keep := o.Time.Left, o.Time.KeepLeft()
		s.lost = o.Time.LostLeft()
		if !left {
			col, keep = o.Time.Right, o.Time.KeepRight()
			s.lost = o.Time.LostRight()
		}
		s.time, s.timed, s.frees, s.span = newTimeColumn(in, col), true, freeTime, keep
	case ir.WindowJoin:
		col := o.LeftEnd
		if !left {
			col = o.RightEnd
		}
		s.time, s.timed, s.frees = newTimeColumn(in, col), true, freeEnd
	case ir.RegularJoin:
		s.span = o.LeftTTL
		if !left {
			s.span = o.RightTTL
		}
		if s.span > 0 {
			s.frees = freeAge
		}
		others := left && o.RightChanges || !left && o.LeftChanges
		tracked := left && o.Type.KeepsRight() || !left && (o.Type.KeepsLeft() || o.Type == ir.SemiJoin)
		s.has.hash = s.change
		s.has.count = s.has.paired && others && o.Cond != nil
		s.has.alive = s.change && tracked && o.Cond == nil
	}
	s.putOff.share = putOffShare
	s.putOff.on = s.timed && !s.has.paired && !(left && o.Type.LeftOnly())
	s.has.time, s.has.wait, s.until = s.timed, s.timed && s.shows, int64(ir.MinMicros)
}

// Tables implements vexec.Stateful.
func (j *Join) Tables() []vexec.TableSpec {
	var out []vexec.TableSpec
	for side := range j.sides {
		s := &j.sides[side]
		out = append(out, s.keep.tables(s.joinRows.keys)...)
	}
	return out
}

// Open implements vexec.Operator.
func (j *Join) Open(oc *vexec.OpContext) error {
	j.clock = oc.Clock
	j.pairs.most = max(1, oc.MaxRows)
	if j.pairs.cond != nil {
		j.pairs.cond.SetClock(oc.Clock)
	}
	if err := j.keys.open(oc.Memory); err != nil {
		return err
	}
	for side := range j.sides {
		s := &j.sides[side]
		s.mem = oc.Memory
		s.keep.open(oc)
		if err := j.restore(side); err != nil {
			return err
		}
	}
	return j.recount()
}

// Push implements vexec.Operator.
func (j *Join) Push(side int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	rejected, err := j.read(side, b, out)
	if err != nil {
		return err
	}
	if j.op.Kind == ir.RegularJoin {
		err = j.pushRegular(side, &j.x, out)
	} else {
		err = j.pushTimed(side, &j.x, out)
	}
	if err != nil {
		return err
	}
	j.counted.Grouped += int64(b.Live() - rejected - j.changes.expired)
	j.changes.expired = 0
	return j.tidy()
}

// take takes the pairs at hand.
func (j *Join) take(side int, x *joinInput, out vexec.Emitter) error {
	p := &j.pairs
	own, other := &j.sides[side], &j.sides[1-side]
	switch p.sign {
	case joinCount:
		j.count(x, own, other)
		return nil
	case joinRemove:
		return j.takeBack(side, x, out)
	}
	fresh := j.changes.fresh[:0]
	for _, r := range p.rows {
		if !x.paired[r] {
			x.paired[r] = true
			fresh = append(fresh, r)
		}
	}
	j.changes.fresh = fresh
	j.count(x, own, other)
	j.flipped = j.flipped[:0]
	if other.has.paired {
		for _, ref := range p.refs {
			if !other.isPaired(ref) {
				other.setPaired(ref, true)
				j.flipped = append(j.flipped, ref)
			}
		}
	}
	if other.shows && j.op.Kind == ir.RegularJoin && !j.op.AtEnd {
		if err := j.emitKept(1-side, j.flipped, vexec.Delete, out); err != nil {
			return err
		}
	}
	switch {
	case j.op.Type == ir.SemiJoin && side == 0:
		return j.emitRows(0, x, fresh, vexec.Insert, out)
	case j.op.Type == ir.SemiJoin:
		return j.emitKept(0, j.flipped, vexec.Insert, out)
	case j.op.Type == ir.AntiJoin:
		return nil
	}
	return j.emitPairs(side, x, vexec.Insert, out)
}

// count counts the pairs at hand, where rows need it.
func (j *Join) count(x *joinInput, own, other *joinSide) {
	if own.has.count {
		for _, r := range j.pairs.rows {
			x.counts[r]++
		}
	}
	if other.has.count {
		for _, ref := range j.pairs.refs {
			c, i := other.at(ref)
			c.counts[i]++
		}
	}
}

// Advance implements vexec.Operator.
func (j *Join) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if j.op.Kind == ir.RegularJoin {
		// The end of time says that no row follows, and those without a pair come with Finish.
		return min(wm, ir.MaxMicros-1), nil
	}
	if wm == ir.MinMicros {
		return wm, nil
	}
	for side := range j.sides {
		if err := j.pass(side, int64(wm)-1, out); err != nil {
			return wm, err
		}
	}
	return j.handOn(wm), j.tidy()
}

// FinishPort implements vexec.PortAware: the rows of the other side are only held against
// what there is of this one, and need not be kept.
func (j *Join) FinishPort(port int, out vexec.Emitter) error {
	s, other := &j.sides[port], &j.sides[1-port]
	s.ended = true
	if other.change && (s.frees == freeAge || s.has.paired) {
		return nil // what was given of them, or how many there are, is not seen from this side
	}
	other.spared = true
	return j.giveRest(1-port, out)
}

// giveRest gives the rows of a side that have no pair and have not come out, and forgets all.
func (j *Join) giveRest(side int, out vexec.Emitter) error {
	s := &j.sides[side]
	if s.shows && (s.timed || j.op.AtEnd) {
		refs := j.out.refs[:0]
		for n, c := range s.chunks {
			for i := range uint32(c.batch.Rows) {
				if !c.gone.has(i) && !c.paired.has(i) {
					refs = append(refs, uint32(n)<<vexec.ChunkBits|i)
				}
			}
			if err := j.emitKept(side, refs, vexec.Insert, out); err != nil {
				return err
			}
			refs = refs[:0]
		}
		j.out.refs = refs
	}
	s.clear()
	return nil
}

// Finish implements vexec.Operator.
func (j *Join) Finish(out vexec.Emitter) error {
	for side := range j.sides {
		if err := j.giveRest(side, out); err != nil {
			return err
		}
	}
	return nil
}

// Counted implements RowCounter: rows that were held against the other side, and pairs that
// were rejected.
func (j *Join) Counted() RowCount {
	n := j.counted
	n.Lost = j.pairs.lost
	return n
}

// Seal implements vexec.Stateful.
func (j *Join) Seal(uint64) error {
	for side := range j.sides {
		j.sides[side].seal()
	}
	return nil
}

// Close implements vexec.Operator.
func (j *Join) Close() error {
	for side := range j.sides {
		s := &j.sides[side]
		for _, c := range s.chunks {
			_ = s.mem.Grow(-c.bytes)
		}
		_ = s.mem.Grow(-s.headBytes())
		s.chunks, s.cols, s.heads, s.alive = nil, nil, nil, nil
	}
	if j.keys.keys != nil {
		j.keys.keys.Release()
		j.keys.keys = nil
	}
	return nil
}

var (
	_ vexec.Stateful  = (*Join)(nil)
	_ vexec.Timed     = (*Join)(nil)
	_ vexec.PortAware = (*Join)(nil)
	_ RowCounter      = (*Join)(nil)
)
