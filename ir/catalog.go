package ir

import "slices"

// forms are what the binder makes other expressions of: they need no kernel and
// resolve nothing themselves.
var forms = []*Function{
	{Name: "CASE", Form: true, Sig: "CASE [x] WHEN a [, ...] THEN r ... [ELSE s] END", Doc: "The first result whose condition is true, or whose value equals x.", Example: "CASE 2 WHEN 1 THEN 'a' WHEN 2, 3 THEN 'b' END -> b"},
	{Name: "IF", Form: true, Sig: "IF(condition, a, b)", Doc: "a where the condition is true, else b.", Example: "IF(1 > 2, 'a', 'b') -> b"},
	{Name: "CAST", Form: true, Sig: "CAST(x AS type)", Doc: "x as another type; a row error where it has no such value.", Example: "CAST('12' AS INTEGER) -> 12"},
	{Name: "TRY_CAST", Form: true, Sig: "TRY_CAST(x AS type)", Doc: "Like CAST, with NULL where x has no such value.", Example: "TRY_CAST('x' AS INTEGER) -> NULL"},
	{Name: "BETWEEN", Form: true, Sig: "x [NOT] BETWEEN [SYMMETRIC] a AND b", Doc: "True where a <= x and x <= b.", Example: "2 BETWEEN 1 AND 3 -> true"},
	{Name: "IN", Form: true, Sig: "x [NOT] IN (a, b, ...)", Doc: "True where x equals one of the values.", Example: "2 IN (1, 2) -> true"},
	{Name: "FLOOR TO", Form: true, Sig: "FLOOR(t TO unit)", Doc: "The start of the unit that t is in: DATE_TRUNC in another spelling.", Example: "FLOOR(TIMESTAMP '2024-01-02 03:04:05' TO HOUR) -> 2024-01-02 03:00:00"},
}

// setForms tell the results of grouping sets apart, in SELECT and HAVING of a query with
// GROUP BY. Their examples are over GROUP BY x.
var setForms = []*Function{
	{Name: "GROUPING", Aliases: []string{"GROUPING_ID"}, Form: true, Sig: "GROUPING(a [, b, ...])", Doc: "0 where the result is of a grouping set with the key a, 1 where a is left out and therefore NULL. Of several keys it is a number with a bit for each, the last one the lowest.", Example: "GROUPING(x) -> 0"},
	{Name: "GROUP_ID", Form: true, Sig: "GROUP_ID()", Doc: "How many grouping sets before that of the result are the same: 0, unless GROUP BY has one twice.", Example: "GROUP_ID() -> 0"},
}

// SetForms lists what tells the results of grouping sets apart.
func SetForms() []*Function { return setForms }

// tableFunctions stand in FROM. Their examples are over a table t with the columns ts
// and x, and say which columns come out.
var tableFunctions = []*Function{
	{Name: "TUMBLE", Table: true, Sig: "TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset])", Doc: "Each row with the window of a fixed size that it is in.", Example: "TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE) -> ts, x, window_start, window_end, window_time"},
	{Name: "HOP", Table: true, Sig: "HOP(TABLE t, DESCRIPTOR(ts), slide, size [, offset])", Doc: "Each row once for each of the overlapping windows that it is in.", Example: "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTES) -> ts, x, window_start, window_end, window_time"},
	{Name: "CUMULATE", Table: true, Sig: "CUMULATE(TABLE t, DESCRIPTOR(ts), step, size [, offset])", Doc: "Each row once for each of the windows that it is in: they begin every size, and end every step from there on.", Example: "CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR, INTERVAL '1' DAY) -> ts, x, window_start, window_end, window_time"},
	{Name: "SESSION", Table: true, Sig: "SESSION(TABLE t [PARTITION BY k, ...], DESCRIPTOR(ts), gap)", Doc: "Each row with the session that it is in: rows of a key that are at most the gap apart.", Example: "SESSION(TABLE t PARTITION BY x, DESCRIPTOR(ts), INTERVAL '10' MINUTES) -> ts, x, window_start, window_end, window_time"},
	{Name: "COUNT_WINDOW", Table: true, Sig: "COUNT_WINDOW(TABLE t [PARTITION BY k, ...], size [, slide])", Doc: "Each row with its window of so many rows of a key, in the order in which they come.", Example: "COUNT_WINDOW(TABLE t PARTITION BY x, 100) -> ts, x, window_start, window_end, window_time"},
	{Name: "IMPOSE_ORDER", Table: true, Sig: "IMPOSE_ORDER(TABLE t, DESCRIPTOR(ts), lag)", Doc: "Makes ts the event time and drops rows that come later than the lag.", Example: "IMPOSE_ORDER(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECONDS) -> ts, x"},
}

// planned are functions of the language that this version does not have yet. A name
// leaves this list when it enters the registry.
var planned = []string{"CURRENT_WATERMARK",
	"JSON_OBJECTAGG", "JSON_ARRAYAGG",
	"FIRST", "LAST", "PREV", "NEXT", "CLASSIFIER", "MATCH_NUMBER"}

// Catalog lists all that SHOW FUNCTIONS, the documentation and the hints at misspelt
// names know: functions and operators, forms, and table functions.
func Catalog() []*Function {
	return slices.Concat(functions, overFunctions, forms, setForms, timeForms, tableFunctions)
}

// TableFunctions lists the functions that stand in FROM.
func TableFunctions() []*Function { return tableFunctions }

// Planned lists functions of the language, scalar or of tables, that this version does
// not have yet.
func Planned() []string { return planned }

// Kind says where f is used: operator, scalar, aggregate, over, form or table.
func (f *Function) Kind() string {
	switch {
	case f.Operator:
		return "operator"
	case f.Aggregate:
		return "aggregate"
	case f.Over:
		return "over"
	case f.Form:
		return "form"
	case f.Table:
		return "table"
	}
	return "scalar"
}
