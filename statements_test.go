package helios_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// rowsOf runs a query of one SELECT, or of one statement like it, and returns the first
// column of its rows as lines.
func rowsOf(t *testing.T, dir, sql string) string {
	t.Helper()
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: sql, Dir: dir}}, helios.Options{Parallelism: 2})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for row, err := range q.Rows(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(row[0].(string) + "\n")
	}
	return b.String()
}

// TestExplainStatement holds that EXPLAIN shows what heliosc explain shows, through the
// same API as any SELECT, and that nothing of what it explains is run.
func TestExplainStatement(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.csv"), []byte("a,ts\n1,2024-01-01 00:00:00\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const setup = `CREATE MAPPING t (a BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path' = 't.csv', 'format' = 'csv');
CREATE MAPPING o (n BIGINT) TYPE File OPTIONS ('path' = 'out', 'format' = 'csv');
`
	const insert = "INSERT INTO o SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE a > 0 GROUP BY window_start, window_end;"
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: setup + insert, Dir: dir}}, helios.Options{Parallelism: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		words string
		stage helios.Stage
		draw  helios.Drawing
	}{
		{"EXPLAIN ", helios.Physical, helios.DrawText}, {"EXPLAIN PHYSICAL (FORMAT DOT) ", helios.Physical, helios.DrawDot},
		{"EXPLAIN LOGICAL (FORMAT TEXT) ", helios.Logical, helios.DrawText}, {"EXPLAIN (FORMAT JSON) ", helios.Physical, helios.DrawJSON},
	} {
		want, err := q.Draw(c.stage, c.draw, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := rowsOf(t, dir, setup+c.words+insert)
		if strings.TrimRight(got, "\n") != strings.TrimRight(want, "\n") {
			t.Errorf("%s:\n%s\nheliosc explain shows:\n%s", c.words, got, want)
		}
		if c.draw == helios.DrawJSON && !json.Valid([]byte(got)) {
			t.Errorf("no JSON: %s", got)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); !os.IsNotExist(err) {
		t.Errorf("EXPLAIN wrote something: %v", err)
	}
}

// TestShowCreateRuns holds that what SHOW CREATE shows makes the same thing again.
func TestShowCreateRuns(t *testing.T) {
	const setup = `CREATE OR REPLACE MAPPING t (a BIGINT NOT NULL, "b c" AS a + 1, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, PRIMARY KEY (a) NOT ENFORCED)
PARTITIONED BY (a) TYPE File OPTIONS ('path' = 'it''s', 'format' = 'csv');
CREATE TEMPORARY VIEW IF NOT EXISTS v (x, y) COMMENT 'two' AS SELECT a, "b c" FROM t WHERE a IN (1, 2);
`
	first := rowsOf(t, "", setup+"SHOW CREATE MAPPING t;")
	second := rowsOf(t, "", setup+"SHOW CREATE VIEW v;")
	if again := rowsOf(t, "", first+second+"SHOW CREATE VIEW v;"); again != second {
		t.Errorf("%s\nbecomes\n%s", second, again)
	}
	if again := rowsOf(t, "", first+"SHOW CREATE TABLE t;"); again != first {
		t.Errorf("%s\nbecomes\n%s", first, again)
	}
}
