package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// anyOf is an expression of any family.
func (g *gen) anyOf(depth int) string { return g.expr(family(g.r.IntN(int(families))), depth) }

// number is an expression of a number.
func (g *gen) number(depth int) string {
	return g.expr([]family{integer, integer, double, decimal}[g.r.IntN(4)], depth)
}

// aggregates are those that the generator makes, the ones that look at the order of
// arrival last.
var aggregates = []string{"COUNT", "COUNT_IF", "SUM", "AVG", "MIN", "MAX", "BOOL_AND", "BOOL_OR", "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP",
	"COVAR_POP", "COVAR_SAMP", "CORR", "APPROX_COUNT_DISTINCT", "APPROX_PERCENTILE", "XOR_ALL", "TALLY", "COLLECT", "ARRAY_AGG", "STRING_AGG",
	"FIRST_VALUE", "LAST_VALUE", "MIN_BY", "MAX_BY"}

// noDistinct are the aggregates of which DISTINCT is refused, or changes nothing.
var noDistinct = []string{"COUNT_IF", "BOOL_AND", "BOOL_OR", "MIN", "MAX", "MIN_BY", "MAX_BY", "COVAR_POP", "COVAR_SAMP", "CORR",
	"APPROX_COUNT_DISTINCT", "FIRST_VALUE", "LAST_VALUE", "COLLECT"}

// aggregate makes a call of an aggregate. byArrival: the order in which rows come is one,
// so that results may depend on it.
func (g *gen) aggregate(byArrival bool) string {
	from, ordered := 0, len(aggregates)-4
	n := ordered
	if byArrival && g.chance(30) {
		from, n = ordered, 4
	}
	return g.call(aggregates[from+g.r.IntN(n)], byArrival, g.chance(40), g.chance(50))
}

// nextAggregate is aggregate number n of a list that has each of them as often as the
// others, and as often with FILTER and DISTINCT as without.
func (g *gen) nextAggregate(n int, byArrival bool) string {
	k := len(aggregates)
	fn := aggregates[n%k]
	if !byArrival && n%k >= k-4 {
		fn = aggregates[g.r.IntN(k-4)]
	}
	return g.call(fn, byArrival, n/k%2 == 0, n/k/2%2 == 0)
}

func (g *gen) call(fn string, byArrival, filter, distinctly bool) string {
	distinct := ""
	if distinctly && !slices.Contains(noDistinct, fn) {
		distinct = "DISTINCT "
	}
	call := g.callOf(fn, distinct, byArrival)
	if filter {
		call += " FILTER (WHERE " + g.expr(boolean, 1) + ")"
	}
	return call
}

func (g *gen) callOf(fn, distinct string, byArrival bool) string {
	switch fn {
	case "COUNT":
		switch {
		case distinct == "" && g.chance(40):
			return "COUNT(*)"
		case g.chance(20):
			return fmt.Sprintf("COUNT(%s%s, %s)", distinct, g.leaf(text), g.anyOf(1))
		}
		return fmt.Sprintf("COUNT(%s%s)", distinct, g.anyOf(1))
	case "COUNT_IF", "BOOL_AND", "BOOL_OR":
		return fn + "(" + g.expr(boolean, 1) + ")"
	case "SUM", "AVG", "VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP":
		return fn + "(" + distinct + g.number(1) + ")"
	case "MIN", "MAX":
		return fn + "(" + g.pick("", "DISTINCT ") + g.anyOf(1) + ")"
	case "APPROX_COUNT_DISTINCT":
		return fn + "(" + g.anyOf(1) + ")"
	case "COVAR_POP", "COVAR_SAMP", "CORR":
		return fmt.Sprintf("%s(%s, %s)", fn, g.number(0), g.number(0))
	case "APPROX_PERCENTILE":
		return fmt.Sprintf("%s(%s%s, %s)", fn, distinct, g.number(1), g.pick("0", "0.5", "0.99", "1", "0.25"))
	case "XOR_ALL": // of one's own, as is the next
		return fn + "(" + distinct + g.expr(integer, 1) + ")"
	case "TALLY":
		return fmt.Sprintf("%s(%s%s, %s)", fn, distinct, g.expr(text, 1), g.expr(integer, 1))
	case "COLLECT":
		return g.pick(fn, "DISTINCT_VALUES") + "(" + g.listed() + ")"
	case "MIN_BY", "MAX_BY":
		return fmt.Sprintf("%s(%s, %s)", fn, g.anyOf(0), g.anyOf(1))
	case "FIRST_VALUE", "LAST_VALUE":
		order := ""
		if g.chance(40) {
			order = " ORDER BY " + g.order()
		}
		return fmt.Sprintf("%s(%s%s)%s", fn, g.anyOf(1), order, g.pick("", " RESPECT NULLS", " IGNORE NULLS"))
	case "ARRAY_AGG":
		return g.arrayAgg(distinct, byArrival)
	}
	return g.stringAgg(distinct, byArrival)
}

