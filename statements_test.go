package helios_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// TestExplainAnalyze holds that EXPLAIN ANALYZE runs its query, shows what each operator did as
// heliosc explain --analyze does, writes nothing, and leaves the statements beside it as they are.
func TestExplainAnalyze(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const setup = `CREATE MAPPING t (a BIGINT) TYPE File OPTIONS ('path' = 't.ndjson', 'format' = 'ndjson');
CREATE MAPPING n (n BIGINT) TYPE Generator OPTIONS ('rows-per-second' = '1000');
CREATE MAPPING o (a BIGINT) TYPE File OPTIONS ('path' = 'out', 'format' = 'ndjson');
`
	explained := rowsOf(t, dir, setup+"EXPLAIN ANALYZE INSERT INTO o SELECT a FROM t WHERE a > 1")
	for _, want := range []string{"Stage 0", "measured: 3 rows in, 2 out, 1 filtered, 1 batch", "Sink o", "ran in "} {
		if !strings.Contains(explained, want) {
			t.Errorf("no %q in\n%s", want, explained)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); !os.IsNotExist(err) {
		t.Errorf("EXPLAIN ANALYZE wrote something: %v", err)
	}
	if text := rowsOf(t, dir, setup+"EXPLAIN ANALYZE (FORMAT JSON) SELECT a FROM t"); !json.Valid([]byte(text)) || !strings.Contains(text, `"rows_in": 3`) {
		t.Errorf("no JSON of a run: %s", text)
	}
	if text := rowsOf(t, dir, setup+"EXPLAIN ANALYZE SELECT n FROM n LIMIT 5"); !strings.Contains(text, "Limit 5") {
		t.Error(text)
	}

	q, err := helios.Compile(t.Context(), []helios.File{{Name: "q.sql", Dir: dir, Text: setup + "INSERT INTO o SELECT a FROM t; EXPLAIN ANALYZE SELECT a FROM t;"}},
		helios.Options{OutputFile: filepath.Join(dir, "plan.csv"), CheckpointDir: filepath.Join(dir, "state")})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second run finds that all is done, though other times would stand in the plan
		if _, err := q.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if text := readAll(t, filepath.Join(dir, "out")); strings.Count(text, "\n") != 3 {
		t.Errorf("out: %q", text)
	}
	if text := readAll(t, filepath.Join(dir, "plan.csv")); !strings.Contains(text, "measured: 3 rows in") {
		t.Errorf("plan.csv: %q", text)
	}
	if _, err := q.PlanJSON(helios.Physical, dir); err == nil || !strings.Contains(err.Error(), "EXPLAIN ANALYZE runs its query") {
		t.Errorf("the plan as JSON: %v", err)
	}
}

// readAll is a file's text, or that of all files of a folder.
func readAll(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(path, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestExplainAnalyzeRefused holds what EXPLAIN ANALYZE does not run, and that a time makes it end.
func TestExplainAnalyzeRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte("{\"a\":0}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	const setup = `CREATE MAPPING t (a BIGINT) TYPE File OPTIONS ('path' = 't.ndjson', 'format' = 'ndjson', 'on.error' = 'fail');
CREATE MAPPING n (n BIGINT) TYPE Generator OPTIONS ('rows-per-second' = '1000');
CREATE MAPPING i (a BIGINT) TYPE File OPTIONS ('path' = '-', 'format' = 'ndjson');
`
	compile := func(sql string, o helios.Options) (*helios.Query, error) {
		return helios.Compile(t.Context(), []helios.File{{Name: "q.sql", Text: setup + sql, Dir: dir}}, o)
	}
	if _, err := compile("EXPLAIN ANALYZE SELECT COUNT(*) FROM n", helios.Options{}); err == nil || !strings.Contains(err.Error(), "does not end") {
		t.Errorf("endless input: %v", err)
	}
	q, err := compile("EXPLAIN ANALYZE SELECT COUNT(*) FROM n", helios.Options{For: 50 * time.Millisecond})
	if err == nil {
		_, err = q.Run(t.Context())
	}
	if err != nil {
		t.Errorf("for a time: %v", err)
	}
	if q, err = compile("EXPLAIN ANALYZE SELECT 1 / a FROM t", helios.Options{}); err == nil {
		_, err = q.Run(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), "EXPLAIN ANALYZE: ") || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("a run that fails: %v", err)
	}
	if _, err = compile("EXPLAIN ANALYZE SELECT a FROM t", helios.Options{OutputFile: filepath.Join(dir, "t.ndjson")}); err == nil || !strings.Contains(err.Error(), "the query reads it") {
		t.Errorf("rows into what is read: %v", err)
	}
	if _, err = compile("EXPLAIN ANALYZE SELECT a FROM i; SELECT a FROM i", helios.Options{For: time.Hour}); err == nil || !strings.Contains(err.Error(), "both read standard input") {
		t.Errorf("standard input twice: %v", err)
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
