package parquet

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// everyType is a schema with all types that a file can hold.
var everyType = vtest.Schema(
	"b", ir.TBoolean, "i8", ir.TTinyInt, "i16", ir.TSmallInt, "i32", ir.TInteger, "i64", ir.TBigInt,
	"f32", ir.TReal, "f64", ir.TDouble, "d9", ir.TDecimal(9, 2), "d18", ir.TDecimal(18, 0), "d38", ir.TDecimal(38, 10),
	"s", ir.TVarchar, "j", ir.TJSON, "x", ir.TVarbinary, "day", ir.TDate, "tod", ir.TTime,
	"ts", ir.TTimestamp, "ts3", &ir.Type{Kind: ir.Timestamp, P: 3}, "ns", &ir.Type{Kind: ir.Timestamp, P: 9},
	"tz", ir.TTimestampLTZ)

func everyRow(i int) vtest.Row {
	sign := int64(1 - i%2*2)
	return vtest.Row{i%2 == 0, i % 100, i % 30000, i * 7, int64(i) * sign * 1e12,
		float64(i) / 8, float64(i) / 10, fmt.Sprintf("%d.%02d", int64(i)*sign, i%100), int64(i) * sign * 1e14,
		fmt.Sprintf("%d00000000000000000000.0000000001", i+1), fmt.Sprint("text ", i%50), fmt.Sprintf(`{"n":%d}`, i),
		[]byte{byte(i), 0}, i - 10000, int64(i) * 1e6, int64(i) * sign * 1e9, int64(i) * 1e3, int64(i) * 1e9, int64(i) * 1e6}
}

func everyRows(n int) []vtest.Row {
	rows := make([]vtest.Row, n)
	for i := range rows {
		rows[i] = everyRow(i)
		for c := range rows[i] {
			if (i+c)%11 == 5 {
				rows[i][c] = nil
			}
		}
	}
	return rows
}

func writeFile(t testing.TB, path, codec string, s *ir.Schema, mem *vexec.Account, batches ...*vexec.Batch) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := NewWriter(f, s, Options{Codec: codec}, mem)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	rows := everyRows(600)
	path := filepath.Join(t.TempDir(), "f.parquet")
	if keep := os.Getenv("HELIOS_KEEP_PARQUET"); keep != "" { // to look at the file with other readers
		path = keep
	}
	for _, codec := range []string{"none", "snappy", "zstd"} {
		for _, shape := range vtest.Shapes {
			var batches []*vexec.Batch
			for from := 0; from < len(rows); from += 150 {
				batches = append(batches, vtest.BatchAs(everyType, shape, rows[from:min(from+150, len(rows))]...))
			}
			writeFile(t, path, codec, everyType, nil, batches...)
			res, err := readAll(path, scanOf(everyType, 15, 0), nil)
			if err != nil || len(res.rows) != len(rows) {
				t.Fatalf("%s, %v: %d rows, %v", codec, shape, len(res.rows), err)
			}
			want := vtest.Batch(everyType, rows...)
			for i := range rows {
				if !reflect.DeepEqual(res.rows[i], want.Values(i)) {
					t.Fatalf("%s, %v: row %d is\n%v, want\n%v", codec, shape, i, res.rows[i], want.Values(i))
				}
			}
			if res.times[0] != 598e9 {
				t.Fatalf("greatest time %d", res.times[0])
			}
		}
	}
	cols, err := Infer(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cols {
		if c.Name != everyType.Cols[i].Name || !c.Type.Equal(everyType.Cols[i].Type) && c.Name != "ts3" {
			t.Errorf("column %d: %s %s", i, c.Name, c.Type)
		}
	}
}

