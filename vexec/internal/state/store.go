// Package state keeps operators' tables and writes them to a checkpoint folder.
//
// A table is a multiset of rows held in sealed segments (vexec.Segment). A
// checkpoint names the live segments; those that are not on disk yet are encoded
// then, in the background and once, so that a checkpoint costs what changed.
package state

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Store is the tables of one operator in one task. It implements vexec.State. Its
// methods are called by the task's goroutine.
type Store struct {
	owner  string
	tables []*table
}

// NewStore returns empty tables. owner names the operator in errors.
func NewStore(owner string, specs []vexec.TableSpec) *Store {
	s := &Store{owner: owner}
	for _, spec := range specs {
		s.tables = append(s.tables, &table{spec: spec})
	}
	return s
}

// Table returns the table of that name, which the operator has declared.
func (s *Store) Table(name string) vexec.Table {
	for _, t := range s.tables {
		if t.spec.Name == name {
			return t
		}
	}
	panic(fmt.Sprintf("state: %s has no table %q", s.owner, name))
}

// Snapshot names what the tables hold now. It is called right after
// vexec.Stateful.Seal, when all rows are in segments.
func (s *Store) Snapshot() Snapshot {
	var out Snapshot
	for _, t := range s.tables {
		out.Tables = append(out.Tables, TableSnapshot{
			Name: t.spec.Name, Version: t.spec.Version, Schema: t.spec.Schema.String(),
			Segments: slices.Clone(t.live), schema: t.spec.Schema,
		})
	}
	return out
}

// Bytes is the memory that the live segments hold.
func (s *Store) Bytes() int64 {
	var n int64
	for _, t := range s.tables {
		for _, ref := range t.live {
			n += ref.seg.Bytes()
		}
	}
	return n
}

// Snapshot is the state of one operator in one task at a barrier.
type Snapshot struct {
	Tables []TableSnapshot `json:"tables"`
}

// TableSnapshot is the live segments of one table.
type TableSnapshot struct {
	Name     string        `json:"name"`
	Version  int           `json:"version"`
	Schema   string        `json:"schema"` // as Schema.String: rows of another schema are refused
	Segments []*SegmentRef `json:"segments"`

	schema *ir.Schema
}

// SegmentRef is one segment. Before it has been written, File is empty; Dir.Write
// sets the place, and nothing else reads or writes these fields in the meantime.
type SegmentRef struct {
	File string `json:"file"` // in the checkpoint folder
	Off  int64  `json:"off"`
	Len  int64  `json:"len"`
	Rows int    `json:"rows"`
	Sum  string `json:"sum"` // CRC-32C of the bytes, hexadecimal

	id  vexec.SegmentID
	seg vexec.Segment
}

type table struct {
	spec    vexec.TableSpec
	next    vexec.SegmentID
	live    []*SegmentRef
	restore func(f func(b *vexec.Batch) error) error // nil: nothing to restore
}

// Restored implements vexec.Table.
func (t *table) Restored(f func(b *vexec.Batch) error) error {
	if t.restore == nil {
		return nil
	}
	return t.restore(f)
}

// Add implements vexec.Table.
func (t *table) Add(s vexec.Segment) vexec.SegmentID {
	t.next++
	t.live = append(t.live, &SegmentRef{Rows: s.Rows(), id: t.next, seg: s})
	return t.next
}

// Drop implements vexec.Table.
func (t *table) Drop(id vexec.SegmentID) {
	i := slices.IndexFunc(t.live, func(r *SegmentRef) bool { return r.id == id })
	if i < 0 {
		panic(fmt.Sprintf("state: table %s has no live segment %d", t.spec.Name, id))
	}
	t.live = slices.Delete(t.live, i, i+1)
}
