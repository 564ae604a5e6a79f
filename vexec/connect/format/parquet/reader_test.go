package parquet

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

const fileRows = 500 // N of testdata/make.py

func typ(k ir.Kind, p int) *ir.Type { return &ir.Type{Kind: k, P: p} }

// columns are those of testdata/make.py, with the type that Infer gives and the value of row i.
var columns = []struct {
	name string
	typ  *ir.Type
	val  func(i int) ir.Value
}{
	{"id", ir.TBigInt, func(i int) ir.Value { return int64(i) }},
	{"b", ir.TBoolean, func(i int) ir.Value { return i%3 == 0 }},
	{"i8", ir.TTinyInt, func(i int) ir.Value { return int64(i%256 - 128) }},
	{"i16", ir.TSmallInt, func(i int) ir.Value { return int64(i*60 - 30000) }},
	{"i32", ir.TInteger, func(i int) ir.Value { return int64(i*1000003 - 500000000) }},
	{"u8", ir.TSmallInt, func(i int) ir.Value { return int64(i % 256) }},
	{"u16", ir.TInteger, func(i int) ir.Value { return int64(i * 65) }},
	{"u32", ir.TBigInt, func(i int) ir.Value { return int64(i * 4294967) }},
	{"u64", ir.TDecimal(20, 0), func(i int) ir.Value { return ir.Dec{Lo: uint64(i) * 18446744073709551} }},
	{"f32", ir.TReal, func(i int) ir.Value { return float64(i) / 4 }},
	{"f64", ir.TDouble, func(i int) ir.Value { return float64(i) / 10 }},
	{"d9", ir.TDecimal(9, 2), func(i int) ir.Value { return ir.DecFromInt64(int64(i - 250)) }},
	{"d18", ir.TDecimal(18, 4), func(i int) ir.Value { return ir.DecFromInt64(int64(i-250) * 1000000007) }},
	{"d38", ir.TDecimal(38, 5), func(i int) ir.Value {
		d, _ := mulDec(vtest.Dec("100000000000000000000000000000.00001", 5), ir.DecFromInt64(1))
		x, _ := mulDec(ir.DecFromInt64(int64(i-250)), d)
		return x
	}},
	{"day", ir.TDate, func(i int) ir.Value { return int64(19723 + i - 250) }},
	{"tod", ir.TTime, func(i int) ir.Value {
		return int64(i%24*3600+i%60*60+i%60)*1_000_000 + int64(i*1000)
	}},
	{"ts_ms", typ(ir.Timestamp, 3), func(i int) ir.Value { return stamp(i) - int64(i%1000) }},
	{"ts_us", ir.TTimestamp, func(i int) ir.Value { return stamp(i) }},
	{"ts_ns", typ(ir.Timestamp, 9), func(i int) ir.Value { return stamp(i) * 1000 }},
	{"ts_tz", ir.TTimestampLTZ, func(i int) ir.Value { return stamp(i) }},
	{"s", ir.TVarchar, func(i int) ir.Value { return fmt.Sprint("s", i%10) }},
	{"long", ir.TVarchar, func(i int) ir.Value { return fmt.Sprint("a long text that no view holds, number ", i) }},
	{"bin", ir.TVarbinary, func(i int) ir.Value { return []byte{byte(i), 0, 255} }},
	{"fix", ir.TVarbinary, func(i int) ir.Value { b := byte(i); return []byte{b, b, b, b, b} }},
	{"n_i", ir.TBigInt, null(func(i int) ir.Value { return int64(i) })},
	{"n_f", ir.TDouble, null(func(i int) ir.Value { return float64(i) / 2 })},
	{"n_b", ir.TBoolean, null(func(i int) ir.Value { return i%2 == 0 })},
	{"n_s", ir.TVarchar, null(func(i int) ir.Value { return fmt.Sprint("t", i%5) })},
	{"n_ts", ir.TTimestamp, null(func(i int) ir.Value { return stamp(i) })},
	{"n_d", ir.TDecimal(12, 1), null(func(i int) ir.Value { return ir.DecFromInt64(int64(i)) })},
	{"nil", ir.TInteger, func(int) ir.Value { return nil }},
}

