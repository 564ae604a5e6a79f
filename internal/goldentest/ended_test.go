package goldentest

import (
	"testing"

	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// TestEndedGroups holds that the one row of an aggregate without GROUP BY comes once,
// also where a run is killed when the aggregate has ended and others have not.
func TestEndedGroups(t *testing.T) {
	schema := ir.NewSchema(ir.Column{Name: "a", Type: ir.TBigInt})
	rows := [][]ir.Value{}
	for i := range int64(6) {
		rows = append(rows, []ir.Value{i})
	}
	const sql = "CREATE MAPPING t (a BIGINT) TYPE Memory; SELECT a FROM t UNION ALL SELECT COUNT(*) FROM t; SELECT COUNT(*) AS n FROM (SELECT DISTINCT a FROM t) AS q;"
	for seed := range uint64(100) {
		e := newEngine(".", 0)
		src, err := memory.FromRows(schema, rows, memory.Cut{UnitRows: 2, BatchRows: 1})
		if err != nil {
			t.Fatal(err)
		}
		e.mem.Put("t", src)
		v := variant{batch: 2, tasks: 1 + int(seed)%3, kill: seed | 1}
		c, err := e.compile(sql, v)
		if err != nil {
			t.Fatal(err)
		}
		out, err := e.run(c, v, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if a, b := len(out.selects[0].rows), len(out.selects[1].rows); a != len(rows)+1 || b != 1 {
			t.Fatalf("seed %d: %d and %d rows, want %d and 1", seed, a, b, len(rows)+1)
		}
	}
}
