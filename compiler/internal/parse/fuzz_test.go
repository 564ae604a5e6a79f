package parse

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// FuzzParse holds for any text: no panic; places inside of the text; codes that
// are in the table; and what parses is printed as text that parses to the same tree.
func FuzzParse(f *testing.F) {
	for _, c := range exprs {
		f.Add("SELECT " + c[0])
	}
	for _, c := range statements {
		f.Add(c[0])
	}
	for _, c := range types {
		f.Add("CREATE MAPPING t (a " + c[0] + ") TYPE File")
	}
	f.Add(benchFile(1))
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, errs := File("q.sql", text, goldenVars)
		for _, d := range errs {
			if d.Span.Start < 0 || d.Span.End < d.Span.Start || d.Span.End > len(text) {
				t.Fatalf("%s stands at %d..%d of %d bytes", d.Message, d.Span.Start, d.Span.End, len(text))
			}
			if _, ok := diag.ExplainCode(d.Code); !ok {
				t.Fatalf("%s has the code %q, which is not explained", d.Message, d.Code)
			}
		}
		if out := rendered(errs, text); len(errs) > 0 && out == "" {
			t.Fatal("nothing is printed")
		}
		if errs.HasErrors() {
			return
		}
		checkSpans(t, file, text)
		checkRound(t, file, text)
	})
}

// FuzzFormat holds for any text that parses: it can be formatted, which itself checks
// that the tree and the comments are the same, and the result is stable.
func FuzzFormat(f *testing.F) {
	for _, c := range exprs {
		f.Add("SELECT " + c[0])
	}
	for _, c := range statements {
		f.Add(c[0])
		f.Add("-- a\n\n" + strings.ReplaceAll(c[0], " ", " /* b */ -- c\n\n"))
	}
	for _, c := range types {
		f.Add("CREATE MAPPING t (a " + c[0] + ", b AS ${x}) TYPE File")
	}
	f.Add(benchFile(1))
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, _ := parseKeeping("q.sql", text); p.errs.HasErrors() {
			return
		}
		mustFormat(t, text)
	})
}
