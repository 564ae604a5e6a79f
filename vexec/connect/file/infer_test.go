package file

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

func infer(t *testing.T, text, name string, options ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	_, codec := ending(name)
	if codec != "" {
		text = pack(t, filepath.Ext(name), text)
	}
	write(t, filepath.Join(dir, name), text)
	table := tableOf(dir, name)
	table.Options["infer.rows"] = "100"
	for i := 0; i < len(options); i += 2 {
		table.Options[options[i]] = options[i+1]
	}
	cols, err := New().Infer(context.Background(), table)
	if err != nil {
		return "", err
	}
	// What has been looked at is read without an error.
	for _, c := range cols {
		table.Cols = append(table.Cols, ir.TableColumn{Column: c})
	}
	out, err := readTable(t, table, usual)
	if err != nil || len(out.bad) > 0 && strings.Count(text, "\n") < 100 && !strings.Contains(text, "bad") {
		t.Errorf("%s: reading with the columns inferred: %v %q", text, err, out.badText())
	}
	return ir.NewSchema(cols...).String(), nil
}

// TestInferNDJSON learns columns from lines.
func TestInferNDJSON(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		for _, name := range []string{"a.ndjson", "a.json.gz", "a.jsonl.zst"} {
			if got, err := infer(t, text, name); err != nil || got != want {
				t.Errorf("%s %s: %s %v, want %s", name, text, got, err, want)
			}
		}
	}
	f(`{"a":1,"b":-2}`, "a BIGINT, b BIGINT")
	f("\xEF\xBB\xBF{\"b\":1.5}\r\n\n{\"a\":1,\"b\":2}", "b DOUBLE, a BIGINT")
	f(`{"a":1e3}`, "a DOUBLE")
	f(`{"a":1e999}`, "a VARCHAR")
	f(`{"a":9223372036854775807,"b":9223372036854775808}`, "a BIGINT, b VARCHAR")
	f(`{"a":true}`+"\n"+`{"a":null}`, "a BOOLEAN")
	f(`{"a":true}`+"\n"+`{"a":1}`, "a VARCHAR")
	f(`{"a":null}`, "a VARCHAR")
	f(`{"a":"x","b":"1","c":""}`, "a VARCHAR, b VARCHAR, c VARCHAR")
	f(`{"a":"2024-01-02T03:04:05Z","b":"2024-01-02 03:04:05.123+02:00","c":"2024-01-02T03:04:05.123456789","d":"2024-01-02"}`,
		"a TIMESTAMP, b TIMESTAMP, c TIMESTAMP(9), d VARCHAR")
	f(`{"a":"2024-01-02T03:04:05Z"}`+"\n"+`{"a":"later"}`, "a VARCHAR")
	f(`{"a":"0001-01-01T00:00:00"}`, "a TIMESTAMP")
	f(`{"a":{"x":1,"y":{"z":"s"}}}`+"\n"+`{"a":{"w":1.5,"x":null}}`, "a ROW<x BIGINT, y ROW<z VARCHAR>, w DOUBLE>")
	f(`{"a":{}}`, "a VARCHAR")
	f(`{"a":{}}`+"\n"+`{"a":5}`, "a VARCHAR")
	f(`{"a":[1,2.5],"b":[],"c":[{"x":1},{"y":[true]}],"d":[1,"x"]}`, "a ARRAY<DOUBLE>, b ARRAY<VARCHAR>, c ARRAY<ROW<x BIGINT, y ARRAY<BOOLEAN>>>, d ARRAY<VARCHAR>")
	f(`{"\u0061":1,"a b":2,"":3}`, "a BIGINT, a b BIGINT")
	f("{\"a\":1}\n{\"bad\n[1]\n{\"b\":2} x\n{\"c\":3}", "a BIGINT, c BIGINT")
	f(`{"a":"1\n2"}`+"\n"+`{"a":"`+strings.Repeat("x", 300_000)+`"}`, "a VARCHAR")
}

