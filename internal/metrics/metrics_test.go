package metrics

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/run"
)

var sample = &run.Snapshot{
	Running:  true,
	Progress: run.Progress{Rows: 12, Bytes: 345, Total: 1000},
	Stats: &run.Stats{DeadLetters: 2, PeakMemory: 99, Stages: []run.StageStats{
		{ID: 1, Scan: &run.ScanStats{Table: "a\"b\\c\nd", Rows: 12, RowsOut: 10, Late: 2},
			Ops: []run.OpStats{{Name: "Filter", RowsIn: 10, RowsOut: 4, Filtered: 6}, {Name: "Project", RowsIn: 4, RowsOut: 4}}},
		{ID: 2, Sink: &run.OpStats{Name: "Sink(t)", RowsIn: 4}},
	}},
	Scans:       []run.ScanNow{{Stage: 1, Table: "a\"b\\c\nd", Timed: true, Watermark: 1_700_000_000_000_000, Lag: 1500 * time.Millisecond, Splits: 1}, {Stage: 3, Table: "x", Timed: true, Watermark: ir.MinMicros}},
	Queues:      []run.QueueNow{{Stage: 2, Rows: 5, Room: 100}},
	Memory:      []run.Holder{{Name: "WindowAgg of stage 2", Bytes: 7}, {Name: "queues and sinks", Bytes: 3}},
	MemoryUsed:  10,
	Checkpoints: run.CheckpointsNow{Taken: 3, Last: 1_700_000_001_000_000, Duration: 20 * time.Millisecond, Bytes: 512},
}

var (
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)$`)
	labelPart  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)`)
)

// parseText is a strict reader of the text format: HELP and TYPE once before all samples
// of a name, which stand together, each with labels of its own.
func parseText(t *testing.T, text string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	types := map[string]string{}
	current, helped := "", ""
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			helped, _, _ = strings.Cut(rest, " ")
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			if _, twice := types[name]; twice || name != helped || !metricName.MatchString(name) || kind != "counter" && kind != "gauge" {
				t.Errorf("wrong line %q", line)
			}
			if strings.HasSuffix(name, "_total") != (kind == "counter") {
				t.Errorf("%s is a %s", name, kind)
			}
			types[name], current = kind, name
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || m[1] != current {
			t.Fatalf("wrong line %q under %s", line, current)
		}
		for rest := strings.Trim(m[2], "{}"); rest != ""; {
			l := labelPart.FindString(rest)
			if l == "" {
				t.Fatalf("wrong labels %q", m[2])
			}
			rest = rest[len(l):]
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if _, twice := out[m[1]+m[2]]; err != nil || twice || v < 0 {
			t.Errorf("%q: %v, or it comes twice", line, err)
		}
		out[m[1]+m[2]] = v
	}
	return out
}

func TestText(t *testing.T) {
	now := time.Unix(1_700_000_003, 500_000_000)
	got := parseText(t, string(Text(Families(Build{"v1", "go1.26"}, sample, now))))
	for name, want := range map[string]float64{
		`heliosc_build_info{version="v1",go="go1.26"}`: 1,
		`heliosc_running`:            1,
		`heliosc_dead_letters_total`: 2,
		`heliosc_scan_rows_total{stage="1",table="a\"b\\c\nd"}`:                          12,
		`heliosc_scan_late_rows_total{stage="1",table="a\"b\\c\nd"}`:                     2,
		`heliosc_operator_filtered_rows_total{stage="1",position="1",operator="Filter"}`: 6,
		`heliosc_operator_rows_in_total{stage="1",position="2",operator="Project"}`:      4,
		`heliosc_sink_rows_total{stage="2",sink="Sink(t)"}`:                              4,
		`heliosc_scan_watermark_seconds{stage="1",table="a\"b\\c\nd"}`:                   1_700_000_000,
		`heliosc_scan_watermark_lag_seconds{stage="1",table="a\"b\\c\nd"}`:               1.5,
		`heliosc_queue_rows{stage="2"}`:                                                  5,
		`heliosc_memory_bytes{holder="WindowAgg of stage 2"}`:                            7,
		`heliosc_checkpoints_total`:                                                      3,
		`heliosc_checkpoint_age_seconds`:                                                 2.5,
		`heliosc_checkpoint_duration_seconds`:                                            0.02,
		`heliosc_checkpoint_bytes`:                                                       512,
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v (%v), want %v", name, v, ok, want)
		}
	}
	if _, there := got[`heliosc_scan_watermark_seconds{stage="3",table="x"}`]; there {
		t.Error("a scan without a watermark shows one")
	}
	parseText(t, string(Text(Families(Build{}, nil, now))))
}

func TestHandler(t *testing.T) {
	var s *run.Snapshot
	h := Handler(Build{"v1", "go"}, func() *run.Snapshot { return s })
	get := func(method, path string) (int, string, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w.Code, w.Header().Get("Content-Type"), w.Body.String()
	}
	f := func(path string, code int, holds string) {
		t.Helper()
		if got, _, body := get("GET", path); got != code || !strings.Contains(body, holds) {
			t.Errorf("%s: %d %s", path, got, body)
		}
	}
	f("/healthz", 200, "ok")
	f("/readyz", 503, "not open yet")
	f("/metrics", 200, "heliosc_running 0")
	s = sample
	f("/readyz", 200, "ready")
	f("/metrics", 200, "heliosc_running 1")
	f("/other", 404, "")
	if code, _, _ := get("POST", "/metrics"); code != 405 {
		t.Errorf("POST: %d", code)
	}
	_, kind, body := get("GET", "/metrics.json")
	var list []struct {
		Name, Type, Help string
		Samples          []struct {
			Labels map[string]string
			Value  float64
		}
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || kind != "application/json" || len(list) < 20 {
		t.Errorf("%v, %s, %d families", err, kind, len(list))
	}
	ended := *sample
	ended.Running = false
	s = &ended
	f("/readyz", 503, "has ended")
}
