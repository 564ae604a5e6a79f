package ops

import (
	"errors"
	"math/bits"
	"slices"

	"github.com/helios-stream/helios/vexec"
)

// bucket is the groups of one pane, overlay or window: a mutable tail, and what
// barriers have sealed before it. A group may be in several of them; the bucket
// is their sum.
type bucket struct {
	at, aux int64 // what buckets are ordered by and found with
	head    [2]int64
	tail    *groupTable // nil: nothing since the last barrier
	sealed  []sealedPart
	rows    []int32 // of the batch at hand
	turn    int64   // the last batch that had rows for it, in the phase Partial
	gone    bool
}

// sealedPart is a segment that is in the state table.
type sealedPart struct {
	id    vexec.SegmentID
	table *groupTable
}

// buckets is a list ordered by at and aux. Most new ones come at its end.
type buckets struct {
	list []*bucket
	last *bucket // found last
}

func compareBucket(b *bucket, key [2]int64) int {
	switch {
	case b.at < key[0] || b.at == key[0] && b.aux < key[1]:
		return -1
	case b.at == key[0] && b.aux == key[1]:
		return 0
	}
	return 1
}

// get returns the bucket of at and aux, a new one if there is none.
func (l *buckets) get(at, aux int64, head [2]int64) *bucket {
	if l.last != nil && l.last.at == at && l.last.aux == aux {
		return l.last
	}
	i, found := slices.BinarySearchFunc(l.list, [2]int64{at, aux}, compareBucket)
	if !found {
		l.list = slices.Insert(l.list, i, &bucket{at: at, aux: aux, head: head})
	}
	l.last = l.list[i]
	return l.last
}

// first is the bucket with the smallest at; nil: none.
func (l *buckets) first() *bucket {
	if len(l.list) == 0 {
		return nil
	}
	return l.list[0]
}

// below returns the buckets whose at is below limit.
func (l *buckets) below(limit int64) []*bucket {
	i, _ := slices.BinarySearchFunc(l.list, [2]int64{limit, -1 << 63}, compareBucket)
	return l.list[:i]
}

// cut takes the first n buckets out.
func (l *buckets) cut(n int) { l.cutFrom(0, n) }

// cutFrom takes the buckets [lo, hi) out.
func (l *buckets) cutFrom(lo, hi int) {
	l.list, l.last = slices.Delete(l.list, lo, hi), nil
}

// store is the buckets of an operator and their place in the checkpointed state.
type store struct {
	tables
	row     groupRow
	table   vexec.Table // nil: nothing outlives a barrier
	changed []*bucket   // have a tail
	crowded []*bucket   // have segments to be merged
}

// tail returns the mutable table of b.
func (s *store) tail(b *bucket) (*groupTable, error) {
	if b.tail == nil {
		t, err := s.take()
		if err != nil {
			return nil, err
		}
		b.tail = t
		if s.table != nil {
			s.noteChanged(b)
		}
	}
	return b.tail, nil
}

// noteChanged remembers b for the next barrier. Before the list grows, buckets that
// are gone leave it: there may be no barrier for long.
func (s *store) noteChanged(b *bucket) {
	if len(s.changed) == cap(s.changed) {
		s.changed = slices.DeleteFunc(s.changed, func(b *bucket) bool { return b.gone })
		s.changed = slices.Grow(s.changed, len(s.changed)+1)
	}
	s.changed = append(s.changed, b)
}

// seal makes each tail a segment. It takes time for each bucket that has changed,
// not for its groups.
func (s *store) seal() {
	for _, b := range s.changed {
		if b.gone || b.tail == nil {
			continue
		}
		if b.tail.groups() == 0 { // a batch failed before its first group
			s.give(b.tail)
			b.tail = nil
			continue
		}
		seg := &groupSegment{row: &s.row, head: b.head, table: b.tail, size: b.tail.bytes()}
		b.sealed = append(b.sealed, sealedPart{id: s.table.Add(seg), table: b.tail})
		b.tail = nil
		if s.mergeable(b) > 0 {
			s.crowded = append(s.crowded, b)
		}
	}
	clear(s.changed)
	s.changed = s.changed[:0]
}

// fanIn is how many segments of about one size are merged into one. So a group
// is written again once for each power of fanIn of barriers that its bucket lives.
const fanIn = 4

// mergeable is how many of the last segments of b should become one.
func (s *store) mergeable(b *bucket) int {
	n := len(b.sealed)
	if n < fanIn {
		return 0
	}
	tier := func(p sealedPart) int { return bits.Len(uint(p.table.groups())) / 2 } // powers of four
	last := tier(b.sealed[n-fanIn])
	for _, p := range b.sealed[n-fanIn:] {
		if tier(p) > last {
			return 0
		}
	}
	return fanIn
}

// compact merges segments of one bucket that has too many. It is called between
// barriers, a little at a time. A merge needs memory for a while: where that is short the
// bucket stays as it is until it is sealed again.
func (s *store) compact() error {
	err := s.mergeOne()
	var full *vexec.MemoryError
	if errors.As(err, &full) {
		s.crowded = s.crowded[:len(s.crowded)-1]
		return nil
	}
	return err
}

func (s *store) mergeOne() error {
	if len(s.crowded) == 0 {
		return nil
	}
	b := s.crowded[len(s.crowded)-1]
	n := s.mergeable(b)
	if b.gone || n == 0 {
		s.crowded = s.crowded[:len(s.crowded)-1]
		return nil
	}
	t, err := s.take()
	if err != nil {
		return err
	}
	old := b.sealed[len(b.sealed)-n:]
	for _, p := range old {
		if err := s.merge(t, p.table); err != nil {
			t.release()
			return err
		}
	}
	seg := &groupSegment{row: &s.row, head: b.head, table: t, size: t.bytes()}
	id := s.table.Add(seg)
	for i := range old {
		s.dropPart(old[i])
		old[i] = sealedPart{}
	}
	b.sealed = append(b.sealed[:len(b.sealed)-n], sealedPart{id: id, table: t})
	return nil
}

// dropPart takes a segment out of the state. Somebody may still be writing it to a
// checkpoint, so its table is left to the garbage collector.
func (s *store) dropPart(p sealedPart) {
	s.table.Drop(p.id)
	p.table.release()
}

// drop forgets a bucket that its list has cut.
func (s *store) drop(b *bucket) {
	for _, p := range b.sealed {
		s.dropPart(p)
	}
	if b.tail != nil {
		s.give(b.tail)
	}
	b.tail, b.sealed, b.gone = nil, nil, true
}

// sumInto adds all groups of a bucket to t.
func (s *store) sumInto(t *groupTable, b *bucket) error {
	for _, p := range b.sealed {
		if err := s.merge(t, p.table); err != nil {
			return err
		}
	}
	if b.tail != nil && b.tail != t {
		return s.merge(t, b.tail)
	}
	return nil
}

// close gives all memory back.
func (s *store) close(lists ...*buckets) {
	for _, l := range lists {
		for _, b := range l.list {
			for _, p := range b.sealed {
				p.table.release()
			}
			if b.tail != nil {
				b.tail.release()
			}
		}
		l.list, l.last = nil, nil
	}
	s.dropFree()
	s.changed, s.crowded = nil, nil
}
