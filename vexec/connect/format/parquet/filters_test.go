package parquet

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// filterOf is a filter by the values of some rows of a column.
func filterOf(t *testing.T, s *ir.Schema, col int, rows [][]ir.Value, bounds bool) *vexec.KeyFilter {
	t.Helper()
	f := vexec.NewKeyFilter(len(rows), []int{col})
	b, err := memory.NewBatch(s, rows)
	if err != nil {
		t.Fatal(err)
	}
	if f.Add(b, []int{col}, nil); !bounds {
		return f
	}
	in := ir.ScanTerm{Col: col, Op: ir.TermIn, T: s.Cols[col].Type}
	for _, r := range rows {
		in.Values = append(in.Values, r[col])
	}
	f.Terms = []ir.ScanTerm{in}
	return f
}

// TestFilters: all rows with one of the keys come, and with event time the times of all rows,
// or of none of a unit; what is left out is counted.
func TestFilters(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	left := int64(0)
	for _, path := range termFiles(t) {
		cols, err := Infer(path)
		if err != nil {
			t.Fatal(err)
		}
		s := &ir.Schema{Cols: cols}
		whole, err := readPruned(path, scanOf(s, -1, 0))
		if err != nil {
			t.Fatal(err)
		}
		for range 6 - min(4, len(whole.rows)/1000) {
			scan := scanOf(s, -1, []int{0, 3, 700}[rnd.IntN(3)])
			for i, c := range cols {
				if c.Type.Kind.IsTimestamp() && rnd.IntN(3) == 0 {
					scan.TimeCol = i
				}
			}
			col := rnd.IntN(len(cols))
			if isNested(cols[col].Type) {
				continue
			}
			var keys [][]ir.Value
			held := map[string]bool{}
			for range 1 + rnd.IntN(30) {
				if r := whole.rows[rnd.IntN(len(whole.rows))]; r[col] != nil {
					keys, held[fmt.Sprint(r[col])] = append(keys, r), true
				}
			}
			scan.Filters = []*vexec.KeyFilter{filterOf(t, s, col, keys, rnd.IntN(2) == 0)}
			got, err := readPruned(path, scan)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			came := map[string]int{}
			for _, r := range got.rows {
				came[fmt.Sprint(r)]++
			}
			for _, r := range whole.rows {
				if k := fmt.Sprint(r); r[col] != nil && held[fmt.Sprint(r[col])] {
					if came[k]--; came[k] < 0 {
						t.Fatalf("%s, time %d, key %s: the row %v does not come", path, scan.TimeCol, cols[col].Name, r)
					}
				}
			}
			gone := int64(len(whole.rows) - got.live)
			if n := scan.Filters[0].Drops(); n != gone {
				t.Fatalf("%s, key %s: %d rows are counted, %d did not come", path, cols[col].Name, n, gone)
			}
			if int64(got.out)+got.gone != int64(len(whole.rows)) {
				t.Fatalf("%s: %d rows in batches and %d left out, of %d", path, got.out, got.gone, len(whole.rows))
			}
			left += gone
		}
	}
	if left < 500 {
		t.Errorf("only %d rows were left out", left)
	}
}

// TestFilterOfNothing leaves out each row group without a look at its columns.
func TestFilterOfNothing(t *testing.T) {
	s := schemaOf("id", "ts_us")
	for _, time := range []int{-1, 1} {
		scan := scanOf(s, time, 0)
		scan.Filters = []*vexec.KeyFilter{filterOf(t, s, 0, nil, true)}
		got, err := readPruned("testdata/pyarrow_v1_snappy.parquet", scan)
		if err != nil || got.live != 0 || got.gone != fileRows || scan.Filters[0].Drops() != fileRows {
			t.Errorf("time %d: %d rows come, %d are left out, %d counted: %v", time, got.live, got.gone, scan.Filters[0].Drops(), err)
		}
	}
}
