package explain_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/helios-stream/helios/internal/explain"
	"github.com/helios-stream/helios/internal/querytest"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/file"
	"github.com/helios-stream/helios/vexec/connect/memory"
	"github.com/helios-stream/helios/vexec/run"
)

// stand is where event time stands at the end of steps over the mapping t, on the
// simulator's clock.
func stand(t *testing.T, options, query, steps string) *explain.EventTimes {
	t.Helper()
	const rows = "-- rows\nk VARCHAR, n BIGINT\n"
	f, err := querytest.Parse("x.txt", "-- sql\nCREATE MAPPING t (k VARCHAR, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) TYPE File OPTIONS ('path'='x/*.ndjson', 'follow'='true'"+
		options+");\n"+query+steps+rows)
	if err != nil {
		t.Fatal(err)
	}
	mon := &run.Monitor{}
	e := &querytest.Engine{Dir: t.TempDir(), Memory: memory.New(), Connectors: []vexec.Connector{file.New()}, Monitor: mon}
	if err := e.Test(f, querytest.Variant{Batch: 64, Tasks: 1, Unit: 100, Seed: 1}, true, nil); err != nil && !strings.Contains(err.Error(), "-- rows") {
		t.Fatal(err)
	}
	return explain.EventTimesOf(mon.Snapshot())
}

const window = "SELECT k, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, k;\n"

func fed(part, at string, rows int) string {
	return "-- feed t partition " + part + "\n" + strings.Repeat(fmt.Sprintf("{\"k\":\"a\",\"ts\":\"%s\"}\n", at), max(rows, 1))
}

func TestEventTimes(t *testing.T) {
	f := func(options, steps string, wants ...string) {
		t.Helper()
		got := stand(t, options, window, "-- clock 2024-01-01 00:00:00\n"+steps).Text()
		for _, want := range wants {
			if no, is := strings.CutPrefix(want, "not:"); is != !strings.Contains(got, strings.TrimPrefix(want, "not:")) {
				t.Errorf("%s: got\n%s", no, got)
			}
		}
	}
	behind := fed("b", "2024-01-01 00:00:50", 1) + fed("a", "2024-01-01 00:00:01", 1)
	// A split that says nothing, without and with a way to be idle.
	f("", behind+"-- clock 30s\n", "watermark   2024-01-01 00:00:00, since 30s ago", "newest row  2024-01-01 00:00:50: the watermark is 50s behind it", "splits      2 read, 0 idle",
		"held by     a, reading, at 2024-01-01 00:00:01, last rows 30s ago", "most held   a: for 30s in all", "! a has had no rows for 30s, and all windows wait for it. If that may be so for long, set 'idle.timeout' on t",
		"1 of stage 0): 2 windows open, the earliest ends 2024-01-01 00:00:10; the watermark there is 2024-01-01 00:00:00 and misses 10s")
	f(", 'idle.timeout'='5 min'", behind+"-- clock 30s\n", "until its 'idle.timeout' (5m0s) has passed", "not:set 'idle.timeout'")
	f(", 'idle.timeout'='20 s'", behind+"-- clock 30s\n"+fed("b", "2024-01-01 00:00:51", 1), "held by     b", "1 idle", "a, idle, at 2024-01-01 00:00:01", "not:!")
	f("", "-- feed t partition a\n"+fed("b", "2024-01-01 00:00:50", 1)+"-- clock 30s\n", "watermark   none yet", "! a has had no rows yet", "no watermark has come yet")
	// One that has rows, and is far behind.
	f("", fed("b", "2024-01-01 00:00:50", 1)+fed("a", "2023-12-31 22:30:00", 1), "! a is 1h31m behind the newest row")
	// A constant, of one split of two and of the only one.
	f("", fed("b", "2024-01-01 00:00:50", 1)+fed("a", "2024-01-01 00:00:01", 1500), "! 1400 rows of a have come since its event time last rose")
	f("", fed("a", "2024-01-01 00:00:01", 1500), "! 1400 rows have come since the event time of a last rose")
	// Times ahead of the clock, and those that are a zone apart from it.
	f("", fed("a", "2024-01-31 17:43:00", 1), "! The newest row is 737h43m ahead of the clock", "milliseconds read as seconds?")
	f("", fed("a", "2024-01-01 02:00:30", 1), "! The newest row is 2h0m ahead of the clock, which is UTC", "TIMESTAMP_LTZ")
	f("", fed("a", "2023-12-31 18:30:10", 1), "! The newest row is 5h30m behind the clock, which is UTC")
	f("", fed("a", "2024-01-01 00:01:00", 1), "not:!")
	f("", fed("a", "2024-01-01 00:01:00", 1)+"-- end\n", "the input has ended", "0 read, 0 idle, 0 not begun, 1 ended", "not:Windows that wait")
}

