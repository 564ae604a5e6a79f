package ops

import (
	"cmp"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowStore keeps rows that wait, in the order in which they came, and their place in the
// checkpointed state. Rows go one by one; chunks with few rows left are written anew.
type rowStore struct {
	in     *ir.Schema
	row    *ir.Schema // of the state: a number, the columns of in, and vexec.Batch.Ord
	keys   []int      // columns of row
	mem    *vexec.Account
	chunks []*rowChunk
	first  uint32 // number of chunks[0]
	rows   int    // in chunks
	live   int    // of them still needed
	log    entryLog
	picked []int32
}

// rowChunk is up to mergeRows rows. One that has been sealed is not written any more.
type rowChunk struct {
	batch  *vexec.Batch
	live   int
	dead   []bool // rows that went before the chunk was sealed
	base   int64  // number of the first row in the state; 0: not sealed
	bytes  int64
	closed bool // takes no more rows
}

// rowRef is where a row is. Rows that came later have greater ones.
type rowRef struct{ chunk, row uint32 }

func compareRefs(a, b rowRef) int {
	return cmp.Or(cmp.Compare(a.chunk, b.chunk), cmp.Compare(a.row, b.row))
}

// ownedRow is a row with who needs it, and the key group that it is of.
type ownedRow struct {
	ref   rowRef
	owner int32
	group uint8
}

func newRowStore(in *ir.Schema, keys []int) rowStore {
	s := rowStore{in: in, row: ir.NewSchema(ir.Column{Name: "$id", Type: ir.TBigInt, NotNull: true})}
	s.row.Cols = append(append(s.row.Cols, in.Cols...), ir.Column{Name: "$ord", Type: ir.TBigInt})
	for _, k := range keys {
		s.keys = append(s.keys, 1+k)
	}
	return s
}

func (s *rowStore) tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: rowsTable, Version: 1, Schema: s.row, Keys: s.keys}, goneSpec()}
}

// open gives the rows of the checkpoint to add, in the order in which they came.
func (s *rowStore) open(oc *vexec.OpContext, k *keyGroups, add func(*vexec.Batch) error) error {
	s.mem = oc.Memory
	gone, err := s.log.open(oc.State, rowsTable)
	if err != nil {
		return err
	}
	old := &batchSegment{}
	var order []restoredRow
	err = s.log.rows.Restored(func(b *vexec.Batch) error {
		if err := k.intern(b, s.keys, b.Sel); err != nil {
			return err
		}
		whole := *b
		n := 0
		for i := range b.Live() {
			r := b.Row(i)
			id, j := b.Cols[0].At(r)
			if slot := slots()[k.group[k.ids[r]]]; !gone[sealedID{slot, id.Int64s()[j]}] {
				order = append(order, restoredRow{id.Int64s()[j], len(old.batches), int32(n)})
			}
			n++
		}
		old.add(&whole)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(order, func(a, b restoredRow) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.batch, b.batch), cmp.Compare(a.row, b.row))
	})
	one := &vexec.Batch{}
	for len(order) > 0 {
		x := order[0]
		n := 1 // rows of one batch that follow one another
		s.picked = append(s.picked[:0], x.row)
		for n < len(order) && order[n].batch == x.batch && order[n].row > order[n-1].row {
			s.picked = append(s.picked, order[n].row)
			n++
		}
		order = order[n:]
		src := *old.batches[x.batch]
		src.Ord = ordsOf(&src)
		src.Cols, src.Schema = src.Cols[1:1+len(s.in.Cols)], s.in
		one.Reset(s.in)
		vexec.AppendRows(one, &src, s.picked)
		if err := add(one); err != nil {
			return err
		}
	}
	return nil
}

// ordsOf is the last column of rows of state as their places in the order of arrival; nil:
// they have none.
func ordsOf(b *vexec.Batch) []uint64 {
	v := &b.Cols[len(b.Cols)-1]
	if v.Null(0) {
		return nil
	}
	out := make([]uint64, b.Rows)
	for r := range out {
		f, j := v.At(r)
		out[r] = uint64(f.Int64s()[j])
	}
	return out
}

type restoredRow struct {
	id    int64
	batch int
	row   int32
}

// add copies rows of a batch and tells where each is.
func (s *rowStore) add(b *vexec.Batch, rows []int32, at func(r int32, ref rowRef)) error {
	plain := *b
	plain.Late, plain.Part = nil, -1
	for len(rows) > 0 {
		c := s.tail()
		n := min(len(rows), mergeRows-c.batch.Rows)
		from := c.batch.Rows
		vexec.AppendRows(c.batch, &plain, rows[:n])
		for i, r := range rows[:n] {
			at(r, rowRef{s.first + uint32(len(s.chunks)-1), uint32(from + i)})
		}
		rows = rows[n:]
		c.live += n
		s.rows, s.live = s.rows+n, s.live+n
		size := c.batch.MemSize()
		if err := s.mem.Grow(size - c.bytes); err != nil {
			return err
		}
		c.bytes = size
	}
	return nil
}

// tail is the chunk that takes more rows.
func (s *rowStore) tail() *rowChunk {
	if n := len(s.chunks); n > 0 && !s.chunks[n-1].closed && s.chunks[n-1].batch.Rows < mergeRows {
		return s.chunks[n-1]
	}
	c := &rowChunk{batch: &vexec.Batch{}}
	c.batch.Reset(s.in)
	s.chunks = append(s.chunks, c)
	return c
}

// at is the chunk that a row is in.
func (s *rowStore) at(ref rowRef) *vexec.Batch { return s.chunks[ref.chunk-s.first].batch }

