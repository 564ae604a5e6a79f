package ops

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/windows"
)

// Rank is ir.RankOp: the rows of each partition whose number is wanted. Of rows that are
// only added it keeps those that may still be wanted, else all.
//
// The rows of a batch are put in their places first, as pending ones that stand in the
// batch. Those that are still there at its end are kept, and what has changed of the
// touched partitions goes out.
type Rank struct {
	op *ir.RankOp
	keyGroups
	order   rankOrder
	lists   rankLists
	store   rowStore
	changes rankChanges
	windows rankWindows
	clock   vexec.Clock
	wheel   wheel
	seen    []ir.Micros // by partition, with a TTL: when it last changed
	kind    rankKind

	// Of the batch at hand.
	batch   *vexec.Batch
	prefix  []uint64
	pending []pendingRow
	gone    []ownedRow // rows that are not needed any more; owner is the partition
	refs    []rowRef   // by physical row
	kept    []int32
}

// rankKind is how numbers are given.
type rankKind uint8

const (
	rowNumber rankKind = iota
	rank
	denseRank
)

// pendingRow is a row of the batch at hand that has been put in its place.
type pendingRow struct {
	row int32
	id  uint32
}

// inBatch is the chunk of pending rows.
const inBatch = ^uint32(0)

// NewRank returns the operator over rows of the schema in.
func NewRank(o *ir.RankOp, in *ir.Schema) (vexec.Operator, error) {
	k := &Rank{op: o, order: newRankOrder(in, o.Order, o.Arrival), store: newRowStore(in, o.Partition)}
	k.kind = map[string]rankKind{"ROW_NUMBER": rowNumber, "RANK": rank, "DENSE_RANK": denseRank}[o.Fn]
	var err error
	k.keyGroups, err = newKeyGroups(in, o.Partition)
	k.changes.init(o)
	if o.EndCol >= 0 {
		k.windows.init(in, o.EndCol)
		k.windows.lateness = o.Lateness
	}
	return k, err
}

// Tables implements vexec.Stateful.
func (k *Rank) Tables() []vexec.TableSpec { return k.store.tables() }

// Open implements vexec.Operator.
func (k *Rank) Open(oc *vexec.OpContext) error {
	k.clock = oc.Clock
	k.lists.mem = oc.Memory
	k.wheel.span = k.op.TTL
	k.changes.maxRows = max(1, oc.MaxRows)
	if err := k.keyGroups.open(oc.Memory); err != nil {
		return err
	}
	return k.store.open(oc, &k.keyGroups, func(b *vexec.Batch) error {
		if err := k.take(b, nil); err != nil {
			return err
		}
		k.changes.forget()
		return k.forgetGone()
	})
}

// Push implements vexec.Operator.
func (k *Rank) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	if b.Live() == 0 {
		return nil
	}
	sel := b.Sel
	if k.op.EndCol >= 0 {
		fates := k.windows.split(b)
		if len(fates) > 0 {
			if err := out.Reject(b, fates); err != nil {
				return err
			}
		}
		if sel = k.windows.kept; len(sel) == 0 {
			return nil
		}
	}
	if err := k.take(b, sel); err != nil {
		return err
	}
	if err := k.changes.emit(k, out); err != nil {
		return err
	}
	if err := k.forgetGone(); err != nil {
		return err
	}
	return k.tidy()
}

// take puts the selected rows of a batch in their places.
func (k *Rank) take(b *vexec.Batch, sel []int32) error {
	rows := *b
	rows.Sel = sel
	if err := k.intern(&rows, k.cols, sel); err != nil {
		return err
	}
	k.lists.grow(len(k.group))
	if k.op.EndCol >= 0 {
		k.windows.note(&rows, k.ids, len(k.group))
	}
	k.batch, k.prefix, k.pending = b, k.order.prefixes(&rows), k.pending[:0]
	for i := range rows.Live() {
		r := rows.Row(i)
		if b.KindOf(r).Sign() < 0 {
			k.takeBack(r)
		} else if err := k.put(r); err != nil {
			return err
		}
	}
	return k.keep()
}

// at is where a row is.
func (k *Rank) at(ref rowRef) ([]vexec.Vec, int) {
	if ref.chunk == inBatch {
		return k.batch.Cols, int(ref.row)
	}
	return k.store.chunks[ref.chunk-k.store.first].batch.Cols, int(ref.row)
}

// compareNew orders row r of the batch and an entry, whole: by values, too.
func (k *Rank) compareNew(r int, e rankEntry) int {
	switch p := k.prefix[r]; {
	case p < e.prefix:
		return -1
	case p > e.prefix:
		return 1
	}
	cols, i := k.at(e.ref)
	return k.order.compareAll(k.batch.Cols, r, cols, i)
}

