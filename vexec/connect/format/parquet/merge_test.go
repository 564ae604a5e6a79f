package parquet

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

const fewRows = groupRows / 4

func mergeFile(t *testing.T, s *ir.Schema, codec string, parts ...Part) (string, error) {
	t.Helper()
	var buf bytes.Buffer
	err := Merge(&buf, s, Options{Codec: codec}, parts)
	path := filepath.Join(t.TempDir(), "merged")
	if werr := os.WriteFile(path, buf.Bytes(), 0o644); werr != nil {
		t.Fatal(werr)
	}
	return path, err
}

// TestMerge joins small parts, which become one row group; the first row groups of
// a file that was there before stay as they are.
func TestMerge(t *testing.T) {
	dir := t.TempDir()
	rows := everyRows(900)
	var parts []Part
	for i := 0; i < 3; i++ {
		p := filepath.Join(dir, fmt.Sprint(i))
		writeFile(t, p, "zstd", everyType, nil, vtest.Batch(everyType, rows[i*300:(i+1)*300]...))
		parts = append(parts, Part{Path: p, Groups: -1})
	}
	empty := filepath.Join(dir, "empty")
	writeFile(t, empty, "zstd", everyType, nil)
	parts = append(parts, Part{Path: empty, Groups: -1})
	f := func(codec string, groups int, parts ...Part) string {
		t.Helper()
		path, err := mergeFile(t, everyType, codec, parts...)
		if err != nil {
			t.Fatal(err)
		}
		sameRows(t, path, everyType, rows)
		if n, err := RowGroups(path, everyType); n != groups || err != nil {
			t.Errorf("%d row groups, want %d, %v", n, groups, err)
		}
		return path
	}
	base := func(i int) Part { return Part{Path: parts[i].Path, Groups: 1} }
	for _, codec := range []string{"zstd", "snappy"} { // copied, and encoded anew
		f(codec, 1, parts...)
		f("none", 1, Part{Path: f(codec, 1, parts...), Groups: -1})
	}
	f("zstd", 2, base(0), parts[1], parts[2])
	three := f("zstd", 3, base(0), base(1), base(2))
	checkIndex(t, three)
	path, err := mergeFile(t, everyType, "zstd", Part{Path: three, Groups: 2})
	if n, rerr := RowGroups(path, everyType); n != 2 || err != nil || rerr != nil {
		t.Errorf("%d row groups, %v, %v", n, err, rerr)
	}
	sameRows(t, path, everyType, rows[:600])
	if _, err := mergeFile(t, everyType, "zstd", Part{Path: parts[0].Path, Groups: 2}); err == nil || !strings.Contains(err.Error(), "changed by someone else") {
		t.Errorf("too few row groups: %v", err)
	}
	if _, err := mergeFile(t, sinkLike, "zstd", base(0)); err == nil || !strings.Contains(err.Error(), "19 columns, 1 were expected") {
		t.Errorf("other columns: %v", err)
	}
	if _, err := RowGroups(parts[0].Path, sinkLike); err == nil || !strings.Contains(err.Error(), "other columns") {
		t.Errorf("other columns: %v", err)
	}
}

var sinkLike = vtest.Schema("b", ir.TBoolean)

// TestMergeCopies joins row groups that are large enough to be copied with small ones.
func TestMergeCopies(t *testing.T) {
	s := vtest.Schema("id", ir.TBigInt)
	var parts []Part
	from := 0
	for i, n := range []int{fewRows, 10, fewRows - 1, groupRows + 5, 7} {
		v := vexec.NewVec(ir.TBigInt, n)
		for j := range v.Int64s() {
			v.Int64s()[j] = int64(from + j)
		}
		p := filepath.Join(t.TempDir(), fmt.Sprint(i))
		writeFile(t, p, "snappy", s, nil, &vexec.Batch{Schema: s, Cols: []vexec.Vec{v}, Rows: n})
		parts = append(parts, Part{Path: p, Groups: -1})
		from += n
	}
	path, err := mergeFile(t, s, "snappy", parts...)
	if err != nil {
		t.Fatal(err)
	}
	res, err := readAll(path, scanOf(s, -1, 0), nil)
	if err != nil || len(res.rows) != from {
		t.Fatalf("%d rows, want %d, %v", len(res.rows), from, err)
	}
	for i, r := range res.rows {
		if r[0] != int64(i) {
			t.Fatalf("row %d is %v", i, r)
		}
	}
	file := checkIndex(t, path)
	var sizes []int64
	for _, g := range file.RowGroups() {
		sizes = append(sizes, g.NumRows())
	}
	if want := []int64{fewRows, fewRows + 9, groupRows, 12}; !reflect.DeepEqual(sizes, want) {
		t.Errorf("row groups of %v rows, want %v", sizes, want)
	}
}

