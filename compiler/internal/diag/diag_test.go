package diag

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestLineCol(t *testing.T) {
	src := Source{Text: "ab\nçé日x\r\n\nz"}
	for _, c := range []struct{ off, line, col int }{
		{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {5, 2, 2}, {7, 2, 3}, {10, 2, 4}, {13, 3, 1}, {14, 4, 1}, {15, 4, 2}, {99, 4, 2}, {-1, 1, 1},
	} {
		if line, col := src.LineCol(c.off); line != c.line || col != c.col {
			t.Errorf("offset %d: %d:%d, want %d:%d", c.off, line, col, c.line, c.col)
		}
	}
	marked := Source{Text: "\ufeffab\ncd"}
	for off, want := range map[int][2]int{0: {1, 1}, 2: {1, 1}, 3: {1, 1}, 4: {1, 2}, 6: {2, 1}} {
		if line, col := marked.LineCol(off); line != want[0] || col != want[1] {
			t.Errorf("behind a byte order mark, offset %d: %d:%d, want %v", off, line, col, want)
		}
	}
	empty := Source{}
	if line, col := empty.LineCol(0); line != 1 || col != 1 {
		t.Errorf("empty text: %d:%d", line, col)
	}
}

func TestSources(t *testing.T) {
	s := NewSources(Source{File: "a", Text: "x\nyz"})
	if got := s.Pos(Span{File: "a", Start: 3, End: 4}); got.Line != 2 || got.Col != 2 || got.File != "a" {
		t.Errorf("Pos: %+v", got)
	}
	if got := s.Pos(Span{File: "other", Start: 3}); got.Line != 0 || got.File != "other" {
		t.Errorf("Pos in a file that is not there: %+v", got)
	}
	if got := s.Pos(Span{}); got.Line != 0 {
		t.Errorf("Pos of no place: %+v", got)
	}
	if got := s.Text(Span{File: "a", Start: 2, End: 99}); got != "yz" {
		t.Errorf("Text: %q", got)
	}
	if got := s.Text(Span{File: "b", Start: 2, End: 99}); got != "" {
		t.Errorf("Text in a file that is not there: %q", got)
	}
}

func TestListErr(t *testing.T) {
	var l List
	if l.Err() != nil {
		t.Error("an empty list is an error")
	}
	l = append(l, Diagnostic{Code: "H1", Severity: Warning, Message: "w"})
	if l.Err() != nil {
		t.Error("warnings alone are an error")
	}
	l.Add("H2", Span{File: "q"}, "e", "h")
	var back List
	if err := l.Err(); !errors.As(err, &back) || err.Error() != "warning[H1]: w\nq: error[H2]: e (h)" {
		t.Errorf("Err: %v", l.Err())
	}
}

func TestSort(t *testing.T) {
	l := List{
		{Message: "b5", Span: Span{File: "b", Start: 5}}, {Message: "a9", Span: Span{File: "a", Start: 9}}, {Message: "b1", Span: Span{File: "b", Start: 1}},
		{Message: "none"}, {Message: "b5 too", Span: Span{File: "b", Start: 5}},
	}
	l.Sort()
	var got []string
	for _, d := range l {
		got = append(got, d.Message)
	}
	if s := strings.Join(got, ","); s != "none,b1,b5,b5 too,a9" {
		t.Errorf("order: %s", s)
	}
}

func TestRender(t *testing.T) {
	long := strings.Repeat("x", 300) + " HERE " + strings.Repeat("y", 300)
	f := func(text string, d Diagnostic, want string) {
		t.Helper()
		var b bytes.Buffer
		if err := Render(&b, List{d}, NewSources(Source{File: "q.sql", Text: text}), false); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSuffix(b.String(), "\n"); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
	}
	at := func(start, end int) Diagnostic {
		return Diagnostic{Code: "H0001", Message: "m", Span: Span{File: "q.sql", Start: start, End: end}}
	}
	f("ab cd", at(3, 5), "q.sql:1:4: error[H0001]: m\n  1 | ab cd\n    |    ^~")
	f("ab cd\n", at(5, 5), "q.sql:1:6: error[H0001]: m\n  1 | ab cd\n    |      ^")
	f("\tab\tcd", at(4, 6), "q.sql:1:5: error[H0001]: m\n  1 |     ab  cd\n    |         ^~")
	f("'日本' é x", at(12, 13), "q.sql:1:8: error[H0001]: m\n  1 | '日本' é x\n    |          ^")
	f("'日本' x", at(1, 7), "q.sql:1:2: error[H0001]: m\n  1 | '日本' x\n    |  ^~~~")
	f("e\u0301 x", at(4, 5), "q.sql:1:4: error[H0001]: m\n  1 | e\u0301 x\n    |   ^")
	f("ab \ncd\nef", at(1, 9), "q.sql:1:2: error[H0001]: m\n  1 | ab \n    |  ^")
	f("a\r\nb", at(3, 4), "q.sql:2:1: error[H0001]: m\n  2 | b\n    | ^")
	f("a\x1b[2J b\u202e c", at(7, 8), "q.sql:1:8: error[H0001]: m\n  1 | a.[2J b. c\n    |        ^")
	f("", at(0, 0), "q.sql:1:1: error[H0001]: m")
	f("x", at(50, 60), "q.sql:1:2: error[H0001]: m\n  1 | x\n    |  ^")
	f("x", Diagnostic{Code: "H1", Message: "m\x1b[31m"}, "error[H1]: m.[31m")
	f("x", Diagnostic{Code: "H1", Message: "m", Span: Span{File: "gone.sql", Start: 5}}, "gone.sql: error[H1]: m")
	f(strings.Repeat("\n", 99)+"ab", at(99, 101), "q.sql:100:1: error[H0001]: m\n  100 | ab\n      | ^~")
	f(long, at(301, 305), "q.sql:1:302: error[H0001]: m\n  1 | ..."+strings.Repeat("x", 99)+" HERE "+strings.Repeat("y", 95)+"...\n    | "+strings.Repeat(" ", 103)+"^~~~")

	hint := at(3, 5)
	hint.Severity, hint.Hint = Warning, "do it"
	f("ab cd", hint, "q.sql:1:4: warning[H0001]: m\n  1 | ab cd\n    |    ^~\n   help: do it")

	related := at(9, 10)
	related.Related = []Related{{Span{File: "q.sql", Start: 0, End: 2}, "first"}, {Span{File: "q.sql", Start: 6, End: 8}, "same line"}, {Span{}, "no place"}}
	f("ab cd\nef xz", related, "q.sql:2:4: error[H0001]: m\n  2 | ef xz\n    | -- ^\nq.sql:1:1: note: first\n  1 | ab cd\n    | ^~\nq.sql:2:1: note: same line\nnote: no place")
}

func TestRenderColour(t *testing.T) {
	var b bytes.Buffer
	d := Diagnostic{Code: "H1", Message: "m", Hint: "h", Span: Span{File: "q", Start: 0, End: 1}}
	if err := Render(&b, List{d}, NewSources(Source{File: "q", Text: "a"}), true); err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(b.String(), "")
	if want := "q:1:1: error[H1]: m\n  1 | a\n    | ^\n   help: h\n"; bare != want || !strings.Contains(b.String(), red+"error[H1]"+plain) {
		t.Errorf("%q", b.String())
	}
}

func TestRenderKeepsList(t *testing.T) {
	l := List{{Message: "2", Span: Span{File: "q", Start: 2}}, {Message: "1", Span: Span{File: "q", Start: 1}}}
	var b bytes.Buffer
	if err := Render(&b, l, nil, false); err != nil || l[0].Message != "2" {
		t.Errorf("%v %v", err, l)
	}
	if got := b.String(); got != "q: error[]: 1\n\nq: error[]: 2\n" {
		t.Errorf("%q", got)
	}
}

func TestDidYouMean(t *testing.T) {
	f := func(name, want string, candidates ...string) {
		t.Helper()
		if got := DidYouMean(name, candidates); got != want {
			t.Errorf("%s among %v: %q, want %q", name, candidates, got, want)
		}
	}
	f("SELCT", "SELECT", "SET", "SELECT")
	f("FORM", "FROM", "FOR", "FROM")
	f("prcie", "price", "id", "price")
	f("PRICE", "price", "id", "price")
	f("x", "", "y", "z")
	f("id", "", "it")
	f("abc", "", "abc")
	f("window_strat", "window_start", "window_end", "window_start")
	f("something", "", "else")
	f("größe", "grösse", "grösse")
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"abc", "abc", 0}, {"ca", "abc", 3}, {"é", "e", 1}} {
		if got := EditDistance(c.a, c.b, 10); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := EditDistance(c.a, c.b, c.want-1); c.want > 0 && got < c.want {
			t.Errorf("%s, %s with a limit: %d", c.a, c.b, got)
		}
	}
}

// TestCodes checks that each code is there once, in order, with an explanation,
// and that every code that the compiler's packages name is in the table.
func TestCodes(t *testing.T) {
	last := ""
	form := regexp.MustCompile(`^H\d{4}$`)
	for _, c := range Codes() {
		if !form.MatchString(c.Code) || c.Code <= last || c.Title == "" || c.Explain == "" {
			t.Errorf("%+v behind %s", c, last)
		}
		last = c.Code
	}
	if c, ok := ExplainCode(Syntax); !ok || c.Title != "syntax error" {
		t.Errorf("%+v %v", c, ok)
	}
	if _, ok := ExplainCode("H9999"); ok {
		t.Error("a code that is not there is explained")
	}
	for _, file := range []string{"codes.go", "codes_bind.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`= "(H\d{4})"`).FindAllStringSubmatch(string(text), -1) {
			if _, ok := ExplainCode(m[1]); !ok {
				t.Errorf("%s is declared but not explained", m[1])
			}
		}
	}
}
