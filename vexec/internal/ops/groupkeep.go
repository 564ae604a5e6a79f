package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// groupKeeping is the state of a GroupAgg in checkpoints: a row for each group that has
// changed, of which the last counts.
type groupKeeping struct {
	on      bool // somebody will read it
	schema  *ir.Schema
	keys    int
	kept    versions
	changed []uint32     // groups, once each
	gone    *vexec.Batch // rows of groups that have left the table since the last barrier
	row     vexec.Batch
}

// The first columns of a group's row, before its keys and its aggregates' states.
const (
	keptShown = 0 // BOOLEAN: its result is out; NULL: it was forgotten
	keptSeen  = 1 // TIMESTAMP: when it last changed, or the end of its window; NULL without a TTL and windows
	keptHead  = 2
)

func (k *groupKeeping) init(o *ir.GroupAggOp) {
	k.keys = len(o.Keys)
	k.schema = ir.NewSchema(ir.Column{Name: "$shown", Type: ir.TBoolean}, ir.Column{Name: "$seen", Type: ir.TTimestamp})
	k.schema.Cols = append(k.schema.Cols, ir.GroupSchema(o).Cols...)
}

func (k *groupKeeping) tables() []vexec.TableSpec {
	spec := vexec.TableSpec{Name: groupsTable, Version: 1, Schema: k.schema}
	for i := range k.keys {
		spec.Keys = append(spec.Keys, keptHead+i)
	}
	return []vexec.TableSpec{spec}
}

func (k *groupKeeping) open(oc *vexec.OpContext) {
	k.kept.table = oc.State.Table(groupsTable)
	k.on = !oc.NoRestart
}

// note adds groups to those that the next barrier writes.
func (k *groupKeeping) note(ids []uint32, flags []groupFlag) {
	if !k.on {
		return
	}
	for _, id := range ids {
		if flags[id]&groupChanged == 0 {
			flags[id] |= groupChanged
			k.changed = append(k.changed, id)
		}
	}
}

// rows returns the rows of groups as owned batches.
func (k *groupKeeping) rows(g *GroupAgg, ids []uint32) (out []*vexec.Batch) {
	for lo := 0; lo < len(ids); lo += mergeRows {
		part := ids[lo:min(lo+mergeRows, len(ids))]
		k.row.Reset(k.schema)
		k.row.Rows = len(part)
		k.head(g, part)
		g.t.keys.Keys(part, k.row.Cols[keptHead:keptHead+k.keys])
		g.t.accs.State(part, k.row.Cols[keptHead+k.keys:])
		own := &vexec.Batch{}
		vexec.Compact(own, &k.row)
		out = append(out, own)
	}
	return out
}

func (k *groupKeeping) head(g *GroupAgg, ids []uint32) {
	shown, seen := &k.row.Cols[keptShown], &k.row.Cols[keptSeen]
	shown.Reset(ir.TBoolean, len(ids))
	seen.Reset(ir.TTimestamp, len(ids))
	for i, id := range ids {
		switch f := g.flags[id]; {
		case f&groupLiving == 0 || g.forgotten(id):
			shown.SetNull(i, len(ids))
		case f&groupShown != 0:
			vexec.SetBit(shown.Data, i)
		}
		if g.sees() {
			seen.Int64s()[i] = int64(g.seen[id])
		} else {
			seen.SetNull(i, len(ids))
		}
	}
}

// bury keeps the rows of groups that leave the table before the next barrier.
func (k *groupKeeping) bury(g *GroupAgg) error {
	var ids []uint32
	for _, id := range k.changed {
		if g.flags[id]&groupLiving == 0 {
			ids = append(ids, id)
		}
	}
	for _, b := range k.rows(g, ids) {
		if k.gone == nil {
			k.gone = &vexec.Batch{}
			k.gone.Reset(k.schema)
		}
		vexec.AppendRows(k.gone, b, nil)
	}
	return nil
}

// Seal implements vexec.Stateful.
func (g *GroupAgg) Seal(uint64) error {
	k := &g.keep
	if !k.on {
		return nil
	}
	var parts []*vexec.Batch
	all := k.kept.crowded(len(g.flags)-g.dead, len(k.changed))
	if all {
		var ids []uint32
		for id := range g.flags {
			if g.flags[id]&groupLiving != 0 || g.totals.has(uint32(id)) {
				ids = append(ids, uint32(id))
			}
		}
		parts = k.rows(g, ids)
	} else {
		if k.gone != nil {
			parts = append(parts, k.gone)
		}
		parts = append(parts, k.rows(g, k.changed)...)
	}
	k.kept.add(parts, all)
	for _, id := range k.changed {
		g.flags[id] &^= groupChanged
	}
	k.changed, k.gone = k.changed[:0], nil
	return nil
}

// restore reads the groups of a checkpoint: first which of a group's rows is its last,
// then these.
func (g *GroupAgg) restore() error {
	last, err := g.take()
	if err != nil {
		return err
	}
	var lastRow []int
	row := 0
	err = g.keep.kept.table.Restored(func(b *vexec.Batch) error {
		if err := g.intern(last, b.Cols[keptHead:keptHead+g.width], b.Sel, b.Rows); err != nil {
			return err
		}
		for len(lastRow) < last.groups() {
			lastRow = append(lastRow, 0)
		}
		for i := range b.Live() {
			lastRow[g.ids[b.Row(i)]] = row
			row++
		}
		return nil
	})
	if err != nil || row == 0 {
		g.give(last)
		return err
	}
	row = 0
	err = g.keep.kept.table.Restored(func(b *vexec.Batch) error {
		keys := b.Cols[keptHead : keptHead+g.width]
		if err := g.intern(last, keys, b.Sel, b.Rows); err != nil {
			return err
		}
		sel := make([]int32, 0, b.Live())
		for i := range b.Live() {
			switch r := b.Row(i); {
			case lastRow[g.ids[r]] != row:
			case b.Cols[keptShown].Null(r):
				g.restoreForgotten(b, r)
			default:
				sel = append(sel, int32(r))
			}
			row++
		}
		return g.restoreRows(b, sel)
	})
	g.give(last)
	return err
}

// restoreRows takes the rows of sel into the table.
func (g *GroupAgg) restoreRows(b *vexec.Batch, sel []int32) error {
	if len(sel) == 0 {
		return nil
	}
	if err := g.addGroups(g.t, b.Cols[keptHead:keptHead+g.width], b.Cols[keptHead+g.width:], sel, b.Rows); err != nil {
		return err
	}
	g.grow()
	seen := &b.Cols[keptSeen]
	for _, r := range sel {
		id := g.ids[r]
		if b.Cols[keptShown].Bool(int(r)) {
			g.flags[id] |= groupShown
		}
		if g.sees() && !seen.Null(int(r)) {
			v, i := seen.At(int(r))
			g.seen[id] = ir.Micros(v.Int64s()[i])
			g.timed(id)
		}
		g.flags[id] |= groupChanged
		g.keep.changed = append(g.keep.changed, id)
	}
	return nil
}
