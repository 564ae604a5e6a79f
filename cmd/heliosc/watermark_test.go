package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
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
		inTime(t, time.Second, func(span string) bool { // for both files to be read
			out, errs, code := heliosc(t, dir, append([]string{"explain", "q.sql", "--for", span}, args...)...)
			if code != exitDone {
				t.Errorf("%v: exit %d\n%s", args, code, errs)
			}
			for _, want := range []string{"held by     a.ndjson", "the watermark is 10m0s behind it", "the earliest ends 2024-01-01 00:00:10"} {
				if !strings.Contains(out, want) {
					t.Logf("%v: after %s there is no %q\n%s%s", args, span, want, out, errs)
					return false
				}
			}
			return true
		})
	}
	inTime(t, time.Second, func(span string) bool {
		out, errs, code := heliosc(t, dir, "explain", "--watermark", "--for", span, "--format", "json", "q.sql")
		var got struct {
			Relations []struct {
				HeldBy string `json:"held_by"`
			} `json:"event_time"`
		}
		if err := json.Unmarshal([]byte(out), &got); code != exitDone || err != nil || len(got.Relations) != 1 {
			t.Errorf("exit %d, %v\n%s%s", code, err, out, errs)
			return false
		}
		return got.Relations[0].HeldBy == "a.ndjson"
	})
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
