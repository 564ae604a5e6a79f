package goldentest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/helios-stream/helios/ir"
)

// scenario is a random query over a random table.
type scenario struct {
	kind   string
	sql    string
	rows   [][]ir.Value
	splits int
	// precision of the event time: 3, 6 or 9 digits. What the rows have is finer than
	// a millisecond just where it is more than 3.
	precision int
	medium    string // "": in memory; or the ending of the files that hold the table
	nested    bool   // it has a ROW, too
	wide      bool   // it has columns of all types
	changes   bool   // the engine gives changes, of which what is left counts
	lines     string // of the statement that declares the table, but for its connector
	options   string // of the table, beside those of its medium
	sides     []sideTable
}

// kind is a kind of scenarios.
type kind struct {
	name  string
	share int // of kindShares
	make  func(*gen) *scenario
}

// kinds are the kinds of scenarios; which one a seed makes follows from the seed alone.
// What is new in the language becomes a step of composed queries, or a kind of its own.
var kinds = []kind{
	{"composed", 9, (*gen).composedScenario},
	{"rows and windows", 5, (*gen).plainScenario},
	{"aggregates", 2, (*gen).aggScenario},
	{"ranks", 2, (*gen).rankScenario},
	{"OVER and ORDER BY", 2, (*gen).overScenario},
	{"grouping sets", 2, (*gen).setScenario},
	{"functions", 2, (*gen).functionScenario},
}

// kindShares is the sum of the shares of kinds.
const kindShares = 24

// scenario makes the scenario of the seed.
func (g *gen) scenario() *scenario {
	n := int(g.seed % kindShares)
	for _, k := range kinds {
		if n < k.share {
			s := k.make(g)
			s.kind = k.name
			return s
		}
		n -= k.share
	}
	panic("the shares of kinds are not kindShares")
}

// plainScenario is rows, or one window aggregate, over views. With several splits no row
// is too late, as the result is defined just then.
func (g *gen) plainScenario() *scenario {
	s := &scenario{splits: 1, precision: 3}
	if g.chance(25) {
		s.splits = 2 + g.r.IntN(2)
	}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(120), lag, s.splits == 1, true)
	lag += s.slack()
	interval := fmt.Sprintf("INTERVAL '%d' SECOND", lag/1_000_000)
	g.cols = tableFamilies()

	var sql strings.Builder
	declared := g.chance(40)
	mark := ""
	if declared {
		mark = ", WATERMARK FOR ts AS ts - " + interval
	}
	s.sharpen(g)
	s.lines = s.columns() + mark
	rows := s.more()
	from := "t"
	if g.chance(40) {
		fmt.Fprintf(&sql, "CREATE VIEW v1 AS SELECT * FROM %s WHERE %s;\n", from, g.where(2))
		from = "v1"
	}
	if g.chance(30) {
		fmt.Fprintf(&sql, "CREATE VIEW v2 AS SELECT ts, k, i, b, sm, d, x, f, dt, r%s, %s AS n1, %s AS n2 FROM %s;\n", rows, g.expr(integer, 2), g.expr(text, 2), from)
		g.cols[integer] = append(g.cols[integer], "n1")
		g.cols[text] = append(g.cols[text], "n2")
		from = "v2"
	}
	if !declared {
		fmt.Fprintf(&sql, "CREATE VIEW o AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE %s, DESCRIPTOR(ts), %s));\n", from, interval)
		from = "o"
	}
	if g.chance(12) {
		s.options = ", 'on.error'='dlq:bad'"
		sql.WriteString("CREATE MAPPING bad (reason VARCHAR, operator VARCHAR, \"row\" VARCHAR) TYPE Memory;\n")
	}
	if g.chance(15) {
		s.options += ", 'late.data'='to:late'"
		sql.WriteString("CREATE MAPPING late (k VARCHAR, i INTEGER) TYPE Memory;\n")
	}
	if g.chance(4) {
		sql.WriteString(g.clockQuery(from))
		s.sql = sql.String() + ";\n"
		return s
	}
	switch g.r.IntN(13) {
	case 12:
		if s.splits == 1 { // with several the order of rows is not defined
			sql.WriteString(g.countQuery(from))
		} else {
			g.windowQuery(&sql, from, false)
		}
	case 10, 11:
		sql.WriteString(g.sessionQuery(from, s.splits == 1))
	case 0, 1:
		sql.WriteString(g.rowQuery(from))
	case 2:
		sql.WriteString(g.windowRows(from))
	case 3:
		sql.WriteString(g.sweep(from))
	case 4:
		a := g.rowsOf(from, []family{integer, text})
		b := g.rowsOf("t", []family{integer, text})
		fmt.Fprintf(&sql, "%s UNION ALL %s", a, b)
	default:
		g.windowQuery(&sql, from, s.splits == 1)
	}
	s.sql = sql.String() + ";\n"
	return s
}

