package parse

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
)

// dump writes a tree with all that it holds but the places.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(v), 0)
	return b.String()
}

var placeType = reflect.TypeFor[ast.Place]()

func dumpValue(b *strings.Builder, v reflect.Value, indent int) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		dumpValue(b, v.Elem(), indent)
	case reflect.Struct:
		b.WriteString(v.Type().Name() + "{")
		for i := range v.NumField() {
			if v.Type().Field(i).Type == placeType || v.Field(i).IsZero() {
				continue
			}
			fmt.Fprintf(b, "\n%*s%s: ", indent+2, "", v.Type().Field(i).Name)
			dumpValue(b, v.Field(i), indent+2)
		}
		b.WriteString("}")
	case reflect.Slice:
		b.WriteString("[")
		for i := range v.Len() {
			fmt.Fprintf(b, "\n%*s", indent+2, "")
			dumpValue(b, v.Index(i), indent+2)
		}
		b.WriteString("]")
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprintf(b, "%v", v.Interface())
	}
}

// rendered is the diagnostics as a user sees them.
func rendered(errs diag.List, text string) string {
	var b strings.Builder
	if err := diag.Render(&b, errs, diag.NewSources(diag.Source{File: "q.sql", Text: text}), false); err != nil {
		panic(err)
	}
	return b.String()
}

// mustParse parses a file without errors; warnings are allowed.
func mustParse(t *testing.T, text string) *ast.File {
	t.Helper()
	f, errs := File("q.sql", text, Vars{})
	if errs.HasErrors() {
		t.Fatalf("%s\n%s", text, rendered(errs, text))
	}
	return f
}

// checkRound checks that the printed tree parses to the same tree and prints the same.
func checkRound(t *testing.T, f *ast.File, text string) string {
	t.Helper()
	printed := Print(f)
	again, errs := File("q.sql", printed, Vars{})
	if errs.HasErrors() {
		t.Fatalf("printed text does not parse\nfrom: %s\nprinted: %s\n%s", text, printed, rendered(errs, printed))
	}
	if a, b := dump(f), dump(again); a != b {
		t.Fatalf("another tree after printing\nfrom: %s\nprinted: %s\nwas: %s\nis: %s", text, printed, a, b)
	}
	if second := Print(again); second != printed {
		t.Fatalf("printed twice differs\n1: %s\n2: %s", printed, second)
	}
	return printed
}

// checkSpans checks that every node lies in its parent and in the text, and is
// not empty unless the text there is.
func checkSpans(t *testing.T, f *ast.File, text string) {
	t.Helper()
	var walk func(parent diag.Span, n ast.Node)
	walk = func(parent diag.Span, n ast.Node) {
		s := n.Span()
		if s.Start < parent.Start || s.End > parent.End || s.End < s.Start || s.End > len(text) {
			t.Fatalf("%T at %d..%d is not inside of its parent %d..%d in: %s", n, s.Start, s.End, parent.Start, parent.End, text)
		}
		if s.Start == s.End {
			t.Fatalf("%T at %d has no text in: %s", n, s.Start, text)
		}
		first := true
		ast.Walk(n, func(c ast.Node) bool {
			if first {
				first = false
				return true
			}
			walk(s, c)
			return false
		})
	}
	for _, s := range f.Stmts {
		walk(f.At, s)
	}
}
