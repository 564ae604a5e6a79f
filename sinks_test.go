package helios_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios"
)

// NULL for a column that a sink's mapping declares NOT NULL is a row error that names
// the column; the rows around it are written.
func TestRequiredColumns(t *testing.T) {
	const rows = `{"id":1,"v":"a"}` + "\n" + `{"id":null,"v":"b"}` + "\n" + `{"v":"c"}` + "\n" + `{"id":4,"v":null}` + "\n"
	for onError, want := range map[string]string{"dlq": "1,a\n4,\n", "dlq:bad": "1,a\n4,\n", "drop": "1,a\n4,\n", "fail": ""} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "in.ndjson"), []byte(rows), 0o644); err != nil {
			t.Fatal(err)
		}
		sql := `CREATE MAPPING i (id BIGINT, v VARCHAR) TYPE File OPTIONS ('path'='in.ndjson', 'on.error'='` + onError + `');
CREATE MAPPING o (k BIGINT NOT NULL, w VARCHAR) TYPE File OPTIONS ('path'='o.csv', 'csv.header'='false');
CREATE MAPPING bad (reason VARCHAR, "row" VARCHAR) TYPE File OPTIONS ('path'='bad.csv');
CREATE MAPPING all_rows (k BIGINT, w VARCHAR) TYPE File OPTIONS ('path'='all.csv', 'csv.header'='false');
INSERT INTO o SELECT id, v FROM i;
INSERT INTO all_rows SELECT id, v FROM i;`
		letters := filepath.Join(dir, "dead.ndjson")
		q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: sql, Dir: dir}}, helios.Options{DeadLetters: letters})
		if err != nil {
			t.Fatal(err)
		}
		stats, err := q.Run(context.Background())
		const reason = "column k of o is NOT NULL, and the row has NULL for it"
		if onError == "fail" {
			if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "q.sql:2:") {
				t.Errorf("fail: %v", err)
			}
			continue
		}
		if err == nil {
			err = stats.Run.Balanced()
		}
		got, _ := os.ReadFile(filepath.Join(dir, "o.csv"))
		if err != nil || string(got) != want || stats.RowsOut != 6 {
			t.Errorf("%s: %v, %q, %d rows", onError, err, got, stats.RowsOut)
		}
		if onError == "dlq:bad" {
			letters = filepath.Join(dir, "bad.csv")
		}
		dead, _ := os.ReadFile(letters)
		if n := strings.Count(string(dead), reason); n != map[string]int{"dlq": 2, "dlq:bad": 2}[onError] || stats.DeadLetters != int64(n) || stats.Dropped != int64(2-n) {
			t.Errorf("%s: %d dead letters, counted %d, and %d dropped:\n%s", onError, n, stats.DeadLetters, stats.Dropped, dead)
		}
	}
}

// A stream's rows are shown while it runs, also without a checkpoint folder, and all
// of them once it is stopped.
func TestShownWhileItRuns(t *testing.T) {
	dir := t.TempDir()
	sql := `CREATE MAPPING s (id BIGINT, g INTEGER) TYPE Generator OPTIONS ('rows-per-second'='20000', 'fields.id.kind'='sequence', 'fields.g.min'='0', 'fields.g.max'='2');
CREATE MAPPING parts (g INTEGER, id BIGINT) PARTITIONED BY (g) TYPE File OPTIONS ('path'='parts/', 'format'='csv', 'roll.interval'='30ms', 'compression'='gzip');
CREATE MAPPING grown (id BIGINT) TYPE File OPTIONS ('path'='grown.csv');
INSERT INTO parts SELECT g, id FROM s;
INSERT INTO grown SELECT id FROM s;`
	q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: sql, Dir: dir}}, helios.Options{CheckpointInterval: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(context.Background())
	ended := make(chan *helios.Stats, 1)
	go func() {
		stats, _ := q.Run(ctx)
		ended <- stats
	}()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		parts, _ := filepath.Glob(filepath.Join(dir, "parts", "g=*", "part-*.csv.gz"))
		info, err := os.Stat(filepath.Join(dir, "grown.csv"))
		if len(parts) > 6 && err == nil && info.Size() > 100 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("after three minutes: %d parts, the file: %v", len(parts), err)
		}
	}
	stop(helios.ErrInterrupted)
	stats := <-ended
	for path, want := range map[string]int64{"parts/*/*.csv.gz": stats.RowsOut / 2, "grown.csv": stats.RowsOut / 2} {
		read, err := helios.Compile(context.Background(), []helios.File{{Name: "r.sql", Dir: dir,
			Text: `CREATE MAPPING r (id BIGINT) TYPE File OPTIONS ('path'='` + path + `', 'format'='csv'); SELECT id FROM r;`}}, helios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ids := map[int64]bool{}
		rows := int64(0)
		for row, err := range read.Rows(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			ids[row[0].(int64)] = true
			rows++
		}
		if rows != want || len(ids) != int(want) {
			t.Errorf("%s: %d rows, %d ids, want %d", path, rows, len(ids), want)
		}
	}
}
