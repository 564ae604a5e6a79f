package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// groupChanges turns results before and after a batch into changes.
type groupChanges struct {
	op      *ir.GroupAggOp
	maxRows int

	old    vexec.Batch // results of the groups at hand as they were
	oldAt  []int32     // by group at hand: its row in old; -1: it had none
	part   vexec.Batch // results of some groups, in the memory of the aggregates
	finals []vexec.Vec
	out    vexec.Batch
	ids    []uint32
	fates  []vexec.RowFate

	// What goes out: rows of old and of part, with their kinds.
	from, to           []int32
	fromKinds, toKinds []vexec.RowKind
	kinds              []vexec.RowKind
}

func (c *groupChanges) init(o *ir.GroupAggOp) {
	c.op = o
	c.finals = make([]vexec.Vec, len(o.Aggs))
	c.to = []int32{} // never nil, which as a selection is all rows
}

// results sets part to the results of groups; fates are those of which there is none.
func (c *groupChanges) results(g *GroupAgg, ids []uint32) {
	c.part.Reset(c.op.Out)
	c.part.Rows = len(ids)
	g.t.keys.Keys(ids, c.part.Cols[:g.width])
	c.fates = c.fates[:0]
	g.t.accs.Final(ids, c.finals, c.fail)
	copy(c.part.Cols[g.width:], c.finals)
}

// fail notes a result that is a row error; a row has one fate, of its first error.
func (c *groupChanges) fail(row int, reason string) {
	for i := range c.fates {
		if c.fates[i].Row == int32(row) {
			return
		}
	}
	c.fates = append(c.fates, vexec.RowFate{Row: int32(row), Why: vexec.FateError, Reason: reason})
}

// counts is how many rows the groups of the results at hand have, by the last aggregate;
// nil: it is not known.
func (c *groupChanges) counts(g *GroupAgg) []int64 {
	if !c.op.Counts || g.width == 0 {
		return nil
	}
	return c.finals[len(c.finals)-1].Int64s()
}

// before keeps the results of the groups as they are now, where they are out.
func (c *groupChanges) before(g *GroupAgg, touched []uint32) {
	c.ids, c.oldAt = c.ids[:0], c.oldAt[:0]
	for _, id := range touched {
		if g.flags[id]&groupShown == 0 {
			c.oldAt = append(c.oldAt, -1)
			continue
		}
		c.oldAt = append(c.oldAt, int32(len(c.ids)))
		c.ids = append(c.ids, id)
	}
	c.old.Reset(c.op.Out)
	if len(c.ids) == 0 || len(c.op.Results()) == 0 && !c.op.Counts {
		return // keys alone: they do not change
	}
	c.results(g, c.ids)
	vexec.AppendRows(&c.old, &c.part, nil)
}

// after emits what has changed: old results and then new ones, in batches that have
// both of each group.
func (c *groupChanges) after(g *GroupAgg, touched []uint32, out vexec.Emitter) error {
	most := max(1, c.maxRows/2)
	for lo := 0; lo < len(touched); lo += most {
		hi := min(lo+most, len(touched))
		if err := c.emit(g, touched[lo:hi], c.oldOf(lo, hi), out); err != nil {
			return err
		}
	}
	return nil
}

// unseen emits the results of totals that no row has been in.
func (c *groupChanges) unseen(g *GroupAgg, ids []uint32, out vexec.Emitter) error {
	c.ids = c.ids[:0]
	for _, id := range ids {
		if g.flags[id]&(groupShown|groupLiving|groupWrong) == groupLiving && !g.forgotten(id) {
			c.ids = append(c.ids, id)
		}
	}
	if len(c.ids) == 0 {
		return nil
	}
	c.oldAt = c.oldAt[:0]
	return c.after(g, c.ids, out)
}

// oldOf is oldAt of some of the groups at hand; nil where none was asked for.
func (c *groupChanges) oldOf(lo, hi int) []int32 {
	if len(c.oldAt) < hi {
		return nil
	}
	return c.oldAt[lo:hi]
}

func (c *groupChanges) emit(g *GroupAgg, ids []uint32, oldAt []int32, out vexec.Emitter) error {
	c.results(g, ids)
	if counts := c.counts(g); counts != nil {
		g.revive(ids, counts)
	}
	if err := c.reject(g, ids, out); err != nil {
		return err
	}
	c.from, c.to, c.fromKinds, c.toKinds = c.from[:0], c.to[:0], c.fromKinds[:0], c.toKinds[:0]
	for i, id := range ids {
		old := int32(-1)
		if oldAt != nil {
			old = oldAt[i]
		}
		is := g.flags[id]&groupLiving != 0 && g.flags[id]&groupWrong == 0
		switch {
		case is && old < 0:
			c.add(int32(i), vexec.Insert)
			g.flags[id] |= groupShown
		case is && !c.same(int(old), i):
			if c.op.Before {
				c.take(old, vexec.UpdateBefore)
			}
			c.add(int32(i), vexec.UpdateAfter)
		case !is && old >= 0:
			c.take(old, vexec.Delete)
			g.flags[id] &^= groupShown
		}
	}
	return c.send(out)
}

