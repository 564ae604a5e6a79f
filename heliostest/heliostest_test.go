package heliostest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPage runs the tests that docs/TESTING.md shows over the queries that it shows, as
// they stand there.
func TestPage(t *testing.T) {
	text, err := os.ReadFile("../docs/TESTING.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	tests := 0
	for i, block := range strings.Split(string(text), "```") {
		_, block, _ = strings.Cut(block, "\n") // the language
		name, ok := strings.CutPrefix(block, "-- ")
		name, _, _ = strings.Cut(name, "\n")
		switch {
		case i%2 == 0:
			continue
		case strings.HasPrefix(block, "why:"):
			tests++
			name = fmt.Sprintf("tests/%d.txt", tests)
		case !ok || !strings.HasSuffix(name, ".sql"):
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(block), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if tests < 3 {
		t.Fatalf("only %d tests are in the page", tests)
	}
	Run(t, filepath.Join(dir, "tests"))
}
