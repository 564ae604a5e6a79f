package helios_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// TestDocumentedQueriesCompile compiles every block of SQL in the README and docs
// that declares its tables, so that no page shows what does not work. The tutorial's are
// run, one after the other, by a test of cmd/heliosc.
func TestDocumentedQueriesCompile(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for _, page := range append(pages, "README.md") {
		if page == filepath.Join("docs", "TUTORIAL.md") {
			continue
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range sqlBlock.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "CREATE ") {
				continue
			}
			blocks++
			_, err := helios.Compile(context.Background(), []helios.File{{Name: page, Text: m[1], Dir: "examples/trades"}}, helios.Options{})
			var bad *helios.CompileError
			if errors.As(err, &bad) {
				var out strings.Builder
				_ = bad.Render(&out, false)
				t.Errorf("a query in %s does not compile:\n%s\n%s", page, m[1], out.String())
			} else if err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	if blocks < 4 {
		t.Errorf("only %d queries were found: has the form of the pages changed?", blocks)
	}
}

// Every shipped example runs to its end through the API.
func TestExamplesRun(t *testing.T) {
	names, err := filepath.Glob("examples/*/*.sql")
	if err != nil || len(names) < 5 {
		t.Fatalf("examples: %v %v", names, err)
	}
	for _, name := range names {
		dir := t.TempDir()
		copyExample(t, filepath.Dir(name), dir)
		files, err := helios.ReadFiles(filepath.Join(dir, filepath.Base(name)))
		if err != nil {
			t.Fatal(err)
		}
		// The one without an end gets one.
		files[0].Text = strings.Replace(files[0].Text, "'rows-per-second'           = '20'", "'number-of-rows' = '600'", 1)
		q, err := helios.Compile(context.Background(), files, helios.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stats, err := q.Run(context.Background())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		rows, letters := int64(3000), int64(0)
		if strings.HasSuffix(name, "parquet_every_minute.sql") {
			rows, letters = 600, 31
		}
		if stats.RowsIn != rows || stats.RowsOut == 0 || stats.DeadLetters+stats.Dropped != letters {
			t.Errorf("%s: %+v", name, stats)
		}
	}
}

// copyExample copies an example's queries and data, so that what they write does
// not land in the checkout.
func copyExample(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
