package file

import (
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// partitioned is a table with the columns dt and hour in the names of folders.
func partitioned(dir, path string, dt, hour *ir.Type) *ir.Table {
	t := tableOf(dir, path, ir.Column{Name: "dt", Type: dt}, ir.Column{Name: "id", Type: ir.TBigInt}, ir.Column{Name: "hour", Type: hour, NotNull: true})
	t.Partition = []string{"dt", "hour"}
	return t
}

// TestPartitionsRefused gives folders that do not fit the columns.
func TestPartitionsRefused(t *testing.T) {
	f := func(file string, dt, hour *ir.Type, want string) {
		t.Helper()
		dir := t.TempDir()
		write(t, filepath.Join(dir, "in/dt=2024-01-01/hour=5/a.ndjson"), `{"id":1}`)
		write(t, filepath.Join(dir, file), `{"id":2}`)
		table := partitioned(dir, "in", dt, hour)
		err := New().Check(table, false)
		if err == nil {
			_, err = readTable(t, table, usual)
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "t: ") {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
	f("in/b.ndjson", ir.TDate, ir.TInteger, "in/b.ndjson does not stand in a folder dt=...")
	f("in/dt=2024-01-01/b.ndjson", ir.TDate, ir.TInteger, "b.ndjson does not stand in a folder hour=...")
	f("in/dt=x/hour=6/b.ndjson", ir.TDate, ir.TInteger, "in/dt=x does not fit the column dt DATE: 'x' does not parse as DATE")
	f("in/dt=2024-01-01/hour=300/b.ndjson", ir.TDate, ir.TTinyInt, "hour=300 does not fit the column hour TINYINT: '300' is out of the range of TINYINT")
	f("in/dt=2024-01-01/hour=__HIVE_DEFAULT_PARTITION__/b.ndjson", ir.TDate, ir.TInteger, "does not fit the column hour INTEGER: the value is missing or NULL, but the column is NOT NULL")
	f("in/dt=%FF/hour=1/b.ndjson", ir.TVarchar, ir.TInteger, "is not valid UTF-8")
	f("in/dt=x/hour=1/b.ndjson", ir.TDouble, ir.TInteger, "the values of DOUBLE are no names for folders")
	for option, value := range map[string]string{"follow": "true", "path": "-"} {
		table := partitioned(t.TempDir(), "in", ir.TDate, ir.TInteger)
		table.Options["format"], table.Options[option] = "json", value
		if err := New().Check(table, false); err == nil || !strings.Contains(err.Error(), "PARTITIONED BY") {
			t.Errorf("%s: %v", option, err)
		}
	}
}

// TestPartitionTerms holds conditions against values that folders say.
func TestPartitionTerms(t *testing.T) {
	dec := func(v int64) ir.Value { return ir.DecFromInt64(v) }
	for _, c := range []struct {
		op     ir.TermOp
		v      ir.Value
		values []ir.Value
		want   bool
	}{
		{ir.TermEqual, int64(5), []ir.Value{int64(5)}, true},
		{ir.TermEqual, int64(5), []ir.Value{int64(6)}, false},
		{ir.TermEqual, nil, []ir.Value{int64(6)}, false},
		{ir.TermIn, "b", []ir.Value{"a", "b"}, true},
		{ir.TermIn, "c", []ir.Value{"a", "b"}, false},
		{ir.TermLess, "a", []ir.Value{"b"}, true},
		{ir.TermLess, "b", []ir.Value{"b"}, false},
		{ir.TermLessEqual, dec(-3), []ir.Value{dec(-3)}, true},
		{ir.TermLessEqual, dec(-2), []ir.Value{dec(-3)}, false},
		{ir.TermGreater, dec(1), []ir.Value{dec(-1)}, true},
		{ir.TermGreaterEqual, true, []ir.Value{true}, true},
		{ir.TermGreater, false, []ir.Value{false}, false},
		{ir.TermIsNull, nil, nil, true},
		{ir.TermIsNull, "", nil, false},
		{ir.TermNotNull, nil, nil, false},
		{ir.TermNotNull, "", nil, true},
		{ir.TermEqual, 1.5, []ir.Value{2.5}, true}, // not known here: left to the plan
	} {
		if got := fulfils(&ir.ScanTerm{Op: c.op, Values: c.values}, c.v); got != c.want {
			t.Errorf("%v %s %v: %v", c.v, c.op, c.values, got)
		}
	}
}

// TestLeftOutFiles looks at what of a file is read whose folder a condition rules out:
// nothing, or with event time its times.
func TestLeftOutFiles(t *testing.T) {
	dir := t.TempDir()
	cols := []ir.Column{{Name: "id", Type: ir.TBigInt}, {Name: "ts", Type: ir.TTimestamp}}
	write(t, filepath.Join(dir, "k=a/x.ndjson"), "{\"id\":\"no number\",\"ts\":\"1970-01-01 00:00:07\"}\n{\"ts\":\"1970-01-01 00:00:03\"}\n")
	parts := tableOf(dir, "k=a/x.parquet", cols...)
	writeRows(t, parts, []vtest.Row{{int64(1), int64(7e6)}, {int64(2), int64(3e6)}})
	for _, name := range []string{"k=a/x.ndjson", "k=a/x.parquet"} {
		table := tableOf(dir, name, append(slices.Clone(cols), ir.Column{Name: "k", Type: ir.TVarchar})...)
		table.Partition = []string{"k"}
		src, err := New().Source(table)
		if err != nil {
			t.Fatal(err)
		}
		splits, err := src.Splits(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		term := ir.ScanTerm{Col: 2, Op: ir.TermEqual, T: ir.TVarchar, Values: []ir.Value{"b"}}
		scan := &vexec.Scan{Table: table, Cols: []int{0, 1, 2}, Schema: table.Physical(), TimeCol: -1, MaxRows: 100, Terms: []ir.ScanTerm{term}}
		if !src.(vexec.Sifter).LeavesOut(scan, splits[0]) {
			t.Error(name, "is read")
		}
		r, err := src.Open(context.Background(), scan, splits[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Claim(context.Background()); err != io.EOF {
			t.Error(name, err)
		}
		scan.TimeCol = 1
		if src.(vexec.Sifter).LeavesOut(scan, splits[0]) {
			t.Error(name, "is not read for its times")
		}
		onlyTimes(t, src, scan, splits[0])
	}
}

// onlyTimes checks that the split's times are known, that no row is live, and that each
// is counted.
func onlyTimes(t *testing.T, src vexec.Source, scan *vexec.Scan, split vexec.Split) {
	t.Helper()
	r, err := src.Open(context.Background(), scan, split, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	u, err := r.Claim(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if most, err := d.Begin(context.Background(), u); err != nil || most != 7e6 {
		t.Error(split.ID, most, err)
	}
	var b vexec.Batch
	var bad vexec.BadRows
	rows := 0
	for b.Reset(scan.Schema); ; b.Reset(scan.Schema) {
		if err := d.Next(&b, &bad); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if b.Live() > 0 {
			t.Error(split.ID, "has live rows")
		}
		rows += b.Rows
	}
	if rows += int(d.(vexec.Skipper).Skipped()); rows != 2 || len(bad.Rows) > 0 {
		t.Error(split.ID, rows, bad.Rows)
	}
}

// writeRows writes rows to a table, as its sink.
func writeRows(t *testing.T, table *ir.Table, rows []vtest.Row) {
	t.Helper()
	ctx, schema := context.Background(), table.Physical()
	s, err := start(table, &vexec.SinkContext{Run: "run", Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write(ctx, vtest.Batch(schema, rows...)); err != nil {
		t.Fatal(err)
	}
	tok, err := s.Prepare(ctx, 1, true)
	if err == nil {
		err = s.Commit(ctx, 1, tok)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestReadsWhatItWrote reads folders back that the sink has made, and has DuckDB write
// some.
func TestReadsWhatItWrote(t *testing.T) {
	dir := t.TempDir()
	for _, format := range []string{"json", "csv", "parquet"} {
		table := partitioned(dir, format+"/", ir.TVarchar, ir.TInteger)
		table.Options["format"] = format
		rows := []vtest.Row{{"a/b=c %41é", int64(1), int64(5)}, {nil, int64(2), int64(6)}, {hiveNull, int64(3), int64(5)}, {"", int64(4), int64(-1)}}
		writeRows(t, table, rows)
		out, err := readTable(t, table, usual)
		slices.Sort(out.rows)
		if want := []string{"a/b=c %41é|1|5", hiveNull + "|3|5", "|4|-1", "NULL|2|6"}; err != nil || !same(out.rows, want) {
			t.Errorf("%s: %q %v", format, out.rows, err)
		}
	}
}

func same(got, want []string) bool {
	slices.Sort(want)
	return slices.Equal(got, want)
}

const duckHive = `
import sys, duckdb
duckdb.sql("COPY (SELECT * FROM (VALUES (1, DATE '2024-01-01', 'x y'), (2, DATE '2024-01-02', 'a/b'), (3, DATE '2024-01-02', NULL)) v(id, day, k)) TO '" + sys.argv[1] + "' (FORMAT PARQUET, PARTITION_BY (day, k))")
`

func TestDuckDBFolders(t *testing.T) {
	py := python(t)
	dir := t.TempDir()
	if text, err := exec.Command(py, "-c", duckHive, filepath.Join(dir, "duck")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	table := tableOf(dir, "duck")
	cols, err := New().Infer(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cols {
		table.Cols = append(table.Cols, ir.TableColumn{Column: c})
	}
	out, err := readTable(t, table, usual)
	slices.Sort(out.rows)
	if want := []string{"1|2024-01-01|x y", "2|2024-01-02|a/b", "3|2024-01-02|NULL"}; err != nil || !same(out.rows, want) {
		text, _ := json.Marshal(table.Physical())
		t.Errorf("%q %v %s", out.rows, err, text)
	}
}
