package goldentest

import (
	"fmt"

	"github.com/helios-stream/helios/ir"
)

// wideColumns are columns of the types that the plain table has not; wideNames names them.
const (
	wideColumns = "ti TINYINT, vb VARBINARY, tm TIME(3), lz TIMESTAMP_LTZ(3), ns TIMESTAMP(9), iv INTERVAL DAY TO SECOND, im INTERVAL YEAR TO MONTH, " +
		"ai ARRAY<BIGINT>, av ARRAY<VARCHAR>, mp MAP<VARCHAR, BIGINT>, js JSON, ln TIMESTAMP_LTZ(9)"
	wideNames = "ti, vb, tm, lz, ns, iv, im, ai, av, mp, js, ln"
)

// widen gives the table columns of all types.
func (s *scenario) widen(g *gen) {
	s.wide = true
	const second = int64(1_000_000)
	start := int64(1_704_067_140) // 2023-12-31 23:59:00
	for i, row := range s.rows {
		list := []ir.Value{}
		for range g.r.IntN(4) {
			list = append(list, g.orNull(g.int(8)))
		}
		words := []ir.Value{}
		for range g.r.IntN(3) {
			words = append(words, g.orNull(g.word()))
		}
		entries := []ir.MapEntry{}
		for n, key := range []string{"a", "b", ""} {
			if g.chance(40) {
				entries = append(entries, ir.MapEntry{Key: key, Val: g.orNull(int64(n))})
			}
		}
		s.rows[i] = append(row, g.orNull(g.int(8)), g.orNull([]byte(g.word())), g.orNull(g.r.Int64N(86_400_000)*1000),
			g.orNull((start+g.r.Int64N(200_000_000))*second), g.orNull(start*1_000_000_000+g.r.Int64N(10_000_000_000)),
			g.orNull(g.r.Int64N(200_000_000_000)-50_000_000_000), g.orNull(g.r.Int64N(40)-10), g.orNull(list), g.orNull(words), g.orNull(entries),
			g.orNull(g.pick(`{"a":1,"b":[1,2,{"c":null}]}`, `[1,"x",true]`, `"text"`, `17`, `null`, `{"a":{"b":"deep"}}`)), g.orNull(start*1_000_000_000+g.r.Int64N(4)*500_000_000))
	}
	for f, names := range map[family][]string{integer: {"ti"}, octets: {"vb"}, clock: {"tm"}, instant: {"lz", "ln"}, timestamp: {"ns"}, span: {"iv"}, months: {"im"},
		array: {"ai"}, texts: {"av"}, mapping: {"mp"}, json: {"js"}} {
		g.cols[f] = append(g.cols[f], names...)
	}
}

func (g *gen) orNull(v ir.Value) ir.Value {
	if g.chance(12) {
		return nil
	}
	return v
}

func (g *gen) otherLeaf(f family) string {
	switch f {
	case date:
		return g.pick("DATE '2024-02-29'", "DATE '1969-12-31'", "DATE '2023-12-31'")
	case clock:
		return g.pick("TIME '12:30:00'", "TIME '00:00:00'", "TIME '23:59:59'")
	case octets:
		return g.pick("x''", "x'00FF'", "x'68C3A9'")
	case instant:
		return g.pick("CAST(TIMESTAMP '2024-01-01 00:00:00' AS TIMESTAMP_LTZ(3))", "TO_TIMESTAMP_LTZ(1704067200000, 3)", "TO_TIMESTAMP_LTZ(-1, 0)")
	case span:
		return g.pick("INTERVAL '1' SECOND", "INTERVAL '-90' MINUTE", "INTERVAL '2 03:04:05.678' DAY TO SECOND")
	case months:
		return g.pick("INTERVAL '1' MONTH", "INTERVAL '-2' YEAR", "INTERVAL '1-2' YEAR TO MONTH")
	case json:
		return `CAST('` + g.pick(`{"a":1}`, `[1,2]`, `null`, `"x"`) + `' AS JSON)`
	case array:
		return g.pick("ARRAY[1, 2, 3]", "ARRAY[CAST(NULL AS BIGINT), 7]", "ARRAY[3000000000]")
	case texts:
		return g.pick("ARRAY['a', 'b']", "ARRAY['', NULL]", "ARRAY['ab']")
	}
	return g.pick("MAP['a', 1]", "MAP['b', 2, 'a', NULL]")
}