// copyTo appends rows to dst, whose first columns are those of in.
func (s *rowStore) copyTo(dst *vexec.Batch, refs []rowRef) {
	for len(refs) > 0 {
		chunk := refs[0].chunk
		s.picked = s.picked[:0]
		for len(refs) > 0 && refs[0].chunk == chunk {
			s.picked = append(s.picked, int32(refs[0].row))
			refs = refs[1:]
		}
		vexec.AppendRows(dst, s.chunks[chunk-s.first].batch, s.picked)
	}
}

// take appends rows of a key group to dst, in the order of refs, which is sorted, and
// forgets them.
func (s *rowStore) take(dst *vexec.Batch, refs []rowRef, group uint8) {
	s.copyTo(dst, refs)
	for _, ref := range refs {
		s.forget(ref, group)
	}
}

// forget drops a row.
func (s *rowStore) forget(ref rowRef, group uint8) {
	c := s.chunks[ref.chunk-s.first]
	if c.base > 0 {
		s.log.drop(group, c.base+int64(ref.row))
	} else {
		if c.dead == nil {
			c.dead = make([]bool, mergeRows)
		}
		c.dead[ref.row] = true
	}
	c.live--
	s.live--
	if c.live == 0 && (c.closed || c.batch.Rows == mergeRows) {
		s.free(c)
	}
	for len(s.chunks) > 0 && s.chunks[0].batch == nil {
		s.chunks = s.chunks[1:]
		s.first++
	}
}

// free gives the memory of a chunk back. What has been sealed of it stays with the state
// until that is sealed anew.
func (s *rowStore) free(c *rowChunk) {
	s.rows -= c.batch.Rows
	_ = s.mem.Grow(-c.bytes)
	c.batch, c.bytes = nil, 0
}

// sparse reports whether most rows of the chunks are gone.
func (s *rowStore) sparse() bool { return s.rows > 2*s.live+8*mergeRows }

// rewrite copies the rows that are still needed, which are all those of all, to new chunks.
func (s *rowStore) rewrite(all []ownedRow, at func(owner int32, ref rowRef)) error {
	slices.SortFunc(all, func(a, b ownedRow) int { return compareRefs(a.ref, b.ref) })
	old, first := s.chunks, s.first
	s.chunks, s.first, s.rows, s.live = nil, 0, 0, 0
	for len(all) > 0 {
		chunk := all[0].ref.chunk
		c := old[chunk-first]
		n := 0
		s.picked = s.picked[:0]
		for n < len(all) && all[n].ref.chunk == chunk {
			s.picked = append(s.picked, int32(all[n].ref.row))
			if c.base > 0 {
				s.log.drop(all[n].group, c.base+int64(all[n].ref.row))
			}
			n++
		}
		i := 0
		if err := s.add(c.batch, s.picked, func(_ int32, ref rowRef) { at(all[i].owner, ref); i++ }); err != nil {
			return err
		}
		all = all[n:]
	}
	for _, c := range old {
		if c.batch != nil {
			_ = s.mem.Grow(-c.bytes)
		}
	}
	return nil
}

// seal ends an epoch. rewrite calls rewrite with all rows.
func (s *rowStore) seal(rewrite func() error) error {
	if s.log.begin() {
		for _, c := range s.chunks {
			c.base = 0 // nothing is sealed
		}
		if err := rewrite(); err != nil {
			return err
		}
	}
	seg := &chunkSegment{row: s.row}
	for _, c := range s.chunks {
		if c.batch == nil || c.base > 0 || c.live == 0 {
			continue
		}
		c.closed, c.base = true, s.log.next+1
		part := chunkPart{batch: c.batch, base: c.base}
		for r := range c.batch.Rows {
			s.log.number()
			if c.dead == nil || !c.dead[r] {
				part.rows = append(part.rows, int32(r))
			}
		}
		c.dead = nil
		seg.parts = append(seg.parts, part)
		seg.rows += len(part.rows)
		seg.bytes += c.bytes
	}
	s.log.end(seg, seg.rows)
	return nil
}

func (s *rowStore) close() {
	for _, c := range s.chunks {
		_ = s.mem.Grow(-c.bytes)
	}
	s.chunks = nil
}

// chunkSegment is rows of chunks, with their numbers.
type chunkSegment struct {
	row   *ir.Schema
	parts []chunkPart
	rows  int
	bytes int64
}

type chunkPart struct {
	batch *vexec.Batch
	rows  []int32
	base  int64
}

// Rows implements vexec.Segment.
func (s *chunkSegment) Rows() int { return s.rows }

// Bytes implements vexec.Segment.
func (s *chunkSegment) Bytes() int64 { return s.bytes }

// Read implements vexec.Segment.
func (s *chunkSegment) Read(from, limit int, b *vexec.Batch) (int, error) {
	for i := range s.parts {
		p := &s.parts[i]
		if from >= len(p.rows) {
			from -= len(p.rows)
			continue
		}
		rows := p.rows[from:min(len(p.rows), from+limit)]
		b.Reset(s.row)
		own := *b
		own.Cols = b.Cols[1 : len(b.Cols)-1]
		vexec.AppendRows(&own, p.batch, rows)
		b.Rows = len(rows)
		b.Cols[0].Reset(ir.TBigInt, len(rows))
		for j, r := range rows {
			b.Cols[0].Int64s()[j] = p.base + int64(r)
		}
		writeOrds(&b.Cols[len(b.Cols)-1], p.batch.Ord, rows)
		return len(rows), nil
	}
	return 0, nil
}

// writeOrds makes v the places of rows in the order of arrival; NULL where they have none.
func writeOrds(v *vexec.Vec, ord []uint64, rows []int32) {
	v.Reset(ir.TBigInt, len(rows))
	for i, r := range rows {
		if ord == nil {
			v.SetNull(i, len(rows))
		} else {
			v.Int64s()[i] = int64(ord[r])
		}
	}
}
