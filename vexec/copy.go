package vexec

import "github.com/helios-stream/helios/ir"

// Compact makes dst an owned copy of src's live rows: no selection, all columns
// Flat, no memory shared with src. dst's memory is reused but for strings longer
// than a view holds. Late marks of live rows, kinds and ordinals come along.
func Compact(dst, src *Batch) {
	dst.Reset(src.Schema)
	dst.Part = src.Part
	AppendRows(dst, src, src.Sel)
}

// AppendRows appends copies of the given physical rows of src to dst, which must
// be empty or made by Compact and AppendRows. rows is strictly increasing; nil is
// all of src.Rows. The part becomes -1 where dst had rows of another one.
func AppendRows(dst, src *Batch, rows []int32) {
	n := src.Rows
	if rows != nil {
		n = len(rows)
	}
	if n == 0 {
		return
	}
	if dst.Rows == 0 {
		dst.Part = src.Part
	} else if dst.Part != src.Part {
		dst.Part = -1
	}
	for c := range src.Cols {
		appendVec(&dst.Cols[c], dst.Rows, &src.Cols[c], rows, n)
	}
	appendKinds(dst, src, rows, n)
	appendOrds(dst, src, rows, n)
	appendMarks(dst, src, rows)
	dst.Rows += n
}

func appendKinds(dst, src *Batch, rows []int32, n int) {
	if src.Kind == nil && dst.Kind == nil {
		return
	}
	if dst.Kind == nil {
		dst.Kind = make([]RowKind, dst.Rows, dst.Rows+n)
	}
	for i := range n {
		dst.Kind = append(dst.Kind, src.KindOf(pick(rows, i)))
	}
}

// appendOrds copies ordinals; rows without one come first.
func appendOrds(dst, src *Batch, rows []int32, n int) {
	if src.Ord == nil && dst.Ord == nil {
		return
	}
	for len(dst.Ord) < dst.Rows {
		dst.Ord = append(dst.Ord, 0)
	}
	for i := range n {
		ord := uint64(0)
		if src.Ord != nil {
			ord = src.Ord[pick(rows, i)]
		}
		dst.Ord = append(dst.Ord, ord)
	}
}

// appendMarks keeps the marks of the rows that are copied, at their new places.
func appendMarks(dst, src *Batch, rows []int32) {
	if rows == nil {
		for _, m := range src.Late {
			dst.Late = append(dst.Late, LateMark{Row: m.Row + int32(dst.Rows), WM: m.WM})
		}
		return
	}
	i := 0
	for _, m := range src.Late {
		for i < len(rows) && rows[i] < m.Row {
			i++
		}
		if i < len(rows) && rows[i] == m.Row {
			dst.Late = append(dst.Late, LateMark{Row: int32(dst.Rows + i), WM: m.WM})
		}
	}
}

func pick(rows []int32, i int) int {
	if rows != nil {
		return int(rows[i])
	}
	return i
}

// appendVec appends n rows of src to dst, which has base rows and is Flat.
func appendVec(dst *Vec, base int, src *Vec, rows []int32, n int) {
	if base == 0 {
		*dst = Vec{Type: src.Type, Data: dst.Data[:0], Offs: dst.Offs[:0], Kids: dst.Kids[:0]}
	}
	appendValid(dst, base, src, rows, n)
	switch k := src.Type.Kind; {
	case k == ir.Null:
	case k == ir.Boolean:
		appendBits(dst, base, src, rows, n)
	case k.IsText():
		appendViews(dst, base, src, rows, n)
	case k == ir.Row:
		appendRow(dst, base, src, rows, n)
	case k == ir.Array || k == ir.Map:
		appendList(dst, base, src, rows, n)
	default:
		appendFixed(dst, base, src, rows, n)
	}
}

func appendValid(dst *Vec, base int, src *Vec, rows []int32, n int) {
	noNulls := !src.MayBeNull()
	if noNulls && dst.Valid == nil {
		return
	}
	size := (base + n + 7) / 8
	if dst.Valid == nil {
		dst.Valid = make([]byte, (base+7)/8, size)
		for i := range dst.Valid {
			dst.Valid[i] = 0xFF
		}
	}
	for len(dst.Valid) < size {
		dst.Valid = append(dst.Valid, 0)
	}
	for i := range n {
		if noNulls || !src.Null(pick(rows, i)) {
			SetBit(dst.Valid, base+i)
		} else {
			ClearBit(dst.Valid, base+i)
		}
	}
}

func appendBits(dst *Vec, base int, src *Vec, rows []int32, n int) {
	for size := (base + n + 7) / 8; len(dst.Data) < size; {
		dst.Data = append(dst.Data, 0)
	}
	for i := range n {
		if r := pick(rows, i); !src.Null(r) && src.Bool(r) {
			SetBit(dst.Data, base+i)
		} else {
			ClearBit(dst.Data, base+i)
		}
	}
}

// extend makes room for n more values of the given width behind base values.
func extend(data []byte, base, n, width int) []byte {
	need := (base + n) * width
	if cap(data) >= need {
		return data[:need]
	}
	bigger := AlignedBytes(max(need, 2*cap(data)))[:need]
	copy(bigger, data[:base*width])
	return bigger
}

func appendFixed(dst *Vec, base int, src *Vec, rows []int32, n int) {
	w := src.Type.Kind.Width()
	dst.Data = extend(dst.Data, base, n, w)
	out := dst.Data[base*w:]
	switch w {
	case 1:
		gather(as[uint8](out), src, rows, n)
	case 2:
		gather(as[uint16](out), src, rows, n)
	case 4:
		gather(as[uint32](out), src, rows, n)
	case 8:
		gather(as[uint64](out), src, rows, n)
	case 16:
		gather(as[View](out), src, rows, n)
	}
}