// equal reports whether two entries have one place in the order.
func (k *Rank) equal(a, b rankEntry) bool {
	if a.prefix != b.prefix {
		return false
	}
	x, i := k.at(a.ref)
	y, j := k.at(b.ref)
	return k.order.compare(x, i, y, j) == 0
}

// behind is the place behind all entries that are not greater than row r.
func (k *Rank) behind(list []rankEntry, r int) int {
	lo, hi := 0, len(list)
	if hi > 0 && k.compareNew(r, list[hi-1]) >= 0 {
		return hi
	}
	for lo < hi {
		if m := (lo + hi) / 2; k.compareNew(r, list[m]) >= 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// put puts row r in its place, unless it is behind all that may be wanted.
func (k *Rank) put(r int) error {
	id := k.ids[r]
	list := k.lists.of(id)
	at := k.behind(list, r)
	e := rankEntry{k.prefix[r], rowRef{inBatch, uint32(r)}}
	if !k.op.Retracts && at == len(list) && k.full(list, e) {
		return nil
	}
	k.touch(id)
	if err := k.lists.insert(id, at, e); err != nil {
		return err
	}
	k.pending = append(k.pending, pendingRow{int32(r), id})
	if !k.op.Retracts {
		k.evict(id)
	}
	return nil
}

// full reports whether an entry behind all of a list has a number that is not wanted.
func (k *Rank) full(list []rankEntry, e rankEntry) bool {
	n := int64(len(list))
	switch {
	case n < k.op.To && k.kind != denseRank:
		return false
	case k.kind == rowNumber:
		return true
	case n == 0 || k.equal(list[n-1], e):
		return false
	case k.kind == rank:
		return true
	}
	return k.places(list) >= k.op.To
}

// places is how many different places in the order a list has.
func (k *Rank) places(list []rankEntry) (n int64) {
	for i := range list {
		if i == 0 || !k.equal(list[i-1], list[i]) {
			n++
		}
	}
	return n
}

// evict drops what is not wanted any more behind an entry that has been put in.
func (k *Rank) evict(id uint32) {
	list := k.lists.of(id)
	n := len(list)
	if int64(n) <= k.op.To {
		return
	}
	keep := n - 1
	if k.kind != rowNumber {
		for keep > 0 && k.equal(list[keep-1], list[n-1]) {
			keep--
		}
		if k.kind == rank && int64(keep) < k.op.To || k.kind == denseRank && k.places(list[:keep]) < k.op.To {
			return
		}
	}
	for _, e := range list[keep:] {
		k.drop(id, e.ref)
	}
	k.lists.cut(id, keep)
}

// drop notes that a row is not needed behind the batch at hand.
func (k *Rank) drop(id uint32, ref rowRef) {
	if ref.chunk != inBatch {
		k.gone = append(k.gone, ownedRow{ref: ref, group: k.group[id]})
	}
}

// takeBack removes a row that is the same as row r. There is none if the partition was
// forgotten meanwhile.
func (k *Rank) takeBack(r int) {
	id := k.ids[r]
	list := k.lists.of(id)
	for at := k.behind(list, r) - 1; at >= 0 && k.compareNew(r, list[at]) == 0; at-- {
		cols, i := k.at(list[at].ref)
		if !sameRow(k.batch.Cols, r, cols, i) {
			continue
		}
		k.touch(id)
		k.drop(id, list[at].ref)
		k.lists.remove(id, at)
		return
	}
}

func sameRow(a []vexec.Vec, i int, b []vexec.Vec, j int) bool {
	for c := range a {
		if !vexec.SameAt(&a[c], i, &b[c], j) {
			return false
		}
	}
	return true
}

// touch remembers what was out of a partition before the batch at hand.
func (k *Rank) touch(id uint32) {
	if k.op.TTL > 0 {
		k.see(id)
	}
	if !k.op.AtEnd && k.op.EndCol < 0 {
		k.changes.before(k, id)
	}
}

// see notes when a partition changed.
func (k *Rank) see(id uint32) {
	for len(k.seen) < len(k.group) {
		k.seen = append(k.seen, ir.MinMicros)
	}
	now := k.clock.Now()
	if k.seen[id] == ir.MinMicros {
		k.wheel.put(id, now)
	}
	k.seen[id] = now
}

// keep copies the pending rows that are still in their places.
func (k *Rank) keep() error {
	k.kept = k.kept[:0]
	still := k.pending[:0]
	for _, p := range k.pending {
		if k.find(p) >= 0 {
			k.kept, still = append(k.kept, p.row), append(still, p)
		}
	}
	k.pending = still
	if len(k.kept) == 0 {
		return nil
	}
	if len(k.refs) < k.batch.Rows {
		k.refs = make([]rowRef, max(k.batch.Rows, mergeRows))
	}
	plain := *k.batch
	plain.Kind = nil
	if err := k.store.add(&plain, k.kept, func(r int32, ref rowRef) { k.refs[r] = ref }); err != nil {
		return err
	}
	for _, p := range still {
		k.lists.of(p.id)[k.find(p)].ref = k.refs[p.row]
	}
	return nil
}

// find is the place of a pending row; -1: it has gone again.
func (k *Rank) find(p pendingRow) int {
	list := k.lists.of(p.id)
	if len(list) == 1 { // the most common
		if list[0].ref == (rowRef{inBatch, uint32(p.row)}) {
			return 0
		}
		return -1
	}
	for at := k.behind(list, int(p.row)) - 1; at >= 0; at-- {
		if list[at].ref == (rowRef{inBatch, uint32(p.row)}) {
			return at
		}
		if k.compareNew(int(p.row), list[at]) != 0 {
			break
		}
	}
	return -1
}

// forgetGone frees the rows that are not needed any more.
func (k *Rank) forgetGone() error {
	for _, g := range k.gone {
		k.store.forget(g.ref, g.group)
	}
	k.gone = k.gone[:0]
	if k.store.sparse() {
		return k.rewrite()
	}
	return nil
}

// rewrite copies all rows to new chunks.
func (k *Rank) rewrite() error {
	all := make([]ownedRow, 0, k.store.live)
	for id := range k.lists.lists {
		x := k.lists.lists[id]
		for i := x.off; i < x.off+x.n; i++ {
			all = append(all, ownedRow{ref: k.lists.pool[i].ref, owner: int32(i), group: k.group[id]})
		}
	}
	return k.store.rewrite(all, func(owner int32, ref rowRef) { k.lists.pool[owner].ref = ref })
}

// Seal implements vexec.Stateful.
func (k *Rank) Seal(uint64) error { return k.store.seal(k.rewrite) }

// Due implements vexec.Timed.
func (k *Rank) Due() ir.Micros { return k.wheel.due() }

// Tick implements vexec.Timed: it forgets partitions that have not changed for the TTL.
// What was given of them stays as it is.
func (k *Rank) Tick(now ir.Micros, _ vexec.Emitter) error {
	for _, id := range k.wheel.turn(now, func(id uint32) ir.Micros { return k.seen[id] }) {
		k.seen[id] = ir.MinMicros
		k.clear(id)
	}
	if err := k.forgetGone(); err != nil {
		return err
	}
	return k.tidy()
}

// clear drops all rows of a partition.
func (k *Rank) clear(id uint32) {
	for _, e := range k.lists.of(id) {
		k.drop(id, e.ref)
	}
	k.lists.cut(id, 0)
}

// tidy makes a new table of partitions when most have no rows any more.
func (k *Rank) tidy() error {
	if k.lists.empty <= len(k.lists.lists)/2+slack {
		return nil
	}
	m, err := k.sweep()
	if err != nil {
		return err
	}
	var ids []uint32
	for id, x := range k.lists.lists {
		if x.n > 0 {
			ids = append(ids, uint32(id))
		}
	}
	for part := range slices.Chunk(ids, mergeRows) {
		if err := m.keep(part); err != nil {
			m.release()
			return err
		}
	}
	old := k.lists.lists
	k.lists.lists, k.lists.empty = make([]rankList, len(ids)), 0
	seen := make([]ir.Micros, len(ids))
	k.wheel.clear()
	for _, id := range ids {
		to := m.at[id]
		k.lists.lists[to] = old[id]
		if k.op.TTL > 0 {
			seen[to] = k.seen[id]
			k.wheel.put(to, seen[to])
		}
	}
	if k.seen = nil; k.op.TTL > 0 {
		k.seen = seen
	}
	k.windows.renumber(m.at)
	m.done(&k.keyGroups)
	return nil
}

// Advance implements vexec.Operator: windows that end up to wm give their rows.
func (k *Rank) Advance(wm ir.Micros, out vexec.Emitter) (ir.Micros, error) {
	if k.op.EndCol < 0 {
		return wm, nil
	}
	wm = windows.Behind(wm, k.op.Lateness)
	for _, id := range k.windows.close(wm) {
		k.changes.show(k, id)
		k.clear(id)
	}
	if err := k.changes.flush(k, out); err != nil {
		return wm, err
	}
	if err := k.forgetGone(); err != nil {
		return wm, err
	}
	return handOn(wm, k.op.In.Cols[k.op.EndCol].Type), k.tidy()
}

// Finish implements vexec.Operator.
func (k *Rank) Finish(out vexec.Emitter) error {
	if !k.op.AtEnd {
		return nil
	}
	return k.changes.all(k, out)
}

// Close implements vexec.Operator.
func (k *Rank) Close() error {
	k.lists.close()
	k.store.close()
	if k.keys != nil {
		k.keys.Release()
		k.keys = nil
	}
	return nil
}

var (
	_ vexec.Stateful = (*Rank)(nil)
	_ vexec.Timed    = (*Rank)(nil)
)
