package helios_test

import (
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
