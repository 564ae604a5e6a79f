package parse

import (
	"fmt"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/diag"
)

// foreignWords are words that other systems have where this one has none, with what
// does the same here.
var foreignWords = map[string]string{
	"ILIKE":     "write LOWER(x) LIKE 'a%', with the pattern in lower case",
	"RLIKE":     "write REGEXP_LIKE(x, 'expression')",
	"REGEXP":    "write REGEXP_LIKE(x, 'expression')",
	"GLOB":      "write LIKE with % for any text and _ for one character",
	"XOR":       "write (a) <> (b) for conditions",
	"DIV":       "write a / b: the quotient of whole numbers is a whole number",
	"MOD":       "write MOD(a, b) or a % b",
	"ISNULL":    "write IS NULL",
	"NOTNULL":   "write IS NOT NULL",
	"ELSIF":     "write WHEN condition THEN value; ELSE stands last",
	"ELSEIF":    "write WHEN condition THEN value; ELSE stands last",
	"PREWHERE":  "write WHERE",
	"CONTAINS":  "write x LIKE '%part%'",
	"ENGINE":    "leave it out, and say where the rows are: WITH ('connector' = 'filesystem', 'path' = '...', 'format' = 'csv')",
	"PATH":      "options stand in parentheses: OPTIONS ('path' = '...')",
	"LOCATION":  "options stand in parentheses: OPTIONS ('path' = '...')",
	"DELIMITED": "options stand in parentheses: OPTIONS ('path' = '...', 'format' = 'csv')",
}

// starHint is for a star without some columns.
const starHint = "a star takes all columns: name those that you want"

// caseForm is how a condition gives a value.
const caseForm = "write CASE WHEN condition THEN value ELSE other END"

// foreignWordHint sees what people write who come from another system.
func (p *parser) foreignWordHint([]string) string {
	word, before := p.tok.word, p.prev.word
	if p.alias != nil && p.alias == p.prev && p.at > 1 && p.toks[p.at-2].is("IF") {
		return caseForm
	}
	if p.tok.kind != tokWord {
		return p.foreignMarkHint()
	}
	if h, ok := foreignWords[word]; ok && p.prev.kind != tokOp {
		return h
	}
	isWord := func(list ...string) bool {
		for _, w := range list {
			if before == w && p.prev.kind == tokWord {
				return true
			}
		}
		return false
	}
	switch {
	case word == "THEN":
		return caseForm
	case word == "STARTS" && p.peek(1).is("WITH"):
		return "write x LIKE 'begin%'"
	case word == "ENDS" && p.peek(1).is("WITH"):
		return "write x LIKE '%end'"
	case word == "FILTER" && p.prev.is(")"):
		return "the condition stands in parentheses: FILTER (WHERE condition)"
	case word == "NOT" && (p.peek(1).is("=") || p.peek(1).is("EQUAL")):
		return "write <>"
	case word == "INTO" && !isWord("INSERT"):
		return "write INSERT INTO, and the query behind it: INSERT INTO t SELECT ..."
	case word == "WINDOW" && (p.peek(1).is("TUMBLING") || p.peek(1).is("HOPPING") || p.peek(1).is("SESSION")):
		return "windows are made in FROM: TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)), and grouped by window_start, window_end"
	case word == "CHANGES" && isWord("EMIT"):
		return "leave EMIT CHANGES out: every query is continuous"
	case word == "FINAL" && isWord("EMIT"), word == "ON" && isWord("EMIT"):
		return "leave EMIT out: a window comes out once, when it closes"
	case word == "ON" && isWord("DISTINCT"):
		return "for one row of each value, group by it and take MIN or MAX of the other columns"
	case word == "ON" && p.peek(1).is("DUPLICATE"):
		return "leave it out: a mapping with a PRIMARY KEY replaces rows by their key"
	case word == "RETURNING":
		return "leave it out, and SELECT the same rows in a statement of its own"
	case (word == "EXCLUDE" || word == "EXCEPT" || word == "REPLACE" || word == "RENAME") && p.prev.is("*"):
		return starHint
	case word == "ALL" && isWord("BY"):
		return "name the columns, or their positions: GROUP BY 1, 2"
	case (word == "ROW" || word == "ROWS") && isWord("FIRST", "NEXT"):
		return "say how many: FETCH FIRST 1 ROW ONLY"
	case isWord("IF") && p.at > 1 && p.toks[p.at-2].is("ELSE"):
		return foreignWords["ELSIF"]
	}
	return ""
}

