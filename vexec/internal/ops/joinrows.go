package ops

import (
	"fmt"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// joinRows is the rows of one side of a join: columns in chunks, in the order of arrival.
// Those of a key are linked, the newest first. A row's reference is its place behind the
// rows of the first chunk's number, and stays until the rows are put together anew.
//
// Whole chunks go, from the first on, once all their rows are freed.
type joinRows struct {
	in     *ir.Schema
	keys   []int
	mem    *vexec.Account
	has    joinHas
	frees  joinFrees
	span   int64 // of frees, in microseconds
	chunks []*joinChunk
	cols   []*vexec.Batch // of the chunks
	first  uint32         // number of chunks[0]
	heads  []uint32       // by key: the newest row; vexec.NoRow: none
	alive  []uint32       // by key, with has.alive: rows that were not taken back
	rows   int            // in chunks
	dead   int            // of them taken back
	late   int            // chunks of which a row has a mark
	until  int64          // the time up to which rows are freed
	sweep  int            // so many rows have a look whether most are freed
	wait   timeQueue      // with has.wait: rows that may come out without a pair, by when they are freed
	keep   joinKeep
	walk   int // rows of a key that find looks through
	whole  int // a batch of at least so many rows becomes a chunk as it is, where it may
	index  joinIndex
	putOff joinPutOff
	picked []int32
}

// joinHas is what is kept of each row beside its columns.
type joinHas struct {
	time   bool // times, to compare with those of the other side
	hash   bool // of the whole row, to find it when it is taken back
	paired bool // whether it has a pair, as far as is known outside
	count  bool // how many pairs it has
	alive  bool // by key: how many rows there are
	wait   bool
}

// maxChunks is the number of chunks that references tell apart.
const maxChunks = 1<<(32-vexec.ChunkBits) - 1

// spareChunks are left when rows get new numbers: more than a batch needs.
const spareChunks = 64

// grow makes room for keys.
func (s *joinRows) grow(keys int) error {
	n := keys - len(s.heads)
	if n <= 0 {
		return nil
	}
	was := s.headBytes()
	s.heads = slices.Grow(s.heads, n)
	for range n {
		s.heads = append(s.heads, vexec.NoRow)
	}
	if s.has.alive {
		s.alive = append(s.alive, make([]uint32, n)...)
	}
	return s.mem.Grow(s.headBytes() - was)
}

func (s *joinRows) headBytes() int64 { return int64(cap(s.heads)+cap(s.alive)) * 4 }

// add copies rows of a batch, which are increasing.
func (s *joinRows) add(x *joinInput, rows []int32) error {
	if s.keeps(x.batch, rows) {
		return s.addWhole(x, rows)
	}
	plain := plainRows(x.batch)
	for len(rows) > 0 {
		c, err := s.tail(x.now)
		if err != nil {
			return err
		}
		n := min(len(rows), vexec.ChunkRows-c.batch.Rows)
		from := uint32(c.batch.Rows)
		vexec.AppendRows(c.batch, &plain, rows[:n])
		if err := s.added(c, from, x, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// plainRows is the batch with nothing but its columns.
func plainRows(b *vexec.Batch) vexec.Batch {
	return vexec.Batch{Schema: b.Schema, Cols: b.Cols, Rows: b.Rows, Part: -1}
}

// wholeRows is what joinRows.whole is, but in tests: batches of fewer rows would make chunks,
// each of which takes work, of few rows.
const wholeRows = vexec.ChunkRows / 4

// keeps reports whether a batch, of which these rows are to be added, is kept as it is.
func (s *joinRows) keeps(b *vexec.Batch, rows []int32) bool {
	return len(rows) == b.Rows && b.Rows >= s.whole && b.Rows <= vexec.ChunkRows && b.Keep()
}

// addWhole makes a batch a chunk, without a copy: where texts are long that is most of the work.
func (s *joinRows) addWhole(x *joinInput, rows []int32) error {
	whole := plainRows(x.batch)
	c, err := s.addChunk(&whole, x.now)
	if err != nil {
		return err
	}
	c.full = true
	return s.added(c, 0, x, rows)
}

// added does for rows that are in the last chunk, c, from place from on, all but that.
func (s *joinRows) added(c *joinChunk, from uint32, x *joinInput, rows []int32) error {
	s.note(c, from, x, rows)
	if x.putOff {
		s.leave(c, from, x.keys, rows)
	} else {
		s.link(uint32(len(s.chunks)-1), from, x.ids, rows)
	}
	if s.index.newest != nil {
		s.addToIndex(uint32(len(s.chunks)-1), c, int(from))
	}
	s.rows += len(rows)
	return s.account(c)
}

// waitBytes is what a row takes in the queue of those that wait.
const waitBytes = 16

// account reserves what a chunk has grown by.
func (s *joinRows) account(c *joinChunk) error {
	size := c.batch.MemSize() + int64(cap(c.next)*4+cap(c.times)*8+cap(c.marks)*8+cap(c.hash)*8+cap(c.counts)*4+cap(c.group)+cap(c.tags)*4+(len(c.paired)+len(c.gone)+len(c.open))*8)
	if s.index.newest != nil {
		size += indexBytes * int64(c.batch.Rows)
	}
	if s.has.wait {
		size += waitBytes * int64(c.batch.Rows)
	}
	if err := s.mem.Grow(size - c.bytes); err != nil {
		return err
	}
	c.bytes = size
	return nil
}

// tail is the chunk that takes more rows. Where they are freed by their age, those of one
// chunk are about as old as each other.
func (s *joinRows) tail(now ir.Micros) (*joinChunk, error) {
	if n := len(s.chunks); n > 0 {
		c := s.chunks[n-1]
		if !c.full && c.batch.Rows < vexec.ChunkRows && (s.frees != freeAge || int64(now-c.begun) <= s.span/wheelSlots) {
			return c, nil
		}
	}
	b := &vexec.Batch{}
	b.Reset(s.in)
	return s.addChunk(b, now)
}

// addChunk makes a batch the last chunk.
func (s *joinRows) addChunk(b *vexec.Batch, now ir.Micros) (*joinChunk, error) {
	if int(s.first)+len(s.chunks) >= maxChunks {
		return nil, fmt.Errorf("one side of the join has more than %d rows in one task; raise --parallelism or bound the join", s.rows)
	}
	c := &joinChunk{batch: b, first: int64(ir.MaxMicros), last: int64(ir.MinMicros), begun: now}
	s.chunks, s.cols = append(s.chunks, c), append(s.cols, b)
	return c, nil
}

// note keeps what is known of rows that were added from place from on.
func (s *joinRows) note(c *joinChunk, from uint32, x *joinInput, rows []int32) {
	if x.marks != nil && c.marks == nil {
		c.marks = slices.Repeat([]ir.Micros{ir.MinMicros}, int(from))
		s.late++
	}
	for i, r := range rows {
		at := from + uint32(i)
		last := s.freeAt(x, r)
		c.last = max(c.last, last)
		if s.has.time {
			c.times = append(c.times, x.times[r])
			c.first = min(c.first, x.times[r])
		}
		if c.marks != nil {
			c.marks = append(c.marks, x.mark(r))
		}
		if s.has.hash {
			c.hash = append(c.hash, x.hash[r])
		}
		if s.has.count {
			c.counts = append(c.counts, x.counts[r])
		}
		if s.has.paired {
			c.group = append(c.group, x.group[x.ids[r]])
			c.paired.set(at, x.paired[r])
		}
		if s.has.wait && !x.paired[r] {
			s.wait.wait(last, int32(s.ref(uint32(len(s.chunks)-1), at)))
		}
	}
}

// ref is the reference of a row of chunks[chunk].
func (s *joinRows) ref(chunk, row uint32) uint32 { return (s.first+chunk)<<vexec.ChunkBits | row }

// link puts rows of chunks[chunk] from place from on before the others of their keys.
func (s *joinRows) link(chunk, from uint32, ids []uint32, rows []int32) {
	c := s.chunks[chunk]
	for i, r := range rows {
		id := ids[r]
		c.next = append(c.next, s.heads[id])
		s.heads[id] = s.ref(chunk, from+uint32(i))
		if s.has.alive {
			s.alive[id]++
		}
	}
	if s.putOff.on {
		c.tags = append(c.tags, make([]uint32, len(rows))...)
	}
}

// base is the first reference that there is.
func (s *joinRows) base() uint32 { return s.first << vexec.ChunkBits }

// at is the chunk of a row, and its place there. refs within a batch's work are those behind
// base.
func (s *joinRows) at(ref uint32) (*joinChunk, uint32) {
	return s.chunks[ref>>vexec.ChunkBits], ref & (vexec.ChunkRows - 1)
}

// setPaired says whether a row has a pair.
func (s *joinRows) setPaired(ref uint32, on bool) {
	c, i := s.at(ref)
	c.paired.set(i, on)
	s.keep.note(c, i, c.group[i], on)
}

// isPaired is what setPaired has said.
func (s *joinRows) isPaired(ref uint32) bool {
	c, i := s.at(ref)
	return c.paired.has(i)
}

// drop frees the chunks at the front whose rows are all freed at the time until.
func (s *joinRows) drop(until int64) {
	n := 0
	for n < len(s.chunks) && s.chunks[n].last <= until {
		s.free(s.chunks[n])
		n++
	}
	if n > 0 {
		s.chunks, s.cols = slices.Delete(s.chunks, 0, n), slices.Delete(s.cols, 0, n)
		s.first += uint32(n)
		if len(s.index.newest) > 2*s.rows+slack {
			s.index = joinIndex{} // most of it is of rows that are gone
		}
	}
	s.keep.rows.drop(until)
	s.keep.notes.drop(until)
}

func (s *joinRows) free(c *joinChunk) {
	s.rows -= c.batch.Rows
	s.dead -= c.gone.count()
	s.putOff.open -= c.unlinked
	if c.marks != nil {
		s.late--
	}
	_ = s.mem.Grow(-c.bytes)
}

// clear frees all rows. What is noted of keys stays.
func (s *joinRows) clear() {
	for _, c := range s.chunks {
		s.free(c)
	}
	s.first += uint32(len(s.chunks))
	s.chunks, s.cols, s.wait, s.index = nil, nil, timeQueue{}, joinIndex{}
	s.keep.rows.drop(int64(ir.MaxMicros))
	s.keep.notes.drop(int64(ir.MaxMicros))
	s.keep.fresh = nil
}

// crowded reports whether so many rows are freed, or taken back, that putting the others
// together pays. until is the time that has passed.
func (s *joinRows) crowded(until int64) bool {
	if s.dead > s.rows-s.dead+slack || int(s.first)+len(s.chunks) >= maxChunks-spareChunks {
		return true
	}
	if s.rows < s.sweep {
		return false
	}
	live := 0
	for _, c := range s.chunks {
		if c.last > until {
			live += len(s.live(c, until))
		}
	}
	s.sweep = 2*live + 4*slack
	return s.rows > s.sweep
}

// live is the rows of a chunk that are not freed.
func (s *joinRows) live(c *joinChunk, until int64) []int32 {
	s.picked = append(s.picked[:0], 0)[:0]
	for i := range uint32(c.batch.Rows) {
		if !c.gone.has(i) && s.freeOf(c, i) > until {
			s.picked = append(s.picked, int32(i))
		}
	}
	return s.picked
}
