package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestConnector(t *testing.T) {
	dir := t.TempDir()
	f := func(code int, want string, args ...string) {
		t.Helper()
		out, errs, got := heliosc(t, dir, append([]string{"connector"}, args...)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Errorf("%v: exit %d\n%s%s\nwant %s", args, got, out, errs, want)
		}
	}
	f(exitDone, "webhook     writes", "ls")
	f(exitDone, "'path'  path; required; such as 'data/*.ndjson'", "show", "file")
	f(exitDone, "file (also filesystem)", "show", "FileSystem")
	f(exitDone, "'fields.id.kind'='sequence'", "show", "generator")
	f(exitDone, "secret: best '${env:NAME}'", "show", "webhook", "url")
	f(exitDone, "fields.<column>.min", "show", "generator", "fields.x.min")
	f(exitUsage, "did you mean generator?", "show", "generatr")
	f(exitUsage, "has no option formt; did you mean format?", "show", "file", "formt")
	f(exitUsage, "which connector? There are: file,", "show")
	f(exitUsage, "did you mean heliosc connector show file?", "ls", "file")
	f(exitUsage, "ls lists them, show NAME tells of one")
	for _, name := range connectorNames() {
		out, _, _ := heliosc(t, dir, "connector", "show", name, "--format", "json")
		var d connectorJSON
		if err := json.Unmarshal([]byte(out), &d); err != nil || d.Name != name || len(d.Examples) == 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestBroken(t *testing.T) {
	if got, want := broken("aa bb cccc d", "  ", 7), "  aa bb\n  cccc\n  d"; got != want {
		t.Errorf("%q", got)
	}
}

// What heliosc new writes runs, and its test holds; nothing is overwritten.
func TestNew(t *testing.T) {
	dir := t.TempDir()
	out, errs, code := heliosc(t, dir, "new", "p")
	if code != exitDone || !strings.Contains(out, "cd p\n") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if out, errs, code := heliosc(t, dir, "test", "p/tests"); code != exitDone || !strings.HasPrefix(out, "1 test: 1 passed") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	for _, args := range [][]string{{"check", "p/averages.sql"}, {"fmt", "--check", "p/averages.sql"}, {"explain", "p/averages.sql"}, {"run", "p/averages.sql", "-o", "p/averages.csv"}} {
		if out, errs, code := heliosc(t, dir, args...); code != exitDone {
			t.Errorf("%v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	if _, errs, code := heliosc(t, dir, "new", "p"); code != exitUsage || !strings.Contains(errs, "is not empty") {
		t.Errorf("exit %d %s", code, errs)
	}
	write(t, dir, "f", "")
	if _, errs, code := heliosc(t, dir, "new", "f"); code != exitUsage || !strings.Contains(errs, "is no folder") {
		t.Errorf("exit %d %s", code, errs)
	}
}
