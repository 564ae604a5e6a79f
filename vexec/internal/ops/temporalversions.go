package ops

import (
	"cmp"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// keyVersions is the versions of the right side's rows by their keys. Of each key the last one
// that the watermark has passed is kept, and those after it.
type keyVersions struct {
	op    *ir.TemporalOp
	in    *ir.Schema // of the right side, and from when on a version counts
	keys  keyGroups
	time  timeColumn
	order rankOrder // of those of one time and place
	store rowStore
	lists [][]keyVersion // by key, the last one at the end
	due   timeQueue      // keys by when one of their versions counts
	mem   *vexec.Account
	held  int64 // reserved for lists and due
	bytes int64 // of lists
	sel   []int32
	refs  []rowRef
	froms vexec.Vec
}

// keyVersion is one version of a row.
type keyVersion struct {
	time int64  // its event time
	from int64  // when it counts: at its time, or if it came late from the watermark on that it met
	ord  uint64 // its place in the order of arrival
	ref  rowRef
}

const versionBytes = 32

func (v *keyVersions) init(o *ir.TemporalOp) (err error) {
	v.op, v.time = o, newTimeColumn(o.Right, o.RightTime)
	v.in = ir.NewSchema(append(slices.Clone(o.Right.Cols), ir.Column{Name: "$from", Type: ir.TTimestamp, NotNull: true})...)
	v.order = newRankOrder(o.Right, nil, false)
	v.store = newRowStore(v.in, o.RightKeys)
	v.keys, err = newKeyGroups(o.Right, o.RightKeys)
	return err
}

func (v *keyVersions) open(oc *vexec.OpContext) error {
	v.mem = oc.Memory
	if err := v.keys.open(oc.Memory); err != nil {
		return err
	}
	return v.store.open(oc, &v.keys, func(b *vexec.Batch) error {
		rows := make([]int32, b.Rows)
		for i := range rows {
			rows[i] = int32(i)
		}
		return v.keep(b, v.time.read(b), b.Cols[len(b.Cols)-1].Int64s(), rows)
	})
}

// add keeps rows of a batch of the right side. A row without a key is no version of any.
func (v *keyVersions) add(b *vexec.Batch, times []int64, rows []int32) error {
	v.sel = v.sel[:0]
	for _, r := range rows {
		if !slices.ContainsFunc(v.op.RightKeys, func(k int) bool { return b.Cols[k].Null(int(r)) }) {
			v.sel = append(v.sel, r)
		}
	}
	if len(v.sel) == 0 {
		return nil
	}
	v.froms.Reset(ir.TTimestamp, b.Rows)
	from := v.froms.Int64s()
	copy(from, times)
	for _, m := range b.Late {
		from[m.Row] = max(from[m.Row], int64(m.WM))
	}
	whole := *b
	whole.Schema, whole.Cols, whole.Kind = v.in, append(slices.Clone(b.Cols), v.froms), nil
	return v.keep(&whole, times, from, v.sel)
}

// keep puts rows of a batch with the schema in to their places among the versions of their
// keys.
func (v *keyVersions) keep(b *vexec.Batch, times, from []int64, rows []int32) error {
	if err := v.keys.intern(b, v.op.RightKeys, rows); err != nil {
		return err
	}
	v.refs = v.refs[:0]
	if err := v.store.add(b, rows, func(_ int32, ref rowRef) { v.refs = append(v.refs, ref) }); err != nil {
		return err
	}
	for len(v.lists) < v.keys.keys.Groups() {
		v.lists = append(v.lists, nil)
	}
	for i, r := range rows {
		x := keyVersion{time: times[r], from: from[r], ref: v.refs[i]}
		if v.op.Arrival && b.Ord != nil {
			x.ord = b.Ord[r]
		}
		v.insert(v.keys.ids[r], x)
		v.due.wait(x.from, int32(v.keys.ids[r]))
	}
	return v.account()
}

// insert puts a version behind those of its key that it replaces.
func (v *keyVersions) insert(key uint32, x keyVersion) {
	list := v.lists[key]
	was := cap(list)
	at := len(list)
	if at > 0 && v.compare(&list[at-1], &x) > 0 {
		at, _ = slices.BinarySearchFunc(list, x, func(a, b keyVersion) int { return v.compare(&a, &b) })
	}
	list = slices.Insert(list, at, x)
	v.lists[key] = list
	v.bytes += int64(cap(list)-was) * versionBytes
}

// compare orders versions of one key: by time, arrival, and their values.
func (v *keyVersions) compare(a, b *keyVersion) int {
	if c := cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.ord, b.ord)); c != 0 {
		return c
	}
	return v.order.compareAll(v.store.at(a.ref).Cols, int(a.ref.row), v.store.at(b.ref).Cols, int(b.ref.row))
}

