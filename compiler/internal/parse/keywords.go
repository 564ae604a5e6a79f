package parse

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
