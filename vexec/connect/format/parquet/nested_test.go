package parquet

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// nestedFile writes what another writer's file holds, as batches of so many rows.
func nestedFile(t *testing.T, from string, rows int, opt Options) (path string, cols []ir.Column) {
	t.Helper()
	cols, err := Infer(from)
	if err != nil {
		t.Fatal(err)
	}
	s := &ir.Schema{Cols: cols}
	path = filepath.Join(t.TempDir(), "nested.parquet")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := NewWriter(out, s, opt, vexec.NewBudget(0).Account("writer"))
	if err != nil {
		t.Fatal(err)
	}
	err = eachBatch(from, scanOf(s, -1, rows), w.Write)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	return path, cols
}

// eachBatch calls f with the batches of a file.
func eachBatch(path string, scan *vexec.Scan, f func(*vexec.Batch) error) error {
	sr, err := Open(path, scan, vexec.Split{}, nil)
	if err != nil {
		return err
	}
	defer sr.Close()
	d, err := sr.NewDecoder()
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		u, err := sr.Claim(context.Background())
		if err != nil {
			return nil
		}
		if _, err := d.Begin(context.Background(), u); err != nil {
			return err
		}
		var b vexec.Batch
		for d.Next(&b, &vexec.BadRows{}) == nil {
			if err := f(&b); err != nil {
				return err
			}
		}
	}
}

