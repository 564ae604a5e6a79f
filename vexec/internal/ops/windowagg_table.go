package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// groupTable is groups with their aggregates: the content of a pane, of a window's
// overlay, or of a window while it closes.
//
// Where memory runs out, keys may have been interned for which there are no
// aggregates yet, and whose rows have not been counted: they are not groups.
type groupTable struct {
	keys agg.Grouper
	accs *agg.Set
	n    int // groups: keys with aggregates
}

func (t *groupTable) groups() int  { return t.n }
func (t *groupTable) bytes() int64 { return t.keys.Bytes() + t.accs.Bytes() }
func (t *groupTable) release()     { t.keys.Release(); t.accs.Release() }

// mergeRows is how many groups go from one table to another at a time.
const mergeRows = 1024

// tables makes the group tables of one operator, and keeps used ones for the next
// pane, which has about as many groups.
type tables struct {
	keyTypes []*ir.Type
	calls    []ir.AggCall
	mem      *vexec.Account
	free     []*groupTable
	keep     int // the most tables in free

	// Scratch.
	ids   []uint32 // groups of the rows at hand, by physical row
	rows  []int32  // those of a batch that count
	signs signs
	seq   []uint32 // 0, 1, 2, ...
	keys  []vexec.Vec
	state []vexec.Vec
}

// maxFree is the most tables that are kept but where tables.keep says more: two panes, and a window
// that closes.
const maxFree = 3

// check makes one table, so that what cannot be grouped is refused before rows come.
func (s *tables) check() error {
	_, err := s.take()
	return err
}

// take returns an empty table.
func (s *tables) take() (*groupTable, error) {
	if n := len(s.free); n > 0 {
		t := s.free[n-1]
		s.free = s.free[:n-1]
		return t, nil
	}
	keys, err := agg.NewGrouper(s.keyTypes, s.mem)
	if err != nil {
		return nil, err
	}
	accs, err := agg.NewSet(s.calls, s.mem)
	if err != nil {
		return nil, err
	}
	return &groupTable{keys: keys, accs: accs}, nil
}

// give takes back a table that nobody reads any more.
func (s *tables) give(t *groupTable) {
	if len(s.free) >= max(maxFree, s.keep) {
		t.release()
		return
	}
	t.keys.Reset()
	t.accs.Reset()
	t.n = 0
	s.free = append(s.free, t)
}

// dropFree gives the memory of kept tables back.
func (s *tables) dropFree() {
	for _, t := range s.free {
		t.release()
	}
	s.free = nil
}

// addRows adds the selected rows of a batch of n. A *vexec.MemoryError leaves the
// aggregates as they were.
func (s *tables) addRows(t *groupTable, in *aggInput, sel []int32, n int) error {
	if err := s.intern(t, in.keys, sel, n); err != nil {
		return err
	}
	t.accs.Update(in.narrow(sel, n), s.ids, sel, n)
	return nil
}

// addGroups adds the selected ones of n groups, whose keys and states are columns.
func (s *tables) addGroups(t *groupTable, keys, state []vexec.Vec, sel []int32, n int) error {
	if err := s.intern(t, keys, sel, n); err != nil {
		return err
	}
	t.accs.Merge(state, s.ids, sel, n)
	return nil
}

func (s *tables) intern(t *groupTable, keys []vexec.Vec, sel []int32, n int) error {
	if cap(s.ids) < n {
		s.ids = make([]uint32, max(n, mergeRows))
	}
	s.ids = s.ids[:cap(s.ids)]
	if err := t.keys.Intern(keys, sel, n, s.ids); err != nil {
		return err
	}
	if err := t.accs.Grow(t.keys.Groups()); err != nil {
		return err
	}
	t.n = t.keys.Groups()
	return nil
}

// merge adds all groups of from to t; from is only read.
func (s *tables) merge(t, from *groupTable) error {
	if s.keys == nil {
		s.keys, s.state = make([]vexec.Vec, len(s.keyTypes)), make([]vexec.Vec, from.accs.StateWidth())
	}
	for lo := 0; lo < from.groups(); lo += mergeRows {
		ids := s.span(lo, min(lo+mergeRows, from.groups()))
		from.keys.Keys(ids, s.keys)
		from.accs.State(ids, s.state)
		if err := s.addGroups(t, s.keys, s.state, nil, len(ids)); err != nil {
			return err
		}
	}
	return nil
}

// span returns the group ids lo to hi-1.
func (s *tables) span(lo, hi int) []uint32 {
	for i := len(s.seq); i < hi; i++ {
		s.seq = append(s.seq, uint32(i))
	}
	return s.seq[lo:hi]
}
