package goldentest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// gen makes random tables, expressions and queries of the grammar that this version
// runs. What it makes depends on its seed alone.
type gen struct {
	r    *rand.Rand
	seed uint64
	// cols are the columns at hand, by family.
	cols map[family][]string
}

// family is a group of types that expressions are made for.
type family int

const (
	integer family = iota
	double
	decimal
	text
	boolean
	timestamp
	date
	clock  // TIME
	octets // VARBINARY
	instant
	span   // an interval of days
	months // an interval of months
	json
	families // so many of values with an order

	array   // of BIGINT
	texts   // ARRAY<VARCHAR>
	mapping // MAP<VARCHAR, BIGINT>
	allFamilies
)

func newGen(seed uint64) *gen {
	return &gen{seed: seed, r: rand.New(rand.NewPCG(seed, 0xD1FF))}
}

func (g *gen) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *gen) pick(from ...string) string { return from[g.r.IntN(len(from))] }

// tableColumns is the table that queries read, with event times of a precision.
func tableColumns(precision int) string {
	return fmt.Sprintf("ts TIMESTAMP(%d), ", precision) + otherColumns
}

const otherColumns = "k VARCHAR, i INTEGER, b BIGINT, sm SMALLINT, d DOUBLE, x DECIMAL(8, 2), f BOOLEAN, dt DATE, r REAL"

func tableFamilies() map[family][]string {
	return map[family][]string{
		integer: {"i", "b", "sm"}, double: {"d", "r"}, decimal: {"x"}, text: {"k"}, boolean: {"f"}, timestamp: {"ts"}, date: {"dt"},
	}
}

// rows makes a table's rows. Times go forward by about a second a row and back by at
// most jitter; with late some go back further, with nulls some are NULL.
func (g *gen) rows(n int, jitter int64, late, nulls bool) [][]ir.Value {
	const start = 1_704_067_140_000_000 // 2023-12-31 23:59:00
	now := int64(start)
	var out [][]ir.Value
	for range n {
		now += g.r.Int64N(2000) * 1000 * int64(g.r.IntN(2))
		at := now - g.r.Int64N(jitter/1000+1)*1000*int64(g.r.IntN(2))
		if late && g.chance(10) {
			at -= g.r.Int64N(60_000) * 1000
		}
		row := []ir.Value{at, g.word(), g.int(32), g.int(64), g.int(16), g.double(), ir.DecFromInt64(g.r.Int64N(200_001) - 100_000),
			g.chance(50), 19_700 + g.r.Int64N(60), float64(float32(g.r.Int64N(100)) / 4)}
		for c := range row {
			if c > 0 && g.chance(12) || c == 0 && nulls && g.chance(3) {
				row[c] = nil
			}
		}
		out = append(out, row)
	}
	return out
}

func (g *gen) word() string {
	return g.pick("", "a", "A", "b", "ab", "abc", " pad ", "héé", "7", "-12", "2.5", "a longer text than twelve bytes", "a longer text than twelve!", "a/b/c", "100%")
}

// int makes a whole number of so many bits: mostly small, at times at the ends.
func (g *gen) int(bits int) int64 {
	switch g.r.IntN(100) {
	case 0:
		return math.MaxInt64 >> (64 - bits)
	case 1:
		return math.MinInt64 >> (64 - bits)
	case 2:
		return 0
	}
	return g.r.Int64N(41) - 20
}

func (g *gen) double() float64 {
	switch g.r.IntN(30) {
	case 0:
		return 0
	case 1:
		return math.Inf(1)
	case 2:
		return math.NaN()
	case 3:
		return -1e12
	}
	return float64(g.r.Int64N(2001)-1000) / 8
}

// expr makes an expression of a family as SQL.
func (g *gen) expr(f family, depth int) string {
	if depth <= 0 || g.chance(25) {
		return g.leaf(f)
	}
	if g.chance(12) {
		return g.choice(f, depth-1)
	}
	switch f {
	case integer:
		return g.integerExpr(depth - 1)
	case double:
		return g.doubleExpr(depth - 1)
	case decimal:
		return g.decimalExpr(depth - 1)
	case text:
		return g.textExpr(depth - 1)
	case boolean:
		return g.booleanExpr(depth - 1)
	case timestamp:
		return g.timeExpr(depth - 1)
	}
	return g.otherExpr(f, depth-1)
}

// col is a column of the table where it is at hand, else what stands for it.
func (g *gen) col(name, otherwise string) string {
	for _, names := range g.cols {
		if slices.Contains(names, name) {
			return name
		}
	}
	return otherwise
}

