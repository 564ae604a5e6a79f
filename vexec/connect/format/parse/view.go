package parse

import (
	"encoding/binary"

	"github.com/helios-stream/helios/vexec"
)

// InlineLen is the longest string that a view holds in itself.
const InlineLen = 12

// keep masks the bytes of a string of n bytes in the two halves of a view.
var keep = func() (m [InlineLen + 1]struct{ lo, hi uint64 }) {
	for n := range m {
		m[n].lo = 1<<(8*min(n, 4)) - 1
		m[n].hi = 1<<(8*max(0, n-4)) - 1
	}
	return m
}()

// View is the view of b[from:to], where b is buffer number buf of the column. It
// loads without looking: b must have 16 bytes from from on.
func View(b []byte, from, to int, buf uint64) vexec.View {
	n := to - from
	w := binary.LittleEndian.Uint64(b[from : from+8])
	if n <= InlineLen {
		k := &keep[n]
		return vexec.View{
			Lo: uint64(n) | (w&k.lo)<<32,
			Hi: binary.LittleEndian.Uint64(b[from+4:from+12]) & k.hi,
		}
	}
	return vexec.View{Lo: uint64(uint32(n)) | w<<32, Hi: buf | uint64(from)<<32}
}

// The buffers of a column's string views.
const (
	UnitBuf = 0 // the unit's data itself
	SideBuf = 1 // strings that do not stand there as they are
)

// Side holds strings that do not stand in the data as they are: those that had
// escapes, and decoded bytes.
type Side struct{ Buf []byte }

// Take gives the view of what has been appended to s.Buf since it was from bytes
// long, and gives the place back where the view holds the string itself.
func (s *Side) Take(from int) vexec.View {
	to := len(s.Buf)
	s.Buf = append(s.Buf, make([]byte, 16)...)
	v := View(s.Buf, from, to, SideBuf)
	if to-from <= InlineLen {
		to = from
	}
	s.Buf = s.Buf[:to]
	return v
}
