package main

import (
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var rowsAt = regexp.MustCompile(`^t takes rows at (http://127\.0\.0\.1:\d+/in)\n$`)

// With port 0 the address is told on stderr, and clients can connect to it by then.
func TestHTTPTellsItsAddress(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", "CREATE MAPPING t (n BIGINT) TYPE Http OPTIONS ('listen'='127.0.0.1:0', 'path'='/in');\nSELECT n FROM t;\n")
	c := start(t, dir, "run", "q.sql", "--format", "csv")
	r, err := http.Post(c.address(t, rowsAt), "application/x-ndjson", strings.NewReader(`{"n":7}`))
	if err != nil || r.StatusCode != 200 {
		t.Fatal(r, err)
	}
	_ = r.Body.Close()
	c.signal(t, syscall.SIGINT)
	if rows, errs, _ := c.end(); rows != "n\n7\n" {
		t.Errorf("%q\n%s", rows, errs)
	}
}

// What the delivery is stands in the query file or in the flag; both say what they take.
func TestDeliveryIsChecked(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "q.sql", "SET 'delivery' = 'AT_LEAST_ONCE';\nSELECT 1 AS n;\n")
	out, _ := command(t, dir, "run", "q.sql", "--delivery", "at-most-once", "--format", "csv", "-q").CombinedOutput()
	if string(out) != "n\n1\n" {
		t.Errorf("%s", out)
	}
	out, _ = command(t, dir, "run", "q.sql", "--delivery", "at-most-one").CombinedOutput()
	if want := "--delivery at-most-one: it is exactly-once, at-least-once or at-most-once; did you mean at-most-once?"; !strings.Contains(string(out), want) {
		t.Errorf("%s\nwant %s", out, want)
	}
}
