package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowPick is FIRST_VALUE, LAST_VALUE, MIN_BY and MAX_BY: one row a group.
type rowPick struct {
	order rowOrder
	cells []pickCell
	store rowStore
	live  int // groups that have a row
	held  held

	cols    []vexec.Vec
	touched []uint32 // groups whose row is in the batch at hand
	rows    []int32
}

type pickCell struct {
	place uint64
	row   uint32 // in the store; with inBatch set in the batch at hand; noGroup: none
}

const inBatch = 1 << 31

var noPick = pickCell{row: noGroup}

func newRowPick(c *ir.AggCall, h held) *rowPick {
	return &rowPick{order: newRowOrder(c), store: newRowStore(c), held: h}
}

func (a *rowPick) grow(n int) error {
	if a.store.count() > 2*a.live+minDead {
		a.compact()
	}
	room := cap(a.cells)
	if n > room {
		room = max(n, 2*room, 16)
	}
	if err := a.held.set(int64(room)*16 + a.store.bytes()); err != nil {
		return err
	}
	var uncounted held
	a.cells, _ = growCells(a.cells, n, 16, &uncounted, noPick)
	return nil
}

// compact drops the rows that no group has any more.
func (a *rowPick) compact() {
	keep := make([]int32, 0, a.live)
	for i := range a.cells {
		if c := &a.cells[i]; c.row != noGroup {
			keep = append(keep, int32(c.row))
			c.row = uint32(len(keep) - 1)
		}
	}
	a.store.keep(keep)
}

func (a *rowPick) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = a.order.counting(g, args, sel, n)
	a.take(args, g.rows.rows(sel, n), n, ids, g.places(n))
}

// take takes rows whose places are by physical row.
func (a *rowPick) take(args []*vexec.Vec, rows []int32, n int, ids []uint32, places []uint64) {
	a.cols = a.cols[:0]
	for _, v := range args {
		a.cols = append(a.cols, *v)
	}
	a.touched = a.touched[:0]
	byPlace := len(a.order.keys) == 0
	for _, r := range rows {
		c, place := &a.cells[ids[r]], places[r]
		switch {
		case c.row == noGroup:
			a.live++
		case byPlace && c.place != place:
			if (place < c.place) == a.order.last {
				continue
			}
		case !a.order.better(rowAtPlace{a.cols, int(r), place}, a.rowOf(c)):
			continue
		}
		if c.row == noGroup || c.row&inBatch == 0 {
			a.touched = append(a.touched, ids[r])
		}
		*c = pickCell{place, uint32(r) | inBatch}
	}
	a.rows = a.rows[:0]
	for _, id := range a.touched {
		a.rows = append(a.rows, int32(a.cells[id].row&^inBatch))
	}
	first := a.store.add(args, a.rows, n)
	for i, id := range a.touched {
		a.cells[id].row = uint32(first + i)
	}
}

func (a *rowPick) rowOf(c *pickCell) rowAtPlace {
	if c.row&inBatch != 0 {
		return rowAtPlace{a.cols, int(c.row &^ inBatch), c.place}
	}
	return rowAtPlace{a.store.rows.Cols, int(c.row), c.place}
}

func (a *rowPick) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(&state[0], sel, n)
	rows := g.rows.rows(sel, n)
	a.take(pointers(state[1:]), rows, n, ids, g.placesFrom(&state[0], rows, n))
}

func pointers(cols []vexec.Vec) []*vexec.Vec {
	out := make([]*vexec.Vec, len(cols))
	for i := range cols {
		out[i] = &cols[i]
	}
	return out
}

func (a *rowPick) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	rows := a.rowsOf(ids)
	places := out[0].Int64s()
	for i, id := range ids {
		places[i] = int64(a.cells[id].place)
		if rows[i] < 0 {
			out[0].SetNull(i, len(ids))
		}
	}
	for c := range out[1:] {
		a.store.read(c, rows, &out[1+c])
	}
}

func (a *rowPick) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	a.store.read(0, a.rowsOf(ids), out)
}

// rowsOf is the rows of some groups in the store; -1: none.
func (a *rowPick) rowsOf(ids []uint32) []int32 {
	rows := make([]int32, len(ids))
	for i, id := range ids {
		rows[i] = int32(a.cells[id].row) // -1 is noGroup
	}
	return rows
}

func (a *rowPick) bytes() int64 { return a.held.bytes }
func (a *rowPick) release()     { a.held.release() }
func (a *rowPick) reset() {
	a.cells, a.live = a.cells[:0], 0
	a.store.reset()
}