// sharpen gives some tables event times of more digits, some of them before 1970, and
// puts some into files.
func (s *scenario) sharpen(g *gen) {
	r := rand.New(rand.NewPCG(uint64(len(s.rows)), g.r.Uint64()))
	if r.IntN(3) == 0 {
		s.precision = 6 + 3*r.IntN(2)
	}
	ago := int64(r.IntN(4)/3) * 60 * 365 * 86400 * 1_000_000
	for _, row := range s.rows {
		at, ok := row[0].(int64)
		if !ok {
			continue
		}
		at -= ago
		if s.precision > 3 {
			at += r.Int64N(1000) * int64(r.IntN(2))
		}
		if s.precision > 6 {
			at = at*1000 + r.Int64N(1000)*int64(r.IntN(2))
		}
		row[0] = at
	}
	if r.IntN(4) == 0 {
		s.medium = []string{"ndjson", "csv", "parquet", "ndjson.gz", "csv.zst"}[r.IntN(5)]
	}
	if s.medium == "" && r.IntN(3) == 0 {
		s.widen(g)
	}
	if s.medium == "" && r.IntN(3) == 0 {
		s.nest(g)
	}
}

// slack is how much later rows may come than the generator makes them: with several
// splits none is too late, also by the digits below a millisecond.
func (s *scenario) slack() int64 {
	if s.splits == 1 {
		return 0
	}
	return 1_000_000
}

// columns are those of the table.
func (s *scenario) columns() string {
	cols := tableColumns(s.precision)
	if s.wide {
		cols += ", " + wideColumns
	}
	if s.nested {
		cols += ", o ROW<n BIGINT, s VARCHAR, p ROW<q DECIMAL(8, 2), t TIMESTAMP(3), e ROW<z INTEGER>>, u DOUBLE>"
	}
	return cols
}

// more names the columns that not all tables have, each behind a comma.
func (s *scenario) more() string {
	names := ""
	if s.wide {
		names += ", " + wideNames
	}
	if s.nested {
		names += ", o"
	}
	return names
}

// nest gives the table a ROW, of ROWs that may be NULL.
func (s *scenario) nest(g *gen) {
	s.nested = true
	orNull := func(v ir.Value) ir.Value {
		if g.chance(15) {
			return nil
		}
		return v
	}
	for i, row := range s.rows {
		deepest := orNull([]ir.Value{orNull(g.int(32))})
		inner := orNull([]ir.Value{orNull(ir.DecFromInt64(g.r.Int64N(200_001) - 100_000)), orNull(int64(1_704_067_200_000_000)), deepest})
		s.rows[i] = append(row, orNull([]ir.Value{orNull(g.int(64)), orNull(g.word()), inner, orNull(g.double())}))
	}
	for f, names := range map[family][]string{integer: {"o.n", "o.p.e.z"}, text: {"o.s"}, decimal: {"o.p.q"}, timestamp: {"o.p.t"}, double: {"o.u"},
		boolean: {"(o IS NULL)", "(o.p IS NOT NULL)", "(o.p.e IS NULL)"}} {
		g.cols[f] = append(g.cols[f], names...)
	}
}

// clockQuery is windows of the time of processing, added up so that the clock does not
// matter.
func (g *gen) clockQuery(from string) string {
	window := fmt.Sprintf("TUMBLE((SELECT *, PROCTIME() AS pt FROM %s WHERE %s), DESCRIPTOR(pt), INTERVAL '10' DAY)", from, g.where(1))
	return "SELECT SUM(n) AS n, SUM(s) AS s, MIN(lo) AS lo, MAX(hi) AS hi FROM (SELECT COUNT(*) AS n, SUM(i) AS s, MIN(k) AS lo, MAX(x) AS hi FROM TABLE(" + window + ") GROUP BY window_start, window_end)"
}

// rowQuery is a filter and a projection.
func (g *gen) rowQuery(from string) string {
	var fs []family
	for range 1 + g.r.IntN(5) {
		fs = append(fs, family(g.r.IntN(int(families))))
	}
	return g.rowsOf(from, fs)
}

// sweep is many small expressions over all rows: few errors, each function often.
func (g *gen) sweep(from string) string {
	return fmt.Sprintf("SELECT %s FROM %s", g.list(8, func(i int) string {
		return fmt.Sprintf("%s AS c%d", g.expr(family(g.r.IntN(int(families))), 1), i)
	}), from)
}

