package file

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// peersScript prints the rows of folders as DuckDB and pyarrow read them.
const peersScript = `
import sys, json, duckdb
import pyarrow as pa, pyarrow.dataset as ds
def text(v): return 'NULL' if v is None else str(v)
out = []
for c in json.load(sys.stdin):
    duck = duckdb.sql(c['duck']).fetchall() if c['duck'] else None
    part = ds.partitioning(pa.schema([('n', pa.int64()), ('s', pa.string())]), flavor='hive')
    rows = ds.dataset(c['dir'], format=c['format'], partitioning=part).to_table(columns=['id', 'n', 's']).to_pylist()
    out.append([duck and sorted('|'.join(text(v) for v in r) for r in duck), sorted('|'.join(text(v) for v in r.values()) for r in rows)])
json.dump(out, sys.stdout)
`

var peersSchema = vtest.Schema("id", ir.TBigInt, "n", ir.TInteger, "s", ir.TVarchar,
	"nested", &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "x", Type: ir.TBigInt}, {Name: "l", Type: &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}}}})

// peersRows have awkward values of the partition columns.
func peersRows() (rows []vtest.Row, want []string) {
	texts := []any{"a", nil, "b c", "x/y=z%20", "ü", "..", "", "#?*[1]\\", hiveNull, "2024-01-01 00:00:00", "a&b+c"}
	for i, s := range texts {
		for n := range 3 {
			id := 10*i + n
			nn := any(n)
			if n == 2 {
				nn = nil
			}
			rows = append(rows, vtest.Row{id, nn, s, []any{id, []any{"l", nil}}})
			show := func(v any) string {
				if v == nil {
					return "NULL"
				}
				return fmt.Sprint(v)
			}
			want = append(want, fmt.Sprintf("%d|%s|%s", id, show(nn), show(s)))
		}
	}
	slices.Sort(want)
	return rows, want
}

// writePeers writes the rows in three epochs, which the parts take in.
func writePeers(t *testing.T, dir string, rows []vtest.Row, options ...string) {
	t.Helper()
	table := &ir.Table{Name: "out", Connector: "file", Options: map[string]string{"path": dir + "/"}, Partition: []string{"n", "s"}}
	for _, c := range peersSchema.Cols {
		if options[1] != "csv" || c.Name != "nested" {
			table.Cols = append(table.Cols, ir.TableColumn{Column: c})
		}
	}
	for i := 0; i < len(options); i += 2 {
		table.Options[options[i]] = options[i+1]
	}
	ctx := context.Background()
	s, err := start(table, &vexec.SinkContext{Schema: table.Physical(), Unbounded: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for epoch := range 3 {
		var part []vtest.Row
		for _, r := range rows[epoch*len(rows)/3 : (epoch+1)*len(rows)/3] {
			part = append(part, r[:len(table.Cols)])
		}
		if err := s.Write(ctx, vtest.Batch(table.Physical(), part...)); err != nil {
			t.Fatal(err)
		}
		tok, err := s.Prepare(ctx, uint64(epoch+1), epoch == 2)
		if err == nil {
			err = s.Commit(ctx, uint64(epoch+1), tok)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPeersReadFolders: what is PARTITIONED BY is read by DuckDB and pyarrow, with the
// values that were written.
func TestPeersReadFolders(t *testing.T) {
	py := python(t)
	base := t.TempDir()
	rows, want := peersRows()
	type peer struct {
		Dir    string `json:"dir"`
		Format string `json:"format"`
		Duck   string `json:"duck"`
	}
	var cases []peer
	add := func(name, format, reader string, options ...string) {
		dir := filepath.Join(base, name)
		writePeers(t, dir, rows, append([]string{"format", map[string]string{"csv": "csv", "parquet": "parquet", "json": "ndjson", "arrow": "arrow"}[format]}, options...)...)
		if reader != "" {
			reader = "SELECT id, n, s FROM " + strings.ReplaceAll(reader, "DIR", dir)
		}
		cases = append(cases, peer{dir, format, reader})
	}
	const hive = "hive_partitioning=true, hive_types={'n': INTEGER, 's': VARCHAR}"
	add("pq", "parquet", "read_parquet('DIR/**/*.parquet', "+hive+")", "parquet.bloom-filter-columns", "id")
	add("small", "parquet", "read_parquet('DIR/**/*.parquet', "+hive+")", "max.open.partitions", "2", "parquet.compression", "snappy")
	add("js", "json", "read_json('DIR/**/*.ndjson', "+hive+")")
	add("csv", "csv", "read_csv('DIR/**/*.csv', "+hive+")")
	add("gz", "csv", "read_csv('DIR/**/*.csv.gz', "+hive+")", "compression", "gzip")
	add("ipc", "arrow", "", "roll.rows", "1") // DuckDB reads Arrow by an extension only
	add("lz4", "arrow", "", "arrow.compression", "lz4", "max.open.partitions", "2")
	in, _ := json.Marshal(cases)
	cmd := exec.Command(py, "-c", peersScript)
	cmd.Stdin = bytes.NewReader(in)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	printed, err := cmd.Output()
	var got [][2][]string
	if err != nil || json.Unmarshal(printed, &got) != nil || len(got) != len(cases) {
		t.Fatalf("%v: %s", err, errs.String())
	}
	for i, c := range cases {
		for k, who := range []string{"DuckDB", "pyarrow"} {
			if who == "DuckDB" && c.Duck == "" {
				continue
			}
			slices.Sort(got[i][k])
			want := slices.Clone(want)
			if who == "pyarrow" { // which looks for it behind the decoding
				for n := range want {
					want[n] = strings.ReplaceAll(want[n], "|"+hiveNull, "|NULL")
				}
			}
			if !slices.Equal(got[i][k], want) {
				t.Errorf("%s, %s:\n%q\nwant\n%q", filepath.Base(c.Dir), who, got[i][k], want)
			}
		}
	}
}