// arrayAgg is a list of distinct values, of values in an order, or as they came.
func (g *gen) arrayAgg(distinct string, byArrival bool) string {
	x, order := g.listed(), ""
	switch {
	case distinct != "" && g.chance(50):
	case distinct != "" || !byArrival:
		order = " ORDER BY " + x + g.direction()
	case g.chance(60):
		order = " ORDER BY " + g.order()
	}
	return g.pick("ARRAY_AGG", "LIST") + "(" + distinct + x + order + ")" + g.pick("", " IGNORE NULLS")
}

func (g *gen) stringAgg(distinct string, byArrival bool) string {
	x, order := g.expr(text, 1), ""
	switch {
	case distinct != "":
		return "STRING_AGG(DISTINCT " + g.expr([]family{integer, text, date, boolean, timestamp, span}[g.r.IntN(6)], 1) + ", '; ')"
	case !byArrival:
		order = x + g.direction()
	case g.chance(60):
		order = g.order()
	}
	switch {
	case order == "":
		return "STRING_AGG(" + x + g.pick("", ", ''", ", ' - '") + ")"
	case g.chance(50):
		return "LISTAGG(" + x + ", '/') WITHIN GROUP (ORDER BY " + order + ")"
	}
	return "STRING_AGG(" + x + ", '|' ORDER BY " + order + ")"
}

func (g *gen) direction() string {
	return g.pick("", "", " DESC", " NULLS LAST", " DESC NULLS FIRST")
}

// listed is a value that lists print so that equal ones print alike.
func (g *gen) listed() string { return g.expr([]family{integer, text, boolean}[g.r.IntN(3)], 1) }

// order is what rows are ordered by inside of an aggregate.
func (g *gen) order() string {
	by := func() string { return g.anyOf(1) + g.direction() }
	if g.chance(30) {
		return by() + ", " + by()
	}
	return by()
}

// aggsEach is how many aggregates such a scenario has.
const aggsEach = 12

// aggScenario is a scenario of one aggregate by window with many calls.
func (g *gen) aggScenario() *scenario {
	s := &scenario{splits: 1, precision: 3}
	if g.chance(20) {
		s.splits = 2 + g.r.IntN(2)
	}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(160), lag, s.splits == 1, true)
	lag += s.slack()
	g.cols = tableFamilies()
	s.sharpen(g)
	s.lines = s.columns() + fmt.Sprintf(", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", lag/1_000_000)
	group := g.pick("window_start", "window_start, k", "window_end, i / 4", "window_start, window_end, f")
	window := g.window("t")
	if !strings.Contains(window, "TUMBLE") && !strings.Contains(window, "HOP") && !strings.Contains(group, "window_start, window_end") {
		group = "window_start, window_end"
	}
	s.sql = fmt.Sprintf("SELECT %s, %s FROM %s GROUP BY %s;\n", group,
		g.list(aggsEach, func(i int) string {
			return fmt.Sprintf("%s AS a%d", g.nextAggregate(int(g.seed/kindShares)*aggsEach+i, s.splits == 1), i)
		}), window, group)
	return s
}