// foreignMarkHint is foreignWordHint for what is no word.
func (p *parser) foreignMarkHint() string {
	switch {
	case p.tok.is("(") && p.prev.is("EXCEPT") && p.at > 1 && p.toks[p.at-2].is("*"):
		return starHint
	case p.tok.is(",") && p.prev.kind == tokNumber && p.at > 1 && p.toks[p.at-2].is("LIMIT") && p.peek(1).kind == tokNumber:
		return fmt.Sprintf("write LIMIT %s OFFSET %s", p.text(p.peek(1)), p.text(p.prev))
	case p.tok.is(",") && p.prev.kind == tokNumber && p.prev.end == p.tok.start && p.peek(1).kind == tokNumber && p.peek(1).start == p.tok.end:
		return commaHintOf(p.text(p.prev), p.text(p.peek(1)))
	case p.tok.is("<") && p.prev.is("=") && p.prev.end == p.tok.start:
		return "write <="
	case p.tok.is("[") && (p.peek(1).kind == tokWord || p.peek(1).kind == tokString) && p.peek(2).is("]"):
		return "names stand in double quotes or none: " + p.text(p.peek(1))
	case p.tok.is("#"):
		return "a time is a text behind its type: DATE '2024-01-31', TIMESTAMP '2024-01-31 23:59:59'"
	case p.tok.is("&"):
		return "|| puts texts together; conditions are joined with AND"
	case p.tok.is("$"):
		return "a value from outside is written ${name} and given with -D name=value; an amount of money is a number alone"
	case p.tok.is("~"):
		return foreignWords["REGEXP"]
	}
	return ""
}

// commaHintOf is for a number with a comma in it: 1,000 or 1,5.
func commaHintOf(before, behind string) string {
	if len(behind) == 3 && !strings.Contains(before, ".") {
		return fmt.Sprintf("a number has no comma: write %s%s", before, behind)
	}
	return fmt.Sprintf("a number has a point, not a comma: write %s.%s", before, behind)
}

// nameHint is for a string where a name must stand: a file where a table must.
func nameHint(what, text string) string {
	if what == "a table" && strings.ContainsAny(text, "./") {
		return "a file is read through a mapping: CREATE MAPPING t (columns) TYPE File OPTIONS ('path' = '" + clip(text) + "')"
	}
	return fmt.Sprintf("names stand in double quotes or none: \"%s\"", text)
}

// foreignStatements are statements of other systems, with what does the same here.
var foreignStatements = map[string]string{
	"UPSERT":  "write INSERT INTO; a mapping with a PRIMARY KEY takes a row in place of an older one of its key",
	"FROM":    "SELECT stands first: SELECT columns FROM table",
	"COPY":    "create a mapping of the file and write INSERT INTO it ... SELECT, or SELECT from it",
	"PRINT":   "write SELECT * FROM the table",
	"LIST":    "write SHOW",
	"ATTACH":  "leave it out: a mapping says itself where its rows are",
	"PRAGMA":  "leave it out, or write SET 'name' = 'value'",
	"BEGIN":   "leave it out: all INSERTs of a file are one query; EXECUTE STATEMENT SET BEGIN ... END says so",
	"COMMIT":  "leave it out: all INSERTs of a file are one query",
	"INSTALL": "leave it out: connectors and functions are built in",
	"DECLARE": "write ${name} in the query, and give the value with -D name=value",
}

// failForeignStatement reports the first word of a statement of another system.
func (p *parser) failForeignStatement() {
	if hint, ok := foreignStatements[p.tok.word]; ok {
		p.failAt(diag.UnknownStatement, p.here(), p.tok.word+" begins no statement here", hint)
	}
}
