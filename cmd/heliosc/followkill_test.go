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

// What TestKillFollowing does to a run, so often that a slow machine needs longer for
// the same.
const (
	followKills  = 12
	followBursts = 60 // while a run goes on
	followStuck  = 2 * time.Minute
)

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
	if w.r.Intn(2) == 0 {
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

// followed is a folder with a query over a log, and what it has given so far.
type followed struct {
	dir   string
	parts map[string]bool // that have been read
	lines []string
}

// read reads the parts that are new and returns how many lines there are.
func (f *followed) read(t *testing.T) int {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(f.dir, "out", "part-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if f.parts[name] {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f.parts[name] = true
		f.lines = append(f.lines, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")...)
	}
	return len(f.lines)
}

// await waits until there are so many lines, as long as more come.
func (f *followed) await(t *testing.T, n int, errs *bytes.Buffer) {
	t.Helper()
	last, since := -1, time.Now()
	for {
		got := f.read(t)
		switch {
		case got >= n:
			return
		case got != last:
			last, since = got, time.Now()
		case time.Since(since) > followStuck:
			t.Fatalf("it is stuck at %d lines of %d\n%s", got, n, errs)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestKillFollowing kills the process over a log that grows and is rotated, while it
// runs and while it does not: each line counts once.
func TestKillFollowing(t *testing.T) {
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	f := &followed{dir: t.TempDir(), parts: map[string]bool{}}
	write(t, f.dir, "q.sql", followQuery)
	w := &logWriter{dir: filepath.Join(f.dir, "logs"), r: rand.New(rand.NewSource(seed))}
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.rotate(t)
	defer func() { w.file.Close() }()
	w.burst(t)
	for range followKills {
		c, errs := followStart(t, f.dir)
		if w.r.Intn(2) == 0 { // it is up
			f.await(t, f.read(t)+1, errs)
		}
		for range followBursts {
			w.burst(t)
		}
		time.Sleep(time.Duration(w.r.Intn(100)) * time.Millisecond)
		followKill(t, c, errs)
		w.burst(t) // nobody looks
	}
	c, errs := followStart(t, f.dir)
	f.await(t, w.lines, errs)
	followKill(t, c, errs)
	f.read(t)
	want := make([]string, w.lines)
	for i := range want {
		want[i] = fmt.Sprintf(`{"id":%d}`, i+1)
	}
	slices.Sort(want)
	slices.Sort(f.lines)
	t.Logf("%d lines in %d logs", w.lines, w.logs+1)
	if !slices.Equal(f.lines, want) {
		t.Fatal(firstDifference(f.lines, want))
	}
}

func followStart(t *testing.T, dir string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	c := command(t, dir, "run", "q.sql", "--quiet", "--checkpoint-dir", "state", "--checkpoint-interval", "20ms")
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
