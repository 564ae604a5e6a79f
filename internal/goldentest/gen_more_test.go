package goldentest

import "fmt"

// The functions beyond the basic ones, in the random queries.

func (g *gen) moreIntegers(a string, d int) string {
	switch g.r.IntN(16) {
	case 7:
		return fmt.Sprintf("CARDINALITY(%s)", g.expr([]family{array, texts, mapping}[g.r.IntN(3)], d))
	case 8:
		return fmt.Sprintf("ARRAY_POSITION(%s, %s)", g.expr(array, d), g.expr(integer, d))
	case 9:
		return fmt.Sprintf("%s[%s]", g.expr(array, 0), g.pick("1", "2", "-1", "9"))
	case 10:
		return fmt.Sprintf("ELEMENT(ARRAY_SLICE(%s, 1, 1))", g.expr(array, d))
	case 11:
		return fmt.Sprintf("%s(%s)", g.pick("ASCII", "CHAR_LENGTH"), g.expr(text, d))
	case 12:
		return fmt.Sprintf("INSTR(%s, %s)", g.expr(text, d), g.leaf(text))
	case 13:
		return fmt.Sprintf("%s(%s)", g.pick("MONTH", "WEEK", "DAYOFYEAR", "DAYOFMONTH", "MINUTE", "SECOND", "YEAR", "QUARTER", "DAYOFWEEK", "HOUR"), g.expr(timestamp, d))
	case 14:
		return fmt.Sprintf("UNIX_TIMESTAMP(DATE_FORMAT(%s, 'yyyy-MM-dd HH:mm:ss'))", g.expr(timestamp, d))
	case 15:
		return fmt.Sprintf("EXTRACT(%s FROM %s)", g.pick("HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"), g.expr(clock, d))
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
	switch g.r.IntN(24) {
	case 11:
		return fmt.Sprintf("%s(%s)", g.pick("SHA1", "SHA224", "SHA256", "SHA384", "SHA512"), g.expr([]family{text, octets}[g.r.IntN(2)], d))
	case 12:
		return fmt.Sprintf("FROM_BASE64(TO_BASE64(%s))", a)
	case 13:
		return fmt.Sprintf("DECODE(%s, '%s')", g.expr(octets, d), g.pick("UTF-8", "ISO-8859-1", "US-ASCII"))
	case 14:
		return fmt.Sprintf("REPEAT(%s, %s)", g.leaf(text), g.pick("0", "2", "-1", "3"))
	case 15:
		return fmt.Sprintf("CHR(%s)", g.expr(integer, d))
	case 16:
		return fmt.Sprintf("OVERLAY(%s PLACING %s FROM %s%s)", a, g.leaf(text), g.pick("1", "2", "7"), g.pick("", " FOR 1", " FOR 0"))
	case 17:
		return fmt.Sprintf("CONVERT_TZ(DATE_FORMAT(%s, 'yyyy-MM-dd HH:mm:ss'), 'UTC', '%s')", g.expr(timestamp, d), g.pick("Europe/Berlin", "America/New_York", "+05:30"))
	case 18:
		return fmt.Sprintf("FROM_UNIXTIME(%s%s)", g.pick(g.col("sm", "-1"), g.col("i", "44"), "0", "1704067140"), g.pick("", ", 'HH:mm:ss'", ", 'yyyy/MM/dd'"))
	case 19:
		return fmt.Sprintf("JSON_QUERY(%s, '%s'%s)", g.expr(json, 0), g.pick("$", "$.b", "lax $.a", "$[*]", "lax $.b[1]"), g.pick("", " WITH CONDITIONAL ARRAY WRAPPER", " EMPTY ARRAY ON ERROR"))
	case 20:
		return fmt.Sprintf("JSON_VALUE(%s, '%s')", g.expr(json, 0), g.pick("$.a", "lax $.b[0]", "$", "$.a.b"))
	case 21:
		return fmt.Sprintf("JSON_ARRAY(%s, %s%s)", a, g.expr(integer, d), g.pick("", " NULL ON NULL"))
	case 22:
		return fmt.Sprintf("JSON_STRING(%s)", g.expr(family(g.r.IntN(int(allFamilies))), d))
	case 23:
		return fmt.Sprintf("CAST(%s AS VARCHAR)", g.pick(g.expr(mapping, d), g.expr(clock, d), g.expr(span, d), g.expr(json, d), g.expr(date, d), g.expr(octets, d)))
	case 0:
		return fmt.Sprintf("%s(%s)", g.pick("INITCAP", "MD5", "HEX", "TO_BASE64"), a)
	case 1:
		return fmt.Sprintf("%s(%s, %s, %s)", g.pick("LPAD", "RPAD"), a, g.pick("0", "3", "20", "-1"), g.leaf(text))
	case 2:
		return fmt.Sprintf("SPLIT_PART(%s, '/', %s)", a, g.pick("1", "2", "-1", g.col("i", "3")))
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
	switch g.r.IntN(14) {
	case 6:
		return fmt.Sprintf("ENDS_WITH(%s, %s)", a, g.leaf(text))
	case 7:
		return fmt.Sprintf("(%s IS %sJSON %s)", g.pick(a, "'[1]'", "'{}'"), g.pick("", "NOT "), g.pick("OBJECT", "ARRAY", "SCALAR", "VALUE"))
	case 8:
		return fmt.Sprintf("JSON_EXISTS(%s, '%s')", g.expr(json, 0), g.pick("$.a", "lax $.b[1]", "$[0]"))
	case 9:
		return g.pick("(CHAR_LENGTH(UUID()) = 36)", "(PROCTIME() IS NOT NULL)", "(CURRENT_TIMESTAMP IS NULL)", "(LOCALTIMESTAMP IS NOT NULL)",
			"(CURRENT_DATE >= DATE '1969-12-31')", "(CURRENT_TIME IS NULL)", "(NOW() > CAST(TIMESTAMP '1969-12-31 00:00:00' AS TIMESTAMP_LTZ(3)))", "(UNIX_TIMESTAMP() >= 0)")
	case 10:
		return fmt.Sprintf("(%s %s %s)", g.expr(mapping, d), g.pick("=", "<>", "IS DISTINCT FROM"), g.expr(mapping, d))
	case 11:
		return fmt.Sprintf("(MAP_ENTRIES(%s)[1].value > 0)", g.expr(mapping, d))
	case 12:
		return fmt.Sprintf("CAST(%s AS BOOLEAN)", g.expr(integer, d))
	case 13:
		f := family(g.r.IntN(int(allFamilies)))
		return fmt.Sprintf("(%s %s %s)", g.expr(f, d), g.pick("=", "<>", "IS NOT DISTINCT FROM"), g.expr(f, d))
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
	switch g.r.IntN(7) {
	case 4:
		return fmt.Sprintf("CAST(%s AS TIMESTAMP(%s))", g.expr(instant, d), g.pick("3", "6"))
	case 5:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-"), g.expr([]family{span, months}[g.r.IntN(2)], d))
	case 6:
		return fmt.Sprintf("FLOOR(%s TO %s)", a, g.pick("HOUR", "DAY", "MONTH", "WEEK"))
	case 0:
		return fmt.Sprintf("TIMESTAMPADD(%s, %s, %s)", g.pick("DAY", "MONTH", "SECOND"), g.pick("1", "-1", g.col("sm", "13")), a)
	case 1:
		return fmt.Sprintf("CEIL(%s TO %s)", a, g.pick("HOUR", "DAY", "MONTH", "WEEK"))
	case 2:
		return fmt.Sprintf("CAST(CAST(%s AS TIMESTAMP_LTZ(6)) AS TIMESTAMP(6))", a)
	}
	return fmt.Sprintf("TO_TIMESTAMP(DATE_FORMAT(%s, 'yyyyMMddHHmmss'), 'yyyyMMddHHmmss')", g.expr(timestamp, d))
}

func (g *gen) moreDoubles(a string, d int) string {
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprintf("POWER(%s, %s)", a, g.pick("2", "0.5", "-1", "0"))
	case 1:
		return fmt.Sprintf("ATAN2(%s, %s)", a, g.expr(double, d))
	case 2:
		return g.pick("PI()", "E()", fmt.Sprintf("LOG(2, %s)", a))
	}
	return fmt.Sprintf("%s(%s)", g.pick("SIN", "COS", "TAN", "COT", "ASIN", "ACOS", "ATAN", "SINH", "COSH", "TANH", "LOG2", "LOG10", "LN", "LOG", "EXP", "DEGREES", "RADIANS"), a)
}