func (g *gen) leaf(f family) string {
	if cols := g.cols[f]; len(cols) > 0 && g.chance(80) {
		return cols[g.r.IntN(len(cols))]
	}
	switch f {
	case integer:
		return g.pick("0", "1", "2", "7", "-3", "100", "2147483647", "3000000000")
	case double:
		return g.pick("1e0", "2.5e0", "-1e3", "0e0")
	case decimal:
		return g.pick("0.908", "1.5", "-2.25", "10.0", "0.0")
	case text:
		return "'" + g.pick("", "a", "ab", "x%", "héé", "a longer text than twelve bytes", "3") + "'"
	case boolean:
		return g.pick("TRUE", "FALSE", "CAST(NULL AS BOOLEAN)")
	case timestamp:
		return g.pick("TIMESTAMP '2024-01-01 00:00:00'", "TIMESTAMP '2023-12-31 23:59:30.5'")
	}
	return g.otherLeaf(f)
}

// choice makes what works for all families: CASE, COALESCE and their like.
func (g *gen) choice(f family, depth int) string {
	a, b := g.expr(f, depth), g.expr(f, depth)
	cond := g.expr(boolean, depth)
	n := 7
	if f > families { // without an order
		n = 5
	}
	switch g.r.IntN(n) {
	case 0:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", cond, a, b)
	case 4:
		return fmt.Sprintf("IF(%s, %s, %s)", cond, a, b)
	case 1:
		return fmt.Sprintf("CASE WHEN %s THEN %s END", cond, a)
	case 2:
		return fmt.Sprintf("COALESCE(%s, %s)", a, b)
	case 3:
		return fmt.Sprintf("NULLIF(%s, %s)", a, b)
	case 5:
		return fmt.Sprintf("GREATEST(%s, %s)", a, b)
	}
	return fmt.Sprintf("LEAST(%s, %s)", a, b)
}

func (g *gen) integerExpr(d int) string {
	a, b := g.expr(integer, d), g.expr(integer, d)
	if g.chance(20) {
		return g.moreIntegers(a, d)
	}
	switch g.r.IntN(14) {
	case 0, 1:
		return fmt.Sprintf("(%s + %s)", a, b)
	case 2:
		return fmt.Sprintf("(%s - %s)", a, b)
	case 3:
		return fmt.Sprintf("(%s * %s)", a, b)
	case 4:
		return fmt.Sprintf("(%s / %s)", a, b)
	case 5:
		return fmt.Sprintf("MOD(%s, %s)", a, b)
	case 6:
		return fmt.Sprintf("(- %s)", a)
	case 7:
		return fmt.Sprintf("%s(%s)", g.pick("ABS", "SIGN", "CEIL", "FLOOR", "ROUND"), a)
	case 8:
		return fmt.Sprintf("ROUND(%s, %s)", a, g.pick("-1", "0", "2"))
	case 9:
		return fmt.Sprintf("%s(%s)", g.pick("CHAR_LENGTH", "OCTET_LENGTH"), g.expr(text, d))
	case 10:
		return fmt.Sprintf("POSITION(%s IN %s)", g.leaf(text), g.expr(text, d))
	case 11:
		return fmt.Sprintf("EXTRACT(%s FROM %s)", g.pick("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOY", "DOW", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "EPOCH"), g.expr(timestamp, d))
	case 12:
		return fmt.Sprintf("%s(%s AS %s)", g.pick("CAST", "TRY_CAST"), g.expr(family(g.r.IntN(int(decimal)+1)), d), g.pick("TINYINT", "SMALLINT", "INTEGER", "BIGINT"))
	}
	return fmt.Sprintf("TRY_CAST(%s AS BIGINT)", g.pick("'12'", "' -7 '", "'x'", "''"))
}

func (g *gen) doubleExpr(d int) string {
	a, b := g.expr(double, d), g.expr(double, d)
	if g.chance(25) {
		return g.moreDoubles(a, d)
	}
	switch g.r.IntN(8) {
	case 0, 1, 2:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-", "*", "/"), b)
	case 3:
		return fmt.Sprintf("%s(%s)", g.pick("ABS", "SIGN", "CEIL", "FLOOR", "ROUND", "TRUNCATE", "SQRT"), a)
	case 4:
		return fmt.Sprintf("%s(%s, %s)", g.pick("ROUND", "TRUNCATE"), a, g.pick("1", "-1"))
	case 5:
		return fmt.Sprintf("CAST(%s AS DOUBLE)", g.expr(integer, d))
	case 6:
		return fmt.Sprintf("CAST(%s AS DOUBLE)", g.expr(decimal, d))
	}
	return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "*"), g.expr(integer, d))
}

func (g *gen) decimalExpr(d int) string {
	a, b := g.expr(decimal, d), g.expr(decimal, d)
	switch g.r.IntN(8) {
	case 0, 1, 2:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-", "*", "/", "%"), b)
	case 3:
		return fmt.Sprintf("%s(%s)", g.pick("ABS", "CEIL", "FLOOR", "ROUND", "TRUNCATE", "-", "SIGN"), a)
	case 4:
		return fmt.Sprintf("%s(%s, %s)", g.pick("ROUND", "TRUNCATE"), a, g.pick("1", "0", "-1"))
	case 5:
		return fmt.Sprintf("%s(%s AS %s)", g.pick("CAST", "TRY_CAST"), a, g.pick("DECIMAL(6, 1)", "DECIMAL(20, 5)", "DECIMAL(38, 18)"))
	case 6:
		return fmt.Sprintf("(%s * %s)", a, g.expr(integer, d))
	}
	return fmt.Sprintf("CAST(%s AS DECIMAL(22, 2))", g.expr(integer, d))
}

