package file

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/vtest"
)

// fullDisk is a file on a disk that has room for so many bytes more.
type fullDisk struct {
	outputFile
	left *int
	sync bool // the disk says so only when it is synced
}

func (d fullDisk) Write(b []byte) (int, error) {
	if *d.left -= len(b); *d.left < 0 && !d.sync {
		return 0, &os.PathError{Op: "write", Path: "aside", Err: syscall.ENOSPC}
	}
	return d.outputFile.Write(b)
}

func (d fullDisk) Sync() error {
	if *d.left < 0 {
		return &os.PathError{Op: "sync", Path: "aside", Err: syscall.ENOSPC}
	}
	return d.outputFile.Sync()
}

// A disk that is full ends the run with one sentence; what is shown is whole, and the
// restart goes on once there is room.
func TestFullDisk(t *testing.T) {
	for name, options := range map[string][]string{
		"o.csv": nil, "o.parquet": nil,
		"dir/":     {"format", "csv", "roll.rows", "3"},
		"parts/":   {"format", "parquet", "roll.rows", "2", "roll.interval", "1 s"},
		"zipped/":  {"format", "ndjson", "roll.interval", "3 s", "compression", "zstd"},
		"default/": {"format", "ndjson"},
	} {
		failed := 0
		for room := 0; room < 3000; room = room*3/2 + 7 {
			for _, sync := range []bool{false, true} {
				left := room
				path := filepath.Join(quickDir(t), filepath.Base(name))
				table := sinkTable(path+strings.Repeat("/", strings.Count(name, "/")), options...)
				rows, want := manyRows()
				j := &job{table: table, epochs: rows, run: "r1", left: -1, tick: 1_000_000, unbounded: strings.HasSuffix(name, "/"),
					wrap: func(f outputFile) outputFile { return fullDisk{f, &left, sync} }}
				if _, err := j.attempt(); err != nil {
					failed++
					if text := err.Error(); text != "out: cannot write "+path+": no space left on device; make room on the disk and start again" {
						t.Fatalf("%s, room for %d: %v", name, room, err)
					}
					for part, text := range shown(t, filepath.Dir(path)) {
						if !strings.Contains(part, ".heliosc") && !strings.HasSuffix(text, "\n") {
							t.Fatalf("%s, room for %d: half a file: %s: %q", name, room, part, text)
						}
					}
					j.wrap = nil
					if _, err := j.attempt(); err != nil {
						t.Fatalf("%s, room for %d, restart: %v", name, room, err)
					}
				}
				if got, _ := rolledRows(shown(t, filepath.Dir(path))); strings.Join(got, ",") != strings.Join(want, ",") {
					t.Fatalf("%s, room for %d: %d rows of %d", name, room, len(got), len(want))
				}
			}
		}
		if failed < 4 {
			t.Errorf("%s: only %d runs found the disk full", name, failed)
		}
	}
}

// A folder that is removed while it is written to ends the run: rows that stand in
// files which nobody can find are not taken for written.
func TestFolderDisappears(t *testing.T) {
	for _, interval := range []string{"0s", "1 h"} {
		for _, when := range []string{"write", "prepare", "commit"} {
			dir := filepath.Join(quickDir(t), "gone")
			s, err := start(sinkTable(dir+"/", "roll.interval", interval), &vexec.SinkContext{Unbounded: true})
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			remove := func(at string) {
				if at == when {
					if err := os.RemoveAll(dir); err != nil {
						t.Fatal(err)
					}
				}
			}
			remove("write")
			err = s.Write(ctx, vtest.Batch(sinkSchema, vtest.Row{1, "a"}))
			remove("prepare")
			var tok []byte
			if err == nil {
				tok, err = s.Prepare(ctx, 1, false)
			}
			remove("commit")
			if err == nil {
				err = s.Commit(ctx, 1, tok)
			}
			if err == nil { // nothing was to be shown yet
				_, err = s.Prepare(ctx, 2, false)
			}
			if want := "out: cannot write " + dir + ": no such file or directory"; err == nil || err.Error() != want {
				t.Errorf("%s at %s: %v, want %s", interval, when, err, want)
			}
			_ = s.Close()
		}
	}
}

// A folder that may not be written to any more.
func TestPermissionLost(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := filepath.Join(t.TempDir(), "out")
	s, err := start(sinkTable(dir+"/", "roll.interval", "0s"), &vexec.SinkContext{Unbounded: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Chmod(filepath.Join(dir, stagingName, "r2"), 0o500); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(context.Background(), vtest.Batch(sinkSchema, vtest.Row{1, "a"})); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Error(err)
	}
	_ = os.Chmod(filepath.Join(dir, stagingName, "r2"), 0o700)
}

// Two runs at a time write to one folder only if both are to append.
func TestTwoRunsAtOnce(t *testing.T) {
	dir := filepath.Join(quickDir(t), "shared") + "/"
	open := func(id string, options ...string) (vexec.Sink, error) {
		return start(sinkTable(dir, options...), &vexec.SinkContext{Run: id, Unbounded: true})
	}
	first, err := open("r1")
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"fail", "replace"} {
		if _, err := open("r2", "write.mode", mode); err == nil || !strings.Contains(err.Error(), "another run is writing to the folder; wait for its end") {
			t.Errorf("%s: %v", mode, err)
		}
	}
	second, err := open("r3", "write.mode", "append")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for i, s := range []vexec.Sink{first, second} {
		if err := s.Write(ctx, vtest.Batch(sinkSchema, vtest.Row{i, "row "})); err != nil {
			t.Fatal(err)
		}
		tok, err := s.Prepare(ctx, 1, true)
		if err == nil {
			err = s.Commit(ctx, 1, tok)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if rows, _ := rolledRows(shown(t, dir)); len(rows) != 2 || len(leftovers(dir)) > 0 {
		t.Errorf("%q, left over %v", rows, leftovers(dir))
	}
	if s, err := open("r4", "write.mode", "replace"); err != nil {
		t.Error(err)
	} else {
		_ = s.Close()
	}
}
