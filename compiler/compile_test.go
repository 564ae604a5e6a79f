package compiler_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
)

func compile(t *testing.T, sql string, o compiler.Options) (*compiler.Compiled, string) {
	t.Helper()
	files := []compiler.File{{Name: "q.sql", Text: sql, Dir: "dir"}}
	c, diags := compiler.Compile(context.Background(), files, testEnv(), o)
	var b strings.Builder
	if err := compiler.Render(&b, diags, files, false); err != nil {
		t.Fatal(err)
	}
	return c, b.String()
}

// TestExamples compiles every example of the repository, with and without rules.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []compiler.Options{{Tasks: 1}, {Tasks: 4}, {Tasks: 2, DisableRules: []string{"*"}}} {
			c, messages := compile(t, string(text), o)
			if c == nil {
				t.Errorf("%s: %s", name, messages)
				continue
			}
			if len(c.Plan.Stages) == 0 {
				t.Errorf("%s: no stages", name)
			}

		}
	}
}