// A join says what it keeps and which side holds it up.
func TestJoinsThatWait(t *testing.T) {
	second := strings.Replace(window, "SELECT", "CREATE MAPPING r (k VARCHAR, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (k) NOT ENFORCED) TYPE File OPTIONS ('path'='r/*.ndjson', 'follow'='true'OPTIONS);\nSELECT", 1)
	second, _, _ = strings.Cut(second, "SELECT")
	f := func(query, options, steps string, wants ...string) {
		t.Helper()
		times := stand(t, ", 'idle.timeout'='10 min'", strings.Replace(second, "OPTIONS)", options+")", 1)+query, "-- clock 2024-01-01 00:00:00\n"+steps)
		got := times.Text()
		for _, want := range wants {
			if no, is := strings.CutPrefix(want, "not:"); is != !strings.Contains(got, strings.TrimPrefix(want, "not:")) {
				t.Errorf("%s: got\n%s", no, got)
			}
		}
		if text, err := times.JSON(); err != nil || !strings.Contains(string(text), `"joins": [`) {
			t.Error(err, string(text))
		}
	}
	const (
		interval = "SELECT t.k, n FROM t JOIN r ON t.k = r.k AND r.ts BETWEEN t.ts AND t.ts + INTERVAL '10' SECOND;\n"
		temporal = "SELECT t.k, n FROM t LEFT JOIN r FOR SYSTEM_TIME AS OF t.ts ON t.k = r.k;\n"
		windows  = "SELECT t.k, n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) AS t JOIN TABLE(TUMBLE(TABLE r, DESCRIPTOR(ts), INTERVAL '10' SECOND)) AS r ON t.k = r.k AND t.window_start = r.window_start AND t.window_end = r.window_end;\n"
	)
	steps := "-- feed r\n{\"k\":\"a\",\"n\":1,\"ts\":\"2024-01-01 00:00:02\"}\n" + fed("a", "2024-01-01 00:00:01", 1) + fed("a", "2024-01-01 00:00:40", 1) + "-- clock 30s\n"
	f(interval, "", steps, "Joins that wait\n  Join(interval)", "left side   t: 2 rows kept, the oldest of 2024-01-01 00:00:01; the watermark is 2024-01-01 00:00:39",
		"right side  r: 1 row kept, the oldest of 2024-01-01 00:00:02; the watermark is 2024-01-01 00:00:02", "held by     r, by 37s",
		" of r has had no rows for 30s, and the join keeps all rows until it has. If that may be so for long, set 'idle.timeout' on r")
	f(temporal, "", steps, "Join(temporal)", "left side   t: 1 row kept, the oldest of 2024-01-01 00:00:40", "right side  r: 1 row kept; ", "held by     r, by 37s")
	f(windows, "", steps, "Join(window)", "left side   t: 2 rows kept, the earliest of a window that ends 2024-01-01 00:00:10", "held by     r")
	f(interval, ", 'idle.timeout'='5 min'", steps, "the join keeps all rows until its 'idle.timeout' (5m0s) has passed")
	f(interval, ", 'idle.timeout'='20 s'", steps, "follows     all splits are idle", "newest row  2024-01-01 00:00:02: the watermark is 37s ahead of it", "left side   t: 2 rows kept", "not:held by     r", "not:set 'idle.timeout'")
	f("SELECT t.k, n FROM t JOIN r ON t.k = r.k;\n", "", steps, "not:Joins that wait")
}

