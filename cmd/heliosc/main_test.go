package main

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// asCommand makes the test binary act as heliosc: so tests start, signal and kill
// real processes without a build of their own.
const asCommand = "HELIOSC_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command is heliosc as a process of its own, in the folder dir.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), asCommand+"=1", "NO_COLOR=1")
	c.Dir = dir
	return c
}

// heliosc runs one command line to its end.
func heliosc(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := command(t, dir, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// started is a run that goes on, with pipes from its stdout and stderr.
type started struct {
	*exec.Cmd
	out, errs *bufio.Reader
	pipe      io.Closer // the end of stdout from which out reads
}

// start starts one command line. It is killed with the test if nothing ends it before.
func start(t *testing.T, dir string, args ...string) *started {
	t.Helper()
	c := command(t, dir, args...)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return &started{c, bufio.NewReader(out), bufio.NewReader(errs), out}
}

// address is what re finds in the first line on stderr.
func (s *started) address(t *testing.T, re *regexp.Regexp) string {
	t.Helper()
	line, _ := s.errs.ReadString('\n')
	m := re.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("no address: %q", line)
	}
	return m[1]
}

// lines reads so many lines of stdout.
func (s *started) lines(t *testing.T, n int) {
	t.Helper()
	for range n {
		if _, err := s.out.ReadString('\n'); err != nil {
			rest, _ := io.ReadAll(s.errs)
			t.Fatalf("%v\n%s", err, rest)
		}
	}
}

// signal sends a signal.
func (s *started) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := s.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// end waits for the end of the run and returns the rest of what it prints, and its exit code.
func (s *started) end() (out, errs string, code int) {
	done := make(chan []byte)
	go func() {
		rest, _ := io.ReadAll(s.errs)
		done <- rest
	}()
	rows, _ := io.ReadAll(s.out)
	rest := <-done
	_ = s.Wait()
	return string(rows), string(rest), s.ProcessState.ExitCode()
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const tiny = `{"k":"a","n":1,"ts":"2024-01-01 00:00:01"}
{"k":"b","n":2,"ts":"2024-01-01 00:00:02"}
{"k":"a","n":3,"ts":"2024-01-01 00:01:05"}
`

const tinyMapping = `CREATE MAPPING t (k VARCHAR, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
TYPE File OPTIONS ('path' = 't.ndjson', 'format' = 'ndjson');
`

const tinyTotals = tinyMapping + `SELECT window_start, k, COUNT(*) AS c, SUM(n) AS s
FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, k;
`

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyTotals)
	out, errs, code := heliosc(t, dir, "run", "q.sql", "--format", "csv", "--parallelism", "1")
	want := "window_start,k,c,s\n2024-01-01 00:00:00,a,1,1\n2024-01-01 00:00:00,b,1,2\n2024-01-01 00:01:00,a,1,3\n"
	if code != 0 || sortedLines(out) != sortedLines(want) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if !strings.Contains(errs, "3 rows in, 3 rows out") {
		t.Errorf("summary: %q", errs)
	}
	if _, errs, _ = heliosc(t, dir, "run", "q.sql", "--quiet"); errs != "" {
		t.Errorf("--quiet printed %q", errs)
	}
	out, _, _ = heliosc(t, dir, "run", "q.sql")
	if !strings.Contains(out, "window_start") || !strings.Contains(out, "2024-01-01 00:01:00") {
		t.Errorf("table: %s", out)
	}
}

func sortedLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	sortStrings(lines)
	return strings.Join(lines, "\n")
}

func TestExitCodesAndMessages(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyTotals)
	write(t, dir, "typo.sql", strings.Replace(tinyTotals, "SUM(n)", "SUM(m)", 1))
	write(t, dir, "missing.sql", strings.Replace(tinyTotals, "'t.ndjson'", "'nothing.ndjson'", 1))
	write(t, dir, "empty.sql", "-- nothing\n")
	f := func(code int, want []string, args ...string) {
		t.Helper()
		out, errs, got := heliosc(t, dir, args...)
		if got != code {
			t.Errorf("%v: exit %d, want %d\n%s%s", args, got, code, out, errs)
		}
		for _, w := range want {
			if !strings.Contains(errs+out, w) {
				t.Errorf("%v: %q is missing in\n%s%s", args, w, out, errs)
			}
		}
	}
	f(0, []string{"heliosc", "go1."}, "version")
	f(0, []string{"ok: 1 query"}, "check", "q.sql")
	f(0, []string{"ok: 2 queries"}, "check", write(t, dir, "two.sql", tinyMapping+"SELECT k FROM t; SELECT n FROM t;"))
	f(0, []string{"Scan"}, "explain", "q.sql")
	f(0, []string{"Scan"}, "explain", "--logical", "q.sql")
	f(0, []string{"WindowAgg"}, "explain", "--optimized", "--trace", "q.sql")
	f(0, []string{"syntax"}, "explain", "H0101")
	f(2, []string{"H9999"}, "explain", "H9999")
	f(2, []string{"--batch-size"}, "run", "q.sql", "--batch-size", "0")
	f(2, []string{"--parallelism"}, "run", "q.sql", "--parallelism", "1000")
	f(2, []string{"--memory"}, "run", "q.sql", "--memory", "lots")
	f(2, []string{"has no flag --frobnicate"}, "run", "q.sql", "--frobnicate")
	f(2, []string{"yaml"}, "run", "q.sql", "--format", "yaml")
	f(2, []string{"nofile.sql"}, "run", "nofile.sql")
	f(3, []string{"typo.sql:3:", "SUM(m)", "^"}, "run", "typo.sql")
	f(3, []string{"empty.sql"}, "check", "empty.sql")
	f(3, []string{"${day}"}, "check", write(t, dir, "var.sql", strings.Replace(tinyTotals, "'t.ndjson'", "'${day}.ndjson'", 1)))
	f(1, []string{"missing.sql:1:", "nothing.ndjson"}, "run", "missing.sql")
	f(0, nil, "run", "var.sql", "-D", "day=t", "--quiet")
}

func TestOutputFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	write(t, dir, "q.sql", tinyTotals)
	for _, name := range []string{"out.ndjson", "out.csv", "out.parquet"} {
		if out, errs, code := heliosc(t, dir, "run", "q.sql", "-o", name); code != 0 || out != "" {
			t.Errorf("%s: exit %d %s%s", name, code, out, errs)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, errs, code := heliosc(t, dir, "run", "q.sql", "-o", "out.xlsx"); code != 2 || !strings.Contains(errs, ".parquet") {
		t.Errorf("exit %d %s", code, errs)
	}
}

// A run does not write to what it reads, nor two mappings to one file: the rows that
// were there would be lost.
func TestOneFileTwice(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", tiny)
	f := func(code int, want, sql string, args ...string) {
		t.Helper()
		write(t, dir, "q.sql", tinyMapping+sql)
		_, errs, got := heliosc(t, dir, append([]string{"run", "q.sql"}, args...)...)
		if got != code || !strings.Contains(errs, want) {
			t.Errorf("%s %v: exit %d, want %d and %q in\n%s", sql, args, got, code, want, errs)
		}
		if raw, err := os.ReadFile(filepath.Join(dir, "t.ndjson")); err != nil || string(raw) != tiny {
			t.Fatalf("%s %v: the input is now %q %v", sql, args, raw, err)
		}
	}
	out := func(name, path string) string {
		return "CREATE MAPPING " + name + " (k VARCHAR) TYPE File OPTIONS ('path' = '" + path + "', 'format' = 'ndjson');\n"
	}
	f(3, "H0231", "INSERT INTO t SELECT * FROM t WHERE n > 1;")
	f(3, "`t`, which is read", out("o", "./t.ndjson")+"INSERT INTO o SELECT k FROM t;")
	f(3, "same place", out("a", "o.ndjson")+out("b", "./o.ndjson")+"INSERT INTO a SELECT k FROM t; INSERT INTO b SELECT k FROM t;")
	f(2, "as `t`", "SELECT k FROM t;", "-o", "t.ndjson")
	f(2, "INSERT", out("a", "o.ndjson")+"INSERT INTO a SELECT k FROM t; SELECT k FROM t;", "-o", "o.ndjson")
	f(3, "same place", out("a", "both/")+out("b", "both/")+"INSERT INTO a SELECT k FROM t; INSERT INTO b SELECT k FROM t;")
	f(0, "", "SELECT k FROM t;", "-o", "o.ndjson")
}

// Bad records leave the good ones alone, and are counted with the place of the first.
func TestDeadLetters(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", strings.Replace(tiny, `"n":2`, `"n":"two"`, 1)+"not json\n")
	write(t, dir, "q.sql", tinyTotals)
	out, errs, code := heliosc(t, dir, "run", "q.sql", "--format", "csv")
	if code != 0 || strings.Count(out, "\n") != 3 {
		t.Errorf("exit %d\n%s", code, out)
	}
	if !strings.Contains(errs, "warning: 2 rows went to the dead letters in q.dead-letters.ndjson (first: ") || !strings.Contains(errs, "t.ndjson:2") {
		t.Errorf("stderr: %s", errs)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "q.dead-letters.ndjson"))
	if err != nil || strings.Count(string(raw), "\n") != 2 || !strings.Contains(string(raw), "not json") {
		t.Errorf("dead letters: %s %v", raw, err)
	}
	if _, errs, code := heliosc(t, dir, "run", "q.sql", "--dead-letters", "t.ndjson"); code != 2 || !strings.Contains(errs, "the query reads it") {
		t.Errorf("dead letters over the input: exit %d\n%s", code, errs)
	}
	// A run that fails shows no dead letters, and must not say that it did.
	_, errs, code = heliosc(t, dir, "run", "q.sql", "--dead-letters", "failed.ndjson", "--memory", "1KB")
	if _, err := os.Stat(filepath.Join(dir, "failed.ndjson")); code != 1 || err == nil || strings.Contains(errs, "went to the dead letters") {
		t.Errorf("a failed run: exit %d\n%s", code, errs)
	}
	for policy, want := range map[string]int{"fail": 1, "drop": 0} {
		write(t, dir, policy+".sql", strings.Replace(tinyTotals, "'format'", "'on.error' = '"+policy+"', 'format'", 1))
		if out, errs, code := heliosc(t, dir, "run", policy+".sql"); code != want {
			t.Errorf("%s: exit %d\n%s%s", policy, code, out, errs)
		}
	}
}

// The heap looks larger but where somebody has said how it is to be collected.
func TestTuneCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	t.Setenv("GOGC", "")
	if floor := tuneCollector(); len(floor) != heapFloor || debug.SetGCPercent(100) != 50 {
		t.Errorf("%d bytes are added to the heap, or it does not grow by half", len(floor))
	}
	debug.SetMemoryLimit(1 << 30)
	if floor := tuneCollector(); floor != nil || debug.SetGCPercent(100) != 50 {
		t.Error("a limit of the memory would count what is never used, or the heap does not grow by half")
	}
	debug.SetMemoryLimit(math.MaxInt64)
	t.Setenv("GOGC", "100")
	if floor := tuneCollector(); floor != nil || debug.SetGCPercent(100) != 100 {
		t.Error("GOGC is overruled")
	}
}
