package parse

import "github.com/helios-stream/helios/ir"

// reserved words are never names unless quoted: each of them may follow or begin
// an expression with a meaning of its own.
var reserved = wordSet(
	"ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "CREATE", "CROSS", "DISTINCT", "DROP", "ELSE", "END", "EXCEPT",
	"FALSE", "FROM", "FULL", "GROUP", "HAVING", "IN", "INNER", "INSERT", "INTERSECT", "INTO", "IS", "JOIN",
	"LEFT", "LIKE", "NATURAL", "NOT", "NULL", "ON", "OR", "ORDER", "RIGHT", "SELECT", "TABLE", "THEN", "TRUE",
	"UNION", "USING", "VALUES", "WHEN", "WHERE", "WITH",
)

// notAlias are the further words that are not taken for an alias without AS,
// because they may stand right behind an expression or a table.
var notAlias = wordSet(
	"ALTER", "ANTI", "ASC", "BEGIN", "DESC", "DESCRIBE", "EMIT", "ESCAPE", "EXECUTE", "EXPLAIN", "FETCH", "FILTER",
	"FOR", "LIMIT", "MATCH_RECOGNIZE", "NULLS", "OFFSET", "OVER", "PARTITION", "PIVOT", "QUALIFY", "RANGE", "ROWS",
	"SEMI", "SET", "SHOW", "SIMILAR", "STATEMENT", "TABLESAMPLE", "UNPIVOT", "WINDOW", "WITHIN",
)

// clauseWords are what a misspelt word inside a query was likely meant to be.
var clauseWords = []string{
	"SELECT", "DISTINCT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT",
	"JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "BETWEEN", "LIKE", "AND", "THEN", "ELSE", "VALUES",
}

// statementWords begin the statements of this version.
var statementWords = []string{
	"CREATE", "DROP", "SELECT", "WITH", "VALUES", "INSERT", "EXECUTE", "STATEMENT", "EXPLAIN", "SET", "ALTER", "SHOW", "DESCRIBE",
}

// noParens are the functions that are called without parentheses.
var noParens = wordSet(
	"CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_ROW_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP",
)

func wordSet(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// words are all words with a meaning somewhere, and the names of functions that only
// the parser and the binder know. The formatter leaves such a name in its quotes.
var words = allWords()

func allWords() map[string]bool {
	m := wordSet(
		"ABSENT", "ADD", "AFTER", "ANY", "ARRAY", "ASYMMETRIC", "AT", "BOTH", "CAST", "CATALOG", "CEIL", "CEILING", "COMMENT", "CONSTRAINT", "COUNT_WINDOW",
		"CUBE", "CUMULATE", "CURRENT", "DATABASE", "DEFAULT", "DEFINE", "DESCRIPTOR", "DISTRIBUTED", "EMPTY", "ENFORCED", "EVERY", "EXISTS",
		"EXTERNAL", "EXTRACT", "FINAL", "FIRST", "FLOOR", "FOLLOWING", "FORMAT", "FUNCTION", "FUNCTIONS", "GROUPING", "HOP", "IF", "IGNORE",
		"IMPOSE_ORDER", "INTERVAL", "JOB", "JOBS", "KEY", "LANGUAGE", "LAST", "LATERAL", "LEADING", "LOCAL", "LOGICAL", "MAPPING", "MAPPINGS",
		"MATCH", "MATCHES", "MATERIALIZED", "MEASURES", "METADATA", "MULTISET", "NEXT", "NO", "OF", "OMIT", "ONE", "ONLY", "OPTIONS",
		"ORDINALITY", "OUTER", "OVERWRITE", "PARTIAL", "PARTITIONED", "PAST", "PATTERN", "PER", "PERMUTE", "PHYSICAL", "PLAN", "POSITION",
		"PRECEDING", "PRECISION", "PRIMARY", "RECURSIVE", "REPLACE", "RESPECT", "RESTART", "RESUME", "ROLLUP", "ROW", "RUNNING", "SESSION",
		"SETS", "SKIP", "SNAPSHOT", "SUBSET", "SUBSTR", "SUBSTRING", "SUSPEND", "SYMMETRIC", "SYSTEM", "SYSTEM_TIME", "TABLES", "TEMP",
		"TEMPORARY", "TIMESTAMPADD", "TIMESTAMPDIFF", "TO", "TRAILING", "TRIM", "TRY_CAST", "TUMBLE", "TYPE", "UNBOUNDED", "UNKNOWN",
		"UNMATCHED", "UNNEST", "VARYING", "VIEW", "VIEWS", "VIRTUAL", "WATERMARK", "WITHOUT", "X", "ZONE",
		"BROADCAST", "LOOKUP", "STATE_TTL", "CONDITIONAL", "UNCONDITIONAL", "WRAPPER", "RETURNING", "VALUE", "OBJECT", "SCALAR", "ERROR", "ILIKE",
		"EXTENDED", "COLUMNS", "SNAPSHOTS", "PLACING", "OVERLAY", "GROUPS", "EXCLUDE", "OVERLAPS", "MEMBER", "CONFLICT", "UESCAPE", "U",
		"JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_OBJECT", "JSON_OBJECTAGG", "JSON_ARRAY", "JSON_ARRAYAGG",
	)
	for _, set := range []map[string]bool{reserved, notAlias, noParens, extractUnits} {
		for w := range set {
			m[w] = true
		}
	}
	for _, f := range ir.Catalog() {
		m[f.Name] = true
	}
	for _, list := range [][]string{unitNames, typeNames, clauseWords, statementWords, ir.Planned()} {
		for _, w := range list {
			m[w] = true
		}
	}
	for w := range plainTypes {
		m[w] = true
	}
	for w := range sizedTypes {
		m[w] = true
	}
	return m
}
