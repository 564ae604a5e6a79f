package arrowx

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Record returns b's live rows as an Arrow record. Where b is compact (vexec.Compact)
// the record shares its memory, and b must not be written as long as the record
// lives; else the rows are copied first.
func Record(b *vexec.Batch) arrow.Record {
	if !isCompact(b) {
		c := &vexec.Batch{}
		vexec.Compact(c, b)
		b = c
	}
	cols := make([]arrow.Array, len(b.Cols))
	for i := range b.Cols {
		data := arrayData(&b.Cols[i], b.Rows)
		cols[i] = array.MakeFromData(data)
		data.Release()
	}
	rec := array.NewRecord(Schema(b.Schema), cols, int64(b.Rows))
	for _, c := range cols {
		c.Release()
	}
	return rec
}

func isCompact(b *vexec.Batch) bool {
	if b.Sel != nil {
		return false
	}
	for i := range b.Cols {
		if b.Cols[i].Enc != vexec.Flat {
			return false
		}
	}
	return true
}

func buffer(b []byte) *memory.Buffer {
	if b == nil {
		b = []byte{}
	}
	return memory.NewBufferBytes(b)
}

// arrayData wraps a Flat vector of n rows without copying.
func arrayData(v *vexec.Vec, n int) arrow.ArrayData {
	t := Type(v.Type)
	if v.Type.Kind == ir.Null {
		return array.NewData(t, n, []*memory.Buffer{nil}, nil, n, 0)
	}
	var valid *memory.Buffer
	nulls := 0
	if v.Valid != nil {
		valid, nulls = buffer(v.Valid), array.UnknownNullCount
	}
	bufs := []*memory.Buffer{valid}
	var kids []arrow.ArrayData
	switch k := v.Type.Kind; {
	case k.IsText():
		bufs = append(bufs, buffer(v.Data))
		for _, b := range v.Bufs {
			bufs = append(bufs, buffer(b))
		}
	case k == ir.Row:
		for i := range v.Kids {
			kids = append(kids, arrayData(&v.Kids[i], n))
		}
	case k == ir.Array:
		bufs = append(bufs, buffer(offsetBytes(v.Offs)))
		kids = append(kids, arrayData(part(v, 0, v.Type.Elem), elements(v, n)))
	case k == ir.Map:
		bufs = append(bufs, buffer(offsetBytes(v.Offs)))
		kids = append(kids, entries(v, elements(v, n)))
	default:
		bufs = append(bufs, buffer(v.Data))
	}
	return array.NewData(t, n, bufs, kids, nulls, 0)
}

func offsetBytes(offs []int32) []byte { return arrow.Int32Traits.CastToBytes(offs) }

// elements is how many the first n lists or maps have together.
func elements(v *vexec.Vec, n int) int {
	if len(v.Offs) == 0 { // a part of lists without an element
		return 0
	}
	return int(v.Offs[n])
}

// part is a part of lists or maps, of the type t. Of those without an element it may never have
// been made.
func part(v *vexec.Vec, i int, t *ir.Type) *vexec.Vec {
	if i < len(v.Kids) {
		return &v.Kids[i]
	}
	none := vexec.NewVec(t, 0)
	return &none
}

// entries is the struct of keys and values below an Arrow map.
func entries(v *vexec.Vec, n int) arrow.ArrayData {
	t := Type(v.Type).(*arrow.MapType).Elem()
	kids := []arrow.ArrayData{arrayData(part(v, 0, v.Type.Key), n), arrayData(part(v, 1, v.Type.Elem), n)}
	return array.NewData(t, n, []*memory.Buffer{nil}, kids, 0, 0)
}

// Read makes b the rows of rec, sharing its memory, which must outlive b. The
// record must have the schema s.
func Read(rec arrow.Record, s *ir.Schema, b *vexec.Batch) error {
	if int(rec.NumCols()) != len(s.Cols) {
		return fmt.Errorf("record has %d columns, not %d", rec.NumCols(), len(s.Cols))
	}
	b.Reset(s)
	b.Rows = int(rec.NumRows())
	for i, c := range s.Cols {
		data := rec.Column(i).Data()
		if !arrow.TypeEqual(data.DataType(), Type(c.Type)) {
			return fmt.Errorf("column %s is %s, not %s", c.Name, data.DataType(), Type(c.Type))
		}
		v, err := vector(data, c.Type)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		b.Cols[i] = v
	}
	return nil
}

func vector(d arrow.ArrayData, t *ir.Type) (vexec.Vec, error) {
	if d.Offset() != 0 {
		return vexec.Vec{}, fmt.Errorf("sliced arrays are not read")
	}
	v := vexec.Vec{Type: t}
	bufs := d.Buffers()
	if len(bufs) > 0 && bufs[0] != nil && bufs[0].Len() > 0 && d.NullN() != 0 {
		v.Valid = bufs[0].Bytes()
	}
	switch k := t.Kind; {
	case k == ir.Null:
	case k.IsText():
		v.Data = content(bufs[1])
		for _, b := range bufs[2:] {
			v.Bufs = append(v.Bufs, content(b))
		}
	case k == ir.Row:
		for i, f := range t.Fields {
			kid, err := vector(d.Children()[i], f.Type)
			if err != nil {
				return v, err
			}
			v.Kids = append(v.Kids, kid)
		}
	case k == ir.Array, k == ir.Map:
		return listVector(v, d, t)
	default:
		v.Data = content(bufs[1])
	}
	return v, nil
}

func listVector(v vexec.Vec, d arrow.ArrayData, t *ir.Type) (vexec.Vec, error) {
	v.Offs = []int32{0}
	if d.Len() > 0 {
		v.Offs = arrow.Int32Traits.CastFromBytes(content(d.Buffers()[1]))[:d.Len()+1]
	}
	elems, types := d.Children(), []*ir.Type{t.Elem}
	if t.Kind == ir.Map {
		elems, types = d.Children()[0].Children(), []*ir.Type{t.Key, t.Elem}
	}
	for i, et := range types {
		kid, err := vector(elems[i], et)
		if err != nil {
			return v, err
		}
		v.Kids = append(v.Kids, kid)
	}
	return v, nil
}

// content returns a buffer's bytes at an 8-byte boundary: IPC bodies are aligned to
// the message, not always to memory. The buffers of an empty array may be missing.
func content(buf *memory.Buffer) []byte {
	if buf == nil || buf.Len() == 0 {
		return nil
	}
	b := buf.Bytes()
	if vexec.IsAligned(b) {
		return b
	}
	out := vexec.AlignedBytes(len(b))
	copy(out, b)
	return out
}
