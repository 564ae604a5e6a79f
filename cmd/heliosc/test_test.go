package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const countQuery = "CREATE MAPPING t (k VARCHAR, n INTEGER) TYPE File OPTIONS ('path'='${where}/*.ndjson', 'follow'='true');\n" +
	"SELECT k, n * ${factor} AS m FROM t;\n"

const countTest = "why: x\ndefine: where=/nowhere\n-- query ../q.sql\n-- feed t\nk | n\na | 1\n"

// Tests pass, fail with line and difference, and are written; the exit code says which.
func TestTestCommand(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "tests"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "q.sql", countQuery)
	write(t, dir, "tests/a.txt", countTest+"-- rows\nk VARCHAR, m INTEGER\na | 2\n")
	write(t, dir, "tests/b.txt", countTest+"-- rows\nk VARCHAR, m INTEGER\na | 3\n")
	f := func(exit int, want string, args ...string) {
		t.Helper()
		out, errs, code := heliosc(t, dir, append([]string{"test", "-D", "factor=2"}, args...)...)
		if code != exit || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit %d, want %d\n%s%s\nwant %s", args, code, exit, out, errs, want)
		}
	}
	f(exitFailed, "tests/b.txt:7: -- rows: want 1 row, got 1\n    - a | 3\n    + a | 2\n", "tests")
	f(exitFailed, "2 tests: 1 passed, 1 failed", "--junit", "j.xml")
	f(exitDone, "ok    a (", "-v", "tests", "--run", "^a$")
	f(exitUsage, "no test in tests has a name that matches c", "tests", "--run", "c")
	f(exitUsage, "no regular expression", "tests", "--run", "(")
	f(exitUsage, "no test and no folder x", "x")
	f(exitUsage, "--junit", "tests", "--junit", "no/j.xml")
	f(exitDone, "wrote tests/b.txt", "-u", "tests")
	f(exitDone, "2 tests: 2 passed", "--seed", "7", "tests/a.txt", "tests/b.txt")
	if text, err := os.ReadFile(filepath.Join(dir, "j.xml")); err != nil || !strings.Contains(string(text), `tests="2" failures="1"`) {
		t.Errorf("%v\n%s", err, text)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	f(exitUsage, "no tests in empty", "empty")
}
