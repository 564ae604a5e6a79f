package main

import (
	"strings"
	"testing"
)

func TestPrintTables(t *testing.T) {
	dir := t.TempDir()
	const text = `CREATE TABLE n (i BIGINT) WITH ('connector'='datagen', 'fields.i.kind'='sequence', 'fields.i.end'='2');
CREATE TABLE shown (i BIGINT) WITH ('connector'='print');
INSERT INTO shown SELECT i FROM n;
`
	write(t, dir, "one.sql", text)
	write(t, dir, "two.sql", text+"SELECT i + 10 AS j FROM n;")
	if out, stderr, code := heliosc(t, dir, "run", "--format", "csv", "-q", "one.sql"); code != 0 || out != "i\n0\n1\n2\n" {
		t.Errorf("%q %s %d", out, stderr, code)
	}
	if _, stderr, code := heliosc(t, dir, "run", "--format", "csv", "two.sql"); code != 2 || !strings.Contains(stderr, "where their rows would mix") {
		t.Errorf("%s %d", stderr, code)
	}
	if out, stderr, code := heliosc(t, dir, "run", "--format", "csv", "-q", "-o", "j.csv", "two.sql"); code != 0 || out != "i\n0\n1\n2\n" {
		t.Errorf("%q %s %d", out, stderr, code)
	}
	if out, stderr, code := heliosc(t, dir, "run", "-q", "two.sql"); code != 0 || !strings.Contains(out, "12") || !strings.Contains(out, "shown") {
		t.Errorf("%q %s %d", out, stderr, code)
	}
}
