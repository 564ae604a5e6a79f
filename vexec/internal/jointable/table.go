package jointable

import (
	"fmt"
	"sync/atomic"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// Table is the rows of a load by their keys. Nobody writes it: any number of goroutines may
// read it at once, each with a Finder of its own.
type Table struct {
	// Chunks hold the rows, which references name as vexec.Gatherer takes them.
	Chunks []*vexec.Batch
	// Refs are the rows, those of a group together: of group g they are
	// Refs[Offs[g]:Offs[g+1]]. Where Offs is nil each group has one row, whose reference is the
	// group's number. Without keys there is one group, of all rows.
	Refs []uint32
	Offs []uint32

	rows int
	keys agg.Grouper
	held []*vexec.Account
}

// Build makes a table of what the collectors have, whose memory it takes over; further
// memory is reserved from mem. On an error the collectors are to be closed still, and mem.
// Errors: ErrManyRows, a *vexec.MemoryError.
func Build(load *ir.Load, from []*Collector, mem *vexec.Account) (*Table, error) {
	t := &Table{held: []*vexec.Account{mem}}
	for _, c := range from {
		t.held = append(t.held, c.mem)
		t.rows += c.rows
	}
	if load.Single && t.rows > 1 {
		return nil, ErrManyRows
	}
	if t.rows >= (1<<(32-vexec.ChunkBits)-1)*vexec.ChunkRows {
		return nil, fmt.Errorf("it has %d rows, which are more than can be joined with", t.rows)
	}
	if err := t.takeChunks(from, mem); err != nil {
		return nil, err
	}
	var types []*ir.Type
	for _, k := range load.Keys {
		types = append(types, load.Out.Cols[k].Type)
	}
	var err error
	if t.keys, err = agg.NewGrouper(types, mem); err != nil {
		return nil, err
	}
	return t, t.index(load.Keys, mem)
}

// takeChunks takes the rows of the collectors. All chunks but the last are full then: row n is
// the one that the reference n names.
func (t *Table) takeChunks(from []*Collector, mem *vexec.Account) error {
	var last *vexec.Batch
	for _, c := range from {
		for _, b := range c.chunks {
			switch {
			case b.Rows == vexec.ChunkRows:
				t.Chunks = append(t.Chunks, b)
				continue
			case last == nil:
				last = b
				continue
			}
			size := last.MemSize()
			fits := min(b.Rows, vexec.ChunkRows-last.Rows)
			vexec.AppendRows(last, b, firstRows(0, fits))
			if err := mem.Grow(last.MemSize() - size); err != nil {
				return err
			}
			if last.Rows < vexec.ChunkRows {
				continue
			}
			t.Chunks = append(t.Chunks, last)
			last = &vexec.Batch{}
			last.Reset(b.Schema)
			vexec.AppendRows(last, b, firstRows(fits, b.Rows))
			if err := mem.Grow(last.MemSize()); err != nil {
				return err
			}
		}
	}
	if last != nil && last.Rows > 0 {
		t.Chunks = append(t.Chunks, last)
	}
	return nil
}

// firstRows are the numbers from lo to hi-1.
func firstRows(lo, hi int) []int32 {
	out := make([]int32, hi-lo)
	for i := range out {
		out[i] = int32(lo + i)
	}
	return out
}

// index finds the rows of each key.
func (t *Table) index(keys []int, mem *vexec.Account) error {
	if err := mem.Grow(4 * int64(t.rows)); err != nil { // groups
		return err
	}
	groups := make([]uint32, 0, t.rows)
	cols := make([]vexec.Vec, len(keys))
	for n, c := range t.Chunks {
		for i, k := range keys {
			cols[i] = c.Cols[k]
		}
		at := len(groups)
		groups = groups[:at+c.Rows]
		if err := t.keys.Intern(cols, nil, c.Rows, groups[at:]); err != nil {
			return err
		}
		// Where most keys of the first rows are different those of all may be: then the
		// table need not grow by and by.
		if n == 0 && 2*t.keys.Groups() > c.Rows {
			t.keys.Reserve(t.rows)
		}
	}
	if !inOrder(groups) {
		if err := mem.Grow(4*int64(t.rows) + 4*int64(t.keys.Groups()+1)); err != nil {
			return err
		}
		t.Offs = offsets(groups, t.keys.Groups())
		t.Refs = make([]uint32, t.rows)
		t.place(groups)
	}
	return mem.Grow(-4 * int64(t.rows)) // of groups
}

// inOrder reports whether each row is the only one of its group, and groups are numbered as
// rows are.
func inOrder(groups []uint32) bool {
	for i, g := range groups {
		if int(g) != i {
			return false
		}
	}
	return true
}

// offsets says where the rows of each group begin.
func offsets(groups []uint32, n int) []uint32 {
	offs := make([]uint32, n+1)
	for _, g := range groups {
		offs[g+1]++
	}
	for g := range n {
		offs[g+1] += offs[g]
	}
	return offs
}

// place puts the rows in the places of their groups, in the order of the chunks.
func (t *Table) place(groups []uint32) {
	i := 0
	for n, c := range t.Chunks {
		for r := range c.Rows {
			g := groups[i]
			i++
			t.Refs[t.Offs[g]] = uint32(n)<<vexec.ChunkBits | uint32(r)
			t.Offs[g]++
		}
	}
	copy(t.Offs[1:], t.Offs[:len(t.Offs)-1]) // each stood at the next group's now
	t.Offs[0] = 0
}

// Rows is how many there are.
func (t *Table) Rows() int { return t.rows }

// Keys is how many different keys there are.
func (t *Table) Keys() int { return t.keys.Groups() }

// First is the first row of a group.
func (t *Table) First(group uint32) uint32 {
	if t.Offs == nil {
		return group
	}
	return t.Refs[t.Offs[group]]
}

// Of is the rows of a group, which may be agg.NoGroup, in a table with Offs.
func (t *Table) Of(group uint32) []uint32 {
	if group == agg.NoGroup {
		return nil
	}
	return t.Refs[t.Offs[group]:t.Offs[group+1]]
}

// Finder returns what finds groups by their keys, for one goroutine.
func (t *Table) Finder() agg.Finder { return t.keys.Finder() }

// Bytes is the memory that is reserved for the table. It is not to be asked beside Close.
func (t *Table) Bytes() (n int64) {
	for _, m := range t.held {
		n += m.Used()
	}
	return n
}

// Close gives the memory back to the budget. Who reads the table still may go on with
// the batch at hand.
func (t *Table) Close() {
	for _, m := range t.held {
		m.Close()
	}
}

// Live is the newest table of a load, safe for use by many goroutines. Its zero value has
// none yet.
type Live struct{ now atomic.Pointer[Table] }

// Table is the newest table; nil: none has been read.
func (l *Live) Table() *Table { return l.now.Load() }

// Swap makes t the newest table and returns the one before it.
func (l *Live) Swap(t *Table) *Table { return l.now.Swap(t) }
