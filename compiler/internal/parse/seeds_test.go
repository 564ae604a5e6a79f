package parse

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seeds are the statements of all tests and examples of the repository.
func seeds(t testing.TB) []string {
	var out []string
	for _, root := range []string{"testdata", "../../testdata", "../../../testdata", "../../../examples"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "/fuzz/") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			switch filepath.Ext(path) {
			case ".sql":
				out = append(out, strings.Split(string(text), "\n\n")...)
			case ".txt":
				out = append(out, sections(string(text))...)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 500 {
		t.Fatalf("only %d seeds", len(out))
	}
	return out
}

// sections are the texts between the marks of a golden file, whichever form it has.
func sections(text string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(strings.NewReplacer("\n-- sql\n", "\x00", "\n-- ", "\x00-- ", "\n== ", "\x00-- ", "\n==== ", "\x00-- ", "\n====", "\x00", "\n----", "\x00").Replace("\n"+text), func(r rune) bool { return r == 0 }) {
		if len(part) < 20_000 {
			out = append(out, part)
		}
	}
	return out
}
