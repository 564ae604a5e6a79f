package ops

import (
	"math/bits"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// joinFrees says when a row is freed: once a time has passed what is given here.
type joinFrees uint8

const (
	freeNever joinFrees = iota
	freeTime            // its time and span, and its late mark
	freeEnd             // a microsecond before its time, which is the end of its window
	freeAge             // span after it came, in processing time
)

// joinChunk is up to vexec.ChunkRows rows. One that has been sealed takes no more.
type joinChunk struct {
	batch  *vexec.Batch
	next   []uint32 // the row of the same key that came before; vexec.NoRow: none
	times  []int64
	marks  []ir.Micros // nil: none has one
	hash   []uint64
	older  []uint32 // with an index: the row of the same hash that came before
	tags   []uint32 // with putOff.on: of the key of each row that is open
	open   rowBits  // rows that are not linked to their keys
	counts []uint32
	group  []uint8 // key groups, with has.paired
	paired rowBits
	gone   rowBits
	last   int64 // when the last of its rows is freed
	first  int64 // with times: the least
	begun  ir.Micros
	base   int64 // number of the first row in the state; 0: not sealed
	full   bool  // takes no more rows
	bytes  int64

	unlinked int // open rows
	reads    int // how often their tags were read
}

// rowBits is a bit a row; nil: none is set.
type rowBits []uint64

func (b rowBits) has(i uint32) bool { return b != nil && b[i>>6]&(1<<(i&63)) != 0 }

func (b *rowBits) set(i uint32, on bool) {
	if *b == nil {
		if !on {
			return
		}
		*b = make(rowBits, vexec.ChunkRows/64)
	}
	if on {
		(*b)[i>>6] |= 1 << (i & 63)
	} else {
		(*b)[i>>6] &^= 1 << (i & 63)
	}
}

func (b rowBits) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// freeAt is when row r of a batch is freed.
func (s *joinRows) freeAt(x *joinInput, r int32) int64 {
	switch s.frees {
	case freeTime:
		return max(later(x.times[r], s.span), int64(x.mark(r)))
	case freeEnd:
		return x.times[r] - 1
	case freeAge:
		return later(int64(x.now), s.span)
	}
	return int64(ir.MaxMicros)
}

// freeOf is when a row of a chunk is freed.
func (s *joinRows) freeOf(c *joinChunk, i uint32) int64 {
	switch {
	case s.frees == freeTime && c.marks != nil:
		return max(later(c.times[i], s.span), int64(c.marks[i]))
	case s.frees == freeTime:
		return later(c.times[i], s.span)
	case s.frees == freeEnd:
		return c.times[i] - 1
	}
	return c.last
}

// later is a time plus a span, before the end of all times.
func later(t, span int64) int64 {
	const most = int64(ir.MaxMicros) - 2
	if span > 0 && t > most-span {
		return most
	}
	if span < 0 && t < int64(ir.MinMicros)-span {
		return int64(ir.MinMicros)
	}
	return min(t+span, most)
}
