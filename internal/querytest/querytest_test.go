package querytest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
)

func TestFormat(t *testing.T) {
	refused := func(text, want string) {
		t.Helper()
		if _, err := Parse("x.txt", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error that holds %q", text, err, want)
		}
	}
	const sql = "-- sql\nSELECT 1;\n"
	refused("colour: blue\n", "x.txt:1: \"colour: blue\" is not a line of the head")
	refused("hwy: x\n", "did you mean why?")
	refused("-- fede t\n", "did you mean feed?")
	refused("only: sometimes\n", "only")
	refused("define: x\n", "NAME=VALUE")
	refused("why: x\n", "tests nothing")
	refused("-- rows\nv INTEGER\n", "before the first sql")
	refused("-- query\n", "path of a query file")
	refused("-- query a.sql\n-- fede t\n", "did you mean feed?")
	refused(sql+"-- error\n\n", "line")
	refused(sql+"-- rows\nv INTEGER\n-- late many\n", "x.txt:5: -- late many: \"many\" is not a number")
	refused(sql+"-- rows\nv INTEGER\n-- rejected 0\nsomething\n", "cannot hold")
	refused("-- input\n{}\n", "file name")
	refused("-- input ../x\n{}\n", "own folder")
	refused("-- input a\n-- input a\n", "already")
	refused(sql+"-- feed\n", "name of the mapping")
	refused(sql+"-- feed t partition\n", "name of the partition")
	refused(sql+"-- feed t a b\n", "is not known")
	refused(sql+"-- feed t\na | b\n1\n", "1 values, and there are 2 columns")
	refused(sql+"-- feed t\na | a\n", "each once")
	refused(sql+"-- watermark t noon\n", "is not a time")
	refused(sql+"-- clock soon\n", "neither a span")
	refused(sql+"-- clock 10s\nx\n", "stands below it")
	refused(sql+"-- restart now\n", "takes nothing")
	refused(sql+"-- end\n-- feed t\n", "has ended in line 3")
	refused(sql+"-- rows a b\n", "is not known")

	refused(sql+"-- feed t partition p 1\n", "is not known")
	f, err := Parse("x.txt", "why: because\r\ndefine: a = b=c\r\n-- sql\n-- a comment\nSELECT a FROM t;\n-- feed t partition p\na | b\nNULL | 'NULL'\n{\"x\":1} | it's\n")
	if err != nil {
		t.Fatal(err)
	}
	q := f.Queries[0]
	if !strings.Contains(q.Text, "-- a comment") || f.Define["a"] != "b=c" || q.Steps[0].Partition != "p" {
		t.Errorf("%+v", f)
	}
	want := []Record{{`{"a":null,"b":"NULL"}`, 8}, {`{"a":{"x":1},"b":"it's"}`, 9}}
	for i, r := range q.Steps[0].Records {
		if r != want[i] {
			t.Errorf("got %v, want %v", r, want[i])
		}
	}
}

// A difference must be seen: rows that are missing, doubled, changed, or in another order.
func TestDiffer(t *testing.T) {
	cols := []ir.Column{{Name: "k", Type: ir.TVarchar}, {Name: "d", Type: ir.TDouble}}
	res := func(rows ...string) *Result { return ParseRows(rows, cols) }
	f := func(same, ordered bool, want, got *Result) {
		t.Helper()
		if msg := Differ(want, got, ordered); (msg == "") != same {
			t.Errorf("Differ says %q", msg)
		}
	}
	f(true, false, res("a | 1.0", "b | 2.0"), res("b | 2.0", "a | 1.0000000000001"))
	f(false, true, res("a | 1.0", "b | 2.0"), res("b | 2.0", "a | 1.0"))
	f(false, false, res("a | 1.0", "a | 1.0"), res("a | 1.0"))
	f(false, false, res("a | 1.0"), res("a | 1.0", "a | 1.0"))
	f(false, false, res("a | 1.0"), res("a | 1.0001"))
	f(false, false, res("a | NULL"), res("a | 0.0"))
	f(false, false, res("NULL | 1.0"), res("'NULL' | 1.0"))
	f(true, false, res("a | NaN", "a | NULL", "a | -0.0"), res("a | 0.0", "a | NaN", "a | NULL"))
}

func TestFoldAndNet(t *testing.T) {
	cols := []ir.Column{{Name: "op", Type: ir.TVarchar}, {Name: "k", Type: ir.TVarchar}, {Name: "n", Type: ir.TBigInt}}
	changes := ParseRows([]string{"+I | a | 1", "+I | b | 1", "-U | a | 1", "+U | a | 2", "-D | b | 1"}, cols)
	left, err := Fold(changes, nil)
	if err != nil || strings.Join(left.Lines(), ";") != "a | 2" {
		t.Errorf("%v, %v", left, err)
	}
	if n := net(changes, nil); strings.Join(n.Lines(), ";") != "+ | a | 2" {
		t.Errorf("%v", n)
	}
	upserts := ParseRows([]string{"+I | a | 1", "+U | a | 2", "+I | b | 5", "-D | b | 5"}, cols)
	if left, err = Fold(upserts, []int{0}); err != nil || strings.Join(left.Lines(), ";") != "a | 2" {
		t.Errorf("%v, %v", left, err)
	}
	if n := net(upserts, []int{0}); strings.Join(n.Lines(), ";") != "+ | a | 2;- | b | 5" {
		t.Errorf("%v", n.Lines())
	}
	if _, err := Fold(ParseRows([]string{"-D | a | 1"}, cols), nil); err == nil {
		t.Error("a row was taken back that was not there")
	}
}

