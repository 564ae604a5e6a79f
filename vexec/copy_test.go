package vexec

import (
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
)

// randomVec makes a vector of n rows in the given encoding and the values it stands for.
func randomVec(r *rand.Rand, t *ir.Type, enc Enc, n int) (Vec, []ir.Value) {
	switch enc {
	case Const:
		v, vals := randomVec(r, t, Flat, 1)
		v.Enc = Const
		out := make([]ir.Value, n)
		for i := range out {
			out[i] = vals[0]
		}
		return v, out
	case Dict:
		d, vals := randomVec(r, t, Flat, 1+r.Intn(5))
		v := Vec{Type: t, Enc: Dict, Dict: &d, Data: AlignedBytes(4 * n)}
		out := make([]ir.Value, n)
		for i := range out {
			c := r.Intn(len(vals))
			v.Codes()[i] = int32(c)
			out[i] = vals[c]
		}
		if n > 0 && r.Intn(2) == 0 {
			v.SetNull(0, n)
			out[0] = nil
		}
		return v, out
	}
	v := NewVec(t, n)
	if t.Kind == ir.Row {
		var kids [][]ir.Value
		for k, f := range t.Fields {
			kid, vals := randomVec(r, f.Type, Flat, n)
			v.Kids[k] = kid
			kids = append(kids, vals)
		}
		out := make([]ir.Value, n)
		for i := range out {
			row := []ir.Value{}
			for k := range kids {
				row = append(row, kids[k][i])
			}
			out[i] = row
		}
		return withNulls(r, v, out)
	}
	if t.Kind == ir.Array {
		total := 0
		for i := range n {
			total += r.Intn(4)
			v.Offs[i+1] = int32(total)
		}
		kid, vals := randomVec(r, t.Elem, Flat, total)
		v.Kids = []Vec{kid}
		out := make([]ir.Value, n)
		for i := range out {
			out[i] = append([]ir.Value{}, vals[v.Offs[i]:v.Offs[i+1]]...)
		}
		return withNulls(r, v, out)
	}
	out := make([]ir.Value, n)
	for i := range out {
		x := r.Int63n(100) - 50
		switch t.Kind {
		case ir.Boolean:
			if x > 0 {
				SetBit(v.Data, i)
			}
			out[i] = x > 0
		case ir.TinyInt:
			v.Int8s()[i], out[i] = int8(x), x
		case ir.SmallInt:
			v.Int16s()[i], out[i] = int16(x), x
		case ir.Integer:
			v.Int32s()[i], out[i] = int32(x), x
		case ir.BigInt, ir.Timestamp:
			v.Int64s()[i], out[i] = x, x
		case ir.Real:
			v.Float32s()[i], out[i] = float32(x), float64(x)
		case ir.Double:
			v.Float64s()[i], out[i] = float64(x), float64(x)
		case ir.Decimal:
			v.Decs()[i], out[i] = ir.DecFromInt64(x), ir.DecFromInt64(x)
		case ir.Varchar:
			s := strings.Repeat("ä", r.Intn(12)) + fmt.Sprint(x)
			v.Bufs = append(v.Bufs, []byte(s))
			v.Views()[i], out[i] = kernels.MakeView([]byte(s), int32(len(v.Bufs)-1), 0), s
		}
	}
	return withNulls(r, v, out)
}

func withNulls(r *rand.Rand, v Vec, out []ir.Value) (Vec, []ir.Value) {
	if r.Intn(2) == 0 {
		for i := range out {
			if r.Intn(3) == 0 {
				v.SetNull(i, len(out))
				out[i] = nil
			}
		}
	}
	return v, out
}

