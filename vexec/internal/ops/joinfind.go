package ops

import "github.com/helios-stream/helios/vexec"

// joinIndex finds rows that are taken back by the hash of the whole row. It is only made where
// a key has so many rows that looking through them takes long.
type joinIndex struct {
	newest map[uint64]uint32 // by hash: the row that came last
}

// joinWalk is how many rows of a key are looked through before an index is made.
const joinWalk = 64

// indexBytes is about what a row takes in the index.
const indexBytes = 40

// find returns the row of key id that is the same as row r of the batch, behind base, and
// takes it out; vexec.NoRow: there is none.
func (s *joinRows) find(x *joinInput, r int32, id uint32) (uint32, error) {
	base := s.base()
	p := &s.heads[id]
	for n := 0; *p != vexec.NoRow && *p >= base; n++ {
		if n == s.walk {
			return s.findByHash(x, r, id)
		}
		c, i := s.at(*p - base)
		if ref := *p - base; s.same(x, r, c, i) {
			*p = c.next[i]
			s.takeOut(c, i, id, x.group[id])
			return ref, nil
		}
		p = &c.next[i]
	}
	return vexec.NoRow, nil
}

func (s *joinRows) same(x *joinInput, r int32, c *joinChunk, i uint32) bool {
	return !c.gone.has(i) && c.hash[i] == x.hash[r] && sameRow(x.batch.Cols, int(r), c.batch.Cols, int(i))
}

func (s *joinRows) takeOut(c *joinChunk, i, id uint32, group uint8) {
	c.gone.set(i, true)
	s.dead++
	if s.has.alive {
		s.alive[id]--
	}
	s.keep.forget(c, i, group)
}

// findByHash is find by the index. The row stays among those of its key, as one that is gone,
// until they are looked through.
func (s *joinRows) findByHash(x *joinInput, r int32, id uint32) (uint32, error) {
	if err := s.makeIndex(); err != nil {
		return 0, err
	}
	base := s.base()
	first := true // all before are gone
	ref, ok := s.index.newest[x.hash[r]]
	for ok && ref != vexec.NoRow && ref >= base {
		c, i := s.at(ref - base)
		found := s.same(x, r, c, i)
		if found {
			s.takeOut(c, i, id, x.group[id])
		}
		if first = first && c.gone.has(i); first {
			s.index.newest[x.hash[r]] = c.older[i]
		}
		if found {
			return ref - base, nil
		}
		ref = c.older[i]
	}
	return vexec.NoRow, nil
}

func (s *joinRows) makeIndex() error {
	if s.index.newest != nil {
		return nil
	}
	s.index.newest = make(map[uint64]uint32, s.rows)
	for n, c := range s.chunks {
		s.addToIndex(uint32(n), c, 0)
		if err := s.account(c); err != nil {
			return err
		}
	}
	return nil
}

// addToIndex adds the rows of a chunk from place from on.
func (s *joinRows) addToIndex(n uint32, c *joinChunk, from int) {
	c.older = c.older[:from]
	for i := from; i < c.batch.Rows; i++ {
		older, ok := s.index.newest[c.hash[i]]
		if !ok {
			older = vexec.NoRow
		}
		c.older = append(c.older, older)
		s.index.newest[c.hash[i]] = s.ref(n, uint32(i))
	}
}
