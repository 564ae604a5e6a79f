package file

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func at(dir, path, format string) *ir.Table {
	return &ir.Table{Name: "t", Dir: dir, Options: map[string]string{"path": path, "format": format}}
}

func TestReads(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "data", "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("data", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	f := func(want bool, in, out string) {
		t.Helper()
		if got := Reads(at(dir, in, "csv"), at(dir, out, "csv")); got != want {
			t.Errorf("in %q, out %q: %v", in, out, got)
		}
	}
	f(true, "a.csv", "a.csv")
	f(true, "a.csv", "./data/../a.csv")
	f(true, "a.csv", filepath.Join(dir, "a.csv"))
	f(false, "a.csv", "b.csv")
	f(true, "data/*.csv", "data/out.csv")
	f(false, "data/*.csv", "out.csv")
	f(false, "data/*.csv", "data/out.parquet")
	f(true, "data/*.csv", "data/")
	f(true, "data/part-*.csv", "data/")
	f(false, "data/in-*.csv", "data/")
	f(true, "data", "data/out.csv")
	f(true, "data/", "data/")
	f(true, "data", "data/deep/")
	f(true, "data/a.csv", "link/a.csv")
	f(false, "data", "data2/")
	f(false, "data", "..data.csv")
}

func TestSamePlace(t *testing.T) {
	f := func(want bool, a, b string) {
		t.Helper()
		if got := SamePlace(at("x", a, ""), at("x", b, "")); got != want {
			t.Errorf("%q and %q: %v", a, b, got)
		}
	}
	f(true, "a.csv", "./a.csv")
	f(false, "a.csv", "b.csv")
	f(true, "out/", "out//")
	f(true, "out/", "out")
	f(false, "out/", "out2/")
}
