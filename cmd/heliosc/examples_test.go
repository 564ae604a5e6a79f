package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestParquetEveryMinute runs the example with seconds for minutes: several files of
// Parquet come while it runs, which hold all rows, and a file of dead letters.
func TestParquetEveryMinute(t *testing.T) {
	text, err := os.ReadFile("../../examples/sensors/parquet_every_minute.sql")
	if err != nil {
		t.Fatal(err)
	}
	sql := strings.Replace(string(text), "'1 min'", "'1 s'", 1)
	inTime(t, 4*time.Second, func(span string) bool { return parquetEverySecond(t, sql, span) })
}

// rowsIn is the number of rows in the last lines of a run.
var rowsIn = regexp.MustCompile(`(?m)^(\d+) rows in, `)

// parquetEverySecond runs the example for a span of time; false: it got too little done.
func parquetEverySecond(t *testing.T, sql, span string) bool {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "q.sql", sql)
	out, errs, code := heliosc(t, dir, "run", "q.sql", "--for", span)
	in := rowsIn.FindStringSubmatch(errs)
	if code != exitDone || out != "" || in == nil {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if !strings.Contains(errs, " went to the dead letters in q.dead-letters.ndjson (first: ") || !strings.Contains(errs, "n/a") {
		t.Logf("no dead letters after %s:\n%s", span, errs)
		return false
	}
	parts, err := filepath.Glob(filepath.Join(dir, "minutes", "part-*.parquet"))
	if err != nil || len(parts) < 2 {
		t.Logf("%d files after %s: %v", len(parts), span, err)
		return false
	}
	write(t, dir, "count.sql", "CREATE MAPPING m TYPE File OPTIONS ('path' = 'minutes/*.parquet');\nSELECT sensor FROM m WHERE temperature > 0;\n")
	rows, readErrs, code := heliosc(t, dir, "run", "count.sql", "--format", "csv")
	letters, err := os.ReadFile(filepath.Join(dir, "q.dead-letters.ndjson"))
	if err != nil || code != exitDone {
		t.Fatalf("exit %d %v\n%s", code, err, readErrs)
	}
	if n := strings.Count(rows, "\n") - 1 + strings.Count(string(letters), "\n"); fmt.Sprint(n) != in[1] {
		t.Errorf("%d rows of %s", n, in[1])
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "minutes", ".*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	return true
}