func stamp(i int) int64 { return 1704067200_000000 + int64(i)*1500_000 + int64(i%1000) }

func null(f func(int) ir.Value) func(int) ir.Value {
	return func(i int) ir.Value {
		if i%7 == 3 {
			return nil
		}
		return f(i)
	}
}

func schemaOf(names ...string) *ir.Schema {
	s := &ir.Schema{}
	for _, c := range columns {
		for _, n := range names {
			if n == c.name {
				s.Cols = append(s.Cols, ir.Column{Name: c.name, Type: c.typ})
			}
		}
	}
	return s
}

func allNames() (names []string) {
	for _, c := range columns {
		names = append(names, c.name)
	}
	return names
}

func scanOf(s *ir.Schema, timeCol, maxRows int) *vexec.Scan {
	scan := &vexec.Scan{Schema: s, TimeCol: timeCol, MaxRows: maxRows}
	for i := range s.Cols {
		scan.Cols = append(scan.Cols, i)
	}
	return scan
}

// result is what a whole file gives.
type result struct {
	rows  [][]ir.Value
	times []ir.Micros // of each unit
	bad   []vexec.BadRow
	dicts int // Dict columns in batches
}

func readAll(path string, scan *vexec.Scan, from vexec.Position) (*result, error) {
	ctx := context.Background()
	sr, err := Open(path, scan, vexec.Split{ID: "f"}, from)
	if err != nil {
		return nil, err
	}
	defer sr.Close()
	d, err := sr.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	res := &result{}
	for {
		u, err := sr.Claim(ctx)
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return nil, err
		}
		if err := res.unit(d, u); err != nil {
			return nil, err
		}
	}
}

func (res *result) unit(d vexec.Decoder, u vexec.Unit) error {
	most, err := d.Begin(context.Background(), u)
	if err != nil {
		return err
	}
	res.times = append(res.times, most)
	var b vexec.Batch
	var bad vexec.BadRows
	for {
		err := d.Next(&b, &bad)
		if err == io.EOF {
			res.bad = append(res.bad, bad.Rows...)
			return nil
		}
		if err != nil {
			return err
		}
		if err := vtest.Check(&b); err != nil {
			return err
		}
		for i := range b.Cols {
			if b.Cols[i].Enc == vexec.Dict {
				res.dicts++
			}
		}
		for i := 0; i < b.Live(); i++ {
			res.rows = append(res.rows, b.Values(i))
		}
	}
}

func TestReadFilesOfOtherWriters(t *testing.T) {
	whole := []string{"pyarrow_v1_snappy", "pyarrow_v2_zstd", "pyarrow_plain_none", "pyarrow_delta_gzip", "pyarrow_brotli",
		"duckdb_snappy", "duckdb_v2_zstd", "polars_zstd"}
	f := func(file string, maxRows int, names ...string) {
		t.Helper()
		s := schemaOf(names...)
		res, err := readAll("testdata/"+file+".parquet", scanOf(s, -1, maxRows), nil)
		if err != nil {
			t.Errorf("%s, batches of %d: %v", file, maxRows, err)
			return
		}
		if len(res.rows) != fileRows || len(res.bad) > 0 {
			t.Errorf("%s, batches of %d: %d rows and bad ones %v", file, maxRows, len(res.rows), res.bad[:min(1, len(res.bad))])
			return
		}
		for i, row := range res.rows {
			for c, col := range s.Cols {
				if want := columns[columnIndex(col.Name)].val(i); !reflect.DeepEqual(row[c], want) {
					t.Errorf("%s, batches of %d: row %d, %s is %v, want %v", file, maxRows, i, col.Name, row[c], want)
					return
				}
			}
		}
	}
	for i, file := range whole {
		for _, maxRows := range []int{1 + 6*min(i, 1), 64, 1000} { // single rows for one file: they are slow
			f(file, maxRows, allNames()...)
		}
		f(file, 0, "n_ts", "s")
	}
	for _, maxRows := range []int{1, 33, 1000} {
		f("pyarrow_dict_overflow", maxRows, "id", "s", "long")
		f("pyarrow_lz4", maxRows, "id", "i16", "s")
	}
}

