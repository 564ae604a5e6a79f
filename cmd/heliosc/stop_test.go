package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const endless = `CREATE MAPPING s (id BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE Generator
OPTIONS ('rows-per-second'='2000', 'fields.id.kind'='sequence', 'fields.ts.kind'='sequence', 'fields.ts.start'='2024-01-01 00:00:00', 'fields.ts.step'='1s');
`

const endlessMinutes = endless + `SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start;
`

// inTime calls f with longer and longer values of --for until it says that the span was
// long enough: how far a run gets in a while depends on what else the machine does.
func inTime(t *testing.T, d time.Duration, f func(span string) bool) {
	t.Helper()
	for ; ; d *= 4 {
		if f(d.String()) || t.Failed() {
			return
		}
		if d > 30*time.Second {
			t.Fatalf("--for %s: it does not come", d)
		}
	}
}

func TestFor(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", endlessMinutes)
	f := func(code int, want string, args ...string) string {
		t.Helper()
		out, errs, got := heliosc(t, dir, append([]string{"run", "q.sql", "--format", "csv"}, args...)...)
		if got != code || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d\n%s%s", args, got, out, errs)
		}
		return out
	}
	inTime(t, 50*time.Millisecond, func(span string) bool { // once a row has come, a window is open
		out, errs, code := heliosc(t, dir, "run", "q.sql", "--format", "csv", "--for", span)
		stopped := "stopped after " + span + ", as --for says"
		if code != exitDone || !strings.Contains(errs, stopped) {
			t.Errorf("exit %d\n%s%s", code, out, errs)
		}
		return strings.Contains(errs, stopped+"; open windows are lost: --flush")
	})
	f(exitDone, "; the same command goes on from state", "--for", "50ms", "--checkpoint-dir", "state")
	inTime(t, 100*time.Millisecond, func(span string) bool {
		return strings.Contains(f(exitDone, "open windows have fired", "--for", span, "--flush"), "2024-01-01 00:00:00,")
	})
	write(t, dir, "q.sql", endless+"SELECT id FROM s WHERE id >= 0;\n")
	f(exitDone, "stopped after 50ms, as --for says\n", "--for", "50ms") // nothing was open
	f(exitUsage, "--for -1s: it must be positive", "--for", "-1s")
	f(exitUsage, "--for 5: it is a span of time with its unit", "--for", "5")
	f(exitUsage, "its ending says csv, but the format asked for is ndjson", "--format", "json", "-o", "x.csv")
	f(exitUsage, "which cannot go on after a restart", "--format", "parquet", "--checkpoint-dir", "state")
	if out := f(exitDone, "", "--for", "50ms", "--format", "parquet"); !strings.HasPrefix(out, "PAR1") || !strings.HasSuffix(out, "PAR1") {
		t.Errorf("%d bytes that are no Parquet file", len(out))
	}
	if out := f(exitDone, "", "--for", "50ms", "--format", "arrow"); !strings.HasPrefix(out, "\xff\xff\xff\xff") || !strings.HasSuffix(out, "\xff\xff\xff\xff\x00\x00\x00\x00") {
		t.Errorf("%d bytes that are no whole Arrow stream", len(out))
	}
}

// Several SELECTs go to a file each in a folder.
func TestOutputFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyMapping+"SELECT n FROM t WHERE n < 3; SELECT k FROM t WHERE n = 3;")
	if out, errs, code := heliosc(t, dir, "run", "q.sql", "-o", "out/", "--format", "csv"); code != exitDone || out != "" {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	for name, want := range map[string]string{"select-1.csv": "n\n1\n2\n", "select-2.csv": "k\na\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, "out", name)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if _, errs, code := heliosc(t, dir, "run", "q.sql", "-o", "out.csv"); code != exitUsage || !strings.Contains(errs, "-o DIR/ writes a file for each") {
		t.Errorf("exit %d %s", code, errs)
	}
}

// Rows of a stream are shown as they come, and each signal ends it as it should.
func TestSignals(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", endlessMinutes)
	f := func(sig syscall.Signal, want string, args ...string) {
		t.Helper()
		c := start(t, dir, append([]string{"run", "q.sql"}, args...)...)
		c.lines(t, 4) // two header lines, a rule, and a row
		c.signal(t, sig)
		if _, errs, code := c.end(); code != exitInterrupted || !strings.Contains(errs, want) {
			t.Errorf("%v %v: exit %d\n%s", sig, args, code, errs)
		}
	}
	f(syscall.SIGINT, "interrupted; open windows are lost")
	f(syscall.SIGTERM, "interrupted; open windows have fired", "--flush")
	f(syscall.SIGTERM, "interrupted; the same command goes on from state", "--checkpoint-dir", "state")
}

// A reader of stdout that has enough ends the run without a word.
func TestBrokenPipe(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", endless+"SELECT id FROM s;")
	c := start(t, dir, "run", "q.sql", "--format", "csv")
	if _, err := c.out.Peek(8); err != nil {
		t.Fatal(err)
	}
	if err := c.pipe.Close(); err != nil {
		t.Fatal(err)
	}
	if _, errs, _ := c.end(); errs != "" {
		t.Errorf("it says %q", errs)
	}
}

// A second signal ends a run at once that cannot drain: its sink's reader is stuck.
func TestSecondSignalAborts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", strings.Replace(endless, "'2000'", "'0'", 1)+"SELECT RPAD('', 1000, 'x') AS x FROM s;")
	c := start(t, dir, "run", "q.sql", "--format", "csv")
	if _, err := c.out.Peek(8); err != nil { // and no more: the first batch is longer than any pipe
		t.Fatal(err)
	}
	for range 2 {
		c.signal(t, syscall.SIGINT)
		if line, _ := c.errs.ReadString('\n'); line != "" && !strings.Contains(line, "once more to abort") {
			t.Error(line)
		}
	}
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
}
