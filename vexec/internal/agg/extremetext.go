package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// textExtreme is MIN and MAX of strings, in the order of their bytes. A string
// that is no longer the extreme leaves a hole in the arena; the arena is written
// anew before holes are most of it.
type textExtreme struct {
	typ   *ir.Type
	less  bool
	cells []vexec.View
	long  arena
	live  int64 // bytes of the arena that cells point to
	held  held
}

// noText is the cell of a group without a value: no string is that long.
var noText = vexec.View{Lo: ^uint64(0)}

func (a *textExtreme) grow(n int) (err error) {
	if a.long.bytes > lastChunk && a.long.bytes > 3*a.live {
		a.compact()
	}
	room := cap(a.cells)
	if n > room {
		room = max(n, 2*room, 16)
	}
	if err := a.held.set(int64(room)*16 + a.long.bytes); err != nil {
		return err
	}
	var uncounted held
	a.cells, err = growCells(a.cells, n, 16, &uncounted, noText)
	return err
}

// compact copies the live strings to a new arena. Whoever reads the old one keeps it.
func (a *textExtreme) compact() {
	old := a.long
	a.long = arena{}
	for i := range a.cells {
		if c := &a.cells[i]; *c != noText && !c.IsInline() {
			*c = a.long.put(kernels.Bytes(c, old.bufs), c.Lo)
		}
	}
}

func (a *textExtreme) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, args[0], ids, sel, n)
}

func (a *textExtreme) take(g *gather, v *vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(v, sel, n)
	x, bufs := g.strings(v, sel, n)
	for j, id := range g.groups(ids, sel, n) {
		c := &a.cells[id]
		if *c != noText {
			cmp := compareViews(&x[j], c, bufs, a.long.bufs)
			if cmp == 0 || a.less != (cmp < 0) {
				continue
			}
			a.live -= longLen(*c)
		}
		*c = x[j]
		if !c.IsInline() {
			*c = a.long.put(kernels.Bytes(&x[j], bufs), c.Lo)
		}
		a.live += longLen(*c)
	}
}

// longLen is the bytes that a string takes outside of its view.
func longLen(v vexec.View) int64 {
	if v.IsInline() {
		return 0
	}
	return int64(v.Len())
}

func (a *textExtreme) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	a.take(g, &state[0], ids, sel, n)
}

func (a *textExtreme) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) { a.write(ids, &out[0]) }

func (a *textExtreme) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	a.write(ids, out)
}

func (a *textExtreme) write(ids []uint32, out *vexec.Vec) {
	a.long.lend(out)
	to := out.Views()
	for i, id := range ids {
		to[i] = a.cells[id]
		if to[i] == noText {
			to[i] = vexec.View{}
			out.SetNull(i, len(ids))
		}
	}
}

func (a *textExtreme) bytes() int64 { return a.held.bytes }
func (a *textExtreme) release()     { a.held.release() }
func (a *textExtreme) reset() {
	a.cells, a.live = a.cells[:0], 0
	a.long.reset()
}
