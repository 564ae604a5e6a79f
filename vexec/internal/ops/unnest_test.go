package ops

import (
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

func arrayOf(t *ir.Type) *ir.Type { return &ir.Type{Kind: ir.Array, Elem: t} }

// unnestOp gives all columns of in, and of the elements of column col all parts.
func unnestOp(in *ir.Schema, col int, outer bool) *ir.UnnestOp {
	all := ir.UnnestSchema(in, col)
	o := &ir.UnnestOp{In: in, Col: col, Outer: outer, Out: all}
	for c := range all.Cols {
		o.Cols = append(o.Cols, c)
	}
	return o
}

// Lists of every type that have some elements, a NULL among them, none, or are NULL: their
// elements come out in order with the row that they are of.
func TestUnnest(t *testing.T) {
	every := vtest.EveryType()
	rows := vtest.EveryRow()
	for c, col := range every.Cols {
		in := ir.NewSchema(ir.Column{Name: "id", Type: ir.TBigInt}, ir.Column{Name: "name", Type: ir.TVarchar}, ir.Column{Name: "list", Type: arrayOf(col.Type)})
		var elems []ir.Value
		for _, r := range rows {
			elems = append(elems, vtest.Value(r[c], col.Type))
		}
		elems = append(elems, nil)
		lists := []any{elems, []ir.Value{}, nil, elems[:1], []ir.Value{nil}}
		for _, outer := range []bool{false, true} {
			o := unnestOp(in, 2, outer)
			var events []vtest.Event
			var want []string
			for id, list := range lists {
				name := fmt.Sprintf("the name of row %d, which is long", id)
				events = append(events, vtest.In(id, name, list))
				l, _ := list.([]ir.Value)
				emit := func(e ir.Value, number ir.Value) {
					vals := []ir.Value{int64(id), name, list}
					if col.Type.Kind == ir.Row {
						fields, _ := e.([]ir.Value)
						if fields == nil {
							fields = make([]ir.Value, len(col.Type.Fields))
						}
						vals = append(vals, fields...)
					} else {
						vals = append(vals, e)
					}
					want = append(want, vtest.FormatRow(append(vals, number), o.Out))
				}
				for i, e := range l {
					emit(e, int64(i+1))
				}
				if len(l) == 0 && outer {
					emit(nil, nil)
				}
			}
			events = append(events, vtest.End())
			test := vtest.Test{New: func() (vexec.Operator, error) { return NewUnnest(o, in), nil }, In: []*ir.Schema{in}, Out: o.Out, Events: events, Want: want}
			t.Run(fmt.Sprintf("%s/outer=%t", col.Type, outer), func(t *testing.T) { test.Run(t) })
		}
	}
}

// Elements are as late as their row, and changes as it is.
func TestUnnestMarks(t *testing.T) {
	in := ir.NewSchema(ir.Column{Name: "list", Type: arrayOf(ir.TBigInt)}, ir.Column{Name: "ts", Type: ir.TTimestamp})
	o := unnestOp(in, 0, false)
	o.Cols = o.Cols[1:3]
	o.Out = o.Out.Select([]int{1, 2})
	at := vtest.TS("2024-01-01 00:00:01")
	test := vtest.Test{New: func() (vexec.Operator, error) { return NewUnnest(o, in), nil }, In: []*ir.Schema{in}, Out: o.Out, Events: []vtest.Event{
		vtest.In([]ir.Value{int64(1)}, at),
		vtest.In([]ir.Value{int64(2), int64(3)}, at).Behind("2024-01-01 00:00:09"),
		vtest.In([]ir.Value{int64(4), int64(5)}, at).As(vexec.Delete),
		vtest.End(),
	}, Want: []string{
		"2024-01-01 00:00:01 | 1",
		"2024-01-01 00:00:01 | 2 @2024-01-01 00:00:09",
		"2024-01-01 00:00:01 | 3 @2024-01-01 00:00:09",
		"-D 2024-01-01 00:00:01 | 4",
		"-D 2024-01-01 00:00:01 | 5",
	}}
	test.Run(t)
}

// BenchmarkUnnest is rows with a text and eight elements each.
func BenchmarkUnnest(b *testing.B) {
	in := ir.NewSchema(ir.Column{Name: "id", Type: ir.TBigInt}, ir.Column{Name: "name", Type: ir.TVarchar}, ir.Column{Name: "list", Type: arrayOf(ir.TBigInt)})
	o := unnestOp(in, 2, false)
	o.Cols = []int{0, 1, 3}
	o.Out = ir.UnnestSchema(in, 2).Select(o.Cols)
	rows := make([]vtest.Row, 1024)
	for i := range rows {
		list := make([]ir.Value, 8)
		for k := range list {
			list[k] = int64(i + k)
		}
		rows[i] = vtest.Row{i, fmt.Sprintf("a name that is not short, %d", i), list}
	}
	batch := vtest.Batch(in, rows...)
	op := NewUnnest(o, in)
	if err := op.Open(&vexec.OpContext{MaxRows: 1024}); err != nil {
		b.Fatal(err)
	}
	out := &discard{}
	b.ReportAllocs()
	for b.Loop() {
		if err := op.Push(0, batch, out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.rows)/b.Elapsed().Seconds(), "rows/s")
}
