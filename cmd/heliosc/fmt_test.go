package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	loose = "select a,b\nfrom ${t}; -- both"
	tight = "SELECT a, b\nFROM ${t}; -- both\n"
)

func TestFmt(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "q.sql", loose)
	out, errs, code := heliosc(t, dir, "fmt", "q.sql")
	if out != tight || errs != "" || code != exitDone {
		t.Fatalf("%q %q %d", out, errs, code)
	}
	out, errs, code = heliosc(t, dir, "fmt", "--check", "q.sql")
	if out != "q.sql\n" || !strings.Contains(errs, "not formatted: 1 file") || code != exitFailed {
		t.Fatalf("%q %q %d", out, errs, code)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if out, errs, code = heliosc(t, dir, "fmt", "-w", "q.sql"); out+errs != "" || code != exitDone {
		t.Fatalf("%q %q %d", out, errs, code)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != tight {
		t.Fatalf("%q %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if out, errs, code = heliosc(t, dir, "fmt", "--check", "q.sql"); out+errs != "" || code != exitDone {
		t.Fatalf("%q %q %d", out, errs, code)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, ".*")); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
}

// TestFmtErrors checks that a file with errors is left alone and the others are not.
func TestFmtErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "bad.sql", "select from t")
	write(t, dir, "worse.sql", "selec 1")
	write(t, dir, "good.sql", loose)
	_, errs, code := heliosc(t, dir, "fmt", "-w", "bad.sql", "worse.sql", "good.sql")
	if code != exitNotCompiled || !strings.Contains(errs, "bad.sql:1:8: error") || !strings.Contains(errs, "worse.sql:1:1: error") {
		t.Errorf("%q %d", errs, code)
	}
	f := func(name, want string) {
		t.Helper()
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
	f("bad.sql", "select from t")
	f("good.sql", tight)
	for _, args := range [][]string{{"fmt"}, {"fmt", "-w", "-"}, {"fmt", "-w", "--check", "good.sql"}} {
		if _, errs, code := heliosc(t, dir, args...); code != exitUsage || errs == "" {
			t.Errorf("%v: %q %d", args, errs, code)
		}
	}
	if _, _, code := heliosc(t, dir, "fmt", "none.sql"); code != exitUsage {
		t.Errorf("%d", code)
	}
}

func TestFmtStdin(t *testing.T) {
	c := command(t, t.TempDir(), "fmt", "-")
	c.Stdin = strings.NewReader(loose)
	if out, err := c.Output(); err != nil || string(out) != tight {
		t.Errorf("%q %v", out, err)
	}
}
