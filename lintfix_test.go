package helios_test

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/compiler"
)

var (
	didYouMean = regexp.MustCompile("did you mean ['`]?([^'`? ]+)['`]?(?: instead of '([^']+)' \\((\\d+):(\\d+)\\))?\\?")
	putInstead = regexp.MustCompile(`^(?:write|use) ([A-Z=]+|'[a-z.]+'|DESCRIPTOR\(\w+\)|TABLE \w+|INTERVAL '[^']+' [A-Z]+|[\w]+ IS (?:NOT )?NULL)(?:$|[,;])`)
)

// mended is the file with the hint of d applied as it stands; false: the hint is not one
// that says what to write at the place.
func (l *lintFile) mended(d compiler.Diagnostic) (string, bool) {
	start, end := d.Span.Start, d.Span.End
	m := didYouMean.FindStringSubmatch(d.Hint + " " + d.Message)
	switch {
	case m == nil:
		if m = putInstead.FindStringSubmatch(d.Hint); m == nil {
			return "", false
		}
	case m[2] != "":
		line := strings.SplitAfter(l.text, "\n")
		start = strings.LastIndex(strings.Join(line[:atoi(m[3])], "")[:d.Span.Start], m[2])
		end = start + len(m[2])
	case l.text[start] == '\'':
		return l.text[:start] + "'" + m[1] + "'" + l.text[end:], true
	}
	if head, ok := strings.CutSuffix(l.text[:start], "INTERVAL "); ok && strings.HasPrefix(m[1], "INTERVAL ") {
		return head + m[1] + l.text[end:], true
	}
	return l.text[:start] + m[1] + l.text[end:], true
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// TestHintsMend holds that a hint that says what to write is right: with it applied the
// file has that message no more.
func TestHintsMend(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	warn, _ := filepath.Glob("testdata/lint/warn/*.sql")
	applied := 0
	for _, path := range append(files, warn...) {
		l, list := diagnose(t, path)
		for _, d := range list {
			text, ok := l.mended(d)
			if !ok {
				continue
			}
			applied++
			file := helios.File{Name: l.name, Text: text, Dir: filepath.Dir(path)}
			after := diagnosticsOf(file)
			if slices.ContainsFunc(after, func(a compiler.Diagnostic) bool { return a.Code == d.Code && a.Message == d.Message }) {
				t.Errorf("%s: %q is still said after %q:\n%s", l.name, d.Message, d.Hint, text)
			}
			if slices.ContainsFunc(after, func(a compiler.Diagnostic) bool { return a.Code == "H0101" && d.Code != "H0101" }) {
				t.Errorf("%s: a syntax error after %q:\n%s\n%v", l.name, d.Hint, text, after)
			}
		}
	}
	if applied < 40 {
		t.Errorf("only %d hints were applied", applied)
	}
}

// diagnose compiles a lint file and returns all that is said about it.
func diagnose(t *testing.T, path string) (*lintFile, compiler.Diagnostics) {
	t.Helper()
	files, err := helios.ReadFiles(path)
	if err != nil {
		t.Fatal(err)
	}
	return &lintFile{name: files[0].Name, text: files[0].Text}, diagnosticsOf(files[0])
}

func diagnosticsOf(f helios.File) compiler.Diagnostics {
	q, err := helios.Compile(context.Background(), []helios.File{f}, helios.Options{})
	var wrong *helios.CompileError
	if errors.As(err, &wrong) {
		return wrong.Diagnostics
	}
	if q == nil {
		return nil
	}
	return q.Warnings()
}
