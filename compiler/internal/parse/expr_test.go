package parse

import (
	"strings"
	"testing"
)

// exprs are an expression and how it is printed; "" means the same text. Where
// parentheses group, the printed form shows how.
var exprs = [][2]string{
	// literals
	{"1", ""}, {"-1", ""}, {"0.908", ""}, {".5", ""}, {"00.50", ""}, {"-0.5", ""}, {"-.5", ""}, {"1.", "1"}, {"1e3", "1e+03"}, {"-1.5E-3", "-1.5e-03"},
	{"2147483648", ""}, {"-9223372036854775808", ""}, {"9223372036854775808", ""}, {"99999999999999999999999999999999999999", ""},
	{"'it''s'", ""}, {"''", ""}, {"'a\nb'", ""}, {"x'00ff'", "X'00FF'"}, {"TRUE", ""}, {"false", "FALSE"}, {"null", "NULL"},
	{"DATE '2024-02-29'", ""}, {"time '23:59:59.50'", "TIME '23:59:59.50'"}, {"TIME '07:30'", "TIME '07:30:00'"},
	{"TIMESTAMP '2024-01-02 03:04:05'", ""}, {"TIMESTAMP '2024-01-02T03:04:05.123'", "TIMESTAMP '2024-01-02 03:04:05.123'"},
	{"TIMESTAMP '2024-01-02 03:04:05.123456789'", ""}, {"TIMESTAMP '1969-12-31 23:59:59.999999999'", ""}, {"TIMESTAMP '2024-01-02'", "TIMESTAMP '2024-01-02 00:00:00'"},
	{"TIMESTAMP '0001-01-01 00:00:00.5'", ""}, {"TIMESTAMP '9999-12-31 23:59:59.999999'", ""},
	{"INTERVAL '5' SECOND", ""}, {"interval '5' seconds", "INTERVAL '5' SECOND"}, {"INTERVAL '1:30' MINUTE TO SECOND", "INTERVAL '90' SECOND"},
	{"INTERVAL '0.5' SECONDS", "INTERVAL '0.5' SECOND"}, {"INTERVAL '2 12' DAY TO HOUR", "INTERVAL '60' HOUR"}, {"INTERVAL '1 2:3:4.5' DAY TO SECOND", "INTERVAL '93784.5' SECOND"},
	{"INTERVAL '-5' MINUTE", ""}, {"INTERVAL -'5' MINUTE", "INTERVAL '-5' MINUTE"}, {"INTERVAL +'5' MINUTE", "INTERVAL '5' MINUTE"}, {"INTERVAL '2' YEARS", "INTERVAL '24' MONTH"}, {"INTERVAL '1-6' YEAR TO MONTH", "INTERVAL '18' MONTH"},
	{"INTERVAL '1' QUARTER", "INTERVAL '3' MONTH"}, {"INTERVAL '2' WEEK", "INTERVAL '14' DAY"}, {"INTERVAL '10' MILLISECOND", "INTERVAL '0.01' SECOND"},
	{"INTERVAL '7' MICROSECONDS", "INTERVAL '0.000007' SECOND"}, {"INTERVAL '0' DAY", "INTERVAL '0' DAY"}, {"INTERVAL '100' DAY(3)", "INTERVAL '100' DAY"},
	{"INTERVAL '-0.25' SECOND", ""}, {"INTERVAL '1.5' HOUR", "INTERVAL '90' MINUTE"}, {"INTERVAL '12:30' HOUR TO MINUTE", "INTERVAL '750' MINUTE"},

	{"U&'\\00e9\\+01F600 ''\\\\'", "'é😀 ''\\'"}, {"u&'!0041' UESCAPE '!'", "'A'"}, {"INTERVAL '5' SECOND(2, 3)", "INTERVAL '5' SECOND"},

	// JSON
	{"JSON_VALUE(a, '$.b')", ""}, {"JSON_VALUE(a, '$.b' returning double default 0 + 1 on empty null on error)", "JSON_VALUE(a, '$.b' RETURNING DOUBLE DEFAULT 0 + 1 ON EMPTY NULL ON ERROR)"},
	{"JSON_VALUE(a, '$.b' ERROR ON ERROR DEFAULT c ON EMPTY)", "JSON_VALUE(a, '$.b' DEFAULT c ON EMPTY ERROR ON ERROR)"},
	{"JSON_QUERY(a, '$' WITH WRAPPER)", "JSON_QUERY(a, '$' WITH UNCONDITIONAL ARRAY WRAPPER)"}, {"JSON_QUERY(a, '$' WITHOUT ARRAY WRAPPER EMPTY ARRAY ON EMPTY EMPTY OBJECT ON ERROR)", ""}, {"JSON_QUERY(a, '$' RETURNING ARRAY<VARCHAR> WITH CONDITIONAL ARRAY WRAPPER)", ""},
	{"JSON_EXISTS(a, '$' UNKNOWN ON ERROR)", ""}, {"JSON_EXISTS(a, '$' TRUE ON ERROR) AND b", ""},
	{"JSON_OBJECT()", ""}, {"JSON_OBJECT('a': 1, b VALUE c NULL ON NULL)", "JSON_OBJECT(KEY 'a' VALUE 1, KEY b VALUE c NULL ON NULL)"}, {"JSON_OBJECT(ABSENT ON NULL)", ""},
	{"JSON_OBJECT(KEY value VALUE value, key VALUE key, KEY key VALUE value NULL ON NULL)", "JSON_OBJECT(KEY value VALUE value, KEY key VALUE key, KEY key VALUE value NULL ON NULL)"}, {"JSON_OBJECT(key VALUE value)", "JSON_OBJECT(KEY key VALUE value)"},
	{"JSON_OBJECT(key.a VALUE 1)", "JSON_OBJECT(KEY key.a VALUE 1)"}, {"JSON_OBJECT(key || 'x' VALUE 1)", "JSON_OBJECT(KEY key || 'x' VALUE 1)"}, {"JSON_OBJECT(KEY (a) VALUE 1)", "JSON_OBJECT(KEY a VALUE 1)"},
	{"JSON_ARRAY(1, NULL, absent ABSENT ON NULL)", ""}, {"JSON_ARRAY(NULL ON NULL)", ""}, {"JSON_ARRAY()", ""}, {"JSON_OBJECTAGG(KEY a VALUE b ABSENT ON NULL) FILTER (WHERE c)", ""}, {"JSON_ARRAYAGG(a ORDER BY b DESC NULL ON NULL)", ""},
	{"a IS JSON AND b IS NOT JSON SCALAR", ""}, {"json_object", ""}, {"json_value + json", ""}, {"OVERLAY(a PLACING b FROM 1 FOR 2)", "OVERLAY(a, b, 1, 2)"}, {"ARRAY_AGG(a IGNORE NULLS)", "ARRAY_AGG(a) IGNORE NULLS"},
	{"CASE a WHEN 1, 2 + 3 THEN 'x' WHEN 4 THEN 'y' END", ""},

	// names
	{"a", ""}, {"t.a", ""}, {"t.a.b.c", ""}, {`"a b"`, ""}, {"`a``b`", ""}, {`"a""b"`, ""}, {"t.end", ""}, {"größe", ""}, {"_x$1", ""},
	{"value", ""}, {"time", ""}, {"date", ""}, {"count", ""}, {"user", ""}, {"offset", ""}, {"price", ""}, {"key", ""}, {"type", ""}, {"timestamp", ""},
	{"interval", ""}, {"row", ""}, {"map", ""}, {"array", ""}, {"year", ""}, {"first", ""}, {"limit", ""}, {"exists", ""}, {"cast", ""}, {"set", ""}, {"trim", ""},
	{"time + interval", ""}, {"date - date", ""}, {"position", ""}, {"filter", ""}, {"over", ""}, {"escape", ""}, {"current_x", ""},

	// precedence
	{"a OR b AND NOT c", ""}, {"(a OR b) AND c", ""}, {"NOT (a OR b)", ""}, {"NOT NOT a", ""}, {"a AND b AND c", ""}, {"a AND (b AND c)", ""},
	{"a = b AND c <> d", ""}, {"a != b", "a <> b"}, {"a < b = c", ""}, {"a < (b = c)", ""}, {"NOT a = b", ""}, {"(NOT a) = b", ""}, {"NOT (a = b)", "NOT a = b"},
	{"a + b * c - d", ""}, {"(a + b) * c", ""}, {"a - (b - c)", ""}, {"a - b - c", ""}, {"a / b % c", ""}, {"a || b + c", ""}, {"(a || b) + c", ""}, {"a || b = c", ""},
	{"-a", ""}, {"- a", "-a"}, {"+a", ""}, {"- -a", "-(-a)"}, {"-(5)", ""}, {"- -5", "-(-5)"}, {"a - -5", ""}, {"a -1", "a - 1"}, {"2-1", "2 - 1"}, {"-a * b", ""}, {"-(a * b)", ""}, {"-a[1]", ""}, {"-5[1]", "-(5)[1]"}, {"(-5)[1]", ""},
	{"a IS NULL", ""}, {"a IS NOT NULL", ""}, {"a IS TRUE", ""}, {"a is not false", "a IS NOT FALSE"}, {"a IS UNKNOWN", ""}, {"a = b IS NULL", ""}, {"a = (b IS NULL)", ""}, {"NOT a IS NULL", ""}, {"a IS NULL IS TRUE", ""},
	{"a IS DISTINCT FROM b", ""}, {"a IS NOT DISTINCT FROM b + 1", ""}, {"a IS DISTINCT FROM b AND c", ""}, {"a = (b IS DISTINCT FROM c)", ""},
	{"a BETWEEN 1 AND 2", ""}, {"a NOT BETWEEN 1 AND 2 AND b", ""}, {"a BETWEEN SYMMETRIC b + 1 AND c", ""}, {"a BETWEEN asymmetric 1 AND 2", "a BETWEEN 1 AND 2"}, {"a = b BETWEEN 1 AND 2", ""}, {"(a = b) BETWEEN 1 AND 2", ""}, {"a BETWEEN (b = c) AND d", ""},
	{"a IN (1, 2)", ""}, {"a NOT IN ('x')", ""}, {"a IN (SELECT b FROM t)", ""}, {"a IN ((SELECT 1), 2)", ""}, {"(a, b) IN ((1, 2), (3, 4))", "ROW(a, b) IN (ROW(1, 2), ROW(3, 4))"},
	{"a LIKE 'x%'", ""}, {"a NOT LIKE 'x!%' ESCAPE '!'", ""}, {"a LIKE b || '%' AND c", ""}, {"a SIMILAR TO 'x'", ""}, {"a NOT SIMILAR TO 'x' ESCAPE '!'", ""},

	// calls and forms with words
	{"f()", ""}, {"f(a, 1 + 2)", ""}, {"COUNT(*)", ""}, {"count(DISTINCT a)", ""}, {"SUM(ALL a)", "SUM(a)"}, {"SUM(a) FILTER (WHERE a > 1)", ""}, {"ARRAY_AGG(a ORDER BY b DESC NULLS LAST, c)", ""},
	{`"f"(a)`, ""}, {`"EXTRACT"(a)`, ""}, {`"CAST"(a)`, ""}, {"left(a, 1)", ""}, {"RIGHT(a, 1)", ""}, {"IF(a, b, c)", ""}, {"MOD(a, 2)", ""}, {"REPLACE(a, 'b', 'c')", ""},
	{"CAST(a AS BIGINT)", ""}, {"TRY_CAST(a AS DECIMAL(10, 2))", ""}, {"CAST(a AS TIMESTAMP(3))", ""},
	{"CASE WHEN a THEN 1 END", ""}, {"CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END", ""}, {"CASE a WHEN 1 THEN 'x' ELSE 'y' END", ""}, {"CASE WHEN a THEN CASE WHEN b THEN 1 END END + 1", ""},
	{"EXTRACT(HOUR FROM t)", ""}, {"EXTRACT(hours FROM t)", "EXTRACT(HOUR FROM t)"}, {"EXTRACT('HOUR', t)", "EXTRACT(HOUR FROM t)"}, {"extract(EPOCH FROM t)", ""}, {"EXTRACT('hour', t)", ""},
	{"SUBSTRING(s FROM 2 FOR 3)", "SUBSTRING(s, 2, 3)"}, {"SUBSTRING(s FROM 2)", "SUBSTRING(s, 2)"}, {"SUBSTRING(s, 2, 3)", ""},
	{"POSITION('a' IN b)", "POSITION('a', b)"}, {"POSITION('a' || 'b', c)", ""},
	{"TRIM(s)", ""}, {"TRIM(s, 'x')", ""}, {"TRIM(BOTH 'x' FROM s)", "TRIM(s, 'x')"}, {"TRIM(LEADING 'x' FROM s)", "LTRIM(s, 'x')"}, {"TRIM(TRAILING FROM s)", "RTRIM(s)"}, {"TRIM('x' FROM s)", "TRIM(s, 'x')"}, {"TRIM(both)", ""}, {"TRIM(leading, 'x')", ""},
	{"CEIL(a)", ""}, {"FLOOR(a TO MINUTE)", ""}, {"ceiling(t TO days)", "CEIL(t TO DAY)"}, {"FLOOR(a, 2)", ""},
	{"TIMESTAMPDIFF(DAY, a, b)", "TIMESTAMPDIFF('DAY', a, b)"}, {"TIMESTAMPADD(minutes, 1, t)", "TIMESTAMPADD('MINUTE', 1, t)"}, {"TIMESTAMPADD('MINUTE', 1, t)", ""},
	{"CURRENT_TIMESTAMP", ""}, {"current_timestamp()", "current_timestamp"}, {"PROCTIME()", ""}, {"NOW()", ""},
	{"a[1]", ""}, {"a[1][2]", ""}, {"m['k'].f", ""}, {"f(a).b.c", ""}, {"(a).b", ""}, {"(a + b)[1]", ""}, {"(a).b[1]", ""}, {"t.a[i + 1]", ""}, {"CURRENT_DATE[1]", "(CURRENT_DATE)[1]"},
	{"ROW(a, 1)", ""}, {"ROW()", ""}, {"(a, b)", "ROW(a, b)"}, {"ARRAY[1, 2]", ""}, {"ARRAY[]", ""}, {"MAP['a', 1]", ""}, {"ARRAY[1][1]", "(ARRAY[1])[1]"},
	{"EXISTS (SELECT 1)", ""}, {"NOT EXISTS (SELECT 1)", ""}, {"(SELECT MAX(a) FROM t)", ""}, {"(SELECT 1) + (SELECT 2)", ""}, {"((SELECT 1) + 1)", "(SELECT 1) + 1"}, {"((SELECT 1) UNION (SELECT 2))", "(SELECT 1 UNION SELECT 2)"},
	{"ROW_NUMBER() OVER (PARTITION BY a, b ORDER BY c DESC)", ""}, {"SUM(a) OVER ()", ""}, {"LAG(a, 1) OVER (ORDER BY t)", ""},
	{"SUM(a) OVER (PARTITION BY k ORDER BY t ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)", ""}, {"SUM(a) OVER (ORDER BY t ROWS UNBOUNDED PRECEDING)", "SUM(a) OVER (ORDER BY t ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"},
	{"SUM(a) OVER (RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND UNBOUNDED FOLLOWING)", "SUM(a) OVER (RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND UNBOUNDED FOLLOWING)"}, {"SUM(a) OVER (ROWS BETWEEN CURRENT ROW AND 3 FOLLOWING)", ""},
	{"a /* b */ + -- c\n d", "a + d"},
}

