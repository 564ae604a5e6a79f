package ops

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// tidy puts the rows that are still needed together when most are not.
func (j *Join) tidy() error {
	stored, crowded := 0, false
	for side := range j.sides {
		s := &j.sides[side]
		stored += s.rows - s.dead
		crowded = crowded || s.crowded(s.until)
	}
	if !crowded && j.keys.keys.Groups() <= 2*stored+slack {
		return nil
	}
	return j.rebuild()
}

// rebuild fills the tables anew with the keys and rows that are needed. The keys' table keeps its
// memory, as there will be about as many again.
func (j *Join) rebuild() error {
	j.keys.keys.Reset()
	j.keys.group = j.keys.group[:0]
	for side := range j.sides {
		if err := j.relink(side); err != nil {
			return err
		}
	}
	for side := range j.sides {
		if err := j.sides[side].grow(j.keys.keys.Groups()); err != nil {
			return err
		}
	}
	return nil
}

// relink gives the rows of a side that are needed to new tables: in their chunks where most
// of these are needed, else in others.
func (j *Join) relink(side int) error {
	s := &j.sides[side]
	chunks := s.chunks
	_ = s.mem.Grow(-s.headBytes())
	s.heads, s.alive, s.chunks, s.cols, s.wait, s.index = nil, nil, nil, nil, timeQueue{}, joinIndex{}
	s.first, s.rows, s.dead, s.late = 0, 0, 0, 0
	s.putOff.open = 0
	for _, c := range chunks {
		live := append([]int32{}, s.live(c, s.until)...)
		x := &joinInput{batch: c.batch, times: c.times, marks: c.marks, hash: c.hash, counts: c.counts, now: c.begun}
		x.putOff = s.putOff.on && s.putOff.eager <= 0
		if x.putOff {
			j.hashKeys(side, x, c.batch, live)
		} else if err := j.intern(side, x, c.batch, live); err != nil {
			return err
		}
		x.paired = make([]bool, c.batch.Rows)
		for i := range x.paired {
			x.paired[i] = c.paired.has(uint32(i))
		}
		if len(live) > 0 && 2*len(live) >= c.batch.Rows {
			s.adopt(c, x, live)
			continue
		}
		for _, i := range live {
			s.keep.forget(c, uint32(i), x.groupOf(i))
		}
		if s.frees == freeAge {
			x.now = ir.Micros(c.last - s.span)
		}
		if err := s.add(x, live); err != nil {
			return err
		}
		_ = s.mem.Grow(-c.bytes)
	}
	return nil
}

// adopt takes a chunk as it is, and links the rows of it that are needed.
func (s *joinRows) adopt(c *joinChunk, x *joinInput, live []int32) {
	n := uint32(len(s.chunks))
	c.older = nil
	s.chunks, s.cols = append(s.chunks, c), append(s.cols, c.batch)
	s.rows += c.batch.Rows
	s.dead += c.gone.count()
	if c.marks != nil {
		s.late++
	}
	for i := range c.next {
		c.next[i] = vexec.NoRow
	}
	if x.putOff {
		s.reopen(c, x.keys, live)
		return
	}
	c.open, c.unlinked = nil, 0
	for _, r := range live {
		id, ref := x.ids[r], s.ref(n, uint32(r))
		c.next[r], s.heads[id] = s.heads[id], ref
		if s.has.alive {
			s.alive[id]++
		}
		if s.has.wait && !x.paired[r] {
			s.wait.wait(s.freeOf(c, uint32(r)), int32(ref))
		}
	}
}
