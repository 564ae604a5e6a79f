package ops

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/expr"
)

// GroupAgg is ir.GroupAggOp in the phases Complete and Final: aggregates by key that
// change with the rows. Its results go out as changes, folded by batch: however many
// rows of a group a batch has, its old result is taken back once and its new one
// given once. With AtEnd they go out when the input has ended.
//
// A group is forgotten when all of its rows have been taken back, or with a TTL when it
// has not changed for so long. Forgotten groups stay in the table until there are as
// many of them as of others; then the others move to a new one.
type GroupAgg struct {
	op    *ir.GroupAggOp
	in    *aggInput // nil in the phase Final
	width int       // columns of keys
	tables
	t     *groupTable
	added RowCount
	clock vexec.Clock

	// By group.
	flags []groupFlag
	seen  []ir.Micros // when it last changed, or the end of its window; nil without a TTL and windows
	dead  int         // groups that have been forgotten

	changes groupChanges
	keep    groupKeeping
	wheel   wheel
	totals  groupTotals
	// ofWindows are the groups by the ends of their windows; nil: they have none.
	ofWindows *openEnds
	tracks    bool // what becomes of single groups matters before the end

	touched []uint32 // groups of the batch at hand
}

// groupFlag says what became of a group.
type groupFlag uint8

const (
	groupShown   groupFlag = 1 << iota // its result is out
	groupLiving                        // it has not been forgotten
	groupChanged                       // since the last barrier
	groupTouched                       // by the batch at hand
	groupWrong                         // its result is a row error, which has been said
	groupSaid                          // scratch of groupChanges.reject
	groupExpired                       // it was forgotten with rows in its aggregates: they do not count any more
)

// NewGroupAgg returns the operator over rows of the schema in; in the phase Final these
// are partial groups (ir.GroupSchema).
func NewGroupAgg(o *ir.GroupAggOp, in *ir.Schema) (vexec.Operator, error) {
	g := &GroupAgg{op: o, width: len(o.Keys)}
	g.calls = o.Aggs
	for _, k := range o.Keys {
		g.keyTypes = append(g.keyTypes, o.In.Cols[k].Type)
	}
	var err error
	if o.Phase != ir.Final {
		if g.in, err = newAggInput(o.Keys, o.Aggs, in); err != nil {
			return nil, err
		}
	} else if !sameTypes(in, ir.GroupSchema(o)) {
		return nil, fmt.Errorf("%s takes partial groups (%s), not (%s)", o.Name(), ir.GroupSchema(o), in)
	}
	if err := g.check(); err != nil {
		return nil, err
	}
	g.keep.init(o)
	g.changes.init(o)
	if o.Phase == ir.Partial {
		return newPartialGroups(o, g), nil
	}
	return g, nil
}

// Tables implements vexec.Stateful.
func (g *GroupAgg) Tables() []vexec.TableSpec { return g.keep.tables() }

// Open implements vexec.Operator.
func (g *GroupAgg) Open(oc *vexec.OpContext) error {
	g.in.setClock(oc.Clock)
	g.mem, g.clock = oc.Memory, oc.Clock
	g.dropFree() // made before there was an account
	g.changes.maxRows = max(1, oc.MaxRows)
	g.wheel.span = g.op.TTL
	var err error
	if g.t, err = g.take(); err != nil {
		return err
	}
	g.keep.open(oc)
	g.tracks = !g.op.AtEnd || g.op.TTL > 0 || g.keep.on
	g.totals.open(g.op, oc)
	if err := g.restore(); err != nil {
		return err
	}
	return g.begin()
}

// Push implements vexec.Operator.
func (g *GroupAgg) Push(port int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	keys, sel, err := g.prepare(b, out)
	if err != nil || sel != nil && len(sel) == 0 {
		return expr.Halves(b, err, func(half *vexec.Batch) error { return g.Push(port, half, out) })
	}
	if err := g.intern(g.t, keys, sel, b.Rows); err != nil {
		return err
	}
	g.added.Grouped += selected(sel, b.Rows)
	if !g.tracks {
		g.add(b, sel)
		return nil
	}
	if err := g.find(keys, sel, b.Rows); err != nil {
		return err
	}
	if !g.op.AtEnd {
		g.changes.before(g, g.touched)
	}
	g.add(b, sel)
	g.settle()
	if !g.op.AtEnd {
		err = g.changes.after(g, g.touched, out)
	}
	g.untouch()
	if err != nil {
		return err
	}
	return g.tidy()
}

