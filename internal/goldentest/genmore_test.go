package goldentest

import "fmt"

// The functions beyond the basic ones, in the random queries.

func (g *gen) moreIntegers(a string, d int) string {
	switch g.r.IntN(7) {
	case 0:
		return fmt.Sprintf("LOCATE(%s, %s, %s)", g.leaf(text), g.expr(text, d), g.pick("1", "2", "0", "9"))
	case 1:
		return fmt.Sprintf("CARDINALITY(ARRAY_DISTINCT(ARRAY[%s, %s, NULL]))", a, g.expr(integer, d))
	case 2:
		return fmt.Sprintf("ARRAY_SORT(ARRAY[%s, %s])[%s]", a, g.expr(integer, d), g.pick("1", "2", "3"))
	case 3:
		return fmt.Sprintf("TIMESTAMPDIFF(%s, %s, %s)", g.pick("DAY", "MONTH", "SECOND", "HOUR"), g.expr(timestamp, d), g.expr(timestamp, d))
	case 4:
		return fmt.Sprintf("%s(%s)", g.pick("YEAR", "QUARTER", "DAYOFWEEK", "HOUR"), g.expr(timestamp, d))
	case 5:
		return fmt.Sprintf("MAP['a', %s, 'b', %s][%s]", a, g.leaf(integer), g.expr(text, d))
	}
	return fmt.Sprintf("HASH(%s, %s)", a, g.expr(text, d))
}

func (g *gen) moreTexts(a string, d int) string {
	switch g.r.IntN(11) {
	case 0:
		return fmt.Sprintf("%s(%s)", g.pick("INITCAP", "MD5", "HEX", "TO_BASE64"), a)
	case 1:
		return fmt.Sprintf("%s(%s, %s, %s)", g.pick("LPAD", "RPAD"), a, g.pick("0", "3", "20", "-1"), g.leaf(text))
	case 2:
		return fmt.Sprintf("SPLIT_PART(%s, '/', %s)", a, g.pick("1", "2", "-1", "i"))
	case 3:
		return fmt.Sprintf("REGEXP_REPLACE(%s, '([a-z])(.)', '$2$1')", a)
	case 4:
		return fmt.Sprintf("REGEXP_EXTRACT(%s, '(.)(b|$)', %s)", a, g.pick("0", "1", "2"))
	case 5:
		return fmt.Sprintf("TRANSLATE(%s, 'abé', 'b')", a)
	case 6:
		return fmt.Sprintf("CONCAT_WS('-', %s, %s, %s)", a, g.expr(text, d), g.expr(integer, d))
	case 7:
		return fmt.Sprintf("ARRAY_JOIN(ARRAY[%s, %s], ',', '?')", a, g.expr(text, d))
	case 8:
		return fmt.Sprintf("JSON_OBJECT('a': %s, 'b': %s %s ON NULL)", g.expr(decimal, d), a, g.pick("NULL", "ABSENT"))
	case 9:
		return fmt.Sprintf("JSON_VALUE(JSON_OBJECT('k': %s), 'lax $.k' DEFAULT 'none' ON EMPTY)", a)
	}
	return fmt.Sprintf("DATE_FORMAT(%s, %s)", g.expr(timestamp, d), g.pick("'yyyy-MM-dd HH:mm'", "'E, d MMM yy'", "'SSS'"))
}

func (g *gen) moreBooleans(d int) string {
	a := g.expr(text, d)
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprintf("(%s SIMILAR TO %s)", a, g.pick("'a%'", "'(a|b)+'", "'_{2,3}'", "'%[[:DIGIT:]]'"))
	case 1:
		return fmt.Sprintf("REGEXP_LIKE(%s, %s)", a, g.pick("'^a'", "'b.*c'", "'é$'"))
	case 2:
		return fmt.Sprintf("ARRAY_CONTAINS(ARRAY[%s, %s], %s)", a, g.leaf(text), g.expr(text, d))
	case 3:
		return fmt.Sprintf("(%s IS %sJSON)", a, g.pick("", "NOT "))
	case 4:
		return fmt.Sprintf("(ROW(%s, %s) %s ROW(%s, %s))", a, g.expr(integer, d), g.pick("=", "<>", "<", "IS DISTINCT FROM"), g.expr(text, d), g.expr(integer, d))
	}
	return fmt.Sprintf("(ARRAY[%s] %s ARRAY[%s, %s])", a, g.pick("=", "<", ">="), g.expr(text, d), g.leaf(text))
}

func (g *gen) moreTimes(a string, d int) string {
	switch g.r.IntN(4) {
	case 0:
		return fmt.Sprintf("TIMESTAMPADD(%s, %s, %s)", g.pick("DAY", "MONTH", "SECOND"), g.pick("1", "-1", "sm"), a)
	case 1:
		return fmt.Sprintf("CEIL(%s TO %s)", a, g.pick("HOUR", "DAY", "MONTH", "WEEK"))
	case 2:
		return fmt.Sprintf("CAST(CAST(%s AS TIMESTAMP_LTZ(6)) AS TIMESTAMP(6))", a)
	}
	return fmt.Sprintf("TO_TIMESTAMP(DATE_FORMAT(%s, 'yyyyMMddHHmmss'), 'yyyyMMddHHmmss')", g.expr(timestamp, d))
}
