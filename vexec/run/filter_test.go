package run

import (
	"context"
	"fmt"
	"testing"

	"github.com/helios-stream/helios/ir"
)

// filteredPlan is lookupPlan with a scan that leaves out rows without a key of the load.
func filteredPlan(l *ir.Load, tasks int) *ir.Plan {
	p := lookupPlan(l, tasks)
	p.Stages[0].Scan.Filters = []ir.ScanFilter{{Load: l.ID, LoadName: l.Name, Cols: []int{1}}}
	return p
}

// TestScanFilters: a scan whose decoder knows nothing of filters leaves out rows all the same;
// they are counted, and the ledger is balanced. Nothing else changes.
func TestScanFilters(t *testing.T) {
	noLeaks(t)
	for seed := range uint64(20) {
		r := rng(seed)
		events, dims := randomRows(r, 300, 0, false), dimRows(r.IntN(9), 100)
		w, _ := loadWorld(events, dims)
		w.cfg.BatchRows = []int{1, 7, 1024}[r.IntN(3)]
		s, err := Run(context.Background(), filteredPlan(loadOf(1, "dim", 1+r.IntN(3)), 1+r.IntN(3)), w.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.sorted(), joined(events, dims)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if err := s.Balanced(); err != nil {
			t.Error(err)
		}
		scan := s.Stages[0].Scan
		if len(scan.Filters) != 1 || scan.Filters[0] != (FilterStats{Load: "dim", Rows: scan.Pruned}) {
			t.Errorf("seed %d: %d rows are pruned: %+v", seed, scan.Pruned, scan.Filters)
		}
		others := int64(len(events) - len(joined(events, dims)))
		if scan.Rows != 300 || scan.Pruned > others || scan.Pruned < others*8/10 {
			t.Errorf("seed %d: %d of %d rows are pruned, %d have no partner", seed, scan.Pruned, scan.Rows, others)
		}
	}
}

// TestScanFiltersOverKills: a restart reads the load again, and makes the filter anew.
func TestScanFiltersOverKills(t *testing.T) {
	base := fastDir(t)
	for seed := range uint64(40) {
		events, dims := randomRows(rng(seed), 200, 0, false), dimRows(4, 100)
		w, _ := loadWorld(events, dims)
		w.cfg.Dir = fmt.Sprintf("%s/%d", base, seed)
		if _, err := Simulate(filteredPlan(loadOf(1, "dim", 2), 2), w.cfg, seed, SimOptions{CheckpointEvery: 40, KillEvery: 120, MaxRestarts: 4}); err != nil {
			t.Fatal(err)
		}
		if d := differ(w.out.sorted(), joined(events, dims)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}
