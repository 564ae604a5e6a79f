package console

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/text"
)

// table lays rows out in columns. The rows of the first block choose the widths;
// a later block may widen a column, never narrow it.
type table struct {
	schema *ir.Schema
	opt    Options
	widths []int
	rows   int
	text   []byte // the cells of the block, one behind the other
	ends   []int  // where each cell ends in text
	wide   []int  // each cell's display width
	headed bool   // the header has been shown
	raw    []byte
}

func newTable(s *ir.Schema, opt Options) *table {
	t := &table{schema: s, opt: opt, widths: make([]int, len(s.Cols))}
	for i, c := range s.Cols {
		t.widths[i] = displayWidth(appendVisible(nil, []byte(c.Name)))
		if opt.Types {
			t.widths[i] = max(t.widths[i], displayWidth([]byte(c.Type.String())))
		}
	}
	return t
}

// add puts the physical row r of b into the block.
func (t *table) add(b *vexec.Batch, r int) {
	for c := range b.Cols {
		from := len(t.text)
		t.text = t.appendCell(t.text, &b.Cols[c], r)
		w := displayWidth(t.text[from:])
		t.widths[c] = max(t.widths[c], w)
		t.ends = append(t.ends, len(t.text))
		t.wide = append(t.wide, w)
	}
	t.rows++
}

func (t *table) appendCell(dst []byte, v *vexec.Vec, i int) []byte {
	if v.Null(i) {
		return append(dst, "NULL"...)
	}
	f, j := v.At(i)
	switch f.Type.Kind {
	case ir.Varchar, ir.JSON:
		return appendVisible(dst, f.Bytes(j))
	case ir.Varbinary:
		return fmt.Appendf(dst, "x'%X'", f.Bytes(j))
	case ir.Row, ir.Array, ir.Map:
		t.raw = text.AppendJSON(t.raw[:0], f, j)
		return appendVisible(dst, t.raw)
	}
	return text.AppendScalar(dst, f, j)
}

// flush prints the block, and before the first one the header.
func (t *table) flush(dst []byte) []byte {
	if !t.headed {
		dst = t.appendHeader(dst)
	}
	from, cell := 0, 0
	for r := 0; r < t.rows; r++ {
		line := len(dst)
		for c := range t.widths {
			dst = t.appendPadded(dst, t.text[from:t.ends[cell]], c, t.wide[cell], alignRight(t.schema.Cols[c].Type))
			from = t.ends[cell]
			cell++
		}
		dst = t.endLine(dst, line)
	}
	t.rows, t.text, t.ends, t.wide = 0, t.text[:0], t.ends[:0], t.wide[:0]
	return dst
}

func (t *table) appendHeader(dst []byte) []byte {
	t.headed = true
	if t.opt.Title != "" {
		dst = append(appendVisible(dst, []byte(t.opt.Title)), '\n')
	}
	line := len(dst)
	for c, col := range t.schema.Cols {
		name := appendVisible(nil, []byte(col.Name))
		dst = t.appendPadded(dst, name, c, displayWidth(name), alignRight(col.Type))
	}
	dst = t.endLine(dst, line)
	if t.opt.Types {
		line = len(dst)
		for c, col := range t.schema.Cols {
			name := []byte(col.Type.String())
			dst = t.appendPadded(dst, name, c, displayWidth(name), alignRight(col.Type))
		}
		dst = t.endLine(dst, line)
	}
	line = len(dst)
	for c, w := range t.widths {
		if c > 0 {
			dst = append(dst, "-+-"...)
		}
		dst = append(dst, strings.Repeat("-", w)...)
	}
	return t.endLine(dst, line)
}

// appendPadded prints a cell of column c that is w wide.
func (t *table) appendPadded(dst, cell []byte, c, w int, right bool) []byte {
	if c > 0 {
		dst = append(dst, " | "...)
	}
	pad := t.widths[c] - w
	if right {
		dst = appendBlanks(dst, pad)
	}
	dst = append(dst, cell...)
	if !right {
		dst = appendBlanks(dst, pad)
	}
	return dst
}

func appendBlanks(dst []byte, n int) []byte {
	for ; n > 0; n-- {
		dst = append(dst, ' ')
	}
	return dst
}

// endLine ends the line that begins at from: without blanks at its end, and cut
// to the width of the terminal.
func (t *table) endLine(dst []byte, from int) []byte {
	for len(dst) > from && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	if t.opt.Width > 0 && displayWidth(dst[from:]) > t.opt.Width {
		dst = append(dst[:from+cut(dst[from:], t.opt.Width-1)], "…"...)
	}
	return append(dst, '\n')
}

// cut returns how many bytes of s fit into w display columns.
func cut(s []byte, w int) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRune(s[n:])
		if w -= runeWidth(r); w < 0 {
			break
		}
		n += size
	}
	return n
}