// tidy makes a new table when most groups of the one at hand have been forgotten.
func (g *GroupAgg) tidy() error {
	if g.dead <= len(g.flags)/2+slack {
		return nil
	}
	return g.rebuild()
}

// Counted implements RowCounter.
func (g *GroupAgg) Counted() RowCount { return g.added }

// selected is how many rows sel has; nil: all of n.
func selected(sel []int32, n int) int64 {
	if sel == nil {
		return int64(n)
	}
	return int64(len(sel))
}

// find lists the groups of the rows at hand, which have been interned. Where one is
// among them that was forgotten with rows in it, these have to go first.
func (g *GroupAgg) find(keys []vexec.Vec, sel []int32, n int) error {
	g.grow()
	if !g.touch(sel, n) {
		return nil
	}
	g.untouch()
	if err := g.rebuild(); err != nil {
		return err
	}
	if err := g.intern(g.t, keys, sel, n); err != nil {
		return err
	}
	g.grow()
	g.touch(sel, n)
	return nil
}

// prepare computes the aggregates' arguments and returns the keys and the rows that
// count, having rejected the others; nil: all rows.
func (g *GroupAgg) prepare(b *vexec.Batch, out vexec.Emitter) ([]vexec.Vec, []int32, error) {
	if g.op.Phase == ir.Final {
		return b.Cols[:g.width], b.Sel, nil
	}
	if err := g.in.bind(b, b.Sel); err != nil {
		return nil, nil, err
	}
	sel, err := g.rejectBad(g.in, b, out)
	return g.in.keys, sel, err
}

// rejectBad rejects the rows whose arguments failed and returns the others; nil: all.
func (s *tables) rejectBad(in *aggInput, b *vexec.Batch, out vexec.Emitter) ([]int32, error) {
	if in.errs.Len() == 0 {
		return b.Sel, nil
	}
	if s.rows == nil {
		s.rows = make([]int32, 0, b.Rows) // never nil, which as a selection is all rows
	}
	s.rows = in.errs.Without(b.Sel, b.Rows, s.rows)
	return s.rows, out.Reject(b, in.errs.Fates())
}

// add counts the rows of a batch, or merges its partial groups.
func (g *GroupAgg) add(b *vexec.Batch, sel []int32) {
	if g.op.Phase == ir.Final {
		g.t.accs.Merge(b.Cols[g.width:], g.ids, sel, b.Rows)
		return
	}
	g.addChanges(g.t, g.in, b, sel)
}

// sees reports whether each group has a time.
func (g *GroupAgg) sees() bool { return g.op.TTL > 0 || g.ofWindows != nil }

// grow makes room for what is known of new groups.
func (g *GroupAgg) grow() {
	for n := g.t.groups(); len(g.flags) < n; {
		g.flags = append(g.flags, groupLiving)
		if g.sees() {
			g.seen = append(g.seen, ir.MinMicros)
		}
	}
}

// touch lists the groups of the rows. again: one of them was forgotten with rows in it.
func (g *GroupAgg) touch(sel []int32, n int) (again bool) {
	mark := func(id uint32) {
		f := g.flags[id]
		if f&groupTouched == 0 {
			g.flags[id] |= groupTouched
			g.touched = append(g.touched, id)
			again = again || f&groupExpired != 0
		}
	}
	if sel == nil {
		for _, id := range g.ids[:n] {
			mark(id)
		}
		return again
	}
	for _, r := range sel {
		mark(g.ids[r])
	}
	return again
}

func (g *GroupAgg) untouch() {
	for _, id := range g.touched {
		g.flags[id] &^= groupTouched
	}
	g.touched = g.touched[:0]
}

// settle notes that the groups at hand have changed.
func (g *GroupAgg) settle() {
	g.keep.note(g.touched, g.flags)
	if g.op.TTL == 0 {
		return
	}
	now := g.clock.Now()
	for _, id := range g.touched {
		if g.seen[id] == ir.MinMicros {
			g.wheel.put(id, now)
		}
		g.seen[id] = now
	}
}

// revive notes which groups have no rows any more or have some again, by how many they have.
func (g *GroupAgg) revive(ids []uint32, counts []int64) {
	for i, id := range ids {
		switch living := g.flags[id]&groupLiving != 0; {
		case counts[i] == 0 && living && !g.totals.has(id):
			g.flags[id] &^= groupLiving
			g.dead++
		case counts[i] != 0 && !living:
			g.flags[id] |= groupLiving
			g.dead--
		}
	}
}

