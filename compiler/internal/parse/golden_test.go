package parse

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens of error messages anew")

// goldenVars are what ${name} stands for in the goldens.
var goldenVars = Vars{Defs: map[string]string{"dir": "/data", "lag": "5", "quote": "it's", "two_lines": "1,\n2"}}

// TestErrors checks what the user reads for each case of testdata/*.txt. A case is
// "==== title", the input, "----" and the rendered diagnostics.
func TestErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, c := range strings.Split(string(data), "==== ")[1:] {
			out.WriteString("==== " + goldenCase(t, name, c))
		}
		if *update {
			if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func goldenCase(t *testing.T, name, c string) string {
	t.Helper()
	title, rest, ok := strings.Cut(c, "\n")
	input, want, found := strings.Cut(rest, "\n----\n")
	if !ok || !found {
		t.Fatalf("%s: case %q has no ----", name, title)
	}
	_, errs := File("q.sql", input, goldenVars)
	got := rendered(errs, input)
	if !*update && got != strings.TrimSuffix(want, "\n") {
		t.Errorf("%s: %s\n got:\n%s\nwant:\n%s", name, title, got, want)
	}
	if len(errs) == 0 {
		t.Errorf("%s: %s: nothing is reported", name, title)
	}
	return title + "\n" + input + "\n----\n" + got + "\n"
}
