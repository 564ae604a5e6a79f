package vtest

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// Row is one row as Go literals. By column type: nil (NULL), bool, any Go integer,
// float64, string (also for DECIMAL, "1.50", and for times,
// "2024-01-02 03:04:05.5"), []byte, Row (ARRAY and ROW), []ir.MapEntry, or any
// ir.Value.
type Row []any

// Schema returns a schema of name and type pairs: Schema("a", ir.TBigInt, "s", ir.TVarchar).
func Schema(pairs ...any) *ir.Schema {
	s := &ir.Schema{}
	for i := 0; i < len(pairs); i += 2 {
		s.Cols = append(s.Cols, ir.Column{Name: pairs[i].(string), Type: pairs[i+1].(*ir.Type)})
	}
	return s
}

// TS is the microseconds of a timestamp such as "2024-01-02 03:04:05.123".
func TS(s string) int64 {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02", "15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			if layout[0] == '1' {
				return (t.UnixNano() - time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()) / 1000
			}
			return t.UnixMicro()
		}
	}
	panic("vtest: not a time: " + s)
}

// Dec is the unscaled value of a decimal text such as "-1.50" at the scale s.
func Dec(text string, s int) ir.Dec {
	whole, frac, _ := strings.Cut(text, ".")
	if len(frac) > s {
		panic(fmt.Sprintf("vtest: %s has more than %d digits behind the point", text, s))
	}
	b, ok := new(big.Int).SetString(whole+frac+strings.Repeat("0", s-len(frac)), 10)
	if !ok {
		panic("vtest: not a decimal: " + text)
	}
	d, ok := ir.DecFromBig(b)
	if !ok {
		panic("vtest: too large: " + text)
	}
	return d
}

// Value turns a literal of a Row into the ir.Value of the type t. It panics where
// the literal cannot be one.
func Value(x any, t *ir.Type) ir.Value {
	switch v := x.(type) {
	case int:
		return integer(int64(v), t)
	case int8:
		return integer(int64(v), t)
	case int16:
		return integer(int64(v), t)
	case int32:
		return integer(int64(v), t)
	case int64:
		return integer(v, t)
	case float32:
		return float64(v)
	case string:
		return text(v, t)
	case Row:
		out := make([]ir.Value, len(v))
		for i := range v {
			e := t.Elem
			if t.Kind == ir.Row {
				e = t.Fields[i].Type
			}
			out[i] = Value(v[i], e)
		}
		return out
	}
	return x
}

func integer(v int64, t *ir.Type) ir.Value {
	switch t.Kind {
	case ir.Real, ir.Double:
		return float64(v)
	case ir.Decimal:
		return Dec(fmt.Sprint(v), t.S)
	}
	return v
}

func text(v string, t *ir.Type) ir.Value {
	switch {
	case t.Kind == ir.Decimal:
		return Dec(v, t.S)
	case t.Nanos():
		tm, err := time.Parse("2006-01-02 15:04:05.999999999", v)
		if err != nil {
			panic("vtest: not a time: " + v)
		}
		return tm.UnixNano()
	case t.Kind.IsTimestamp() || t.Kind == ir.Time:
		return TS(v)
	case t.Kind == ir.Date:
		return TS(v) / 86_400_000_000
	case t.Kind == ir.Varbinary:
		return []byte(v)
	}
	return v
}

// Batch returns a batch of Flat columns with the given rows, all live.
func Batch(s *ir.Schema, rows ...Row) *vexec.Batch {
	return BatchAs(s, Shape{}, rows...)
}

// Column returns a Flat vector of the given values.
func Column(t *ir.Type, vals ...ir.Value) vexec.Vec {
	v := vexec.NewVec(t, len(vals))
	if t.Kind == ir.Array || t.Kind == ir.Map {
		fillList(&v, vals)
		return v
	}
	for k := range v.Kids {
		kid := make([]ir.Value, len(vals))
		for i, x := range vals {
			if f, ok := x.([]ir.Value); ok {
				kid[i] = f[k]
			}
		}
		v.Kids[k] = Column(t.Fields[k].Type, kid...)
	}
	for i, x := range vals {
		if x == nil {
			v.SetNull(i, len(vals))
			poison(&v, i)
			continue
		}
		set(&v, i, x)
	}
	return v
}

func fillList(v *vexec.Vec, vals []ir.Value) {
	var keys, elems []ir.Value
	for i, x := range vals {
		switch l := x.(type) {
		case nil:
			v.SetNull(i, len(vals))
		case []ir.Value:
			elems = append(elems, l...)
		case []ir.MapEntry:
			for _, e := range l {
				keys, elems = append(keys, e.Key), append(elems, e.Val)
			}
		}
		v.Offs[i+1] = int32(len(elems))
	}
	if v.Type.Kind == ir.Map {
		v.Kids = []vexec.Vec{Column(v.Type.Key, keys...), Column(v.Type.Elem, elems...)}
		return
	}
	v.Kids = []vexec.Vec{Column(v.Type.Elem, elems...)}
}

func set(v *vexec.Vec, i int, x ir.Value) {
	switch v.Type.Kind {
	case ir.Boolean:
		if x.(bool) {
			vexec.SetBit(v.Data, i)
		}
	case ir.TinyInt:
		v.Int8s()[i] = int8(x.(int64))
	case ir.SmallInt:
		v.Int16s()[i] = int16(x.(int64))
	case ir.Integer, ir.Date, ir.IntervalMonth:
		v.Int32s()[i] = int32(x.(int64))
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		v.Int64s()[i] = x.(int64)
	case ir.Real:
		v.Float32s()[i] = float32(x.(float64))
	case ir.Double:
		v.Float64s()[i] = x.(float64)
	case ir.Decimal:
		v.Decs()[i] = x.(ir.Dec)
	case ir.Varchar, ir.JSON:
		setText(v, i, []byte(x.(string)))
	case ir.Varbinary:
		setText(v, i, x.([]byte))
	}
}
