package vexec

import (
	"math"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

func stringVec(vals ...string) Vec {
	v := NewVec(ir.TVarchar, len(vals))
	for i, s := range vals {
		v.Views()[i] = kernels.MakeView([]byte(s), int32(len(v.Bufs)), 0)
		v.Bufs = append(v.Bufs, []byte(s))
	}
	return v
}

func hashOf(v Vec, n int, sel []int32) []uint64 {
	b := &Batch{Schema: ir.NewSchema(ir.Column{Name: "x", Type: v.Type}), Cols: []Vec{v}, Rows: n, Sel: sel}
	out := make([]uint64, n)
	HashRows(b, []int{0}, out)
	return out
}

func TestHashRowsEncodings(t *testing.T) {
	long := "a string that is longer than a view"
	flat := stringVec("abc", long, "", "abc")
	flat.SetNull(2, 4)
	want := hashOf(flat, 4, nil)
	if want[0] != want[3] || want[0] == want[1] || want[1] == want[2] {
		t.Fatalf("equal strings must hash equally, and others should not: %x", want)
	}

	entries := stringVec(long, "abc")
	dict := Vec{Type: ir.TVarchar, Enc: Dict, Dict: &entries, Data: AlignedBytes(16), Valid: []byte{0b1011}}
	copy(dict.Codes(), []int32{1, 0, 77, 1}) // the code of a NULL means nothing
	for i, h := range hashOf(dict, 4, nil) {
		if h != want[i] {
			t.Errorf("row %d: a dictionary row hashes to %x, a flat one to %x", i, h, want[i])
		}
	}
	for i, s := range []string{"abc", long} {
		c := stringVec(s)
		c.Enc = Const
		for _, h := range hashOf(c, 3, nil) {
			if h != want[i] {
				t.Errorf("a constant %q hashes to %x, a flat one to %x", s, h, want[i])
			}
		}
	}
}

func TestHashRowsOfManyEntries(t *testing.T) {
	vals := make([]string, smallDict+1)
	for i := range vals {
		vals[i] = string(rune('a' + i))
	}
	entries := stringVec(vals...)
	n := len(vals)
	dict := Vec{Type: ir.TVarchar, Enc: Dict, Dict: &entries, Data: AlignedBytes(4 * n)}
	for i := range n {
		dict.Codes()[i] = int32(n - 1 - i)
	}
	want, got := hashOf(entries, n, nil), hashOf(dict, n, nil)
	for i := range got {
		if got[i] != want[n-1-i] {
			t.Fatalf("row %d: %x, want %x", i, got[i], want[n-1-i])
		}
	}
}

func TestHashRowsWritesLiveRowsAlone(t *testing.T) {
	v := NewVec(ir.TBigInt, 4)
	copy(v.Int64s(), []int64{5, 6, 5, 7})
	got := hashOf(v, 4, []int32{0, 2})
	if got[0] != got[2] || got[0] == 0 || got[1] != 0 || got[3] != 0 {
		t.Errorf("%x", got)
	}
}

// The words of one value are the same, whichever loop makes them.
func TestHashWordIsTheLoops(t *testing.T) {
	for _, typ := range []*ir.Type{ir.TBoolean, ir.TTinyInt, ir.TSmallInt, ir.TInteger, ir.TBigInt, ir.TReal, ir.TDouble,
		ir.TDecimal(10, 2), ir.TVarchar, ir.TDate, ir.TTimestamp} {
		v := NewVec(typ, 9)
		for i := range v.Data {
			v.Data[i] = byte(i * 37 & 0x0F) // small lengths where the bytes are read as views
		}
		if typ.Kind == ir.Varchar {
			v = stringVec("", "a", "bb", "twelve bytes", "thirteen byte", "x", "y", "z", "a string that is longer than a view")
		}
		v.SetNull(3, 9)
		for i, h := range hashOf(v, 9, nil) {
			if want := kernels.HashInt(v.hashWord(i)); h != want {
				t.Errorf("%s row %d: %x, want %x", typ, i, h, want)
			}
		}
	}
}

func TestHashRowsFloats(t *testing.T) {
	v := NewVec(ir.TDouble, 4)
	copy(v.Float64s(), []float64{0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0xFFF8000000000001)})
	h := hashOf(v, 4, nil)
	if h[0] != h[1] || h[2] != h[3] || h[0] == h[2] {
		t.Errorf("%x", h)
	}
}

func TestHashRowsNested(t *testing.T) {
	ints := NewVec(ir.TBigInt, 4)
	copy(ints.Int64s(), []int64{1, 2, 1, 2})
	arr := Vec{Type: &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}, Offs: []int32{0, 2, 4, 4}, Kids: []Vec{ints}}
	if h := hashOf(arr, 3, nil); h[0] != h[1] || h[0] == h[2] {
		t.Errorf("arrays: %x", h)
	}
	vals := NewVec(ir.TBigInt, 4)
	copy(vals.Int64s(), []int64{10, 20, 20, 10})
	keys := NewVec(ir.TBigInt, 4)
	copy(keys.Int64s(), []int64{1, 2, 2, 1})
	m := Vec{Type: &ir.Type{Kind: ir.Map, Key: ir.TBigInt, Elem: ir.TBigInt}, Offs: []int32{0, 2, 4}, Kids: []Vec{keys, vals}}
	if h := hashOf(m, 2, nil); h[0] != h[1] {
		t.Errorf("the order of a map's entries must not matter: %x", h)
	}
	row := Vec{Type: &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TBigInt}, {Name: "b", Type: ir.TBigInt}}}, Kids: []Vec{keys, vals}}
	if h := hashOf(row, 4, nil); h[0] != h[3] || h[0] == h[1] {
		t.Errorf("rows: %x", h)
	}
}

func TestKeyGroupsAreEven(t *testing.T) {
	f := func(name string, key func(i int) uint64) {
		t.Helper()
		var count [KeyGroups]int
		const n = 256 * 400
		for i := range n {
			count[KeyGroup(kernels.HashInt(key(i)))]++
		}
		for g, c := range count {
			if c < 200 || c > 600 {
				t.Errorf("%s: key group %d has %d keys of 400", name, g, c)
			}
		}
	}
	f("dense", func(i int) uint64 { return uint64(i) })
	f("minutes", func(i int) uint64 { return uint64(i) * 60_000_000 })
	f("high bits", func(i int) uint64 { return uint64(i) << 40 })
}

func TestKeyGroupGolden(t *testing.T) {
	got := [4]int{KeyGroup(0), KeyGroup(1), KeyGroup(kernels.HashInt(1)), KeyGroup(kernels.HashInt(kernels.HashNull))}
	if want := [4]int{0, 209, 191, 14}; got != want {
		t.Errorf("key groups are %v, were %v: checkpoints would go to other tasks; see HashVersion", got, want)
	}
}