const mapping = "-- sql\nCREATE MAPPING t (k VARCHAR, v INTEGER, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) TYPE Memory;\n"

const window = "SELECT window_start, SUM(v) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start;\n"

const feed = "-- feed t\nk | v | ts\na | 1 | 2024-01-01 00:00:01\nb | 2 | 2024-01-01 00:00:12\n"

const header = "window_start TIMESTAMP(3), s BIGINT\n"

func test(t *testing.T, text string, o Options) *Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.txt")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	o.Connectors = func() []vexec.Connector { return nil }
	c := &Case{Path: path}
	o.RunCase(c)
	if c.Err != nil {
		t.Fatal(c.Err)
	}
	return c.Report
}

// What does not agree fails, at its line; what agrees passes in all ways.
func TestSteps(t *testing.T) {
	if r := test(t, mapping+window+feed+"-- end\n", Options{Seed: 1}); !r.First {
		t.Error("a test that expects nothing fails in another way than the plain one")
	}
	f := func(text, want string) {
		t.Helper()
		got := ""
		for _, f := range test(t, text, Options{Seed: 1}).Failures {
			got += f.Text + "\n"
		}
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s\ngot %q, want %q", text, got, want)
		}
	}
	f(mapping+window+feed+"-- rows\n"+header+"2024-01-01 00:00:00 | 1\n", "")
	f(mapping+window+feed+"-- rows\n"+header+"2024-01-01 00:00:00 | 2\n", "- 2024-01-01 00:00:00 | 2\n+ 2024-01-01 00:00:00 | 1")
	f(mapping+window+feed+"-- rows\n"+header, "want 0 rows, got 1")
	f(mapping+window+feed+"-- rows\nw BIGINT\n", "the columns differ")
	f(mapping+window+feed+"-- rows\n"+header+"2024-01-01 00:00:00 | 1\n-- end\n", "behind it came 1 row")
	f(mapping+window+feed+"-- rows\n"+header+"2024-01-01 00:00:00 | 1\n-- restart\n-- end\n-- rows new\n"+header+"2024-01-01 00:00:10 | 2\n", "")
	f(mapping+window+feed+"-- watermark t 2024-01-01 00:00:20\n-- rows\n"+header+"2024-01-01 00:00:00 | 1\n2024-01-01 00:00:10 | 2\n", "")
	f(mapping+window+feed+"-- end\n", "expects nothing")
	f(mapping+window+feed+"-- end\n-- rows nix\n"+header, "no INSERT writes to a mapping nix")
	f(mapping+window+feed+"-- end\n-- rows\n"+header+"-- rows\n"+header, "section of a further one")
	f(mapping+window+"-- feed u\n-- rows\n"+header, "reads no mapping u")
	f(mapping+window+"-- rows\n"+header, "add a section '-- feed t'")
	f(mapping+window+feed+"-- idle t\n-- rows\n"+header, "has no 'idle.timeout'")
	f(mapping+window+feed+"-- clock 5s\n-- clock 1970-01-01 00:00:01\n-- rows\n"+header, "never goes back")
	f(mapping+window+feed+"-- end\n-- rows\n"+header+"2024-01-01 00:00:00 | 1\n2024-01-01 00:00:10 | 2\n-- late 1\n", "want 1 late row, got 0")
	f(mapping+window+"-- feed t\n{\"v\":\"x\"}\n-- rows\n"+header, "want 0 dead letters, got 1")
	f(mapping+window+"-- feed t\n{\"v\":\"x\"}\n-- rows\n"+header+"-- rejected 1\nx.txt:5 v\n", "")
	f(mapping+window+"-- feed t\n{\"v\":\"x\"}\n-- rows\n"+header+"-- rejected 1\nx.txt:6\n", "no dead letter holds")
	f(mapping+"SELECT w FROM t;\n-- error\nH0\n", "")
	f(mapping+"SELECT k FROM t;\n-- error\nH0\n", "must not compile")
	f(mapping+"SELECT w FROM t;\n-- feed t\n-- rows\nk VARCHAR\n", "does not compile")
	f(mapping+"SELECT op FROM (SELECT k AS op FROM t);\n"+feed+"-- rows\nop VARCHAR\na\nb\n", "")
	f(mapping+"SELECT k FROM t;\nSELECT v FROM t;\n"+feed+"-- rows\nk VARCHAR\na\nb\n", "looks at SELECT 2 of 2")
	f(mapping+"SELECT k FROM t LIMIT 1;\n"+feed+feed+"-- end\n-- rows\nk VARCHAR\na\n", "")
	f(mapping+"SET 'state.ttl'='1 h'; SELECT k, SUM(v) AS s FROM t GROUP BY k;\n"+feed+"-- changes\nk VARCHAR, s BIGINT\n+I | a | 1\n+I | b | 3\n", "- +I | b | 3")
	f(mapping+"SET 'state.ttl'='1 h'; SELECT k, SUM(v) AS s FROM t GROUP BY k;\n"+feed+"-- rows new\nk VARCHAR, s BIGINT\na | 1\nb | 2\n"+feed+"-- rows new\n", "rows of this result change")
}