func (g *gen) rowsOf(from string, fs []family) string {
	old := g.cols
	if from == "t" {
		g.cols = tableFamilies()
		defer func() { g.cols = old }()
	}
	where := ""
	if g.chance(70) {
		where = " WHERE " + g.where(3)
	}
	return fmt.Sprintf("SELECT %s FROM %s%s", g.list(len(fs), func(i int) string { return fmt.Sprintf("%s AS c%d", g.expr(fs[i], 3), i) }), from, where)
}

func (g *gen) window(from string) string {
	seconds := func(n int) string { return fmt.Sprintf("INTERVAL '%d' SECOND", n) }
	offset := ""
	if g.chance(30) {
		offset = ", " + seconds(g.r.IntN(30))
	}
	if g.chance(25) {
		return g.session(from)
	}
	if g.chance(40) {
		return fmt.Sprintf("TABLE(TUMBLE(TABLE %s, DESCRIPTOR(ts), %s%s))", from, seconds(1+g.r.IntN(30)), offset)
	}
	slide := 1 + g.r.IntN(15)
	if g.chance(30) {
		return fmt.Sprintf("TABLE(CUMULATE(TABLE %s, DESCRIPTOR(ts), %s, %s%s))", from, seconds(slide), seconds(slide*(1+g.r.IntN(5))), offset)
	}
	size := slide + g.r.IntN(30)
	return fmt.Sprintf("TABLE(HOP(TABLE %s, DESCRIPTOR(ts), %s, %s%s))", from, seconds(slide), seconds(size), offset)
}

// session is a SESSION by up to two columns.
func (g *gen) session(from string) string {
	by := ""
	if keys := g.sessionKeys(); len(keys) > 0 {
		by = " PARTITION BY " + strings.Join(keys, ", ")
	}
	return fmt.Sprintf("TABLE(SESSION(TABLE %s%s, DESCRIPTOR(ts), INTERVAL '%d' SECOND))", from, by, 1+g.r.IntN(12))
}

func (g *gen) sessionKeys() []string {
	all := []string{"k", "f", "sm", "d", "x", "dt"}
	n := g.r.IntN(3)
	var out []string
	for range n {
		k := g.r.IntN(len(all))
		if !slices.Contains(out, all[k]) {
			out = append(out, all[k])
		}
	}
	return out
}

// sessionQuery is an aggregate by sessions and the keys that they have, at times a condition.
func (g *gen) sessionQuery(from string, byArrival bool) string {
	keys := g.sessionKeys()
	by := ""
	if len(keys) > 0 {
		by = " PARTITION BY " + strings.Join(keys, ", ")
	}
	group := append([]string{"window_start", "window_end"}, keys...)
	sel := slices.Clone(group)
	if g.chance(30) {
		group, sel = append(group, "window_time"), append(sel, "window_time")
	}
	for i := range 1 + g.r.IntN(4) {
		sel = append(sel, fmt.Sprintf("%s AS a%d", g.aggregate(byArrival), i))
	}
	q := fmt.Sprintf("SELECT %s FROM TABLE(SESSION(TABLE %s%s, DESCRIPTOR(ts), INTERVAL '%d' SECOND))", strings.Join(sel, ", "), from, by, 1+g.r.IntN(12))
	var where []string
	if len(keys) > 0 && g.chance(40) {
		where = append(where, g.onKey(keys[g.r.IntN(len(keys))]))
	}
	if g.chance(20) {
		where = append(where, g.onWindow("window_start", "window_end", "window_time"))
	}
	if g.chance(20) {
		where = append(where, g.where(2))
	}
	if len(where) > 0 {
		q += " WHERE " + strings.Join(where, " AND ")
	}
	return q + " GROUP BY " + strings.Join(group, ", ") + g.pick("", "", " HAVING COUNT(*) > 1")
}