// The first rows of windows wait as windows do, rows of OVER and of ORDER BY for their own times.
func TestRowsThatWait(t *testing.T) {
	steps := "-- feed t partition b\n" + fed("a", "2024-01-01 00:00:01", 1) + fed("a", "2024-01-01 00:00:20", 1)
	f := func(query, want, json string) {
		t.Helper()
		for given, tail := range map[string]string{"": "; no watermark has come yet", fed("b", "2024-01-01 00:00:01", 1): "; the watermark there is 2024-01-01 00:00:00 and "} {
			times := stand(t, "", query, steps+given)
			if got := times.Text(); !strings.Contains(got, "Windows that wait\n") || !strings.Contains(got, want+tail) {
				t.Errorf("%s: want %s, got\n%s", query, want+tail, got)
			}
			if text, err := times.JSON(); err != nil || !strings.Contains(string(text), json) {
				t.Error(err, string(text))
			}
		}
	}
	f("SELECT k FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) QUALIFY ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY k) = 1;\n",
		"windows open, the earliest ends 2024-01-01 00:00:10", `"earliest_end": "2024-01-01 00:00:10"`)
	f("SELECT k, COUNT(*) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) AS n FROM t;\n", "rows wait, the earliest of 2024-01-01 00:00:01", `"earliest_row": "2024-01-01 00:00:01"`)
	f("SELECT k, ts FROM t ORDER BY ts;\n", "rows wait, the earliest of 2024-01-01 00:00:01", `"earliest_row": "2024-01-01 00:00:01"`)
}

// Sessions wait, too: each until no row can join it any more.
func TestSessionsThatWait(t *testing.T) {
	sessions := strings.NewReplacer("TUMBLE", "SESSION", "'10' SECOND", "'30' SECOND", "window_start, k", "window_start, window_end, k").Replace(window)
	got := stand(t, "", sessions, fed("a", "2024-01-01 00:00:01", 1)+fed("a", "2024-01-01 00:00:20", 1)+
		"-- feed t partition a\n{\"k\":\"b\",\"ts\":\"2024-01-01 00:00:25\"}\n").Text()
	if want := "1 window open, the earliest ends 2024-01-01 00:00:55"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// Event time that an operator makes is told by its splits, too.
func TestEventTimesOfOperators(t *testing.T) {
	got := stand(t, "", "CREATE VIEW v AS SELECT * FROM TABLE(IMPOSE_ORDER((SELECT k, ts FROM t WHERE k <> 'x'), DESCRIPTOR(ts), INTERVAL '5' SECOND));\n"+
		strings.ReplaceAll(window, "TABLE t", "TABLE v"), fed("a", "2024-01-01 00:00:01", 1)+fed("b", "2024-01-01 00:00:50", 1))
	text := got.Text()
	for _, want := range []string{"Event time of Watermark", "watermark   2023-12-31 23:59:56", "held by     a, reading, at 2024-01-01 00:00:01"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	data, err := got.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Relations []struct {
			HeldBy string `json:"held_by"`
			Behind int64  `json:"behind_newest_us"`
		} `json:"event_time"`
		Windows []struct{ Open int } `json:"windows"`
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	last := back.Relations[len(back.Relations)-1]
	if last.HeldBy != "a" || last.Behind != 54_000_000 || len(back.Windows) != 1 || back.Windows[0].Open != 2 {
		t.Errorf("%s", data)
	}
}

func TestNoEventTimes(t *testing.T) {
	if explain.EventTimesOf(nil) != nil {
		t.Error("there is something to say of no run")
	}
	if got := (&explain.EventTimes{}).Text(); !strings.HasPrefix(got, "Event time: none") {
		t.Error(got)
	}
}
