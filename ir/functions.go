package ir

import "slices"

// functions is the registry: operators and the first functions here, the others in files
// by group.
var functions = slices.Concat(basicFunctions, moreNumbers, moreTexts, moreTimes, nestedFunctions, jsonFunctions, aggregates)

// basicFunctions is the first part of the registry. A new scalar function is a line here,
// a kernel in vexec/internal/expr, and the same in plain Go in internal/refinterp.
var basicFunctions = []*Function{
	{Name: "+", Operator: true, Resolve: arith("+"), CanFail: true, Sig: "a + b", Doc: "Sum of numbers, or a time moved by an interval.", Example: "1 + 2 -> 3"},
	{Name: "-", Operator: true, Resolve: arith("-"), CanFail: true, Sig: "a - b", Doc: "Difference of numbers; of times as an interval, of two DATEs the number of days; or a time moved back by an interval.", Example: "DATE '2024-03-01' - DATE '2024-02-28' -> 2"},
	{Name: "*", Operator: true, Resolve: arith("*"), CanFail: true, Sig: "a * b", Doc: "Product of numbers, or of an interval and a number: what is finer than a microsecond is rounded half away from zero.", Example: "0.908 * 1000 -> 908.000"},
	{Name: "/", Operator: true, Resolve: arith("/"), CanFail: true, Sig: "a / b", Doc: "Quotient; of integers it truncates towards zero. An interval divided by a number is an interval.", Example: "7 / 2 -> 3"},
	{Name: "%", Aliases: []string{"MOD"}, Operator: true, Resolve: arith("%"), CanFail: true, Sig: "a % b or MOD(a, b)", Doc: "Remainder with the sign of a.", Example: "MOD(-7, 3) -> -1"},
	{Name: "NEG", Operator: true, Resolve: numericSame("-"), CanFail: true, Sig: "-a", Doc: "The negative of a number or interval.", Example: "-(2) -> -2"},

	{Name: "=", Operator: true, Resolve: compare("="), Sig: "a = b", Doc: "True where both are equal.", Example: "1 = 1 -> true"},
	{Name: "<>", Operator: true, Resolve: compare("<>"), Sig: "a <> b", Doc: "True where they differ.", Example: "1 <> 1 -> false"},
	{Name: "<", Operator: true, Resolve: compare("<"), Sig: "a < b", Doc: "Less.", Example: "1 < 2 -> true"},
	{Name: "<=", Operator: true, Resolve: compare("<="), Sig: "a <= b", Doc: "Less or equal.", Example: "2 <= 2 -> true"},
	{Name: ">", Operator: true, Resolve: compare(">"), Sig: "a > b", Doc: "Greater.", Example: "1 > 2 -> false"},
	{Name: ">=", Operator: true, Resolve: compare(">="), Sig: "a >= b", Doc: "Greater or equal.", Example: "2 >= 2 -> true"},
	{Name: "IS DISTINCT FROM", Operator: true, NullSafe: true, Resolve: compare("IS DISTINCT FROM"), Sig: "a IS DISTINCT FROM b", Doc: "Like <>, with NULL a value like others.", Example: "1 IS DISTINCT FROM NULL -> true"},
	{Name: "IS NOT DISTINCT FROM", Operator: true, NullSafe: true, Resolve: compare("IS NOT DISTINCT FROM"), Sig: "a IS NOT DISTINCT FROM b", Doc: "Like =, with NULL a value like others.", Example: "NULL IS NOT DISTINCT FROM NULL -> true"},

	{Name: "AND", Operator: true, NullSafe: true, Resolve: booleans("AND", -1), Sig: "a AND b", Doc: "Three-valued conjunction; b is not evaluated where a is false.", Example: "TRUE AND NULL -> NULL"},
	{Name: "OR", Operator: true, NullSafe: true, Resolve: booleans("OR", -1), Sig: "a OR b", Doc: "Three-valued disjunction; b is not evaluated where a is true.", Example: "TRUE OR NULL -> true"},
	{Name: "NOT", Operator: true, Resolve: booleans("NOT", 1), Sig: "NOT a", Doc: "Negation.", Example: "NOT FALSE -> true"},
	{Name: "IS NULL", Operator: true, NullSafe: true, Resolve: anyOne("IS NULL", TBoolean), Sig: "a IS NULL", Doc: "True where a is NULL.", Example: "NULL IS NULL -> true"},
	{Name: "IS NOT NULL", Operator: true, NullSafe: true, Resolve: anyOne("IS NOT NULL", TBoolean), Sig: "a IS NOT NULL", Doc: "True where a is not NULL.", Example: "1 IS NOT NULL -> true"},
	{Name: "IS TRUE", Operator: true, NullSafe: true, Resolve: booleans("IS TRUE", 1), Sig: "a IS TRUE", Doc: "True where a is true, else false.", Example: "NULL IS TRUE -> false"},
	{Name: "IS NOT TRUE", Operator: true, NullSafe: true, Resolve: booleans("IS NOT TRUE", 1), Sig: "a IS NOT TRUE", Doc: "False where a is true, else true.", Example: "NULL IS NOT TRUE -> true"},
	{Name: "IS FALSE", Operator: true, NullSafe: true, Resolve: booleans("IS FALSE", 1), Sig: "a IS FALSE", Doc: "True where a is false, else false.", Example: "NULL IS FALSE -> false"},
	{Name: "IS NOT FALSE", Operator: true, NullSafe: true, Resolve: booleans("IS NOT FALSE", 1), Sig: "a IS NOT FALSE", Doc: "False where a is false, else true.", Example: "NULL IS NOT FALSE -> true"},

	{Name: "COALESCE", Aliases: []string{"IFNULL"}, NullSafe: true, Resolve: common("COALESCE", 1, -1, itself), Sig: "COALESCE(a, b, ...)", Doc: "The first argument that is not NULL.", Example: "COALESCE(NULL, 2) -> 2"},
	{Name: "NULLIF", NullSafe: true, Resolve: nullIf, Sig: "NULLIF(a, b)", Doc: "NULL where a = b, else a.", Example: "NULLIF(1, 1) -> NULL"},
	{Name: "GREATEST", Resolve: common("GREATEST", 1, -1, itself), Sig: "GREATEST(a, b, ...)", Doc: "The greatest argument; NULL where one is NULL.", Example: "GREATEST(1, 3, 2) -> 3"},
	{Name: "LEAST", Resolve: common("LEAST", 1, -1, itself), Sig: "LEAST(a, b, ...)", Doc: "The least argument; NULL where one is NULL.", Example: "LEAST(2, 1) -> 1"},

	{Name: "ABS", CanFail: true, Resolve: numericSame("ABS"), Sig: "ABS(x)", Doc: "Absolute value of a number or an interval.", Example: "ABS(-3) -> 3"},
	{Name: "SIGN", Resolve: numericSame("SIGN"), Sig: "SIGN(x)", Doc: "-1, 0 or 1.", Example: "SIGN(-3) -> -1"},
	{Name: "CEIL", Aliases: []string{"CEILING"}, Resolve: rounding("CEIL", false), Sig: "CEIL(x)", Doc: "The least whole number not below x.", Example: "CEIL(1.2) -> 2"},
	{Name: "FLOOR", Resolve: rounding("FLOOR", false), Sig: "FLOOR(x)", Doc: "The greatest whole number not above x.", Example: "FLOOR(1.8) -> 1"},
	{Name: "ROUND", CanFail: true, Resolve: rounding("ROUND", true), Exact: roundedTo(true), Sig: "ROUND(x [, digits])", Doc: "Rounded half away from zero; a DECIMAL has just the digits that are asked for, where these are a constant.", Example: "ROUND(2.5) -> 3"},
	{Name: "TRUNCATE", Resolve: rounding("TRUNCATE", true), Exact: roundedTo(false), Sig: "TRUNCATE(x [, digits])", Doc: "Cut towards zero; a DECIMAL has just the digits that are asked for, where these are a constant.", Example: "TRUNCATE(2.59, 1) -> 2.5"},
	{Name: "POWER", Aliases: []string{"POW"}, Resolve: doubles("POWER", 2), Sig: "POWER(x, y)", Doc: "x to the power of y.", Example: "POWER(2, 10) -> 1024.0"},
	{Name: "SQRT", Resolve: doubles("SQRT", 1), Sig: "SQRT(x)", Doc: "Square root.", Example: "SQRT(9) -> 3.0"},
	{Name: "EXP", Resolve: doubles("EXP", 1), Sig: "EXP(x)", Doc: "e to the power of x.", Example: "EXP(0) -> 1.0"},
	{Name: "LN", Resolve: doubles("LN", 1), Sig: "LN(x)", Doc: "Natural logarithm.", Example: "LN(1) -> 0.0"},
	{Name: "LOG10", Resolve: doubles("LOG10", 1), Sig: "LOG10(x)", Doc: "Decimal logarithm.", Example: "LOG10(100) -> 2.0"},

	{Name: "||", Operator: true, Resolve: concat("||"), Sig: "a || b", Doc: "Texts, or bytes, joined.", Example: "'a' || 'b' -> ab"},
	{Name: "CONCAT", Resolve: concat("CONCAT"), Sig: "CONCAT(a, b, ...)", Doc: "Texts, or bytes, joined; NULL where one is NULL.", Example: "CONCAT('a', 1) -> a1"},
	{Name: "LOWER", Resolve: fixed("LOWER", TVarchar, TVarchar), Sig: "LOWER(s)", Doc: "Lower case.", Example: "LOWER('AbC') -> abc"},
	{Name: "UPPER", Resolve: fixed("UPPER", TVarchar, TVarchar), Sig: "UPPER(s)", Doc: "Upper case.", Example: "UPPER('AbC') -> ABC"},
	{Name: "TRIM", Resolve: optional("TRIM", TVarchar, 1, TVarchar, TVarchar), Sig: "TRIM(s [, chars])", Doc: "Without the spaces (or chars) at both ends.", Example: "TRIM('  a ') -> a"},
	{Name: "LTRIM", Resolve: optional("LTRIM", TVarchar, 1, TVarchar, TVarchar), Sig: "LTRIM(s [, chars])", Doc: "Without the spaces (or chars) at the start.", Example: "LTRIM('  a') -> a"},
	{Name: "RTRIM", Resolve: optional("RTRIM", TVarchar, 1, TVarchar, TVarchar), Sig: "RTRIM(s [, chars])", Doc: "Without the spaces (or chars) at the end.", Example: "RTRIM('a  ') -> a"},
	{Name: "CHAR_LENGTH", Aliases: []string{"CHARACTER_LENGTH", "LENGTH"}, Resolve: fixed("CHAR_LENGTH", TInteger, TVarchar), Sig: "CHAR_LENGTH(s)", Doc: "Number of characters.", Example: "CHAR_LENGTH('héé') -> 3"},
	{Name: "OCTET_LENGTH", Resolve: fixed("OCTET_LENGTH", TInteger, TVarchar), Sig: "OCTET_LENGTH(s)", Doc: "Number of bytes.", Example: "OCTET_LENGTH('é') -> 2"},
	{Name: "SUBSTRING", Aliases: []string{"SUBSTR"}, Resolve: optional("SUBSTRING", TVarchar, 2, TVarchar, TInteger, TInteger), Sig: "SUBSTRING(s, start [, length])", Doc: "Characters from start (1 is the first); also SUBSTRING(s FROM a FOR b).", Example: "SUBSTRING('hello', 2, 3) -> ell"},
	{Name: "LEFT", Resolve: fixed("LEFT", TVarchar, TVarchar, TInteger), Sig: "LEFT(s, n)", Doc: "The first n characters.", Example: "LEFT('hello', 2) -> he"},
	{Name: "RIGHT", Resolve: fixed("RIGHT", TVarchar, TVarchar, TInteger), Sig: "RIGHT(s, n)", Doc: "The last n characters.", Example: "RIGHT('hello', 2) -> lo"},
	{Name: "POSITION", Resolve: fixed("POSITION", TInteger, TVarchar, TVarchar), Sig: "POSITION(part IN s)", Doc: "Where part first stands in s, from 1; 0 where it does not.", Example: "POSITION('l' IN 'hello') -> 3"},
	{Name: "REPLACE", CanFail: true, Resolve: fixed("REPLACE", TVarchar, TVarchar, TVarchar, TVarchar), Sig: "REPLACE(s, from, to)", Doc: "Every from in s replaced.", Example: "REPLACE('aba', 'a', 'x') -> xbx"},
	{Name: "REVERSE", Resolve: fixed("REVERSE", TVarchar, TVarchar), Sig: "REVERSE(s)", Doc: "The characters in reverse order.", Example: "REVERSE('abc') -> cba"},
	{Name: "STARTS_WITH", Aliases: []string{"STARTSWITH"}, Resolve: fixed("STARTS_WITH", TBoolean, TVarchar, TVarchar), Sig: "STARTS_WITH(s, prefix)", Doc: "True where s starts with prefix.", Example: "STARTS_WITH('hello', 'he') -> true"},
	{Name: "SPLIT_INDEX", Resolve: fixed("SPLIT_INDEX", TVarchar, TVarchar, TVarchar, TInteger), Sig: "SPLIT_INDEX(s, sep, i)", Doc: "The part number i, from 0, of s split at sep; NULL where there is none.", Example: "SPLIT_INDEX('a/b', '/', 1) -> b"},
	{Name: "LIKE", Operator: true, Resolve: optional("LIKE", TBoolean, 2, TVarchar, TVarchar, TVarchar), CanFail: true, Sig: "s LIKE pattern [ESCAPE c]", Doc: "True where s matches: % is any text, _ one character.", Example: "'hello' LIKE 'h%o' -> true"},

	{Name: "EXTRACT", CanFail: true, Resolve: extractField, Sig: "EXTRACT(unit FROM t)", Doc: "YEAR, QUARTER, MONTH, WEEK, DAY, DOY, DOW, ISODOW, ISOYEAR, DECADE, CENTURY, MILLENNIUM, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND or EPOCH of a time; of a TIME those of the clock. Of an interval DAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, and EPOCH for all of it in whole seconds, cut towards zero; of one of months YEAR and MONTH.", Example: "EXTRACT(HOUR FROM TIMESTAMP '2024-01-02 03:04:05') -> 3"},
	{Name: "DATE_TRUNC", CanFail: true, Resolve: roundedTime("DATE_TRUNC"), Sig: "DATE_TRUNC(unit, t [, zone])", Doc: "The start of the unit that t is in: of a DATE a DATE, of an instant by the session's clock, or by that of the time zone.", Example: "DATE_TRUNC('HOUR', TIMESTAMP '2024-01-02 03:04:05') -> 2024-01-02 03:00:00"},
	{Name: "TO_TIMESTAMP", CanFail: true, Resolve: optional("TO_TIMESTAMP", TTimestamp, 1, TVarchar, TVarchar), Sig: "TO_TIMESTAMP(s [, pattern])", Doc: "The time that a text writes as YYYY-MM-DD HH:MM:SS[.f] or in ISO form, or by a pattern as in DATE_FORMAT.", Example: "TO_TIMESTAMP('2024-01-02 03:04:05') -> 2024-01-02 03:04:05"},
	{Name: "TO_TIMESTAMP_LTZ", CanFail: true, Resolve: optional("TO_TIMESTAMP_LTZ", TTimestampLTZ, 1, TBigInt, TInteger), Sig: "TO_TIMESTAMP_LTZ(n [, precision])", Doc: "The instant n seconds (precision 0), milliseconds (3) or microseconds (6) after 1970; precision is a constant, 3 by default.", Example: "TO_TIMESTAMP_LTZ(0, 3) -> 1970-01-01 00:00:00"},
}
