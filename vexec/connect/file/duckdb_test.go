package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/ir"
)

// duckScript reads files with DuckDB and prints their rows, or that there is an error.
const duckScript = `
import sys, json, struct, datetime, decimal, duckdb
def text(v):
    if v is None: return 'NULL'
    if isinstance(v, bool): return str(v).lower()
    if isinstance(v, float): return 'f' + str(struct.unpack('<Q', struct.pack('<d', v))[0])
    if isinstance(v, datetime.datetime): return v.strftime('%Y-%m-%d %H:%M:%S.%f').rjust(26, '0')
    if isinstance(v, datetime.date): return v.isoformat()
    if isinstance(v, datetime.time): return v.strftime('%H:%M:%S.%f')
    if isinstance(v, (bytes, bytearray)): return 'x' + v.hex()
    if isinstance(v, list): return '[' + ','.join(text(x) for x in v) + ']'
    if isinstance(v, dict): return '{' + ','.join(sorted(str(k) + ':' + text(x) for k, x in v.items())) + '}'
    return str(v)
out = []
for c in json.load(sys.stdin):
    try:
        rel = duckdb.sql(c)
        out.append(['|'.join(text(v) for v in row) for row in rel.fetchall()])
    except Exception as e:
        out.append(['error'])
json.dump(out, sys.stdout)
`

// duckCase is a file that both read. differs says why the two must not agree.
type duckCase struct {
	text    string
	cols    []ir.Column
	sql     string // the types, as DuckDB names them
	options map[string]string
	differs string
}

var (
	duckRow = &ir.Type{Kind: ir.Row, Fields: []ir.Field{{Name: "x", Type: ir.TBigInt}, {Name: "l", Type: &ir.Type{Kind: ir.Array, Elem: ir.TVarchar}}}}
	duckMap = &ir.Type{Kind: ir.Map, Key: ir.TVarchar, Elem: ir.TDouble}
)

func duckJSON() []duckCase {
	var out []duckCase
	add := func(typ *ir.Type, sql, differs string, values ...string) {
		for _, v := range values {
			out = append(out, duckCase{text: `{"v":` + v + "}\n", cols: []ir.Column{{Name: "v", Type: typ}}, sql: "v: '" + sql + "'", differs: differs})
		}
	}
	add(ir.TBigInt, "BIGINT", "", `1`, `-9223372036854775808`, `9223372036854775807`, `9223372036854775808`, `"42"`, `null`, `"x"`, `[1]`, `{}`, `1}{`, `01`)
	add(ir.TBigInt, "BIGINT", "a comma behind the last field is refused", `1,`)
	add(ir.TBigInt, "BIGINT", "a fraction is no BIGINT: nothing is rounded in silence", `1.5`, `1e3`)
	add(ir.TBigInt, "BIGINT", "true is no number", `true`)
	add(ir.TBigInt, "BIGINT", "of duplicate fields the last counts", `1,"v":2`)
	add(ir.TTinyInt, "TINYINT", "", `127`, `128`, `-128`)
	add(ir.TDouble, "DOUBLE", "", `0.1`, `-1.5e-300`, `5e-324`, `1.7976931348623157e308`, `123456789.123456789`, `"2.5"`, `9007199254740993`, `0.30000000000000004`, `"Infinity"`, `"abc"`)
	add(ir.TBoolean, "BOOLEAN", "", `true`, `false`, `"true"`, `"maybe"`, `null`)
	add(ir.TBoolean, "BOOLEAN", "a number is no BOOLEAN", `1`)
	add(ir.TVarchar, "VARCHAR", "", `"plain"`, `""`, `"\u00e9\n\t\"\\\/"`, `"\ud83d\ude00"`, `"日本語 and a long text"`, `5`, `true`, `[1,2]`, `{"a":[null]}`, `"a\u0041"`)
	add(ir.TVarchar, "VARCHAR", "a number as text is what stands in the file", `1.50`)
	add(ir.TVarchar, "VARCHAR", "", "\"\xff\"", "\"a\tb\"", `"\x"`, `"open`, `"\ud800"`)
	add(ir.TDecimal(10, 2), "DECIMAL(10,2)", "", `1.5`, `-12345678.91`, `"3.25"`, `123456789`, `null`)
	add(ir.TDecimal(10, 2), "DECIMAL(10,2)", "digits are exact, and halves are rounded away from zero", `1.005`)
	add(ir.TTimestamp, "TIMESTAMP", "", `"2024-01-02 03:04:05"`, `"2024-01-02T03:04:05.123456"`, `"2024-02-30 00:00:00"`, `"2024-01-02T03:04:05Z"`, `"1969-12-31 23:59:59.999999"`, `"no"`)
	add(ir.TTimestamp, "TIMESTAMP", "a time without a day's time is no TIMESTAMP", `"2024-01-02"`)
	add(ir.TDate, "DATE", "", `"2024-02-29"`, `"2023-02-29"`, `"0001-01-01"`, `null`)
	add(ir.TTime, "TIME", "", `"12:34:56"`, `"23:59:59.999999"`, `"25:00:00"`)
	add(duckRow, "STRUCT(x BIGINT, l VARCHAR[])", "", `{"x":1,"l":["a",null,"b"]}`, `{"l":[]}`, `null`, `{"x":null,"y":{"z":1}}`, `{"x":"5"}`, `{"x":"five"}`, `[1]`, `5`)
	add(&ir.Type{Kind: ir.Array, Elem: duckRow}, "STRUCT(x BIGINT, l VARCHAR[])[]", "", `[{"x":1},null,{"l":["q"]}]`, `[]`, `[{"x":[]}]`, `{"x":1}`)
	add(duckMap, "MAP(VARCHAR, DOUBLE)", "", `{"a":1.5,"b":null}`, `{}`, `null`, `{"a":"x"}`)
	add(&ir.Type{Kind: ir.Array, Elem: &ir.Type{Kind: ir.Array, Elem: ir.TBigInt}}, "BIGINT[][]", "", `[[1,2],[],null,[3]]`, `[1]`)
	for _, text := range []string{"{\"v\":1}\r\n\r\n{\"v\":2}", "  {\"v\" : 1 } \n\n{\"other\":[{}]}\n", "{}\n{\"v\":3}\n"} {
		out = append(out, duckCase{text: text, cols: []ir.Column{{Name: "v", Type: ir.TBigInt}}, sql: "v: 'BIGINT'"})
	}
	return append(out, duckCase{text: "\xEF\xBB\xBF{\"v\":1}\n", cols: []ir.Column{{Name: "v", Type: ir.TBigInt}}, sql: "v: 'BIGINT'", differs: "a byte order mark is skipped"})
}