func (g *gen) textExpr(d int) string {
	a := g.expr(text, d)
	if g.chance(30) {
		return g.moreTexts(a, d)
	}
	switch g.r.IntN(11) {
	case 0:
		return fmt.Sprintf("(%s || %s)", a, g.expr(text, d))
	case 1:
		return fmt.Sprintf("%s(%s)", g.pick("UPPER", "LOWER", "TRIM", "LTRIM", "RTRIM", "REVERSE"), a)
	case 2:
		return fmt.Sprintf("SUBSTRING(%s, %s)", a, g.pick("1", "2", "0", "-2", "30"))
	case 3:
		return fmt.Sprintf("SUBSTRING(%s, %s, %s)", a, g.pick("1", "2", "-3"), g.pick("0", "1", "3", g.col("i", "2")))
	case 4:
		return fmt.Sprintf("%s(%s, %s)", g.pick("LEFT", "RIGHT"), a, g.pick("0", "1", "3", "99"))
	case 5:
		return fmt.Sprintf("REPLACE(%s, %s, %s)", a, g.pick("'a'", "'é'", "'text'"), g.leaf(text))
	case 6:
		return fmt.Sprintf("SPLIT_INDEX(%s, '/', %s)", a, g.pick("0", "1", "5", "-1"))
	case 7:
		return fmt.Sprintf("CAST(%s AS VARCHAR)", g.expr([]family{integer, decimal, boolean, timestamp}[g.r.IntN(4)], d))
	case 8:
		return fmt.Sprintf("CONCAT(%s, %s, '-')", a, g.expr(integer, d))
	case 9:
		return fmt.Sprintf("TRIM(%s, 'a ')", a)
	}
	return fmt.Sprintf("CASE %s WHEN 'a' THEN %s ELSE 'other' END", a, g.expr(text, d))
}

func (g *gen) booleanExpr(d int) string {
	a := g.expr(boolean, d)
	if g.chance(20) {
		return g.moreBooleans(d)
	}
	switch g.r.IntN(12) {
	case 0, 1:
		return fmt.Sprintf("(%s AND %s)", a, g.expr(boolean, d))
	case 2:
		return fmt.Sprintf("(%s OR %s)", a, g.expr(boolean, d))
	case 3:
		return fmt.Sprintf("(NOT %s)", a)
	case 4:
		return fmt.Sprintf("(%s IS %s%s)", a, g.pick("", "NOT "), g.pick("TRUE", "FALSE", "NULL"))
	case 5:
		return fmt.Sprintf("(%s IS %sNULL)", g.expr(family(g.r.IntN(int(families))), d), g.pick("", "NOT "))
	case 6:
		return fmt.Sprintf("(%s %sIN (%s))", g.expr(integer, d), g.pick("", "NOT "), g.pick("1, 2, 3", "0, NULL", "7"))
	case 7:
		return fmt.Sprintf("(%s %sLIKE %s)", g.expr(text, d), g.pick("", "NOT "), g.pick("'a%'", "'%a%'", "'_'", "'%'", "'a_b'", "'%text%'", "'100!%' ESCAPE '!'"))
	case 8:
		return fmt.Sprintf("STARTS_WITH(%s, %s)", g.expr(text, d), g.leaf(text))
	case 9:
		f := family(g.r.IntN(int(families)))
		return fmt.Sprintf("(%s BETWEEN %s AND %s)", g.expr(f, d), g.leaf(f), g.leaf(f))
	}
	f := family(g.r.IntN(int(families)))
	return fmt.Sprintf("(%s %s %s)", g.expr(f, d), g.pick("=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"), g.expr(f, d))
}

func (g *gen) timeExpr(d int) string {
	a := g.expr(timestamp, d)
	if g.chance(30) {
		return g.moreTimes(a, d)
	}
	switch g.r.IntN(4) {
	case 0:
		return fmt.Sprintf("(%s %s INTERVAL %s)", a, g.pick("+", "-"), g.pick("'1' SECOND", "'90' MINUTE", "'1' MONTH", "'0.25' SECOND", "'2' DAY"))
	case 1:
		return fmt.Sprintf("DATE_TRUNC('%s', %s)", g.pick("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"), a)
	case 2:
		return "CAST(" + g.expr(date, d) + " AS TIMESTAMP)"
	}
	return fmt.Sprintf("CAST(CAST(%s AS DATE) AS TIMESTAMP(3))", a)
}

func (g *gen) list(n int, f func(i int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = f(i)
	}
	return strings.Join(parts, ", ")
}
