package file

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/arrowipc"
	"github.com/helios-stream/helios/vexec/connect/format/parquet"
	"github.com/helios-stream/helios/vexec/vtest"
)

// sizeOf is what the connector says of the size of a path.
func sizeOf(t *testing.T, dir, path string) (int64, []int64) {
	t.Helper()
	table := &ir.Table{Name: "t", Connector: "file", Dir: dir, Options: map[string]string{"path": path},
		Cols: []ir.TableColumn{{Column: ir.Column{Name: "id", Type: ir.TBigInt}}, {Column: ir.Column{Name: "s", Type: ir.TVarchar}}}}
	return New().(vexec.Sized).Size(context.Background(), table)
}

// writeColumns writes a file of rows with the ids.
func writeColumns(t *testing.T, name string, ids []int64) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	table := &ir.Table{Name: "t", Connector: "file", Options: map[string]string{"path": name},
		Cols: []ir.TableColumn{{Column: ir.Column{Name: "id", Type: ir.TBigInt}}, {Column: ir.Column{Name: "s", Type: ir.TVarchar}}}}
	var rows []vtest.Row
	for _, id := range ids {
		rows = append(rows, vtest.Row{id, "x"})
	}
	writeRows(t, table, rows)
}

// TestSize holds that sizes are near enough to choose plans by, and that of what cannot be
// read there is none.
func TestSize(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var lines strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&lines, "{\"id\":%d,\"s\":\"%d\"}\n", i, i)
	}
	write(t, at("long.ndjson"), lines.String())
	write(t, at("short.csv"), "id,s\n1,a\n2,b\n3,c")
	write(t, at("empty.ndjson"), "")
	write(t, at("broken.parquet"), "PAR1 is not enough")
	write(t, at("broken.arrow"), "ARROW1 is not enough")
	write(t, at("broken.ndjson.gz"), "\x1f\x8b\x08 is not enough")
	z, err := os.Create(at("packed.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(z)
	if _, err := w.Write([]byte(lines.String())); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		write(t, at(fmt.Sprintf("many/%03d.ndjson", i)), strings.Repeat("{\"id\":1}\n", 50))
	}
	for _, c := range []struct {
		path        string
		least, most int64
	}{
		{"long.ndjson", 9_000, 11_000}, {"packed.ndjson.gz", 3_000, 30_000}, {"short.csv", 3, 3}, {"empty.ndjson", 0, 0}, {"many", 5_000, 5_000},
		{"*.csv", 3, 3}, {"broken.parquet", 0, 0}, {"broken.arrow", 0, 0}, {"broken.ndjson.gz", 0, 0}, {"none.csv", 0, 0}, {"-", 0, 0},
	} {
		if rows, distinct := sizeOf(t, dir, c.path); rows < c.least || rows > c.most || distinct != nil {
			t.Errorf("%s: %d rows, %v values; want %d to %d rows", c.path, rows, distinct, c.least, c.most)
		}
	}
}

// TestSizeOfColumns holds that files of columns say how many rows they have, and Parquet how
// far its whole numbers reach.
func TestSizeOfColumns(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []struct {
		name string
		ids  []int64
	}{{"p/1.parquet", []int64{5, 9, 7}}, {"p/2.parquet", []int64{3}}, {"a/1.arrow", []int64{1, 2}}} {
		writeColumns(t, filepath.Join(dir, f.name), f.ids)
	}
	if rows, distinct := sizeOf(t, dir, "p"); rows != 4 || fmt.Sprint(distinct) != "[8 0]" { // 3 to 9, and NULL
		t.Errorf("Parquet: %d rows, %v values", rows, distinct)
	}
	if rows, distinct := sizeOf(t, dir, "a"); rows != 2 || distinct != nil {
		t.Errorf("Arrow: %d rows, %v values", rows, distinct)
	}
	if _, err := arrowipc.Size(filepath.Join(dir, "p/1.parquet")); err == nil {
		t.Error("a Parquet file has a size as Arrow")
	}
	if _, _, err := parquet.Size(filepath.Join(dir, "a/1.arrow")); err == nil {
		t.Error("an Arrow file has a size as Parquet")
	}
}
