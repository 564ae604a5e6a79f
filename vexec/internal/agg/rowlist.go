package agg

import (
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowList is ARRAY_AGG and STRING_AGG: all rows of each group. Where rows are taken back
// it is FIRST_VALUE, LAST_VALUE, MIN_BY and MAX_BY, too.
type rowList struct {
	call  *ir.AggCall
	order rowOrder
	store rowStore // a row is a node
	place []uint64 // by node
	next  []uint32 // by node: the next one of its group
	first []uint32 // by group; noGroup: none
	last  []uint32
	back  *backRows // nil: rows are not taken back
	held  held
	lists elements
	rows  []int32
}

func newRowList(c *ir.AggCall, h held) (*rowList, error) {
	a := &rowList{call: c, order: newRowOrder(c), store: newRowStore(c), held: h}
	if !c.Retracts {
		return a, nil
	}
	var err error
	a.back, err = newBackRows(a)
	return a, err
}

func (a *rowList) grow(n int) error {
	if a.back != nil && a.back.dead > minDead && 2*a.back.dead > len(a.place) {
		a.rebuild()
	}
	room := cap(a.first)
	if n > room {
		room = max(n, 2*room, 16)
	}
	size := int64(room)*8 + a.store.bytes() + int64(cap(a.place))*12
	if a.back != nil {
		size += a.back.bytes(room)
	}
	if err := a.held.set(size); err != nil {
		return err
	}
	a.setGroups(n)
	return nil
}

// setGroups makes room for n groups, and accounts for nothing.
func (a *rowList) setGroups(n int) {
	var uncounted held
	a.first, _ = growCells(a.first, n, 4, &uncounted, noGroup)
	a.last, _ = growCells(a.last, n, 4, &uncounted, noGroup)
	if a.back != nil {
		a.back.first, _ = growCells(a.back.first, n, 4, &uncounted, noGroup)
		a.back.heaps, _ = growCells(a.back.heaps, n, 24, &uncounted, nil)
	}
}

// rebuild drops the nodes that are dead.
func (a *rowList) rebuild() {
	fresh, _ := newRowList(a.call, held{}) // as it has been made before
	fresh.setGroups(len(a.first))
	state := make([]vexec.Vec, 1+len(a.store.types))
	types := ir.AggStates([]ir.AggCall{*a.call})[0]
	ids := make([]uint32, len(a.first))
	for i := range ids {
		ids[i] = uint32(i)
	}
	for c := range state {
		state[c].Reset(types[c], len(ids))
	}
	a.state(a.call, ids, state)
	fresh.merge(a.call, &gather{}, state, ids, nil, len(ids))
	fresh.held = a.held
	*a = *fresh
	if a.back != nil {
		a.back.list = a
	}
}

func (a *rowList) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = a.order.counting(g, args, sel, n)
	a.take(args, g.rows.rows(sel, n), n, ids, g.places(n), false)
}

func (a *rowList) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = a.order.counting(g, args, sel, n)
	a.take(args, g.rows.rows(sel, n), n, ids, g.places(n), true)
}

// take takes rows whose places are by physical row. gone: all of them are taken back;
// otherwise those whose place is -1.
func (a *rowList) take(args []*vexec.Vec, rows []int32, n int, ids []uint32, places []uint64, gone bool) {
	if a.back != nil {
		a.back.take(args, rows, n, ids, places, gone)
		return
	}
	node := uint32(a.store.add(args, rows, n))
	for _, r := range rows {
		a.link(node, ids[r], places[r])
		node++
	}
}

// link makes a row of the store the last node of a group.
func (a *rowList) link(node, id uint32, place uint64) {
	a.place, a.next = append(a.place, place), append(a.next, noGroup)
	if l := a.last[id]; l == noGroup {
		a.first[id] = node
	} else {
		a.next[l] = node
	}
	a.last[id] = node
}

func (a *rowList) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	a.lists.each(state, ids, sel, n, func(kids []vexec.Vec, ids []uint32, rows []int32, n int) {
		a.take(pointers(kids[1:]), rows, n, ids, g.placesFrom(&kids[0], rows, n), false)
	})
}

// nodes lists the nodes of a group: with all also those that have been taken back
// before they came.
func (a *rowList) nodes(id uint32, to []int32, all bool) []int32 {
	for e := a.first[id]; e != noGroup; e = a.next[e] {
		if a.back == nil || !a.back.isDead[e] && (all || a.place[e] != takenBack) {
			to = append(to, int32(e))
		}
	}
	return to
}

func (a *rowList) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	var rows []int32
	offs := make([]int32, 1, len(ids)+1)
	for _, id := range ids {
		rows = a.nodes(id, rows, true)
		offs = append(offs, int32(len(rows)))
	}
	places := listOf(&out[0], offs).Int64s()
	for i, r := range rows {
		places[i] = int64(a.place[r])
	}
	for c := range out[1:] {
		a.store.read(c, rows, listOf(&out[1+c], offs))
	}
}

func (a *rowList) final(call *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	if call.Fn != "ARRAY_AGG" && call.Fn != "STRING_AGG" {
		rows := make([]int32, len(ids))
		for i, id := range ids {
			rows[i] = a.back.top(id)
		}
		a.store.read(0, rows, out)
		return
	}
	var rows []int32
	offs := make([]int32, 1, len(ids)+1)
	for _, id := range ids {
		from := len(rows)
		rows = a.nodes(id, rows, false)
		if own := rows[from:]; !slices.IsSortedFunc(own, a.compare) {
			slices.SortFunc(own, a.compare)
		}
		offs = append(offs, int32(len(rows)))
	}
	elems := vexec.NewVec(a.store.types[0], len(rows))
	a.store.read(0, rows, &elems)
	writeList(call, &elems, offs, out, fail)
}

func (a *rowList) compare(x, y int32) int { return a.order.compare(a.node(x), a.node(y)) }

func (a *rowList) node(n int32) rowAtPlace {
	return rowAtPlace{a.store.rows.Cols, int(n), a.place[n]}
}

func (a *rowList) bytes() int64 { return a.held.bytes }
func (a *rowList) release()     { a.held.release() }
func (a *rowList) reset() {
	a.store.reset()
	a.place, a.next, a.first, a.last = a.place[:0], a.next[:0], a.first[:0], a.last[:0]
	if a.back != nil {
		a.back.reset()
	}
}
