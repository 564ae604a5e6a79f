package vexec

import "github.com/helios-stream/helios/ir"

// A row that is kept in one of many chunks of columns is named by a reference of 32 bits:
// the number of its chunk and its place there.
const (
	// ChunkBits is how many bits of a reference are the place in the chunk.
	ChunkBits = 13
	// ChunkRows is the most rows that a chunk has; any may have fewer.
	ChunkRows = 1 << ChunkBits
	// NoRow refers to no row: Gather gives NULLs for it.
	NoRow = ^uint32(0)
)

// Gatherer reads rows by their references. It is used by one goroutine; the chunks that it
// reads may be shared.
type Gatherer struct {
	marks [][]bufMark // by chunk and buffer
	call  uint32
	null  Vec // one NULL of a nested type
	rows  []int32
}

// bufMark is where a chunk's buffer stands in the column of a call.
type bufMark struct {
	call uint32
	at   int32
}

// Gather makes dst, which is Gather's own from call to call, the column col of the rows that
// refs name: Flat, and valid as long as the chunks are, whose text it points into. Columns of
// chunks are Flat, of the type t.
func (g *Gatherer) Gather(dst *Vec, t *ir.Type, chunks []*Batch, col int, refs []uint32) {
	valid := dst.Valid
	clear(dst.Bufs)
	if t.Kind.IsNested() {
		g.nested(dst, t, chunks, col, refs)
		return
	}
	dst.Reset(t, len(refs))
	nulls := false
	switch w := t.Kind.Width(); {
	case t.Kind == ir.Null:
		return
	case t.Kind == ir.Boolean:
		nulls = gatherBits(dst.Data, chunks, col, refs)
	case w == 1:
		nulls = gatherRefs(as[uint8](dst.Data), chunks, col, refs)
	case w == 2:
		nulls = gatherRefs(as[uint16](dst.Data), chunks, col, refs)
	case w == 4:
		nulls = gatherRefs(as[uint32](dst.Data), chunks, col, refs)
	case w == 8:
		nulls = gatherRefs(as[uint64](dst.Data), chunks, col, refs)
	default:
		nulls = gatherRefs(dst.Views(), chunks, col, refs)
	}
	if nulls {
		dst.Valid = GrowBytes(valid, (len(refs)+7)/8)
		gatherValid(dst.Valid, chunks, col, refs)
	}
	if t.Kind.IsText() {
		g.buffers(dst, chunks, col, refs)
	}
}

// gatherRefs reports whether there may be NULLs among the rows.
func gatherRefs[T any](out []T, chunks []*Batch, col int, refs []uint32) (nulls bool) {
	out = out[:len(refs)]
	for i, ref := range refs {
		if ref == NoRow {
			var zero T
			out[i], nulls = zero, true
			continue
		}
		v := &chunks[ref>>ChunkBits].Cols[col]
		out[i] = as[T](v.Data)[ref&(ChunkRows-1)]
		if v.Valid != nil {
			nulls = true
		}
	}
	return nulls
}

func gatherBits(out []byte, chunks []*Batch, col int, refs []uint32) (nulls bool) {
	for i, ref := range refs {
		if ref == NoRow {
			nulls = true
			continue
		}
		v := &chunks[ref>>ChunkBits].Cols[col]
		if Bit(v.Data, int(ref&(ChunkRows-1))) {
			SetBit(out, i)
		}
		if v.Valid != nil {
			nulls = true
		}
	}
	return nulls
}

func gatherValid(out []byte, chunks []*Batch, col int, refs []uint32) {
	clear(out)
	for i, ref := range refs {
		if ref == NoRow {
			continue
		}
		if v := &chunks[ref>>ChunkBits].Cols[col]; v.Valid == nil || Bit(v.Valid, int(ref&(ChunkRows-1))) {
			SetBit(out, i)
		}
	}
}

// buffers gives dst those buffers of the chunks that its views point into.
func (g *Gatherer) buffers(dst *Vec, chunks []*Batch, col int, refs []uint32) {
	g.call++
	if g.call == 0 { // marks of 2^32 calls ago are none of this
		g.marks, g.call = nil, 1
	}
	views := dst.Views()
	for i := range views {
		v := &views[i]
		if v.IsInline() {
			continue
		}
		if dst.Valid != nil && !Bit(dst.Valid, i) {
			*v = View{} // what stands at a NULL may be anything
			continue
		}
		chunk := int(refs[i] >> ChunkBits)
		m := g.mark(chunk, int(v.Buf()))
		if m.call != g.call {
			m.call, m.at = g.call, int32(len(dst.Bufs))
			dst.Bufs = append(dst.Bufs, chunks[chunk].Cols[col].Bufs[v.Buf()])
		}
		v.Hi = uint64(uint32(m.at)) | v.Hi>>32<<32
	}
}

func (g *Gatherer) mark(chunk, buf int) *bufMark {
	if chunk >= len(g.marks) {
		g.marks = append(g.marks, make([][]bufMark, chunk+1-len(g.marks))...)
	}
	list := g.marks[chunk]
	if buf >= len(list) {
		list = append(list, make([]bufMark, buf+1-len(list))...)
		g.marks[chunk] = list
	}
	return &list[buf]
}

// nested copies the rows, those of one chunk that follow one another together.
func (g *Gatherer) nested(dst *Vec, t *ir.Type, chunks []*Batch, col int, refs []uint32) {
	*dst = Vec{}
	dst.Reset(t, 0)
	for base := 0; base < len(refs); {
		ref := refs[base]
		n := 1
		if ref == NoRow {
			if g.null.Type != t {
				g.null = NullVec(t, 1)
			}
			appendVec(dst, base, &g.null, nil, 1)
			base++
			continue
		}
		g.rows = append(g.rows[:0], int32(ref&(ChunkRows-1)))
		for base+n < len(refs) && refs[base+n] != NoRow && refs[base+n]>>ChunkBits == ref>>ChunkBits {
			g.rows = append(g.rows, int32(refs[base+n]&(ChunkRows-1)))
			n++
		}
		appendVec(dst, base, &chunks[ref>>ChunkBits].Cols[col], g.rows, n)
		base += n
	}
}

// NullVec is n NULLs of a type, whose parts are all there.
func NullVec(t *ir.Type, n int) Vec {
	v := NewVec(t, n)
	for i := range n {
		v.SetNull(i, n)
	}
	switch t.Kind {
	case ir.Row:
		for k, f := range t.Fields {
			v.Kids[k] = NullVec(f.Type, n)
		}
	case ir.Array:
		v.Kids = []Vec{NewVec(t.Elem, 0)}
	case ir.Map:
		v.Kids = []Vec{NewVec(t.Key, 0), NewVec(t.Elem, 0)}
	}
	return v
}

// ConstNull is a constant NULL of a type, whose parts are all there.
func ConstNull(t *ir.Type) Vec {
	v := NullVec(t, 1)
	v.Enc = Const
	return v
}
