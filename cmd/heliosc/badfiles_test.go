package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// badFiles is a folder of files that cannot be read as what their names say.
type badFiles struct {
	dir  string
	text string // good.csv
}

func newBadFiles(t *testing.T) *badFiles {
	b := &badFiles{dir: t.TempDir()}
	var text strings.Builder
	text.WriteString("id,name\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "%d,name %d\n", i, i*7919%20_000)
	}
	b.text = text.String()
	b.write(t, "good.csv", b.text)
	for _, path := range []string{"good.ndjson", "good.parquet", "good.arrow"} {
		if _, errs, code := b.insert(t, "good.csv", path); code != exitDone {
			t.Fatal(errs)
		}
	}
	return b
}

func (b *badFiles) write(t *testing.T, name, text string) { write(t, b.dir, name, text) }

func (b *badFiles) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// insert runs a query that writes what is in one path to another one.
func (b *badFiles) insert(t *testing.T, from, to string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	b.write(t, "q.sql", fmt.Sprintf(`CREATE MAPPING t (id BIGINT, name VARCHAR) TYPE File OPTIONS ('path' = '%s');
CREATE MAPPING o (id BIGINT, name VARCHAR) TYPE File OPTIONS ('path' = '%s');
INSERT INTO o SELECT id, name FROM t;
`, from, to))
	return heliosc(t, b.dir, append([]string{"run", "q.sql"}, args...)...)
}

// refused holds that a path is refused in one sentence that names it, and that nothing
// is left of the output.
func (b *badFiles) refused(t *testing.T, from, want string) {
	t.Helper()
	out, errs, code := b.insert(t, from, "out.ndjson")
	if code != exitFailed || out != "" || strings.Count(errs, "\n") != 1 || strings.Count(errs, from) != 1 || !strings.Contains(errs, want) {
		t.Errorf("%s: exit %d\n%s%swant %s", from, code, out, errs, want)
	}
	b.nothingLeft(t, from)
}

func (b *badFiles) nothingLeft(t *testing.T, what string) {
	t.Helper()
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "out") || strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s: %s is left", what, e.Name())
		}
	}
}