// TestWriteNested writes nested columns and reads them again.
func TestWriteNested(t *testing.T) {
	for _, name := range []string{"pyarrow_nested_v2_zstd", "duckdb_nested", "polars_nested"} {
		from := "testdata/awkward/" + name + ".parquet"
		want, err := printFile(from, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, rows := range []int{1, 8, 1000} {
			path, _ := nestedFile(t, from, rows, Options{})
			for _, batch := range []int{1, 5, 1000} {
				got, err := printFile(path, batch)
				if err != nil {
					t.Fatal(err)
				}
				if why := differs(got, want); why != "" {
					t.Errorf("%s in batches of %d, read in batches of %d: %s", name, rows, batch, why)
				}
			}
		}
	}
}

// TestNestedPages writes lists whose entries make many pages and row groups, with
// bloom filters beside, and merges the file.
func TestNestedPages(t *testing.T) {
	list := &ir.Type{Kind: ir.Array, Elem: &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "n", Type: ir.TBigInt}, {Name: "s", Type: ir.TVarchar}}}}
	s := vtest.Schema("id", ir.TBigInt, "l", list, "name", ir.TVarchar)
	var rows []vtest.Row
	for i := range 6000 {
		var elems []ir.Value
		for j := range i % 17 {
			elems = append(elems, []ir.Value{int64(i * j), fmt.Sprint("text of row ", i, " and ", j)})
		}
		var l any = elems
		if elems == nil {
			l = []ir.Value{}
		}
		if i%13 == 0 {
			l = nil
		}
		rows = append(rows, vtest.Row{i, l, fmt.Sprint("name ", i*2)})
	}
	var buf bytes.Buffer
	opt := Options{Bloom: []string{"id", "name"}}
	w, err := NewWriter(&buf, s, opt, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(rows); i += 1000 {
		if err := w.Write(vtest.Batch(s, rows[i:i+1000]...)); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Size(); n < 50_000 || w.Rows() != 6000 {
		t.Errorf("size %d of %d rows", n, w.Rows())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n := w.Size(); n != int64(buf.Len()) {
		t.Errorf("size %d of a file of %d bytes", n, buf.Len())
	}
	path := filepath.Join(t.TempDir(), "a.parquet")
	if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sameRows(t, path, s, rows)
	var merged bytes.Buffer
	if err := Merge(&merged, s, opt, []Part{{Path: path, Groups: 1}, {Path: path, Groups: -1}}); err != nil {
		t.Fatal(err)
	}
	both := filepath.Join(t.TempDir(), "b.parquet")
	if err := os.WriteFile(both, merged.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sameRows(t, both, s, append(rows[:len(rows):len(rows)], rows...))
	for _, p := range []string{path, both} {
		checkBlooms(t, p, s)
	}
}

// checkBlooms looks for names that are there and for some that are not.
func checkBlooms(t *testing.T, path string, s *ir.Schema) {
	t.Helper()
	f, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	n, _ := f.root.find([]string{"name"})
	p, err := newPlan(n.leaf, ir.TVarchar)
	if err != nil {
		t.Fatal(err)
	}
	for g := range f.meta.groups {
		ruled := 0
		for i := range 1000 {
			gone := f.bloomExcludes(g, p, &term{ScanTerm: ir.ScanTerm{Op: ir.TermEqual, Values: []ir.Value{fmt.Sprint("name ", i)}}})
			if gone && i%2 == 0 {
				t.Fatalf("%s, row group %d: name %d is there, but the bloom filter denies it", path, g, i)
			}
			if gone {
				ruled++
			}
		}
		if ruled < 480 {
			t.Errorf("%s, row group %d: %d of 500 ruled out", path, g, ruled)
		}
	}
}

// TestPaths reads fields of ROWs: only their columns.
func TestPaths(t *testing.T) {
	path := "testdata/awkward/pyarrow_nested_v1_none.parquet"
	whole, err := readAll(path, scanOf(&ir.Schema{Cols: mustInfer(t, path)[3:4]}, -1, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	deep := &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "d", Type: ir.TDouble}}}
	s := vtest.Schema("r.a", ir.TInteger, "r.b.c", ir.TVarchar, "r.b", deep)
	scan := scanOf(s, -1, 7)
	scan.Paths = [][]string{{"r", "a"}, {"r", "b", "c"}, {"r", "b"}}
	got, err := readAll(path, scan, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range got.rows {
		want := []ir.Value{nil, nil, nil}
		if r, ok := whole.rows[i][0].([]ir.Value); ok {
			b := r[1].([]ir.Value)
			want = []ir.Value{r[0], b[0], []ir.Value{b[1]}}
		}
		if fmt.Sprint(row) != fmt.Sprint(want) {
			t.Fatalf("row %d: %v, want %v", i, row, want)
		}
	}
	for want, path := range map[string][]string{"has no field x": {"r", "x"}, "did you mean a?": {"r", "A"}, "BIGINT in the Parquet file and has no field a": {"id", "a"}} {
		scan := scanOf(vtest.Schema("x", ir.TInteger), -1, 0)
		scan.Paths = [][]string{path}
		if _, err := readAll("testdata/awkward/pyarrow_nested_v1_none.parquet", scan, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", path, err)
		}
	}
}

func mustInfer(t *testing.T, path string) []ir.Column {
	t.Helper()
	cols, err := Infer(path)
	if err != nil {
		t.Fatal(err)
	}
	return cols
}

// TestOthersReadIt compares what DuckDB and pyarrow read of a file with nested columns
// and bloom filters with what they read of the one that it was made of.
func TestOthersReadIt(t *testing.T) {
	python := os.Getenv("HELIOS_PYTHON") // of bench/.venv, which has both
	if python == "" {
		python, _ = filepath.Abs("../../../../bench/.venv/bin/python")
	}
	script := `
import sys, duckdb, pyarrow.parquet as pq
for a, b in zip(sys.argv[1::2], sys.argv[2::2]):
    x, y = pq.ParquetFile(a).read(), pq.ParquetFile(b).read()
    for n, c, d in zip(x.column_names, x.columns, y.columns):
        assert [str(v) for v in c.to_pylist()] == [str(v) for v in d.to_pylist()], ("pyarrow", a, n)
    q = "SELECT COLUMNS(*)::VARCHAR FROM read_parquet('%s')"
    x, y = duckdb.sql(q % a).fetchall(), duckdb.sql(q % b).fetchall()
    assert x == y, ("duckdb", a)
`
	if err := exec.Command(python, "-c", "import duckdb, pyarrow").Run(); err != nil {
		t.Skipf("no Python with DuckDB and pyarrow at %s: %v", python, err)
	}
	args := []string{"-c", script}
	for name, bloom := range map[string][]string{"pyarrow_nested_v2_zstd": {"id"}, "duckdb_nested": nil, "duckdb_nulls_zstd": {"id", "own", "d38", "i8"}} {
		from := "testdata/awkward/" + name + ".parquet"
		path, _ := nestedFile(t, from, 8, Options{Bloom: bloom})
		args = append(args, from, path)
	}
	if out, err := exec.Command(python, args...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
