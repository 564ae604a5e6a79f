package ir

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/FUNCTIONS.md from the registry")

func TestEveryFunctionIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Catalog() {
		if f.Sig == "" || f.Doc == "" || f.Example == "" || (f.Resolve == nil) != (f.Form || f.Table) || !strings.HasSuffix(f.Doc, ".") || !strings.Contains(f.Example, " -> ") {
			t.Errorf("%s: signature, sentence, example or resolver is missing", f.Name)
		}
		if LookupFunction(f.Name) != f && LookupOver(f.Name) != f && f.Resolve != nil {
			t.Errorf("%s is not found by its name", f.Name)
		}
		for _, n := range append([]string{f.Name}, f.Aliases...) {
			if slices.Contains(Planned(), n) || seen[n] {
				t.Errorf("%s is there, and planned or there twice", n)
			}
			seen[n] = true
		}
	}
}

// docs/FUNCTIONS.md is printed from the registry: go test ./ir -run TestFunctionDocs -update
func TestFunctionDocs(t *testing.T) {
	const path = "../docs/FUNCTIONS.md"
	want := functionDocs()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/FUNCTIONS.md does not fit the registry (%v): go test ./ir -run TestFunctionDocs -update", err)
	}
}

func functionDocs() string {
	var b strings.Builder
	b.WriteString("# Functions\n\nPrinted from the registry (`ir/functions.go`) by `go test ./ir -run TestFunctionDocs -update`.\n" +
		"A NULL argument makes the result NULL unless the text says otherwise.\n")
	section := func(title string, want func(*Function) bool) {
		fmt.Fprintf(&b, "\n## %s\n\n| form | what it gives | example | also |\n|---|---|---|---|\n", title)
		for _, f := range Catalog() {
			if want(f) {
				fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", cell(f.Sig), f.Doc, cell(f.Example), strings.Join(f.Aliases, ", "))
			}
		}
	}
	section("Operators", func(f *Function) bool { return f.Operator })
	section("Forms", func(f *Function) bool { return f.Form })
	section("Scalar functions", func(f *Function) bool { return f.Kind() == "scalar" })
	section("Aggregates", func(f *Function) bool { return f.Aggregate })
	section("Functions with OVER", func(f *Function) bool { return f.Over })
	section("Table functions", func(f *Function) bool { return f.Table })
	b.WriteString(castDocs())
	return b.String()
}

// castDocs is the table of casts: from the type of a line to that of a column.
func castDocs() string {
	kinds := []struct {
		name string
		t    *Type
	}{{"BOOLEAN", TBoolean}, {"integers", TInteger}, {"DECIMAL", TDecimal(10, 2)}, {"REAL, DOUBLE", TDouble}, {"VARCHAR", TVarchar}, {"VARBINARY", TVarbinary},
		{"DATE", TDate}, {"TIME", TTime}, {"TIMESTAMP", TTimestamp}, {"TIMESTAMP_LTZ", TTimestampLTZ}, {"INTERVAL of days", TInterval}, {"INTERVAL of months", TIntervalMonth},
		{"ARRAY", &Type{Kind: Array, Elem: TInteger}}, {"MAP", &Type{Kind: Map, Key: TVarchar, Elem: TInteger}}, {"ROW", &Type{Kind: Row, Fields: []Field{{"a", TInteger}}}}, {"JSON", TJSON}}
	var b strings.Builder
	b.WriteString("\n## Casts\n\nFrom the type of a line to the type of a column: i, also without a CAST; a, also in an INSERT; c, with CAST or TRY_CAST. ARRAYs, MAPs and ROWs are cast part by part.\n\n|  |")
	for _, k := range kinds {
		b.WriteString(" " + k.name + " |")
	}
	b.WriteString("\n|---" + strings.Repeat("|---", len(kinds)) + "|\n")
	for _, from := range kinds {
		b.WriteString("| " + from.name + " |")
		for _, to := range kinds {
			mark := " "
			switch {
			case CanImplicit(from.t, to.t):
				mark = "i"
			case CanAssign(from.t, to.t):
				mark = "a"
			case CanCast(from.t, to.t):
				mark = "c"
			}
			b.WriteString(" " + mark + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func TestResolve(t *testing.T) {
	f := func(name string, want string, args ...*Type) {
		t.Helper()
		cast, ret, err := LookupFunction(name).Resolve(args)
		got := fmt.Sprint(cast, ret)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s%v: got %s, want %s", name, args, got, want)
		}
	}
	f("+", "[BIGINT BIGINT] BIGINT", TInteger, TBigInt)
	f("*", "[DECIMAL(3, 3) DECIMAL(19, 0)] DECIMAL(23, 3)", TDecimal(3, 3), TBigInt)
	f("+", "[TIMESTAMP INTERVAL] TIMESTAMP", TTimestamp, TInterval)
	f("-", "[TIMESTAMP TIMESTAMP] INTERVAL", TTimestamp, TTimestamp)
	f("+", "VARCHAR + BIGINT is not defined", TVarchar, TBigInt)
	f("=", "[TIMESTAMP TIMESTAMP] BOOLEAN", TTimestamp, TVarchar)
	f("=", "BOOLEAN cannot be compared with BIGINT", TBoolean, TBigInt)
	f("COALESCE", "[BIGINT BIGINT BIGINT] BIGINT", TNull, TInteger, TBigInt)
	f("UPPER", "UPPER takes 1 argument, not 2", TVarchar, TVarchar)
	f("UPPER", "argument 1 of UPPER is BIGINT; it takes VARCHAR", TBigInt)
	f("SUM", "[BIGINT] BIGINT", TInteger)
	f("SUM", "[DECIMAL(10, 2)] DECIMAL(38, 2)", TDecimal(10, 2))
	f("AVG", "[BIGINT] DOUBLE", TSmallInt)
	f("COUNT", "[] BIGINT")
	f("MAX", "argument 1 of MAX is ARRAY<BIGINT>; it takes a type with an order", &Type{Kind: Array, Elem: TBigInt})
	f("ROUND", "[DECIMAL(10, 2)] DECIMAL(9, 0)", TDecimal(10, 2))
	f("AND", "argument 2 of AND is BIGINT; it takes BOOLEAN", TBoolean, TBigInt)
}
