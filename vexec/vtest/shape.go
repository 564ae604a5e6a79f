package vtest

import (
	"fmt"
	"math"
	"reflect"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// Shape is how BatchAs stores rows. No shape changes what the rows are.
type Shape struct {
	Dead  bool // poisoned dead rows stand between and around the live ones
	Dict  bool // columns of flat types are dictionaries, with entries that no row uses
	Const bool // columns whose values are all equal are constants
}

// Shapes is every combination that a test of an operator should meet.
var Shapes = []Shape{{}, {Dead: true}, {Dict: true}, {Dead: true, Dict: true}, {Const: true}, {Dead: true, Const: true}}

// String names the shape for test names.
func (s Shape) String() string {
	name := ""
	for _, p := range []struct {
		on   bool
		name string
	}{{s.Dead, "dead"}, {s.Dict, "dict"}, {s.Const, "const"}} {
		if p.on {
			name += "+" + p.name
		}
	}
	if name == "" {
		return "flat"
	}
	return name[1:]
}

// BatchAs returns a batch that holds the rows in the given shape.
func BatchAs(s *ir.Schema, shape Shape, rows ...Row) *vexec.Batch {
	b := &vexec.Batch{Schema: s, Rows: len(rows), Part: -1, Cols: make([]vexec.Vec, len(s.Cols))}
	live := make([]int32, len(rows))
	for i := range live {
		live[i] = int32(i)
	}
	if shape.Dead {
		spread(b, live)
	}
	for c := range s.Cols {
		vals := make([]ir.Value, len(rows))
		for i, r := range rows {
			if len(r) != len(s.Cols) {
				panic(fmt.Sprintf("vtest: row %d has %d values for %d columns", i, len(r), len(s.Cols)))
			}
			vals[i] = Value(r[c], s.Cols[c].Type)
		}
		b.Cols[c] = shape.column(s.Cols[c].Type, vals, live, b.Rows)
	}
	return b
}

// spread puts one dead row before every third row and one at the end.
func spread(b *vexec.Batch, live []int32) {
	at := int32(0)
	for i := range live {
		if i%3 == 0 {
			at++
		}
		live[i] = at
		at++
	}
	b.Sel, b.Rows = append([]int32{}, live...), int(at)+1
}

func (s Shape) column(t *ir.Type, vals []ir.Value, live []int32, rows int) vexec.Vec {
	switch {
	case s.Const && len(vals) > 0 && allEqual(vals):
		v := Column(t, vals[0])
		v.Enc = vexec.Const
		return v
	case s.Dict && t.Kind.Width() > 0:
		return dictionary(t, vals, live, rows)
	}
	wide := make([]ir.Value, rows)
	isLive := make([]bool, rows)
	for i, r := range live {
		wide[r], isLive[r] = vals[i], true
	}
	v := Column(t, wide...)
	for i := range isLive {
		if !isLive[i] {
			poison(&v, i)
		}
	}
	return v
}

func allEqual(vals []ir.Value) bool {
	for _, v := range vals[1:] {
		if !identical(v, vals[0]) {
			return false
		}
	}
	return true
}

// dictionary makes entry 0 a NULL and adds an unused entry at the end, so that
// both are met: a NULL by Valid (every second one) and a NULL by its entry.
func dictionary(t *ir.Type, vals []ir.Value, live []int32, rows int) vexec.Vec {
	entries := []ir.Value{nil}
	codes := vexec.AlignedBytes(rows * 4)
	v := vexec.Vec{Type: t, Enc: vexec.Dict, Data: codes}
	for i := range v.Codes() {
		v.Codes()[i] = math.MinInt32
	}
	nulls := 0
	for i, x := range vals {
		code := 0
		if x == nil {
			if nulls++; nulls%2 == 0 {
				v.SetNull(int(live[i]), rows)
			}
		} else if code = find(entries, x); code < 0 {
			code = len(entries)
			entries = append(entries, x)
		}
		v.Codes()[live[i]] = int32(code)
	}
	d := Column(t, append(entries, nil)...)
	v.Dict = &d
	return v
}

func find(entries []ir.Value, x ir.Value) int {
	for i, e := range entries {
		if identical(e, x) {
			return i
		}
	}
	return -1
}

// identical tells 0 from -0, which are equal in Go.
func identical(a, b ir.Value) bool {
	x, xok := a.(float64)
	y, yok := b.(float64)
	if xok && yok {
		return math.Float64bits(x) == math.Float64bits(y)
	}
	return reflect.DeepEqual(a, b)
}

// poison writes a value that harms whoever uses it.
func poison(v *vexec.Vec, i int) {
	switch v.Type.Kind {
	case ir.Boolean:
		vexec.SetBit(v.Data, i)
	case ir.TinyInt:
		v.Int8s()[i] = math.MinInt8
	case ir.SmallInt:
		v.Int16s()[i] = math.MinInt16
	case ir.Integer, ir.Date, ir.IntervalMonth:
		v.Int32s()[i] = math.MinInt32
	case ir.BigInt, ir.Time, ir.Timestamp, ir.TimestampLTZ, ir.Interval:
		v.Int64s()[i] = math.MinInt64
	case ir.Real:
		v.Float32s()[i] = float32(math.NaN())
	case ir.Double:
		v.Float64s()[i] = math.NaN()
	case ir.Decimal:
		v.Decs()[i] = ir.Dec{Hi: math.MinInt64}
	case ir.Varchar, ir.JSON, ir.Varbinary:
		v.Views()[i] = vexec.View{Lo: math.MaxUint32 >> 1, Hi: math.MaxUint64 >> 1}
	}
}

// setText writes a text at row i. Long texts go to one buffer a vector.
func setText(v *vexec.Vec, i int, s []byte) {
	if len(s) <= kernels.InlineLen {
		v.Views()[i] = kernels.InlineView(s)
		return
	}
	if len(v.Bufs) == 0 {
		v.Bufs = [][]byte{{}}
	}
	off := int32(len(v.Bufs[0]))
	v.Bufs[0] = append(v.Bufs[0], s...)
	v.Views()[i] = kernels.MakeView(s, 0, off)
}
