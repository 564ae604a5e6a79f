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
	eachPruned(t, 6, func(rnd *rand.Rand, path string, s *ir.Schema, whole *pruned, scan *vexec.Scan) int64 {
		col := rnd.IntN(len(s.Cols))
		if isNested(s.Cols[col].Type) {
			return 0
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
					t.Fatalf("%s, time %d, key %s: the row %v does not come", path, scan.TimeCol, s.Cols[col].Name, r)
				}
			}
		}
		gone := int64(len(whole.rows) - got.live)
		if n := scan.Filters[0].Drops(); n != gone {
			t.Fatalf("%s, key %s: %d rows are counted, %d did not come", path, s.Cols[col].Name, n, gone)
		}
		if int64(got.out)+got.gone != int64(len(whole.rows)) {
			t.Fatalf("%s: %d rows in batches and %d left out, of %d", path, got.out, got.gone, len(whole.rows))
		}
		return gone
	})
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
