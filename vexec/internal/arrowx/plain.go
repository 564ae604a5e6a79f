package arrowx

import (
	"fmt"
	"math"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// PlainSchema returns the Arrow schema of s for other programs: text and bytes with
// offsets, since not all of them know views, and no notes of ours.
func PlainSchema(s *ir.Schema) *arrow.Schema {
	fields := make([]arrow.Field, len(s.Cols))
	for i, c := range s.Cols {
		fields[i] = arrow.Field{Name: c.Name, Type: plainType(c.Type), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

func plainType(t *ir.Type) arrow.DataType {
	switch t.Kind {
	case ir.Varchar, ir.JSON:
		return arrow.BinaryTypes.String
	case ir.Varbinary:
		return arrow.BinaryTypes.Binary
	case ir.Array:
		return arrow.ListOf(plainType(t.Elem))
	case ir.Map:
		return arrow.MapOf(plainType(t.Key), plainType(t.Elem))
	case ir.Row:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = arrow.Field{Name: f.Name, Type: plainType(f.Type), Nullable: true}
		}
		return arrow.StructOf(fields...)
	}
	return Type(t)
}

// PlainRecord returns the rows of b, which must be compact (vexec.Compact), as a
// record of the schema that PlainSchema returns. It shares memory with b. Text of a
// column that is longer than 2 GB together is an error.
func PlainRecord(b *vexec.Batch, s *arrow.Schema) (arrow.Record, error) {
	cols := make([]arrow.Array, len(b.Cols))
	for i := range b.Cols {
		data, err := plainData(&b.Cols[i], b.Rows)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", b.Schema.Cols[i].Name, err)
		}
		cols[i] = array.MakeFromData(data)
	}
	return array.NewRecord(s, cols, int64(b.Rows)), nil
}

// plainData wraps a Flat vector of n rows; only text is copied.
func plainData(v *vexec.Vec, n int) (arrow.ArrayData, error) {
	t := v.Type
	bufs := []*memory.Buffer{nil}
	nulls := 0
	if v.Valid != nil && t.Kind != ir.Null {
		bufs[0], nulls = buffer(v.Valid[:(n+7)/8]), array.UnknownNullCount
	}
	var kids []arrow.ArrayData
	add := func(k *vexec.Vec, n int) error {
		d, err := plainData(k, n)
		kids = append(kids, d)
		return err
	}
	switch k := t.Kind; {
	case k.IsText():
		offs, text, err := plainText(v, n)
		if err != nil {
			return nil, err
		}
		bufs = append(bufs, buffer(offsetBytes(offs)), buffer(text))
	case k == ir.Row:
		for i, f := range t.Fields {
			if err := add(part(v, i, f.Type), n); err != nil {
				return nil, err
			}
		}
	case k == ir.Array:
		bufs = append(bufs, buffer(offsetBytes(offsets(v, n))))
		if err := add(part(v, 0, t.Elem), elements(v, n)); err != nil {
			return nil, err
		}
	case k == ir.Map:
		size := elements(v, n)
		bufs = append(bufs, buffer(offsetBytes(offsets(v, n))))
		for i, of := range []*ir.Type{t.Key, t.Elem} {
			if err := add(part(v, i, of), size); err != nil {
				return nil, err
			}
		}
		entries := plainType(t).(*arrow.MapType).Elem()
		kids = []arrow.ArrayData{array.NewData(entries, size, []*memory.Buffer{nil}, kids, 0, 0)}
	case k == ir.Null:
		nulls = n
	default:
		bufs = append(bufs, buffer(v.Data))
	}
	return array.NewData(plainType(t), n, bufs, kids, nulls, 0), nil
}

// offsets are where the first n lists or maps begin and the last one ends. Readers want the first
// one even where there are none.
func offsets(v *vexec.Vec, n int) []int32 {
	if len(v.Offs) == 0 {
		return []int32{0}
	}
	return v.Offs[:n+1]
}

// plainText is the texts of n rows behind one another, and where they begin.
func plainText(v *vexec.Vec, n int) (offs []int32, text []byte, err error) {
	offs = make([]int32, n+1)
	views := v.Views()
	for i := range n {
		if !v.Null(i) {
			text = append(text, kernels.Bytes(&views[i], v.Bufs)...)
		}
		if len(text) > math.MaxInt32 {
			return nil, nil, fmt.Errorf("the texts of %d rows are longer than 2 GB", n)
		}
		offs[i+1] = int32(len(text))
	}
	return offs, text, nil
}
