package micro

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/memory"
)

// BenchmarkUserFunctions computes the same over a million rows in memory with functions of
// the language and of one's own: ns/row of the whole query, of which reading and counting is what "none" takes.
func BenchmarkUserFunctions(b *testing.B) {
	upper := helios.Func1("MY_UPPER", strings.ToUpper, helios.CannotFail)
	clip := helios.Func1("MY_LEFT", func(s string) string { return s[:min(4, len(s))] }, helios.CannotFail)
	twice := helios.Func1("MY_TWICE", func(x int64) int64 { return 2 * x }, helios.CannotFail)
	columns := helios.Columns1("MY_TWICE_C", func(_ *helios.Rows, x, out []int64) error {
		for i, v := range x {
			out[i] = 2 * v
		}
		return nil
	}, helios.CannotFail)
	total := helios.Agg1("MY_SUM", helios.Aggregate1[int64, int64, int64]{
		Add:    func(s *int64, x int64) error { *s += x; return nil },
		Merge:  func(into, from *int64) error { *into += *from; return nil },
		Result: func(s *int64) (int64, error) { return *s, nil },
	})
	data := million(b)
	functions := []helios.Function{upper, clip, twice, columns, total}
	for _, c := range []struct{ name, sql string }{
		{"none", "SELECT COUNT(n) FROM t"},
		{"number/built-in", "SELECT COUNT(n) FROM t WHERE n * 2 > 0"},
		{"number/by-row", "SELECT COUNT(n) FROM t WHERE MY_TWICE(n) > 0"},
		{"number/columns", "SELECT COUNT(n) FROM t WHERE MY_TWICE_C(n) > 0"},
		{"text/built-in", "SELECT COUNT(n) FROM t WHERE UPPER(s) <> ''"},
		{"text/by-row", "SELECT COUNT(n) FROM t WHERE MY_UPPER(s) <> ''"},
		{"text-piece/built-in", "SELECT COUNT(n) FROM t WHERE LEFT(s, 4) <> ''"},
		{"text-piece/by-row", "SELECT COUNT(n) FROM t WHERE MY_LEFT(s) <> ''"},
		{"sum/built-in", "SELECT SUM(n) FROM t"},
		{"sum/own", "SELECT MY_SUM(n) FROM t"},
		{"sum-by-key/built-in", "SELECT k, SUM(n) FROM t GROUP BY k"},
		{"sum-by-key/own", "SELECT k, MY_SUM(n) FROM t GROUP BY k"},
	} {
		b.Run(c.name, func(b *testing.B) {
			mem := memory.New()
			mem.Put("t", data)
			q, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: "CREATE MAPPING t (n BIGINT, k BIGINT, s VARCHAR) TYPE Memory; " + c.sql + ";"}},
				helios.Options{Functions: functions, Connectors: []vexec.Connector{mem}, Parallelism: 1})
			if err != nil {
				b.Fatal(err)
			}
			began := cpuTime()
			for b.Loop() {
				if _, err := q.Run(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpuTime()-began)/float64(b.N)/userRows, "cpu-ns/row")
			perRow(b, userRows)
		})
	}
}

const userRows = 1 << 20

// million is userRows rows of a table n BIGINT, k BIGINT, s VARCHAR.
func million(b *testing.B) *memory.Source {
	b.Helper()
	s := ir.NewSchema(ir.Column{Name: "n", Type: ir.TBigInt}, ir.Column{Name: "k", Type: ir.TBigInt}, ir.Column{Name: "s", Type: ir.TVarchar})
	var batches []*vexec.Batch
	for at := 0; at < userRows; at += rows {
		table := make([][]ir.Value, rows)
		for i := range table {
			n := int64(at + i + 1)
			table[i] = []ir.Value{n, n % 1000, fmt.Sprintf("a customer no %d", n)}
		}
		batch, err := memory.NewBatch(s, table)
		if err != nil {
			b.Fatal(err)
		}
		batches = append(batches, batch)
	}
	return memory.NewSource(batches)
}
