package vtest

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// MemState is a State in memory for one task that owns all key groups. Checkpoint
// takes what the tables hold; Restore gives it to the next operator.
type MemState struct {
	tables map[string]*memTable
}

// NewState returns empty tables for the specs.
func NewState(specs []vexec.TableSpec) *MemState {
	m := &MemState{tables: map[string]*memTable{}}
	for _, s := range specs {
		if m.tables[s.Name] != nil {
			panic("vtest: two tables are called " + s.Name)
		}
		m.tables[s.Name] = &memTable{spec: s, live: map[vexec.SegmentID]vexec.Segment{}}
	}
	return m
}

// Table returns the table called name; an unknown name panics.
func (m *MemState) Table(name string) vexec.Table {
	t := m.tables[name]
	if t == nil {
		panic("vtest: no table " + name + " was declared")
	}
	return t
}

// Restore returns tables whose restored rows are the live segments of m, copied.
func (m *MemState) Restore(specs []vexec.TableSpec) (*MemState, error) {
	out := NewState(specs)
	for name, t := range m.tables {
		to := out.tables[name]
		if to == nil {
			return nil, fmt.Errorf("the table %s is gone after a restart", name)
		}
		rows, err := t.rows()
		if err != nil {
			return nil, err
		}
		to.restored = rows
	}
	return out, nil
}

type memTable struct {
	spec     vexec.TableSpec
	restored []Row
	live     map[vexec.SegmentID]vexec.Segment
	order    []vexec.SegmentID
	next     vexec.SegmentID
}

// Restored lends the rows of the last checkpoint seven at a time.
func (t *memTable) Restored(f func(b *vexec.Batch) error) error {
	for rows := t.restored; len(rows) > 0; {
		n := min(7, len(rows))
		if err := f(BatchAs(t.spec.Schema, Shape{Dead: true}, rows[:n]...)); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (t *memTable) Add(s vexec.Segment) vexec.SegmentID {
	t.next++
	t.live[t.next] = s
	t.order = append(t.order, t.next)
	return t.next
}

func (t *memTable) Drop(id vexec.SegmentID) {
	if t.live[id] == nil {
		panic(fmt.Sprintf("vtest: segment %d of %s is dropped but does not live", id, t.spec.Name))
	}
	delete(t.live, id)
}

func (t *memTable) rows() ([]Row, error) {
	var out []Row
	for _, id := range t.order {
		s := t.live[id]
		if s == nil {
			continue
		}
		var b vexec.Batch
		for from := 0; ; {
			n, err := s.Read(from, 5, &b)
			if err != nil {
				return nil, err
			}
			if n == 0 {
				if from != s.Rows() {
					return nil, fmt.Errorf("a segment of %s says %d rows and gives %d", t.spec.Name, s.Rows(), from)
				}
				break
			}
			if err := Check(&b); err != nil {
				return nil, fmt.Errorf("a segment of %s: %w", t.spec.Name, err)
			}
			out = append(out, rowsOf(&b)...)
			from += n
		}
	}
	return out, nil
}

func rowsOf(b *vexec.Batch) []Row {
	out := make([]Row, b.Live())
	for i := range out {
		for _, v := range b.Values(i) {
			out[i] = append(out[i], v)
		}
	}
	return out
}

var _ vexec.State = (*MemState)(nil)

// Clock is a clock that stands until it is moved.
type Clock struct{ At ir.Micros }

// Now is where the clock stands.
func (c *Clock) Now() ir.Micros { return c.At }
