package state

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/kernels"
	"github.com/helios-stream/helios/vexec"
)

var schema = ir.NewSchema(ir.Column{Name: "k", Type: ir.TVarchar}, ir.Column{Name: "n", Type: ir.TBigInt})
var spec = vexec.TableSpec{Name: "t", Version: 1, Schema: schema, Keys: []int{0}}

// rowsSegment is a segment over literal rows.
type rowsSegment []int64

func (s rowsSegment) Rows() int    { return len(s) }
func (s rowsSegment) Bytes() int64 { return int64(8 * len(s)) }
func (s rowsSegment) Read(from, max int, b *vexec.Batch) (int, error) {
	n := min(max, len(s)-from)
	b.Reset(schema)
	b.Rows = n
	b.Cols[0], b.Cols[1] = vexec.NewVec(ir.TVarchar, n), vexec.NewVec(ir.TBigInt, n)
	for i := range n {
		b.Cols[0].Views()[i] = kernels.InlineView(fmt.Appendf(nil, "key%d", s[from+i]))
		b.Cols[1].Int64s()[i] = s[from+i]
	}
	return n, nil
}

func segment(from, n int64) rowsSegment {
	var s rowsSegment
	for i := range n {
		s = append(s, from+i)
	}
	return s
}

func write(t *testing.T, d *Dir, epoch uint64, stores ...*Store) *Checkpoint {
	t.Helper()
	c := &Checkpoint{Epoch: epoch, Run: "r1", Plan: "p", Ops: map[string][]Snapshot{},
		Scans: map[string]json.RawMessage{"s": json.RawMessage(`{"at":7}`)}, Sinks: map[string][]byte{"out": []byte("token")}}
	for _, s := range stores {
		c.Ops["op"] = append(c.Ops["op"], s.Snapshot())
	}
	if err := d.Write(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	return c
}

// restored reads the rows of all tasks and checks that each has only its own keys.
func restored(t *testing.T, c *Checkpoint, tasks int) []int64 {
	t.Helper()
	var got []int64
	for task := range tasks {
		s, err := c.Store("op", "op", []vexec.TableSpec{spec}, task, tasks)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Table("t").Restored(func(b *vexec.Batch) error {
			h := make([]uint64, b.Rows)
			vexec.HashRows(b, []int{0}, h)
			for i := range b.Live() {
				r := b.Row(i)
				if owner := vexec.TaskOf(vexec.KeyGroup(h[r]), tasks); owner != task && tasks > 1 {
					t.Errorf("row %d came to task %d, its owner is %d", r, task, owner)
				}
				got = append(got, b.Cols[1].Int64s()[r])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	sort.Slice(got, func(i, j int) bool { return got[i] < got[j] })
	return got
}

func wantRows(t *testing.T, got []int64, n int) {
	t.Helper()
	if len(got) != n {
		t.Fatalf("%d rows, want %d", len(got), n)
	}
	for i := range got {
		if got[i] != int64(i) {
			t.Fatalf("row %d is %d", i, got[i])
		}
	}
}

func TestRestoreAtAnyParallelism(t *testing.T) {
	d, err := OpenDir(filepath.Join(t.TempDir(), "cp"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := NewStore("op", []vexec.TableSpec{spec})
	s.Table("t").Add(segment(0, 500))
	s.Table("t").Add(segment(500, 500))
	write(t, d, 1, s)
	for _, tasks := range []int{1, 2, 3, 8} {
		c, err := d.Latest()
		if err != nil {
			t.Fatal(err)
		}
		wantRows(t, restored(t, c, tasks), 1000)
	}
	c, _ := d.Latest()
	if string(c.Sinks["out"]) != "token" || string(c.Scans["s"]) != `{"at":7}` || c.Run != "r1" {
		t.Errorf("checkpoint came back as %+v", c)
	}
}

// A second checkpoint writes new segments only, and drops what no one names.
func TestIncrementalAndCollected(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := NewStore("op", []vexec.TableSpec{spec})
	first := s.Table("t").Add(segment(0, 100_000))
	write(t, d, 1, s)
	big := packBytes(t, dir)
	s.Table("t").Add(segment(100_000, 10))
	write(t, d, 2, s)
	if now := packBytes(t, dir); now > big+8<<10 {
		t.Errorf("second checkpoint wrote %d bytes for 10 rows", now-big)
	}
	c, _ := d.Latest()
	if got := restored(t, c, 1); len(got) != 100_010 {
		t.Errorf("%d rows", len(got))
	}
	s.Table("t").Drop(first)
	write(t, d, 3, s)
	if now := packBytes(t, dir); now > 8<<10 {
		t.Errorf("%d bytes are left after the big segment was dropped", now)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, manifestPrefix+"*")); len(names) != 1 {
		t.Errorf("manifests left: %v", names)
	}
}

func packBytes(t *testing.T, dir string) int64 {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*"+packSuffix))
	var n int64
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		n += info.Size()
	}
	return n
}

func TestDamageIsNamed(t *testing.T) {
	f := func(glob string, spoil func([]byte) []byte, want string) {
		t.Helper()
		dir := t.TempDir()
		d, err := OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		s := NewStore("op", []vexec.TableSpec{spec})
		s.Table("t").Add(segment(0, 100))
		write(t, d, 1, s)
		names, _ := filepath.Glob(filepath.Join(dir, glob))
		raw, _ := os.ReadFile(names[0])
		if err := os.WriteFile(names[0], spoil(raw), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := d.Latest()
		if err == nil {
			var st *Store
			if st, err = c.Store("op", "op", []vexec.TableSpec{spec}, 0, 1); err == nil {
				err = st.Table("t").Restored(func(*vexec.Batch) error { return nil })
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), names[0]) {
			t.Errorf("%s: error %v, want %q and the file's name", glob, err, want)
		}
	}
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	half := func(b []byte) []byte { return b[:len(b)/2] }
	f("*.json", half, "is damaged")
	f("*.json", func(b []byte) []byte { return []byte(strings.Replace(string(b), `"epoch":1`, `"epoch":2`, 1)) }, "checksum")
	f("*.json", func(b []byte) []byte { return []byte(strings.Replace(string(b), `"format":1`, `"format":9`, 1)) }, "format 9")
	f("*.pack", flip, "checksum")
	f("*.pack", half, "shorter")
}

func TestOtherSchemaIsRefused(t *testing.T) {
	d, err := OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := NewStore("op", []vexec.TableSpec{spec})
	s.Table("t").Add(segment(0, 3))
	write(t, d, 1, s)
	c, _ := d.Latest()
	other := spec
	other.Schema = ir.NewSchema(ir.Column{Name: "k", Type: ir.TBigInt})
	if _, err := c.Store("op", "op", []vexec.TableSpec{other}, 0, 1); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("error %v", err)
	}
}

func TestFolderIsLocked(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(dir); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second lock: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d2, err := OpenDir(dir)
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	_ = d2.Close()
}
