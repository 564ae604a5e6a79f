package main

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var metricsAt = regexp.MustCompile(`^metrics on (http://127\.0\.0\.1:\d+)/metrics\n$`)

func TestMetrics(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", endlessMinutes)
	c := start(t, dir, "run", "q.sql", "--metrics", ":0", "-q")
	url := c.address(t, metricsAt)
	c.lines(t, 4) // a row is out: the query runs
	for path, want := range map[string]string{"/readyz": "ready", "/healthz": "ok", "/metrics": `heliosc_scan_watermark_seconds{stage="`, "/metrics.json": `"heliosc_scan_rows_total"`,
		"/watermark": "Event time of ", "/watermark.json": `"event_time": [`} {
		r, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if r.StatusCode != 200 || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, body)
		}
	}
	c.signal(t, syscall.SIGINT)
	if _, errs, code := c.end(); code != exitInterrupted {
		t.Errorf("exit %d\n%s", code, errs)
	}
}

func TestMetricsAddress(t *testing.T) {
	f := func(addr, want string) {
		t.Helper()
		if got, err := metricsAddress(addr); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %s %v, want %s", addr, got, err, want)
		}
	}
	f(":9090", "127.0.0.1:9090")
	f("9090", "127.0.0.1:9090")
	f("0.0.0.0:0", "0.0.0.0:0")
	f("[::1]:80", "[::1]:80")
	f("localhost", "")
	f("a:b:c", "")
	f(":99999", "")
	f("host:", "")
}
