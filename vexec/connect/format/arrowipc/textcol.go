package arrowipc

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// textPlan reads text and bytes as views into the file's own bytes.
func textPlan(f *field) valuesFunc {
	switch f.id {
	case typeUtf8View, typeBinaryView:
		return viewsOfViews
	case typeFixedBinary:
		return viewsOfFixed
	}
	return viewsOfOffsets
}

// textViews makes views into bytes that may be longer than the places in views reach:
// the last of bufs begins at base.
type textViews struct {
	bufs [][]byte
	base int64
}

// view makes the view of b[at:at+n].
func (t *textViews) view(b []byte, at, n int64) kernels.View {
	if n <= kernels.InlineLen {
		return kernels.InlineView(b[at : at+n])
	}
	if len(t.bufs) == 0 || at < t.base || at-t.base > math.MaxInt32-n {
		t.bufs, t.base = append(t.bufs, b[at:]), at // offsets in views have 31 bits
	}
	return kernels.MakeView(b[at:at+n], int32(len(t.bufs)-1), int32(at-t.base))
}

// maxText is the longest text that is read.
const maxText = math.MaxInt32 / 2

func viewsOfOffsets(c *conv, x *slice, a *array, from, n int) error {
	c.fresh(n)
	out, bytes := c.out.Views()[:n], a.more
	at := c.offsets(a, from, n)
	whole, err := c.sane(at, int64(len(bytes)))
	if err != nil {
		return err
	}
	t := textViews{bufs: c.bufs[:0]}
	text := isText(c.f) && c.want.Kind != ir.Varbinary && n > 0 && utf8.Valid(bytes[at[0]:at[n]])
	for i := range out {
		o, e := at[i], at[i+1]
		if !whole && (e-o > maxText) {
			return c.tooLong()
		}
		if a.null(from + i) {
			out[i] = kernels.View{}
			continue
		}
		out[i] = t.view(bytes, o, e-o)
		// All of the bytes together are UTF-8: so is a part that begins with a character, and the next does.
		if !text || o < e && !utf8.RuneStart(bytes[o]) || e < at[n] && !utf8.RuneStart(bytes[e]) || c.want.Kind == ir.JSON {
			c.check(x, a, from, i, bytes[o:e])
		}
	}
	c.bufs = t.bufs
	c.out.Bufs = t.bufs
	return nil
}

// sane reports whether offsets increase and end within size bytes, and all of what
// they enclose is no longer than a text may be.
func (c *conv) sane(at []int64, size int64) (short bool, err error) {
	n := len(at) - 1
	if at[0] < 0 || at[n] > size {
		return false, fmt.Errorf("column %s: %w", c.f.path, errBatch)
	}
	for i := range n {
		if at[i] > at[i+1] {
			return false, fmt.Errorf("column %s: %w", c.f.path, errBatch)
		}
	}
	return at[n]-at[0] <= maxText, nil
}

func (c *conv) tooLong() error {
	return fmt.Errorf("column %s: a text is longer than %d bytes, the most that is read", c.f.path, maxText)
}

// offsets are the n+1 offsets of rows from on.
func (c *conv) offsets(a *array, from, n int) []int64 {
	if cap(c.at) < n+1 {
		c.at = make([]int64, n+1)
	}
	out := c.at[:n+1]
	if a.n == 0 {
		clear(out)
		return out // an empty array may have no offsets
	}
	if a.f.stored() == 64 {
		for i := range out {
			out[i] = int64(binary.LittleEndian.Uint64(a.data[8*(from+i):]))
		}
		return out
	}
	for i := range out {
		out[i] = int64(int32(binary.LittleEndian.Uint32(a.data[4*(from+i):])))
	}
	return out
}

func isText(f *field) bool { return f.natural.Kind == ir.Varchar }

// check looks at a value whose type promises more than bytes.
func (c *conv) check(x *slice, a *array, from, i int, s []byte) {
	switch {
	case c.want.Kind == ir.Varbinary:
	case !utf8.Valid(s):
		c.report(x, a, from, i, cut(s), "column %s: the bytes are not UTF-8 text", c.f.path)
	case c.want.Kind == ir.JSON && !json.Valid(s):
		c.report(x, a, from, i, cut(s), "column %s: the text is not JSON", c.f.path)
	}
}

func cut(s []byte) string { return string(s[:min(len(s), vexec.MaxBadRaw)]) }

// viewsOfFixed reads bytes of one length.
func viewsOfFixed(c *conv, x *slice, a *array, from, n int) error {
	c.fresh(n)
	out, w := c.out.Views()[:n], int64(c.f.bits)
	t := textViews{bufs: c.bufs[:0]}
	for i := range out {
		at := int64(from+i) * w
		out[i] = t.view(a.data, at, w)
		c.check(x, a, from, i, a.data[at:at+w])
	}
	c.bufs = t.bufs
	c.out.Bufs = t.bufs
	return nil
}

// viewsOfViews takes views as they are, once they have been held against the buffers.
func viewsOfViews(c *conv, x *slice, a *array, from, n int) error {
	c.fresh(n)
	out := c.out.Views()[:n]
	for i := range out {
		if a.null(from + i) {
			out[i] = kernels.View{}
			continue
		}
		raw := a.data[16*(from+i):][:16]
		size := int64(int32(binary.LittleEndian.Uint32(raw)))
		if size >= 0 && size <= kernels.InlineLen {
			out[i] = kernels.InlineView(raw[4 : 4+size])
			c.check(x, a, from, i, raw[4:4+size])
			continue
		}
		buf, at := int64(int32(binary.LittleEndian.Uint32(raw[8:]))), int64(int32(binary.LittleEndian.Uint32(raw[12:])))
		if size < 0 || buf < 0 || buf >= int64(len(a.views)) || at < 0 || at > int64(len(a.views[buf]))-size {
			return fmt.Errorf("column %s: %w", c.f.path, errBatch)
		}
		s := a.views[buf][at : at+size]
		out[i] = kernels.MakeView(s, int32(buf), int32(at))
		c.check(x, a, from, i, s)
	}
	c.out.Bufs = a.views
	return nil
}
