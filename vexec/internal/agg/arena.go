package agg

import "github.com/helios-stream/helios/vexec"

// The sizes of an arena's chunks: the first ones are small, since there may be
// many panes with few groups.
const (
	firstChunk = 1 << 10
	lastChunk  = 1 << 20
)

// arena owns the bytes of strings that do not fit in a view. Its chunks never
// move, so views stay valid as long as the arena.
type arena struct {
	bufs  [][]byte
	bytes int64 // of all chunks
}

// put returns a view of a copy of s, which is longer than a view holds.
func (a *arena) put(s []byte, lo uint64) vexec.View {
	last := len(a.bufs) - 1
	if last < 0 || cap(a.bufs[last])-len(a.bufs[last]) < len(s) {
		size := max(len(s), min(lastChunk, max(firstChunk, int(a.bytes))))
		a.bufs = append(a.bufs, make([]byte, 0, size))
		a.bytes += int64(size)
		last++
	}
	off := len(a.bufs[last])
	a.bufs[last] = append(a.bufs[last], s...)
	return vexec.View{Lo: lo, Hi: uint64(uint32(last)) | uint64(uint32(off))<<32}
}

// reset forgets all strings; the last chunk is used again.
func (a *arena) reset() {
	if len(a.bufs) == 0 {
		return
	}
	keep := a.bufs[len(a.bufs)-1][:0]
	a.bufs = append(a.bufs[:0], keep)
	a.bytes = int64(cap(keep))
}

// lend points v at the arena's bytes.
func (a *arena) lend(v *vexec.Vec) { v.Bufs = append(v.Bufs[:0], a.bufs...) }
