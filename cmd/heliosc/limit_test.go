package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// --limit ends every SELECT, also that of a plan, and no INSERT; what is not a number
// of rows is a wrong command line.
func TestLimitFlag(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", "{\"v\":1}\n{\"v\":2}\n{\"v\":3}\n")
	write(t, dir, "q.sql", "CREATE MAPPING t (v BIGINT) TYPE File OPTIONS ('path' = 't.ndjson');\nSELECT v FROM t;")
	write(t, dir, "i.sql", "CREATE MAPPING t (v BIGINT) TYPE File OPTIONS ('path' = 't.ndjson');\nCREATE MAPPING o (v BIGINT) TYPE File OPTIONS ('path' = 'o.ndjson');\nINSERT INTO o SELECT v FROM t;")
	f := func(want string, code int, args ...string) {
		t.Helper()
		out, stderr, got := heliosc(t, dir, append([]string{"run", "--format", "csv"}, args...)...)
		if got != code || code == 0 && out != want || code != 0 && !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d\n%s%s", args, got, out, stderr)
		}
	}
	f("v\n1\n2\n", 0, "--limit", "2", "q.sql")
	f("v\n1\n2\n3\n", 0, "--limit", "7", "q.sql")
	if _, stderr, code := heliosc(t, dir, "compile", "q.sql", "--emit", "json", "-o", "plan.json"); code != 0 {
		t.Fatal(stderr)
	}
	f("v\n1\n", 0, "--limit", "1", "plan.json")
	f("", 0, "--limit", "1", "i.sql")
	if rows, err := os.ReadFile(filepath.Join(dir, "o.ndjson")); err != nil || strings.Count(string(rows), "\n") != 3 {
		t.Errorf("the INSERT wrote %q, %v", rows, err)
	}
	f("--limit 0: it is at least 1", exitUsage, "--limit", "0", "q.sql")
	f("--limit -5: it is at least 1", exitUsage, "--limit=-5", "q.sql")
}
