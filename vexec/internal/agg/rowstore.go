package agg

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowStore owns copies of rows of some columns, of any types.
type rowStore struct {
	types []*ir.Type
	rows  vexec.Batch
	src   vexec.Batch // scratch
}

func newRowStore(c *ir.AggCall) rowStore {
	var s rowStore
	for _, e := range c.ValueArgs() {
		s.types = append(s.types, e.Type())
	}
	s.reset()
	return s
}

func (s *rowStore) count() int { return s.rows.Rows }

// add appends rows, and returns the number of the first one.
func (s *rowStore) add(args []*vexec.Vec, rows []int32, n int) int {
	first := s.rows.Rows
	s.src.Cols = s.src.Cols[:0]
	for _, v := range args {
		s.src.Cols = append(s.src.Cols, *v)
	}
	s.src.Rows = n
	if len(rows) > 0 {
		vexec.AppendRows(&s.rows, &s.src, rows)
	}
	return first
}

// keep drops all rows but those of the list, which get the numbers of their places in it.
func (s *rowStore) keep(rows []int32) {
	old := s.rows
	s.reset()
	if len(rows) > 0 {
		vexec.AppendRows(&s.rows, &old, rows)
	}
}

func (s *rowStore) reset() {
	s.rows = vexec.Batch{Cols: make([]vexec.Vec, len(s.types)), Part: -1}
}

func (s *rowStore) bytes() int64 { return s.rows.MemSize() }

// read writes column c of the given rows to out, which has been Reset for as many; -1 is NULL.
func (s *rowStore) read(c int, rows []int32, out *vexec.Vec) {
	if s.count() == 0 || len(rows) == 0 {
		clear(out.Data)
		for i := range rows {
			out.SetNull(i, len(rows))
		}
		return
	}
	at, none := rows, false
	for i, r := range rows {
		if r >= 0 {
			continue
		}
		if !none {
			at, none = append([]int32{}, rows...), true
		}
		at[i] = 0
	}
	dst := vexec.Batch{Cols: make([]vexec.Vec, 1)}
	vexec.AppendRows(&dst, &vexec.Batch{Cols: s.rows.Cols[c : c+1], Rows: s.count()}, at)
	*out = dst.Cols[0]
	for i, r := range rows {
		if r < 0 {
			out.SetNull(i, len(rows))
		}
	}
}
