package memory

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// NewBatch returns a batch of Flat columns with the given rows. A value is what
// ir.Value says for its column's type, or any Go integer or float that fits.
func NewBatch(s *ir.Schema, rows [][]ir.Value) (*vexec.Batch, error) {
	b := &vexec.Batch{}
	b.Reset(s)
	b.Rows = len(rows)
	vals := make([]ir.Value, len(rows))
	for c, col := range s.Cols {
		for r, row := range rows {
			if len(row) != len(s.Cols) {
				return nil, fmt.Errorf("row %d has %d values, the table has %d columns", r, len(row), len(s.Cols))
			}
			vals[r] = row[c]
		}
		if err := fill(&b.Cols[c], col.Type, vals); err != nil {
			return nil, fmt.Errorf("column %s: %w", col.Name, err)
		}
	}
	return b, nil
}

// fill makes v a Flat column of the values.
func fill(v *vexec.Vec, t *ir.Type, vals []ir.Value) error {
	v.Reset(t, len(vals))
	for i, x := range vals {
		if x == nil {
			setNull(v, i, len(vals))
		}
	}
	switch t.Kind {
	case ir.Row:
		return fillRow(v, t, vals)
	case ir.Array, ir.Map:
		return fillList(v, t, vals)
	}
	for i, x := range vals {
		if x == nil {
			continue
		}
		if err := set(v, i, x); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}

// setNull marks row i as NULL and gives it a defined value.
func setNull(v *vexec.Vec, i, n int) {
	v.SetNull(i, n)
	if w := v.Type.Kind.Width(); w > 0 {
		clear(v.Data[i*w : (i+1)*w])
	}
}

func set(v *vexec.Vec, i int, x ir.Value) error {
	switch v.Type.Kind {
	case ir.Boolean:
		b, ok := x.(bool)
		if !ok {
			return wrong(x, v.Type)
		}
		if b {
			vexec.SetBit(v.Data, i)
		}
		return nil
	case ir.Real, ir.Double:
		return setFloat(v, i, x)
	case ir.Decimal:
		d, ok := x.(ir.Dec)
		if !ok {
			return wrong(x, v.Type)
		}
		v.Decs()[i] = d
		return nil
	case ir.Varchar, ir.JSON, ir.Varbinary:
		return setText(v, i, x)
	}
	return setInt(v, i, x)
}

func wrong(x ir.Value, t *ir.Type) error { return fmt.Errorf("%v (%T) is no %s", x, x, t) }

func asInt(x ir.Value) (int64, bool) {
	switch n := x.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case int32:
		return int64(n), true
	case int16:
		return int64(n), true
	case int8:
		return int64(n), true
	case ir.Micros:
		return int64(n), true
	}
	return 0, false
}

func setInt(v *vexec.Vec, i int, x ir.Value) error {
	n, ok := asInt(x)
	if !ok {
		return wrong(x, v.Type)
	}
	switch v.Type.Kind.Width() {
	case 1:
		v.Int8s()[i], ok = int8(n), int64(int8(n)) == n
	case 2:
		v.Int16s()[i], ok = int16(n), int64(int16(n)) == n
	case 4:
		v.Int32s()[i], ok = int32(n), int64(int32(n)) == n
	case 8:
		v.Int64s()[i] = n
	default:
		return wrong(x, v.Type)
	}
	if !ok {
		return fmt.Errorf("%d is out of the range of %s", n, v.Type)
	}
	return nil
}

func setFloat(v *vexec.Vec, i int, x ir.Value) error {
	f, ok := x.(float64)
	if n, isInt := asInt(x); isInt {
		f, ok = float64(n), true
	}
	if f32, is32 := x.(float32); is32 {
		f, ok = float64(f32), true
	}
	if !ok {
		return wrong(x, v.Type)
	}
	if v.Type.Kind == ir.Real {
		v.Float32s()[i] = float32(f)
	} else {
		v.Float64s()[i] = f
	}
	return nil
}

func setText(v *vexec.Vec, i int, x ir.Value) error {
	var s []byte
	switch t := x.(type) {
	case string:
		s = []byte(t)
	case []byte:
		s = t
	default:
		return wrong(x, v.Type)
	}
	if len(v.Bufs) == 0 {
		v.Bufs = append(v.Bufs, nil)
	}
	v.Views()[i] = kernels.MakeView(s, 0, int32(len(v.Bufs[0])))
	if len(s) > kernels.InlineLen {
		v.Bufs[0] = append(v.Bufs[0], s...)
	}
	return nil
}

func fillRow(v *vexec.Vec, t *ir.Type, vals []ir.Value) error {
	field := make([]ir.Value, len(vals))
	for k, f := range t.Fields {
		clear(field)
		for i, x := range vals {
			if x == nil {
				continue
			}
			parts, ok := x.([]ir.Value)
			if !ok || len(parts) != len(t.Fields) {
				return wrong(x, t)
			}
			field[i] = parts[k]
		}
		if err := fill(&v.Kids[k], f.Type, field); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	return nil
}

func fillList(v *vexec.Vec, t *ir.Type, vals []ir.Value) error {
	var elems, keys []ir.Value
	for i, x := range vals {
		switch list := x.(type) {
		case nil:
		case []ir.Value:
			if t.Kind != ir.Array {
				return wrong(x, t)
			}
			elems = append(elems, list...)
		case []ir.MapEntry:
			if t.Kind != ir.Map {
				return wrong(x, t)
			}
			for _, e := range list {
				keys, elems = append(keys, e.Key), append(elems, e.Val)
			}
		default:
			return wrong(x, t)
		}
		v.Offs[i+1] = int32(len(elems))
	}
	if t.Kind == ir.Array {
		v.Kids = make([]vexec.Vec, 1)
		return fill(&v.Kids[0], t.Elem, elems)
	}
	v.Kids = make([]vexec.Vec, 2)
	if err := fill(&v.Kids[0], t.Key, keys); err != nil {
		return err
	}
	return fill(&v.Kids[1], t.Elem, elems)
}
