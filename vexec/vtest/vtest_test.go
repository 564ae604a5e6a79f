package vtest

import (
	"fmt"
	"math"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

var all = Schema("b", ir.TBoolean, "i1", ir.TTinyInt, "i2", ir.TSmallInt, "i4", ir.TInteger, "i8", ir.TBigInt,
	"f4", ir.TReal, "f8", ir.TDouble, "d", ir.TDecimal(10, 2), "s", ir.TVarchar, "x", ir.TVarbinary,
	"dt", ir.TDate, "tm", ir.TTime, "ts", ir.TTimestamp, "ns", &ir.Type{Kind: ir.Timestamp, P: 9},
	"a", &ir.Type{Kind: ir.Array, Elem: ir.TBigInt},
	"r", &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "p", Type: ir.TVarchar}, {Name: "q", Type: ir.TBigInt}}})

func row(i int) Row {
	if i%4 == 3 {
		return make(Row, len(all.Cols))
	}
	return Row{i%2 == 0, i, i, i, i, float64(i), float64(i) / 4, fmt.Sprintf("%d.25", i), fmt.Sprint("a text that is long ", i), []byte{1, byte(i)},
		"2024-01-02", "03:04:05.5", "2024-01-02 03:04:05", "2024-01-02 03:04:05.000000001", Row{i, nil}, Row{"é", i}}
}

