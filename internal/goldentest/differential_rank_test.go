package goldentest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// rankSeeds is where the seeds begin whose scenarios are about ranks.
const rankSeeds = aggSeeds + 1<<40

// TestDifferentialRanks is TestDifferential for the first rows of partitions: of rows, of
// windows and of results that change, given at the end and as changes. Each function is
// in at least twenty of the queries that are run, and so is each way to run it.
func TestDifferentialRanks(t *testing.T) {
	cases := uint64(240)
	if testing.Short() {
		cases = 30
	}
	seen := map[string]int{}
	for seed := uint64(rankSeeds); seed < rankSeeds+cases; seed++ {
		if !runSeed(t, seed) {
			t.Errorf("seed %d does not compile", seed)
		}
		if t.Failed() {
			return
		}
		s := newGen(seed).scenario()
		c, err := newEngine(".", 0).compile(s.table()+s.sql, variant{tasks: 1, changes: true})
		if err != nil {
			t.Fatal(err)
		}
		countRanks(seen, c.Logical.Sinks[0].Input, s.changes)
	}
	t.Logf("%v", seen)
	for _, what := range []string{"ROW_NUMBER", "RANK", "DENSE_RANK", "at the end", "windows", "changes", "changes of changes", "one row"} {
		if n := seen[what]; n < 20 && !testing.Short() {
			t.Errorf("%s: %d queries only", what, n)
		}
	}
}

func countRanks(seen map[string]int, n ir.Node, changes bool) {
	if x, ok := n.(*ir.Rank); ok {
		seen[x.Fn]++
		switch {
		case x.Windowed():
			seen["windows"]++
		case !changes:
			seen["at the end"]++
		case x.Input.Props().Updating:
			seen["changes of changes"]++
		default:
			seen["changes"]++
		}
		if x.One() {
			seen["one row"]++
		}
	}
	for _, in := range n.Inputs() {
		countRanks(seen, in, changes)
	}
}

// rankScenario is a scenario of ranks. The rows have one split, so that what is equal in
// an order has one, too.
func (g *gen) rankScenario() *scenario {
	s := &scenario{splits: 1, precision: 3, changes: g.chance(50)}
	lag := g.r.Int64N(20) * 1_000_000
	s.rows = g.rows(g.r.IntN(120), lag, true, false)
	g.cols = tableFamilies()
	s.lines = s.columns() + fmt.Sprintf(", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", lag/1_000_000)
	columns := []string{"ts", "k", "i", "b", "sm", "d", "x", "f", "dt", "r"}
	from, partitions := "t", []string{"k", "f", "sm % 3", "k, f", "x"}
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
