package agg

import (
	"math"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// extreme is MIN and MAX of what has the order of an int64 (gather.ordered).
type extreme struct {
	typ  *ir.Type
	less bool // MIN
	// A cell without a value holds none, the last value in the order. A value that
	// is the same as none is remembered in met.
	cells []int64
	none  int64
	met   map[uint32]bool
	held  held
}

func newExtreme(t *ir.Type, less bool, h held) *extreme {
	none := int64(math.MinInt64)
	if less {
		none = math.MaxInt64
	}
	return &extreme{typ: t, less: less, none: none, held: h}
}

func (a *extreme) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 8, &a.held, a.none)
	return err
}

func (a *extreme) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args[0], ids, sel, n)
}

func (a *extreme) take(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(v, sel, n)
	x, groups := g.ordered(v, sel, n), g.groups(ids, sel, n)
	if id, ok := oneGroup(groups); ok {
		a.takeOne(id, a.reduce(x))
		return
	}
	cells, none, x := a.cells, a.none, x[:len(groups)]
	if a.less {
		for j, id := range groups {
			if x := x[j]; x < cells[id] {
				cells[id] = x
			} else if x == none {
				a.meet(id)
			}
		}
		return
	}
	for j, id := range groups {
		if x := x[j]; x > cells[id] {
			cells[id] = x
		} else if x == none {
			a.meet(id)
		}
	}
}

// reduce is the extreme of x, which is not empty.
func (a *extreme) reduce(x []int64) int64 {
	best := x[0]
	if a.less {
		for _, x := range x {
			best = min(best, x)
		}
		return best
	}
	for _, x := range x {
		best = max(best, x)
	}
	return best
}

func (a *extreme) takeOne(id uint32, x int64) {
	if x == a.none {
		a.meet(id)
	} else if a.less == (x < a.cells[id]) && x != a.cells[id] {
		a.cells[id] = x
	}
}

func (a *extreme) meet(id uint32) {
	if a.met == nil {
		a.met = map[uint32]bool{}
	}
	a.met[id] = true
}

func (a *extreme) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, &state[0], ids, sel, n)
}

func (a *extreme) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) { a.write(ids, &out[0]) }

func (a *extreme) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) { a.write(ids, out) }

func (a *extreme) write(ids []uint32, out *vexec.Vec) {
	if k := out.Type.Kind; k.Width() == 8 && !k.IsFloat() {
		to := out.Int64s()
		for i, id := range ids {
			to[i] = a.cells[id]
		}
	} else {
		for i, id := range ids {
			putOrdered(out, i, a.cells[id])
		}
	}
	nullWhere(out, ids, func(id uint32) bool { return a.cells[id] == a.none && !a.met[id] })
}

func (a *extreme) bytes() int64 { return a.held.bytes }
func (a *extreme) release()     { a.held.release() }
func (a *extreme) reset() {
	a.cells = a.cells[:0]
	clear(a.met)
}

// decExtreme is MIN and MAX of DECIMAL.
type decExtreme struct {
	typ   *ir.Type
	less  bool
	cells []decCell
	held  held
}

type decCell struct {
	d   ir.Dec
	set bool
}

func (a *decExtreme) grow(n int) (err error) {
	a.cells, err = growCells(a.cells, n, 24, &a.held, decCell{})
	return err
}

func (a *decExtreme) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args[0], ids, sel, n)
}

func (a *decExtreme) take(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(v, sel, n)
	x := g.decimals(0, v, sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		if !c.set || x[j] != c.d && a.less == decLess(x[j], c.d) {
			*c = decCell{d: x[j], set: true}
		}
	}
}

func decLess(a, b ir.Dec) bool { return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo }

func (a *decExtreme) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, &state[0], ids, sel, n)
}

func (a *decExtreme) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) { a.write(ids, &out[0]) }

func (a *decExtreme) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	a.write(ids, out)
}

func (a *decExtreme) write(ids []uint32, out *vexec.Vec) {
	to := out.Decs()
	for i, id := range ids {
		to[i] = a.cells[id].d
	}
	nullWhere(out, ids, func(id uint32) bool { return !a.cells[id].set })
}

func (a *decExtreme) bytes() int64 { return a.held.bytes }
func (a *decExtreme) reset()       { a.cells = a.cells[:0] }
func (a *decExtreme) release()     { a.held.release() }
