package udf

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// maxTextBuf is where the text of a column goes on in another buffer: offsets are 32 bits
// wide.
const maxTextBuf = 1 << 29

// sink is the memory of the texts of a column that is written.
type sink struct {
	buf  []byte
	most int // bytes of a value; 0: maxText
}

// clear makes the column one of empty texts.
func (s *sink) clear(v *vexec.Vec) {
	clear(v.Views())
	s.buf = s.buf[:0]
}

// put writes a text to row i; "" or why it cannot.
func (s *sink) put(v *vexec.Vec, i int, text []byte) string {
	most := s.most
	if most == 0 {
		most = maxText
	}
	switch {
	case len(text) <= kernels.InlineLen:
		v.Views()[i] = kernels.InlineView(text)
		return ""
	case len(text) > most:
		return fmt.Sprintf("%d bytes are too long for one value, which has %d at most", len(text), most)
	case len(s.buf) > maxTextBuf:
		v.Bufs = append(v.Bufs, s.buf)
		s.buf = nil
	}
	v.Views()[i] = kernels.MakeView(text, int32(len(v.Bufs)), int32(len(s.buf)))
	s.buf = append(s.buf, text...)
	return ""
}

// end hands the memory to the column.
func (s *sink) end(v *vexec.Vec) { v.Bufs = append(v.Bufs, s.buf) }

// The sizes of the copies of texts that functions get: short ones share one, so that they
// cost no allocation each, and whoever keeps a text keeps no more than that.
const (
	sharedCopy = 4 << 10
	shortText  = 256
)

// texts is VARCHAR. Functions may keep the strings that they get: they are copies.
type texts[T ~string] struct {
	t     *ir.Type
	check func(string) string
	buf   []T
	sink  sink
	copy  strings.Builder
}

func (c *texts[T]) sqlType() *ir.Type { return c.t }
func (c *texts[T]) takesNull() bool   { return false }

func (c *texts[T]) read(v *vexec.Vec, n int, rows []int32, _ failure) []T {
	out := room(&c.buf, n)
	if v.Enc == vexec.Const {
		x := T(v.Bytes(0))
		for i := range out {
			out[i] = x
		}
		return out
	}
	if len(rows) < n && rows != nil {
		clear(out)
	}
	each(n, rows, func(i int) { out[i] = T(c.string(v.Bytes(i))) })
	return out
}

// string is a copy of b.
func (c *texts[T]) string(b []byte) string {
	if len(b) > shortText {
		return string(b)
	}
	if c.copy.Cap()-c.copy.Len() < len(b) {
		c.copy.Reset()
		c.copy.Grow(sharedCopy)
	}
	from := c.copy.Len()
	c.copy.Write(b)
	return c.copy.String()[from:]
}

func (c *texts[T]) place(v *vexec.Vec, n int) []T {
	c.sink.clear(v)
	return room(&c.buf, n)
}

func (c *texts[T]) store(v *vexec.Vec, n int, rows []int32, vals []T, _ func(int), fail failure) {
	each(n, rows, func(i int) {
		why := c.check(string(vals[i]))
		if why == "" {
			why = c.sink.put(v, i, []byte(vals[i]))
		}
		if why != "" {
			fail(i, why)
		}
	})
	c.sink.end(v)
}

// blobs is VARBINARY and JSON. A nil result is an empty value.
type blobs[T ~[]byte] struct {
	t     *ir.Type
	check func([]byte) string // nil: anything goes
	buf   []T
	sink  sink
}

func (c *blobs[T]) sqlType() *ir.Type { return c.t }
func (c *blobs[T]) takesNull() bool   { return false }

func (c *blobs[T]) read(v *vexec.Vec, n int, rows []int32, _ failure) []T {
	out := room(&c.buf, n)
	clear(out)
	each(n, rows, func(i int) { out[i] = append(T{}, v.Bytes(i)...) })
	return out
}

func (c *blobs[T]) place(v *vexec.Vec, n int) []T {
	c.sink.clear(v)
	return room(&c.buf, n)
}

func (c *blobs[T]) store(v *vexec.Vec, n int, rows []int32, vals []T, _ func(int), fail failure) {
	each(n, rows, func(i int) {
		why := ""
		if c.check != nil {
			why = c.check(vals[i])
		}
		if why == "" {
			why = c.sink.put(v, i, vals[i])
		}
		if why != "" {
			fail(i, why)
		}
	})
	c.sink.end(v)
}