func duckCSV() []duckCase {
	cols := []ir.Column{{Name: "i", Type: ir.TBigInt}, {Name: "s", Type: ir.TVarchar}, {Name: "d", Type: ir.TDouble}}
	add := func(text, differs string, options ...string) duckCase {
		c := duckCase{text: text, cols: cols, sql: "i: 'BIGINT', s: 'VARCHAR', d: 'DOUBLE'", differs: differs, options: map[string]string{}}
		for i := 0; i < len(options); i += 2 {
			c.options[options[i]] = options[i+1]
		}
		return c
	}
	return []duckCase{
		add("i,s,d\n1,a,0.5\n2,b,1e3\n", ""),
		add("i,s,d\r\n1,\"a,b\",0.5\r\n2,\"say \"\"hi\"\"\",-1\r\n", ""),
		add("i,s,d\n1,\"two\nlines\",0.5\n2,x,", ""),
		add("\xEF\xBB\xBFi,s,d\n,ü日😀,\n", ""),
		add("i;s;d\n1;'a;''b';2\n", "", "csv.field-delimiter", ";", "csv.quote", "'"),
		add("i\ts\td\n1\ta b\t2\n", "", "csv.field-delimiter", "\t"),
		add("1,a,0.5\n2,b,1\n", "", "csv.header", "false"),
		add("i,s,d\n1,NULL,NULL\nNULL,x,1\n", "", "csv.null-literal", "NULL"),
		add("i,s,d\nx,a,1\n", ""),
		add("i,s,d\n99999999999999999999,a,1\n", ""),
		add("i,s,d\n1,a\n", ""),
		add("i,s,d\n1,a,1,2\n", ""),
		add("i,s,d\n1,,1\n", "an empty field is the empty string for VARCHAR, as in Flink, not NULL"),
		add("i,s,d\n1.5,a,1\n", "a fraction is no BIGINT: nothing is rounded in silence"),
		add("i,s,d\n1,a\"b,1\n", "a quote inside of a field is refused, not taken as text"),
		add("i,s,d\n1,\"\\\"\",1\n", "", "csv.escape-character", `\`),
		add("i,s,d\n# no\n1,a,2\n", "", "csv.allow-comments", "true"),
	}
}

// query is the case as a query of DuckDB over the file.
func (c *duckCase) query(path string) string {
	if strings.HasSuffix(path, ".ndjson") {
		return fmt.Sprintf("SELECT * FROM read_json('%s', format='newline_delimited', columns={%s})", path, c.sql)
	}
	opt := map[string]string{"delim": ",", "quote": `"`, "escape": `"`, "header": "true"}
	for k, v := range c.options {
		name := map[string]string{"csv.field-delimiter": "delim", "csv.quote": "quote", "csv.header": "header", "csv.null-literal": "nullstr", "csv.escape-character": "escape", "csv.allow-comments": "comment"}[k]
		if name == "quote" {
			opt["escape"] = v
		}
		if name == "comment" {
			v = "#"
		}
		opt[name] = v
	}
	q := fmt.Sprintf("SELECT * FROM read_csv('%s', auto_detect=false, columns={%s}", path, c.sql)
	for k, v := range opt {
		q += fmt.Sprintf(", %s='%s'", k, strings.ReplaceAll(v, "'", "''"))
	}
	return q + ")"
}

// duckText prints a value as duckScript does.
func duckText(v ir.Value, t *ir.Type) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case float64:
		return fmt.Sprintf("f%d", math.Float64bits(x))
	case []ir.Value:
		parts := make([]string, len(x))
		for i := range x {
			if t.Kind == ir.Row {
				parts[i] = t.Fields[i].Name + ":" + duckText(x[i], t.Fields[i].Type)
			} else {
				parts[i] = duckText(x[i], t.Elem)
			}
		}
		if t.Kind == ir.Row {
			slices.Sort(parts)
			return "{" + strings.Join(parts, ",") + "}"
		}
		return "[" + strings.Join(parts, ",") + "]"
	case []ir.MapEntry:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = duckText(x[i].Key, t.Key) + ":" + duckText(x[i].Val, t.Elem)
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ",") + "}"
	case int64:
		switch t.Kind {
		case ir.Timestamp:
			return time.UnixMicro(x).UTC().Format("2006-01-02 15:04:05.000000")
		case ir.Time:
			return time.UnixMicro(x).UTC().Format("15:04:05.000000")
		}
	}
	return ir.FormatValue(v, t)
}

// python finds an interpreter that has DuckDB; the test is skipped without one.
func python(t *testing.T) string {
	for _, p := range []string{os.Getenv("HELIOS_PYTHON"), "../../../bench/.venv/bin/python"} {
		if p != "" && exec.Command(p, "-c", "import duckdb").Run() == nil {
			return p
		}
	}
	t.Skip("there is no Python with DuckDB: make bench/.venv, or set HELIOS_PYTHON")
	return ""
}

// TestDuckDB reads awkward files as DuckDB reads them, but for the differences that
// are meant.
func TestDuckDB(t *testing.T) {
	py := python(t)
	dir := t.TempDir()
	var cases []duckCase
	var paths, queries []string
	for ending, list := range map[string][]duckCase{".ndjson": duckJSON(), ".csv": duckCSV()} {
		for _, c := range list {
			name := fmt.Sprintf("%d%s", len(cases), ending)
			write(t, filepath.Join(dir, name), c.text)
			cases, paths, queries = append(cases, c), append(paths, name), append(queries, c.query(filepath.Join(dir, name)))
		}
	}
	in, _ := json.Marshal(queries)
	cmd := exec.Command(py, "-c", duckScript)
	cmd.Stdin = bytes.NewReader(in)
	printed, err := cmd.Output()
	var want [][]string
	if err != nil || json.Unmarshal(printed, &want) != nil || len(want) != len(cases) {
		t.Fatalf("DuckDB: %v: %s", err, printed)
	}
	for i, c := range cases {
		table := tableOf(dir, paths[i], c.cols...)
		for k, v := range c.options {
			table.Options[k] = v
		}
		how := usual
		how.show = func(vals []ir.Value) string {
			parts := make([]string, len(vals))
			for k, v := range vals {
				parts[k] = duckText(v, c.cols[k].Type)
			}
			return strings.Join(parts, "|")
		}
		out, err := readTable(t, table, how)
		if err != nil {
			t.Fatal(err)
		}
		got := out.rows
		if len(out.bad) > 0 {
			got = []string{"error"}
		}
		same := strings.Join(got, "\n") == strings.Join(want[i], "\n")
		if same != (c.differs == "") {
			t.Errorf("%q as %s: %q %q, DuckDB %q; meant to differ: %q", c.text, c.sql, got, out.badText(), want[i], c.differs)
		}
	}
}
