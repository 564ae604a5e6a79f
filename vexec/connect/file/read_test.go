package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

const awkwardCSV = "\xEF\xBB\xBFname,\"id\",other\r\n" +
	"one,1,x\r\n\"two\nlines, \"\"quoted\"\"\",2,\n\nthree,x,\nfour,4\n\"five\"x,5,\nsix\",6,\n,,\n\"eight\",\"8\",\"\n\"\nnine,9,"

var awkwardCSVRows = []string{"1|one", "2|two\nlines, \"quoted\"", "NULL|", "8|eight", "9|nine"}

var awkwardCSVBad = []string{
	"a.csv:6@57 id: 'x' does not parse as BIGINT",
	"a.csv:7@66 : the record has 2 fields, but the header has 3",
	"a.csv:8@73 : there is text behind a closing quote",
	"a.csv:9@84 : a quote stands inside of a field that does not begin with one",
}

// pack compresses text in two members or frames.
func pack(t *testing.T, ending, text string) string {
	t.Helper()
	half := len(text) / 2
	return packParts(ending, text[:half], text[half:])
}

func packParts(ending string, parts ...string) string {
	var b bytes.Buffer
	for _, part := range parts {
		var w io.WriteCloser
		switch ending {
		case "":
			b.WriteString(part)
			continue
		case ".gz":
			w = gzip.NewWriter(&b)
		case ".zst":
			w, _ = zstd.NewWriter(&b)
		case ".snappy":
			w = s2.NewWriter(&b, s2.WriterSnappyCompat())
		case ".lz4":
			w = lz4.NewWriter(&b)
		}
		w.Write([]byte(part))
		w.Close()
	}
	return b.String()
}

// TestBlocks reads CSV and compressed files in blocks of every size, with a restart
// behind each, and always finds the same rows and bad records.
func TestBlocks(t *testing.T) {
	for _, ending := range []string{"", ".gz", ".zst", ".snappy", ".lz4"} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.csv"+ending), pack(t, ending, awkwardCSV))
		write(t, filepath.Join(dir, "a.ndjson"+ending), pack(t, ending, awkward))
		step := int64(1)
		if ending != "" {
			step = 29 // unpacking again for each restart takes its time
		}
		for unit := int64(1); unit <= int64(len(awkwardCSV))+1; unit += step {
			for _, restart := range []bool{false, true} {
				how := reading{limits: limits{unit: unit, record: 1 << 20}, restart: restart}
				got, err := readTable(t, tableOf(dir, "a.csv"+ending, idName...), how)
				if err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("csv%s at unit %d restart %v", ending, unit, restart)
				check(t, what, got.rows, awkwardCSVRows)
				check(t, what, unpacked(got.badText(), ending), awkwardCSVBad)
				if ending == "" {
					continue
				}
				got, err = readTable(t, tableOf(dir, "a.ndjson"+ending, idName...), how)
				if err != nil {
					t.Fatal(err)
				}
				check(t, "ndjson"+what, got.rows, awkwardRows)
				check(t, "ndjson"+what, unpacked(got.badText(), ending), awkwardBad)
			}
		}
	}
}

func unpacked(bad []string, ending string) []string {
	for i := range bad {
		bad[i] = strings.Replace(bad[i], ending+":", ":", 1)
	}
	return bad
}

// TestTooLong holds that a record beyond the limit is one bad record, and that the
// others stand, for every unit up to the limit.
func TestTooLong(t *testing.T) {
	for _, name := range []string{"a.ndjson", "a.ndjson.gz", "a.csv", "a.csv.gz"} {
		text := func(id int, size int) string {
			if strings.Contains(name, "csv") {
				return fmt.Sprintf("%d,\"%s\"", id, strings.Repeat("x", size))
			}
			return fmt.Sprintf(`{"id":%d,"name":"%s"}`, id, strings.Repeat("x", size))
		}
		dir := t.TempDir()
		whole := text(1, 2) + "\n" + text(2, 300) + "\n" + text(3, 2) + "\n" + text(4, 400)
		ending := ""
		if strings.HasSuffix(name, ".gz") {
			ending = ".gz"
		}
		write(t, filepath.Join(dir, name), pack(t, ending, whole))
		table := tableOf(dir, name, idName...)
		table.Options["csv.header"] = "false"
		for unit := int64(1); unit <= 100; unit += 3 {
			for _, restart := range []bool{false, true} {
				got, err := readTable(t, table, reading{limits: limits{unit: unit, record: 100}, restart: restart})
				if err != nil {
					t.Fatal(err)
				}
				check(t, fmt.Sprint(name, unit), got.rows, []string{"1|xx", "3|xx"})
				if len(got.bad) != 2 || got.bad[0].Line != 2 || got.bad[1].Line != 4 || got.bad[0].Offset != int64(len(text(1, 2))+1) {
					t.Fatalf("%s, unit %d: %q", name, unit, got.badText())
				}
				if r := got.bad[0].Reason; r != "the record is longer than 100 bytes" {
					t.Fatal(r)
				}
			}
		}
	}
}

