package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// groupRow says how a group is a row of state: two columns that say whose bucket
// it is in, the keys, and the states of the aggregates.
type groupRow struct {
	schema *ir.Schema
	keys   int // key columns
}

// read writes groups of a bucket as rows of b, whose memory it reuses.
func (r *groupRow) read(t *groupTable, head [2]int64, ids []uint32, b *vexec.Batch) {
	b.Reset(r.schema)
	b.Rows = len(ids)
	for i := range head {
		constInt(&b.Cols[i], r.schema.Cols[i].Type, head[i])
	}
	keys := b.Cols[ir.PartialHead : ir.PartialHead+r.keys]
	t.keys.Keys(ids, keys)
	t.accs.State(ids, b.Cols[ir.PartialHead+r.keys:])
}

// split returns the keys and the states of a batch of rows.
func (r *groupRow) split(b *vexec.Batch) (keys, state []vexec.Vec) {
	return b.Cols[ir.PartialHead : ir.PartialHead+r.keys], b.Cols[ir.PartialHead+r.keys:]
}

// constInt makes v a constant of an integer-like type.
func constInt(v *vexec.Vec, t *ir.Type, x int64) {
	v.Reset(t, 1)
	v.Enc = vexec.Const
	if t.Kind == ir.TinyInt {
		v.Int8s()[0] = int8(x)
		return
	}
	v.Int64s()[0] = x
}

// groupSegment is a group table that is not written any more, as a segment.
type groupSegment struct {
	row   *groupRow
	head  [2]int64
	table *groupTable
	size  int64
}

// Rows implements vexec.Segment.
func (s *groupSegment) Rows() int { return s.table.groups() }

// Bytes implements vexec.Segment.
func (s *groupSegment) Bytes() int64 { return s.size }

// Read implements vexec.Segment. It may run while the operator reads the table too.
func (s *groupSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	n := max(0, min(limit, s.table.groups()-from))
	if n == 0 {
		return 0, nil
	}
	ids := make([]uint32, n)
	for i := range ids {
		ids[i] = uint32(from + i)
	}
	s.row.read(s.table, s.head, ids, b)
	return n, nil
}
