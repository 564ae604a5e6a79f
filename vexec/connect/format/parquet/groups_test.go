package parquet

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// Row groups have as many rows as Options.Rows says, to a step, also those that Merge
// puts together from small ones.
func TestRowGroupRows(t *testing.T) {
	s := vtest.Schema("k", ir.TBigInt)
	dir := t.TempDir()
	var parts []Part
	for i, n := range []int{400, 400, 5000, 3} {
		b := &vexec.Batch{Schema: s, Cols: []vexec.Vec{vexec.NewVec(ir.TBigInt, n)}, Rows: n}
		path := filepath.Join(dir, string(rune('a'+i)))
		if err := createWith(path, func(w *os.File) error { return writeBatches(w, s, Options{Rows: 2048}, b) }); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, Part{Path: path, Groups: -1})
	}
	if n, err := RowGroups(parts[2].Path, s); n != 3 || err != nil {
		t.Errorf("%d row groups, %v", n, err)
	}
	joined := filepath.Join(dir, "joined")
	if err := createWith(joined, func(w *os.File) error { return Merge(w, s, Options{Rows: 2048}, parts) }); err != nil {
		t.Fatal(err)
	}
	if n, err := RowGroups(joined, s); n != 5 || err != nil { // 800; 2048, 2048, 904; 3
		t.Errorf("joined: %d row groups, %v", n, err)
	}
}

func createWith(path string, write func(w *os.File) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return write(f)
}

func writeBatches(f *os.File, s *ir.Schema, opt Options, b *vexec.Batch) error {
	w, err := NewWriter(f, s, opt, nil)
	if err != nil {
		return err
	}
	if err := w.Write(b); err != nil {
		w.Abort()
		return err
	}
	return w.Close()
}
