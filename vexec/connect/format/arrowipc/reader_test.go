package arrowipc

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/columnfile"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/vtest"
)

// read returns the rows of an open reader as NDJSON, and the bad ones.
func read(t testing.TB, r vexec.SplitReader, s *ir.Schema) (string, []vexec.BadRow, error) {
	t.Helper()
	var out []byte
	var bad vexec.BadRows
	d, err := r.NewDecoder()
	if err != nil {
		return "", nil, err
	}
	defer d.Close()
	enc := ndjson.NewEncoder(s)
	for {
		u, err := r.Claim(context.Background())
		if err == io.EOF {
			return string(out), bad.Rows, nil
		}
		if err == nil {
			_, err = d.Begin(context.Background(), u)
		}
		for err == nil {
			var b vexec.Batch
			if err = d.Next(&b, &bad); err == nil {
				vexec.Check(&b, "arrowipc")
				out = enc.Append(out, &b)
			}
		}
		if err != io.EOF {
			return string(out), bad.Rows, err
		}
	}
}

func files(t testing.TB) (paths []string) {
	t.Helper()
	for _, p := range []string{"*.arrow", "*.arrows", "*.feather"} {
		found, err := filepath.Glob(filepath.Join("testdata", p))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v %v", p, found, err)
		}
		paths = append(paths, found...)
	}
	return paths
}

func schemaOf(t testing.TB, path string) *ir.Schema {
	t.Helper()
	cols, err := Infer(path)
	if err != nil {
		t.Fatal(err)
	}
	return &ir.Schema{Cols: cols}
}

