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
}

// open finds the totals of this task: rows come to it by the hash of their keys.
func (t *groupTotals) open(o *ir.GroupAggOp, oc *vexec.OpContext) {
	n := len(o.Totals)
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
func (t *groupTotals) has(id uint32) bool { return slices.Contains(t.ids, id) }

// begin makes the groups of the totals, where they are not there.
func (g *GroupAgg) begin() error {
	t := &g.totals
	t.ids = t.ids[:0]
	if len(t.keys.Sel) == 0 {
		return nil
	}
	if err := g.intern(g.t, t.keys.Cols, t.keys.Sel, t.keys.Rows); err != nil {
		return err
	}
	for _, r := range t.keys.Sel {
		t.ids = append(t.ids, g.ids[r])
	}
	if g.tracks {
		g.grow()
	}
	return nil
}

// Outlasts implements Outlasting.
func (g *GroupAgg) Outlasts() bool {
	return g.keep.on && (g.op.TTL == 0 || g.width == 0) && len(g.totals.ids) > 0
}

// SealLast implements Outlasting: that totals are out stays known, so that a restart with
// another number of tasks does not give them again.
func (g *GroupAgg) SealLast() { g.keep.kept.add(g.keep.rows(g, g.totals.ids), true) }
