package goldentest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// typeCase is a type with two literals, the first below the second.
type typeCase struct{ name, low, high string }

var typeCases = []typeCase{
	{"BOOLEAN", "FALSE", "TRUE"},
	{"TINYINT", "CAST(-128 AS TINYINT)", "CAST(127 AS TINYINT)"},
	{"SMALLINT", "CAST(-7 AS SMALLINT)", "CAST(300 AS SMALLINT)"},
	{"INTEGER", "-1", "2147483647"},
	{"BIGINT", "-9223372036854775808", "9223372036854775807"},
	{"REAL", "CAST(0.1 AS REAL)", "CAST(1e10 AS REAL)"},
	{"DOUBLE", "-1.5e0", "1e300"},
	{"DECIMAL(10, 2)", "-1.25", "99999999.99"},
	{"DECIMAL(38, 10)", "-0.0000000001", "9999999999999999999999999999.0000000001"},
	{"VARCHAR", "'a \"quoted\", text'", "'é|a text of more than twelve bytes'"},
	{"VARBINARY", "x'00FF'", "x'68656c6c6f20776f726c642c2068656c6c6f'"},
	{"DATE", "DATE '1969-12-31'", "DATE '2024-02-29'"},
	{"TIME(0)", "TIME '00:00:00'", "TIME '23:59:59'"},
	{"TIME(6)", "TIME '00:00:00.000001'", "TIME '23:59:59.999999'"},
	{"TIMESTAMP(0)", "TIMESTAMP '1969-12-31 23:59:59'", "TIMESTAMP '2024-02-29 12:00:00'"},
	{"TIMESTAMP(3)", "TIMESTAMP '1969-12-31 23:59:59.999'", "TIMESTAMP '2024-02-29 12:00:00.001'"},
	{"TIMESTAMP(6)", "TIMESTAMP '0001-01-01 00:00:00.000001'", "TIMESTAMP '9999-12-31 23:59:59.999999'"},
	{"TIMESTAMP(9)", "TIMESTAMP '1969-12-31 23:59:59.999999999'", "TIMESTAMP '2024-02-29 12:00:00.000000001'"},
	{"TIMESTAMP_LTZ(3)", "CAST(TIMESTAMP '1969-12-31 23:59:59.999' AS TIMESTAMP_LTZ(3))", "CAST(TIMESTAMP '2024-02-29 12:00:00' AS TIMESTAMP_LTZ(3))"},
	{"TIMESTAMP_LTZ(9)", "CAST(TIMESTAMP '1969-12-31 23:59:59.999999999' AS TIMESTAMP_LTZ(9))", "CAST(TIMESTAMP '2024-02-29 12:00:00' AS TIMESTAMP_LTZ(9))"},
	{"INTERVAL DAY TO SECOND", "INTERVAL '-1' DAY", "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
	{"INTERVAL YEAR TO MONTH", "INTERVAL '-1' MONTH", "INTERVAL '2' YEAR"},
	{"ARRAY<INTEGER>", "ARRAY[1, NULL]", "ARRAY[2]"},
	{"ARRAY<DECIMAL(5, 2)>", "ARRAY[1.25]", "ARRAY[1.25, 3.00]"},
	{"MAP<VARCHAR, TIMESTAMP(3)>", "MAP['a', TIMESTAMP '2024-01-01 00:00:00']", "MAP['b', TIMESTAMP '2024-01-01 00:00:00', 'c', NULL]"},
	{"ROW<x INTEGER, y VARCHAR>", "ROW(1, 'a')", "ROW(1, 'b')"},
	{"ROW<x ARRAY<ROW<y DATE>>>", "ROW(ARRAY[ROW(DATE '2024-01-01')])", "ROW(ARRAY[ROW(DATE '2024-01-02'), NULL])"},
	{"JSON", `CAST('{"a":1}' AS JSON)`, `CAST('{"b":[2]}' AS JSON)`},
}

// places are what a query does with columns a and b of a type T and its literals LOW and
// HIGH; those that are not for all types say for which they are.
var typePlaces = []struct{ name, sql, not string }{
	{"read and written", "SELECT id, a, b FROM f", ""},
	{"literal", "SELECT id, LOW AS l, HIGH AS h FROM f", ""},
	{"equal", "SELECT id, a = b AS e, a <> b AS n, a IS DISTINCT FROM b AS d, a IS NULL AS z FROM f", ""},
	{"order", "SELECT id, a < b AS l, a >= b AS g, GREATEST(a, b) AS x, LEAST(a, b) AS y, a BETWEEN LOW AND HIGH AS w FROM f", "MAP"},
	{"filter", "SELECT id FROM f WHERE a = LOW AND b IS NOT NULL", ""},
	{"list", "SELECT id, a IN (LOW, HIGH) AS i, b NOT IN (HIGH) AS n FROM f", ""},
	{"choice", "SELECT id, CASE WHEN id > 2 THEN a ELSE b END AS c, COALESCE(b, a) AS o, NULLIF(a, b) AS n, IF(id = 1, a, b) AS f FROM f", ""},
	{"to text", "SELECT id, CAST(a AS VARCHAR) AS t, JSON_STRING(b) AS j, HASH(a, b) AS h FROM f", ""},
	{"from text", "SELECT id, CAST(CAST(a AS VARCHAR) AS T) AS t, TRY_CAST('nonsense' AS T) AS n FROM f", "ARRAY MAP ROW"},
	{"union", "SELECT a FROM f UNION ALL SELECT b FROM f", ""},
	{"group", "SELECT b, COUNT(*) AS n, COUNT(a) AS k FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, b", ""},
	{"group by two", "SELECT a, b, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end, a, b", ""},
	{"distinct", "SELECT DISTINCT b FROM f", ""},
	{"count distinct", "SELECT COUNT(DISTINCT b) AS n, COUNT(DISTINCT a) AS m FROM f", ""},
	{"sets", "SELECT a FROM f EXCEPT ALL SELECT b FROM f", ""},
	{"partition", "SELECT id, COUNT(*) OVER (PARTITION BY b ORDER BY ts ROWS UNBOUNDED PRECEDING) AS n FROM f", ""},
	{"first of each", "SELECT id FROM f QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY id) = 1", ""},
	{"session", "SELECT b, COUNT(*) AS n FROM TABLE(SESSION(TABLE f PARTITION BY b, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, b", ""},
	{"extremes", "SELECT MIN(a) AS l, MAX(b) AS h FROM TABLE(TUMBLE(TABLE f, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY window_start, window_end", "ARRAY MAP ROW"},
	{"inside", "SELECT id, ARRAY[a, b] AS l, ROW(a, b) AS r, MAP[id, a] AS m, ARRAY[a, b][2] AS i, ARRAY_CONTAINS(ARRAY[a], b) AS c FROM f", ""},
	{"cast inside", "SELECT id, CAST(ARRAY[a, b] AS ARRAY<VARCHAR>) AS t FROM f", ""},
}

// TestTypes puts each type into each place, through each file format, and compares the
// engine with the reference interpreter.
func TestTypes(t *testing.T) {
	formats := []string{"ndjson", "csv", "parquet", "arrow"}
	for i, c := range typeCases {
		for k, format := range formats {
			// Each type goes through each format; what is done with it does not depend on that.
			places := typePlaces[:1]
			if k == i%len(formats) || k == 0 && cannotHold[formats[i%len(formats)]] != "" && strings.Contains(cannotHold[formats[i%len(formats)]], c.name) {
				places = typePlaces
			}
			t.Run(c.name+" "+format, func(t *testing.T) { c.check(t, format, places) })
		}
	}
}

// cannotHold are the types that a format refuses when the query is compiled.
var cannotHold = map[string]string{"parquet": "INTERVAL DAY TO SECOND, INTERVAL YEAR TO MONTH", "arrow": "INTERVAL YEAR TO MONTH"}

func (c typeCase) check(t *testing.T, format string, places []struct{ name, sql, not string }) {
	dir := scratch(t)
	defer os.RemoveAll(dir)
	e := newEngine(dir, 0)
	fill := strings.NewReplacer("LOW", "CAST("+c.low+" AS "+c.name+")", "HIGH", "CAST("+c.high+" AS "+c.name+")", " AS T)", " AS "+c.name+")")
	null := ""
	if format == "csv" {
		null = ", 'csv.null-literal'='~'"
	}
	table := fmt.Sprintf("CREATE MAPPING f (id INTEGER, ts TIMESTAMP(3), a %s, b %s, WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path'='f.%s'%s);\n", c.name, c.name, format, null)
	const ts = "TIMESTAMP '2024-01-01 00:00:00.000'"
	write := table + "INSERT INTO f VALUES (1, " + ts + ", LOW, HIGH), (2, " + ts + ", HIGH, HIGH), (3, " + ts + ", LOW, NULL), (4, " + ts + ", NULL, NULL), (5, " + ts + ", LOW, LOW)"
	v := variant{batch: 2, tasks: 2}
	compiled, err := e.compile(fill.Replace(write), v)
	if strings.Contains(cannotHold[format], c.name) {
		if err == nil || !strings.Contains(err.Error(), "file cannot hold INTERVAL") {
			t.Errorf("%s is not to be held by %s: %v", c.name, format, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.run(compiled, v, ""); err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		if kind, _, _ := strings.Cut(c.name, "<"); strings.Contains(p.not, kind) && strings.Contains(c.name, "<") {
			continue
		}
		for _, v := range []variant{{batch: 2, tasks: 2}, {batch: 1024, tasks: 1, disable: []string{"*"}}} {
			c.place(t, e, v, p.name, table+fill.Replace(p.sql))
		}
	}
}

func (c typeCase) place(t *testing.T, e *engine, v variant, name, sql string) {
	t.Helper()
	compiled, err := e.compile(sql, v)
	if err != nil {
		t.Errorf("%s, %s: %v", c.name, name, err)
		return
	}
	got, err := e.run(compiled, v, "")
	if err != nil {
		t.Errorf("%s, %s: %v", c.name, name, err)
		return
	}
	want, err := e.interpret(compiled.Logical)
	if err != nil {
		t.Errorf("%s, %s: the reference interpreter: %v", c.name, name, err)
		return
	}
	if msg := differ(want.selects[0], got.selects[0], false); msg != "" || len(got.letters) > 0 || len(want.selects[0].rows) == 0 {
		t.Errorf("%s, %s: %s %v", c.name, name, msg, got.letters)
	}
}
