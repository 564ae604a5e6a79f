package compiler_test

import (
	"os"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
)

// TestGrammar holds that every clause of the language and of Flink's SQL is taken by
// the parser: each statement of testdata/grammar.sql compiles, or is refused as not
// supported yet, or by what its names mean, with the place; none is a syntax error.
// Its formatted text is the same statement.
func TestGrammar(t *testing.T) {
	statements := grammar(t)
	if len(statements) < 150 {
		t.Errorf("only %d statements", len(statements))
	}
	for _, sql := range statements {
		files := []compiler.File{{Name: "q.sql", Text: sql}}
		_, diags := compiler.Parse(files, compiler.Options{})
		for _, d := range diags {
			if d.Code < "H0200" && d.Code != "H0112" && d.Severity == 0 {
				t.Errorf("%s\n%s: %s", sql, d.Code, d.Message)
			}
			if d.Span.IsZero() {
				t.Errorf("%s\nno place: %s", sql, d.Message)
			}
		}
		_, messages := compile(t, grammarSetup+sql, compiler.Options{})
		if strings.Contains(messages, "H0302") {
			t.Errorf("%s\n%s", sql, messages)
		}
		if !diags.HasErrors() {
			if text, bad := compiler.Format("q.sql", sql); bad.HasErrors() {
				t.Errorf("%s\nformatted: %s\n%v", sql, text, bad)
			}
		}
	}
}

const grammarSetup = `CREATE MAPPING t (a BIGINT, b VARCHAR, c DOUBLE, k VARCHAR, r ROW<x INTEGER, y VARCHAR>, l ARRAY<INTEGER>, m MAP<VARCHAR, INTEGER>, ts TIMESTAMP(3),
    WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) TYPE File OPTIONS ('path' = 't', 'format' = 'json');
`

// grammar are the statements of testdata/grammar.sql: an empty line ends one.
func grammar(t testing.TB) []string {
	text, err := os.ReadFile("testdata/grammar.sql")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range strings.Split(string(text), "\n\n") {
		if s = strings.TrimSpace(s); s != "" && !strings.HasPrefix(s, "--") {
			out = append(out, s)
		}
	}
	return out
}
