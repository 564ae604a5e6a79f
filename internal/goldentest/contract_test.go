package goldentest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestContract holds that what testdata/contract.txt names is there: of each sentence
// about queries a golden file or a test.
func TestContract(t *testing.T) {
	text, err := os.ReadFile("../../testdata/contract.txt")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]map[string]bool{} // by folder
	sentences, open := 0, 0
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		_, refs, ok := strings.Cut(line, " => ")
		if sentences++; !ok {
			t.Errorf("contract.txt:%d: it names nothing behind =>", i+1)
			continue
		}
		if why, ok := strings.CutPrefix(refs, "open: "); ok {
			open++
			t.Logf("contract.txt:%d: open: %s", i+1, why)
			continue
		}
		for _, ref := range strings.Fields(refs) {
			if err := shown(ref, tests); err != nil {
				t.Errorf("contract.txt:%d: %v", i+1, err)
			}
		}
	}
	if sentences < 100 {
		t.Errorf("only %d sentences", sentences)
	}
	t.Logf("%d sentences, %d of them open", sentences, open)
}

// shown looks for a golden file, or for a test in a folder.
func shown(ref string, tests map[string]map[string]bool) error {
	dir, name, isTest := strings.Cut(ref, ":")
	if !isTest {
		if _, err := os.Stat(filepath.Join(goldenDir, ref+".txt")); err != nil {
			return fmt.Errorf("there is no golden file %s", ref)
		}
		return nil
	}
	if tests[dir] == nil {
		tests[dir] = map[string]bool{}
		files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
		if err != nil {
			return err
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
				tests[dir][string(m[1])] = true
			}
		}
	}
	if !tests[dir][name] {
		return fmt.Errorf("there is no test %s in %s", name, dir)
	}
	return nil
}
