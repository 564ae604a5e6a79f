package arrowipc

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/format/ndjson"
	"github.com/helios-stream/helios/vexec/vtest"
)

func writeFile(t testing.TB, path string, s *ir.Schema, rows ...vtest.Row) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, s, Options{}, nil)
	if err == nil {
		err = w.Write(vtest.Batch(s, rows...))
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = os.WriteFile(path, out.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// rewrite reads a file and writes it as one of ours.
func rewrite(t testing.TB, from, to string, opt Options, s *ir.Schema) {
	t.Helper()
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if opt.Stream {
		w, err := NewWriter(f, s, opt, nil)
		if err == nil {
			err = mergePart(w, s, Part{Path: from, Batches: -1})
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := Merge(f, s, opt, []Part{{from, -1}}); err != nil {
		t.Fatal(from, err)
	}
}

// TestWrite writes what was read of others' files, in all forms: it reads back equal,
// and pyarrow finds the same values.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	for _, path := range files(t) {
		s := schemaOf(t, path)
		raw, err := os.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + ".ndjson")
		if err != nil {
			t.Fatal(err)
		}
		for i, opt := range []Options{{}, {Codec: "zstd"}, {Codec: "lz4"}, {Stream: true}} {
			ending := []string{".arrow", ".zstd.arrow", ".lz4.arrow", ".arrows"}[i]
			to := filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))+filepath.Ext(path)[:3]+ending)
			rewrite(t, path, to, opt, s)
			r, err := Open(to, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, bad, err := read(t, r, s)
			r.Close()
			if got != string(raw) || err != nil || len(bad) > 0 {
				t.Errorf("%s: %v %v\n%s\nwant\n%s", to, err, bad, got, raw)
			}
		}
	}
	args := []string{"testdata/same.py"}
	for _, path := range files(t) {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + filepath.Ext(path)[:3]
		for _, ending := range []string{".arrow", ".zstd.arrow", ".lz4.arrow", ".arrows"} {
			args = append(args, path, filepath.Join(dir, name+ending))
		}
	}
	if out, err := exec.Command(pythonPath(t), args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// pythonPath is a Python with pyarrow; the test is skipped where there is none.
func pythonPath(t *testing.T) string {
	for _, p := range []string{"../../../../bench/.venv/bin/python", "/work/main/bench/.venv/bin/python", "python3"} {
		if exec.Command(p, "-c", "import pyarrow").Run() == nil {
			return p
		}
	}
	t.Skip("no Python with pyarrow here")
	return ""
}

// TestManyRows puts small batches together and cuts large ones.
func TestManyRows(t *testing.T) {
	s := vtest.Schema("n", ir.TBigInt, "s", ir.TVarchar)
	budget := vexec.NewBudget(0)
	mem := budget.Account("sink")
	path := filepath.Join(t.TempDir(), "many.arrow")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w, err := NewWriter(out, s, Options{}, mem)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	enc := ndjson.NewEncoder(s)
	for i := range 70 {
		var rows []vtest.Row
		for k := range 1000 {
			rows = append(rows, vtest.Row{i*1000 + k, strings.Repeat("x", k%20)})
		}
		b := vtest.BatchAs(s, vtest.Shape{Dead: i%2 == 0}, rows...)
		want = enc.Append(want, b)
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if i == 1 && mem.Used() == 0 {
			t.Error("rows that are held are not accounted")
		}
	}
	if err := w.Close(); err != nil || mem.Used() != 0 {
		t.Fatal(err, mem.Used())
	}
	if n, err := Batches(path, s); n != 2 || err != nil {
		t.Errorf("%d record batches, %v", n, err)
	}
	if _, err := Batches(path, vtest.Schema("n", ir.TBigInt)); err == nil || !strings.Contains(err.Error(), "other columns") {
		t.Errorf("other columns: %v", err)
	}
	r, err := Open(path, &vexec.Scan{Schema: s, TimeCol: -1}, vexec.Split{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, _, err := read(t, r, s); got != string(want) || err != nil {
		t.Errorf("%v, %d bytes of %d", err, len(got), len(want))
	}
}

// TestCheck refuses what others could not read.
func TestCheck(t *testing.T) {
	f := func(s *ir.Schema, want string) {
		t.Helper()
		if err := Check(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f(vtest.Schema("i", &ir.Type{Kind: ir.Array, Elem: ir.TIntervalMonth}), "column i: an Arrow file cannot hold INTERVAL")
	f(vtest.Schema("a", ir.TBigInt, "a", ir.TBigInt), "column a stands twice")
	f(&ir.Schema{}, "at least one column")
}
