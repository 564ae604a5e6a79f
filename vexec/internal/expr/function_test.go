package expr

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/vtest"
)

// fn is a call with the casts that the binder puts in.
func fn(t *testing.T, name string, args ...any) ir.Expr {
	t.Helper()
	f := ir.LookupFunction(name)
	if f == nil {
		t.Fatalf("no function %s", name)
	}
	list, types := make([]ir.Expr, len(args)), make([]*ir.Type, len(args))
	for i, a := range args {
		list[i] = operand(a)
		types[i] = list[i].Type()
	}
	want, ret, err := f.Resolve(types)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for i := range list {
		if !types[i].Equal(want[i]) {
			list[i] = &ir.Cast{X: list[i], T: want[i]}
		}
	}
	return &ir.Call{Fn: f.Name, Args: list, T: ret}
}

// ts, date, dec and months are literals of their types in a table of cases.
type (
	ts     string
	date   string
	dec    string // its own precision and scale
	span   int64
	months int
)

// operand turns a Go value into a constant: int is INTEGER, int64 BIGINT.
func operand(a any) ir.Expr {
	switch v := a.(type) {
	case ir.Expr:
		return v
	case nil:
		return &ir.Const{T: ir.TNull}
	case bool:
		return &ir.Const{V: v, T: ir.TBoolean}
	case int:
		return &ir.Const{V: int64(v), T: ir.TInteger}
	case int8:
		return &ir.Const{V: int64(v), T: ir.TTinyInt}
	case int64:
		return &ir.Const{V: v, T: ir.TBigInt}
	case float64:
		return &ir.Const{V: v, T: ir.TDouble}
	case float32:
		return &ir.Const{V: float64(v), T: ir.TReal}
	case string:
		return &ir.Const{V: v, T: ir.TVarchar}
	case ts:
		return &ir.Const{V: vtest.TS(string(v)), T: ir.TTimestamp}
	case date:
		return &ir.Const{V: vtest.TS(string(v)) / dayMicros, T: ir.TDate}
	case span:
		return &ir.Const{V: int64(v), T: ir.TInterval}
	case months:
		return &ir.Const{V: int64(v), T: ir.TIntervalMonth}
	case dec:
		_, frac, _ := strings.Cut(string(v), ".")
		t := ir.TDecimal(len(strings.Trim(strings.Replace(string(v), ".", "", 1), "-")), len(frac))
		return &ir.Const{V: vtest.Dec(string(v), t.S), T: t}
	}
	panic("no operand")
}

func list(a ...any) []any { return a }

const (
	maxInt  = math.MaxInt32
	maxLong = int64(math.MaxInt64)
	minLong = int64(math.MinInt64)
)

type testCase struct {
	fn   string
	args []any
	want string
}

