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

// TestNearKeyFilters holds that interval joins of all types give the same whatever scans leave
// out by the keys of the other side: rows, and late ones.
func TestNearKeyFilters(t *testing.T) {
	planned, gone := 0, int64(0)
	const cases = 80
	for seed := range uint64(cases) {
		c, out, err := nearJoin(t, seed)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		for _, s := range c.Plan.Stages {
			if s.Scan != nil && len(s.Scan.Filters) > 0 {
				planned++
			}
		}
		gone += out.byKeys
	}
	if planned < cases/2 || gone < cases*20 {
		t.Errorf("of %d queries %d had a filter, which left out %d rows", cases, planned, gone)
	}
}

// nearQuery is a join of many rows of p with some of o.
func nearQuery(r *rand.Rand) string {
	lag := func(n int) string { return fmt.Sprintf("INTERVAL '%d' SECOND", r.IntN(n)) }
	var b strings.Builder
	mapping := func(name string, rows int, ordered bool) {
		columns := "id BIGINT, k BIGINT, s VARCHAR, ts TIMESTAMP(3)"
		if !ordered {
			fmt.Fprintf(&b, "CREATE MAPPING %s (%s, WATERMARK FOR ts AS ts - %s) TYPE Memory OPTIONS ('rows'='%d');\n", name, columns, lag(6), rows)
			return
		}
		fmt.Fprintf(&b, "CREATE MAPPING %s_in (%s) TYPE Memory OPTIONS ('rows'='%d');\nCREATE VIEW %s AS SELECT * FROM TABLE(IMPOSE_ORDER(TABLE %s_in, DESCRIPTOR(ts), %s));\n", name, columns, rows, name, name, lag(6))
	}
	mapping("o", 10, true)
	mapping("p", 1000, r.IntN(2) == 0)
	on := fmt.Sprintf("o.k = p.k AND o.ts BETWEEN p.ts - %s AND p.ts + %s", lag(60), lag(30))
	if r.IntN(3) == 0 {
		on += " AND o.s = p.s"
	}
	if r.IntN(4) == 0 {
		on += " AND o.id % 3 <> p.id % 4"
	}
	where := []string{"", "", " WHERE p.s <> 'b'"}[r.IntN(3)]
	switch r.IntN(7) {
	case 0:
		fmt.Fprintf(&b, "SELECT o.id, p.id AS p, p.ts FROM o LEFT JOIN p ON %s%s;", on, where)
	case 1:
		fmt.Fprintf(&b, "SELECT o.id, p.id AS p, p.ts FROM p RIGHT JOIN o ON %s%s;", on, where)
	case 2:
		fmt.Fprintf(&b, "SELECT p.id, p.s FROM p WHERE EXISTS (SELECT 1 FROM o WHERE %s);", on)
	case 3:
		fmt.Fprintf(&b, "SELECT o.id, o.s FROM o WHERE %sEXISTS (SELECT 1 FROM p WHERE %s);", []string{"", "NOT "}[r.IntN(2)], on)
	case 4:
		fmt.Fprintf(&b, "CREATE VIEW v AS SELECT o.id AS id, p.ts AS ts FROM p JOIN o ON %s%s;\nSELECT window_start, COUNT(*) AS n, SUM(id) AS s FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end;", on, where)
	default:
		fmt.Fprintf(&b, "SELECT o.id, p.id AS p, p.ts FROM p JOIN o ON %s%s;", on, where)
	}
	return b.String()
}

func nearJoin(t *testing.T, seed uint64) (*compiled, *outcome, error) {
	r := rand.New(rand.NewPCG(seed, 0xB10))
	sql := nearQuery(r)
	fail := func(format string, args ...any) (*compiled, *outcome, error) {
		return nil, nil, fmt.Errorf(format+"\n%s", append(args, sql)...)
	}
	v := variant{batch: []int{1, 7, 1024}[r.IntN(3)], tasks: 1 + r.IntN(3)}
	switch r.IntN(5) {
	case 0:
		v.disable = []string{"BloomPreFilter"}
	case 1, 2:
		v.kill, v.replan = seed|1, []int{1 + r.IntN(3), 1}
	case 3:
		v.kill = seed | 1
	}
	state := ""
	if v.kill != 0 {
		state = t.TempDir()
	}
	e := newEngine(".", 0)
	tables := map[string]refinterp.Table{}
	schema := ir.NewSchema(ir.Column{Name: "id", Type: ir.TBigInt}, ir.Column{Name: "k", Type: ir.TBigInt}, ir.Column{Name: "s", Type: ir.TVarchar}, ir.Column{Name: "ts", Type: &ir.Type{Kind: ir.Timestamp, P: 3}})
	for name, n := range map[string]int{"o": 30, "p": 400} {
		rr := rand.New(rand.NewPCG(seed, uint64(n))) // maps have no order
		var rows [][]ir.Value
		for id := range n {
			row := []ir.Value{int64(id), int64(rr.IntN(40)), []string{"a", "b"}[rr.IntN(2)], (int64(id*(400/n)) + int64(rr.IntN(12))) * 1_000_000}
			if rr.IntN(20) == 0 {
				row[1] = nil
			}
			rows = append(rows, row)
		}
		src, err := memory.FromRows(schema, rows, memory.Cut{Splits: 1, UnitRows: 1 + rr.IntN(30), BatchRows: 1 + rr.IntN(10)})
		if err != nil {
			return nil, nil, err
		}
		for _, as := range []string{name, name + "_in"} {
			e.mem.Put(as, src)
			tables[as] = refinterp.Table{Splits: [][][]ir.Value{rows}}
		}
	}
	c, err := e.compile(sql, v)
	if err != nil {
		return fail("%v", err)
	}
	want, err := refinterp.Run(c.Logical, refinterp.ByName(tables))
	if err != nil {
		return fail("%v", err)
	}
	out, err := e.run(c, v, state)
	if err != nil {
		return fail("%v", err)
	}
	if msg := differ(newResult(want[0].Schema, want[0].Rows), out.selects[0], false); msg != "" {
		return fail("%s: %s\n%s", v, msg, ir.PrintPlan(c.Plan))
	}
	if v.kill == 0 && out.late != want[0].Late {
		return fail("%s: %d late rows, want %d\n%s", v, out.late, want[0].Late, ir.PrintPlan(c.Plan))
	}
	return c, out, nil
}
