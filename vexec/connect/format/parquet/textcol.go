package parquet

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	dictBuf int    // position of the dictionary's bytes in bufs; -1: not there
	bufAt   int32  // position of the page's bytes in bufs
	uuids   []byte // text of the last UUID values
}

// part decodes n values of the page into out from row at on, of rows.
func (t *textOut) part(c *column, at, n, rows int) error {
	if c.codes != nil && t.form != views {
		t.begin(c, codes, rows)
		return t.copyCodes(c, at, c.codes[c.vpos:c.vpos+n])
	}
	t.toViews(c, at, rows)
	if c.codes != nil {
		return t.lookUp(c, at, c.codes[c.vpos:c.vpos+n])
	}
	data, _ := c.vals.Data()
	t.bufAt = int32(len(t.bufs))
	t.bufs = append(t.bufs, data)
	return c.plan.decode(c, &c.out, at, c.vpos, n)
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
		return
	}
	t.viewMem = vexec.GrowBytes(t.viewMem, 16*rows)
	c.out.Data = t.viewMem
}

// copyCodes takes codes over after a look at each: a code beyond the dictionary
// would harm whoever reads the batch.
func (t *textOut) copyCodes(c *column, at int, from []int32) error {
	out := c.out.Codes()[at : at+len(from)]
	most := uint32(0)
	for i, code := range from {
		out[i] = code
		most = max(most, uint32(code))
	}
	if len(from) > 0 && most >= uint32(c.dict.n) {
		return fmt.Errorf("the file is damaged: code %d in a dictionary of %d values", int32(most), c.dict.n)
	}
	c.dict.addBad(c, at, from)
	return nil
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

func (t *textOut) lookUp(c *column, at int, from []int32) error {
	t.addDict(c)
	out, dict := c.out.Views()[at:at+len(from)], c.dict.vec.Views()[:c.dict.n]
	for i, code := range from {
		out[i] = t.fromDict(dict[code])
	}
	c.dict.addBad(c, at, from)
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

// decodeText makes views of n values of the page from value from on. The bytes
// stay where they are: in the page, or in the dictionary.
func decodeText(c *column, dst *vexec.Vec, at, from, n int) error {
	out := dst.Views()[at : at+n]
	data, offs := c.vals.Data()
	if l := c.plan.leaf.length; l > 0 {
		for i := range out {
			o := (from + i) * l
			out[i] = kernels.MakeView(data[o:o+l], c.text.bufAt, int32(o))
		}
		return nil
	}
	offs = offs[from : from+n+1]
	for i := range out {
		o, e := offs[i], offs[i+1]
		if size := e - o; size <= kernels.InlineLen && int(o)+12 <= len(data) && e >= o {
			out[i] = shortView(data[o:o+12:o+12], size)
			continue
		}
		out[i] = kernels.MakeView(data[o:e], c.text.bufAt, int32(o))
	}
	return nil
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
	return func(c *column, dst *vexec.Vec, at, from, n int) error {
		if err := decodeText(c, dst, at, from, n); err != nil {
			return err
		}
		for i := at; i < at+n; i++ {
			v := &dst.Views()[i]
			s := textAt(c, v)
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

func textAt(c *column, v *vexec.View) []byte {
	if v.IsInline() {
		return kernels.Bytes(v, nil)
	}
	data, _ := c.vals.Data()
	return data[v.Off() : int(v.Off())+v.Len()]
}

func cut(s []byte) string { return string(s[:min(len(s), vexec.MaxBadRaw)]) }

// decodeUUID prints 16 bytes as 8-4-4-4-12 digits.
func decodeUUID(c *column, dst *vexec.Vec, at, from, n int) error {
	t := &c.text
	data, _ := c.vals.Data()
	// What earlier parts of this batch printed must not move, so each part has its memory.
	mem := make([]byte, 0, 36*n)
	for i := 0; i < n; i++ {
		u := data[(from+i)*16 : (from+i+1)*16]
		o := len(mem)
		for j, b := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
			if j > 0 {
				mem = append(mem, '-')
			}
			mem = hex.AppendEncode(mem, b)
		}
		dst.Views()[at+i] = kernels.MakeView(mem[o:], t.bufAt, int32(o))
	}
	t.uuids = mem
	if int(t.bufAt) < len(t.bufs) {
		t.bufs[t.bufAt] = mem
	}
	return nil
}
