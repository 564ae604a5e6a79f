package expr

import (
	"testing"

	"github.com/helios-stream/helios/ir"
)

// moreFunctions are those of moreCases, which has the edges of each: the reference
// interpreter is compared with over random arguments (TestEveryFunction).
var moreFunctions = func() map[string]bool {
	out := map[string]bool{}
	for _, c := range moreCases {
		out[c.fn] = true
	}
	return out
}()

func arr(a ...any) any { return fnExpr("ARRAY", a...) }

func mapLit(a ...any) any { return fnExpr("MAP", a...) }

var moreCases = []testCase{
	{"LOG", list(1), "0.0"}, {"LOG", list(10, 1000), "2.9999999999999996"}, {"LOG", list(-1), "NaN"}, {"LOG2", list(8), "3.0"}, {"LOG2", list(0), "-Infinity"},
	{"SIN", list(0), "0.0"}, {"COS", list(0), "1.0"}, {"TAN", list(0), "0.0"}, {"COT", list(0), "Infinity"}, {"ASIN", list(2), "NaN"}, {"ACOS", list(1), "0.0"},
	{"ATAN", list(0), "0.0"}, {"ATAN2", list(1, 1), "0.7853981633974483"}, {"SINH", list(0), "0.0"}, {"COSH", list(0), "1.0"}, {"TANH", list(0), "0.0"},
	{"DEGREES", list(0), "0.0"}, {"RADIANS", list(180), "3.141592653589793"}, {"PI", list(), "3.141592653589793"}, {"E", list(), "2.718281828459045"},
	{"SIMILAR TO", list("abc", "a(b|x)c"), "true"}, {"SIMILAR TO", list("abc", "a"), "false"}, {"SIMILAR TO", list("a%c", "a!%c", "!"), "true"},
	{"SIMILAR TO", list("ab1", "[a-c]{2}[[:DIGIT:]]"), "true"}, {"SIMILAR TO", list("a", "("), "error: '(': it is not a pattern of SIMILAR TO"},
	{"SIMILAR TO", list("a.c", "a.c"), "true"}, {"SIMILAR TO", list("abc", "a.c"), "false"}, {"SIMILAR TO", list(nil, "a"), "NULL"},
	{"INITCAP", list("ab CD-eF 1x"), "Ab Cd-Ef 1x"}, {"INITCAP", list("éa ÀB"), "Éa Àb"},
	{"LPAD", list("7", 3, "01"), "017"}, {"LPAD", list("hello", 2, "x"), "he"}, {"LPAD", list("a", -1), "NULL"}, {"LPAD", list("a", 3, ""), "NULL"}, {"LPAD", list("a", 3), "  a"},
	{"LPAD", list("a", maxInt, "x"), "error: the text would have more than 67108864 bytes, the most that a function makes"}, {"RPAD", list("é", 3, "日"), "é日日"},
	{"REPEAT", list("ab", 2), "abab"}, {"REPEAT", list("ab", -2), ""}, {"REPEAT", list("", maxInt), ""}, {"REPEAT", list("ab", maxInt), "error: the text would have more than 67108864 bytes, the most that a function makes"},
	{"CONCAT_WS", list(",", "a", nil, 1), "a,1"}, {"CONCAT_WS", list(nil, "a"), "NULL"}, {"CONCAT_WS", list(","), ""}, {"CONCAT_WS", list("", nil, nil), ""},
	{"SPLIT_PART", list("a/b", "/", 2), "b"}, {"SPLIT_PART", list("a/b", "/", -3), ""}, {"SPLIT_PART", list("a/b", "/", 3), ""}, {"SPLIT_PART", list("ab", "", -1), "ab"},
	{"SPLIT_PART", list("a", "/", 0), "error: the number of the part is 1 or more, or negative to count from the end"},
	{"REGEXP_LIKE", list("abc", "b"), "true"}, {"REGEXP_LIKE", list("abc", "^b"), "false"}, {"REGEXP_LIKE", list("a", "("), "error: '(' is no regular expression: missing closing ): `(`"},
	{"REGEXP_LIKE", list("a", "(?=a)"), "error: '(?=a)' is no regular expression: invalid or unsupported Perl syntax: `(?=`"},
	{"REGEXP_EXTRACT", list("foothebar", "foo(.*?)(bar)", 2), "bar"}, {"REGEXP_EXTRACT", list("x", "y"), "NULL"}, {"REGEXP_EXTRACT", list("x", "x", 1), "NULL"}, {"REGEXP_EXTRACT", list("ab", "b"), "b"},
	{"REGEXP_REPLACE", list("foobar", "oo|ar", ""), "fb"}, {"REGEXP_REPLACE", list("a-b", "(.)-(.)", "$2$1"), "ba"}, {"REGEXP_REPLACE", list("a", "a", `\$1`), "$1"},
	{"REGEXP_REPLACE", list("a", "a", "$1"), "error: $1: the regular expression has 0 groups"}, {"REGEXP_REPLACE", list("a", "a", "$"), `error: '$' has a $ without a meaning; write \$ for the character itself`},
	{"ASCII", list("é"), "233"}, {"ASCII", list(""), "0"}, {"CHR", list(int64(97)), "a"}, {"CHR", list(int64(353)), "a"}, {"CHR", list(int64(-1)), ""},
	{"TRANSLATE", list("abcabc", "ab", "x"), "xcxc"}, {"TRANSLATE", list("日本", "本", "é"), "日é"}, {"TRANSLATE", list("aa", "aa", "xy"), "xx"},
	{"OVERLAY", list("hello", "XY", 2), "hXYlo"}, {"OVERLAY", list("hello", "X", 2, 0), "hXello"}, {"OVERLAY", list("hello", "X", 9), "hello"}, {"OVERLAY", list("hello", "X", 5, 10), "hellX"},
	{"LOCATE", list("l", "hello"), "3"}, {"LOCATE", list("l", "hello", 4), "4"}, {"LOCATE", list("l", "hello", 0), "0"}, {"LOCATE", list("", "ab", 3), "3"}, {"INSTR", list("hello", "z"), "0"},
	{"ENDS_WITH", list("hello", "lo"), "true"}, {"ENDS_WITH", list("a", "ba"), "false"},
	{"MD5", list("a"), "0cc175b9c0f1b6a831c399e269772661"}, {"SHA1", list("a"), "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
	{"SHA224", list("a"), "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5"}, {"SHA256", list("a"), "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
	{"SHA384", list(nil), "NULL"}, {"SHA512", list(nil), "NULL"}, {"TO_BASE64", list("é"), "w6k="}, {"FROM_BASE64", list("w6k="), "é"}, {"FROM_BASE64", list("x"), "error: 'x' is not base64"},
	{"HEX", list(255), "FF"}, {"HEX", list(-1), "FFFFFFFFFFFFFFFF"}, {"HEX", list("é"), "C3A9"}, {"UNHEX", list("c3A9"), "x'C3A9'"}, {"UNHEX", list("abc"), "error: 'abc' is not made of pairs of hexadecimal digits"},
	{"ENCODE", list("é", "iso-8859-1"), "x'E9'"}, {"ENCODE", list("日", "US-ASCII"), "x'3F'"}, {"ENCODE", list("a", "UTF-16"), "x'FEFF0061'"},
	{"ENCODE", list("a", "x"), "error: there is no charset 'x'; there are UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE, UTF-16LE"}, {"DECODE", list(fnExpr("UNHEX", "6100"), "UTF-16LE"), "a"},
	{"HASH", list("a"), "620337896427418084"}, {"HASH", list(nil), "-5808592057526012372"},
	{"DATE_FORMAT", list(ts("2024-01-02 13:04:05.678"), "EEE d MMM yy, h:mm:ss.SSS a"), "Tue 2 Jan 24, 1:04:05.678 PM"}, {"DATE_FORMAT", list(date("2024-12-30"), "D 'day' Q"), "365 day 4"},
	{"DATE_FORMAT", list(ts("2024-01-02 00:04:05"), "kk KK hh n"), "24 00 12 0"},
	{"DATE_FORMAT", list(ts("2024-01-02 00:00:00"), "XXX"), "error: the pattern 'XXX': XXX is no field of a time pattern; there are y M d D E a H h K k m s S n Q, and text in ''"},
	{"DATE_FORMAT", list("2024-01-02 03:04:05", "HH"), "03"},
	{"TO_DATE", list("2024-02-29"), "2024-02-29"}, {"TO_DATE", list("290224", "ddMMyy"), "2024-02-29"}, {"TO_DATE", list("30.02.2024", "dd.MM.yyyy"), "error: '30.02.2024' is not a DATE of the form 'dd.MM.yyyy'"},
	{"TIMESTAMPDIFF", list("MONTH", date("2024-01-31"), date("2024-02-29")), "0"}, {"TIMESTAMPDIFF", list("MONTH", ts("2024-03-01 12:00:00"), ts("2024-02-01 13:00:00")), "0"},
	{"TIMESTAMPDIFF", list("HOUR", ts("2024-03-01 12:00:00"), ts("2024-03-01 10:30:00")), "-1"}, {"TIMESTAMPDIFF", list("YEAR", date("2020-02-29"), date("2024-02-28")), "3"},
	{"DATE_CEIL", list("MONTH", date("2024-01-01")), "2024-01-01"}, {"DATE_CEIL", list("WEEK", ts("2024-01-01 00:00:01")), "2024-01-08 00:00:00"},
	{"CONVERT_TZ", list("2024-03-31 02:30:00", "Europe/Berlin", "UTC"), "2024-03-31 01:30:00"}, {"CONVERT_TZ", list("2024-01-01 00:00:00", "UTC", "Nowhere"), "error: there is no time zone 'Nowhere'"},
	{"ARRAY", list(1, nil, int64(3)), "[1,null,3]"}, {"ARRAY", list(), "[]"}, {"MAP", list("a", 1, "b", nil), `{"a":1,"b":null}`}, {"MAP", list("a", 1, "a", 2), `{"a":2}`}, {"MAP", list(nil, 1), "error: a key of a MAP is NULL"},
	{"ROW", list(1, "x", nil), `{"EXPR$0":1,"EXPR$1":"x","EXPR$2":null}`}, {"ITEM", list(arr(1, 2), 2), "2"}, {"ITEM", list(arr(1, 2), 3), "NULL"}, {"ITEM", list(arr(1, 2), 0), "NULL"}, {"ITEM", list(mapLit("a", 1), "a"), "1"}, {"ITEM", list(mapLit("a", 1), "b"), "NULL"},
	{"CARDINALITY", list(arr(1, 2)), "2"}, {"CARDINALITY", list(mapLit("a", 1)), "1"}, {"ELEMENT", list(arr(7)), "7"}, {"ELEMENT", list(arr()), "NULL"}, {"ELEMENT", list(arr(1, 2)), "error: ELEMENT takes an array of one element, not of 2"},
	{"ARRAY_CONTAINS", list(arr(1, 2), 2), "true"}, {"ARRAY_CONTAINS", list(arr(1, nil), nil), "true"}, {"ARRAY_CONTAINS", list(arr(1), nil), "false"}, {"ARRAY_CONTAINS", list(&castNull, 1), "NULL"},
	{"ARRAY_POSITION", list(arr("x", "y"), "y"), "2"}, {"ARRAY_POSITION", list(arr("x"), "z"), "0"}, {"ARRAY_DISTINCT", list(arr(1, nil, 1, nil, 2)), "[1,null,2]"},
	{"ARRAY_CONCAT", list(arr(1), arr(nil, 3), arr(2)), "[1,null,3,2]"}, {"ARRAY_JOIN", list(arr("a", nil, "b"), "-"), "a-b"}, {"ARRAY_JOIN", list(arr(1, nil), "-", "?"), "1-?"},
	{"ARRAY_SLICE", list(arr(1, 2, 3), 2), "[2,3]"}, {"ARRAY_SLICE", list(arr(1, 2, 3), -2, -1), "[2,3]"}, {"ARRAY_SLICE", list(arr(1, 2, 3), 3, 1), "[]"},
	{"ARRAY_SORT", list(arr(2, nil, 1)), "[null,1,2]"}, {"ARRAY_SORT", list(arr(2, nil, 1), false), "[2,1,null]"}, {"ARRAY_SORT", list(arr(2, nil, 1), true, false), "[1,2,null]"},
	{"JSON_VALUE", list(`{"a": "x"}`, "$.a"), "x"}, {"JSON_VALUE", list(`{"a": "x"}`, "$.b"), "NULL"}, {"JSON_VALUE", list(`{"a": "x"}`, "lax $.b", "DEFAULT ON EMPTY", "d"), "d"},
	{"JSON_VALUE", list(`{"a": "x"}`, "$.a", "RETURNING INTEGER; ERROR ON ERROR"), "error: 'x' has another type"}, {"JSON_VALUE", list("{", "$", "ERROR ON ERROR"), "error: it is not JSON"},
	{"JSON_VALUE", list("{}", "x"), "error: the path 'x': a path begins with $"}, {"JSON_VALUE", list("{}", "$", "ERROR ON ERROR"), "error: an object or an array is there, not a scalar"},
	{"JSON_QUERY", list(`{"a": [1, 2]}`, "$.a"), "[1,2]"}, {"JSON_QUERY", list(`{"a": 1}`, "$.a", "WITH CONDITIONAL"), "[1]"}, {"JSON_QUERY", list(`{"a": 1}`, "$.a", "ERROR ON ERROR"), "error: a scalar is there, not an object or an array"},
	{"JSON_EXISTS", list(`{"a": null}`, "$.a"), "false"}, {"JSON_EXISTS", list(`{"a": 1}`, "$.a"), "true"}, {"JSON_EXISTS", list("x", "$", "TRUE ON ERROR"), "true"},
	{"JSON_OBJECT", list("NULL", "a", "1", "b", nil), `{"a":1,"b":null}`}, {"JSON_OBJECT", list("ABSENT", "a", nil), "{}"}, {"JSON_OBJECT", list("NULL", nil, "1"), "error: a key of JSON_OBJECT is NULL"},
	{"JSON_ARRAY", list("ABSENT", "1", nil), "[1]"}, {"JSON_ARRAY", list("NULL", nil), "[null]"}, {"JSON_STRING", list("é\"\n"), `"é\"\n"`}, {"JSON_STRING", list(dec("1.50")), "1.50"},
	{"IS JSON", list(" [1] "), "true"}, {"IS JSON", list(""), "false"}, {"IS JSON OBJECT", list("{}"), "true"}, {"IS JSON ARRAY", list("{}"), "false"}, {"IS JSON SCALAR", list("1"), "true"}, {"IS JSON SCALAR", list("[]"), "false"},
	{"ARRAY_REVERSE", list(arr(1, 2)), "[2,1]"}, {"MAP_KEYS", list(mapLit("a", 1, "b", 2)), `["a","b"]`}, {"MAP_VALUES", list(mapLit("a", 1)), "[1]"}, {"MAP_ENTRIES", list(mapLit("a", 1)), `[{"key":"a","value":1}]`},
}

// castNull is a NULL that is an array.
var castNull = ir.Const{T: &ir.Type{Kind: ir.Array, Elem: ir.TInteger}}

// fnExpr is fn outside of a test.
func fnExpr(name string, args ...any) ir.Expr { return fn(&testing.T{}, name, args...) }
