package ops

import (
	"math/bits"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/internal/agg"
)

// joinPutOff puts off what a side of an interval or window join does for its keys. Where few rows
// of the other side come, most keys are never asked for: so rows are kept open, with a tag of
// their key, and are linked to it when the tag is that of a row of the other side. Where many
// rows come all are linked, and those that follow at once, as reading the tags again and again
// would cost more.
//
// Rows with the same tag are linked together, in the order in which they came, and rows are
// linked at once only when none is open: so the rows of a key are linked in that order, too.
type joinPutOff struct {
	on    bool // no key has to be known of a row that is kept
	open  int  // rows that are not linked
	eager int  // so many rows that come next are linked at once
	times int  // as many as so many times the open rows, when all are linked next
	share int  // all open rows are linked where more than one in so many asks
	asked tagSet
	rows  []int32
	x     joinInput
}

const (
	putOffShare = 16  // what share is, but in tests
	putOffTimes = 256 // the most times; they double each time that all are linked
	putOffReads = 8   // so often the tags of a chunk are read before all its rows are linked
)

// tagSet is a bitmap of tags, of which some share a bit.
type tagSet []uint64

// fill makes it that of the keys of rows.
func (s *tagSet) fill(keys []uint64, rows []int32) {
	words := 1 << bits.Len(uint(min(max(len(rows), 16), 1<<14)))
	*s = grownTo(*s, words)
	clear(*s)
	for _, r := range rows {
		tag := uint32(keys[r])
		(*s)[int(tag>>6)&(words-1)] |= 1 << (tag & 63)
	}
}

// pick appends the open rows of a chunk whose tags may be in the set.
func (s tagSet) pick(c *joinChunk, to []int32) []int32 {
	mask := len(s) - 1
	for i, tag := range c.tags {
		if s[int(tag>>6)&mask]>>(tag&63)&1 != 0 && c.open.has(uint32(i)) {
			to = append(to, int32(i))
		}
	}
	return to
}

// identify sets the keys of the rows of sel. Those of a batch that is linked late are only looked
// up: j.known is the rows whose key is there.
func (j *Join) identify(side int, x *joinInput, b *vexec.Batch) error {
	own, other := &j.sides[side], &j.sides[1-side]
	x.putOff = own.putOff.on && (own.spared || own.putOff.eager <= 0)
	if x.putOff || other.putOff.open > 0 {
		j.hashKeys(side, x, b, j.sel)
	}
	if other.putOff.open > 0 {
		if err := j.linkAsked(1-side, x.keys, j.sel); err != nil {
			return err
		}
	}
	if !x.putOff {
		own.putOff.eager -= len(j.sel)
		return j.intern(side, x, b, j.sel)
	}
	j.known = j.known[:0]
	if other.rows == 0 {
		return nil
	}
	x.ids = j.keys.find(b, own.joinRows.keys, j.sel)
	for _, r := range j.sel {
		if x.ids[r] != agg.NoGroup {
			j.known = append(j.known, r)
		}
	}
	return nil
}

// hashKeys sets the hashes of the keys of rows.
func (j *Join) hashKeys(side int, x *joinInput, b *vexec.Batch, rows []int32) {
	x.keys = grownTo(x.keys, b.Rows)
	view := *b
	view.Sel = rows
	vexec.HashRows(&view, j.sides[side].joinRows.keys, x.keys)
}

// linkAsked links the open rows of a side that may have one of the keys of rows.
func (j *Join) linkAsked(side int, keys []uint64, rows []int32) error {
	if len(rows) == 0 {
		return nil
	}
	s := &j.sides[side]
	l := &s.putOff
	all := l.share*len(rows) > l.open
	if all {
		l.times = min(max(4, 2*l.times), putOffTimes)
		l.eager = l.times * l.open
	} else {
		l.times = 0
		l.asked.fill(keys, rows)
	}
	for n, c := range s.chunks {
		if c.unlinked == 0 {
			continue
		}
		c.reads++
		if all || c.reads > putOffReads {
			l.rows = c.openRows(l.rows[:0])
		} else {
			l.rows = l.asked.pick(c, l.rows[:0])
		}
		if err := j.linkOpen(side, n, l.rows); err != nil {
			return err
		}
	}
	return nil
}

// linkOpen links rows of a chunk that are open.
func (j *Join) linkOpen(side, n int, rows []int32) error {
	if len(rows) == 0 {
		return nil
	}
	s := &j.sides[side]
	c, l := s.chunks[n], &s.putOff
	if err := j.intern(side, &l.x, c.batch, rows); err != nil {
		return err
	}
	for _, r := range rows {
		id := l.x.ids[r]
		c.next[r], s.heads[id] = s.heads[id], s.ref(uint32(n), uint32(r))
		c.open.set(uint32(r), false)
	}
	c.unlinked -= len(rows)
	l.open -= len(rows)
	return nil
}

// leave keeps rows of a chunk, from place from on, open. The hashes of their keys are by row.
func (s *joinRows) leave(c *joinChunk, from uint32, keys []uint64, rows []int32) {
	for i, r := range rows {
		c.next = append(c.next, vexec.NoRow)
		c.tags = append(c.tags, uint32(keys[r]))
		c.open.set(from+uint32(i), true)
	}
	c.unlinked += len(rows)
	s.putOff.open += len(rows)
}

// openRows appends the rows of a chunk that are not linked.
func (c *joinChunk) openRows(to []int32) []int32 {
	for w, word := range c.open {
		for ; word != 0; word &= word - 1 {
			to = append(to, int32(w<<6+bits.TrailingZeros64(word)))
		}
	}
	return to
}

// reopen takes the links of a chunk away, and leaves the given rows open.
func (s *joinRows) reopen(c *joinChunk, keys []uint64, rows []int32) {
	c.open, c.unlinked, c.reads = nil, len(rows), 0
	c.tags = grownTo(c.tags, c.batch.Rows)
	for _, r := range rows {
		c.tags[r] = uint32(keys[r])
		c.open.set(uint32(r), true)
	}
	s.putOff.open += len(rows)
}