func TestExpr(t *testing.T) {
	for _, c := range exprs {
		in, want := c[0], c[1]
		if want == "" {
			want = in
		}
		text := "SELECT " + in
		f := mustParse(t, text)
		checkSpans(t, f, text)
		got := strings.TrimSuffix(strings.TrimPrefix(checkRound(t, f, text), "SELECT "), ";\n")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

// types are a type and how it is printed.
var types = [][2]string{
	{"BOOLEAN", ""}, {"bool", "BOOLEAN"}, {"TINYINT", ""}, {"SMALLINT", ""}, {"INT", "INTEGER"}, {"INTEGER", ""}, {"BIGINT", ""}, {"REAL", ""}, {"FLOAT", "REAL"}, {"DOUBLE", ""}, {"DOUBLE PRECISION", "DOUBLE"},
	{"DECIMAL", "DECIMAL(38, 18)"}, {"DECIMAL(5)", "DECIMAL(5, 0)"}, {"NUMERIC(10,2)", "DECIMAL(10, 2)"}, {"DEC(38,38)", "DECIMAL(38, 38)"},
	{"VARCHAR", ""}, {"STRING", "VARCHAR"}, {"VARCHAR(2147483647)", "VARCHAR"}, {"VARCHAR(10)", "VARCHAR"}, {"CHAR(3)", "VARCHAR"}, {"CHARACTER VARYING(3)", "VARCHAR"}, {"VARBINARY", ""}, {"BYTES", "VARBINARY"}, {"BINARY(4)", "VARBINARY"},
	{"DATE", ""}, {"TIME", ""}, {"TIME(3)", ""}, {"TIME(0) WITHOUT TIME ZONE", "TIME(0)"}, {"TIMESTAMP", ""}, {"TIMESTAMP(3)", ""}, {"TIMESTAMP(9) WITHOUT TIME ZONE", "TIMESTAMP(9)"},
	{"TIMESTAMP_LTZ(3)", ""}, {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_LTZ"}, {"TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)"}, {"TIMESTAMP(6)", "TIMESTAMP"},
	{"INTERVAL", ""}, {"INTERVAL DAY TO SECOND(3)", "INTERVAL"}, {"INTERVAL DAY(2) TO HOUR", "INTERVAL"}, {"INTERVAL SECOND", "INTERVAL"}, {"INTERVAL YEAR TO MONTH", "INTERVAL MONTH"}, {"INTERVAL MONTH", ""},
	{"ARRAY<INT>", "ARRAY<INTEGER>"}, {"INT ARRAY", "ARRAY<INTEGER>"}, {"INT ARRAY ARRAY", "ARRAY<ARRAY<INTEGER>>"}, {"ARRAY<ARRAY<STRING>>", "ARRAY<ARRAY<VARCHAR>>"}, {"MAP<STRING, DOUBLE>", "MAP<VARCHAR, DOUBLE>"},
	{"ROW<a INT, b ROW<c STRING>>", "ROW<a INTEGER, b ROW<c VARCHAR>>"}, {"ROW(a INT, `order` STRING)", `ROW<a INTEGER, "order" VARCHAR>`}, {"ROW<`a b` INT NOT NULL>", `ROW<"a b" INTEGER>`}, {"JSON", ""},
	{"ARRAY<ROW<time TIME(3), value DECIMAL(3)>>", "ARRAY<ROW<time TIME(3), value DECIMAL(3, 0)>>"},
}

func TestType(t *testing.T) {
	for _, c := range types {
		in, want := c[0], c[1]
		if want == "" {
			want = in
		}
		text := "SELECT CAST(NULL AS " + in + ")"
		f := mustParse(t, text)
		got := strings.TrimSuffix(strings.TrimPrefix(checkRound(t, f, text), "SELECT CAST(NULL AS "), ");\n")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}