// Due implements vexec.Timed.
func (g *GroupAgg) Due() ir.Micros { return g.wheel.due() }

// Tick implements vexec.Timed: it forgets groups that have not changed for the TTL.
// What was given of them stays as it is.
func (g *GroupAgg) Tick(now ir.Micros, _ vexec.Emitter) error {
	gone := g.wheel.turn(now, func(id uint32) ir.Micros {
		if g.flags[id]&groupLiving == 0 {
			return ir.MinMicros
		}
		return g.seen[id]
	})
	for _, id := range gone {
		g.seen[id] = ir.MinMicros
		if g.flags[id]&groupLiving != 0 {
			g.forgetTotal(id)
			g.flags[id] = g.flags[id]&^(groupLiving|groupShown|groupWrong) | groupExpired
			g.dead++
		}
	}
	g.keep.note(gone, g.flags)
	return g.tidy()
}

// Advance implements vexec.Operator.
func (g *GroupAgg) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }

// Finish implements vexec.Operator. Without keys there is a result of no rows, too.
func (g *GroupAgg) Finish(out vexec.Emitter) error {
	if g.width == 0 {
		if g.t.groups() == 0 {
			if err := g.intern(g.t, nil, nil, 1); err != nil {
				return err
			}
			g.grow()
		}
		g.totals.ids = []uint32{0} // it stays known when the input has ended, as other totals
	}
	if !g.op.AtEnd {
		return g.changes.unseen(g, g.totals.ids, out)
	}
	if err := g.changes.all(g, out); err != nil || !g.tracks {
		return err
	}
	for _, id := range g.totals.ids {
		g.flags[id] |= groupShown
	}
	return nil
}

// Close implements vexec.Operator.
func (g *GroupAgg) Close() error {
	g.dropFree()
	if g.t != nil {
		g.t.release()
		g.t = nil
	}
	return nil
}

// rebuild moves the living groups to a new table.
func (g *GroupAgg) rebuild() error {
	if err := g.keep.bury(g); err != nil {
		return err
	}
	old := g.t
	fresh, err := g.take()
	if err != nil {
		return err
	}
	var ids []uint32
	for id := range g.flags {
		if g.flags[id]&groupLiving != 0 {
			ids = append(ids, uint32(id))
		}
	}
	state := make([]vexec.Vec, old.accs.StateWidth())
	keys := make([]vexec.Vec, g.width)
	for lo := 0; lo < len(ids); lo += mergeRows {
		part := ids[lo:min(lo+mergeRows, len(ids))]
		old.keys.Keys(part, keys)
		old.accs.State(part, state)
		if err := g.addGroups(fresh, keys, state, nil, len(part)); err != nil {
			g.give(fresh)
			return err
		}
	}
	g.renumber(ids)
	g.t = fresh
	g.give(old)
	return g.begin()
}

// renumber gives the groups ids the numbers 0, 1, 2 and so on.
func (g *GroupAgg) renumber(ids []uint32) {
	g.keep.changed = g.keep.changed[:0]
	g.wheel.clear()
	if g.ofWindows != nil {
		g.ofWindows.anew()
	}
	for to, from := range ids {
		g.flags[to] = g.flags[from]
		if g.flags[to]&groupChanged != 0 {
			g.keep.changed = append(g.keep.changed, uint32(to))
		}
		if g.sees() {
			g.seen[to] = g.seen[from]
			g.timed(uint32(to))
		}
	}
	g.flags, g.dead = g.flags[:len(ids)], 0
	if g.sees() {
		g.seen = g.seen[:len(ids)]
	}
}

// timed puts a group where its time is looked for. One that has just been interned may
// have none yet, and a total that no row has been in has none.
func (g *GroupAgg) timed(id uint32) {
	switch {
	case g.seen[id] == ir.MinMicros:
	case g.ofWindows == nil:
		g.wheel.put(id, g.seen[id])
	default:
		g.ofWindows.put(int64(g.seen[id]), id)
	}
}

var (
	_ vexec.Stateful = (*GroupAgg)(nil)
	_ Outlasting     = (*GroupAgg)(nil)
	_ vexec.Timed    = (*GroupAgg)(nil)
)
