package parquet

import (
	"encoding/binary"
	"slices"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// rowGroup holds the rows of one row group until they are encoded. Filling it is
// copying: what costs time is left to whoever encodes it.
type rowGroup struct {
	cols []chunk     // of the leaves
	tops []*shredder // of the columns; nil: a leaf
	rows int
	at   []int32 // positions of values, see places; never nil
}

func isNestedType(t *ir.Type) bool { return t.Kind == ir.Row || t.Kind == ir.Array || t.Kind == ir.Map }

func newRowGroup(s *ir.Schema) *rowGroup {
	g := &rowGroup{at: make([]int32, 0, stepRows)}
	for _, c := range s.Cols {
		if isNestedType(c.Type) {
			g.tops = append(g.tops, g.newShredder(c.Type, 0, 0, true))
			continue
		}
		g.tops = append(g.tops, nil)
		g.cols = append(g.cols, chunk{typ: c.Type, maxDef: 1})
	}
	return g
}

func (g *rowGroup) reset() {
	g.rows = 0
	for i := range g.cols {
		g.cols[i].reset()
	}
}

// add copies the live rows [from, from+n) of b and ends pages that are full.
func (g *rowGroup) add(b *vexec.Batch, from, n int) {
	leaf := 0
	for i, top := range g.tops {
		v := &b.Cols[i]
		if top != nil {
			top.add(g, v, b, from, n)
			leaf = top.last
			continue
		}
		c := &g.cols[leaf]
		f, at := g.places(c, v, b, from, n)
		c.add(v, f, at, from, n)
		leaf++
	}
	g.rows += n
	for i := range g.cols {
		g.cols[i].endPage(g.rows, false)
	}
}

// size is the bytes that the rows take.
func (g *rowGroup) size() int64 {
	n := 0
	for i := range g.cols {
		n += g.cols[i].size()
	}
	return int64(n)
}

// places returns where in the Flat vector f the values of the live rows stand;
// nil: at from and on. Rows that are NULL have none and are noted in c.
func (g *rowGroup) places(c *chunk, v *vexec.Vec, b *vexec.Batch, from, n int) (f *vexec.Vec, at []int32) {
	f = v
	if v.Enc == vexec.Dict {
		f = v.Dict
	}
	if v.Enc == vexec.Flat && v.Valid == nil && v.Type.Kind != ir.Null {
		c.addValid(g.rows, n)
		if b.Sel == nil {
			return f, nil
		}
		return f, b.Sel[from : from+n]
	}
	g.at = g.at[:0]
	if v.Enc == vexec.Dict && v.Valid == nil && f.Valid == nil {
		c.addValid(g.rows, n)
		codes := v.Codes()
		for i := range n {
			g.at = append(g.at, codes[b.Row(from+i)])
		}
		return f, g.at
	}
	for i := range n {
		r := b.Row(from + i)
		if v.Null(r) {
			c.addNull(g.rows + i)
			continue
		}
		c.addValid(g.rows+i, 1)
		_, j := v.At(r)
		g.at = append(g.at, int32(j))
	}
	return f, g.at
}

// chunk is one column of a row group: the values that are not NULL, in the one of
// its slices that fits the type, and where its pages end.
type chunk struct {
	typ   *ir.Type
	w4    []int32 // TINYINT to INTEGER, DATE, DECIMAL to 9 digits; the bits of REAL
	w8    []int64 // BIGINT, times, DECIMAL to 18 digits; the bits of DOUBLE
	fixed []byte  // DECIMAL of more digits: 16 bytes each, the highest first
	bools []byte  // 0 or 1
	text  textChunk

	nested         bool
	maxDef, maxRep uint8
	reps, defs     []byte // levels, of a nested one

	valid []byte // a bit per row; nil: there is no NULL
	nulls int
	pages []pageEnd
}

// pageEnd is where a page ends in the chunk's rows, values and PLAIN text.
type pageEnd struct {
	row, val, plain int
	entry           int  // values and NULLs: of a nested column more or fewer than rows
	dict            bool // the page's values are codes
}

func (c *chunk) reset() {
	c.w4, c.w8, c.fixed, c.bools = c.w4[:0], c.w8[:0], c.fixed[:0], c.bools[:0]
	c.text.reset()
	c.valid, c.nulls, c.pages = nil, 0, c.pages[:0]
	c.reps, c.defs = c.reps[:0], c.defs[:0]
}

func (c *chunk) size() int {
	return 4*len(c.w4) + 8*len(c.w8) + len(c.fixed) + len(c.bools) + len(c.valid) + len(c.reps) + len(c.defs) + c.text.size()
}

// vals is the number of values.
func (c *chunk) vals() int {
	switch stored(c.typ) {
	case asInt32, asFloat:
		return len(c.w4)
	case asInt64, asDouble:
		return len(c.w8)
	case asFixed:
		return len(c.fixed) / 16
	case asBool:
		return len(c.bools)
	}
	return c.text.vals
}

// entries is the number of values and NULLs in so many rows.
func (c *chunk) entries(rows int) int {
	if c.nested {
		return len(c.defs)
	}
	return rows
}

// addValid notes n rows from row on that have values, addNull one that has none.
func (c *chunk) addValid(row, n int) {
	if c.valid == nil {
		return
	}
	c.growValid(row + n)
	for i := range n {
		vexec.SetBit(c.valid, row+i)
	}
}

func (c *chunk) addNull(row int) {
	if c.valid == nil {
		c.growValid(row)
		for i := range row {
			vexec.SetBit(c.valid, i)
		}
	}
	c.growValid(row + 1)
	c.nulls++
}

func (c *chunk) growValid(rows int) {
	for len(c.valid) < (rows+7)/8 {
		c.valid = append(c.valid, 0)
	}
}

// add appends values of f, which is v or its dictionary.
func (c *chunk) add(v, f *vexec.Vec, at []int32, from, n int) {
	if at != nil {
		n = len(at)
	}
	if n == 0 {
		return
	}
	switch c.typ.Kind {
	case ir.Boolean:
		c.bools = convert(c.bools, f, at, from, n, func(f *vexec.Vec, j int) byte { return f.Data[j>>3] >> (j & 7) & 1 })
	case ir.TinyInt:
		c.w4 = convert(c.w4, f, at, from, n, func(f *vexec.Vec, j int) int32 { return int32(f.Int8s()[j]) })
	case ir.SmallInt:
		c.w4 = convert(c.w4, f, at, from, n, func(f *vexec.Vec, j int) int32 { return int32(f.Int16s()[j]) })
	case ir.Integer, ir.Date, ir.Real:
		c.w4 = take(c.w4, f.Int32s(), at, from, n)
	case ir.Decimal:
		c.addDecimals(f, at, from, n)
	case ir.Varchar, ir.Varbinary, ir.JSON:
		c.text.add(v, f, at, from, n)
	default:
		c.w8 = take(c.w8, f.Int64s(), at, from, n)
	}
}

func (c *chunk) addDecimals(f *vexec.Vec, at []int32, from, n int) {
	switch stored(c.typ) {
	case asInt32:
		c.w4 = convert(c.w4, f, at, from, n, func(f *vexec.Vec, j int) int32 { return int32(f.Decs()[j].Lo) })
		return
	case asInt64:
		c.w8 = convert(c.w8, f, at, from, n, func(f *vexec.Vec, j int) int64 { return int64(f.Decs()[j].Lo) })
		return
	}
	for i := range n {
		d := f.Decs()[place(at, from, i)]
		c.fixed = binary.BigEndian.AppendUint64(c.fixed, uint64(d.Hi))
		c.fixed = binary.BigEndian.AppendUint64(c.fixed, d.Lo)
	}
}

func place(at []int32, from, i int) int {
	if at != nil {
		return int(at[i])
	}
	return from + i
}

// take appends the values of src that stand at at.
func take[T any](dst, src []T, at []int32, from, n int) []T {
	if at == nil {
		return append(dst, src[from:from+n]...)
	}
	dst = slices.Grow(dst, n)[:len(dst)+n]
	gather(dst[len(dst)-n:], src, at)
	return dst
}

func convert[T any](dst []T, f *vexec.Vec, at []int32, from, n int, value func(f *vexec.Vec, j int) T) []T {
	for i := range n {
		dst = append(dst, value(f, place(at, from, i)))
	}
	return dst
}

// endPage ends the page where it is full or no more rows come. But for the last
// one, pages end at multiples of eight rows, so that bytes of valid do not straddle them.
func (c *chunk) endPage(rows int, last bool) {
	var begin pageEnd
	if k := len(c.pages); k > 0 {
		begin = c.pages[k-1]
	}
	if rows == begin.row || !last && rows%8 != 0 {
		return
	}
	off := c.text.endDict()
	full := max(rows-begin.row, c.entries(rows)-begin.entry) >= pageRows
	if last || off || full || len(c.text.plain)-begin.plain >= pageBytes {
		c.pages = append(c.pages, pageEnd{row: rows, entry: c.entries(rows), val: c.vals(), plain: len(c.text.plain), dict: c.text.coded(begin.val)})
	}
}
