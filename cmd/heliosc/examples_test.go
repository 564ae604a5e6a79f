package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestParquetEveryMinute runs the example with seconds for minutes: several files of
// Parquet come while it runs, which hold all rows, and a file of dead letters.
func TestParquetEveryMinute(t *testing.T) {
	text, err := os.ReadFile("../../examples/sensors/parquet_every_minute.sql")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "q.sql", strings.Replace(string(text), "'1 min'", "'1 s'", 1))
	out, errs, code := heliosc(t, dir, "run", "q.sql", "--for", "4s")
	if code != exitDone || out != "" || !strings.Contains(errs, " went to the dead letters in q.dead-letters.ndjson (first: ") || !strings.Contains(errs, "n/a") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	parts, err := filepath.Glob(filepath.Join(dir, "minutes", "part-*.parquet"))
	if err != nil || len(parts) < 2 {
		t.Errorf("%d files: %v", len(parts), err)
	}
	write(t, dir, "count.sql", "CREATE MAPPING m TYPE File OPTIONS ('path' = 'minutes/*.parquet');\nSELECT sensor FROM m WHERE temperature > 0;\n")
	rows, readErrs, code := heliosc(t, dir, "run", "count.sql", "--format", "csv")
	letters, err := os.ReadFile(filepath.Join(dir, "q.dead-letters.ndjson"))
	if err != nil || code != exitDone {
		t.Fatalf("exit %d %v\n%s", code, err, readErrs)
	}
	if n := strings.Count(rows, "\n") - 1 + strings.Count(string(letters), "\n"); n < 40 || n > 81 {
		t.Errorf("%d rows in four seconds", n)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "minutes", ".*")); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