func columnIndex(name string) int {
	for i, c := range columns {
		if c.name == name {
			return i
		}
	}
	panic(name)
}

func TestInfer(t *testing.T) {
	for _, file := range []string{"pyarrow_v1_snappy", "polars_zstd"} {
		cols, err := Infer("testdata/" + file + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cols {
			if want := columns[i]; c.Name != want.name || !c.Type.Equal(want.typ) {
				if !(file == "polars_zstd" && c.Name == "fix") && c.Name != "d9" && c.Name != "d18" {
					t.Errorf("%s: column %d is %s %s, want %s %s", file, i, c.Name, c.Type, want.name, want.typ)
				}
			}
		}
	}
	cols, err := Infer("testdata/duckdb_snappy.parquet")
	if err != nil || cols[len(cols)-1].Name != "uuid" || cols[len(cols)-1].Type.Kind != ir.Varchar {
		t.Errorf("uuid: %v, %v", cols[len(cols)-1], err)
	}
	cols, err = Infer("testdata/pyarrow_nested.parquet")
	if err != nil || cols[1].Type.String() != "ARRAY<BIGINT>" {
		t.Errorf("nested: %v, %v", cols, err)
	}
}

func TestUUIDAndInt96(t *testing.T) {
	for _, max := range []int{1, 100, 1000} {
		res, err := readAll("testdata/duckdb_snappy.parquet", scanOf(vtest.Schema("uuid", ir.TVarchar), -1, max), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range res.rows {
			if want := fmt.Sprintf("00000000-0000-0000-0000-%012d", i); r[0] != want {
				t.Fatalf("row %d: %v, want %s", i, r[0], want)
			}
		}
	}
	s := vtest.Schema("ts_us", ir.TTimestamp, "n_ts", typ(ir.Timestamp, 9))
	res, err := readAll("testdata/pyarrow_int96.parquet", scanOf(s, 0, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range res.rows {
		want := columns[columnIndex("n_ts")].val(i)
		if n, ok := want.(int64); ok {
			want = n * 1000
		}
		if r[0] != stamp(i) || r[1] != want {
			t.Fatalf("row %d: %v, want %v %v", i, r, stamp(i), want)
		}
	}
	if res.times[0] != ir.Micros(stamp(fileRows-1)) {
		t.Errorf("greatest time %v", res.times)
	}
}

func TestTextStaysADictionary(t *testing.T) {
	res, err := readAll("testdata/pyarrow_v1_snappy.parquet", scanOf(schemaOf("s", "n_s", "id"), -1, 0), nil)
	if err != nil || res.dicts != 8 { // two columns in four row groups
		t.Errorf("%d dictionary columns, %v", res.dicts, err)
	}
}

func TestGreatestTimeFromStatisticsAndWithout(t *testing.T) {
	f := func(file, col string, want ...int) {
		t.Helper()
		res, err := readAll("testdata/"+file, scanOf(schemaOf(col), 0, 0), nil)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			return
		}
		var times []ir.Micros
		for _, row := range want {
			us := stamp(row)
			if col == "ts_ms" {
				us -= int64(row % 1000)
			}
			times = append(times, ir.Micros(us))
		}
		if !reflect.DeepEqual(res.times, times) {
			t.Errorf("%s, %s: %v, want %v", file, col, res.times, times)
		}
	}
	f("pyarrow_v1_snappy.parquet", "ts_us", 149, 299, 449, 499)
	f("pyarrow_v1_snappy.parquet", "ts_ns", 149, 299, 449, 499)
	f("pyarrow_v1_snappy.parquet", "ts_ms", 149, 299, 449, 499)
	f("pyarrow_v1_snappy.parquet", "n_ts", 149, 299, 449, 499)
	f("pyarrow_plain_none.parquet", "ts_us", 499) // written without statistics
	f("pyarrow_plain_none.parquet", "ts_ns", 499)
	f("pyarrow_plain_none.parquet", "n_ts", 499)
	f("duckdb_snappy.parquet", "ts_us", 499)
	f("polars_zstd.parquet", "ts_us", 169, 339, 499)
}

func TestPositions(t *testing.T) {
	path := "testdata/pyarrow_v1_snappy.parquet"
	scan := scanOf(schemaOf("id"), -1, 0)
	for g, first := range []int{0, 150, 300, 450, 500} {
		res, err := readAll(path, scan, vexec.Position(fmt.Sprint(g)))
		if err != nil || len(res.rows) != fileRows-first {
			t.Errorf("from row group %d: %d rows, %v", g, len(res.rows), err)
		}
		if len(res.rows) > 0 && res.rows[0][0] != int64(first) {
			t.Errorf("from row group %d: first row %v", g, res.rows[0])
		}
	}
	sr, err := Open(path, scan, vexec.Split{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sr.Close()
	for i := range 5 {
		if p := string(sr.Position()); p != fmt.Sprint(min(i, 4)) {
			t.Errorf("position %s before claim %d", p, i)
		}
		_, _ = sr.Claim(context.Background())
	}
	for _, p := range []string{"5", "-1", "x", ""} {
		if _, err := readAll(path, scan, vexec.Position(p)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("position %q: %v", p, err)
		}
	}
}

func TestNoRows(t *testing.T) {
	res, err := readAll("testdata/pyarrow_no_rows.parquet", scanOf(schemaOf("ts_us", "s"), 0, 0), nil)
	if err != nil || len(res.rows) != 0 {
		t.Errorf("%v, %v", res, err)
	}
}

func TestDeclaredTypes(t *testing.T) {
	f := func(col string, want *ir.Type, row int, val ir.Value) {
		t.Helper()
		for _, file := range []string{"pyarrow_v1_snappy", "pyarrow_plain_none"} { // with and without dictionaries
			res, err := readAll("testdata/"+file+".parquet", scanOf(vtest.Schema(col, want), -1, 0), nil)
			if err != nil {
				t.Errorf("%s as %s: %v", col, want, err)
				return
			}
			if !reflect.DeepEqual(res.rows[row][0], val) || len(res.bad) > 0 {
				t.Errorf("%s as %s: row %d is %v, want %v (%d bad)", col, want, row, res.rows[row][0], val, len(res.bad))
			}
		}
	}
	f("i32", ir.TBigInt, 3, int64(3*1000003-500000000))
	f("i8", ir.TInteger, 0, int64(-128))
	f("u32", ir.TDecimal(12, 2), 2, ir.DecFromInt64(2*4294967*100))
	f("i16", ir.TDouble, 1, float64(60-30000))
	f("id", ir.TReal, 5, float64(5))
	f("f32", ir.TDouble, 3, 0.75)
	f("f64", ir.TReal, 1, float64(float32(0.1)))
	f("d9", ir.TDecimal(20, 6), 251, vtest.Dec("0.010000", 6))
	f("d38", ir.TDouble, 251, 1e29)
	f("d9", ir.TDouble, 251, 0.01)
	f("day", ir.TTimestamp, 250, int64(1704067200_000000))
	f("day", typ(ir.Timestamp, 9), 250, int64(1704067200_000000000))
	f("ts_us", typ(ir.TimestampLTZ, 9), 1, stamp(1)*1000)
	f("ts_ns", ir.TTimestamp, 1, stamp(1))
	f("ts_ms", ir.TTimestampLTZ, 1, stamp(1)-1)
	f("s", ir.TVarbinary, 3, []byte("s3"))

	bad := func(col string, want *ir.Type, hints ...string) {
		t.Helper()
		_, err := readAll("testdata/pyarrow_v1_snappy.parquet", scanOf(vtest.Schema(col, want), -1, 0), nil)
		for _, h := range append(hints, "pyarrow_v1_snappy.parquet") {
			if err == nil || !strings.Contains(err.Error(), h) {
				t.Errorf("%s as %s: %v does not say %q", col, want, err, h)
			}
		}
	}
	bad("id", ir.TTimestamp, "id", "BIGINT", "TIMESTAMP")
	bad("s", ir.TBigInt, "s", "VARCHAR", "BIGINT")
	bad("d9", ir.TDecimal(9, 1), "d9", "DECIMAL(9, 2)", "DECIMAL(9, 1)")
	bad("f64", ir.TBigInt, "DOUBLE")
	bad("ts_ms", ir.TDate, "TIMESTAMP(3)")
	bad("i_32", ir.TInteger, "no column i_32", "did you mean i32?")
	bad("ID", ir.TInteger, "did you mean id?")
	bad("something", ir.TInteger, "It has: id, b,")
}

func TestBadValues(t *testing.T) {
	s := vtest.Schema("id", ir.TTinyInt, "raw", ir.TVarchar, "dict", ir.TJSON)
	scan := scanOf(s, -1, 0)
	res, err := readAll("testdata/pyarrow_bad_values.parquet", scan, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.rows) != 1 || !reflect.DeepEqual(res.rows[0], []ir.Value{int64(1), "ok", "1"}) {
		t.Errorf("rows %v", res.rows)
	}
	want := []string{
		`id 1 column id: 300 is out of the range of TINYINT`,
		`dict 2 column dict: the text is not JSON`,
		`dict 3 column dict: the text is not JSON`,
	}
	for i, b := range res.bad {
		if got := fmt.Sprint(b.Column, " ", b.Offset, " ", b.Reason); got != want[i] {
			t.Errorf("bad row %d: %s (%s), want %s", i, got, b.Raw, want[i])
		}
	}
	if len(res.bad) != 3 || string(res.bad[1].Raw) != `{"id":-5,"raw":"{}","dict":"nope"}` {
		t.Errorf("bad rows: %v", res.bad)
	}
	scan.NullBad = true
	res, err = readAll("testdata/pyarrow_bad_values.parquet", scan, nil)
	wantRows := [][]ir.Value{{int64(1), "ok", "1"}, {nil, nil, "{}"}, {int64(-5), "{}", nil}, {nil, nil, nil}}
	if err != nil || len(res.bad) > 0 || !reflect.DeepEqual(res.rows, wantRows) {
		t.Errorf("NULL instead: %v, %v", res.rows, err)
	}
}

func TestDamagedFiles(t *testing.T) {
	data, err := os.ReadFile("testdata/pyarrow_v2_zstd.parquet")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "damaged.parquet")
	scan := scanOf(schemaOf(allNames()...), 17, 0)
	try := func(what string, content []byte, must bool) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := readAll(path, scan, nil)
		if err != nil && !strings.Contains(err.Error(), "damaged.parquet") || err == nil && must {
			t.Errorf("%s: %v", what, err)
		}
		_, _ = Infer(path)
	}
	for _, n := range []int{0, 3, 11, 12, 100, len(data) / 2, len(data) - 1} {
		try(fmt.Sprint("cut at ", n), data[:n], true)
	}
	for at := 4; at < len(data); at += 1511 {
		broken := append([]byte(nil), data...)
		for i := at; i < min(at+8, len(broken)); i++ {
			broken[i] ^= 0x5A
		}
		try(fmt.Sprint("changed at ", at), broken, false)
	}
	if _, err := readAll(t.TempDir(), scan, nil); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := readAll(path+".none", scan, nil); err == nil || !strings.Contains(err.Error(), "damaged.parquet.none") {
		t.Errorf("no file: %v", err)
	}
}