// countQuery is a COUNT_WINDOW, of rows or aggregated.
func (g *gen) countQuery(from string) string {
	keys := g.sessionKeys()
	by := ""
	if len(keys) > 0 {
		by = " PARTITION BY " + strings.Join(keys, ", ")
	}
	size := 1 + g.r.IntN(6)
	args := fmt.Sprint(size)
	if g.chance(50) {
		args += fmt.Sprint(", ", 1+g.r.IntN(size))
	}
	window := fmt.Sprintf("COUNT_WINDOW(TABLE %s%s, %s)", from, by, args)
	partial := g.pick("", " EMIT PARTIAL")
	if g.chance(40) {
		return fmt.Sprintf("SELECT window_start, window_end, window_time, %s AS c FROM %s WHERE %s%s", g.expr(integer, 2), window, g.where(2), partial)
	}
	group := append([]string{"window_start", "window_end"}, keys...)
	sel := slices.Clone(group)
	for i := range 1 + g.r.IntN(4) {
		sel = append(sel, fmt.Sprintf("%s AS a%d", g.aggregate(true), i))
	}
	where := ""
	switch g.r.IntN(4) {
	case 0:
		where = " WHERE " + g.where(2)
	case 1:
		where = " WHERE " + g.onWindow("window_start", "window_end")
		if len(keys) > 0 {
			where += " AND " + g.onKey(keys[0])
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s%s GROUP BY %s%s%s", strings.Join(sel, ", "), window, where, strings.Join(group, ", "), g.pick("", " HAVING COUNT(*) > 1"), partial)
}

// windowRows is a window without an aggregate, of which at times nothing is used.
func (g *gen) windowRows(from string) string {
	cols := g.pick("window_start, window_end, window_time, ", "window_start, ", "")
	return fmt.Sprintf("SELECT %s%s AS c FROM %s WHERE %s", cols, g.expr(integer, 2), g.window(from), g.where(2))
}

// windowQuery is an aggregate by window, at times with a query above it. byArrival: the
// order in which rows come is one.
func (g *gen) windowQuery(sql *strings.Builder, from string, byArrival bool) {
	keys := g.keys()
	sel, group := []string{"window_start"}, []string{"window_start"}
	window := g.window(from)
	if strings.Contains(window, "CUMULATE") || strings.Contains(window, "SESSION") || g.chance(80) {
		group = append(group, "window_end")
		sel = append(sel, "window_end")
	}
	for i, k := range keys {
		sel = append(sel, fmt.Sprintf("%s AS k%d", k, i))
		group = append(group, k)
	}
	for i := range 1 + g.r.IntN(4) {
		sel = append(sel, fmt.Sprintf("%s AS a%d", g.aggregate(byArrival), i))
	}
	q := fmt.Sprintf("SELECT %s FROM %s", strings.Join(sel, ", "), window)
	var where, having []string
	if g.chance(40) {
		where = append(where, g.where(2))
	}
	if g.chance(30) {
		where = append(where, g.onWindow("window_start", "window_end", "window_time"))
	}
	if g.chance(20) {
		having = append(having, g.onWindow(group[:1+g.r.IntN(len(group)-len(keys))]...))
	}
	if len(keys) > 0 && g.chance(40) {
		having = append(having, g.onKey(keys[g.r.IntN(len(keys))]))
	}
	if len(where) > 0 {
		q += " WHERE " + strings.Join(where, " AND ")
	}
	q += " GROUP BY " + strings.Join(group, ", ")
	if len(having) > 0 {
		q += " HAVING " + strings.Join(having, " AND ")
	} else if g.chance(30) {
		q += " HAVING " + g.pick("COUNT(*) > 1", "SUM(i) > 3", "MIN(k) < 'b' OR COUNT(d) > 2", "MAX(x) > 0.5 AND COUNT(*) < 20")
	}
	if g.chance(70) {
		sql.WriteString(q)
		return
	}
	fmt.Fprintf(sql, "CREATE VIEW w AS SELECT window_start AS ws, n FROM (SELECT window_start, COUNT(*) AS n FROM %s GROUP BY window_start, window_end) AS q;\n", g.window(from))
	sql.WriteString("SELECT ws, n * 2 AS m, CASE WHEN n > 3 THEN 'many' ELSE 'few' END AS c FROM w WHERE n > 1")
}

// onWindow is a condition on a column of windows, around the times of rows.
func (g *gen) onWindow(cols ...string) string {
	at := fmt.Sprintf("TIMESTAMP '2024-01-01 00:0%d:%02d'", g.r.IntN(3), g.r.IntN(60))
	return fmt.Sprintf("%s %s %s", g.pick(cols...), g.pick(">=", ">", "<", "<=", ">=", "<>", "="), at)
}

// onKey is a condition on a key of groups.
func (g *gen) onKey(key string) string {
	switch key {
	case "k", "UPPER(k)":
		return key + g.pick(" >= 'a'", " < 'b'", " IN ('a', 'A', 'ab')", " LIKE 'a%'", " IS NOT NULL")
	case "i", "x", "d", "r", "i / 4", "MOD(sm, 3)":
		return key + g.pick(" >= 0", " < 3", " <> 1", " IS NULL", " BETWEEN -5 AND 2")
	}
	return key + g.pick(" IS NULL", " IS NOT NULL")
}

func (g *gen) keys() []string {
	var out []string
	for range g.r.IntN(3) {
		if rows := g.cols[text]; slices.Contains(rows, "o.s") && g.chance(30) {
			out = append(out, g.pick("o.n", "o.s", "o.p.e.z"))
			continue
		}
		out = append(out, g.pick("k", "i", "f", "x", "dt", "UPPER(k)", "MOD(sm, 3)", "d", "r", "i / 4", "ARRAY[sm % 2, i]", "ROW(f, x)"))
	}
	return out
}