func (c *groupChanges) take(row int32, k vexec.RowKind) {
	c.from, c.fromKinds = append(c.from, row), append(c.fromKinds, k)
}

func (c *groupChanges) add(row int32, k vexec.RowKind) {
	c.to, c.toKinds = append(c.to, row), append(c.toKinds, k)
}

// same reports whether a result is what it was. Results of keys alone always are.
func (c *groupChanges) same(old, now int) bool {
	for i := len(c.op.Keys); i < len(c.part.Cols); i++ {
		if !vexec.SameAt(&c.old.Cols[i], old, &c.part.Cols[i], now) {
			return false
		}
	}
	return true
}

// reject rejects the results that are row errors, once until they are none.
func (c *groupChanges) reject(g *GroupAgg, ids []uint32, out vexec.Emitter) error {
	fresh := c.fates[:0]
	for _, id := range ids {
		g.flags[id] &^= groupSaid
	}
	for _, f := range c.fates {
		id := ids[f.Row]
		if g.flags[id]&(groupWrong|groupLiving) == groupLiving {
			fresh = append(fresh, f)
		}
		g.flags[id] |= groupSaid
	}
	for _, id := range ids {
		if g.flags[id]&groupSaid != 0 {
			g.flags[id] |= groupWrong
		} else {
			g.flags[id] &^= groupWrong
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	g.added.Lost += int64(len(fresh))
	return out.Reject(&c.part, fresh)
}

// send emits the old rows that are taken and then the new ones, in one batch.
func (c *groupChanges) send(out vexec.Emitter) error {
	switch {
	case len(c.from)+len(c.to) == 0:
		return nil
	case len(c.from) == 0 && c.allInserts():
		c.part.Sel = c.to
		err := out.Emit(&c.part)
		c.part.Sel = nil
		return err
	}
	c.out.Reset(c.op.Out)
	if len(c.from) > 0 {
		vexec.AppendRows(&c.out, &c.old, c.from)
	}
	c.kinds = append(c.kinds[:0], c.fromKinds...)
	if len(c.from)+len(c.to) > c.maxRows {
		if err := c.emitOut(out); err != nil {
			return err
		}
		c.out.Reset(c.op.Out)
		c.kinds = c.kinds[:0]
	}
	if len(c.to) > 0 {
		vexec.AppendRows(&c.out, &c.part, c.to)
	}
	c.kinds = append(c.kinds, c.toKinds...)
	return c.emitOut(out)
}

func (c *groupChanges) emitOut(out vexec.Emitter) error {
	if c.out.Rows == 0 {
		return nil
	}
	c.out.Part, c.out.Kind = -1, c.kinds
	return out.Emit(&c.out)
}

func (c *groupChanges) allInserts() bool {
	for _, k := range c.toKinds {
		if k != vexec.Insert {
			return false
		}
	}
	return true
}

// all emits the results of all groups that have rows, but for totals that are out.
func (c *groupChanges) all(g *GroupAgg, out vexec.Emitter) error {
	for lo := 0; lo < g.t.groups(); lo += c.maxRows {
		c.ids = c.ids[:0]
		for id := lo; id < min(lo+c.maxRows, g.t.groups()); id++ {
			if !g.tracks || g.flags[id]&(groupExpired|groupShown) == 0 {
				c.ids = append(c.ids, uint32(id))
			}
		}
		if err := c.give(g, c.ids, out); err != nil {
			return err
		}
	}
	return nil
}

func (c *groupChanges) give(g *GroupAgg, ids []uint32, out vexec.Emitter) error {
	c.results(g, ids)
	counts := c.counts(g)
	wrong := map[int32]bool{}
	fates := c.fates[:0]
	for _, f := range c.fates {
		if wrong[f.Row] = true; counts == nil || counts[f.Row] != 0 || g.totals.has(ids[f.Row]) {
			fates = append(fates, f)
		}
	}
	if len(fates) > 0 {
		if err := out.Reject(&c.part, fates); err != nil {
			return err
		}
	}
	c.to = c.to[:0]
	for i := range ids {
		if !wrong[int32(i)] && (counts == nil || counts[i] != 0 || g.totals.has(ids[i])) {
			c.to = append(c.to, int32(i))
		}
	}
	if len(c.to) == 0 {
		return nil
	}
	c.part.Sel = c.to
	err := out.Emit(&c.part)
	c.part.Sel = nil
	return err
}
