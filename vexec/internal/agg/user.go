package agg

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// userAcc is an aggregate of one's own.
type userAcc struct {
	cells vexec.AggregateCells
	room  int
	held  held
}

func newUserAcc(c *ir.AggCall, h held) (acc, error) {
	f, ok := c.User.User.Impl.(vexec.AggregateFunc)
	if !ok {
		return nil, fmt.Errorf("%s: there is nothing that computes %s", c, c.User.Signature())
	}
	return &userAcc{cells: f.Cells(), held: h}, nil
}

func (a *userAcc) grow(n int) error {
	room := a.room
	if n > room {
		room = max(n, 2*room, 16)
	}
	if err := a.held.set(int64(room)*a.cells.CellBytes() + a.cells.Extra()); err != nil {
		return err
	}
	a.room = room
	a.cells.Grow(n)
	return nil
}

func (a *userAcc) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.cells.Add(args, ids, g.rows.rows(sel, n), n)
}

func (a *userAcc) retract(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	a.cells.Retract(args, ids, g.rows.rows(sel, n), n)
}

func (a *userAcc) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	a.cells.Merge(&state[0], ids, g.rows.rows(g.values(&state[0], sel, n), n))
}

func (a *userAcc) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) { a.cells.State(ids, &out[0]) }

func (a *userAcc) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, fail failed) {
	a.cells.Final(ids, out, fail)
}

func (a *userAcc) bytes() int64 { return a.held.bytes }
func (a *userAcc) reset()       { a.cells.Reset() }
func (a *userAcc) release()     { a.held.release() }