// sameRows reads the file and compares it.
func sameRows(t *testing.T, path string, s *ir.Schema, rows []vtest.Row) {
	t.Helper()
	res, err := readAll(path, scanOf(s, -1, 0), nil)
	if err != nil || len(res.rows) != len(rows) {
		t.Fatalf("%d rows, want %d, %v", len(res.rows), len(rows), err)
	}
	want := vtest.Batch(s, rows...)
	for i := range rows {
		if !reflect.DeepEqual(res.rows[i], want.Values(i)) {
			t.Fatalf("row %d is %v, want %v", i, res.rows[i], want.Values(i))
		}
	}
}

// checkIndex lets the library read the file through its page index: each page must
// stand where the index says, and its values within the bounds.
func checkIndex(t *testing.T, path string) *pq.File {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	info, _ := in.Stat()
	f, err := pq.OpenFile(in, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	for g, group := range f.RowGroups() {
		for _, chunk := range group.ColumnChunks() {
			ci, err := chunk.ColumnIndex()
			if err != nil {
				t.Fatal(err)
			}
			oi, err := chunk.OffsetIndex()
			if err != nil {
				t.Fatal(err)
			}
			checkChunk(t, fmt.Sprintf("row group %d, column %d", g, chunk.Column()), chunk, ci, oi, group.NumRows())
		}
	}
	return f
}

func checkChunk(t *testing.T, name string, chunk pq.ColumnChunk, ci pq.ColumnIndex, oi pq.OffsetIndex, rows int64) {
	t.Helper()
	if ci.NumPages() != oi.NumPages() || ci.NumPages() == 0 {
		t.Fatalf("%s: %d and %d pages", name, ci.NumPages(), oi.NumPages())
	}
	for i := range ci.NumPages() {
		end := rows
		if i+1 < oi.NumPages() {
			end = oi.FirstRowIndex(i + 1)
		}
		pages := chunk.Pages()
		if err := pages.SeekToRow(oi.FirstRowIndex(i)); err != nil {
			t.Fatal(err)
		}
		page, err := pages.ReadPage()
		if err != nil {
			t.Fatalf("%s, page %d: %v", name, i, err)
		}
		if page.NumRows() != end-oi.FirstRowIndex(i) || page.NumNulls() != ci.NullCount(i) || ci.NullPage(i) != (page.NumNulls() == page.NumRows()) {
			t.Errorf("%s, page %d: %d rows with %d NULLs, index: %d rows, %d NULLs", name, i, page.NumRows(), page.NumNulls(), end-oi.FirstRowIndex(i), ci.NullCount(i))
		}
		vals := make([]pq.Value, page.NumValues())
		n, _ := page.Values().ReadValues(vals)
		for _, v := range vals[:n] {
			if v.IsNull() {
				continue
			}
			if compareValues(chunk.Type(), v, ci.MinValue(i)) < 0 || compareValues(chunk.Type(), v, ci.MaxValue(i)) > 0 {
				t.Fatalf("%s, page %d: %v is not in [%v, %v]", name, i, v, ci.MinValue(i), ci.MaxValue(i))
			}
		}
		pq.Release(page)
		pages.Close()
	}
}

// compareValues orders DECIMALs by their sign, too, which the library does not.
func compareValues(t pq.Type, a, b pq.Value) int {
	if t.Kind() == pq.FixedLenByteArray {
		x, y := bytes.Clone(a.ByteArray()), bytes.Clone(b.ByteArray())
		x[0] ^= 0x80
		y[0] ^= 0x80
		return bytes.Compare(x, y)
	}
	return t.Compare(a, b)
}