// TestTextBeyondTheDictionary writes a column whose dictionary grows over its limit.
func TestTextBeyondTheDictionary(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt, "s", ir.TVarchar)
	const n = 30_000
	text := func(i int) string { return fmt.Sprint("a text of its own, and longer than a view, for row ", i) }
	var batches []*vexec.Batch
	for from := 0; from < n; from += 10_000 {
		var rows []vtest.Row
		for i := from; i < from+10_000; i++ {
			rows = append(rows, vtest.Row{i, text(i)})
		}
		batches = append(batches, vtest.Batch(s, rows...))
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	budget := vexec.NewBudget(0)
	mem := budget.Account("writer")
	writeFile(t, path, "zstd", s, mem, batches...)
	if mem.Used() != 0 || budget.Peak() == 0 || budget.Peak() > 2*groupBytes {
		t.Errorf("memory: %d held, %d at most", mem.Used(), budget.Peak())
	}
	res, err := readAll(path, scanOf(s, -1, 0), nil)
	if err != nil || len(res.rows) != n || res.dicts == 0 || res.dicts == (n+batchRows-1)/batchRows {
		t.Fatalf("%d rows, %d batches with a dictionary, %v", len(res.rows), res.dicts, err)
	}
	for i, r := range res.rows {
		if r[0] != int64(i) || r[1] != text(i) {
			t.Fatalf("row %d: %v", i, r)
		}
	}
}

// TestRowGroupsEnd writes more rows than a row group takes.
func TestRowGroupsEnd(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt)
	v := vexec.NewVec(ir.TBigInt, groupRows+100)
	for i := range v.Int64s() {
		v.Int64s()[i] = int64(i)
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	writeFile(t, path, "none", s, nil, &vexec.Batch{Schema: s, Cols: []vexec.Vec{v}, Rows: groupRows + 100})
	for group, want := range []int{groupRows + 100, 100} {
		rows, err := readAll(path, scanOf(s, -1, 0), vexec.Position(fmt.Sprint(group)))
		if err != nil || len(rows.rows) != want || rows.rows[want-1][0] != int64(groupRows+99) {
			t.Errorf("from row group %d: %d rows, %v", group, len(rows.rows), err)
		}
	}
}

// TestGreatestTimeLeavesBadRowsOut: a time that does not fit the declared type must
// not move the watermark, whether the statistics name it or not.
func TestGreatestTimeLeavesBadRowsOut(t *testing.T) {
	s := vtest.Schema("ts", ir.TTimestamp)
	path := filepath.Join(t.TempDir(), "f.parquet")
	writeFile(t, path, "none", s, nil, vtest.Batch(s, vtest.Row{"2024-01-01"}, vtest.Row{"3000-01-01"}, vtest.Row{nil}, vtest.Row{"2024-01-02"}))
	for _, nullBad := range []bool{false, true} {
		scan := scanOf(vtest.Schema("ts", &ir.Type{Kind: ir.Timestamp, P: 9}), 0, 0)
		scan.NullBad = nullBad
		res, err := readAll(path, scan, nil)
		if err != nil || res.times[0] != ir.Micros(vtest.TS("2024-01-02")) {
			t.Errorf("greatest time %v, %v", res.times, err)
		}
		if want := map[bool]int{false: 3, true: 4}[nullBad]; len(res.rows) != want || len(res.bad) != 4-want {
			t.Errorf("%d rows, %d bad", len(res.rows), len(res.bad))
		}
	}
}

func TestMemoryBudget(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt)
	w, err := NewWriter(&bytes.Buffer{}, s, Options{}, vexec.NewBudget(100).Account("writer"))
	if err != nil {
		t.Fatal(err)
	}
	err = w.Write(vtest.Batch(s, everyIDs(100)...))
	if _, ok := err.(*vexec.MemoryError); !ok {
		t.Errorf("%v", err)
	}
	w.Abort()
}

func everyIDs(n int) (rows []vtest.Row) {
	for i := range n {
		rows = append(rows, vtest.Row{i})
	}
	return rows
}

func TestWriterRefuses(t *testing.T) {
	f := func(codec, want string, pairs ...any) {
		t.Helper()
		_, err := NewWriter(&bytes.Buffer{}, vtest.Schema(pairs...), Options{Codec: codec}, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f("lzma", "zstd, snappy or none", "a", ir.TBigInt)
	f("", "column a: a Parquet file cannot hold INTERVAL", "a", ir.TInterval)
	f("", "cannot hold INTERVAL", "a", &ir.Type{Kind: ir.Array, Elem: ir.TInterval})
	f("", "column a stands twice", "a", ir.TBigInt, "a", ir.TBigInt)
	f("", "at least one column")
}
