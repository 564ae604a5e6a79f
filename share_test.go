package helios_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// TestSharedScan holds that a file that several statements read is decoded once,
// and as often as there are statements where the rule is off.
func TestSharedScan(t *testing.T) {
	const rows = 5000
	dir := t.TempDir()
	var data strings.Builder
	for i := range rows {
		fmt.Fprintf(&data, `{"id":%d,"k":"k%d","ts":"2024-01-01 00:00:%02d"}`+"\n", i, i%7, i*60/rows)
	}
	if err := os.WriteFile(filepath.Join(dir, "t.ndjson"), []byte(data.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	sql := `CREATE MAPPING t (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path'='t.ndjson');
		CREATE MAPPING a (k VARCHAR, n BIGINT) TYPE File OPTIONS ('path'='a.csv');
		CREATE MAPPING b (id BIGINT) TYPE File OPTIONS ('path'='b.csv');
		CREATE MAPPING c (k VARCHAR) TYPE File OPTIONS ('path'='c.csv');
		CREATE VIEW w AS SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE));
		INSERT INTO a SELECT k, COUNT(*) FROM w GROUP BY window_start, k;
		INSERT INTO b SELECT MAX(id) FROM w GROUP BY window_start;
		INSERT INTO c SELECT MIN(k) FROM w GROUP BY window_start;`
	want := map[string]string{"a.csv": "k0,715", "b.csv": "4999", "c.csv": "k0"}
	f := func(read int64, o helios.Options) {
		t.Helper()
		q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: sql, Dir: dir}}, o)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := q.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if stats.RowsIn != read {
			t.Errorf("%d tasks, without %v: %d rows were read, want %d", o.Parallelism, o.DisableRules, stats.RowsIn, read)
		}
		for name, line := range want {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || !strings.Contains("\n"+string(text), "\n"+line+"\n") {
				t.Errorf("%s: no %q in %q, %v", name, line, text, err)
			}
		}
	}
	for _, tasks := range []int{1, 2, 4} {
		f(rows, helios.Options{Parallelism: tasks})
		f(3*rows, helios.Options{Parallelism: tasks, DisableRules: []string{"ShareScans", "MergeSubplans"}})
	}
}
