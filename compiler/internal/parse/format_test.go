package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mustFormat formats a text that parses, and checks that it is then stable.
func mustFormat(t *testing.T, text string) string {
	t.Helper()
	out, errs := Format("q.sql", text)
	if len(errs) > 0 {
		t.Fatalf("%s\n%s", text, rendered(errs, text))
	}
	again, errs := Format("q.sql", out)
	if len(errs) > 0 {
		t.Fatalf("formatted text does not parse\nfrom: %s\nformatted: %s\n%s", text, out, rendered(errs, out))
	}
	if again != out {
		t.Fatalf("not stable\nfrom:\n%s\n1:\n%s\n2:\n%s", text, out, again)
	}
	return out
}

// TestFormat checks each case of testdata/format/*.txt: the text before a line
// "----" is formatted as the text behind it. Cases are separated by "====".
func TestFormat(t *testing.T) {
	files, err := filepath.Glob("testdata/format/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range strings.Split(string(data), "====\n") {
			in, want, _ := strings.Cut(c, "----\n")
			got := mustFormat(t, in)
			if !*update && got != want {
				t.Errorf("%s\n got:\n%s\nwant:\n%s", in, got, want)
			}
			out = append(out, in+"----\n"+got)
		}
		if *update {
			if err := os.WriteFile(name, []byte(strings.Join(out, "====\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestFormatDeep formats what is nested deeply, in time.
func TestFormatDeep(t *testing.T) {
	for _, part := range [][2]string{{"(", ")"}, {"(SELECT ", " AS a, 1 AS b)"}, {"f(a, ", ")"}, {"CASE WHEN a THEN ", " END"}, {"(a AND (b OR ", "))"}, {"ARRAY[1, ", "]"}} {
		mustFormat(t, "SELECT "+strings.Repeat(part[0], 60)+"1"+strings.Repeat(part[1], 60)+" AS x, 2 AS y")
	}
	mustFormat(t, "SELECT a"+strings.Repeat(" OR a AND b + 1", 3000))
	mustFormat(t, "SELECT 1"+strings.Repeat(", -- c\n f(a, 'b') AS c", 3000))
}

// TestFormatFails checks that a file with errors gives no text, and says why.
func TestFormatFails(t *testing.T) {
	for _, text := range []string{"SELECT FROM", "SELECT 'a", "SELECT ${", "SELECT 1; SELEC 2", "\xff"} {
		if out, errs := Format("q.sql", text); out != "" || !errs.HasErrors() {
			t.Errorf("%q: %q %v", text, out, errs)
		}
	}
}

// TestFormatPlaceholder checks what is said of a ${name} that stands for too much.
func TestFormatPlaceholder(t *testing.T) {
	for _, text := range []string{"${query}", "SELECT a FROM t GROUP ${by}", "CREATE ${what} AS SELECT 1"} {
		if _, errs := Format("q.sql", text); len(errs) != 1 || !strings.Contains(errs[0].Hint, "each ${name} stands for") {
			t.Errorf("%q: %v", text, errs)
		}
	}
}

func BenchmarkFormat200(b *testing.B) {
	text := benchFile(10) // 200 lines
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, errs := Format("q.sql", text); len(errs) != 0 {
			b.Fatal(errs)
		}
	}
}

// TestFormatExamples formats every query file of the repository.
func TestFormatExamples(t *testing.T) {
	var files []string
	for _, pattern := range []string{"examples/*/*.sql", "bench/*/queries/*.sql", "testdata/*/*.sql", "testdata/*/*/*.sql"} {
		more, err := filepath.Glob(filepath.Join("..", "..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	if len(files) < 9 {
		t.Fatalf("there are %d files", len(files))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if p, _ := parseKeeping(name, string(text)); p.errs.HasErrors() {
			continue // one of the wrong files
		}
		if got := mustFormat(t, string(text)); got != string(text) && strings.Contains(name, "examples") {
			t.Errorf("%s is not formatted", name)
		}
	}
}

// TestFormatStable formats whatever else the tests have.
func TestFormatStable(t *testing.T) {
	texts := []string{benchFile(2), "", "-- only a comment", ";;\n;"}
	for _, c := range exprs {
		texts = append(texts, "SELECT "+c[0])
	}
	for _, c := range statements {
		if !strings.HasPrefix(c[1], "!") {
			texts = append(texts, c[0], "-- a\n"+strings.ReplaceAll(c[0], ", ", " -- b\n, /* c */ ")+" -- d")
		}
	}
	for _, text := range texts {
		mustFormat(t, text)
	}
}
