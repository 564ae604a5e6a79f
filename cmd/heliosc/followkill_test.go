package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const followQuery = `CREATE MAPPING app (id BIGINT, text VARCHAR) TYPE File OPTIONS ('path' = 'logs/*.log', 'format' = 'ndjson', 'follow' = 'true', 'follow.interval' = '5ms');
CREATE MAPPING seen (id BIGINT) TYPE File OPTIONS ('path' = 'out/', 'format' = 'ndjson', 'roll.interval' = '0s');
INSERT INTO seen SELECT id FROM app;
`

// logWriter appends numbered lines to a log and rotates it by renaming.
type logWriter struct {
	dir   string
	r     *rand.Rand
	file  *os.File
	lines int
	logs  int
}

// burst writes some lines, some of them in two halves, and rotates now and then.
func (w *logWriter) burst(t *testing.T) {
	t.Helper()
	for range 1 + w.r.Intn(40) {
		w.lines++
		line := fmt.Sprintf(`{"id":%d,"text":%q}`+"\n", w.lines, strings.Repeat("x", w.r.Intn(200)))
		cut := w.r.Intn(len(line))
		for _, part := range []string{line[:cut], line[cut:]} {
			if _, err := w.file.WriteString(part); err != nil {
				t.Fatal(err)
			}
		}
	}
	if w.r.Intn(4) == 0 {
		w.rotate(t)
	}
}

func (w *logWriter) rotate(t *testing.T) {
	t.Helper()
	now := filepath.Join(w.dir, "app.log")
	if w.file != nil {
		w.file.Close()
		w.logs++
		if err := os.Rename(now, filepath.Join(w.dir, fmt.Sprintf("app-%04d.log", w.logs))); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if w.file, err = os.Create(now); err != nil {
		t.Fatal(err)
	}
}

// TestKillFollowing kills the process over a log that grows and is rotated, while it
// runs and while it does not: each line counts once.
func TestKillFollowing(t *testing.T) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	dir := t.TempDir()
	write(t, dir, "q.sql", followQuery)
	w := &logWriter{dir: filepath.Join(dir, "logs"), r: rand.New(rand.NewSource(seed))}
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.rotate(t)
	defer func() { w.file.Close() }()
	for range 12 {
		c, errs := followStart(t, dir)
		for until := time.Now().Add(time.Duration(w.r.Intn(250)) * time.Millisecond); time.Now().Before(until); {
			w.burst(t)
		}
		followKill(t, c, errs)
		w.burst(t) // nobody looks
	}
	c, errs := followStart(t, dir)
	var got []string
	for end := time.Now().Add(60 * time.Second); len(got) < w.lines && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
		got = linesOf(t, filepath.Join(dir, "out"))
	}
	followKill(t, c, errs)
	got = linesOf(t, filepath.Join(dir, "out"))
	want := make([]string, w.lines)
	for i := range want {
		want[i] = fmt.Sprintf(`{"id":%d}`, i+1)
	}
	slices.Sort(want)
	t.Logf("%d lines in %d logs", w.lines, w.logs+1)
	if !slices.Equal(got, want) {
		t.Fatal(firstDifference(got, want))
	}
}

func followStart(t *testing.T, dir string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	c := command(t, dir, "run", "q.sql", "--quiet", "--checkpoint-dir", "state", "--checkpoint-interval", "10ms")
	errs := &bytes.Buffer{}
	c.Stderr = errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, errs
}

// followKill kills a run, which must not have ended by itself.
func followKill(t *testing.T, c *exec.Cmd, errs *bytes.Buffer) {
	t.Helper()
	_ = c.Process.Kill()
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		t.Fatalf("the run ended by itself: %v\n%s", err, errs)
	}
}

// linesOf is all lines of the part files of a folder, sorted.
func linesOf(t *testing.T, dir string) (out []string) {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(dir, "part-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	slices.Sort(out)
	return out
}
