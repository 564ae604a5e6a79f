package main

import (
	"encoding/json"
	"strings"
	"testing"
)

const slowFile = `CREATE MAPPING t (k VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) TYPE File OPTIONS ('path'='*.ndjson', 'follow'='true');
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start;
`

// heliosc explain --watermark names the file that windows wait for, and --analyze does so, too.
func TestExplainWatermark(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", slowFile)
	write(t, dir, "a.ndjson", `{"k":"a","ts":"2024-01-01 00:00:01"}`+"\n")
	write(t, dir, "b.ndjson", `{"k":"b","ts":"2024-01-01 00:10:00"}`+"\n")
	for _, args := range [][]string{{"--watermark"}, {"--analyze"}} {
		out, errs, code := heliosc(t, dir, append([]string{"explain", "q.sql", "--for", "1s"}, args...)...)
		for _, want := range []string{"held by     a.ndjson", "the watermark is 10m0s behind it", "the earliest ends 2024-01-01 00:00:10"} {
			if code != exitDone || !strings.Contains(out, want) {
				t.Errorf("%v: exit %d, want %q\n%s%s", args, code, want, out, errs)
			}
		}
	}
	out, errs, code := heliosc(t, dir, "explain", "--watermark", "--for", "1s", "--format", "json", "q.sql")
	var got struct {
		Relations []struct {
			HeldBy string `json:"held_by"`
		} `json:"event_time"`
	}
	if err := json.Unmarshal([]byte(out), &got); code != exitDone || err != nil || len(got.Relations) != 1 || got.Relations[0].HeldBy != "a.ndjson" {
		t.Errorf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	for _, args := range [][]string{{"--watermark", "--analyze"}, {"--watermark", "--format", "svg"}, {"--for", "1s"}, {"--watermark", "--for", "-1s"}} {
		if _, errs, code := heliosc(t, dir, append([]string{"explain", "q.sql"}, args...)...); code != exitUsage {
			t.Errorf("%v: exit %d\n%s", args, code, errs)
		}
	}
	write(t, dir, "none.sql", "CREATE MAPPING t (k VARCHAR) TYPE File OPTIONS ('path'='a.ndjson'); SELECT k FROM t;\n")
	if out, _, code := heliosc(t, dir, "explain", "--watermark", "none.sql"); code != exitDone || !strings.Contains(out, "No relation of the query has a watermark") {
		t.Errorf("exit %d\n%s", code, out)
	}
}
