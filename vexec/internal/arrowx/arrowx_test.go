package arrowx

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

// sample is a compact batch with every kind of storage, NULLs in each column.
func sample(n int) *vexec.Batch {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TBigInt}, {Name: "s", Type: ir.TVarchar}}}
	types := []*ir.Type{ir.TBoolean, ir.TTinyInt, ir.TSmallInt, ir.TInteger, ir.TBigInt, ir.TReal, ir.TDouble,
		ir.TDecimal(20, 3), ir.TVarchar, ir.TVarbinary, ir.TDate, ir.TTime, ir.TTimestamp, ir.TTimestampLTZ,
		{Kind: ir.Timestamp, P: 9}, ir.TInterval, ir.TIntervalMonth, ir.TJSON, row,
		{Kind: ir.Array, Elem: ir.TVarchar}, {Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TBigInt}}
	b := &vexec.Batch{Schema: &ir.Schema{}, Rows: n, Part: -1}
	for i, t := range types {
		b.Schema.Cols = append(b.Schema.Cols, ir.Column{Name: fmt.Sprint("c", i), Type: t})
		v := fill(t, n)
		for r := 2; r < n; r += 5 {
			v.SetNull(r, n)
		}
		b.Cols = append(b.Cols, v)
	}
	return b
}

func fill(t *ir.Type, n int) vexec.Vec {
	v := vexec.NewVec(t, n)
	switch {
	case t.Kind.IsText():
		var buf []byte
		for i := range n {
			s := strings.Repeat("x", i%20) + "é"
			v.Views()[i] = kernels.MakeView([]byte(s), 0, int32(len(buf)))
			buf = append(buf, s...)
		}
		v.Bufs = [][]byte{buf}
	case t.Kind == ir.Row:
		for k := range v.Kids {
			v.Kids[k] = fill(t.Fields[k].Type, n)
		}
	case t.Kind == ir.Array || t.Kind == ir.Map:
		for i := range n {
			v.Offs[i+1] = v.Offs[i] + int32(i%3)
		}
		elems := int(v.Offs[n])
		if t.Kind == ir.Map {
			v.Kids = append(v.Kids, fill(t.Key, elems))
		}
		v.Kids = append(v.Kids, fill(t.Elem, elems))
	default:
		for i := range v.Data {
			v.Data[i] = byte(i*7 + i/8)
		}
	}
	return v
}

func TestStreamRoundTrip(t *testing.T) {
	for _, n := range []int{1, 3, 64, 1000} {
		want := sample(n)
		var buf bytes.Buffer
		w, err := NewWriter(&buf, want.Schema)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(want); err != nil {
			t.Fatal(err)
		}
		sel := *want // the second batch has dead rows
		for i := 0; i < n; i += 2 {
			sel.Sel = append(sel.Sel, int32(i))
		}
		if err := w.Write(&sel); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var got [][]ir.Value
		err = ReadAll(bytes.NewReader(buf.Bytes()), want.Schema, func(b *vexec.Batch) error {
			for i := range b.Live() {
				got = append(got, b.Values(i))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var exp [][]ir.Value
		for _, b := range []*vexec.Batch{want, &sel} {
			for i := range b.Live() {
				exp = append(exp, b.Values(i))
			}
		}
		if len(got) != len(exp) {
			t.Fatalf("%d rows came back of %d", len(got), len(exp))
		}
		for i := range exp {
			if fmt.Sprint(got[i]) != fmt.Sprint(exp[i]) && !reflect.DeepEqual(got[i], exp[i]) {
				t.Fatalf("n=%d row %d:\ngot  %v\nwant %v", n, i, got[i], exp[i])
			}
		}
	}
}

// Damage must be an error or a shorter stream, never a panic.
func TestDamagedStream(t *testing.T) {
	b := sample(50)
	var buf bytes.Buffer
	w, _ := NewWriter(&buf, b.Schema)
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	whole := buf.Bytes()
	nop := func(*vexec.Batch) error { return nil }
	for cut := 0; cut < len(whole); cut += 37 {
		_ = ReadAll(bytes.NewReader(whole[:cut]), b.Schema, nop)
	}
	if err := ReadAll(bytes.NewReader(whole[:len(whole)/2]), b.Schema, nop); err == nil {
		t.Error("half a stream was read without an error")
	}
	other := &ir.Schema{Cols: b.Schema.Cols[1:]}
	if err := ReadAll(bytes.NewReader(whole), other, nop); err == nil {
		t.Error("a stream of another schema was read without an error")
	}
}

// Of lists without an element the parts may never have been made, at any depth.
func TestEmptyListsOfMaps(t *testing.T) {
	of := &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}}
	list := &ir.Type{Kind: ir.Array, Elem: of}
	b := &vexec.Batch{Schema: ir.NewSchema(ir.Column{Name: "l", Type: list}), Rows: 2, Part: -1}
	v := vexec.NewVec(list, 2)
	v.Kids = []vexec.Vec{{Type: of}}
	for _, kids := range [][]vexec.Vec{v.Kids, {vexec.NewVec(of, 0)}, nil} {
		v.Kids = kids
		b.Cols = []vexec.Vec{v}
		var back vexec.Batch
		if err := Read(Record(b), b.Schema, &back); err != nil {
			t.Fatal(err)
		}
		for r := range 2 {
			if got := back.Cols[0].Value(r); !reflect.DeepEqual(got, []ir.Value{}) {
				t.Errorf("row %d is %v", r, got)
			}
		}
	}
}

// Parts of nested values that have no element in any row may be without memory of their own: what
// NULLs, empty lists and casts leave.
func TestPlainPartsThatWereNeverMade(t *testing.T) {
	of := func(kind ir.Kind, elem *ir.Type) *ir.Type { return &ir.Type{Kind: kind, Key: ir.TVarchar, Elem: elem} }
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "m", Type: of(ir.Map, ir.TBigInt)}, {Name: "l", Type: of(ir.Array, ir.TJSON)}}}
	for _, typ := range []*ir.Type{
		of(ir.Array, of(ir.Array, ir.TBigInt)), of(ir.Map, of(ir.Array, ir.TBigInt)), of(ir.Array, of(ir.Map, ir.TBigInt)), of(ir.Array, row), of(ir.Map, row), row,
	} {
		for _, null := range []bool{false, true} {
			v := vexec.NewVec(typ, 2)
			if typ.Kind != ir.Row {
				v.Kids = nil
			}
			want := v.Value(0)
			if null {
				v.SetNull(0, 2)
				v.SetNull(1, 2)
				want = nil
			}
			b := &vexec.Batch{Schema: ir.NewSchema(ir.Column{Name: "c", Type: typ}), Rows: 2, Part: -1, Cols: []vexec.Vec{v}}
			rec, err := PlainRecord(b, PlainSchema(b.Schema))
			if err != nil {
				t.Fatal(err)
			}
			got := rec.Column(0)
			if got.Len() != 2 || got.IsNull(0) != null || got.IsNull(1) != null {
				t.Errorf("%s: %v, want twice %v", typ, got, want)
			}
			var out bytes.Buffer
			w := ipc.NewWriter(&out, ipc.WithSchema(rec.Schema()))
			if err := errors.Join(w.Write(rec), w.Close()); err != nil {
				t.Errorf("%s: %v", typ, err)
			}
		}
	}
}