// Processing time is what the test says, to the microsecond.
func TestClock(t *testing.T) {
	const sql = "-- sql\nCREATE MAPPING t (k VARCHAR, pt AS PROCTIME()) TYPE Memory;\n" +
		"SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(pt), INTERVAL '10' SECOND)) GROUP BY window_start;\n"
	const out = "window_start TIMESTAMP_LTZ(3), n BIGINT\n"
	text := sql + "-- clock 2024-01-01 00:00:03\n-- feed t\nk\na\n-- clock 6 s\n-- feed t\nk\nb\n-- rows\n" + out +
		"-- clock 1001 ms\n-- rows\n" + out + "2024-01-01 00:00:00 | 2\n-- feed t\nk\nc\n-- end\n-- rows new\n" + out + "2024-01-01 00:00:10 | 1\n"
	for _, f := range test(t, text, Options{Seed: 1}).Failures {
		t.Error(f.Text)
	}
}

// An update writes what came out and nothing else; the result passes.
func TestUpdate(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		r := test(t, text, Options{Update: true})
		if len(r.Failures) > 0 {
			t.Errorf("%v", r.Failures)
		}
		got, err := os.ReadFile(r.File.Path)
		if err != nil || string(got) != want {
			t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
		}
		if r = test(t, string(got), Options{Seed: 3}); len(r.Failures) > 0 || r.Runs < 5 {
			t.Errorf("what was written does not pass: %v", r.Failures)
		}
	}
	rows := header + "2024-01-01 00:00:00 | 1\n2024-01-01 00:00:10 | 2\n"
	start := "# mine\nwhy: x\n\n" + mapping + window + "\n" + feed + "\n-- end\n"
	f(start, start+"\n-- rows\n"+rows)
	into := mapping + "CREATE MAPPING out (k VARCHAR) TYPE Memory;\nINSERT INTO out SELECT k FROM t;\n\n" + feed + "\n-- end\n"
	f(into, into+"\n-- rows out\nk VARCHAR\na\nb\n")
	two := mapping + "CREATE MAPPING out (k VARCHAR) TYPE Memory;\nCREATE MAPPING more (k VARCHAR) TYPE Memory;\nINSERT INTO out SELECT k FROM t;\nINSERT INTO more SELECT k FROM t WHERE k = 'a';\n\n" + feed + "\n-- end\n\n-- rows out\nk VARCHAR\na\nb\n"
	if r := test(t, two, Options{}); len(r.Failures) != 1 || !strings.Contains(r.Failures[0].Text, "no section '-- rows more' looks at what came into it: 1 row") {
		t.Errorf("rows that nothing looks at: %v", r.Failures)
	}
	f(two, two+"\n-- rows more\nk VARCHAR\na\n")
	f(start+"\n-- rows\nold\n", start+"\n-- rows\n"+rows)
	// What passes stays as it is, in its order.
	other := start + "\n-- rows\n" + header + "2024-01-01 00:00:10 | 2\n\n2024-01-01 00:00:00 | 1\n"
	f(other, other)
	bad := strings.Replace(start, "b | 2 ", "b | x ", 1)
	f(bad+"\n-- late 7\n\n-- rejected 9\n", bad+"\n-- rows\n"+header+"2024-01-01 00:00:00 | 1\n\n-- late 0\n\n-- rejected 1\nv : 'x' does not parse as INTEGER: {\"k\":\"b\",\"v\":\"x\",\"ts\":\"2024-01-01 00:00:12\"}\n")
	r := test(t, "oracle: hand\n"+start+"\n-- rows\nold\n", Options{Update: true})
	if r.Updated || len(r.Failures) != 2 {
		t.Errorf("what was computed by hand was written: %v", r.Failures)
	}
}

// A seed decides the ways to run a test, and another one decides others.
func TestSeed(t *testing.T) {
	f, err := Parse("x.txt", mapping+window+feed+"-- rows\n")
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := f.Variants(1), f.Variants(1), f.Variants(2)
	if a[5].Seed != b[5].Seed || a[5].Seed == c[5].Seed || !a[5].Kill {
		t.Errorf("%v\n%v\n%v", a, b, c)
	}
}

func TestJUnit(t *testing.T) {
	cases := []*Case{{Dir: "d", Name: "a", Report: &Report{}}, {Dir: "d", Name: "b", Path: "d/b.txt",
		Report: &Report{First: true, Failures: []Failure{{3, "a < b"}}}}}
	var b bytes.Buffer
	if err := WriteJUnit(&b, cases, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`tests="2" failures="1"`, `<testcase classname="d" name="a"`, "d/b.txt:3: a &lt; b"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}
