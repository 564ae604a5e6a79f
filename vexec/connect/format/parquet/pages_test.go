package parquet

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// pagesSchema and pagesRow make columns whose pages differ: without NULLs, with
// some, of nothing else; text with a dictionary, without, and with one that ends.
var pagesSchema = vtest.Schema("id", ir.TBigInt, "some", ir.TInteger, "runs", ir.TBigInt, "none", ir.TDouble,
	"flag", ir.TBoolean, "few", ir.TVarchar, "own", ir.TVarchar, "long", ir.TVarchar, "dec", ir.TDecimal(30, 2), "f", ir.TDouble)

func pagesRow(i int) vtest.Row {
	r := vtest.Row{i, i * 31 % 1009, int64(i) * int64(i) * 0x9E3779B97F4A7C1, nil, i%3 == 0, fmt.Sprint("few ", i%7),
		fmt.Sprint("text ", i), strings.Repeat("ü", 40) + fmt.Sprint(i%50), fmt.Sprintf("%d.25", i-10000), float64(i%100) - 50}
	if i%5 == 1 {
		r[1], r[4], r[5] = nil, nil, nil
	}
	if i < pageRows+100 {
		r[2], r[9] = nil, nil
	}
	return r
}

func TestPages(t *testing.T) {
	const n = pageRows + 2001
	var rows []vtest.Row
	for i := range n {
		rows = append(rows, pagesRow(i))
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	if keep := os.Getenv("HELIOS_KEEP_PAGES"); keep != "" { // to look at the file with other readers
		path = keep
	}
	for codec, shape := range map[string]vtest.Shape{"none": {}, "snappy": {Dead: true}, "zstd": {Const: true}} {
		var batches []*vexec.Batch
		for from, k := 0, 1; from < n; from, k = from+k, k*3%601+1 {
			k = min(k, n-from)
			batches = append(batches, vtest.BatchAs(pagesSchema, shape, rows[from:from+k]...))
		}
		writeFile(t, path, codec, pagesSchema, nil, batches...)
		sameRows(t, path, pagesSchema, rows)
		f := checkIndex(t, path)
		m := &f.Metadata().RowGroups[0]
		for c, want := range []string{"[RLE DELTA_BINARY_PACKED]", "[RLE DELTA_BINARY_PACKED]", "[RLE PLAIN]", "[RLE PLAIN]", "[RLE PLAIN]",
			"[RLE PLAIN RLE_DICTIONARY]", "[RLE PLAIN RLE_DICTIONARY]", "[RLE PLAIN RLE_DICTIONARY]", "[RLE PLAIN]", "[RLE PLAIN]"} {
			if got := fmt.Sprint(m.Columns[c].MetaData.Encoding); got != want {
				t.Errorf("column %d: %s, want %s", c, got, want)
			}
		}
		if s := m.Columns[3].MetaData.Statistics; s.NullCount != n || s.MinValue != nil || s.MaxValue != nil {
			t.Errorf("a column of NULL: %+v", s)
		}
		if s := m.Columns[7].MetaData.Statistics; string(s.MinValue) != strings.Repeat("ü", 32) || string(s.MaxValue) != strings.Repeat("ü", 40)+"9" {
			t.Errorf("long text: %q %q", s.MinValue, s.MaxValue)
		}
		if s := m.Columns[0].MetaData.Statistics; leUint64(s.MinValue) != 0 || leUint64(s.MaxValue) != n-1 || s.NullCount != 0 {
			t.Errorf("numbers: %v", s)
		}
	}
}

// TestNaN: a page with a NaN has no bounds, nor has its chunk, and its file no page index: readers
// differ in whether NaN is above all others.
func TestNaN(t *testing.T) {
	s := vtest.Schema("f", ir.TDouble, "r", ir.TReal)
	path := filepath.Join(t.TempDir(), "f.parquet")
	f := func(lo, hi float64, vals ...float64) {
		t.Helper()
		var rows []vtest.Row
		for _, v := range vals {
			rows = append(rows, vtest.Row{v, v})
		}
		writeFile(t, path, "zstd", s, nil, vtest.Batch(s, rows...))
		file, err := openFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Release()
		for c, size := range []int{8, 4} {
			chunk := &file.meta.groups[0].cols[c]
			stats := chunk.stats
			if lo != lo {
				if stats.min != nil || stats.max != nil || chunk.columnAt != 0 || chunk.offsetAt != 0 {
					t.Errorf("with NaN: %+v", chunk)
				}
				continue
			}
			want := [2][]byte{float64Bytes(lo), float64Bytes(hi)}
			if size == 4 {
				want = [2][]byte{float32Bytes(lo), float32Bytes(hi)}
			}
			if string(stats.min) != string(want[0]) || string(stats.max) != string(want[1]) || chunk.columnAt == 0 {
				t.Errorf("%v: %v, want %v", vals, stats, want)
			}
		}
	}
	nan := math.NaN()
	f(nan, nan, nan, 2, 1, nan)
	f(1, 2, 2, 1)
	f(math.Copysign(0, -1), 0, 0)
	f(math.Copysign(0, -1), 0, math.Copysign(0, -1))
	f(nan, nan, math.Inf(1), nan)
	f(math.Inf(1), math.Inf(1), math.Inf(1))
	f(nan, nan, nan, nan)
}

func TestBoundsOfText(t *testing.T) {
	f := func(in, lo, hi string) {
		t.Helper()
		gotLo, gotHi := atMost(ir.TVarchar, []byte(in)), atLeast(ir.TVarchar, []byte(in))
		if string(gotLo) != lo || string(gotHi) != hi || string(gotLo) > in || string(gotHi) < in {
			t.Errorf("%q: %q and %q, want %q and %q", in, gotLo, gotHi, lo, hi)
		}
	}
	a64 := strings.Repeat("a", 64)
	f("", "", "")
	f(a64, a64, a64)
	f(a64+"z", a64, a64[1:]+"b")
	f(a64[1:]+"ü", a64[1:], a64[2:]+"b")
	f(a64[1:]+"\x7fx", a64[1:]+"\x7f", a64[2:]+"b")
	f(strings.Repeat("ü", 40), strings.Repeat("ü", 32), strings.Repeat("ü", 40))
}

// failing is a file on a disk that is full after some bytes.
type failing struct{ left int }

var errFull = errors.New("no space left")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestErrorOfTheBackground: whatever cannot be written is an error of a later call,
// and nothing stays reserved.
func TestErrorOfTheBackground(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt)
	v := vexec.NewVec(ir.TBigInt, groupRows)
	for i := range v.Int64s() {
		v.Int64s()[i] = int64(i) * int64(i) * 0x9E3779B97F4A7C1 // differences do not make these smaller
	}
	b := &vexec.Batch{Schema: s, Cols: []vexec.Vec{v}, Rows: groupRows}
	for _, left := range []int{0, 4, groupRows * 8, 3 * groupRows * 8, 4*groupRows*8 + 5000} {
		budget := vexec.NewBudget(0)
		w, err := NewWriter(&failing{left}, s, Options{Codec: "none"}, budget.Account("writer"))
		if (left == 0) != errors.Is(err, errFull) {
			t.Fatalf("after %d bytes: %v", left, err)
		}
		if left == 0 {
			continue
		}
		written := 0
		for err == nil && written < 4 {
			if err = w.Write(b); err == nil {
				written++
			}
		}
		if again := w.Write(b); err != nil && !errors.Is(again, errFull) {
			t.Errorf("after an error: %v", again)
		}
		if cerr := w.Close(); !errors.Is(cerr, errFull) {
			t.Errorf("after %d bytes, Close: %v", left, cerr)
		}
		w.Abort()
		if budget.Used() != 0 {
			t.Errorf("after %d bytes: %d bytes are reserved", left, budget.Used())
		}
		if peak := budget.Peak(); written > 1 && (peak < 2*groupRows*8 || peak > 3*groupRows*8) {
			t.Errorf("%d bytes were reserved at most: two row groups are expected", peak)
		}
	}
}

// TestAbortInTheMiddle: nothing is written once Abort has returned.
func TestAbortInTheMiddle(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt)
	b := &vexec.Batch{Schema: s, Cols: []vexec.Vec{vexec.NewVec(ir.TBigInt, groupRows+1)}, Rows: groupRows + 1}
	budget := vexec.NewBudget(0)
	out := &failing{1 << 30}
	w, err := NewWriter(out, s, Options{}, budget.Account("writer"))
	if err == nil {
		err = w.Write(b)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Abort() // the race detector sees a write that is still going on
	out.left = 0
	if budget.Used() != 0 {
		t.Errorf("%d bytes are reserved", budget.Used())
	}
}
