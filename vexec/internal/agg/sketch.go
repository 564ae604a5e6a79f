package agg

import (
	"fmt"

	"github.com/axiomhq/hyperloglog"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// sketches is APPROX_COUNT_DISTINCT: a HyperLogLog sketch with 2^14 registers a group,
// sparse as long as that is smaller. The estimate depends on the values alone: whether it
// is made from the sparse form depends on the size of that, which grows with the set of
// values whatever the order.
type sketches struct {
	cells  []*hyperloglog.Sketch // nil: no value
	sizes  []int32               // about the bytes of each
	size   int64                 // of all
	held   held
	hashes []uint64
}

// The sizes of sketches: what the dense form takes, and an empty one.
const (
	denseSketch = 16<<10 + 512
	newSketch   = 512
)

func (a *sketches) grow(n int) error {
	room := cap(a.cells)
	if n > room {
		room = max(n, 2*room, 16)
	}
	if err := a.held.set(int64(room)*12 + a.size); err != nil {
		return err
	}
	var uncounted held
	a.cells, _ = growCells(a.cells, n, 8, &uncounted, nil)
	a.sizes, _ = growCells(a.sizes, n, 4, &uncounted, 0)
	return nil
}

func (a *sketches) update(g *gather, args []*vexec.Vec, ids []uint32, sel []int32, n int) {
	sel = g.values(args[0], sel, n)
	a.hashes = grown(a.hashes, n)
	b := vexec.Batch{Cols: []vexec.Vec{*args[0]}, Rows: n, Sel: sel}
	vexec.HashRows(&b, []int{0}, a.hashes)
	for j := range lenOf(sel, n) {
		r := rowAt(sel, j)
		a.at(ids[r], 16).InsertHash(mixed(a.hashes[r]))
	}
}

// mixed spreads a hash over all bits, as a sketch looks at the upper ones apart (the
// finalizer of MurmurHash3).
func mixed(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xFF51AFD7ED558CCD
	h ^= h >> 33
	h *= 0xC4CEB9FE1A85EC53
	return h ^ h>>33
}

// at is the sketch of a group, which is about to take so many bytes more.
func (a *sketches) at(id uint32, more int32) *hyperloglog.Sketch {
	before := a.sizes[id]
	if a.cells[id] == nil {
		a.cells[id] = hyperloglog.New14()
		more += newSketch
	}
	if before < denseSketch {
		a.sizes[id] = min(denseSketch, before+more)
		a.size += int64(a.sizes[id] - before)
	}
	return a.cells[id]
}

func (a *sketches) merge(_ *ir.AggCall, g *gather, state []vexec.Vec, ids []uint32, sel []int32, n int) {
	v := &state[0]
	sel = g.values(v, sel, n)
	for j := range lenOf(sel, n) {
		r := rowAt(sel, j)
		data := v.Bytes(r)
		var from hyperloglog.Sketch
		err := from.UnmarshalBinary(data)
		if err == nil {
			err = a.at(ids[r], int32(min(len(data), denseSketch))).Merge(&from)
		}
		if err != nil {
			panic(fmt.Sprintf("agg: a sketch that state has not written: %v", err)) // checkpoints have checksums
		}
	}
}

func (a *sketches) state(_ *ir.AggCall, ids []uint32, out []vexec.Vec) {
	v := &out[0]
	var data []byte
	for i, id := range ids {
		if a.cells[id] == nil {
			v.Views()[i] = vexec.View{}
			v.SetNull(i, len(ids))
			continue
		}
		var err error
		if data, err = a.cells[id].AppendBinary(data[:0]); err != nil {
			panic(fmt.Sprintf("agg: %v", err)) // the precision is one that there is
		}
		v.SetBytes(i, data)
	}
}

// final counts copies: counting packs a sketch, and somebody may be reading it.
func (a *sketches) final(_ *ir.AggCall, ids []uint32, out *vexec.Vec, _ failed) {
	to := out.Int64s()
	for i, id := range ids {
		if to[i] = 0; a.cells[id] != nil {
			to[i] = int64(a.cells[id].Clone().Estimate())
		}
	}
}

func (a *sketches) bytes() int64 { return a.held.bytes }
func (a *sketches) release()     { a.held.release() }
func (a *sketches) reset() {
	clear(a.cells)
	a.cells, a.sizes, a.size = a.cells[:0], a.sizes[:0], 0
}
