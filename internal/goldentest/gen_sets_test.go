package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// setScenario is a scenario of one aggregate by grouping sets.
func (g *gen) setScenario() *scenario {
	s := &scenario{splits: 1, precision: 3, changes: g.chance(50)}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(100), lag, true, true)
	g.cols = tableFamilies()
	s.lines = s.columns() + fmt.Sprintf(", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", lag/1_000_000)
	from, keys, group, windowed := "t", []string{"k", "i", "f", "UPPER(k)", "MOD(sm, 3)", "d", "ARRAY[i, sm % 2]", "ROW(k, x)"}, "", false
	switch g.r.IntN(4) {
	case 0:
		from = "(SELECT k, f, sm % 5 AS m, COUNT(*) AS i, MAX(d) AS d FROM t GROUP BY k, f, sm % 5)"
		keys = []string{"k", "m", "i", "f"}
	case 1, 2:
		from, group, windowed = g.window("t"), "window_start, window_end, ", true
		if g.chance(20) {
			group, keys = "", append(keys, "window_start", "window_end")
		}
	}
	var used []string
	sets := g.groupingSets(keys, &used, 2)
	sel := strings.Split(group, ", ")
	sel = append(sel[:len(sel)-1], used...)
	calls := []string{"COUNT(*)", "COUNT(i)", "SUM(i)", "MAX(d)", "MIN(k)", "COUNT(DISTINCT f)", "SUM(d) FILTER (WHERE i > 0)", "SUM(10 / i)", "MAX(10 / i) FILTER (WHERE i <> 0)"}
	if windowed {
		calls = append(calls, "FIRST_VALUE(k)", "ARRAY_AGG(i)", "AVG(i)")
	}
	for range 1 + g.r.IntN(3) {
		sel = append(sel, g.pick(calls...))
	}
	if len(used) > 0 {
		sel = append(sel, fmt.Sprintf("GROUPING(%s)", strings.Join(used, ", ")))
	}
	sel = append(sel, "GROUP_ID()")
	for i := range sel {
		sel[i] += fmt.Sprintf(" AS c%d", i)
	}
	where, having := g.pick("", "", " WHERE i > 0", " WHERE FALSE"), g.pick("", "", " HAVING COUNT(*) > 1", " HAVING GROUP_ID() = 0")
	if len(used) > 0 && g.chance(30) {
		having = fmt.Sprintf(" HAVING %s IS NULL OR GROUPING(%s) = 0", used[0], used[0])
	}
	if len(used) > 0 && strings.HasPrefix(sets, used[0]+", ") && g.chance(70) { // a key of all sets
		having = " HAVING " + g.onKey(used[0])
	}
	s.sql = fmt.Sprintf("SELECT %s FROM %s%s GROUP BY %s%s%s;\n", strings.Join(sel, ", "), from, where, group, sets, having)
	return s
}

// groupingSets is one or two items of GROUP BY that have several sets, of keys that it adds
// to used.
func (g *gen) groupingSets(keys []string, used *[]string, depth int) string {
	key := func() string {
		k := keys[g.r.IntN(len(keys))]
		if !slices.Contains(*used, k) {
			*used = append(*used, k)
		}
		return k
	}
	set := func(int) string {
		switch g.r.IntN(6) {
		case 0:
			return "(" + key() + ", " + key() + ")"
		case 1:
			return "(" + key() + ")"
		}
		return key()
	}
	switch g.r.IntN(7) {
	case 0:
		return "CUBE(" + g.list(1+g.r.IntN(3), set) + ")"
	case 1, 6:
		return key() + ", " + "ROLLUP(" + g.list(1+g.r.IntN(2), set) + ")"
	case 2:
		if depth > 0 {
			return g.groupingSets(keys, used, 0) + ", " + g.groupingSets(keys, used, 0)
		}
		return "ROLLUP(" + set(0) + ")"
	case 3:
		return "ROLLUP(" + g.list(1+g.r.IntN(3), set) + ")"
	}
	return "GROUPING SETS (" + g.list(1+g.r.IntN(4), func(i int) string {
		switch g.r.IntN(6) {
		case 0:
			return "()"
		case 1:
			return "ROLLUP(" + g.list(1+g.r.IntN(2), set) + ")"
		}
		return set(i)
	}) + ")"
}