// Files that are not there, or hold something else than they should.
func TestMixedUpFiles(t *testing.T) {
	b := newBadFiles(t)
	b.refused(t, "missing.ndjson", "there is no file missing.ndjson (a relative 'path' begins in the query file's folder)")
	b.refused(t, "missing/*.ndjson", "no file matches the pattern missing/*.ndjson")
	if err := os.Mkdir(filepath.Join(b.dir, "folder.ndjson"), 0o755); err != nil {
		t.Fatal(err)
	}
	b.refused(t, "folder.ndjson", "the folder folder.ndjson has no files")
	for _, c := range []struct{ name, from, want string }{
		{"1.ndjson", "good.parquet", "t: 1.ndjson is to be read as ndjson, but it holds parquet: set 'format'='parquet' or name the file so"},
		{"2.csv", "good.parquet", "2.csv is to be read as csv, but it holds parquet: set 'format'='parquet'"},
		{"3.csv", "good.arrow", "3.csv is to be read as csv, but it holds arrow: set 'format'='arrow'"},
		{"4.parquet", "good.ndjson", "4.parquet is to be read as parquet, but it holds ndjson: set 'format'='ndjson'"},
		{"5.parquet", "good.arrow", "5.parquet is to be read as parquet, but it holds arrow: set 'format'='arrow'"},
		{"6.arrow", "good.parquet", "6.arrow is to be read as arrow, but it holds parquet: set 'format'='parquet'"},
		{"7.parquet", "good.csv", "7.parquet: not a Parquet file: it does not begin with PAR1; set 'format' to what the file holds, or name it so"},
		{"8.arrow", "good.csv", "8.arrow: not an Arrow file: it begins neither with ARROW1 nor with a message; set 'format' to what the file holds"},
		{"9.csv.gz", "good.csv", "9.csv.gz cannot be decompressed (gzip: invalid header); if it is not compressed so, rename it, or set 'compression' to what it is, or to none"},
		{"10.csv.zst", "good.csv", "10.csv.zst cannot be decompressed (invalid input: magic number mismatch); if it is not compressed so"},
		{"11.csv.lz4", "good.csv", "11.csv.lz4 cannot be decompressed (no LZ4 frame begins there); if it is not compressed so"},
		{"12.csv", "good.ndjson", "12.csv: the header is malformed"},
	} {
		b.write(t, c.name, b.read(t, c.from))
		b.refused(t, c.name, c.want)
	}
	b.write(t, "text.csv", "PAR1,id,name\nx,1,a\n") // begins like Parquet, and is none
	if out, errs, code := b.insert(t, "text.csv", "out.csv"); code != exitDone || b.read(t, "out.csv") != "id,name\n1,a\n" {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

// Files that end too early.
func TestTruncatedFiles(t *testing.T) {
	b := newBadFiles(t)
	packed := func(name string, pack func(to *bytes.Buffer) error) {
		var to bytes.Buffer
		if err := pack(&to); err != nil {
			t.Fatal(err)
		}
		b.write(t, name, to.String())
	}
	packed("a.csv.gz", func(to *bytes.Buffer) error {
		w := gzip.NewWriter(to)
		if _, err := w.Write([]byte(b.text)); err != nil {
			return err
		}
		return w.Close()
	})
	packed("a.csv.zst", func(to *bytes.Buffer) error {
		w, err := zstd.NewWriter(to)
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(b.text)); err != nil {
			return err
		}
		return w.Close()
	})
	packed("a.csv.lz4", func(to *bytes.Buffer) error {
		w := lz4.NewWriter(to)
		if _, err := w.Write([]byte(b.text)); err != nil {
			return err
		}
		return w.Close()
	})
	for _, c := range []struct{ from, name, want string }{
		{"a.csv.gz", "cut.csv.gz", "cut.csv.gz is cut off: what can be decompressed of it ends at byte "},
		{"a.csv.zst", "cut.csv.zst", "; write or copy it again"},
		{"a.csv.lz4", "cut.csv.lz4", "cut.csv.lz4 is cut off: what can be decompressed of it ends at byte "},
		{"good.parquet", "cut.parquet", "cut.parquet: the Parquet file is cut off: it does not end with PAR1"},
		{"good.arrow", "cut.arrow", "cut.arrow: the Arrow file is cut off: it does not end with ARROW1"},
	} {
		whole := b.read(t, c.from)
		for _, n := range []int{len(whole) / 3, len(whole) * 2 / 3, len(whole) - 4} {
			b.write(t, c.name, whole[:n])
			b.refused(t, c.name, c.want)
		}
	}
}

// A file that must not be read, and places that cannot be written.
func TestForbiddenFiles(t *testing.T) {
	b := newBadFiles(t)
	b.write(t, "one.csv", "id,name\n1,a\nbad\n")
	refused := func(to, want string, args ...string) {
		t.Helper()
		out, errs, code := b.insert(t, "one.csv", to, args...)
		lines := strings.Split(strings.TrimSpace(errs), "\n")
		last := lines[len(lines)-1]
		if code != exitFailed || out != "" || !strings.HasPrefix(last, "heliosc: ") || !strings.Contains(last, want) {
			t.Errorf("%s: exit %d\n%s%swant %s", to, code, out, errs, want)
		}
		b.nothingLeft(t, to)
	}
	refused("good.csv/out/", "o: cannot write good.csv/out: not a directory; a part of the path is a file")
	refused("good.csv/out.ndjson", "o: cannot write good.csv/out.ndjson: not a directory; a part of the path is a file")
	refused("out.ndjson", "heliosc: dead letters: cannot write good.csv/letters.ndjson: not a directory; a part of the path is a file", "--dead-letters", "good.csv/letters.ndjson")
	b.write(t, "one.sql", "SELECT 1 AS one;\n")
	if _, errs, code := heliosc(t, b.dir, "run", "one.sql", "-o", "good.csv/out.csv"); code != exitFailed || errs != "heliosc: cannot write good.csv/out.csv: not a directory; a part of the path is a file\n" {
		t.Errorf("exit %d\n%s", code, errs)
	}
	if os.Getuid() == 0 {
		t.Log("root may read and write everything")
		return
	}
	locked := filepath.Join(b.dir, "locked")
	if err := os.Mkdir(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	b.write(t, "secret.csv", b.text)
	if err := os.Chmod(filepath.Join(b.dir, "secret.csv"), 0); err != nil {
		t.Fatal(err)
	}
	b.refused(t, "secret.csv", "t: secret.csv must not be read: permission denied; give this user leave to read it")
	refused("locked/out/", "permission denied; choose a place where this user may write")
	refused("out.ndjson", "dead letters: cannot write locked/letters.ndjson: permission denied", "--dead-letters", "locked/letters.ndjson")
}

// A file that becomes shorter, and one that is written to, while a run stands still
// since nobody reads its output.
func TestFilesThatChange(t *testing.T) {
	for name, c := range map[string]struct {
		change func(path string) error
		want   string
	}{
		"cut":   {func(path string) error { return os.Truncate(path, 5000) }, "became shorter while it was read"},
		"grown": {func(path string) error { return appendFile(path, `{"id":1,"name":"late"}`+"\n") }, "was changed while it was read"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var text strings.Builder
			pad := strings.Repeat("x", 200)
			for i := range 200_000 {
				fmt.Fprintf(&text, `{"id":%d,"name":"%s"}`+"\n", i, pad)
			}
			path := write(t, dir, "big.ndjson", text.String())
			write(t, dir, "q.sql", `CREATE MAPPING t (id BIGINT, name VARCHAR) TYPE File OPTIONS ('path' = 'big.ndjson');
CREATE MAPPING o (id BIGINT) TYPE File OPTIONS ('path' = 'out.ndjson');
INSERT INTO o SELECT id FROM t;
SELECT id, name FROM t;
`)
			run := start(t, dir, "run", "q.sql", "--format", "csv")
			if _, err := run.out.Peek(8); err != nil { // it has begun, and stops when the pipe is full
				t.Fatal(err)
			}
			if err := c.change(path); err != nil {
				t.Fatal(err)
			}
			if _, errs, code := run.end(); code != exitFailed || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "big.ndjson "+c.want) {
				t.Errorf("exit %d\n%s", code, errs)
			}
			if entries, _ := filepath.Glob(filepath.Join(dir, "*out*")); len(entries) > 0 {
				t.Errorf("%v is left", entries)
			}
		})
	}
}

func appendFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