// gather reads the rows of src, in any encoding, as elements of T.
func gather[T any](out []T, src *Vec, rows []int32, n int) {
	switch {
	case src.Enc == Const:
		v := as[T](src.Data)[0]
		for i := range out {
			out[i] = v
		}
	case src.Enc == Dict:
		in, codes := as[T](src.Dict.Data), src.Codes()
		for i := range n {
			if r := pick(rows, i); !src.Null(r) {
				out[i] = in[codes[r]]
			} else {
				var zero T
				out[i] = zero
			}
		}
	case rows == nil:
		copy(out, as[T](src.Data)[:n])
	default:
		in := as[T](src.Data)
		for i, r := range rows {
			out[i] = in[r]
		}
	}
}

// appendViews copies views, and the bytes of those that are not inline.
func appendViews(dst *Vec, base int, src *Vec, rows []int32, n int) {
	dst.Data = extend(dst.Data, base, n, 16)
	out := as[View](dst.Data[base*16:])
	gather(out, src, rows, n)
	from := src
	if src.Enc == Dict {
		from = src.Dict
	}
	long := 0
	if src.MayBeNull() {
		for i := range out { // what stands at a NULL may be anything
			if src.Null(pick(rows, i)) {
				out[i] = View{}
			}
		}
	}
	for i := range out {
		if !out[i].IsInline() {
			long += out[i].Len()
		}
	}
	if long == 0 {
		return
	}
	buf := len(dst.Bufs) - 1
	if buf < 0 || cap(dst.Bufs[buf])-len(dst.Bufs[buf]) < long {
		dst.Bufs = append(dst.Bufs, make([]byte, 0, bufSize(base, long)))
		buf++
	}
	arena := dst.Bufs[buf]
	for i := range out {
		if v := &out[i]; !v.IsInline() {
			off, ln := int(v.Off()), v.Len()
			at := len(arena)
			arena = append(arena, from.Bufs[v.Buf()][off:off+ln]...)
			*v = View{Lo: v.Lo, Hi: uint64(uint32(buf)) | uint64(uint32(at))<<32}
		}
	}
	dst.Bufs[buf] = arena
}

// bufSize is the size of a new string buffer: just what is needed for a first
// copy, with room to grow where rows are appended again and again.
func bufSize(base, need int) int {
	if base == 0 {
		return need
	}
	return max(need, 32<<10)
}

func appendRow(dst *Vec, base int, src *Vec, rows []int32, n int) {
	flat, at := flatRows(src, rows, n)
	dst.Kids = growKids(dst.Kids, len(src.Type.Fields))
	for k := range dst.Kids {
		appendVec(&dst.Kids[k], base, &flat.Kids[k], at, n)
	}
}

func appendList(dst *Vec, base int, src *Vec, rows []int32, n int) {
	flat, at := flatRows(src, rows, n)
	if base == 0 {
		dst.Offs = append(dst.Offs[:0], 0)
	}
	kids := int(dst.Offs[base])
	var elems []int32
	for i := range n {
		r := pick(at, i)
		if !src.Null(pick(rows, i)) {
			for e := flat.Offs[r]; e < flat.Offs[r+1]; e++ {
				elems = append(elems, e)
			}
		}
		dst.Offs = append(dst.Offs, int32(kids+len(elems)))
	}
	dst.Kids = growKids(dst.Kids, len(flat.Kids))
	for k := range dst.Kids {
		if kids == 0 && len(elems) == 0 {
			dst.Kids[k].Reset(flat.Kids[k].Type, 0)
			continue
		}
		appendElems(&dst.Kids[k], kids, &flat.Kids[k], elems)
	}
}

func appendElems(dst *Vec, base int, src *Vec, elems []int32) {
	if len(elems) > 0 {
		appendVec(dst, base, src, elems, len(elems))
	}
}

// flatRows resolves the encoding of a nested column: the flat vector, and the
// position in it of each wanted row.
func flatRows(src *Vec, rows []int32, n int) (*Vec, []int32) {
	if src.Enc == Flat {
		return src, rows
	}
	at := make([]int32, n)
	flat := src
	for i := range n {
		r := pick(rows, i)
		if src.Null(r) {
			continue
		}
		var j int
		flat, j = src.At(r)
		at[i] = int32(j)
	}
	if src.Enc == Dict {
		flat = src.Dict
	}
	return flat, at
}

// MemSize is the bytes that b's columns take, an estimate for queues and budgets.
func (b *Batch) MemSize() int64 {
	return int64(len(b.Sel))*4 + int64(len(b.Late))*16 + int64(len(b.Ord))*8 + int64(len(b.Kind)) + b.columnBytes(false)
}

// columnBytes is the bytes that the columns take, or with room what they have memory for.
func (b *Batch) columnBytes(room bool) (n int64) {
	for c := range b.Cols {
		n += b.Cols[c].bytes(room)
	}
	return n
}

func (v *Vec) bytes(room bool) int64 {
	n := int64(len(v.Data) + len(v.Valid) + 4*len(v.Offs))
	if room {
		n = int64(cap(v.Data) + cap(v.Valid) + 4*cap(v.Offs))
	}
	for _, buf := range v.Bufs {
		if room {
			buf = buf[:cap(buf)]
		}
		n += int64(len(buf))
	}
	for k := range v.Kids {
		n += v.Kids[k].bytes(room)
	}
	if v.Dict != nil {
		n += v.Dict.bytes(room)
	}
	return n
}
