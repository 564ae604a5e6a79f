package agg

import (
	"math/bits"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Grouper gives each distinct key a dense id: 0, 1, 2 and so on, in the order in
// which keys first come. NULL is a key of its own.
//
// There is no way to free one id: a pane's groups go all together. What keeps groups for
// longer makes a new pair of Grouper and Set of those that live (see Set).
type Grouper interface {
	// Intern writes the group of each selected row to ids, which is by physical row;
	// sel nil: all of [0, n). keys are the key columns, as many as the grouper's types.
	// A *vexec.MemoryError leaves the grouper usable, with some of the keys in it.
	Intern(keys []vexec.Vec, sel []int32, n int, ids []uint32) error
	// Reserve makes room for so many groups in all, as far as memory allows: growing to them step
	// by step takes as long again as filling the table.
	Reserve(groups int)
	// Finder returns what looks keys up while no more are interned: one for each goroutine,
	// all at once.
	Finder() Finder
	// Groups is how many there are.
	Groups() int
	// Keys writes the keys of the given groups to the vectors of out. Strings point
	// into the grouper's memory.
	Keys(ids []uint32, out []vexec.Vec)
	// Bytes is the memory held.
	Bytes() int64
	// Reset forgets all groups and keeps memory for about as many.
	Reset()
	// Release gives the memory back to the account. Keys may still be read, for as
	// long as somebody holds the grouper.
	Release()
}

// NewGrouper returns a grouper for keys of the given types, whose memory is
// reserved from mem (nil: not counted). The types are ones whose values can be told apart
// (ir.Type.Groupable).
func NewGrouper(types []*ir.Type, mem *vexec.Account) (Grouper, error) {
	for _, t := range types {
		if err := t.Groupable(); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(types, func(t *ir.Type) bool { return t.Kind.IsNested() }) {
		return newNestedGrouper(types, mem)
	}
	h := held{mem: mem}
	switch {
	case len(types) == 0:
		return &noKey{}, nil
	case len(types) == 1 && oneWord(types[0].Kind):
		return &wordGrouper{typ: types[0], null: noGroup, held: h}, nil
	case len(types) == 1 && types[0].Kind.IsText():
		return &textGrouper{typ: types[0], null: noGroup, held: h}, nil
	}
	return newRowGrouper(types, h), nil
}

// Finder looks keys up in a Grouper, which it does not change. It is used by one goroutine.
type Finder interface {
	// Find writes the group of each selected row to ids, as Intern does; NoGroup for keys
	// that are in none.
	Find(keys []vexec.Vec, sel []int32, n int, ids []uint32)
}

// NoGroup is the group of a key that is in none.
const NoGroup = ^uint32(0)

// noGroup stands for a group that is not there yet.
const noGroup = NoGroup

// chunkRows is how many rows go through a table at a time: their words and hashes
// stay in the first-level cache.
const chunkRows = 1024

// firstSlots is the size of a new table.
const firstSlots = 32

// slotsFor is the least size of a table that need not grow for so many groups.
func slotsFor(groups int) int { return max(firstSlots, 1<<bits.Len(uint(2*groups))) }

// noKey is the grouper of an aggregate without keys.
type noKey struct{ groups int }

func (g *noKey) Intern(_ []vexec.Vec, sel []int32, n int, ids []uint32) error {
	if sel != nil {
		for _, r := range sel {
			ids[r] = 0
		}
		n = len(sel)
	} else {
		clear(ids[:n])
	}
	if n > 0 {
		g.groups = 1
	}
	return nil
}

func (g *noKey) Reserve(int)                {}
func (g *noKey) Groups() int                { return g.groups }
func (g *noKey) Keys([]uint32, []vexec.Vec) {}
func (g *noKey) Bytes() int64               { return 0 }
func (g *noKey) Reset()                     { g.groups = 0 }
func (g *noKey) Release()                   {}
