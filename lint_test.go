package helios_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/compiler"
)

// lintFile is a wrong query file. Its first line says what is wrong in it, for
// those who look for a case: no two files are of the same construct and code.
type lintFile struct {
	name, construct, text string
	err                   *helios.CompileError
}

func compileLint(t *testing.T, path string) lintFile {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l := lintFile{name: filepath.Base(path), text: string(data)}
	first, _, _ := strings.Cut(l.text, "\n")
	l.construct = strings.TrimPrefix(first, "-- ")
	file := helios.File{Name: l.name, Text: l.text, Dir: filepath.Dir(path)}
	_, err = helios.Compile(context.Background(), []helios.File{file}, helios.Options{})
	if !errors.As(err, &l.err) {
		t.Errorf("%s: it compiles, or ends with another error: %v", l.name, err)
	}
	return l
}

// TestLint holds what is said about wrong query files, word by word, and that each
// message has a place inside of the file and a way out or a related place.
func TestLint(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.sql")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	seen := map[string]string{}
	for _, path := range files {
		l := compileLint(t, path)
		if l.err == nil {
			continue
		}
		key := l.err.Diagnostics[0].Code + " " + l.construct
		if other := seen[key]; other != "" || l.construct == "" {
			t.Errorf("%s and %s are both of %q", l.name, other, key)
		}
		seen[key] = l.name
		l.check(t, l.err.Diagnostics)
		var got bytes.Buffer
		if err := l.err.Render(&got, false); err != nil {
			t.Fatal(err)
		}
		l.compare(t, strings.TrimSuffix(path, ".sql")+".txt", got.Bytes())
	}
}

// TestLintWarnings holds what is said about query files that compile and are likely
// not meant so.
func TestLintWarnings(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/warn/*.sql")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	seen := map[string]string{}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l := lintFile{name: filepath.Base(path), text: string(data)}
		first, _, _ := strings.Cut(l.text, "\n")
		if other := seen[first]; other != "" {
			t.Errorf("%s and %s are both of %q", l.name, other, first)
		}
		seen[first] = l.name
		file := helios.File{Name: l.name, Text: l.text, Dir: filepath.Dir(path)}
		q, err := helios.Compile(context.Background(), []helios.File{file}, helios.Options{})
		if err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		var got bytes.Buffer
		if err := q.RenderWarnings(&got, false); err != nil {
			t.Fatal(err)
		}
		if got.Len() == 0 {
			t.Errorf("%s: it compiles without a warning", l.name)
		}
		l.check(t, q.Warnings())
		l.compare(t, strings.TrimSuffix(path, ".sql")+".txt", got.Bytes())
	}
}

// TestNoWarnings holds that nothing is said about the shipped queries. What the other
// golden queries say is in their files.
func TestNoWarnings(t *testing.T) {
	names, err := filepath.Glob("examples/*/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		files, err := helios.ReadFiles(name)
		if err != nil {
			t.Fatal(err)
		}
		q, err := helios.Compile(context.Background(), files, helios.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if len(q.Warnings()) > 0 {
			t.Errorf("%s: %v", name, q.Warnings().Error())
		}
	}
}

// check holds what is true of every message.
func (l *lintFile) check(t *testing.T, list compiler.Diagnostics) {
	t.Helper()
	for _, d := range list {
		if d.Span.File != l.name || d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(l.text) {
			t.Errorf("%s: %s is at %v, which is no place in the file", l.name, d.Code, d.Span)
		}
		if d.Hint == "" && len(d.Related) == 0 {
			t.Errorf("%s: %s says no way out: %s", l.name, d.Code, d.Message)
		}
		if text, ok := helios.ExplainCode(d.Code); !ok || text == "" {
			t.Errorf("%s: %s is not explained", l.name, d.Code)
		}
	}
}

func (l *lintFile) compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n--- got\n%s\n--- want\n%s", l.name, got, want)
	}
}
