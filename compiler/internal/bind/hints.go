package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// functionsOfOthers are functions of other databases, and what does the same here.
var functionsOfOthers = map[string]string{
	"NVL":           "write COALESCE($1, $2)",
	"ISNULL":        "write COALESCE(a, b), or $1 IS NULL for a condition",
	"ZEROIFNULL":    "write COALESCE($1, 0)",
	"IIF":           "write IF($1, $2, $3)",
	"LEN":           "write CHAR_LENGTH($1)",
	"CHARINDEX":     "write POSITION($1 IN $2)",
	"DATEADD":       "add an interval: t + INTERVAL '1' DAY",
	"DATE_ADD":      "add an interval: t + INTERVAL '1' DAY",
	"DATE_SUB":      "subtract an interval: t - INTERVAL '1' DAY",
	"DATEDIFF":      "write TIMESTAMPDIFF(DAY, from, to), with your unit for DAY",
	"DATE_DIFF":     "write TIMESTAMPDIFF(DAY, from, to), with your unit for DAY",
	"DATEPART":      "write EXTRACT(HOUR FROM $2), with your unit for HOUR",
	"DATE_PART":     "write EXTRACT(HOUR FROM $2), with your unit for HOUR",
	"TRUNC":         "write TRUNCATE(x, digits), or DATE_TRUNC('HOUR', t) for times",
	"TO_CHAR":       "write DATE_FORMAT($1, 'yyyy-MM-dd HH:mm') for a time, CAST($1 AS VARCHAR) for a number",
	"STRFTIME":      "write DATE_FORMAT($1, 'yyyy-MM-dd HH:mm'), with the pattern that you need",
	"STR":           "write CAST($1 AS VARCHAR)",
	"TO_NUMBER":     "write CAST($1 AS DECIMAL(20, 4)), with the digits that you need",
	"DATE":          "write CAST($1 AS DATE)",
	"STR_TO_DATE":   "write TO_TIMESTAMP($1, 'yyyy-MM-dd HH:mm'), with the pattern of your texts",
	"MEAN":          "write AVG($1)",
	"SUMIF":         "write SUM(x) FILTER (WHERE condition)",
	"SUM_IF":        "write SUM($1) FILTER (WHERE $2)",
	"AVERAGE":       "write AVG($1)",
	"AVERAGEIF":     "write AVG(x) FILTER (WHERE condition)",
	"CONCATENATE":   "write $1 || $2",
	"TEXT":          "write CAST($1 AS VARCHAR)",
	"VALUE":         "write CAST($1 AS DOUBLE)",
	"ISBLANK":       "write $1 IS NULL",
	"VLOOKUP":       "write a join: FROM t JOIN u ON t.k = u.k",
	"XLOOKUP":       "write a join: FROM t JOIN u ON t.k = u.k",
	"CONTAINS":      "write POSITION($2 IN $1) > 0",
	"GROUP_CONCAT":  "write STRING_AGG($1, ',')",
	"DATE_BIN":      "make windows in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '15' MINUTE))",
	"TIME_BUCKET":   "make windows in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '15' MINUTE))",
	"GETDATE":       "write CURRENT_TIMESTAMP; the time of a row is its event-time column",
	"SYSDATE":       "write CURRENT_TIMESTAMP; the time of a row is its event-time column",
	"UCASE":         "write UPPER($1)",
	"LCASE":         "write LOWER($1)",
	"MID":           "write SUBSTRING($1, $2, $3)",
	"SPLIT":         "write SPLIT_PART($1, $2, 1) for the first part",
	"STRING_SPLIT":  "write SPLIT_PART($1, $2, 1) for the first part",
	"REGEXP_MATCH":  "write REGEXP_LIKE($1, $2), or REGEXP_EXTRACT for the part that fits",
	"JSON_EXTRACT":  "write JSON_VALUE($1, $2) for a single value, JSON_QUERY for an object or an array",
	"EPOCH_MS":      "write TO_TIMESTAMP_LTZ($1, 3)",
	"SUBSTRING_IDX": "write SPLIT_INDEX(s, separator, number)",
}

// functionHint is for a function that does not exist.
func (b *binder) functionHint(x *ast.Call, name string, names []string) string {
	if same, ok := functionsOfOthers[name]; ok {
		args := x.Args
		if name == "STRFTIME" && len(args) == 2 && isText(args[0]) { // the pattern is first in SQLite
			args = []ast.Expr{args[1], args[0]}
		}
		return b.withArguments(same, args)
	}
	return didYouMean(name, names, "docs/FUNCTIONS.md lists all functions; those of one's own are registered in Go: helios.Options.Functions")
}

// withArguments puts the arguments of a call in the places $1, $2, ... of a hint.
func (b *binder) withArguments(hint string, args []ast.Expr) string {
	for i, otherwise := range []string{"a", "b", "c"} {
		text := otherwise
		if i < len(args) {
			text = b.written(args[i], otherwise)
		}
		hint = strings.ReplaceAll(hint, fmt.Sprintf("$%d", i+1), text)
	}
	return hint
}

// timeOf is what the functions that read a time give.
var timeOf = map[string]*ir.Type{"TO_TIMESTAMP": ir.TTimestamp, "TO_DATE": ir.TDate}

