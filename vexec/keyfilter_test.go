package vexec_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

func longs(values ...int64) vexec.Vec {
	v := vexec.NewVec(ir.TBigInt, len(values))
	copy(v.Int64s(), values)
	return v
}

func columns(n int, cols ...vexec.Vec) *vexec.Batch {
	return &vexec.Batch{Cols: cols, Rows: n, Part: -1}
}

// TestKeyFilterKeepsItsKeys: no row of a key is left out, and of others one in fifty at most
// comes through.
func TestKeyFilterKeepsItsKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 3, 100, 5000, 200_000} {
		for name, value := range map[string]func(i int) int64{
			"in a row": func(i int) int64 { return int64(i) },
			"far":      func(i int) int64 { return int64(i) << 32 },
			"random":   func(int) int64 { return int64(r.Uint64()) &^ 1 },
		} {
			keys, others := make([]int64, n), make([]int64, 4096)
			for i := range keys {
				keys[i] = value(i)
			}
			for i := range others {
				others[i] = value(n+i) | 1<<62 | 1<<61
			}
			f := vexec.NewKeyFilter(n, []int{1})
			f.Add(columns(n, longs(keys...)), []int{0}, nil)
			found := 0
			for part := range slices.Chunk(keys, 4096) {
				s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
				s.Begin()
				found += len(s.Rows(0, []vexec.Vec{{}, longs(part...)}, len(part), nil, make([]int32, len(part))))
			}
			if found != n {
				t.Errorf("%d keys %s: %d are found", n, name, found)
			}
			s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
			through := s.Rows(0, []vexec.Vec{{}, longs(others...)}, len(others), nil, make([]int32, len(others)))
			if len(through) > len(others)/50 {
				t.Errorf("%d keys %s: %d of %d others come through", n, name, len(through), len(others))
			}
			if f.Drops() != int64(len(others)-len(through)) {
				t.Errorf("%d rows are counted, %d were left out", f.Drops(), len(others)-len(through))
			}
		}
	}
}

// TestKeyFilterOfNothing leaves out all rows.
func TestKeyFilterOfNothing(t *testing.T) {
	f := vexec.NewKeyFilter(0, []int{0})
	s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
	if got := s.Rows(0, []vexec.Vec{longs(0, 1, -1)}, 3, nil, make([]int32, 3)); len(got) != 0 || got == nil {
		t.Errorf("%v come through", got)
	}
}

// TestKeyFilterEncodings: equal values are found whatever holds them.
func TestKeyFilterEncodings(t *testing.T) {
	held := vexec.NewVec(ir.TDouble, 2)
	copy(held.Float64s(), []float64{0, math.NaN()})
	f := vexec.NewKeyFilter(2, []int{0})
	f.Add(columns(2, held), []int{0}, nil)
	asked := vexec.NewVec(ir.TDouble, 3)
	copy(asked.Float64s(), []float64{math.Copysign(0, -1), 5, math.Float64frombits(0x7FF8000000000123)})
	dict := vexec.Vec{Type: ir.TDouble, Enc: vexec.Dict, Dict: &asked, Data: vexec.AlignedBytes(16)}
	copy(dict.Codes(), []int32{2, 1, 0, 1})
	s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
	if got := s.Rows(0, []vexec.Vec{asked}, 3, nil, make([]int32, 3)); !slices.Equal(got, []int32{0, 2}) {
		t.Errorf("flat: %v", got)
	}
	if got := s.Rows(0, []vexec.Vec{dict}, 4, []int32{1, 2, 3}, make([]int32, 4)); !slices.Equal(got, []int32{2}) {
		t.Errorf("dictionary: %v", got)
	}
}

// TestKeySieveStops asks a filter that leaves out little about the first rows of a unit alone:
// whatever batches they come in.
func TestKeySieveStops(t *testing.T) {
	const rows = 10_000
	for _, c := range []struct{ oneIn, want int }{{4, rows - rows/4}, {6, rows - (1024+5)/6}} {
		values := make([]int64, rows)
		for i := range values {
			values[i] = 7
			if i%c.oneIn == 0 {
				values[i] = 1 << 40
			}
		}
		f := vexec.NewKeyFilter(1, []int{0})
		f.Add(columns(1, longs(7)), []int{0}, nil)
		for _, size := range []int{1, 7, 1000, 8192, rows} {
			s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
			for unit := range 2 {
				s.Begin()
				left := 0
				for part := range slices.Chunk(values, size) {
					sel := kernels.SelAll(len(part), make([]int32, len(part)))
					left += len(s.Rows(0, []vexec.Vec{longs(part...)}, len(part), sel, sel))
				}
				if left != c.want {
					t.Errorf("one in %d is no key, batches of %d, unit %d: %d rows are left, want %d", c.oneIn, size, unit, left, c.want)
				}
			}
		}
	}
}

func BenchmarkKeySieve(b *testing.B) {
	const rows = 4096
	r := rand.New(rand.NewPCG(1, 2))
	for _, keys := range []int{1000, 120_000, 1 << 20} {
		values := make([]int64, keys)
		for i := range values {
			values[i] = int64(i) * 5
		}
		f := vexec.NewKeyFilter(keys, []int{0})
		f.Add(columns(keys, longs(values...)), []int{0}, nil)
		asked := make([]int64, rows)
		for i := range asked {
			asked[i] = r.Int64N(int64(keys) * 5)
		}
		v, out := []vexec.Vec{longs(asked...)}, make([]int32, rows)
		b.Run(fmt.Sprint(keys), func(b *testing.B) {
			s := vexec.NewKeySieve([]*vexec.KeyFilter{f})
			for b.Loop() {
				s.Rows(0, v, rows, nil, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
		})
	}
}
