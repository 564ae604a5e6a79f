package goldentest

import (
	"fmt"
	"slices"
	"strings"
)

// rankScenario is a scenario of ranks. The rows have one split, so that what is equal in
// an order has one, too.
func (g *gen) rankScenario() *scenario {
	s := &scenario{splits: 1, precision: 3, changes: g.chance(50)}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(120), lag, true, false)
	g.cols = tableFamilies()
	s.lines = s.columns() + fmt.Sprintf(", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", lag/1_000_000)
	columns := []string{"ts", "k", "i", "b", "sm", "d", "x", "f", "dt", "r"}
	from, partitions := "t", []string{"k", "f", "sm % 3", "k, f", "x", "ROW(f, sm % 2)"}
	switch g.r.IntN(4) {
	case 0:
		from = "(SELECT k, sm % 5 AS m, COUNT(*) AS n, MAX(d) AS top FROM t GROUP BY k, sm % 5)"
		columns, partitions = []string{"k", "m", "n", "top"}, []string{"k", "m", "n"}
	case 1:
		from, partitions = g.window("t"), []string{"window_start, window_end", "window_start, window_end, f", "k, window_end, window_start"}
	}
	ranked := g.ranked(from, columns, partitions)
	s.sql = fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), ranked)
	if g.chance(50) {
		s.sql = fmt.Sprintf("SELECT %s, number FROM %s", strings.Join(columns[:3], ", "), ranked)
	} else if g.chance(30) && !slices.Contains(columns, "n") {
		s.sql = fmt.Sprintf("SELECT k, COUNT(*) AS n, MAX(i) AS m FROM %s GROUP BY k", ranked)
	}
	s.sql += ";\n"
	return s
}

// ranked is a sub-query of the rows of each partition with some numbers.
func (g *gen) ranked(from string, columns, partitions []string) string {
	order := g.list(1+g.r.IntN(3), func(int) string {
		return columns[g.r.IntN(len(columns))] + g.pick("", "", " DESC") + g.pick("", "", " NULLS FIRST", " NULLS LAST")
	})
	partition := ""
	if strings.Contains(partitions[0], "window") || g.chance(80) {
		partition = "PARTITION BY " + g.pick(partitions...) + " "
	}
	bound := g.pick("number = 1", "number <= 2", "number < 4", "number BETWEEN 2 AND 3", "3 >= number AND number > 1", "number = 2", "number <= 10 AND number >= 1")
	return fmt.Sprintf("(SELECT *, %s() OVER (%sORDER BY %s) AS number FROM %s) WHERE %s", g.pick("ROW_NUMBER", "ROW_NUMBER", "RANK", "DENSE_RANK"), partition, order, from, bound)
}