// TestPaths lists the files of a table, or says in a sentence why there are none.
func TestPaths(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.ndjson", "a.ndjson", "sub/c.ndjson", "sub/.hidden.ndjson", "_tmp/d.ndjson", "sub2/x.csv", "notes", "q[1].json", "y.parquet.gz"} {
		write(t, filepath.Join(dir, name), "{}\n")
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := func(path, format, want string) {
		t.Helper()
		table := tableOf(dir, path, idName...)
		if format != "" {
			table.Options["format"] = format
		}
		src, err := New().Source(table)
		if err != nil {
			t.Fatal(err)
		}
		splits, err := src.Splits(context.Background())
		var got []string
		for _, s := range splits {
			got = append(got, s.ID)
		}
		text := strings.Join(got, " ")
		if err != nil {
			text = strings.ReplaceAll(err.Error(), dir, "DIR")
		}
		if text != want {
			t.Errorf("%s: %s, want %s", path, text, want)
		}
		for _, s := range splits {
			scan := &vexec.Scan{Table: table, Schema: table.Physical(), Cols: []int{0, 1}, TimeCol: -1}
			r, err := src.Open(context.Background(), scan, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
		}
	}
	f("a.ndjson", "", "a.ndjson")
	f(filepath.Join(dir, "a.ndjson"), "", "a.ndjson")
	f("*.ndjson", "", "a.ndjson b.ndjson")
	f("*/*.ndjson", "", "sub/c.ndjson")
	f("sub", "", "c.ndjson")
	f("s*/?.*", "json", "sub/c.ndjson sub2/x.csv")
	f("notes", "ndjson", "notes")
	f("q[1].json", "", "q[1].json")
	f("notes", "", "t: the ending of DIR/notes does not say what it holds; set 'format' to json, csv, parquet or arrow")
	f("none.ndjson", "", "t: there is no file DIR/none.ndjson (a relative 'path' begins in the query file's folder)")
	f("none/*.ndjson", "", "t: no file matches the pattern DIR/none/*.ndjson")
	f("[", "", "t: the pattern DIR/[ is malformed: a [ is not closed")
	f("empty", "", "t: the folder DIR/empty has no files")
	f("**/*.ndjson", "", "a.ndjson b.ndjson sub/c.ndjson")
	f("**/c.*", "", "sub/c.ndjson")
	f("sub/**", "", "c.ndjson")
	f("**/**/sub/**/*.ndjson", "", "sub/c.ndjson")
	f("**/none.csv", "", "t: no file matches the pattern DIR/**/none.csv")
	f("y.parquet.gz", "", "t: DIR/y.parquet.gz is a compressed Parquet file; Parquet is compressed inside, unpack it first")
}

// TestChanged holds that a file that changes while it is read is an error that
// names it.
func TestChanged(t *testing.T) {
	line := `{"id":1,"name":"a"}` + "\n"
	for _, name := range []string{"a.ndjson", "a.csv"} {
		for what, change := range map[string]func(path string) error{
			"became shorter": func(path string) error { return os.Truncate(path, 30) },
			"was changed":    func(path string) error { return os.WriteFile(path, []byte(strings.Repeat(line, 11)), 0o644) },
		} {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			write(t, path, strings.Repeat(line, 10))
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
			err := readChanging(t, tableOf(dir, name, idName...), func() {
				if err := change(path); err != nil {
					t.Fatal(err)
				}
			})
			if err == nil || !strings.Contains(err.Error(), path+" "+what) {
				t.Errorf("%s: %v, want %s", name, err, what)
			}
		}
	}
}

// readChanging reads with a change behind the second unit.
func readChanging(t *testing.T, table *ir.Table, change func()) error {
	table.Options["csv.header"] = "false"
	src, err := connector{limits: limits{unit: 20, record: 1000}}.Source(table)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	splits, err := src.Splits(ctx)
	if err != nil {
		t.Fatal(err)
	}
	scan := &vexec.Scan{Table: table, Schema: table.Physical(), Cols: []int{0, 1}, TimeCol: -1}
	r, err := src.Open(ctx, scan, splits[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	d, err := r.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		if i == 2 {
			change()
		}
		u, err := r.Claim(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := d.Begin(ctx, u); err != nil {
			return err
		}
	}
}

// TestTasks lets four goroutines share a file's units, and finds every row and
// every bad record once.
func TestTasks(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	for i := range 4000 {
		if i%100 == 7 {
			fmt.Fprintf(&text, "{bad %d\n", i)
			continue
		}
		fmt.Fprintf(&text, "{\"id\":%d,\"name\":\"the long name of %d\"}\n", i, i)
	}
	write(t, filepath.Join(dir, "a.ndjson"), text.String())
	write(t, filepath.Join(dir, "a.ndjson.zst"), pack(t, ".zst", text.String()))
	for _, name := range []string{"a.ndjson", "a.ndjson.zst"} {
		table := tableOf(dir, name, idName...)
		src, err := connector{limits: limits{unit: 1000, record: 10_000}}.Source(table)
		if err != nil {
			t.Fatal(err)
		}
		scan := &vexec.Scan{Table: table, Schema: table.Physical(), Cols: []int{0, 1}, TimeCol: -1}
		r, err := src.Open(context.Background(), scan, vexec.Split{ID: name}, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, bad := shareUnits(t, r, 4)
		for i := range 4000 {
			switch want := fmt.Sprintf("%d|the long name of %d", i, i); {
			case i%100 == 7 && bad[int64(i+1)] != 1:
				t.Fatalf("%s: line %d is bad %d times", name, i+1, bad[int64(i+1)])
			case i%100 != 7 && rows[want] != 1:
				t.Fatalf("%s: row %s comes %d times", name, want, rows[want])
			}
		}
		if err := r.Close(); err != nil || len(rows) != 3960 || len(bad) != 40 {
			t.Fatal(err, len(rows), len(bad))
		}
	}
}

// shareUnits decodes the units in n goroutines and counts rows, and bad records by line.
func shareUnits(t *testing.T, r vexec.SplitReader, n int) (map[string]int, map[int64]int) {
	rows, bad := map[string]int{}, map[int64]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		d, err := r.NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			defer d.Close()
			for {
				mu.Lock()
				u, err := r.Claim(context.Background())
				mu.Unlock()
				if err == io.EOF {
					return
				}
				var out outcome
				if err == nil {
					err = readUnit(d, u, usual, &out)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, row := range out.rows {
					rows[row]++
				}
				for _, b := range out.bad {
					bad[b.Line]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return rows, bad
}

// TestTruncated holds that a compressed file that was cut off is an error, not the
// rows that are left of it. Snappy's chunks know nothing of what should follow, so
// that only a cut inside of one is noticed.
func TestTruncated(t *testing.T) {
	dir := t.TempDir()
	for _, ending := range []string{".gz", ".zst", ".snappy", ".lz4"} {
		whole := packParts(ending, awkward)
		from := 1
		if ending == ".snappy" {
			from = len(whole) - 20
		}
		for cut := from; cut < len(whole); cut++ {
			name := "a.ndjson" + ending
			write(t, filepath.Join(dir, name), whole[:cut])
			_, err := readTable(t, tableOf(dir, name, idName...), usual)
			if err == nil || !strings.Contains(err.Error(), name+" is cut off: what can be decompressed of it ends at byte") &&
				!strings.Contains(err.Error(), name+" cannot be decompressed behind byte") {
				t.Fatalf("%s cut at %d of %d: %v", name, cut, len(whole), err)
			}
		}
	}
}

// TestOptions: the options that the spec lists do what they say.
func TestOptions(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), "1;'a;b'\n2;-\n")
	table := tableOf(dir, "a.txt", idName...)
	for k, v := range map[string]string{"format": "csv", "csv.header": "false", "csv.field-delimiter": ";", "csv.quote": "'", "csv.null-literal": "-"} {
		table.Options[k] = v
	}
	got, err := readTable(t, table, usual)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "rows", got.rows, []string{"1|a;b", "2|NULL"})
	for _, format := range []string{"parquet", "arrow"} { // which are compressed inside
		forced := tableOf(dir, "a.bin", idName...)
		forced.Options["format"], forced.Options["compression"] = format, "zstd"
		var bad *ir.OptionError
		if err := New().Check(forced, false); !errors.As(err, &bad) || bad.Option != "compression" || !strings.Contains(bad.Reason, "is for text") {
			t.Errorf("%s, zstd: %v", format, err)
		}
	}
	for _, o := range New().Spec().Options {
		if o.Doc == "" || o.Type == "" {
			t.Errorf("option %s says nothing", o.Name)
		}
	}
}
