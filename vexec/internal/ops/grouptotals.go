package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// groupTotals are the groups that are there also of no rows (ir.GroupAggOp.Totals): those
// of them that belong to this task.
type groupTotals struct {
	keys vexec.Batch // their keys: NULLs, and the number of the set
	ids  []uint32
	only bool // there are no keys: the only group is a total
	// past are the sets whose total has been forgotten: it is not given of no rows then.
	past map[int64]bool
}

// open finds the totals of this task: rows come to it by the hash of their keys.
func (t *groupTotals) open(o *ir.GroupAggOp, oc *vexec.OpContext) {
	n := len(o.Totals)
	t.past, t.only = map[int64]bool{}, len(o.Keys) == 0
	if n == 0 {
		return
	}
	t.keys.Reset(o.In.Select(o.Keys))
	t.keys.Rows = n
	last := len(t.keys.Cols) - 1
	for i, c := range t.keys.Schema.Cols[:last] {
		t.keys.Cols[i] = vexec.ConstNull(c.Type)
	}
	t.keys.Cols[last] = vexec.NewVec(ir.TBigInt, n)
	copy(t.keys.Cols[last].Int64s(), o.Totals)
	hash := make([]uint64, n)
	cols := make([]int, last+1)
	for i := range cols {
		cols[i] = i
	}
	vexec.HashRows(&t.keys, cols, hash)
	t.keys.Sel = []int32{}
	for i, h := range hash {
		if vexec.TaskOf(vexec.KeyGroup(h), oc.Tasks) == oc.Task {
			t.keys.Sel = append(t.keys.Sel, int32(i))
		}
	}
}

// has reports whether a group is a total.
func (t *groupTotals) has(id uint32) bool { return t.only || slices.Contains(t.ids, id) }

// set is the number of the set whose total a group is, which it has to be.
func (t *groupTotals) set(id uint32) int64 {
	if t.only {
		return 0
	}
	return t.keys.Cols[len(t.keys.Cols)-1].Int64s()[t.keys.Sel[slices.Index(t.ids, id)]]
}

// forgotten reports whether a group is a total that was forgotten and has had no row since.
func (g *GroupAgg) forgotten(id uint32) bool {
	return g.op.TTL > 0 && g.seen[id] == ir.MinMicros && g.totals.has(id) && g.totals.past[g.totals.set(id)]
}

// forgetTotal notes that a group is forgotten, if it is a total.
func (g *GroupAgg) forgetTotal(id uint32) {
	if g.totals.has(id) {
		g.totals.past[g.totals.set(id)] = true
	}
}

// restoreForgotten notes that the group of a checkpoint's row was forgotten, if it is a total.
func (g *GroupAgg) restoreForgotten(b *vexec.Batch, row int) {
	if g.width == 0 {
		g.totals.past[0] = true
		return
	}
	v, i := b.Cols[keptHead+g.width-1].At(row)
	if len(g.op.Totals) > 0 && slices.Contains(g.op.Totals, v.Int64s()[i]) {
		g.totals.past[v.Int64s()[i]] = true
	}
}

// begin makes the groups of the totals, where they are not there. Of those that have been
// forgotten the next barrier writes that.
func (g *GroupAgg) begin() error {
	t := &g.totals
	t.ids = t.ids[:0]
	switch {
	case t.only && t.past[0]:
		if err := g.intern(g.t, nil, nil, 1); err != nil {
			return err
		}
		t.ids = append(t.ids, 0)
	case len(t.keys.Sel) > 0:
		if err := g.intern(g.t, t.keys.Cols, t.keys.Sel, t.keys.Rows); err != nil {
			return err
		}
		for _, r := range t.keys.Sel {
			t.ids = append(t.ids, g.ids[r])
		}
	}
	if !g.tracks {
		return nil
	}
	g.grow()
	for i, id := range t.ids {
		if g.forgotten(id) {
			g.keep.note(t.ids[i:i+1], g.flags)
		}
	}
	return nil
}

// Outlasts implements Outlasting.
func (g *GroupAgg) Outlasts() bool {
	return g.keep.on && len(g.totals.ids) > 0
}

// SealLast implements Outlasting: that totals are out stays known, so that a restart with
// another number of tasks does not give them again.
func (g *GroupAgg) SealLast() { g.keep.kept.add(g.keep.rows(g, g.totals.ids), true) }
