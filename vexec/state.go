package vexec

import "github.com/helios-stream/helios/ir"

// KeyGroups is the number of parts that keyed state is cut into. Each task owns a
// contiguous range of them, so that a restart may change the number of tasks. It
// is part of the checkpoint format.
const KeyGroups = 256

// GroupRange returns the key groups [lo, hi) that a task owns.
func GroupRange(task, tasks int) (lo, hi int) {
	return task * KeyGroups / tasks, (task + 1) * KeyGroups / tasks
}

// TaskOf returns the task that owns a key group: the inverse of GroupRange.
func TaskOf(group, tasks int) int {
	return ((group+1)*tasks - 1) / KeyGroups
}

// TableSpec declares one state table of an operator. Its rows are a multiset: a
// table is the sum of its segments, and the operator knows how rows of one key add up.
type TableSpec struct {
	Name    string // unique in the operator
	Version int    // of the meaning of the rows; a checkpoint with another one is refused
	Schema  *ir.Schema
	Keys    []int // columns whose hash (HashRows) gives a row's key group; nil: group 0
}

// Segment is a sealed part of a table: rows that never change again. Its methods
// may be called from another goroutine than the operator's.
type Segment interface {
	Rows() int
	Bytes() int64 // memory held, an estimate
	// Read fills b with up to max rows from row number from on, and returns how
	// many; 0 at the end. b's memory may be reused from call to call.
	Read(from, max int, b *Batch) (int, error)
}

// Written is a Segment that is told when it is on disk: it will not be read again.
type Written interface {
	Written()
}

// SegmentID names a live segment of one table within a task.
type SegmentID uint64

// Table is a state table as its operator sees it.
type Table interface {
	// Restored calls f with the rows of the last checkpoint that fall into this
	// task's key groups. Only in Open. The batches are lent.
	Restored(f func(b *Batch) error) error
	// Add puts a sealed segment into the table. It is encoded and written in the
	// background, once, and is part of every checkpoint until it is dropped.
	Add(s Segment) SegmentID
	// Drop takes a segment out: its rows have expired, or stand in another one.
	Drop(id SegmentID)
}

// State gives an operator its tables.
type State interface {
	Table(name string) Table
}
