package goldentest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// TestMergedStatements holds that statements over one view give what each gives alone,
// whichever of its columns they take: rows and row errors, in the reference interpreter
// and in the engine.
func TestMergedStatements(t *testing.T) {
	merged := 0
	const cases = 120
	for seed := range uint64(cases) {
		n, err := mergedStatements(seed)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if n > 0 {
			merged++
		}
	}
	if merged < cases/2 {
		t.Errorf("of %d files %d had something to merge", cases, merged)
	}
}

// statements makes a view and SELECTs of some of its columns.
func (g *gen) statements() string {
	var b strings.Builder
	b.WriteString("CREATE MAPPING t (" + tableColumns(3) + ", WATERMARK FOR ts AS ts - INTERVAL '10' SECOND) TYPE Memory;\n")
	cols := []string{"window_start", "k"}
	kind := g.r.IntN(4)
	switch kind {
	case 0:
		cols = []string{"k", "b", "i", "sm", "d", "f"}
		fmt.Fprintf(&b, "CREATE VIEW v AS SELECT k, b, i, sm, d, f FROM t WHERE %s AND k LIKE '%%%s%%';\n", g.pick("sm > -5", "k <> 'x'", "b % 7 <> 3"), g.pick("a", "b", ""))
	default:
		aggs := []string{"COUNT(*)", "COUNT(i)", "SUM(b)", "SUM(i)", "MIN(b)", "MAX(k)", "AVG(sm)", "SUM(x)", "SUM(d)", "AVG(x)",
			"SUM(b) FILTER (WHERE f)", "MAX(100 / sm)", "COUNT(d)", "SUM(b * 2)"}
		g.r.Shuffle(len(aggs), func(i, j int) { aggs[i], aggs[j] = aggs[j], aggs[i] })
		items := ""
		for i, a := range aggs[:5] {
			items += fmt.Sprintf(", %s AS c%d", a, i)
			cols = append(cols, fmt.Sprint("c", i))
		}
		if kind == 1 { // of the whole input
			cols = append(cols[1:2:2], cols[2:]...)
			fmt.Fprintf(&b, "CREATE VIEW v AS SELECT k%s FROM t GROUP BY k;\n", items)
			break
		}
		window := g.pick("TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND)", "HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND)")
		fmt.Fprintf(&b, "CREATE VIEW v AS SELECT window_start, k%s FROM TABLE(%s) WHERE %s GROUP BY window_start, k;\n", items, window, g.pick("TRUE", "sm > -10", "k <> 'a'"))
	}
	for range 2 + g.r.IntN(3) {
		g.r.Shuffle(len(cols), func(i, j int) { cols[i], cols[j] = cols[j], cols[i] })
		where := ""
		if g.chance(40) {
			where = " WHERE " + g.pick("k > 'a'", "k IS NOT NULL", cols[0]+" IS NOT NULL", "LOWER(k) <> 'b' AND "+cols[1]+" IS NULL")
		}
		fmt.Fprintf(&b, "SELECT %s FROM v%s;\n", strings.Join(cols[:1+g.r.IntN(3)], ", "), where)
	}
	return b.String()
}

// mergedStatements checks one file and returns how much was merged in it.
func mergedStatements(seed uint64) (merged int, err error) {
	g := newGen(seed ^ 0x5EED)
	rows := g.rows(g.r.IntN(80), 5_000_000, true, true)
	sql := g.statements()
	fail := func(format string, args ...any) error { return fmt.Errorf(format+"\n%s", append(args, sql)...) }
	var others []string
	for _, r := range compiler.Rules() {
		if r.Name != "MergeSubplans" && r.Name != "ShareSubplans" {
			others = append(others, r.Name)
		}
	}
	r := rand.New(rand.NewPCG(seed, 7))
	for _, disable := range [][]string{others, nil} {
		v := variant{batch: []int{1, 7, 1024}[r.IntN(3)], tasks: 1 + r.IntN(3), disable: disable}
		e := newEngine(".", 0)
		s := &scenario{precision: 3, splits: 1, rows: rows}
		if _, err := s.put(e, memory.Cut{Splits: 1, UnitRows: 1 + r.IntN(40), BatchRows: 1 + r.IntN(20)}); err != nil {
			return 0, err
		}
		c, err := e.compile(sql, v)
		if err != nil {
			return 0, fail("%v", err)
		}
		merged += c.Fired["MergeSubplans"]
		tables := refinterp.ByName(map[string]refinterp.Table{"t": {Splits: [][][]ir.Value{rows}}})
		want, err := refinterp.Run(c.Logical, tables)
		if err != nil {
			return 0, err
		}
		got, err := refinterp.Run(c.Optimized, tables)
		if err != nil {
			return 0, err
		}
		out, err := e.run(c, v, "")
		if err != nil {
			return 0, fail("%v", err)
		}
		for i := range want {
			w, g := &want[i], &got[i]
			// Other rules may remove row errors, and rows with them.
			if len(g.Errors) > len(w.Errors) || disable != nil && len(g.Errors) < len(w.Errors) {
				return 0, fail("SELECT %d: %d row errors, want %d\n%s", i, len(g.Errors), len(w.Errors), ir.Print(c.Optimized))
			}
			if len(g.Errors) == len(w.Errors) {
				if msg := differ(newResult(w.Schema, w.Rows), newResult(g.Schema, g.Rows), false); msg != "" {
					return 0, fail("SELECT %d: %s\n%s", i, msg, ir.Print(c.Optimized))
				}
			}
			if msg := differ(newResult(g.Schema, g.Rows), out.selects[i], false); msg != "" {
				return 0, fail("SELECT %d in the engine, %s: %s\n%s", i, v, msg, ir.PrintPlan(c.Plan))
			}
		}
	}
	return merged, nil
}
