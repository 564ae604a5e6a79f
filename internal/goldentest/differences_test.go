package goldentest

import (
	"os"
	"strings"
	"testing"
)

// TestDifferences holds what the table in docs/SQL.md says that is done here, where
// Flink and PostgreSQL differ.
func TestDifferences(t *testing.T) {
	docs, err := os.ReadFile("../../docs/SQL.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(docs), "### Where Flink and PostgreSQL differ")
	if !ok {
		t.Fatal("docs/SQL.md has no such table")
	}
	table, _, _ = strings.Cut(table, "\n### ")
	for expr, want := range map[string]string{
		"CONCAT('a', NULL)": "NULL", "GREATEST(1, NULL)": "NULL", "7 / 2": "3", "SUBSTRING('hello', 0, 2)": "he", "SPLIT_INDEX('a/b', '/', 0)": "a", "SPLIT_PART('a/b', '/', 1)": "a",
		"REGEXP_REPLACE('aa', 'a', 'b')": "bb", "REGEXP_EXTRACT('a', 'b')": "NULL", "EXTRACT(DOW FROM DATE '2024-01-07')": "1", "LEFT('hello', -1)": "''", "LPAD('a', 3, '')": "NULL", "CHR(353)": "a",
		"DATE '2024-03-01' - DATE '2024-02-28'": "2", "CAST('-1 02:00:00' AS INTERVAL DAY TO SECOND)": "-26h0m0s", "EXTRACT(EPOCH FROM INTERVAL '0.5' SECOND)": "0",
		"CAST('2024-1-2 3:4:5' AS TIMESTAMP)": "2024-01-02 03:04:05", "CAST('2024-01-02 03:04:05' AS DATE)": "2024-01-02", "DATE_TRUNC('MONTH', DATE '2024-01-31')": "2024-01-01", "DATE '2024-01-31' + INTERVAL '1' DAY": "2024-02-01",
		"CAST(1.5 AS INTEGER)": "1", "ARRAY[1, 2][3]": "NULL", "CAST(ARRAY[1, 2] AS VARCHAR)": "[1,2]", `JSON_QUERY('{"b": 1, "a": [ ]}', '$')`: `{"b":1,"a":[]}`,
	} {
		if !strings.Contains(table, "`"+expr+"`") {
			t.Errorf("the table does not have %s", expr)
		}
		sql := "CREATE MAPPING t (ts TIMESTAMP(3), x INTEGER, WATERMARK FOR ts AS ts) TYPE Memory; SELECT " + expr + " AS v FROM t WHERE x = 1;"
		checkExample(t, expr, sql, want, variant{batch: 2, tasks: 1})
	}
}
