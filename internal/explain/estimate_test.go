package explain

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestEstimates holds that scans and joins say about how many rows they have, where that is
// known.
func TestEstimates(t *testing.T) {
	table := &ir.Table{Name: "t", Connector: "file", Rows: 612_345, Cols: []ir.TableColumn{{Column: ir.Column{Name: "k", Type: ir.TBigInt}}}}
	scan := &ir.Scan{Table: table, Cols: []int{0}, P: ir.NoProps}
	join := &ir.Join{Left: scan, Right: scan, Kind: ir.LookupJoin, Type: ir.SemiJoin, LeftKeys: []int{0}, RightKeys: []int{0}, LeftEnd: -1, RightEnd: -1,
		Rows: 1, Cols: []int{0}, S: scan.Schema(), P: ir.NoProps}
	text := Logical(&ir.Logical{Sinks: []*ir.Sink{{Input: join}}}, "optimized").Text()
	holds(t, text, "estimate: about 610,000 rows", "estimate: about 1 row\n")
	table.Rows, join.Rows = 0, 0
	if text = Logical(&ir.Logical{Sinks: []*ir.Sink{{Input: join}}}, "optimized").Text(); strings.Contains(text, "estimate") {
		t.Errorf("an estimate of nothing:\n%s", text)
	}
}
