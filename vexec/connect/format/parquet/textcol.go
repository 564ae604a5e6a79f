package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// textForm is how out holds text: as codes while all pages of the batch have
// dictionary codes, else as views.
type textForm uint8

const (
	undecided textForm = iota
	codes
	views
)

// textOut builds a text column.
type textOut struct {
	form    textForm
	codeMem []byte
	viewMem []byte
	bufs    [][]byte
	dictBuf int   // position of the dictionary's bytes in bufs; -1: not there
	bufAt   int32 // position of the page's bytes in bufs
}

// part decodes n values of the page into out from row at on, of rows.
func (t *textOut) part(c *column, at, n, rows int) error {
	coded := c.page.vals.coded()
	if coded && t.form != views && !c.flat {
		t.begin(c, codes, rows)
		return c.codesInto(at, c.out.Codes()[at:at+n])
	}
	t.toViews(c, at, rows)
	if coded {
		return t.lookUp(c, at, n)
	}
	t.bufAt = int32(len(t.bufs))
	return c.plan.decode(c, &c.out, at, n)
}

// begin makes out a column of the form.
func (t *textOut) begin(c *column, form textForm, rows int) {
	if t.form != undecided {
		return
	}
	t.form, t.bufs, t.dictBuf = form, t.bufs[:0], -1
	valid := c.out.Valid
	c.out = vexec.Vec{Type: c.plan.want, Valid: valid}
	if form == codes {
		t.codeMem = vexec.GrowBytes(t.codeMem, 4*rows)
		c.out.Enc, c.out.Data, c.out.Dict = vexec.Dict, t.codeMem, &c.dict.vec
		if c.sparse {
			clear(t.codeMem)
		}
		return
	}
	t.viewMem = vexec.GrowBytes(t.viewMem, 16*rows)
	if c.sparse {
		clear(t.viewMem)
	}
	c.out.Data = t.viewMem
}

// toViews makes out a column of views; the rows before at may be codes.
func (t *textOut) toViews(c *column, at, rows int) {
	if t.form == views {
		return
	}
	before := c.out.Codes()
	wasCodes := t.form == codes
	t.form = undecided
	t.begin(c, views, rows)
	if !wasCodes {
		return
	}
	t.addDict(c)
	out, dict := c.out.Views(), c.dict.vec.Views()
	for i := 0; i < at; i++ {
		out[i] = t.fromDict(dict[before[i]])
	}
}

func (t *textOut) addDict(c *column) {
	if t.dictBuf < 0 {
		t.dictBuf = len(t.bufs)
		t.bufs = append(t.bufs, c.dict.vec.Bufs[0])
	}
}

// fromDict makes a view of the dictionary one of out.
func (t *textOut) fromDict(v vexec.View) vexec.View {
	if !v.IsInline() {
		v.Hi = v.Hi&^0xFFFFFFFF | uint64(t.dictBuf)
	}
	return v
}

func (t *textOut) lookUp(c *column, at, n int) error {
	from, err := c.codes(at, n)
	if err != nil {
		return err
	}
	t.addDict(c)
	out, dict := c.out.Views()[at:at+n], c.dict.vec.Views()
	for i, code := range from {
		out[i] = t.fromDict(dict[code])
	}
	return nil
}

func (t *textOut) finish(c *column, rows int) {
	if t.form == undecided {
		t.begin(c, views, rows)
	}
	if t.form == views {
		c.out.Bufs = t.bufs
	}
}

// decodeText makes views of the next n values of the page. The bytes stay where
// they are: in the page, or in the dictionary.
func decodeText(c *column, dst *vexec.Vec, at, n int) error {
	buf, err := c.page.vals.texts(dst.Views()[at:at+n], c.text.bufAt)
	c.text.bufs = append(c.text.bufs, buf)
	return err
}

// shortView is kernels.InlineView of the first size of the 12 bytes s.
func shortView(s []byte, size uint32) vexec.View {
	lo, hi := uint64(binary.LittleEndian.Uint32(s)), binary.LittleEndian.Uint64(s[4:])
	if size < 4 {
		return vexec.View{Lo: uint64(size) | lo&(1<<(8*size)-1)<<32}
	}
	return vexec.View{Lo: uint64(size) | lo<<32, Hi: hi & (1<<(8*(size-4)) - 1)}
}

// checked decodes text and looks at each value: what the file does not promise
// (bytes read as VARCHAR, text read as JSON) must hold.
func checked(want *ir.Type) decodeFunc {
	return func(c *column, dst *vexec.Vec, at, n int) error {
		if err := decodeText(c, dst, at, n); err != nil {
			return err
		}
		for i := at; i < at+n; i++ {
			s := kernels.Bytes(&dst.Views()[i], c.text.bufs)
			switch {
			case want.Kind == ir.JSON && !json.Valid(s):
				c.addBad(i, cut(s), "column %s: the text is not JSON", c.plan.leaf.name)
			case want.Kind == ir.Varchar && !utf8.Valid(s):
				c.addBad(i, cut(s), "column %s: the bytes are not UTF-8 text", c.plan.leaf.name)
			}
		}
		return nil
	}
}

func cut(s []byte) string { return string(s[:min(len(s), vexec.MaxBadRaw)]) }

// decodeUUID prints 16 bytes as 8-4-4-4-12 digits.
func decodeUUID(c *column, dst *vexec.Vec, at, n int) error {
	raw, err := c.page.vals.fixedBytes(n)
	if err != nil {
		return err
	}
	// What earlier parts of this batch printed must not move, so each part has its memory.
	mem := make([]byte, 0, 36*n)
	for i := range n {
		o := len(mem)
		mem = appendUUID(mem, raw[i*16:(i+1)*16])
		dst.Views()[at+i] = kernels.MakeView(mem[o:], c.text.bufAt, int32(o))
	}
	c.text.bufs = append(c.text.bufs, mem)
	return nil
}

func appendUUID(dst, u []byte) []byte {
	for j, b := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if j > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, b)
	}
	return dst
}
