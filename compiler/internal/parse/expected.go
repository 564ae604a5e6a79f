package parse

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// expectedHint is a hint where want was expected: a slip that explains the token,
// else what the form looks like; "" where neither is known.
func (p *parser) expectedHint(want string, words []string) string {
	if h := p.slipHint(words); h != "" {
		return h
	}
	if want == "BY" && p.prev.kind == tokWord {
		return "write " + p.prev.word + " BY"
	}
	if h := p.tokenHint(); h != "" {
		return h
	}
	for _, f := range formHints {
		if strings.HasPrefix(want, f.want) {
			return f.hint
		}
	}
	return ""
}

// formHints are what a form looks like, by the beginning of what was expected in it.
var formHints = []struct{ want, hint string }{
	{"WITH ('connector'", "say where its rows are: WITH ('connector' = 'filesystem', 'path' = '...', 'format' = 'csv')"},
	{"AS before the query", "write WITH name AS (SELECT ...)"},
	{"AS, ", "write CREATE VIEW name AS SELECT ..."},
	{"'(' to open the options", "options stand in parentheses: OPTIONS ('path' = '...', 'format' = 'csv')"},
	{"JOBS, SNAPSHOTS, MAPPINGS", "write SHOW TABLES for all mappings and views"},
	{"the name of a mapping or a view", "write DESCRIBE and the name of a mapping or a view; SHOW TABLES lists them"},
	{"the end of the mapping", "behind the columns stand TYPE and the connector's name, OPTIONS (...), PARTITIONED BY (...) and COMMENT '...'"},
	{"the end of the table", "behind the columns stand WITH (...), PARTITIONED BY (...) and COMMENT '...'"},
	{"a type for the column", "write name TYPE, such as id BIGINT; leave the whole list out to take the columns from the source"},
	{"a type", "for example BIGINT, DOUBLE, DECIMAL(10, 2), VARCHAR, BOOLEAN, TIMESTAMP(3)"},
	{"an element type", "write ARRAY<VARCHAR>"},
	{"'<' to open the element type", "write ARRAY<VARCHAR>, with your type for VARCHAR"},
	{"'<' to open the types of key and value", "write MAP<VARCHAR, BIGINT>, with your types"},
	{"'<' and the fields of the ROW", "write ROW<name VARCHAR, age INTEGER>, with your fields"},
	{"BY", "write GROUP BY, ORDER BY or PARTITION BY"},
	{"AND and the upper bound", "write x BETWEEN low AND high"},
	{"'(' to open the list behind IN", "write x IN ('a', 'b')"},
	{"TYPE and a connector", "say where its rows are: TYPE File OPTIONS ('path' = '...')"},
	{"a number of digits", "the number stands in the type: DECIMAL(10, 2), TIMESTAMP(3)"},
	{"a query or an INSERT to explain", "write EXPLAIN SELECT ..., EXPLAIN PLAN FOR SELECT ... or EXPLAIN INSERT INTO ..."},
	{"',' or FROM behind the SELECT list", "write FROM before the table"},
	{"a table function", "write TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"},
	{"a table", "name a mapping or a view, or write a query in parentheses"},
	{"an alias", "an alias is a name; a reserved word is one in double quotes"},
	{"an expression or * behind SELECT", "name the columns, or write SELECT * for all"},
	{"an expression", "a value is missing here: a column, a number, 'text', a call or a query in parentheses"},
}

// tokenHint is about a token that stands hardly anywhere.
func (p *parser) tokenHint() string {
	switch {
	case p.tok.is("?") || p.tok.is("@") || p.tok.is(":"):
		return "a value from outside is written ${name} and given with -D name=value"
	case p.tok.is("AS") && p.prev.is("*"):
		return "a star takes no alias: select the columns by name"
	case p.tok.kind == tokString && p.prev.end < p.tok.start && (p.prev.kind == tokWord && p.prev.role == roleName || p.prev.is(")")):
		return fmt.Sprintf("an alias stands in double quotes or none: \"%s\"; is an operator or a ',' missing?", p.stringValue(p.tok))
	case p.tok.kind == tokNumber && p.prev.kind == tokNumber && p.prev.end == p.tok.start:
		return "a number has one point, as in 1.25"
	case p.tok.is("WHEN") && p.prev.kind == tokWord && diag.DidYouMean(p.prev.word, []string{"CASE"}) != "":
		pos := p.source.Pos(p.spanOf(p.prev))
		return fmt.Sprintf("did you mean 'CASE' instead of '%s' (%d:%d)?", p.text(p.prev), pos.Line, pos.Col)
	case (p.isName() || p.tok.kind == tokNumber) && (p.prev.kind == tokNumber || p.prev.kind == tokString || p.prev.is(")")):
		return fmt.Sprintf("is an operator missing before '%s', such as AND or =, or a ','?", clip(p.text(p.tok)))
	}
	return ""
}
