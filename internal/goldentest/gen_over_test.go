package goldentest

import (
	"fmt"
	"strings"
)

// overScenario is a table with or without event time, and a query with OVER or ORDER BY.
// What is equal in the order goes by split and then by arrival. With several splits no row is
// too late, as the result is defined just then.
func (g *gen) overScenario() *scenario {
	s := &scenario{splits: 1, precision: 3}
	if g.chance(30) {
		s.splits = 2 + g.r.IntN(2)
	}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(100), lag, s.splits == 1, g.chance(50))
	lag += s.slack()
	g.cols = tableFamilies()
	s.sharpen(g)
	s.lines = s.columns()
	if g.chance(70) {
		s.lines += fmt.Sprintf(", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", lag/1_000_000)
	}
	if g.chance(30) {
		s.sql = g.firstRows() + ";\n"
		return s
	}
	window := g.overWindow()
	calls := []string{"i AS a0", "ts AS a1"}
	for c := range 1 + g.r.IntN(4) {
		calls = append(calls, fmt.Sprintf("%s AS c%d", g.overCall(window), c))
		if g.chance(20) {
			window = g.overWindow()
		}
	}
	s.sql = fmt.Sprintf("SELECT %s FROM t;\n", strings.Join(calls, ", "))
	return s
}

// firstRows is the first rows of an order.
func (g *gen) firstRows() string {
	order := g.list(1+g.r.IntN(3), func(int) string {
		return g.pick("i", "k", "d", "x", "f", "dt", "ts", "b % 3", "-sm", "LOWER(k)") + g.pick("", " DESC", " NULLS LAST", " DESC NULLS FIRST")
	})
	limit := g.pick("", fmt.Sprintf(" LIMIT %d", g.r.IntN(60)), fmt.Sprintf(" LIMIT %d OFFSET %d", g.r.IntN(60), g.r.IntN(20)))
	if g.chance(40) {
		return "SELECT k, COUNT(*) AS n, MAX(i) AS hi FROM t GROUP BY k ORDER BY " + g.pick("n DESC", "hi, n", "k DESC", "n % 2, hi DESC NULLS FIRST") + limit
	}
	return "SELECT i, k, d, dt FROM t ORDER BY " + order + limit
}

// overSpec is a window: its ORDER BY, and how frames may be measured in it.
type overSpec struct{ partition, order, unit string }

func (g *gen) overWindow() overSpec {
	w := overSpec{partition: g.pick("", "PARTITION BY k ", "PARTITION BY k ", "PARTITION BY f, sm % 2 ")}
	switch g.r.IntN(6) {
	case 0:
		w.order = "ORDER BY " + g.pick("k, d DESC", "x DESC NULLS FIRST", "d NULLS LAST", "f, i")
	case 1:
		w.order, w.unit = "ORDER BY "+g.pick("sm", "sm DESC", "i NULLS LAST"), "%d"
	case 2:
		w.order = "ORDER BY ts, i"
	default:
		w.order, w.unit = "ORDER BY ts", "INTERVAL '%d' SECOND"
	}
	return w
}

// overCall is a call over a window.
func (g *gen) overCall(w overSpec) string {
	over := " OVER (" + w.partition + w.order
	switch g.r.IntN(8) {
	case 0:
		return g.pick("ROW_NUMBER", "RANK", "DENSE_RANK") + "()" + over + ")"
	case 1:
		return fmt.Sprintf("%s(%s%s)%s)", g.pick("LAG", "LAG", "LEAD"), g.pick("i, ", "b, ")[:1], g.pick("", ", 2", ", 3, -1", ", 0"), over)
	}
	call := g.pick("SUM(i)", "SUM(x)", "COUNT(*)", "COUNT(k)", "COUNT(DISTINCT sm)", "AVG(i)", "MIN(d)", "MAX(k)", "MAX(x)", "FIRST_VALUE(i)", "LAST_VALUE(k)", "MIN(i)", "SUM(b)", "NTH_VALUE(i, 2)")
	if g.chance(15) && !strings.HasPrefix(call, "NTH") {
		call += " FILTER (WHERE f)"
	}
	return call + over + g.frame(w) + ")"
}

// frame is a frame, or none.
func (g *gen) frame(w overSpec) string {
	if g.chance(30) {
		return ""
	}
	unit, n := " ROWS", "%d"
	if w.unit != "" && g.chance(50) {
		unit, n = " RANGE", w.unit
	}
	bound := func() string { return fmt.Sprintf(n, g.r.IntN(7)) }
	switch g.r.IntN(7) {
	case 0:
		return unit + " BETWEEN " + bound() + " PRECEDING AND " + bound() + " PRECEDING"
	case 1:
		return unit + " BETWEEN " + bound() + " PRECEDING AND " + bound() + " FOLLOWING"
	case 2:
		return unit + " BETWEEN " + bound() + " FOLLOWING AND UNBOUNDED FOLLOWING"
	case 3:
		return unit + " BETWEEN UNBOUNDED PRECEDING AND " + bound() + " PRECEDING"
	}
	return unit + " BETWEEN " + bound() + " PRECEDING AND CURRENT ROW"
}