// timeHint is for a time that meets a number or a text where an interval is meant, and
// for a number where a function wants the text of a time.
func (b *binder) timeHint(fn string, types []*ir.Type, parts []ast.Expr) string {
	if (fn == "TO_TIMESTAMP" || fn == "TO_DATE") && len(types) == 1 && len(parts) > 0 && (types[0].Kind.IsNumeric() || types[0].Kind.IsTimestamp() || types[0].Kind == ir.Date) {
		c := b.convert(parts[0], types[0], timeOf[fn])
		return c.say("write " + c.text)
	}
	if fn != "+" && fn != "-" || len(types) != 2 || len(parts) != 2 {
		return ""
	}
	isTime := func(t *ir.Type) bool { return t.Kind.IsTimestamp() || t.Kind == ir.Date || t.Kind == ir.Time }
	other := 1
	if isTime(types[1]) {
		other = 0
	}
	if !isTime(types[1-other]) || isTime(types[other]) || fn == "-" && other == 0 {
		return ""
	}
	if c := b.convert(parts[other], types[other], ir.TInterval); types[other].Kind.IsNumeric() && !isLiteral(parts[other]) {
		return c.say("a time takes an interval: write " + c.text)
	}
	return "a time takes an interval: " + intervalOf(parts[other])
}

// conditionHint is for a value where a condition must stand.
func conditionHint(value string, t *ir.Type) string {
	switch {
	case t.Kind.IsNumeric():
		return "compare it, as in " + value + " <> 0"
	case t.Kind == ir.Varchar:
		return "compare it, as in " + value + " = 'text'"
	}
	return "compare it, or ask whether it is there: " + value + " IS NOT NULL"
}

// castHint is for a cast that does not exist: what does the same, or a way over another
// type.
func castHint(value string, from, to *ir.Type) string {
	isTime := func(t *ir.Type) bool { return t.Kind.IsTimestamp() || t.Kind == ir.Date || t.Kind == ir.Time }
	switch {
	case to.Kind == ir.Boolean && from.Kind != ir.JSON:
		return "compare it, or ask whether it is there: " + value + " IS NOT NULL"
	case from.Kind == ir.Interval && to.Kind.IsNumeric():
		return "for its seconds, write EXTRACT(EPOCH FROM " + value + ")"
	case isTime(from) && to.Kind.IsNumeric() && from.Kind != ir.Time:
		return "for seconds since 1970, write EXTRACT(EPOCH FROM " + value + ")"
	case from.Kind.IsNumeric() && (to.Kind.IsTimestamp() || to.Kind == ir.Date):
		c := numberAsTime(value, from, to, true)
		return c.say("write " + c.text)
	case from.Kind == ir.JSON && ir.CanCast(ir.TVarchar, to) && to.Kind != ir.Varbinary:
		return "write JSON_VALUE(" + value + ", '$' RETURNING " + to.String() + "), with the path of the value for $"
	}
	for _, over := range []*ir.Type{ir.TBigInt, ir.TTimestamp, ir.TJSON} {
		if ir.CanCast(from, over) && ir.CanCast(over, to) {
			return fmt.Sprintf("write CAST(CAST(%s AS %s) AS %s)", value, over, to)
		}
	}
	return "compute the value with CASE, or select a part of it"
}

// columnElsewhere reports a column that is not in s but is somewhere that the user
// may have meant: an alias of SELECT, a window that was not made, another table name.
func (b *binder) columnElsewhere(s *scope, table string, id ast.Ident) bool {
	// An alias does not stand for itself: x AS x with an unknown x.
	if at, ok := s.hidden[id.Name]; ok && table == "" && (id.Span().Start < at.item.Start || id.Span().Start >= at.item.End) {
		what := b.writtenAt(at.expr, "its expression")
		hint := "write " + what + ", or select it in a sub-query and filter that"
		if s.hiding == "SELECT" {
			hint = "write " + what + " again, or select it in a sub-query and compute with it there"
		}
		b.err(diag.UnknownColumn, id.Span(), hint,
			"%s has no column `%s`, and an alias of SELECT cannot be used in %s", s.what, id.Name, s.hiding)
		b.relate(at.alias, "the alias")
		return true
	}
	switch id.Name {
	case "window_start", "window_end", "window_time":
		b.err(diag.UnknownColumn, id.Span(), "make windows in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
			"%s has no column `%s`: a window function adds it", s.what, id.Name)
		return true
	}
	return false
}

// unknownQualifier reports a.b where a is neither a table in sight nor a column.
func (b *binder) unknownQualifier(s *scope, id ast.Ident) {
	if slices.ContainsFunc(b.around, func(o *scope) bool { return o.hasTable(id.Name) }) {
		b.err(diag.BadArgument, id.Span(), "join instead, or relate a plain SELECT by an equality: (SELECT MAX(v) FROM u WHERE u.k = "+id.Name+".k), EXISTS (SELECT 1 FROM u WHERE u.k = "+id.Name+".k)",
			"a query with GROUP BY, HAVING, LIMIT or a set operation, and one that is a value without an aggregate, is computed once for all rows, and cannot use those of `%s` around it", id.Name)
		return
	}
	var tables []string
	for i := range s.cols {
		if t := s.cols[i].table; t != "" && !slices.Contains(tables, t) {
			tables = append(tables, t)
		}
	}
	names := append(slices.Clone(tables), s.names()...)
	otherwise := "write the column alone"
	if len(tables) > 0 {
		otherwise = "the rows here are called: " + listed(tables)
	}
	if len(tables) == 1 {
		otherwise = "write " + tables[0] + ": that is what the rows are called here"
	}
	b.err(diag.UnknownColumn, id.Span(), didYouMean(id.Name, names, otherwise), "`%s` is neither a table nor a column of this query", id.Name)
	b.relate(s.at, "%s is declared here", s.what)
}
