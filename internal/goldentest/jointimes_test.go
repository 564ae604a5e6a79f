package goldentest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helios-stream/helios/internal/refinterp"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// TestIntervalJoinOrders holds that interval joins of three to five relations give the same in
// whatever order: sizes that the tables are said to have force one.
func TestIntervalJoinOrders(t *testing.T) {
	moved, behind, residual, gave := 0, 0, 0, 0
	const cases = 120
	for seed := range uint64(cases) {
		c, rows, err := intervalJoins(t, seed)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		if rows > 0 {
			gave++
		}
		if c.Fired["ReorderJoins"] > 0 {
			moved++
			plan := ir.Print(c.Optimized)
			if strings.Contains(plan, "behind") {
				behind++
			}
			if strings.Contains(plan, "(ts - ts) <=") {
				residual++
			}
		}
	}
	if moved < cases/5 || behind < cases/40 || residual < cases/12 || gave < cases/2 {
		t.Errorf("of %d queries %d gave rows, %d had another order, %d event time that is behind and %d bounds as conditions", cases, gave, moved, behind, residual)
	}
}

// joinedInTime is a query over n tables.
func joinedInTime(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		rows := []int{1, 20, 3000, 1e9, 1e9}[r.IntN(5)]
		fmt.Fprintf(&b, "CREATE MAPPING m%d (id BIGINT, k BIGINT, x BIGINT, ts TIMESTAMP(3)) TYPE Memory OPTIONS ('rows'='%d');\n", i, rows)
		fmt.Fprintf(&b, "CREATE VIEW t%d AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE m%d, DESCRIPTOR(ts), INTERVAL '%d' HOUR));\n", i, i, r.IntN(8))
	}
	b.WriteString("CREATE VIEW v AS SELECT ")
	for i := range n {
		fmt.Fprintf(&b, "t%d.id AS id%d, ", i, i)
	}
	from, last := "t0", 0
	for i := 1; i < n; i++ {
		last = []int{last, i - 1}[r.IntN(2)] // whose times are event time still
		var on []string
		if r.IntN(8) > 0 {
			on = append(on, fmt.Sprintf("t%d.k = t%d.k", i, last))
		}
		lo := r.IntN(30) - 8
		if r.IntN(10) == 0 {
			on = append(on, fmt.Sprintf("t%d.ts = t%d.ts", i, last))
		} else {
			on = append(on, fmt.Sprintf("t%d.ts BETWEEN t%d.ts - INTERVAL '%d' HOUR AND t%d.ts + INTERVAL '%d' HOUR", i, last, lo, last, r.IntN(30)-min(lo, 0)))
		}
		if r.IntN(4) == 0 {
			on = append(on, fmt.Sprintf("t%d.x %s t%d.x", i, []string{"<>", "<", "="}[r.IntN(3)], r.IntN(i)))
		}
		from += fmt.Sprintf(" JOIN t%d ON %s", i, strings.Join(on, " AND "))
	}
	times := []int{last, n - 1}
	at := times[r.IntN(2)]
	fmt.Fprintf(&b, "t%d.x AS x, t%d.k AS k, t%d.ts AS at FROM %s;\n", r.IntN(n), r.IntN(n), at, from)
	switch r.IntN(4) {
	case 0, 1:
		b.WriteString("SELECT window_start, k, COUNT(*) AS n, SUM(id0) AS s, MAX(x) AS x FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(at), INTERVAL '2' HOUR)) GROUP BY window_start, window_end, k;")
	case 2:
		b.WriteString("SELECT t1.id, v.id0, v.id1, v.id2, v.x FROM t1 LEFT JOIN v ON v.k = t1.k AND t1.ts BETWEEN v.at AND v.at + INTERVAL '5' HOUR;")
	default:
		b.WriteString("SELECT * FROM v;")
	}
	return b.String()
}

// intervalJoins checks one query in a random way, and returns how it was compiled and how many
// rows it gave.
func intervalJoins(t *testing.T, seed uint64) (*compiled, int, error) {
	r := rand.New(rand.NewPCG(seed, 0x71AE))
	n := 3 + r.IntN(3)
	sql := joinedInTime(r, n)
	fail := func(format string, args ...any) (*compiled, int, error) {
		return nil, 0, fmt.Errorf(format+"\n%s", append(args, sql)...)
	}
	v := variant{batch: []int{1, 7, 1024}[r.IntN(3)], tasks: 1 + r.IntN(3)}
	switch r.IntN(5) {
	case 0:
		v.disable = []string{"ReorderJoins"}
	case 1, 2:
		v.kill, v.replan = seed|1, []int{1 + r.IntN(3), 1}
	}
	state := ""
	if v.kill != 0 {
		state = t.TempDir()
	}
	e := newEngine(".", 0)
	tables := map[string]refinterp.Table{}
	schema := ir.NewSchema(ir.Column{Name: "id", Type: ir.TBigInt}, ir.Column{Name: "k", Type: ir.TBigInt}, ir.Column{Name: "x", Type: ir.TBigInt}, ir.Column{Name: "ts", Type: &ir.Type{Kind: ir.Timestamp, P: 3}})
	for i := range n {
		var rows [][]ir.Value
		for id := range 4 + r.IntN(30) {
			var k ir.Value = int64(r.IntN(3))
			if r.IntN(12) == 0 {
				k = nil
			}
			at := (int64(id)*4 + int64(r.IntN(8))) * 3_600_000_000
			rows = append(rows, []ir.Value{int64(id), k, int64(r.IntN(4)), at})
		}
		name := fmt.Sprint("m", i)
		src, err := memory.FromRows(schema, rows, memory.Cut{Splits: 1, UnitRows: 1 + r.IntN(10), BatchRows: 1 + r.IntN(10)})
		if err != nil {
			return nil, 0, err
		}
		e.mem.Put(name, src)
		tables[name] = refinterp.Table{Splits: [][][]ir.Value{rows}}
	}
	c, err := e.compile(sql, v)
	if err != nil {
		return fail("%v", err)
	}
	want, err := refinterp.Run(c.Logical, refinterp.ByName(tables))
	if err != nil {
		return fail("%v", err)
	}
	got, err := refinterp.Run(c.Optimized, refinterp.ByName(tables))
	if err != nil {
		return fail("%v", err)
	}
	if msg := differ(newResult(want[0].Schema, want[0].Rows), newResult(got[0].Schema, got[0].Rows), false); msg != "" {
		return fail("the optimized plan means something else: %s\n%s", msg, ir.Print(c.Optimized))
	}
	if want[0].Late != got[0].Late {
		return fail("%d late rows, want %d\n%s", got[0].Late, want[0].Late, ir.Print(c.Optimized))
	}
	out, err := e.run(c, v, state)
	if err != nil {
		return fail("%v", err)
	}
	if msg := differ(newResult(want[0].Schema, want[0].Rows), out.selects[0], false); msg != "" {
		return fail("%s: %s\n%s", v, msg, ir.Print(c.Optimized))
	}
	if once := !strings.Contains(sql, "LEFT"); v.kill == 0 && once && out.late != want[0].Late {
		return fail("%s: %d late rows, want %d\n%s", v, out.late, want[0].Late, ir.Print(c.Optimized))
	}
	return c, len(want[0].Rows), nil
}
