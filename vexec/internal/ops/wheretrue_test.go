package ops

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

// The rows that a filter of an aggregate lets through are those that are true, one by one, in
// every encoding, with NULLs and with a selection.
func TestWhereTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := r.IntN(200)
		flat := vexec.NewVec(ir.TBoolean, n)
		for i := range n {
			if r.IntN(2) == 0 {
				vexec.SetBit(flat.Data, i)
			}
			if r.IntN(8) == 0 && n%2 == 0 {
				flat.SetNull(i, n)
			}
		}
		one := vexec.NewVec(ir.TBoolean, 1)
		if r.IntN(2) == 0 {
			vexec.SetBit(one.Data, 0)
		}
		one.Enc = vexec.Const
		dict := vexec.NewVec(ir.TInteger, n)
		for i := range n {
			dict.Int32s()[i] = int32(r.IntN(n))
		}
		dict.Type, dict.Enc, dict.Dict = ir.TBoolean, vexec.Dict, &flat
		var sel []int32
		if r.IntN(2) == 0 {
			sel = []int32{}
			for i := range n {
				if r.IntN(3) > 0 {
					sel = append(sel, int32(i))
				}
			}
		}
		for name, v := range map[string]*vexec.Vec{"flat": &flat, "const": &one, "dict": &dict} {
			want := []int32{}
			for i := range n {
				if (sel == nil || slices.Contains(sel, int32(i))) && !v.Null(i) && v.Bool(i) {
					want = append(want, int32(i))
				}
			}
			kept := slices.Clone(sel)
			got := whereTrue(make([]int32, 0, r.IntN(n+1)), v, sel, n)
			if got == nil || !slices.Equal(got, want) || !slices.Equal(kept, sel) {
				t.Fatalf("%s of %d rows: %v, want %v", name, n, got, want)
			}
			if got = whereTrue(nil, v, sel, n); got == nil || !slices.Equal(got, want) {
				t.Fatalf("%s of %d rows, no list: %v, want %v", name, n, got, want)
			}
		}
	}
}
