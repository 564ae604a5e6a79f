package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// joinChanges is what a batch of a regular join does to what was given before.
type joinChanges struct {
	removed []int32 // rows that are taken back and were not added in the batch
	added   []int32 // rows that are added and not taken back in the batch
	folds   changeFold

	lostRefs []uint32 // rows of the other side that may have lost their last pair
	lostKeys []uint32 // keys of which this side may have no row any more
	one      []int32
	expired  int // rows of the batch that were taken back when they had been forgotten

	marks []ir.Micros
	fresh []int32 // rows of the batch that have their first pair in the block at hand
	cols  []int
}

// pushRegular takes a batch of a regular join. What is taken back goes out first: so of rows
// with one key the old one goes before the new one comes.
func (j *Join) pushRegular(side int, x *joinInput, out vexec.Emitter) error {
	s, c := &j.sides[side], &j.changes
	changes := s.change && x.batch.Kind != nil
	if s.has.hash {
		x.hash = grownTo(x.hash, x.batch.Rows)
		vexec.HashRows(x.batch, allColumns(s.in), x.hash)
	}
	if s.shows && len(j.alone) > 0 {
		c.added, c.removed = j.alone, c.removed[:0]
		if changes {
			j.fold(x)
		}
		if err := j.emitRows(side, x, c.removed, vexec.Delete, out); err != nil {
			return err
		}
		if err := j.emitRows(side, x, c.added, vexec.Insert, out); err != nil {
			return err
		}
	}
	c.added, c.removed = j.sel, c.removed[:0]
	if changes {
		j.fold(x)
	}
	c.lostRefs, c.lostKeys = c.lostRefs[:0], c.lostKeys[:0]
	j.held.on = len(c.removed) > 0 && len(c.added) > 0
	if len(c.removed) > 0 {
		if err := j.remove(side, x, out); err != nil {
			return err
		}
	}
	if err := j.insert(side, x, out); err != nil {
		return err
	}
	if err := j.giveLost(side, out); err != nil {
		return err
	}
	j.held.on = false
	return j.release(out)
}

func allColumns(s *ir.Schema) []int {
	out := make([]int, len(s.Cols))
	for i := range out {
		out[i] = i
	}
	return out
}

// fold leaves those rows in added that come, and in removed those that go, without those that
// undo each other.
func (j *Join) fold(x *joinInput) {
	c, b := &j.changes, x.batch
	c.folds.fold(b, c.added, x.hash)
	kept := c.added[:0]
	for _, r := range c.added {
		switch {
		case c.folds.done[r]:
		case b.KindOf(int(r)).Sign() > 0:
			kept = append(kept, r)
		default:
			c.removed = append(c.removed, r)
		}
	}
	c.added = kept
}

// remove takes rows back, with their pairs.
func (j *Join) remove(side int, x *joinInput, out vexec.Emitter) error {
	s, c := &j.sides[side], &j.changes
	if err := j.findRemoved(side, x, out); err != nil {
		return err
	}
	if err := j.probe(side, x, c.removed, joinRemove, out); err != nil {
		return err
	}
	if s.has.alive {
		for _, r := range c.removed {
			c.lostKeys = append(c.lostKeys, x.ids[r])
		}
	}
	var err error
	switch {
	case s.shows:
		err = j.emitRows(side, x, j.which(x, c.removed, false), vexec.Delete, out)
	case s.has.paired:
		err = j.emitRows(side, x, j.which(x, c.removed, true), vexec.Delete, out)
	}
	for _, r := range c.removed {
		x.paired[r] = false
	}
	return err
}

// which is the rows that have a pair, or those that have none.
func (j *Join) which(x *joinInput, rows []int32, paired bool) []int32 {
	c := &j.changes
	c.one = c.one[:0]
	for _, r := range rows {
		if x.paired[r] == paired {
			c.one = append(c.one, r)
		}
	}
	return c.one
}

// findRemoved takes the rows that are taken back out of what is kept. Those that have been
// forgotten are rejected.
func (j *Join) findRemoved(side int, x *joinInput, out vexec.Emitter) error {
	s, c := &j.sides[side], &j.changes
	if s.spared {
		return nil // whether it has a pair is seen from the other side
	}
	j.fates = j.fates[:0]
	kept := c.removed[:0]
	for _, r := range c.removed {
		ref, err := s.find(x, r, x.ids[r])
		if err != nil {
			return err
		}
		if ref == vexec.NoRow {
			j.fates = append(j.fates, vexec.RowFate{Row: r, Why: vexec.FateExpired})
			continue
		}
		x.paired[r] = s.has.paired && s.isPaired(ref)
		kept = append(kept, r)
	}
	c.removed = kept
	if len(j.fates) == 0 {
		return nil
	}
	c.expired = len(j.fates)
	return out.Reject(x.batch, j.fates)
}

// takeBack takes the pairs at hand back.
func (j *Join) takeBack(side int, x *joinInput, out vexec.Emitter) error {
	p, own, other := &j.pairs, &j.sides[side], &j.sides[1-side]
	if own.spared {
		for _, r := range p.rows {
			x.paired[r] = true
		}
	}
	if other.has.count {
		for _, ref := range p.refs {
			c, i := other.at(ref)
			if c.counts[i]--; c.counts[i] == 0 {
				j.changes.lostRefs = append(j.changes.lostRefs, ref)
			}
		}
	}
	if j.op.Type.LeftOnly() {
		return nil
	}
	return j.emitPairs(side, x, vexec.Delete, out)
}

// insert adds rows, with their pairs.
func (j *Join) insert(side int, x *joinInput, out vexec.Emitter) error {
	s, c := &j.sides[side], &j.changes
	if len(c.added) == 0 {
		return nil
	}
	if s.has.count {
		clear(x.counts)
	}
	if err := j.probe(side, x, c.added, joinAdd, out); err != nil {
		return err
	}
	if s.shows && (!j.op.AtEnd || s.spared) {
		if err := j.emitRows(side, x, j.which(x, c.added, false), vexec.Insert, out); err != nil {
			return err
		}
	}
	if s.spared {
		return nil
	}
	return s.add(x, c.added)
}

// giveLost gives the rows of the other side that have no pair any more.
func (j *Join) giveLost(side int, out vexec.Emitter) error {
	own, other, c := &j.sides[side], &j.sides[1-side], &j.changes
	if !other.has.paired {
		return nil
	}
	refs := j.out.refs[:0]
	for _, ref := range c.lostRefs {
		if chunk, i := other.at(ref); chunk.counts[i] == 0 && other.isPaired(ref) {
			other.setPaired(ref, false)
			refs = append(refs, ref)
		}
	}
	slices.Sort(c.lostKeys)
	for _, id := range slices.Compact(c.lostKeys) {
		if own.alive[id] > 0 {
			continue
		}
		base := other.base()
		for ref := other.heads[id]; ref != vexec.NoRow && ref >= base; {
			at := ref - base
			chunk, i := other.at(at)
			if chunk.paired.has(i) && !chunk.gone.has(i) {
				other.setPaired(at, false)
				refs = append(refs, at)
			}
			ref = chunk.next[i]
		}
	}
	j.out.refs = refs
	kind := vexec.Insert
	if !other.shows {
		kind = vexec.Delete
	}
	return j.emitKept(1-side, refs, kind, out)
}
