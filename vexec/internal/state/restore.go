package state

import (
	"fmt"

	"github.com/helios-stream/helios/vexec"
)

// Store returns the tables of the operator that the checkpoint knows by label, for
// one of its tasks: Table.Restored gives the rows of the task's key groups, also
// where the number of tasks has changed. The rows are read anew into the
// operator's memory; the next checkpoint writes them again.
func (c *Checkpoint) Store(label, owner string, specs []vexec.TableSpec, task, tasks int) (*Store, error) {
	s := NewStore(owner, specs)
	for _, t := range s.tables {
		if err := c.restoreTable(label, t, task, tasks); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (c *Checkpoint) restoreTable(label string, t *table, task, tasks int) error {
	snaps := c.Ops[label]
	var parts []TableSnapshot
	for _, snap := range snaps {
		for _, ts := range snap.Tables {
			if ts.Name == t.spec.Name {
				parts = append(parts, ts)
			}
		}
	}
	for _, p := range parts {
		if p.Version != t.spec.Version || p.Schema != t.spec.Schema.String() {
			return fmt.Errorf("the checkpoint's state of %s does not fit this query or this heliosc: it holds (%s) in version %d, wanted is (%s) in version %d. Run the query that made it, or start with another --checkpoint-dir",
				label, p.Schema, p.Version, t.spec.Schema, t.spec.Version)
		}
	}
	if len(snaps) == tasks { // the same key groups as before: one part is ours
		parts = parts[min(task, len(parts)):min(task+1, len(parts))]
	}
	t.restore = func(f func(b *vexec.Batch) error) error {
		for _, p := range parts {
			for _, ref := range p.Segments {
				if err := c.dir.read(ref, t.spec.Schema, ours(t.spec.Keys, task, tasks, f)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return nil
}

// ours narrows each batch to the rows whose key group belongs to the task.
func ours(keys []int, task, tasks int, f func(b *vexec.Batch) error) func(b *vexec.Batch) error {
	if tasks == 1 {
		return f
	}
	lo, hi := vexec.GroupRange(task, tasks)
	var hashes []uint64
	return func(b *vexec.Batch) error {
		if len(keys) == 0 {
			if lo == 0 {
				return f(b)
			}
			return nil
		}
		if len(hashes) < b.Rows {
			hashes = make([]uint64, b.Rows)
		}
		vexec.HashRows(b, keys, hashes)
		sel := make([]int32, 0, b.Rows)
		for i := range b.Rows {
			if g := vexec.KeyGroup(hashes[i]); g >= lo && g < hi {
				sel = append(sel, int32(i))
			}
		}
		b.Sel = sel
		if len(sel) == 0 {
			return nil
		}
		return f(b)
	}
}
