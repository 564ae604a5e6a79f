package helios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// A window and a copy of the rows of a source that can be read once are one scan, which stays one
// with every optimizer rule.
func TestWindowAndCopyOfStandardInput(t *testing.T) {
	const text = `CREATE MAPPING t (k VARCHAR, ts TIMESTAMP(3), v BIGINT, WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path' = '-', 'format' = 'ndjson');
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
SELECT v FROM t;
SELECT k FROM t WHERE v > 1;
SELECT v FROM t UNION ALL SELECT v + 1 FROM t;
`
	for _, disable := range [][]string{nil, {"*"}} {
		o := helios.Options{DisableRules: disable}
		q, err := helios.Compile(t.Context(), []helios.File{{Name: "q.sql", Text: text, Dir: t.TempDir()}}, o)
		if len(disable) > 0 { // without ShareScans each reader scans for itself
			if err == nil || !strings.Contains(err.Error(), "both read standard input") {
				t.Errorf("without rules: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if plan := q.Explain(helios.Physical); strings.Count(plan, "Scan t") != 1 {
			t.Errorf("several scans:\n%s", plan)
		}
	}
	// Rows that IMPOSE_ORDER drops are there for others.
	dropping := strings.Replace(text, "TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND", "TABLE(IMPOSE_ORDER(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND)), DESCRIPTOR(ts), INTERVAL '5' SECOND", 1)
	if _, err := helios.Compile(t.Context(), []helios.File{{Name: "q.sql", Text: dropping, Dir: t.TempDir()}}, helios.Options{}); err == nil || !strings.Contains(err.Error(), "both read standard input") {
		t.Errorf("with IMPOSE_ORDER: %v", err)
	}
}

// A row without an event time is refused once for all that share the scan.
func TestRowWithoutTimeIsRefusedForAll(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte("{\"ts\":\"2024-01-01 00:00:00\",\"v\":1}\n{\"v\":2}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const text = `CREATE MAPPING t (ts TIMESTAMP(3), v BIGINT, WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path' = 't.ndjson');
CREATE MAPPING o (v BIGINT) TYPE File OPTIONS ('path' = 'out', 'format' = 'ndjson');
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
INSERT INTO o SELECT v FROM t;
`
	q, err := helios.Compile(t.Context(), []helios.File{{Name: "q.sql", Text: text, Dir: dir}}, helios.Options{DeadLetters: filepath.Join(dir, "letters.ndjson")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := q.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if out := readAll(t, filepath.Join(dir, "out")); s.RowsIn != 2 || s.DeadLetters != 1 || out != "{\"v\":1}\n" {
		t.Errorf("%d rows in, %d letters, out %q", s.RowsIn, s.DeadLetters, out)
	}
}
