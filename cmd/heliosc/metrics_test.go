package main

import (
	"bufio"
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
	c := command(t, dir, "run", "q.sql", "--metrics", ":0", "-q")
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stderr, stdout := bufio.NewReader(errs), bufio.NewReader(out)
	line, _ := stderr.ReadString('\n')
	m := metricsAt.FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("no address: %q", line)
	}
	for range 4 { // a row is out: the query runs
		if _, err := stdout.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{"/readyz": "ready", "/healthz": "ok", "/metrics": `heliosc_scan_watermark_seconds{stage="`, "/metrics.json": `"heliosc_scan_rows_total"`,
		"/watermark": "Event time of ", "/watermark.json": `"event_time": [`} {
		r, err := http.Get(m[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if r.StatusCode != 200 || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, body)
		}
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stdout)
	_, _ = io.Copy(io.Discard, stderr)
	_ = c.Wait()
	if code := c.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit %d", code)
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