// cases has at least six cases a function; error cases begin with "error: ".
var cases = []testCase{
	{"+", list(1, 2), "3"},
	{"+", list(1, nil), "NULL"},
	{"+", list(maxInt, 1), "error: integer overflow"},
	{"+", list(maxInt, int64(1)), "2147483648"},
	{"+", list(1.5, 1), "2.5"},
	{"+", list(dec("1.50"), dec("0.005")), "1.505"},
	{"+", list(ts("2024-01-31 00:00:00"), months(1)), "2024-02-29 00:00:00"},
	{"+", list(span(1_000_000), ts("2024-01-31 00:00:00")), "2024-01-31 00:00:01"},
	{"+", list(date("2024-01-31"), months(13)), "2025-02-28"},
	{"-", list(3, 1), "2"},
	{"-", list(nil, 1), "NULL"},
	{"-", list(minLong, int64(1)), "error: integer overflow"},
	{"-", list(ts("2024-01-01 00:00:01"), ts("2024-01-01 00:00:00.5")), "500ms"},
	{"-", list(dec("1.0"), dec("0.25")), "0.75"},
	{"-", list(ts("2024-03-31 00:00:00"), months(1)), "2024-02-29 00:00:00"},
	{"-", list(math.Inf(1), math.Inf(1)), "NaN"},
	{"*", list(3, -4), "-12"},
	{"*", list(dec("0.908"), 1000), "908.000"},
	{"*", list(maxLong, int64(2)), "error: integer overflow"},
	{"*", list(int8(64), int8(2)), "error: integer overflow"},
	{"*", list(span(1_000_000), 90), "1m30s"},
	{"*", list(nil, 2.5), "NULL"},
	{"*", list(0.1, 3.0), "0.30000000000000004"},
	{"/", list(7, 2), "3"},
	{"/", list(-7, 2), "-3"},
	{"/", list(1, 0), "error: division by zero"},
	{"/", list(minLong, int64(-1)), "error: integer overflow"},
	{"/", list(1.0, 0.0), "Infinity"},
	{"/", list(dec("1"), dec("3")), "0.333333"},
	{"/", list(dec("1"), dec("0")), "error: division by zero"},
	{"/", list(nil, 0), "NULL"},
	{"%", list(-7, 3), "-1"},
	{"%", list(minLong, int64(-1)), "0"},
	{"%", list(1, 0), "error: division by zero"},
	{"%", list(5.5, 2.0), "1.5"},
	{"%", list(dec("5.5"), dec("2")), "1.5"},
	{"%", list(1.0, 0.0), "NaN"},
	{"%", list(1, nil), "NULL"},
	{"NEG", list(2), "-2"},
	{"NEG", list(minLong), "error: integer overflow"},
	{"NEG", list(dec("-1.5")), "1.5"},
	{"NEG", list(0.0), "-0.0"},
	{"NEG", list(nil), "NULL"},
	{"NEG", list(span(1_000_000)), "-1s"},
	{"=", list(1, 1), "true"},
	{"=", list(1, int64(2)), "false"},
	{"=", list(math.NaN(), math.NaN()), "true"},
	{"=", list(0.0, math.Copysign(0, -1)), "true"},
	{"=", list("a text of more than twelve", "a text of more than twelve"), "true"},
	{"=", list(nil, 1), "NULL"},
	{"=", list(dec("1.50"), dec("1.5")), "true"},
	{"=", list("2024-01-01 00:00:00", ts("2024-01-01 00:00:00")), "true"},
	{"<>", list(1, 1), "false"},
	{"<>", list("a", "b"), "true"},
	{"<>", list(nil, nil), "NULL"},
	{"<>", list(math.NaN(), 1.0), "true"},
	{"<>", list(true, false), "true"},
	{"<>", list(dec("0.1"), dec("0.10")), "false"},
	{"<", list(1, 2), "true"},
	{"<", list(2.0, math.NaN()), "true"},
	{"<", list(math.NaN(), 2.0), "false"},
	{"<", list("abc", "abcd"), "true"},
	{"<", list("Z", "a"), "true"},
	{"<", list(false, true), "true"},
	{"<", list(nil, 2), "NULL"},
	{"<", list(date("2024-01-01"), ts("2024-01-01 00:00:01")), "true"},
	{"<=", list(2, 2), "true"},
	{"<=", list(3, 2), "false"},
	{"<=", list(math.NaN(), math.NaN()), "true"},
	{"<=", list("", "a"), "true"},
	{"<=", list(dec("-1.5"), dec("-1.50")), "true"},
	{"<=", list(1, nil), "NULL"},
	{">", list(1, 2), "false"},
	{">", list(math.NaN(), math.Inf(1)), "true"},
	{">", list("é", "z"), "true"},
	{">", list(dec("99999999999999999999.1"), dec("1")), "true"},
	{">", list(nil, nil), "NULL"},
	{">", list(ts("2024-01-01 00:00:00.000001"), ts("2024-01-01 00:00:00")), "true"},
	{">=", list(2, 2), "true"},
	{">=", list(1, 2), "false"},
	{">=", list(math.NaN(), 1.0), "true"},
	{">=", list(1.0, math.NaN()), "false"},
	{">=", list("exactly12byt", "exactly12bys"), "true"},
	{">=", list(nil, 1), "NULL"},
	{"IS DISTINCT FROM", list(1, nil), "true"},
	{"IS DISTINCT FROM", list(nil, nil), "false"},
	{"IS DISTINCT FROM", list(1, 1), "false"},
	{"IS DISTINCT FROM", list(1, 2), "true"},
	{"IS DISTINCT FROM", list(math.NaN(), math.NaN()), "false"},
	{"IS DISTINCT FROM", list("a", nil), "true"},
	{"IS NOT DISTINCT FROM", list(nil, nil), "true"},
	{"IS NOT DISTINCT FROM", list(nil, 1), "false"},
	{"IS NOT DISTINCT FROM", list(1, 1), "true"},
	{"IS NOT DISTINCT FROM", list("a", "b"), "false"},
	{"IS NOT DISTINCT FROM", list(math.NaN(), 1.0), "false"},
	{"IS NOT DISTINCT FROM", list(true, true), "true"},
	{"AND", list(true, true), "true"},
	{"AND", list(true, false), "false"},
	{"AND", list(false, nil), "false"},
	{"AND", list(nil, false), "false"},
	{"AND", list(true, nil), "NULL"},
	{"AND", list(nil, nil), "NULL"},
	{"AND", list(true, true, false), "false"},
	{"OR", list(false, false), "false"},
	{"OR", list(true, nil), "true"},
	{"OR", list(nil, true), "true"},
	{"OR", list(false, nil), "NULL"},
	{"OR", list(nil, nil), "NULL"},
	{"OR", list(false, false, true), "true"},
	{"NOT", list(true), "false"},
	{"NOT", list(false), "true"},
	{"NOT", list(nil), "NULL"},
	{"NOT", list(ir.Expr(&ir.Const{V: true, T: ir.TBoolean})), "false"},
	{"NOT", list(ir.Expr(&ir.Const{T: ir.TBoolean})), "NULL"},
	{"NOT", list(ir.Expr(&ir.Call{Fn: "NOT", Args: []ir.Expr{operand(true)}, T: ir.TBoolean})), "true"},
	{"IS NULL", list(nil), "true"},
	{"IS NULL", list(1), "false"},
	{"IS NULL", list(""), "false"},
	{"IS NULL", list(ir.Expr(&ir.Const{T: ir.TDouble})), "true"},
	{"IS NULL", list(math.NaN()), "false"},
	{"IS NULL", list(false), "false"},
	{"IS NOT NULL", list(nil), "false"},
	{"IS NOT NULL", list(1), "true"},
	{"IS NOT NULL", list(""), "true"},
	{"IS NOT NULL", list(ir.Expr(&ir.Const{T: ir.TVarchar})), "false"},
	{"IS NOT NULL", list(0.0), "true"},
	{"IS NOT NULL", list(dec("0.0")), "true"},
	{"IS TRUE", list(true), "true"}, {"IS TRUE", list(false), "false"}, {"IS TRUE", list(nil), "false"},
	{"IS NOT TRUE", list(true), "false"}, {"IS NOT TRUE", list(false), "true"}, {"IS NOT TRUE", list(nil), "true"},
	{"IS FALSE", list(true), "false"}, {"IS FALSE", list(false), "true"}, {"IS FALSE", list(nil), "false"},
	{"IS NOT FALSE", list(true), "true"}, {"IS NOT FALSE", list(false), "false"}, {"IS NOT FALSE", list(nil), "true"},
	{"COALESCE", list(nil, 2), "2"},
	{"COALESCE", list(1, 2), "1"},
	{"COALESCE", list(nil, nil), "NULL"},
	{"COALESCE", list("", "x"), ""},
	{"COALESCE", list(nil, nil, "a text of more than twelve"), "a text of more than twelve"},
	{"COALESCE", list(nil, dec("1.5"), 2), "1.5"},
	{"NULLIF", list(1, 1), "NULL"},
	{"NULLIF", list(1, 2), "1"},
	{"NULLIF", list(nil, 1), "NULL"},
	{"NULLIF", list(1, nil), "1"},
	{"NULLIF", list("a", "a"), "NULL"},
	{"NULLIF", list(math.NaN(), math.NaN()), "NULL"},
	{"GREATEST", list(1, 3, 2), "3"},
	{"GREATEST", list(1, nil), "NULL"},
	{"GREATEST", list(1.0, math.NaN()), "NaN"},
	{"GREATEST", list("a", "b text of more than twelve", "B"), "b text of more than twelve"},
	{"GREATEST", list(5), "5"},
	{"GREATEST", list(dec("1.50"), dec("1.6")), "1.60"},
	{"LEAST", list(2, 1), "1"},
	{"LEAST", list(nil, 1), "NULL"},
	{"LEAST", list(math.NaN(), 1.0), "1.0"},
	{"LEAST", list("b", "a"), "a"},
	{"LEAST", list(true, false), "false"},
	{"LEAST", list(ts("2024-01-02 00:00:00"), ts("2024-01-01 00:00:00")), "2024-01-01 00:00:00"},
	{"ABS", list(-3), "3"},
	{"ABS", list(int8(-128)), "error: integer overflow"},
	{"ABS", list(minLong), "error: integer overflow"},
	{"ABS", list(-2.5), "2.5"},
	{"ABS", list(dec("-0.5")), "0.5"},
	{"ABS", list(nil), "NULL"},
	{"SIGN", list(-3), "-1"},
	{"SIGN", list(0), "0"},
	{"SIGN", list(maxLong), "1"},
	{"SIGN", list(-2.5), "-1.0"},
	{"SIGN", list(math.NaN()), "NaN"},
	{"SIGN", list(dec("-2.5")), "-1.0"},
	{"SIGN", list(nil), "NULL"},
	{"CEIL", list(dec("1.2")), "2"},
	{"CEIL", list(dec("-1.2")), "-1"},
	{"CEIL", list(1.2), "2.0"},
	{"CEIL", list(3), "3"},
	{"CEIL", list(dec("9.9")), "10"},
	{"CEIL", list(nil), "NULL"},
	{"FLOOR", list(dec("1.8")), "1"},
	{"FLOOR", list(dec("-1.2")), "-2"},
	{"FLOOR", list(-1.2), "-2.0"},
	{"FLOOR", list(-3), "-3"},
	{"FLOOR", list(math.Inf(-1)), "-Infinity"},
	{"FLOOR", list(nil), "NULL"},
	{"ROUND", list(2.5), "3.0"},
	{"ROUND", list(-2.5), "-3.0"},
	{"ROUND", list(dec("2.5")), "3"},
	{"ROUND", list(dec("9.99"), 1), "10.00"},
	{"ROUND", list(dec("1.25"), 1), "1.30"},
	{"ROUND", list(2.675, 2), "2.68"},
	{"ROUND", list(1250, -2), "1300"},
	{"ROUND", list(maxInt, -1), "error: integer overflow"},
	{"TRUNCATE", list(dec("2.59"), 1), "2.50"},
	{"TRUNCATE", list(dec("-2.59")), "-2"},
	{"TRUNCATE", list(-2.7), "-2.0"},
	{"TRUNCATE", list(1299, -2), "1200"},
	{"TRUNCATE", list(1.005, 2), "1.0"},
	{"TRUNCATE", list(nil), "NULL"},
	{"POWER", list(2, 10), "1024.0"}, {"POWER", list(2, -1), "0.5"}, {"POWER", list(-8, dec("0.5")), "NaN"},
	{"POWER", list(0, 0), "1.0"}, {"POWER", list(nil, 2), "NULL"}, {"POWER", list(10, 400), "Infinity"},
	{"SQRT", list(9), "3.0"}, {"SQRT", list(-1), "NaN"}, {"SQRT", list(0), "0.0"}, {"SQRT", list(dec("2.25")), "1.5"},
	{"SQRT", list(nil), "NULL"}, {"SQRT", list(math.Inf(1)), "Infinity"},
	{"EXP", list(0), "1.0"}, {"EXP", list(1), "2.718281828459045"}, {"EXP", list(1000), "Infinity"}, {"EXP", list(-1000), "0.0"},
	{"EXP", list(nil), "NULL"}, {"EXP", list(math.NaN()), "NaN"},
	{"LN", list(1), "0.0"}, {"LN", list(0), "-Infinity"}, {"LN", list(-1), "NaN"}, {"LN", list(math.E), "1.0"},
	{"LN", list(nil), "NULL"}, {"LN", list(math.Inf(1)), "Infinity"},
	{"LOG10", list(100), "2.0"}, {"LOG10", list(0), "-Infinity"}, {"LOG10", list(-1), "NaN"}, {"LOG10", list(1), "0.0"},
	{"LOG10", list(nil), "NULL"}, {"LOG10", list(0.001), "-3.0"},
	{"||", list("a", "b"), "ab"}, {"||", list("a", nil), "NULL"}, {"||", list("", ""), ""}, {"||", list("é", 1), "é1"},
	{"||", list("twelve bytes", "!"), "twelve bytes!"}, {"||", list(true, dec("1.50")), "true1.50"},
	{"CONCAT", list("a", 1), "a1"}, {"CONCAT", list("a", nil, "b"), "NULL"}, {"CONCAT", list("a"), "a"},
	{"CONCAT", list("a", "b", "c", "d"), "abcd"}, {"CONCAT", list(1.5, "x"), "1.5x"},
	{"CONCAT", list(ts("2024-01-02 03:04:05"), "x"), "2024-01-02 03:04:05x"},
	{"LOWER", list("AbC"), "abc"}, {"LOWER", list("ÄÖ"), "äö"}, {"LOWER", list(""), ""}, {"LOWER", list(nil), "NULL"},
	{"LOWER", list("A TEXT OF MORE THAN TWELVE"), "a text of more than twelve"}, {"LOWER", list("日本"), "日本"},
	{"UPPER", list("AbC"), "ABC"}, {"UPPER", list("äö"), "ÄÖ"}, {"UPPER", list(""), ""}, {"UPPER", list(nil), "NULL"},
	{"UPPER", list("a text of more than twelve"), "A TEXT OF MORE THAN TWELVE"}, {"UPPER", list("a1_"), "A1_"},
	{"TRIM", list("  a "), "a"}, {"TRIM", list("xxaxx", "x"), "a"}, {"TRIM", list("\ta "), "\ta"}, {"TRIM", list(""), ""},
	{"TRIM", list(nil), "NULL"}, {"TRIM", list("éaé", "é"), "a"}, {"TRIM", list("a", nil), "NULL"},
	{"LTRIM", list("  a "), "a "}, {"LTRIM", list("xyz", "yx"), "z"}, {"LTRIM", list("   "), ""}, {"LTRIM", list(nil), "NULL"},
	{"LTRIM", list("a", ""), "a"}, {"LTRIM", list("  a text of more than twelve"), "a text of more than twelve"},
	{"RTRIM", list(" a  "), " a"}, {"RTRIM", list("xyz", "zy"), "x"}, {"RTRIM", list("   "), ""}, {"RTRIM", list(nil), "NULL"},
	{"RTRIM", list("日本", "本"), "日"}, {"RTRIM", list("a text of more than twelve   "), "a text of more than twelve"},
	{"CHAR_LENGTH", list("héé"), "3"}, {"CHAR_LENGTH", list(""), "0"}, {"CHAR_LENGTH", list("日本語"), "3"}, {"CHAR_LENGTH", list(nil), "NULL"},
	{"CHAR_LENGTH", list("a text of more than twelve"), "26"}, {"CHAR_LENGTH", list("😀"), "1"},
	{"OCTET_LENGTH", list("é"), "2"}, {"OCTET_LENGTH", list(""), "0"}, {"OCTET_LENGTH", list("abc"), "3"}, {"OCTET_LENGTH", list(nil), "NULL"},
	{"OCTET_LENGTH", list("a text of more than twelve"), "26"}, {"OCTET_LENGTH", list("😀"), "4"},
	{"SUBSTRING", list("hello", 2, 3), "ell"}, {"SUBSTRING", list("hello", 2), "ello"}, {"SUBSTRING", list("hello", -2), "lo"},
	{"SUBSTRING", list("hello", 0, 2), "he"}, {"SUBSTRING", list("hello", 9), ""}, {"SUBSTRING", list("hello", 1, -1), "NULL"},
	{"SUBSTRING", list("hello", -9, 2), ""}, {"SUBSTRING", list("日本語", 2, 1), "本"}, {"SUBSTRING", list(nil, 1), "NULL"},
	{"SUBSTRING", list("a text of more than twelve", 3, 20), "text of more than tw"},
	{"LEFT", list("hello", 2), "he"}, {"LEFT", list("hello", 0), ""}, {"LEFT", list("hello", -1), ""}, {"LEFT", list("hé", 9), "hé"},
	{"LEFT", list(nil, 1), "NULL"}, {"LEFT", list("日本語", 2), "日本"},
	{"RIGHT", list("hello", 2), "lo"}, {"RIGHT", list("hello", 0), ""}, {"RIGHT", list("hello", -1), ""}, {"RIGHT", list("hé", 9), "hé"},
	{"RIGHT", list("a", nil), "NULL"}, {"RIGHT", list("日本語", 2), "本語"},
	{"POSITION", list("l", "hello"), "3"}, {"POSITION", list("z", "hello"), "0"}, {"POSITION", list("", "hello"), "1"},
	{"POSITION", list("語", "日本語"), "3"}, {"POSITION", list(nil, "a"), "NULL"}, {"POSITION", list("a", ""), "0"},
	{"REPLACE", list("aba", "a", "x"), "xbx"}, {"REPLACE", list("aba", "", "x"), "aba"}, {"REPLACE", list("aba", "a", ""), "b"},
	{"REPLACE", list("aaa", "aa", "b"), "ba"}, {"REPLACE", list("a", nil, "b"), "NULL"}, {"REPLACE", list("é", "é", "ee"), "ee"},
	{"REVERSE", list("abc"), "cba"}, {"REVERSE", list("日本"), "本日"}, {"REVERSE", list(""), ""}, {"REVERSE", list(nil), "NULL"},
	{"REVERSE", list("a"), "a"}, {"REVERSE", list("a text of more than twelve"), "evlewt naht erom fo txet a"},
	{"STARTS_WITH", list("hello", "he"), "true"}, {"STARTS_WITH", list("hello", "eh"), "false"}, {"STARTS_WITH", list("hello", ""), "true"},
	{"STARTS_WITH", list("", "a"), "false"}, {"STARTS_WITH", list(nil, "a"), "NULL"}, {"STARTS_WITH", list("日本", "日"), "true"},
	{"SPLIT_INDEX", list("a/b", "/", 1), "b"}, {"SPLIT_INDEX", list("a/b", "/", 2), "NULL"}, {"SPLIT_INDEX", list("a/b", "/", -1), "NULL"},
	{"SPLIT_INDEX", list("a//b", "/", 1), ""}, {"SPLIT_INDEX", list("abc", "", 0), "abc"}, {"SPLIT_INDEX", list(nil, "/", 0), "NULL"},
	{"SPLIT_INDEX", list("https://a.example/path/to", "/", 2), "a.example"},
	{"LIKE", list("hello", "h%o"), "true"}, {"LIKE", list("hello", "h_o"), "false"}, {"LIKE", list("日本", "__"), "true"},
	{"LIKE", list("a%b", `a\%_`, `\`), "true"}, {"LIKE", list("axb", `a\%_`, `\`), "false"}, {"LIKE", list(nil, "%"), "NULL"},
	{"LIKE", list("a", `a\`, `\`), `error: the escape character stands before something other than %, _ and itself in 'a\'`},
	{"LIKE", list("a", "a", "xy"), "error: ESCAPE takes one character, not 'xy'"}, {"LIKE", list("", "%"), "true"},
	{"EXTRACT", list("HOUR", ts("2024-01-02 03:04:05")), "3"}, {"EXTRACT", list("DOW", ts("2024-01-07 00:00:00")), "1"},
	{"EXTRACT", list("WEEK", ts("2024-12-30 00:00:00")), "1"}, {"EXTRACT", list("year", date("1969-12-31")), "1969"},
	{"EXTRACT", list("MILLISECOND", ts("2024-01-02 03:04:05.678901")), "678"}, {"EXTRACT", list("EPOCH", ts("1969-12-31 23:59:59.5")), "-1"},
	{"EXTRACT", list("DAY", nil), "NULL"}, {"EXTRACT", list("QUARTER", ts("2024-12-01 00:00:00")), "4"},
	{"DATE_TRUNC", list("HOUR", ts("2024-01-02 03:04:05")), "2024-01-02 03:00:00"}, {"DATE_TRUNC", list("WEEK", ts("2024-01-07 23:00:00")), "2024-01-01 00:00:00"},
	{"DATE_TRUNC", list("year", ts("1969-12-31 23:00:00")), "1969-01-01 00:00:00"}, {"DATE_TRUNC", list("MONTH", date("2024-02-29")), "2024-02-01"},
	{"DATE_TRUNC", list("SECOND", ts("1969-12-31 23:59:59.5")), "1969-12-31 23:59:59"}, {"DATE_TRUNC", list("DAY", nil), "NULL"},
	{"TO_TIMESTAMP", list("2024-01-02 03:04:05"), "2024-01-02 03:04:05"}, {"TO_TIMESTAMP", list("2024-01-02T03:04:05+02:00"), "2024-01-02 01:04:05"},
	{"TO_TIMESTAMP", list("2024-02-30 00:00:00"), "error: '2024-02-30 00:00:00' is not a TIMESTAMP"}, {"TO_TIMESTAMP", list(""), "error: '' is not a TIMESTAMP"},
	{"TO_TIMESTAMP", list(nil), "NULL"}, {"TO_TIMESTAMP", list("2024-01-02"), "2024-01-02 00:00:00"},
	{"TO_TIMESTAMP_LTZ", list(0, 3), "1970-01-01 00:00:00"}, {"TO_TIMESTAMP_LTZ", list(1000), "1970-01-01 00:00:01"},
	{"TO_TIMESTAMP_LTZ", list(-1, 0), "1969-12-31 23:59:59"}, {"TO_TIMESTAMP_LTZ", list(1, 6), "1970-01-01 00:00:00.000001"},
	{"TO_TIMESTAMP_LTZ", list(maxLong, 0), "error: time out of range"}, {"TO_TIMESTAMP_LTZ", list(nil, 3), "NULL"},
	{"TO_TIMESTAMP_LTZ", list(1, 4), "error: the precision is 0, 3 or 6, not 4"},
}

func TestFunctions(t *testing.T) {
	count := map[string]int{}
	for _, c := range slices.Concat(cases, moreCases) {
		count[c.fn]++
		e := fn(t, c.fn, c.args...)
		v, err := EvalConst(e)
		got := ""
		if err != nil {
			got = "error: " + err.Error()
			got = strings.TrimSuffix(got, where(e, ir.Pos{}))
		} else {
			got = ir.FormatValue(v, e.Type())
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", e, got, c.want)
		}
	}
	threes := map[string]bool{"IS TRUE": true, "IS NOT TRUE": true, "IS FALSE": true, "IS NOT FALSE": true}
	for _, f := range ir.Functions() {
		switch n := count[f.Name]; {
		case f.Aggregate || f.Volatile:
		case threes[f.Name]: // there are no more than three values
			if n != 3 {
				t.Errorf("%s has %d cases of three", f.Name, n)
			}
		case n < 6 && !moreFunctions[f.Name]: // TestEveryFunction calls the others, too
			t.Errorf("%s has %d cases, not six", f.Name, n)
		case n < 1:
			t.Errorf("%s has no case", f.Name)
		}
	}
}