func TestShapesHoldTheSameRows(t *testing.T) {
	for n := range 20 {
		rows := make([]Row, n)
		for i := range rows {
			rows[i] = row(i)
		}
		want := Batch(all, rows...)
		for _, shape := range Shapes {
			got := BatchAs(all, shape, rows...)
			if err := Check(got); err != nil {
				t.Fatalf("%s: %v", shape, err)
			}
			if got.Live() != n {
				t.Fatalf("%s: %d live rows, want %d", shape, got.Live(), n)
			}
			for i := range n {
				if g, w := FormatRow(got.Values(i), all), FormatRow(want.Values(i), all); g != w {
					t.Fatalf("%s row %d:\n got %s\nwant %s", shape, i, g, w)
				}
			}
		}
	}
	want := "true | 2 | 2 | 2 | 2 | 2.0 | 0.5 | 2.25 | a text that is long 2 | x'0102' | 2024-01-02 | 03:04:05.500000 | " +
		"2024-01-02 03:04:05 | 2024-01-02 03:04:05.000000001 | [2,null] | {\"p\":\"é\",\"q\":2}"
	if got := FormatRow(Batch(all, row(2)).Values(0), all); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestPoisonHarms(t *testing.T) {
	b := BatchAs(Schema("s", ir.TVarchar), Shape{Dead: true}, Row{"x"})
	defer func() {
		if recover() == nil {
			t.Fatal("reading a dead row's text went well")
		}
	}()
	_ = string(b.Cols[0].Bytes(0))
}

func TestCheckFinds(t *testing.T) {
	s := Schema("a", ir.TBigInt)
	for name, spoil := range map[string]func(b *vexec.Batch){
		"columns":   func(b *vexec.Batch) { b.Cols = nil },
		"type":      func(b *vexec.Batch) { b.Cols[0].Type = ir.TDouble },
		"short":     func(b *vexec.Batch) { b.Cols[0].Data = b.Cols[0].Data[:8] },
		"validity":  func(b *vexec.Batch) { b.Cols[0].Valid = []byte{} },
		"selection": func(b *vexec.Batch) { b.Sel = []int32{1, 1} },
		"range":     func(b *vexec.Batch) { b.Sel = []int32{2} },
		"marks":     func(b *vexec.Batch) { b.Late = []vexec.LateMark{{Row: 1}, {Row: 0}} },
		"kinds":     func(b *vexec.Batch) { b.Kind = make([]vexec.RowKind, 1) },
		"dict":      func(b *vexec.Batch) { b.Cols[0].Enc = vexec.Dict },
	} {
		b := Batch(s, Row{1}, Row{2})
		if err := Check(b); err != nil {
			t.Fatal(err)
		}
		spoil(b)
		if Check(b) == nil {
			t.Errorf("%s: found nothing", name)
		}
	}
}

// sumOp adds up a BIGINT column and emits it at the end: a small Stateful operator.
type sumOp struct {
	sum   int64
	seg   vexec.SegmentID
	table vexec.Table
}

var sumSchema = Schema("sum", ir.TBigInt)

func (o *sumOp) Open(oc *vexec.OpContext) error {
	o.table = oc.State.Table("sum")
	return o.table.Restored(func(b *vexec.Batch) error {
		for i := range b.Live() {
			o.sum += b.Cols[0].Int64s()[b.Row(i)]
		}
		return nil
	})
}

func (o *sumOp) Push(_ int, b *vexec.Batch, out vexec.Emitter) error {
	var bad []vexec.RowFate
	for i := range b.Live() {
		r := b.Row(i)
		if b.Cols[0].Null(r) {
			bad = append(bad, vexec.RowFate{Row: int32(r), Why: vexec.FateError, Reason: "NULL"})
			continue
		}
		v, j := b.Cols[0].At(r)
		o.sum += v.Int64s()[j]
	}
	if bad != nil {
		return out.Reject(b, bad)
	}
	return nil
}

func (o *sumOp) Advance(wm ir.Micros, _ vexec.Emitter) (ir.Micros, error) { return wm, nil }
func (o *sumOp) Finish(out vexec.Emitter) error                           { return out.Emit(Batch(sumSchema, Row{o.sum})) }
func (o *sumOp) Close() error                                             { return nil }
func (o *sumOp) Tables() []vexec.TableSpec {
	return []vexec.TableSpec{{Name: "sum", Version: 1, Schema: sumSchema}}
}

func (o *sumOp) Seal(uint64) error {
	if o.seg != 0 {
		o.table.Drop(o.seg)
	}
	o.seg = o.table.Add(oneRow(o.sum))
	return nil
}

type oneRow int64

func (r oneRow) Rows() int    { return 1 }
func (r oneRow) Bytes() int64 { return 8 }
func (r oneRow) Read(from, _ int, b *vexec.Batch) (int, error) {
	if from > 0 {
		return 0, nil
	}
	*b = *Batch(sumSchema, Row{int64(r)})
	return 1, nil
}

func TestRun(t *testing.T) {
	events := []Event{WM("1970-01-01")}
	sum := 0
	for i := range 20 {
		events = append(events, In(i))
		sum += i
		if i%6 == 5 {
			events = append(events, Barrier())
		}
	}
	events = append(events, In(nil), End())
	(&Test{New: func() (vexec.Operator, error) { return &sumOp{}, nil }, In: []*ir.Schema{Schema("a", ir.TBigInt)}, Out: sumSchema,
		Events: events, Want: []string{fmt.Sprint(sum)}, WantRejected: []string{"error: NULL: NULL"}}).Run(t)
}

func TestLiterals(t *testing.T) {
	f := func(x any, typ *ir.Type, want ir.Value) {
		t.Helper()
		if got := Value(x, typ); got != want {
			t.Errorf("%v as %s: got %v, want %v", x, typ, got, want)
		}
	}
	f(int8(3), ir.TBigInt, int64(3))
	f(3, ir.TDouble, 3.0)
	f(3, ir.TDecimal(10, 2), ir.Dec{Lo: 300})
	f("-1.5", ir.TDecimal(10, 2), ir.Dec{Lo: math.MaxUint64 - 149, Hi: -1})
	f("00:00:01", ir.TTime, int64(1_000_000))
	f("1970-01-02", ir.TDate, int64(1))
	f("1970-01-01 00:00:01.5", ir.TTimestamp, int64(1_500_000))
}