func TestAppendRowsAgainstValues(t *testing.T) {
	row := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "a", Type: ir.TBigInt}, {Name: "s", Type: ir.TVarchar}}}
	types := []*ir.Type{ir.TBoolean, ir.TTinyInt, ir.TSmallInt, ir.TInteger, ir.TBigInt, ir.TReal, ir.TDouble,
		ir.TDecimal(10, 2), ir.TVarchar, ir.TTimestamp, row,
		{Kind: ir.Array, Elem: ir.TVarchar}, {Kind: ir.Array, Elem: row}}
	for seed := range int64(300) {
		r := rand.New(rand.NewSource(seed))
		s := &ir.Schema{}
		for i, typ := range types {
			s.Cols = append(s.Cols, ir.Column{Name: fmt.Sprint("c", i), Type: typ})
		}
		dst := &Batch{}
		dst.Reset(s)
		want := make([][]ir.Value, len(types))
		var wantLate []LateMark
		for range 1 + r.Intn(4) {
			n := r.Intn(40)
			src := &Batch{Schema: s, Rows: n, Part: 1}
			vals := make([][]ir.Value, len(types))
			for i, typ := range types {
				v, x := randomVec(r, typ, Enc(r.Intn(3)), n)
				src.Cols, vals[i] = append(src.Cols, v), x
			}
			for i := range n {
				if r.Intn(4) == 0 {
					src.Late = append(src.Late, LateMark{Row: int32(i), WM: ir.Micros(i)})
				}
				if r.Intn(2) == 0 {
					src.Sel = append(src.Sel, int32(i))
				}
			}
			if r.Intn(3) == 0 {
				src.Sel = nil
			}
			for _, m := range src.Late {
				for i := range src.Live() {
					if src.Row(i) == int(m.Row) {
						wantLate = append(wantLate, LateMark{Row: int32(dst.Rows + i), WM: m.WM})
					}
				}
			}
			for c := range types {
				for i := range src.Live() {
					want[c] = append(want[c], vals[c][src.Row(i)])
				}
			}
			if src.Sel == nil && r.Intn(2) == 0 {
				src.Sel = allRows(n)
			}
			AppendRows(dst, src, src.Sel)
		}
		for c := range types {
			for i := range dst.Rows {
				if got := dst.Cols[c].Value(i); !reflect.DeepEqual(got, want[c][i]) {
					t.Fatalf("seed %d: %s row %d: got %#v, want %#v", seed, types[c], i, got, want[c][i])
				}
			}
		}
		if !reflect.DeepEqual(dst.Late, wantLate) {
			t.Fatalf("seed %d: marks %v, want %v", seed, dst.Late, wantLate)
		}
	}
}

func allRows(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// A compacted batch must not see later writes to its source, and must be as short
// as its live rows.
func TestCompactOwnsItsMemory(t *testing.T) {
	s := ir.NewSchema(ir.Column{Name: "s", Type: ir.TVarchar})
	buf := []byte("a string longer than a view holds")
	v := NewVec(ir.TVarchar, 2)
	v.Bufs = [][]byte{buf}
	v.Views()[0], v.Views()[1] = kernels.MakeView(buf, 0, 0), kernels.InlineView([]byte("short"))
	src := &Batch{Schema: s, Cols: []Vec{v}, Rows: 2, Part: 3}
	dst := &Batch{}
	Compact(dst, src)
	for i := range buf {
		buf[i] = 'x'
	}
	v.Views()[1] = View{}
	if got := string(dst.Cols[0].Bytes(0)); got != "a string longer than a view holds" {
		t.Errorf("long string changed with its source: %q", got)
	}
	if got := string(dst.Cols[0].Bytes(1)); got != "short" {
		t.Errorf("short string changed with its source: %q", got)
	}
	if dst.Part != 3 || dst.Rows != 2 {
		t.Errorf("part %d rows %d", dst.Part, dst.Rows)
	}
}

func BenchmarkCompactHalf(b *testing.B) {
	const n = 8192
	s := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt}, ir.Column{Name: "s", Type: ir.TVarchar})
	src := &Batch{Schema: s, Cols: []Vec{NewVec(ir.TBigInt, n), NewVec(ir.TVarchar, n)}, Rows: n}
	for i := range n {
		src.Cols[1].Views()[i] = kernels.InlineView([]byte("channel-12"))
		if i%2 == 0 {
			src.Sel = append(src.Sel, int32(i))
		}
	}
	dst := &Batch{}
	for b.Loop() {
		Compact(dst, src)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(n/2), "ns/row")
}
