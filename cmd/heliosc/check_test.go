package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckJSON holds what tools get of a wrong file and of a right one.
func TestCheckJSON(t *testing.T) {
	dir := t.TempDir()
	write := func(name, sql string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(sql), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const mapping = "CREATE MAPPING t (id BIGINT) TYPE File OPTIONS ('path' = 't.csv');\n"
	wrong := write("wrong.sql", mapping+"SELECT ix FROM t;\nSELECT é, idd FROM t;\n")
	var out, errs bytes.Buffer
	if code := execute([]string{"check", "--format", "json", wrong}, streams{out: &out, err: &errs}); code != exitNotCompiled || errs.Len() > 0 {
		t.Errorf("exit %d, %s", code, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%q", lines)
	}
	type place struct{ Line, Col int }
	var last struct {
		Code, Severity, Message, File, Hint string
		Line, Col                           int
		End                                 place
		Related                             []struct {
			Message, File string
			Line, Col     int
		}
	}
	if err := json.Unmarshal([]byte(lines[2]), &last); err != nil {
		t.Fatal(err)
	}
	if last.Code != "H0202" || last.Severity != "error" || last.File != wrong || last.Line != 3 || last.Col != 11 ||
		last.End != (place{3, 14}) || last.Hint != "did you mean `id`?" || len(last.Related) != 1 || last.Related[0].Line != 1 {
		t.Errorf("%+v", last)
	}

	out.Reset()
	if code := execute([]string{"explain", "--messages", "json", wrong}, streams{out: &out, err: &errs}); code != exitNotCompiled || out.Len() > 0 ||
		strings.Count(errs.String(), "\n") != 3 {
		t.Errorf("explain: exit %d, %q, %q", code, out.String(), errs.String())
	}
	right := write("right.sql", mapping+"SELECT id FROM t;\n")
	errs.Reset()
	if code := execute([]string{"check", "--format", "json", right}, streams{out: &out, err: &errs}); code != exitDone || out.Len()+errs.Len() > 0 {
		t.Errorf("exit %d, %q, %q", code, out.String(), errs.String())
	}
}