// otherExpr makes an expression of the families beyond the basic ones.
func (g *gen) otherExpr(f family, d int) string {
	a := g.expr(f, d)
	switch f {
	case date:
		switch g.r.IntN(6) {
		case 0:
			return fmt.Sprintf("CAST(%s AS DATE)", g.expr([]family{timestamp, instant}[g.r.IntN(2)], d))
		case 1:
			return fmt.Sprintf("(%s %s INTERVAL %s)", a, g.pick("+", "-"), g.pick("'1' MONTH", "'2' YEAR"))
		case 2:
			return fmt.Sprintf("TO_DATE(DATE_FORMAT(%s, 'dd.MM.yyyy'), 'dd.MM.yyyy')", g.expr(timestamp, d))
		case 3:
			return fmt.Sprintf("CAST(%s(%s TO %s) AS DATE)", g.pick("FLOOR", "CEIL"), a, g.pick("MONTH", "YEAR", "WEEK", "DAY"))
		case 4:
			return fmt.Sprintf("TIMESTAMPADD(%s, %s, %s)", g.pick("DAY", "MONTH"), g.pick("1", "-3", g.col("sm", "13")), a)
		}
		return fmt.Sprintf("CAST(DATE_TRUNC('%s', %s %s INTERVAL '1' DAY) AS DATE)", g.pick("MONTH", "YEAR", "QUARTER"), a, g.pick("+", "-"))
	case clock:
		return fmt.Sprintf("CAST(%s AS TIME(%s))", g.expr([]family{timestamp, instant}[g.r.IntN(2)], d), g.pick("0", "3", "6"))
	case octets:
		switch g.r.IntN(4) {
		case 0:
			return fmt.Sprintf("CAST(%s AS VARBINARY)", g.expr(text, d))
		case 1:
			return fmt.Sprintf("ENCODE(%s, '%s')", g.expr(text, d), g.pick("UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1", "UTF-16LE"))
		}
		return fmt.Sprintf("UNHEX(HEX(%s))", a)
	case instant:
		switch g.r.IntN(4) {
		case 0:
			return fmt.Sprintf("CAST(%s AS TIMESTAMP_LTZ(%s))", g.expr(timestamp, d), g.pick("3", "6", "0"))
		case 1:
			return fmt.Sprintf("TO_TIMESTAMP_LTZ(%s, %s)", g.expr(integer, d), g.pick("0", "3"))
		case 2:
			return fmt.Sprintf("DATE_TRUNC('%s', %s)", g.pick("DAY", "HOUR", "MONTH"), a)
		}
		return fmt.Sprintf("(%s %s INTERVAL %s)", a, g.pick("+", "-"), g.pick("'1' SECOND", "'90' MINUTE", "'1' MONTH"))
	case span:
		switch g.r.IntN(4) {
		case 0:
			return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-"), g.expr(span, d))
		case 1:
			return fmt.Sprintf("(- %s)", a)
		case 2:
			return fmt.Sprintf("(%s * %s)", a, g.pick("2", "-1"))
		}
		return fmt.Sprintf("CAST(CAST(%s AS VARCHAR) AS INTERVAL DAY TO SECOND)", a)
	case months:
		if g.chance(50) {
			return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-"), g.expr(months, d))
		}
		return fmt.Sprintf("(- %s)", a)
	case json:
		if g.chance(50) {
			return fmt.Sprintf("CAST(JSON_STRING(%s) AS JSON)", g.expr(family(g.r.IntN(int(allFamilies))), d))
		}
		return fmt.Sprintf("CAST(%s AS JSON)", g.expr([]family{integer, boolean, decimal, array}[g.r.IntN(4)], d))
	case array:
		return g.arrayExpr(a, array, d)
	case texts:
		return g.arrayExpr(a, texts, d)
	case mapping:
		return fmt.Sprintf("MAP[%s, %s, 'z', %s]", g.pick("'a'", "COALESCE("+g.leaf(text)+", 'k')", "'b'"), g.expr(integer, d), g.leaf(integer))
	}
	return a
}

func (g *gen) arrayExpr(a string, f family, d int) string {
	of := integer
	if f == texts {
		of = text
	}
	switch g.r.IntN(9) {
	case 0:
		return fmt.Sprintf("ARRAY_CONCAT(%s, %s)", a, g.expr(f, d))
	case 1:
		return fmt.Sprintf("ARRAY_SLICE(%s, %s)", a, g.pick("1", "2, 3", "-2", "1, -2", "0"))
	case 2:
		return fmt.Sprintf("ARRAY_REVERSE(%s)", a)
	case 3:
		return fmt.Sprintf("ARRAY_DISTINCT(%s)", a)
	case 4:
		return fmt.Sprintf("ARRAY_SORT(%s%s)", a, g.pick("", ", FALSE", ", TRUE, FALSE"))
	case 5:
		if f == texts {
			return fmt.Sprintf("MAP_KEYS(%s)", g.expr(mapping, d))
		}
		return fmt.Sprintf("MAP_VALUES(%s)", g.expr(mapping, d))
	case 6:
		return fmt.Sprintf("CAST(%s AS ARRAY<%s>)", g.expr(array, d), map[family]string{array: "BIGINT", texts: "VARCHAR"}[f])
	}
	return fmt.Sprintf("ARRAY[%s, %s]", g.expr(of, d), g.leaf(of))
}