// at is the version of a key at a time, as a reference among batches; vexec.NoRow: there is
// none.
func (v *keyVersions) at(key uint32, time int64) uint32 {
	if key == agg.NoGroup {
		return vexec.NoRow
	}
	list := v.lists[key]
	n := len(list)
	if n > 0 && list[n-1].time > time {
		n, _ = slices.BinarySearchFunc(list, time, func(x keyVersion, at int64) int {
			if x.time <= at {
				return -1
			}
			return 1
		})
	}
	for n--; n >= 0; n-- {
		if x := &list[n]; x.from <= time {
			return (x.ref.chunk-v.store.first)<<vexec.ChunkBits | x.ref.row
		}
	}
	return vexec.NoRow
}

// batches appends the chunks that versions are in.
func (v *keyVersions) batches(to []*vexec.Batch) []*vexec.Batch {
	for _, c := range v.store.chunks {
		to = append(to, c.batch)
	}
	return to
}

// pass frees the versions that no row from the time wm on is given.
func (v *keyVersions) pass(wm ir.Micros) error {
	for _, key := range v.due.pass(int64(wm)) {
		v.trim(uint32(key), int64(wm))
	}
	v.due.trim()
	if v.store.sparse() {
		if err := v.rewrite(); err != nil {
			return err
		}
	}
	return v.account()
}

// trim frees the versions of a key before the last one that counts at a time.
func (v *keyVersions) trim(key uint32, at int64) {
	list := v.lists[key]
	n := len(list) - 1
	for n > 0 && list[n].from > at {
		n--
	}
	if n <= 0 {
		return
	}
	for i := range list[:n] {
		v.store.forget(list[i].ref, v.keys.group[key])
	}
	was := cap(list)
	if list = slices.Delete(list, 0, n); was > 16 && was > 4*len(list) {
		list = slices.Clone(list)
	}
	v.lists[key] = list
	v.bytes += int64(cap(list)-was) * versionBytes
}

// account reserves what has come to lists.
func (v *keyVersions) account() error {
	now := v.bytes + 24*int64(cap(v.lists)) + 16*int64(cap(v.due.line)+cap(v.due.heap))
	if err := v.mem.Grow(now - v.held); err != nil {
		return err
	}
	v.held = now
	return nil
}

// rewrite puts the rows together that are needed.
func (v *keyVersions) rewrite() error {
	all := make([]ownedRow, 0, v.store.live)
	owners := make([]*keyVersion, 0, v.store.live)
	for key, list := range v.lists {
		for i := range list {
			all = append(all, ownedRow{ref: list[i].ref, owner: int32(len(owners)), group: v.keys.group[key]})
			owners = append(owners, &list[i])
		}
	}
	return v.store.rewrite(all, func(owner int32, ref rowRef) { owners[owner].ref = ref })
}

func (v *keyVersions) seal() error { return v.store.seal(v.rewrite) }

func (v *keyVersions) close() {
	v.store.close()
	v.lists = nil
	if v.keys.keys != nil {
		v.keys.keys.Release()
		v.keys.keys = nil
	}
}
