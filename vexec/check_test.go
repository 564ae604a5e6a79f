package vexec

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

func TestValidateFindsBrokenBatches(t *testing.T) {
	s := ir.NewSchema(ir.Column{Name: "n", Type: ir.TBigInt}, ir.Column{Name: "s", Type: ir.TVarchar})
	good := func() *Batch {
		b := &Batch{Schema: s, Rows: 3, Cols: []Vec{NewVec(ir.TBigInt, 3), NewVec(ir.TVarchar, 3)}}
		long := []byte("longer than twelve bytes")
		b.Cols[1].Bufs = [][]byte{long}
		b.Cols[1].Views()[1] = kernels.MakeView(long, 0, 0)
		return b
	}
	if err := good().validate(); err != nil {
		t.Fatal(err)
	}
	f := func(spoil func(b *Batch), want string) {
		t.Helper()
		b := good()
		spoil(b)
		if err := b.validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	f(func(b *Batch) { b.Sel = []int32{1, 1} }, "selection [1]")
	f(func(b *Batch) { b.Sel = []int32{3} }, "selection [0]")
	f(func(b *Batch) { b.Late = []LateMark{{Row: 2}, {Row: 1}} }, "late mark [1]")
	f(func(b *Batch) { b.Kind = make([]RowKind, 2) }, "kinds")
	f(func(b *Batch) { b.Cols = b.Cols[:1] }, "columns")
	f(func(b *Batch) { b.Cols[0].Data = b.Cols[0].Data[:16] }, "bytes for 3 rows")
	f(func(b *Batch) { b.Cols[0].Type = ir.TDouble }, "schema says")
	f(func(b *Batch) { b.Cols[1].Bufs = nil }, "outside")
	f(func(b *Batch) {
		b.Cols[0] = Vec{Type: ir.TBigInt, Enc: Dict, Dict: &Vec{Type: ir.TBigInt, Data: AlignedBytes(8)}, Data: AlignedBytes(12)}
		b.Cols[0].Codes()[2] = 1
	}, "code 1")
}