// TestFilesOfOthers reads what pyarrow and Polars have written (testdata/make.py), in
// batches of several sizes, from each record batch on, and each column alone.
func TestFilesOfOthers(t *testing.T) {
	for _, path := range files(t) {
		raw, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".ndjson")
		if err != nil {
			t.Fatal(err)
		}
		want, s := string(raw), schemaOf(t, path)
		for _, rows := range []int{0, 1, 64, 100} {
			r, err := Open(path, &vexec.Scan{Schema: s, TimeCol: -1, MaxRows: rows}, vexec.Split{ID: path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, bad, err := read(t, r, s)
			if got != want || err != nil || len(bad) > 0 {
				t.Errorf("%s: %v %v\n%s\nwant\n%s", path, err, bad, got, want)
			}
			pos := r.Position()
			r.Close()
			if r, err = Open(path, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{ID: path}, pos); err != nil {
				t.Fatal(err)
			}
			if got, _, err := read(t, r, s); got != "" || err != nil {
				t.Errorf("%s: behind the end: %v %s", path, err, got)
			}
			r.Close()
		}
		for i := range s.Cols {
			one := &ir.Schema{Cols: s.Cols[i : i+1]}
			r, err := Open(path, &vexec.Scan{Schema: one, TimeCol: -1}, vexec.Split{ID: path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := read(t, r, one)
			r.Close()
			for n, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
				if line != "" && !strings.Contains(strings.Split(want, "\n")[n], line[1:len(line)-1]) {
					t.Errorf("%s: column %s alone: %s", path, s.Cols[i].Name, line)
				}
			}
			if err != nil || strings.Count(got, "\n") != strings.Count(want, "\n") {
				t.Errorf("%s: column %s alone: %v", path, s.Cols[i].Name, err)
			}
		}
	}
}

// TestGoOn continues a stream and a file at their second record batch.
func TestGoOn(t *testing.T) {
	for _, name := range []string{"dicts_stream.arrows", "deltas.arrow", "deltas_stream.arrows", "flat.arrow", "nested.arrow"} {
		path := filepath.Join("testdata", name)
		s := schemaOf(t, path)
		scan := &vexec.Scan{Schema: s, TimeCol: -1}
		r, err := Open(path, scan, vexec.Split{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		all, _, err := read(t, r, s)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r, err = Open(path, scan, vexec.Split{}, vexec.Position("1")); err != nil {
			t.Fatal(err)
		}
		rest, _, err := read(t, r, s)
		r.Close()
		if err != nil || rest == "" || len(rest) >= len(all) || !strings.HasSuffix(all, rest) {
			t.Errorf("%s: %v\n%s\nis no rest of\n%s", name, err, rest, all)
		}
		for _, pos := range []string{"99", "x", "-1"} {
			if _, err := Open(path, scan, vexec.Split{}, vexec.Position(pos)); err == nil || !strings.Contains(err.Error(), "not the file that the checkpoint was made with") {
				t.Errorf("%s at %s: %v", name, pos, err)
			}
		}
	}
}

// TestDeclaredTypes reads columns as other types than the file's.
func TestDeclaredTypes(t *testing.T) {
	f := func(file, col string, want *ir.Type, rows string, reasons ...string) {
		t.Helper()
		path := filepath.Join("testdata", file)
		s := &ir.Schema{Cols: []ir.Column{{Name: col, Type: want}}}
		r, err := Open(path, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{ID: file}, nil)
		if err != nil {
			if len(reasons) != 1 || !strings.Contains(err.Error(), reasons[0]) {
				t.Errorf("%s %s: %v", col, want, err)
			}
			return
		}
		defer r.Close()
		got, bad, err := read(t, r, s)
		got = strings.ReplaceAll(strings.ReplaceAll(got, `{"`+col+`":`, ""), "}\n", " ")
		if got != rows || err != nil || len(bad) != len(reasons) {
			t.Errorf("%s %s: %v %q %v", col, want, err, got, bad)
		}
		for i := range min(len(bad), len(reasons)) {
			if b := bad[i]; b.Reason != reasons[i] || b.Column != col || b.Split != file || len(b.Raw) == 0 {
				t.Errorf("%s %s: %+v", col, want, b)
			}
		}
	}
	z := "flat_zstd.arrow"
	f(z, "i16", ir.TTinyInt, "null 0 ", "column i16: -32768 is out of the range of TINYINT", "column i16: 32767 is out of the range of TINYINT")
	f(z, "i8", ir.TBigInt, "-128 null 127 0 ")
	f(z, "u8", ir.TTinyInt, "null 0 1 ", "column u8: 255 is out of the range of TINYINT")
	f(z, "u16", ir.TSmallInt, "null 0 1 ", "column u16: 65535 is out of the range of SMALLINT")
	f(z, "u64", ir.TBigInt, "null 0 1 ", "column u64: 18446744073709551615 is out of the range of BIGINT")
	f(z, "u32", ir.TDouble, "4294967295.0 null 0.0 1.0 ")
	f(z, "i32", ir.TDecimal(12, 2), "-2147483648.00 null 2147483647.00 0.00 ")
	f(z, "i32", ir.TDecimal(6, 2), "null 0.00 ", "column i32: -2147483648 is out of the range of DECIMAL(6, 2)", "column i32: 2147483647 is out of the range of DECIMAL(6, 2)")
	f(z, "f32", ir.TDouble, "1.5 null -0.25 1.0000000150474662e+30 ")
	f(z, "dec", ir.TDecimal(12, 3), "12345678.900 null -0.010 0.000 ")
	f(z, "dec", ir.TDecimal(5, 2), "null -0.01 0.00 ", "column dec: 12345678.90 is out of the range of DECIMAL(5, 2)")
	f(z, "dec", ir.TDouble, "12345678.9 null -0.01 0.0 ")
	f(z, "d32", ir.TTimestamp, `"2024-02-29 00:00:00" null "1969-12-31 00:00:00" "0001-01-01 00:00:00" `)
	f(z, "d64", ir.TTimestamp, `"2024-02-29 00:00:00" null "1969-12-31 00:00:00" "1970-01-01 00:00:00" `)
	f(z, "ts_ns", &ir.Type{Kind: ir.Timestamp, P: 3}, `"2024-02-29 12:34:56.789012" null "1969-12-31 23:59:59.999999" "1970-01-01 00:00:00" `)
	f(z, "d32", &ir.Type{Kind: ir.Timestamp, P: 9}, `"2024-02-29 00:00:00" null "1969-12-31 00:00:00" `, "column d32: -719162 is out of the range of TIMESTAMP(9)")
	f(z, "nothing", ir.TBigInt, "null null null null ")
	f(z, "nothing", &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}, "null null null null ")
	f(z, "bin", ir.TVarchar, `null "" "0123456789abcdef" `, "column bin: the bytes are not UTF-8 text")
	f(z, "s", ir.TJSON, `null `, "column s: the text is not JSON", "column s: the text is not JSON", "column s: the text is not JSON")
	f(z, "s", ir.TBigInt, "", "column s is VARCHAR in the Arrow file, which cannot be read as the declared BIGINT; declare it VARCHAR and convert it in the query")
	f(z, "S", ir.TVarchar, "", "the Arrow file has no column S; did you mean s? It has: nothing, b")
	n := "nested_stream.arrows"
	f(n, "fl", &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}, "[1,2] null [3,null] [5,6] ")
	f(n, "lv", &ir.Type{Kind: ir.Array, Elem: ir.TTinyInt}, "[1,2] null [] [null,3] ")
	f(n, "r", &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "b", Type: ir.TVarchar}}}, `{"b":"x"} null {"b":"`+strings.Repeat("a text that is longer than a view holds, ", 3)+`"} {"b":null} `)
	f(n, "r", &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "c", Type: ir.TVarchar}}}, "", "column r of the Arrow file has no field c; it is ROW<")
	f(n, "r", ir.TVarchar, "", "column r is ROW<")
	f("dicts.arrow", "di", ir.TSmallInt, "1000 null 3 1000 ")
	f("dicts.arrow", "di", ir.TTinyInt, "null 3 ", "column di: 1000 is out of the range of TINYINT", "column di: 1000 is out of the range of TINYINT")
	f("dicts.arrow", "d8", ir.TVarbinary, `"cmVk" null "Z3JlZW4=" "cmVk" `)
}

