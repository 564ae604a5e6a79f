package goldentest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// aggSeeds is where the seeds begin whose scenarios are about aggregates.
const aggSeeds = 1 << 48

// TestDifferentialAggregates is TestDifferential for aggregates by window. It makes each
// of them at least twenty times, with FILTER at least twenty times, and with DISTINCT.
func TestDifferentialAggregates(t *testing.T) {
	cases := uint64(140)
	if testing.Short() {
		cases = 20
	}
	seen := map[string]int{}
	for seed := aggSeeds + uint64(0); seed < aggSeeds+cases; seed++ {
		runSeed(t, seed)
		if t.Failed() {
			return
		}
		s := newGen(seed).scenario()
		if c, err := newEngine(".", 0).compile(s.table()+s.sql, variant{tasks: 1}); err == nil {
			countAggs(seen, c.Logical.Sinks[0].Input)
		}
	}
	if testing.Short() {
		return
	}
	for _, f := range ir.Functions() {
		if !f.Aggregate {
			continue
		}
		for _, what := range []string{"", " with FILTER", " with DISTINCT"} {
			if strings.HasSuffix(what, "DISTINCT") && slices.Contains(noDistinct, f.Name) {
				continue
			}
			if n := seen[f.Name+what]; n < 20 {
				t.Errorf("%s%s was made %d times only", f.Name, what, n)
			}
		}
	}
	t.Logf("%v", seen)
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
	g.cols = tableFamilies()
	s.sharpen(g)
	s.lines = s.columns() + fmt.Sprintf(", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", lag/1_000_000)
	group := g.pick("window_start", "window_start, k", "window_end, i / 4", "window_start, window_end, f")
	s.sql = fmt.Sprintf("SELECT %s, %s FROM %s GROUP BY %s;\n", group,
		g.list(aggsEach, func(i int) string {
			return fmt.Sprintf("%s AS a%d", g.nextAggregate(int(g.seed-aggSeeds)*aggsEach+i, s.splits == 1), i)
		}), g.window("t"), group)
	return s
}
