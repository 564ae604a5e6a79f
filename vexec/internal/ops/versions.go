package ops

import (
	"sync/atomic"

	"github.com/helios-stream/helios/vexec"
)

// versions is a state table whose rows have a key and replace each other: of the rows
// with one key the last that was added counts. A barrier adds the rows that have
// changed since the one before; when more rows have been replaced than are left, all
// that are left are added anew and the others dropped, so that a row is written
// twice on average.
type versions struct {
	table vexec.Table
	ids   []vexec.SegmentID
	rows  int // in all segments
}

// slack is how many rows that were replaced are not worth a rewrite.
const slack = 4096

// crowded reports whether the next rows should be all, of which there are so many.
func (v *versions) crowded(living, changed int) bool {
	return v.rows+changed > 2*living+slack
}

// add adds owned batches: those that have changed, or all.
func (v *versions) add(parts []*vexec.Batch, all bool) {
	if all {
		for _, id := range v.ids {
			v.table.Drop(id)
		}
		v.ids, v.rows = v.ids[:0], 0
	}
	s := newRowSegment(parts)
	if s.rows == 0 {
		return
	}
	v.ids = append(v.ids, v.table.Add(s))
	v.rows += s.rows
}

// rowSegment is rows of its own, which it gives up once they are on disk.
type rowSegment struct {
	parts  []*vexec.Batch
	starts []int
	rows   int
	size   atomic.Int64
}

func newRowSegment(parts []*vexec.Batch) *rowSegment {
	s := &rowSegment{}
	for _, p := range parts {
		if p.Rows > 0 {
			s.parts, s.starts = append(s.parts, p), append(s.starts, s.rows)
			s.rows += p.Rows
			s.size.Add(p.MemSize())
		}
	}
	return s
}

// Rows implements vexec.Segment.
func (s *rowSegment) Rows() int { return s.rows }

// Bytes implements vexec.Segment.
func (s *rowSegment) Bytes() int64 { return s.size.Load() }

// Written implements vexec.Written.
func (s *rowSegment) Written() {
	s.parts = nil
	s.size.Store(0)
}

// Read implements vexec.Segment.
func (s *rowSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	if from >= s.rows {
		return 0, nil
	}
	i := len(s.parts) - 1
	for s.starts[i] > from {
		i--
	}
	p := s.parts[i]
	lo := from - s.starts[i]
	n := min(limit, p.Rows-lo)
	sel := make([]int32, n)
	for k := range sel {
		sel[k] = int32(lo + k)
	}
	b.Reset(p.Schema)
	vexec.AppendRows(b, p, sel)
	return n, nil
}
