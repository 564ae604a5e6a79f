package phys

import (
	"testing"

	"github.com/helios-stream/helios/ir"
)

// TestFilterScanOfLoads: a load that is read anew, or that has no keys, filters no scan; nor
// does one whose keys are of another type.
func TestFilterScanOfLoads(t *testing.T) {
	scan := &ir.Schema{Cols: []ir.Column{{Name: "a", Type: ir.TVarchar}, {Name: "k", Type: ir.TBigInt}}}
	join := &ir.Join{Kind: ir.LookupJoin, Type: ir.InnerJoin, LeftKeys: []int{1}}
	for _, c := range []struct {
		name string
		load ir.Load
		want int
	}{
		{"plain", ir.Load{Keys: []int{0}, Out: &ir.Schema{Cols: []ir.Column{{Name: "k", Type: ir.TBigInt}}}}, 1},
		{"read anew", ir.Load{Keys: []int{0}, Reload: 1, Out: &ir.Schema{Cols: []ir.Column{{Name: "k", Type: ir.TBigInt}}}}, 0},
		{"without keys", ir.Load{Out: &ir.Schema{Cols: []ir.Column{{Name: "k", Type: ir.TBigInt}}}}, 0},
		{"of another type", ir.Load{Keys: []int{0}, Out: &ir.Schema{Cols: []ir.Column{{Name: "k", Type: ir.TInteger}}}}, 0},
	} {
		s := &ir.Stage{Scan: &ir.PhysScan{Out: scan}}
		filterScan(s, join, &c.load)
		if got := len(s.Scan.Filters); got != c.want {
			t.Errorf("a load %s gives %d filters, want %d", c.name, got, c.want)
		}
	}
}
