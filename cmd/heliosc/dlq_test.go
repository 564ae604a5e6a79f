package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Records that could not be read are written out, and come in once the mapping is mended.
func TestDlq(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.ndjson", `{"n":1}`+"\n"+`{"n":"2x"}`+"\nbad\x01\n"+`{"n":"3x"}`+"\n")
	sql := "CREATE MAPPING t (n BIGINT) TYPE File OPTIONS ('path' = '${input}', 'format' = 'ndjson');\nSELECT n FROM t;\n"
	write(t, dir, "q.sql", sql)
	f := func(code int, want []string, args ...string) string {
		t.Helper()
		out, errs, got := heliosc(t, dir, args...)
		if got != code {
			t.Errorf("%v: exit %d, want %d\n%s%s", args, got, code, out, errs)
		}
		for _, w := range want {
			if !strings.Contains(errs+out, w) {
				t.Errorf("%v: %q is missing in\n%s%s", args, w, out, errs)
			}
		}
		return out
	}
	f(2, []string{"there is no *dead-letters.ndjson here"}, "dlq", "ls")
	f(0, []string{"3 rows went to the dead letters in q.dead-letters.ndjson (first: t.ndjson:2: column n"}, "run", "q.sql", "-D", "input=t.ndjson", "--ledger")
	f(0, []string{"2  t: column n: '...' does not parse as BIGINT (first t.ndjson:2, last t.ndjson:4)", "1  t: not a JSON object"}, "dlq", "ls")
	if out := f(0, []string{"t.ndjson:3", `bad\x01`}, "dlq", "show", "--reason", "not a JSON"); strings.Contains(out, "2x") {
		t.Errorf("--reason shows %s", out)
	}
	f(0, []string{"2 records written to again.ndjson"}, "dlq", "replay", "--reason", "column n", "-o", "again.ndjson")
	f(2, []string{"again.ndjson"}, "dlq", "replay", "-o", "again.ndjson")
	write(t, dir, "mended.sql", strings.Replace(sql, "BIGINT", "VARCHAR", 1))
	if out := f(0, nil, "run", "mended.sql", "-D", "input=again.ndjson", "--format", "csv", "-q"); out != "n\n2x\n3x\n" {
		t.Errorf("replayed: %q", out)
	}
	letters := filepath.Join(dir, "q.dead-letters.ndjson")
	raw, err := os.ReadFile(letters)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "q.dead-letters.ndjson", string(raw)+"{\"half\n")
	f(1, []string{"q.dead-letters.ndjson:4: not a dead letter", "3"}, "dlq", "ls", "q.dead-letters.ndjson")
	write(t, dir, "other.ndjson", strings.Repeat("[1]\n", 4)+`{"reason":5}`+strings.Repeat("\n{}", 1000))
	if _, errs, _ := heliosc(t, dir, "dlq", "ls", "other.ndjson"); strings.Count(errs, "\n") != 6 ||
		!strings.Contains(errs, "other.ndjson:1: not a dead letter: it is no JSON object\n") || !strings.Contains(errs, "other.ndjson:5: not a dead letter: its reason is of another type\n") ||
		!strings.Contains(errs, "1,005 lines could not be read as dead letters") {
		t.Errorf("of a file that holds no letters:\n%.1000s", errs)
	}
	write(t, dir, "null.sql", strings.Replace(sql, "'format'", "'on.error' = 'null', 'format'", 1))
	f(0, []string{"2 fields did not parse and became NULL", "(first: t.ndjson:2: column n: '2x' does not parse as BIGINT)"}, "run", "null.sql", "-D", "input=t.ndjson")
}

// What stands in files does not act on the terminal, wherever it is shown.
func TestMessagesArePrintable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", "a,\x1b[31mred\n1,2\n")
	write(t, dir, "q.sql", "CREATE MAPPING t (b BIGINT) TYPE File OPTIONS ('path' = 't.csv');\nSELECT b FROM t;\n")
	if _, errs, code := heliosc(t, dir, "run", "q.sql"); code != exitFailed || strings.Contains(errs, "\x1b") || !strings.Contains(errs, `it has a, \x1b[31mred`) {
		t.Errorf("exit %d\n%q", code, errs)
	}
	write(t, dir, "x.dead-letters.ndjson", `{"source":"t","split":"\u001b[31m","reason":"\u001b[32m","column":"\u001b[33m","raw":"\u001b[34m"}`)
	for _, cmd := range []string{"ls", "show"} {
		if out, errs, _ := heliosc(t, dir, "dlq", cmd); strings.Contains(out+errs, "\x1b") {
			t.Errorf("dlq %s: %q", cmd, out+errs)
		}
	}
}