// TestInferCSV learns columns from records.
func TestInferCSV(t *testing.T) {
	f := func(text, want string, options ...string) {
		t.Helper()
		for _, name := range []string{"a.csv", "a.csv.gz"} {
			if got, err := infer(t, text, name, options...); err != nil || got != want {
				t.Errorf("%s %s: %s %v, want %s", name, text, got, err, want)
			}
		}
	}
	f("a,b,c,d\n1,1.5,x,true\n-2,3,\"y\nz\",False\n", "a BIGINT, b DOUBLE, c VARCHAR, d BOOLEAN")
	f("\xEF\xBB\xBFa,\"b c\"\r\n,2024-01-01 00:00:00\r\n5,\r\n", "a BIGINT, b c TIMESTAMP")
	f("zip,n,e\n007,+1,1e5\n", "zip VARCHAR, n BIGINT, e DOUBLE")
	f("a,b\n 1 ,\"2\"\n", "a BIGINT, b BIGINT")
	f("a,b,c\n1,NaN,-Infinity\n2,0.5,1\n", "a BIGINT, b DOUBLE, c DOUBLE")
	f("a,,b\n1,2,\n", "a BIGINT, b VARCHAR")
	f("a\n", "a VARCHAR")
	f("1,x\n2,y", "c1 BIGINT, c2 VARCHAR", "csv.header", "false")
	f("# no\na;b\n'1;';2\n#3;4\n", "a VARCHAR, b BIGINT", "csv.field-delimiter", ";", "csv.quote", "'", "csv.allow-comments", "true")
	f("a,b\nNULL,1\n2,NULL\n", "a BIGINT, b BIGINT", "csv.null-literal", "NULL")
	f("a,b\n1,2\nbad\n\"x\"y,1\n3,4\n", "a BIGINT, b BIGINT")
	f("a,b\n1,\""+strings.Repeat("long\n", 50_000)+"\"\n", "a BIGINT, b VARCHAR")
	f("a,b\n1,\"{\"\"x\"\":1}\"\n", "a BIGINT, b VARCHAR")
}

// TestInferLimits looks at as many rows as it is told, in the order of the files.
func TestInferLimits(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "in/1.ndjson"), "")
	write(t, filepath.Join(dir, "in/2.ndjson"), "{\"a\":1}\n")
	write(t, filepath.Join(dir, "in/3.ndjson.gz"), pack(t, ".gz", "{\"b\":1}\n{\"c\":1}\n"))
	write(t, filepath.Join(dir, "cut.ndjson.gz"), pack(t, ".gz", strings.Repeat("{\"b\":1}\n", 9))[:30])
	write(t, filepath.Join(dir, "csv/1.csv"), "a,b\n")
	write(t, filepath.Join(dir, "csv/2.csv"), "b,a\n1,x\n")
	for name, text := range map[string]string{
		"empty.ndjson": "", "blank.ndjson": "\n \n", "array.json": "[\n{\"a\":1},\n{\"a\":2}]", "none.ndjson": "{}\n", "empty.csv": "", "twice.csv": "a,a\n1,2\n", "open.csv": "\"a\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	f := func(path, rows, want string) {
		t.Helper()
		table := tableOf(dir, path)
		if rows != "" {
			table.Options["infer.rows"] = rows
		}
		cols, err := New().Infer(context.Background(), table)
		got := ir.NewSchema(cols...).String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s %s: %s, want %s", path, rows, got, want)
		}
	}
	f("in", "1", "a BIGINT")
	f("in", "2", "a BIGINT, b BIGINT")
	f("in/*", "3", "a BIGINT, b BIGINT, c BIGINT")
	f("csv", "5", "b BIGINT, a VARCHAR")
	f("empty.ndjson", "5", "empty.ndjson: there are no rows")
	f("blank.ndjson", "5", "blank.ndjson: there are no rows")
	f("none.ndjson", "5", "none.ndjson: the objects have no fields")
	f("array.json", "5", "array.json: no line is a JSON object; the first one: the line begins with [ instead of {; to read a file that is one array")
	f("empty.csv", "5", "empty.csv: there are no rows")
	f("twice.csv", "5", `the header names the column "a" twice`)
	f("open.csv", "5", "the header is malformed: a quote is not closed")
	f("cut.ndjson.gz", "50", "cut.ndjson.gz")
	f("missing.csv", "5", "there is no file")
	f("in", "0", "option 'infer.rows' must be a number of rows, at least 1")

	_, err := New().Infer(context.Background(), tableOf(dir, "in"))
	var could *ir.InferError
	if !errors.As(err, &could) || could.Option != "infer.rows" || ir.NewSchema(could.Cols...).String() != "a BIGINT, b BIGINT, c BIGINT" {
		t.Error(err)
	}
}
