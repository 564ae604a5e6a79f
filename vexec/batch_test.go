package vexec_test

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// The memory of a batch is kept where its owner offers it, and all of it is rows.
func TestKeep(t *testing.T) {
	in := vtest.Schema("k", ir.TBigInt, "s", ir.TVarchar)
	rows := []vtest.Row{{1, "a text that stands outside of its view"}, {1, "a text that stands outside of its view"}, {2, "b"}}
	offered := func(change func(b *vexec.Batch)) bool {
		b := &vexec.Batch{}
		vexec.Compact(b, vtest.Batch(in, rows...))
		b.Offer()
		change(b)
		kept := b.Keep()
		if got := b.Kept(); got != kept {
			t.Errorf("Keep says %t, and Kept %t", kept, got)
		}
		if b.Keep() {
			t.Error("it is kept after its owner has asked")
		}
		return kept
	}
	if !offered(func(*vexec.Batch) {}) {
		t.Error("an offered batch is not kept")
	}
	for name, change := range map[string]func(b *vexec.Batch){
		"dead rows":         func(b *vexec.Batch) { b.Sel = []int32{0, 2} },
		"not flat":          func(b *vexec.Batch) { b.Cols[0].Enc = vexec.Const },
		"larger than rows":  func(b *vexec.Batch) { b.Cols[0].Data = append(make([]byte, 0, 1000), b.Cols[0].Data...) },
		"a large buffer":    func(b *vexec.Batch) { b.Cols[1].Bufs[0] = append(make([]byte, 0, 1000), b.Cols[1].Bufs[0]...) },
		"taken for new use": func(b *vexec.Batch) { b.Reset(in) },
	} {
		if offered(change) {
			t.Errorf("%s: the batch is kept", name)
		}
	}
	b := vtest.Batch(in, rows...)
	if b.Keep() {
		t.Error("a batch that nobody has offered is kept")
	}
	b.Offer()
	if other := *b; other.Keep() {
		t.Error("a batch that shares the columns of an offered one is kept")
	}
}