// TestBadBecomesNull: with 'on.error'='null' a value that does not fit is NULL, and
// its neighbours stay.
func TestBadBecomesNull(t *testing.T) {
	list := &ir.Type{Kind: ir.Array, Elem: ir.TTinyInt}
	s := &ir.Schema{Cols: []ir.Column{{Name: "i16", Type: ir.TTinyInt}}}
	r, err := Open("testdata/flat_zstd.arrow", &vexec.Scan{Schema: s, TimeCol: -1, NullBad: true}, vexec.Split{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, bad, err := read(t, r, s); got != "{\"i16\":null}\n{\"i16\":null}\n{\"i16\":null}\n{\"i16\":0}\n" || err != nil || len(bad) > 0 {
		t.Errorf("%v %v %s", err, bad, got)
	}
	s = &ir.Schema{Cols: []ir.Column{{Name: "l", Type: list}}}
	path := filepath.Join(t.TempDir(), "l.arrow")
	wide := vtest.Schema("l", &ir.Type{Kind: ir.Array, Elem: ir.TInteger})
	writeFile(t, path, wide, vtest.Row{vtest.Row{1, 1000, 3}}, vtest.Row{vtest.Row{4}})
	for _, nullBad := range []bool{true, false} {
		r, err := Open(path, &vexec.Scan{Schema: s, TimeCol: -1, NullBad: nullBad}, vexec.Split{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, bad, err := read(t, r, s)
		r.Close()
		want := map[bool]string{true: "{\"l\":[1,null,3]}\n{\"l\":[4]}\n", false: "{\"l\":[4]}\n"}[nullBad]
		if got != want || err != nil || (len(bad) == 1) == nullBad {
			t.Errorf("%v %v %s", err, bad, got)
		}
	}
}

// TestGreatestTime is what Begin says of a record batch.
func TestGreatestTime(t *testing.T) {
	f := func(col string, typ *ir.Type, want ir.Micros) {
		t.Helper()
		s := &ir.Schema{Cols: []ir.Column{{Name: col, Type: typ}}}
		r, err := Open("testdata/flat.arrow", &vexec.Scan{Schema: s, TimeCol: 0}, vexec.Split{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		d, _ := r.NewDecoder()
		defer d.Close()
		u, err := r.Claim(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.Begin(context.Background(), u); got != want || err != nil {
			t.Errorf("%s: %d %v", col, got, err)
		}
	}
	f("ts_us", ir.TTimestamp, 1709210096789012)
	f("ts_ns", &ir.Type{Kind: ir.Timestamp, P: 9}, 1709210096789012)
	f("tz_s", ir.TTimestampLTZ, 1709210096000000)
}

// TestDamaged cuts files off everywhere: one sentence with the file's name, or, of a
// stream, the rows before.
func TestDamaged(t *testing.T) {
	for _, path := range files(t) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s := schemaOf(t, path)
		for n := 0; n < len(raw); n += 1 + len(raw)/200 {
			f, err := newFile(columnfile.InMemory("cut.arrow", kind, raw[:n]), usual)
			if err == nil {
				var r *reader
				if r, err = newReader(f, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{}, nil); err == nil {
					_, _, err = read(t, r, s)
					r.Close()
				}
				if err == nil && filepath.Ext(path) != ".arrows" {
					t.Errorf("%s: %d bytes of %d are read as if they were all", path, n, len(raw))
				}
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "cut.arrow: ") || strings.Contains(err.Error(), "runtime")) {
				t.Errorf("%s at %d: %v", path, n, err)
			}
		}
	}
	f := func(raw, want string) {
		t.Helper()
		_, err := newFile(columnfile.InMemory("x.arrow", kind, []byte(raw)), usual)
		if err == nil || err.Error() != "x.arrow: "+want {
			t.Errorf("%q: %v", raw, err)
		}
	}
	f("", "not an Arrow file: it has 0 bytes")
	f("FEA1 and more of it FEA1", "this is a Feather file of version 1, which is not read; write it anew as Feather 2 or Arrow")
	f("id,name\n1,a\n2,b\n", "not an Arrow file: it begins neither with ARROW1 nor with a message")
	f("ARROW1\x00\x00 and then nothing", "the Arrow file is cut off: it does not end with ARROW1, as one does that was written to its end; write or copy it again")
	f("ARROW1\x00\x00 \xFF\xFF\xFF\x7FARROW1", "the Arrow file is damaged: its footer is longer than the file")
}
