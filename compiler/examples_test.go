package compiler_test

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
)

// noExample are the codes that no short query file shows.
var noExample = map[string]string{
	"H0002": "a file of more than 4 MiB",
	"H0114": "nested 256 levels deep",
	"H0301": "of the command line",
	"H0302": "a fault of the compiler",
	"H0303": "of the command line",
}

// needsConnector are the codes that only a real connector gives: testdata/lint has
// files of them.
var needsConnector = map[string]bool{"H0231": true}

// TestCodeExamples holds that every code is explained with an example, that its
// wrong text gives that code, and that its right text does not.
func TestCodeExamples(t *testing.T) {
	vars := compiler.Options{LookupEnv: func(string) (string, bool) { return "", false }}
	for _, code := range compiler.Codes() {
		e, ok := compiler.ExampleOf(code)
		if why := noExample[code]; ok == (why != "") {
			t.Errorf("%s: has an example: %v, and a reason to have none: %q", code, ok, why)
		}
		if !ok {
			continue
		}
		if _, messages := compile(t, e.Wrong, vars); !needsConnector[code] && !strings.Contains(messages, "["+code+"]") {
			t.Errorf("%s: its wrong example says something else:\n%s\n%s", code, e.Wrong, messages)
		}
		mended := vars
		mended.Vars = map[string]string{"day": "2024-01-31"}
		if c, messages := compile(t, e.Right, mended); c == nil || strings.Contains(messages, "["+code+"]") {
			t.Errorf("%s: its right example does not compile:\n%s\n%s", code, e.Right, messages)
		}
		if text, _ := compiler.ExplainCode(code); !strings.Contains(text, "\nWrong:\n") || !strings.Contains(text, "\nRight:\n") {
			t.Errorf("%s: explain does not show its example:\n%s", code, text)
		}
	}
}
