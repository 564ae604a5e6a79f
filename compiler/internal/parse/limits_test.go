package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// firstCode parses text and returns the code of the first error, "" for none.
func firstCode(text string, vars Vars) string {
	_, errs := File("q.sql", text, vars)
	for _, d := range errs {
		if d.Severity == diag.Error {
			return d.Code
		}
	}
	return ""
}

func TestLimits(t *testing.T) {
	deep := func(n int, open, mid, end string) string {
		return "SELECT " + strings.Repeat(open, n) + mid + strings.Repeat(end, n)
	}
	chain := func(n int, part, sep string) string {
		return "SELECT " + strings.Repeat(part+sep, n-1) + part
	}
	const many = 60_000
	for _, c := range []struct{ name, text, want string }{
		{"parentheses", deep(200, "(", "1", ")"), ""}, {"too many parentheses", deep(many, "(", "1", ")"), diag.TooDeep}, {"open parentheses", deep(many, "(", "1", ""), diag.TooDeep},
		{"NOTs", deep(many, "NOT ", "a", ""), diag.TooDeep}, {"minuses", deep(many, "- ", "a", ""), diag.TooDeep}, {"CASEs", deep(many/4, "CASE WHEN ", "a", " THEN 1 END"), diag.TooDeep},
		{"queries", deep(100, "(SELECT ", "1", ")"), ""}, {"too many queries", deep(many, "(SELECT ", "1", ")"), diag.TooDeep}, {"sub-queries", "SELECT 1 FROM " + strings.Repeat("(SELECT 1 FROM ", many/4), diag.TooDeep},
		{"tables in parentheses", "SELECT 1 FROM " + strings.Repeat("(", many) + "t", diag.TooDeep}, {"table functions", "SELECT 1 FROM " + strings.Repeat("f(TABLE(", many/4), diag.TooDeep}, {"bare table functions", "SELECT 1 FROM f(" + strings.Repeat("f(x => ", many/4), diag.TooDeep},
		{"types", "SELECT CAST(a AS " + strings.Repeat("ARRAY<", many), diag.TooDeep}, {"array suffixes", "SELECT CAST(a AS INT" + strings.Repeat(" ARRAY", many), diag.TooDeep},
		{"operators", chain(9000, "a", " + "), ""}, {"too many operators", chain(many, "a", " + "), diag.TooDeep}, {"ORs", chain(many, "a = 1", " OR "), diag.TooDeep}, {"IS", "SELECT a" + strings.Repeat(" IS NULL", many), diag.TooDeep},
		{"indexes", "SELECT a" + strings.Repeat("[1]", many), diag.TooDeep}, {"chains in parentheses", "SELECT " + strings.Repeat("(", 50) + "a" + strings.Repeat(strings.Repeat(" + a", 1000)+")", 50), diag.TooDeep},
		{"a wide list", chain(many, "a", ", "), ""}, {"a wide IN", "SELECT a IN (" + strings.TrimPrefix(chain(many, "1", ", "), "SELECT ") + ")", ""},
		{"joins", "SELECT 1 FROM t" + strings.Repeat(" JOIN t ON a", many/4), diag.TooDeep}, {"commas", "SELECT 1 FROM t" + strings.Repeat(", t", many), diag.TooDeep}, {"unions", chain(many/8, "1", " UNION SELECT "), diag.TooDeep},
		{"a large file", "SELECT '" + strings.Repeat("x", maxBytes) + "'", diag.FileTooLarge}, {"not UTF-8", "SELECT 'a\xff'", diag.NotUTF8},
		{"only dots", strings.Repeat(".", many), diag.UnknownStatement}, {"only bad characters", strings.Repeat("§", many), diag.BadCharacter}, {"only quotes", strings.Repeat("'''\n", many), diag.UnknownStatement},
		{"many broken statements", strings.Repeat("SELECT ((SELECT 1;\n", many/4), diag.UnclosedParen}, {"many open lists", strings.Repeat("CREATE MAPPING t (a (", many/8), diag.Syntax},
	} {
		if got := firstCode(c.text, Vars{}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestErrorCap checks that a hopeless file is not reported line by line for ever.
func TestErrorCap(t *testing.T) {
	_, errs := File("q.sql", strings.Repeat("SELECT FROM;\n", 1000), Vars{})
	if len(errs) != maxErrors {
		t.Errorf("%d errors", len(errs))
	}
	if last := errs[maxErrors-1]; len(last.Related) != 1 || !strings.Contains(last.Related[0].Message, "no more than 100") {
		t.Errorf("the last one says nothing of the others: %+v", last)
	}
}

func TestByteOrderMark(t *testing.T) {
	text := "\ufeffSELECT a FROM t"
	f := mustParse(t, text)
	if s := f.Stmts[0].Span(); text[s.Start:s.End] != "SELECT a FROM t" {
		t.Errorf("%+v", s)
	}
}

// TestPlaceholders checks what is replaced, and where the tree says that it stands.
func TestPlaceholders(t *testing.T) {
	vars := Vars{
		Defs: map[string]string{"a": "x + 1", "empty": "", "long": strings.Repeat("y", 50), "a.b-c": "'q'", "both": "def"},
		Env:  func(name string) (string, bool) { return "env", name == "home" || name == "both" },
	}
	f := func(text, want string) {
		t.Helper()
		file, errs := File("q.sql", text, vars)
		if errs.HasErrors() {
			t.Fatalf("%s\n%s", text, rendered(errs, text))
		}
		if got := strings.TrimSuffix(Print(file), ";\n"); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
		checkSpans(t, file, text)
	}
	f("SELECT ${a}, b", "SELECT x + 1, b")
	f("SELECT '${a}', '${home}/${both}'", "SELECT 'x + 1', 'env/def'")
	f("SELECT ${empty}b${empty} FROM ${long}", "SELECT b FROM "+strings.Repeat("y", 50))
	f("SELECT ${a.b-c}", "SELECT 'q'")
	f("SELECT a -- ${none} it's\n, ${a} /* ${none} ' */, '--', ${a}", "SELECT a, x + 1, '--', x + 1")
	f("SELECT '$', '{a}', '$ {a}', '$.a'", "SELECT '$', '{a}', '$ {a}', '$.a'")
	f("SELECT '/*', ${a}, '*/'", "SELECT '/*', x + 1, '*/'")
}

// TestOffsets checks the map from the replaced text back to the file for each offset.
func TestOffsets(t *testing.T) {
	text := "ab${x}c${y}${z}d"
	var errs diag.List
	out, o := substitute("q", text, 0, Vars{Defs: map[string]string{"x": "123456789", "y": "", "z": "Z"}}, &errs)
	if out != "ab123456789cZd" || len(errs) != 0 {
		t.Fatalf("%q %v", out, errs)
	}
	f := func(part, want string) {
		t.Helper()
		i := strings.Index(out, part)
		s := o.span("q", i, i+len(part))
		if got := text[s.Start:s.End]; got != want {
			t.Errorf("%q stands at %q, want %q", part, got, want)
		}
	}
	f("ab", "ab")
	f("b1", "b${x}")
	f("345", "${x}")
	f("9c", "${x}c")
	f("c", "c")
	f("cZ", "c${y}${z}")
	f("Z", "${z}")
	f("Zd", "${z}d")
	f("d", "d")
	f(out, text)
	for i := range len(out) + 1 {
		if s := o.span("q", i, i); s.Start > s.End || s.End > len(text) {
			t.Errorf("offset %d: %+v", i, s)
		}
	}
}

func TestManyPlaceholders(t *testing.T) {
	text := strings.Repeat("SELECT ${a} + ${b};\n", 20_000)
	if got := firstCode(text, Vars{}); got != diag.UndefinedVar {
		t.Errorf("undefined: %q", got)
	}
	if got := firstCode(text, Vars{Defs: map[string]string{"a": "1", "b": "2"}}); got != "" {
		t.Errorf("defined: %q", got)
	}
	if got := firstCode(text, Vars{Defs: map[string]string{"a": strings.Repeat("1", 1000), "b": "2"}}); got != diag.FileTooLarge {
		t.Errorf("large: %q", got)
	}
}

func TestExprAlone(t *testing.T) {
	e, errs := Expr("x", "a + 1")
	if len(errs) != 0 || Print(e) != "a + 1" {
		t.Errorf("%v %v", e, errs)
	}
	for _, bad := range []string{"", "a +", "a b", "a;", "a)"} {
		if e, errs := Expr("x", bad); e != nil || !errs.HasErrors() {
			t.Errorf("%q: %v %v", bad, e, errs)
		}
	}
}

// TestTruncated checks that every beginning of a file gives errors, not panics.
func TestTruncated(t *testing.T) {
	text := benchFile(1)
	for i := range text {
		if _, errs := File("q.sql", text[:i], Vars{}); i < 5 && len(errs) == 0 {
			t.Errorf("nothing is wrong with %q", text[:i])
		}
	}
}

// benchFile is a file of about 20 lines for each n.
func benchFile(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `-- trades of day %[1]d
CREATE OR REPLACE MAPPING trades_%[1]d (
  id BIGINT NOT NULL,
  ticker VARCHAR,
  price DECIMAL(10, 2), /* in cents */
  qty INTEGER,
  value AS price * qty,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) TYPE File OPTIONS ('path' = 'trades.ndjson', 'format' = 'json');
CREATE VIEW ordered_%[1]d AS
SELECT * FROM TABLE(IMPOSE_ORDER(TABLE trades_%[1]d, DESCRIPTOR(ts), INTERVAL '5' SECOND));
INSERT INTO totals_%[1]d
SELECT window_start, ticker, COUNT(*) AS n, SUM(price * qty) AS volume, AVG(price), MIN(price) FILTER (WHERE qty > 0)
FROM TABLE(TUMBLE(DATA => TABLE ordered_%[1]d, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' MINUTE))
WHERE price > 10 AND ticker LIKE 'A%%' AND (qty BETWEEN 1 AND 1000 OR qty IS NULL)
GROUP BY 1, 2
HAVING COUNT(*) > 1;
SELECT CASE WHEN a = 1 THEN 'x' ELSE CAST(b AS STRING) END FROM t JOIN u ON t.k = u.k ORDER BY 1 LIMIT 10;

`, i)
	}
	return b.String()
}

func BenchmarkFile200(b *testing.B) {
	text := benchFile(10) // 200 lines
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := File("q.sql", text, Vars{}); len(errs) != 0 {
			b.Fatal(errs)
		}
	}
}
