package ops

import (
	"github.com/helios-stream/helios/vexec"
)

// joinNear is who is told of the keys that a side of an interval join keeps: scans of the other
// side leave out rows by them.
type joinNear struct {
	keys   *vexec.NearKeys // nil: nobody
	task   int
	hashes []uint64
}

// ShareKeys has the join, before it is opened, tell near of the keys that it keeps of a side.
func (j *Join) ShareKeys(side int, near *vexec.NearKeys, task int) {
	j.sides[side].near = joinNear{keys: near, task: task}
}

// tell tells of rows that are kept from now on.
func (s *joinSide) tell(x *joinInput, rows []int32) {
	n := &s.near
	if n.keys == nil || len(rows) == 0 {
		return
	}
	n.hashes = grownTo(n.hashes, x.batch.Rows)
	vexec.HashRows(x.batch, s.joinRows.keys, n.hashes)
	n.keys.Add(rows, n.hashes, x.times)
}

// tellFreed tells that rows are freed whose last pair could have come at the time until.
func (s *joinSide) tellFreed(until int64) {
	if s.near.keys != nil {
		s.near.keys.Freed(s.near.task, until-s.span)
	}
}
